"""The mean of curves and the band around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nbmlops.tracking.bands import band
from nbmlops.tracking.points import Series


def series(*pairs: tuple[float, float]) -> Series:
    return Series(np.array([x for x, _ in pairs], float), np.array([y for _, y in pairs], float))


def test_the_edges_are_the_smallest_and_the_largest_value() -> None:
    found = band([series((0, 1), (1, 2)), series((0, 3), (1, 8)), series((0, 2), (1, 2))], 100)
    assert found.mean.tolist() == [2, 4]
    assert found.low.tolist() == [1, 2]
    assert found.high.tolist() == [3, 8]


def test_or_one_standard_deviation_to_each_side() -> None:
    found = band([series((0, 1)), series((0, 3))], 100, "sd")
    assert found.high[0] - found.mean[0] == pytest.approx(np.std([1, 3], ddof=1))
    assert found.mean[0] - found.low[0] == pytest.approx(np.std([1, 3], ddof=1))


def test_one_curve_has_no_spread() -> None:
    for spread in ("sd", "range"):
        found = band([series((0, 1), (1, 2))], 100, spread)
        assert found.low.tolist() == found.mean.tolist() == found.high.tolist() == [1, 2]


def test_between_its_points_a_curve_is_straight_and_beyond_its_ends_there_is_none() -> None:
    found = band([series((0, 0), (10, 10)), series((5, 100))], 100)
    assert found.x.tolist() == [0, 5, 10]
    assert found.mean.tolist() == [0, 52.5, 10]


def test_what_is_not_finite_does_not_count() -> None:
    found = band([series((0, np.nan), (1, np.nan)), series((0, 1), (1, np.inf))], 100)
    assert found.mean[0] == found.low[0] == found.high[0] == 1
    assert np.isnan([found.mean[1], found.low[1], found.high[1]]).all()


def test_a_long_curve_without_a_finite_value_takes_no_part() -> None:
    steps = np.arange(3000.0)
    alone = band([Series(steps, np.sin(steps))], 2000)
    found = band([Series(steps, np.sin(steps)), Series(steps, np.full(3000, np.nan))], 2000)
    assert found.mean.tolist() == alone.mean.tolist()
    nothing = band([Series(steps, np.full(3000, np.nan))], 2000)
    assert len(nothing.x) == 2000
    assert np.isnan(nothing.mean).all()


def test_no_curves() -> None:
    assert len(band([], 100).x) == 0
    assert len(band([series()], 100).x) == 0


@given(arrays(np.float64, st.integers(300, 2000), elements=st.floats(-1e6, 1e6)))
def test_more_points_than_asked_become_means_of_stretches(values: np.ndarray) -> None:
    steps = np.arange(len(values), dtype=float)
    found = band([Series(steps, values), Series(steps + 0.5, values)], 50)
    assert len(found.x) == 50
    assert (np.diff(found.x) > 0).all()
    slack = 1e-6 * (1 + abs(values).max())
    assert (found.low <= found.mean + slack).all()
    assert (found.mean <= found.high + slack).all()
    assert values.min() - slack <= found.low.min()
    assert found.high.max() <= values.max() + slack
