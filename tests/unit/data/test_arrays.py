"""Arrays of NumPy and torch of every type: they come back as they were, or a sentence says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nbmlops as ml
from nbmlops.data import things
from nbmlops.errors import RecordError

pytestmark = pytest.mark.usefixtures("store")

NUMPY: dict[str, Callable[[], Any]] = {
    "sub-arrays": lambda: np.array([((1, 2, 3),)], dtype=[("a", "f4", (3,))]),
    "nested": lambda: np.array([((1, 2.0), 3)], dtype=[("p", [("x", "i4"), ("y", "f8")]), ("k", "i2")]),
    "aligned": lambda: np.array([(1, 2)], dtype=np.dtype([("a", "i1"), ("b", "i4")], align=True)),
    "dates": lambda: np.array(["2020-01-01", "2020-01-02"], dtype="M8[D]"),
    "durations": lambda: np.array([1], dtype="m8[s]"),
    "big-endian": lambda: np.array([1, 2], dtype=">i4"),
    "no values": lambda: np.zeros((0, 3)),
    "one value": lambda: np.array(1.5),
}


@pytest.mark.parametrize("name", NUMPY)
def test_an_array_comes_back_as_it_was(name: str) -> None:
    before = NUMPY[name]()
    ml.data.save(before, "a")
    after = ml.data.load("a")
    assert type(after) is type(before)
    assert (after.dtype.str, after.dtype.names, after.dtype.itemsize, after.shape) == (
        before.dtype.str, before.dtype.names, before.dtype.itemsize, before.shape,
    )  # fmt: skip
    assert repr(after.tolist()) == repr(before.tolist())


def test_bytes_between_fields_are_no_values() -> None:
    kind = np.dtype([("a", "i1"), ("b", "i4")], align=True)
    one, other = np.zeros(1, kind), np.frombuffer(b"\0\7\7\7\0\0\0\0", kind)
    assert things.look(one).content_id == things.look(other).content_id


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: np.ma.masked_array([1, 2], mask=[0, 1]), "mask"),
        (lambda: np.array([1.5], np.longdouble), "every machine"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_cannot_be_kept_is_refused_with_a_hint(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(RecordError, match=said) as caught:
        ml.data.save(make(), "a")
    assert caught.value.hint


def test_live_arrays_of_other_byte_order_can_be_compared() -> None:
    ml.data.save(np.array([1, 2], dtype=">i4"), "a")
    found = ml.data.diff("a", np.array([1, 3], dtype=">i4"))
    assert "1" in str(found)
    assert "cannot" not in str(found)
