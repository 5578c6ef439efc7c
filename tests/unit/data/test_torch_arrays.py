"""Tensors of torch: what comes back, what is refused, and what they are compared by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

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


@pytest.mark.parametrize("kind", ["bfloat16", "float16", "float8_e5m2", "uint16", "bool", "complex64"])
def test_a_tensor_comes_back_as_it_was(kind: str) -> None:
    before = torch.ones(2, 3).to(getattr(torch, kind))
    ml.data.save(before, "t")
    after = ml.data.load("t")
    assert (after.dtype, after.shape) == (before.dtype, before.shape)
    assert after.to(torch.complex64).equal(before.to(torch.complex64))


def test_a_lazily_conjugated_tensor_is_its_values() -> None:
    ml.data.save(torch.tensor([1 + 2j]).conj(), "t")
    assert ml.data.load("t").tolist() == [1 - 2j]


def test_the_same_bits_of_another_type_are_another_array() -> None:
    half = torch.tensor([1.0, 2.0], dtype=torch.bfloat16)
    assert things.look(half).content_id != things.look(half.view(torch.int16)).content_id


def test_what_an_array_loses_is_said() -> None:
    assert "requires_grad" in str(ml.data.save(torch.ones(2, requires_grad=True), "t"))
    assert "recarray" in str(ml.data.save(np.rec.array([(1,)], dtype=[("a", "i4")]), "r"))


def test_short_floats_are_compared_by_their_values() -> None:
    ml.data.save(torch.tensor([1.0, 2.5], dtype=torch.bfloat16), "a")
    found = ml.data.diff("a", torch.tensor([1.0, -2.5], dtype=torch.bfloat16))
    (cell,) = found.cells().to_dict("records")
    assert (float(cell["before"]), float(cell["after"])) == (2.5, -2.5)
    bits = ml.data.diff("a", torch.tensor([1.0, 2.5], dtype=torch.bfloat16).view(torch.int16))
    assert "identical" not in str(bits)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: torch.eye(2).to_sparse(), "sparse"),
        (lambda: torch.ones(2).to(torch.complex32), "complex32"),
        (lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8), "quantized"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_cannot_be_kept_is_refused_with_a_hint(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(RecordError, match=said) as caught:
        ml.data.save(make(), "a")
    assert caught.value.hint


def test_half_floats_of_torch_are_shown_as_numbers() -> None:
    one, two = (torch.tensor([1.0, value], dtype=torch.bfloat16) for value in (2.0, 3.0))
    assert ml.data.diff(one, two).cells()[["before", "after"]].values.tolist() == [[2.0, 3.0]]
    names = [ml.data.save(each, "t").name for each in (one, two)]
    assert ml.data.diff(*names).cells()[["before", "after"]].values.tolist() == [[2.0, 3.0]]
    assert not ml.data.diff(names[0], one)
