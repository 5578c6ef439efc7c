"""What kind of axis the values of many runs make, and how they travel."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.tracking.axes import Axis, is_equal_everywhere
from nbmlops.ui.plain import plain


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2.5, None], "number"),
        ([1, 2, "auto", "None"], "number"),
        ([1, "a", "b", "c"], "category"),
        ([*range(20), "a", "b", "c", "d", "e"], "category"),
        ([True, False, None], "flag"),
        ([True, 1, 2], "number"),
        (["a", "b"], "category"),
        ([[1, 2], {"b": 1, "a": 2}], "category"),
        ([None, None], "category"),
        ([], "category"),
    ],
)
def test_kinds(values: list[Any], kind: str) -> None:
    assert Axis.of(values).kind == kind


def test_labels_stand_in_the_order_of_their_numbers() -> None:
    axis = Axis.of(["layer 10", "layer 9", None, "layer 9"])
    assert axis.packed() == {"kind": "category", "labels": ["layer 9", "layer 10"], "codes": [1, 0, None, 0]}


def test_long_labels_are_cut_and_it_is_said() -> None:
    packed = Axis.of(["a" * 500 + "1", "a" * 500 + "2"]).packed()
    assert packed["is_cut"] is True
    assert packed["codes"] == [0, 1]
    assert max(map(len, packed["labels"])) <= 80


def test_fractions_have_seven_digits_and_whole_numbers_all() -> None:
    assert Axis.of([0.1 + 0.2, 123456789012, 2.0, 1e300]).packed()["values"] == [0.3, 123456789012, 2, 1e300]
    assert Axis.of([2**60, 10**400, -(10**400)]).packed()["values"] == [1.152922e18, math.inf, -math.inf]


def test_equal_is_equal_in_value_and_kind() -> None:
    assert is_equal_everywhere([1, 1.0])
    assert is_equal_everywhere([math.nan, math.nan])
    assert not is_equal_everywhere([1, True])
    assert not is_equal_everywhere(["1", 1])
    assert not is_equal_everywhere([None, "None"])
    assert not is_equal_everywhere([2**60, 2**60 + 1])


@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))))
def test_anything_travels(values: list[Any]) -> None:
    axis = Axis.of(values)
    packed = plain(axis.packed())
    json.dumps(packed, allow_nan=False)
    assert len(packed.get("values", packed.get("codes"))) == len(values)
    if "codes" in packed:
        assert all(code is None or 0 <= code < len(packed["labels"]) for code in packed["codes"])
        assert [code is None for code in packed["codes"]] == [value is None for value in values]
