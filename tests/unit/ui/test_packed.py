"""Columns on their way to a browser."""

from __future__ import annotations

import numpy as np
import pytest

from nbmlops.ui.packed import pack, unpack


@pytest.mark.parametrize("steps", [[0, 1, 2], [5, 5, 5], [100, 90, 80], [-2, 3]])
def test_even_whole_numbers_are_three_numbers(steps: list[int]) -> None:
    packed = pack(np.array(steps, dtype=float))
    assert set(packed) == {"even"}
    assert unpack(packed) == steps


def test_other_numbers_take_four_bytes_each() -> None:
    packed = pack(np.array([0.25, np.nan, np.inf, -np.inf, 7.5]))
    assert set(packed) == {"f4"}
    assert unpack(packed)[0] == 0.25
    assert np.isnan(unpack(packed)[1])
    assert unpack(packed)[2:4] == [np.inf, -np.inf]


@pytest.mark.parametrize(
    "column", [[1.0, 1.0000001, 0.9999999], [1e300, 2.0], [1e-300, 2.0], [1.7e9 + 0.1, 1.7e9 + 0.35]]
)
def test_numbers_that_four_bytes_cannot_tell_apart_take_eight(column: list[float]) -> None:
    packed = pack(np.array(column))
    assert set(packed) == {"f8"}
    assert unpack(packed) == column


@pytest.mark.parametrize("column", [[], [3.5], [np.nan, np.nan], [0.0, 0.0, 0.5]])
def test_few_and_odd_columns(column: list[float]) -> None:
    np.testing.assert_array_equal(unpack(pack(np.array(column, dtype=float))), column)
