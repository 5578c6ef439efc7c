"""What is changed while it is saved is refused, however it is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.data import things
from nbmlops.errors import RecordError

pytestmark = pytest.mark.usefixtures("store")

ROWS = 200_000


def frame(values: np.ndarray[Any, Any]) -> Any:
    made = pd.DataFrame({"x": values}, copy=False)
    assert np.shares_memory(made["x"].to_numpy(), values)
    return made


@pytest.mark.parametrize("make", [frame, lambda values: pa.table({"x": pa.array(values)})])
@pytest.mark.parametrize("change", [np.ndarray.sort, lambda values: values.__setitem__(0, 99.0)])
def test_a_change_while_it_is_saved_is_noticed(
    make: Callable[[Any], Any], change: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(0).normal(size=ROWS)
    thing, real = make(values), things.identify

    def meddling(table: pa.Table) -> Any:
        found = real(table)
        change(values[:65_536])
        return found

    monkeypatch.setattr(things, "identify", meddling)
    with pytest.raises(RecordError, match="changed while it was being saved"):
        ml.data.save(thing, "d", mode="keep")
    monkeypatch.undo()
    assert not len(ml.data.list().df())


def test_a_change_of_an_array_shows_in_its_sums() -> None:
    dates = np.array(["2020-01-02", "2020-01-01"], dtype="M8[D]")
    before = things.sums(dates)
    dates.sort()
    assert things.sums(dates) != before
