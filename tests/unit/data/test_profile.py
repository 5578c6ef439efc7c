"""How values are distributed, against NumPy."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbmlops.data.profile import BINS, ColumnProfile, Histogram, profile


def one(column: pa.Array) -> ColumnProfile:
    (found,) = profile(pa.table({"x": column}))
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6), st.just(math.nan), st.just(math.inf)), max_size=60))
def test_numbers_are_counted_as_numpy_counts_them(values: list[float | None]) -> None:
    found = one(pa.array(values, pa.float64()))
    finite = np.array([value for value in values if value is not None and math.isfinite(value)])
    assert found.nulls == values.count(None)
    assert found.non_finite == len(values) - values.count(None) - len(finite) or found.low is None
    if not len(finite):
        assert found.histogram is None
        return
    assert found.histogram is not None
    assert (found.low, found.high) == (finite.min(), finite.max())
    assert found.mean == pytest.approx(finite.mean(), abs=1e-6)
    assert sum(found.histogram.counts) == len(finite)
    assert found.quantiles == pytest.approx(np.quantile(finite, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]), abs=1e-6)


def test_the_histogram_is_that_of_numpy() -> None:
    values = np.random.default_rng(0).normal(size=5000)
    found = one(pa.array(values)).histogram
    assert found is not None
    expected, _ = np.histogram(values, bins=BINS)
    assert np.abs(np.array(found.counts) - expected).sum() <= 4  # values on an edge may fall to either side


def test_categories_have_their_most_frequent_values() -> None:
    found = one(pa.array(["a"] * 3 + ["b"] * 2 + [None, "c"]).dictionary_encode())
    assert found.shape == "category"
    assert found.top == (("a", 3), ("b", 2), ("c", 1))
    assert (found.distinct, found.nulls) == (3, 1)
    assert dict(one(pa.array([True, False, True])).top) == {"true": 2, "false": 1}


def test_times_are_seconds_since_1970() -> None:
    found = one(pa.array([dt.date(1970, 1, 2), dt.date(1970, 1, 3)]))
    assert (found.shape, found.low, found.high) == ("time", 86400.0, 172800.0)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([], pa.float64()),
        pa.array([None, None], pa.int64()),
        pa.array([None], pa.null()),
        pa.array([math.nan, math.inf]),
        pa.array([5, 5, 5]),
        pa.array([[1], None]),
        pa.array([{"a": 1}]),
        pa.array([1.7e308, -1.7e308]),
        pa.array([b"x"]),
        pa.array([1, 2**63], pa.uint64()),
    ],
)
def test_every_column_has_a_profile(column: pa.Array) -> None:
    assert one(column).rows == len(column)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.integers(1, 40))
def test_other_bins_hold_as_many_values(counts: list[int], bins: int) -> None:
    found = Histogram(-1.0, 3.0, tuple(counts)).rebinned(-2.0, 5.0, bins)
    assert sum(found) == pytest.approx(sum(counts))


@pytest.mark.parametrize("rows", [428, 100_001])
def test_no_column_has_more_different_values_than_rows(rows: int) -> None:
    table = pa.table({"id": range(rows), "name": [f"p{at}" for at in range(rows)]})
    found = [one.distinct for one in profile(table)]
    assert found == [rows, rows] if rows <= 100_000 else all(0.9 * rows < one <= rows for one in found)


ODD: dict[str, tuple[pa.Array, str, float | None, float | None]] = {
    "large numbers": (pa.array([1.7e308, -1.7e308]), "number", -1.7e308, 1.7e308),
    "large numbers of one sign": (pa.array([1.7e308, 1.6e308]), "number", 1.6e308, 1.7e308),
    "infinities in a dictionary": (pa.array([1.0, math.inf, 2.0]).dictionary_encode(), "number", 1.0, 2.0),
    "the last day": (pa.array(np.array(["9999-12-31"], dtype="M8[s]")), "time", 253402214400.0, 253402214400.0),
    "the last day in milliseconds": (
        pa.array(np.array(["9999-12-31"], dtype="M8[ms]")),
        "time",
        253402214400.0,
        253402214400.0,
    ),
    "beyond the calendar": (pa.array([10**7], pa.int32()).cast(pa.date32()), "other", None, None),
    "far beyond it": (pa.array([2**55], pa.timestamp("s")), "other", None, None),
    "half floats in lists": (pa.array([[1.0]], pa.list_(pa.float16())), "other", None, None),
    "wide decimals": (pa.array([1, 2]).cast(pa.decimal256(50, 1)).dictionary_encode(), "number", 1.0, 2.0),
}


@pytest.mark.parametrize("name", ODD)
def test_no_column_is_too_odd_for_a_profile(name: str) -> None:
    column, shape, low, high = ODD[name]
    found = one(column)
    assert (found.shape, found.low, found.high) == (shape, low, high)
    if found.histogram is None:
        return
    assert found.mean is not None
    assert math.isfinite(found.mean)
    assert found.sd is None or math.isfinite(found.sd)
    assert found.non_finite + sum(found.histogram.counts) == len(column)
    assert sum(found.histogram.rebinned(found.histogram.low, found.histogram.high, 20)) == pytest.approx(
        sum(found.histogram.counts)
    )


def test_a_column_that_no_database_takes_has_no_profile_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    from nbmlops.data import profile as module

    def refuse(*_: object) -> None:
        raise duckdb.ConversionException("no")

    monkeypatch.setattr(module, "_numbers", refuse)
    assert one(pa.array([1, 2], pa.decimal128(5, 0))).shape == "other"
