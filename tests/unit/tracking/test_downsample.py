from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nbmlops.tracking.downsample import downsample, kept

curves = arrays(np.float64, st.integers(0, 300), elements=st.floats(allow_nan=True, allow_infinity=True, width=64))


@settings(deadline=None)
@given(values=curves, points=st.integers(5, 60))
def test_what_must_stay_stays(values: np.ndarray, points: int) -> None:
    chosen = kept(values, points)
    assert len(chosen) <= max(points, 5)
    assert (np.diff(chosen) > 0).all()
    if not len(values):
        return
    assert chosen[0] == 0
    assert chosen[-1] == len(values) - 1
    left = values[chosen]
    finite = values[np.isfinite(values)]
    if len(finite):
        assert finite.min() in left
        assert finite.max() in left
    inner = values[1:-1]
    if not np.isfinite(inner).all():
        assert not np.isfinite(left[1:-1]).all(), "the gap is gone"
    if len(values) <= points:
        assert len(chosen) == len(values)


@settings(deadline=None)
@given(values=curves, points=st.integers(5, 60))
def test_points_are_taken_as_they_are(values: np.ndarray, points: int) -> None:
    steps = np.arange(len(values), dtype=np.float64) * 2
    kept_steps, kept_values = downsample(steps, values, points)
    np.testing.assert_array_equal(values[(kept_steps / 2).astype(int)], kept_values)


def test_a_gap_stays_where_it_is() -> None:
    values = np.sin(np.arange(10_000) / 100)
    values[6_000] = np.nan
    _, left = downsample(np.arange(10_000.0), values, 100)
    assert np.isnan(left).sum() == 1
    assert 55 <= np.flatnonzero(np.isnan(left))[0] / len(left) * 100 <= 65


def test_a_spike_stays() -> None:
    values = np.zeros(100_000)
    values[77_777] = 5
    steps, left = downsample(np.arange(100_000.0), values, 50)
    assert steps[left == 5].tolist() == [77_777]
