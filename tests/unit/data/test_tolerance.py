"""A tolerance against a slow and plain way of applying one, and numbers of two types."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbmlops as ml
from nbmlops.data.differences import diff_tables
from nbmlops.data.differences.comparable import is_by_text, two_comparable
from nbmlops.data.differences.rows import Tolerance
from nbmlops.errors import UsageError

NUMBERS = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 1.0, 1.05, 1.1, -1.0, 1e300, 2.0**53, math.nan, math.inf, -math.inf]),
    st.floats(-10, 10),
)
WHOLES = st.one_of(st.none(), st.integers(-5, 5), st.sampled_from([2**53, 2**53 + 1, 2**63 - 1, -(2**63)]))
TOLERANCES = st.sampled_from([Tolerance(), Tolerance(0.1), Tolerance(0.0, 0.1), Tolerance(1.0), Tolerance(1e-9, 1e-9)])


def differs(one: Any, two: Any, tolerance: Tolerance) -> bool:
    """Python compares whole numbers with floats exactly."""
    if one is None or two is None:
        return (one is None) != (two is None)
    if one != one or two != two:
        return bool((one != one) != (two != two))
    if one == two:
        return False
    if not tolerance or math.isinf(one) or math.isinf(two):
        return True
    if isinstance(one, int) and isinstance(two, int):
        gap = float(abs(one - two))
    else:
        gap = abs(float(one) - float(two))
    return not gap <= tolerance.absolute + tolerance.relative * abs(float(two))


def changed(one: list[Any], two: list[Any], kinds: tuple[pa.DataType, pa.DataType], tolerance: Tolerance) -> set[int]:
    ids = list(range(len(one)))
    before = pa.table({"id": ids, "x": pa.array(one, kinds[0])})
    after = pa.table({"id": ids, "x": pa.array(two, kinds[1])})
    in_place = diff_tables(before, after, key="id", tolerance=tolerance)
    backwards = pa.table({"id": ids[::-1], "x": pa.array(two[::-1], kinds[1])})
    moved = diff_tables(before, backwards, key="id", tolerance=tolerance)
    found = set(in_place.rows("changed")["left"].to_pylist())
    assert found == set(moved.rows("changed")["left"].to_pylist())
    return found


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=12), TOLERANCES)
def test_floats_differ_where_python_says_so(pairs: list[Any], tolerance: Tolerance) -> None:
    one, two = [a for a, _ in pairs], [b for _, b in pairs]
    wanted = {at for at, (a, b) in enumerate(pairs) if differs(a, b, tolerance)}
    assert changed(one, two, (pa.float64(), pa.float64()), tolerance) == wanted


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(WHOLES, NUMBERS), min_size=1, max_size=12), TOLERANCES)
def test_whole_numbers_and_floats_are_compared_exactly_either_way(pairs: list[Any], tolerance: Tolerance) -> None:
    one, two = [a for a, _ in pairs], [b for _, b in pairs]
    wanted = {at for at, (a, b) in enumerate(pairs) if differs(a, b, tolerance)}
    assert changed(one, two, (pa.int64(), pa.float64()), tolerance) == wanted
    wanted = {at for at, (a, b) in enumerate(pairs) if differs(b, a, tolerance)}
    assert changed(two, one, (pa.float64(), pa.int64()), tolerance) == wanted


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(WHOLES, WHOLES), min_size=1, max_size=12), TOLERANCES)
def test_whole_numbers_differ_where_python_says_so(pairs: list[Any], tolerance: Tolerance) -> None:
    one, two = [a for a, _ in pairs], [b for _, b in pairs]
    wanted = {at for at, (a, b) in enumerate(pairs) if differs(a, b, tolerance)}
    assert changed(one, two, (pa.int64(), pa.int64()), tolerance) == wanted


ROWS = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 40)), max_size=8)


@settings(max_examples=30, deadline=None)
@given(ROWS, ROWS, st.booleans())
def test_without_a_unique_key_a_tolerance_hides_only_what_is_near(one: Any, two: Any, is_keyed: bool) -> None:
    """Of one group, as many rows as can be paired within the tolerance at the most are told to be equal."""

    def table(rows: Any) -> pa.Table:
        words, values = [word for word, _ in rows], [value / 10 for _, value in rows]
        return pa.table({"g": pa.array(words, pa.string()), "x": pa.array(values, pa.float64())})

    before, after = table(one), table(two)
    found = diff_tables(before, after, key="g" if is_keyed else None, tolerance=Tolerance(0.25))
    if found.method not in ("as multisets", "by key, with duplicates"):
        return
    added, removed, edited = (found.count(kind) for kind in ("added", "removed", "changed"))
    assert len(two) - added - edited == len(one) - removed - edited
    most = 0
    for word in "ab":
        lefts, rights = (sorted(value for each, value in rows if each == word) for rows in (one, two))
        while lefts and rights:  # of sorted numbers, taking the lowest pair that is near enough pairs the most
            if abs(lefts[0] - rights[0]) <= 2:
                lefts.pop(0), rights.pop(0)
                most += 1
            else:
                (lefts if lefts[0] < rights[0] else rights).pop(0)
    assert len(two) - added - edited <= most
    exact = diff_tables(before, after, key="g" if is_keyed else None)
    assert added <= exact.count("added") + exact.count("changed")


D = Decimal
CASES = [
    ("whole and float", [2**53 + 1, 20], pa.int64(), [2.0**53, 20.0], pa.float64(), [True, False]),
    ("unsigned and float", [2**64 - 1, 2**63, 0], pa.uint64(), [2.0**64, 2.0**63, -0.5], pa.float64(), [1, 0, 1]),
    ("whole and short float", [2**24 + 1, 3], pa.int64(), [2.0**24, 3.5], pa.float32(), [True, True]),
    ("unsigned and signed", [2**64 - 1, 1], pa.uint64(), [-1, 1], pa.int64(), [True, False]),
    ("truth and numbers", [True, False], pa.bool_(), [1, 2], pa.int64(), [False, True]),
    ("scales", [D("1.5")] * 2, pa.decimal128(38, 30), [D("12345678901234.5"), D("1.50")], pa.decimal128(38, 2), [1, 0]),
    ("wide", [D("1.5"), D("1.6")], pa.decimal256(50, 1), [D("1.50")] * 2, pa.decimal256(50, 2), [False, True]),
    ("decimal and whole", [D("0.5"), D("0")], pa.decimal128(38, 38), [1, 0], pa.int64(), [True, False]),
    ("decimal and float", [D("0.10"), D("2")], pa.decimal128(5, 2), [0.1, 2.5], pa.float64(), [False, True]),
    ("long decimal", [D(2**53 + 1), D(1)], pa.decimal128(38, 0), [2.0**53, 1.0], pa.float64(), [True, False]),
    ("spans", [1, 2], pa.duration("s"), [1000, 2], pa.duration("ms"), [False, True]),
    ("long spans", [10**15, 2], pa.duration("s"), [10**9, 2 * 10**9], pa.duration("ns"), [True, False]),
    ("moments", [1001, 2000], pa.timestamp("ns"), [1, 2], pa.timestamp("us"), [True, False]),
    ("far moments", [10**14, 1], pa.timestamp("s"), [10**14 + 1, 1], pa.timestamp("s"), [True, False]),
    ("days and moments", [1, 2], pa.date32(), [86_400, 2], pa.timestamp("s"), [False, True]),
    ("times of day", [1, 2], pa.time32("s"), [10**9, 2], pa.time64("ns"), [False, True]),
    ("lists", [[1, 2], [3], None], pa.list_(pa.int64()), [[1.0, 2.0], [3.5], []], pa.list_(pa.float64()), [0, 1, 1]),
    ("lists of large", [[2**53 + 1], [1]], pa.list_(pa.int64()), [[2.0**53], [1.0]], pa.list_(pa.float64()), [1, 0]),
    ("lists of spans", [[1]], pa.list_(pa.duration("s")), [[1]], pa.list_(pa.duration("ms")), [True]),
    ("views", [["a"], None], pa.list_(pa.string_view()), [["a"], ["b"]], pa.list_(pa.string_view()), [False, True]),
    ("structs", [{"a": 1}, None], pa.struct([("a", pa.int8())]), [{"a": 1.0}, {"a": None}],
     pa.struct([("a", pa.float64())]), [False, True]),
    ("fixed lists", [[1, 2]], pa.list_(pa.int64(), 2), [[1, 2]], pa.list_(pa.int64()), [False]),
    ("nothing", [None, None], pa.null(), [[1], None], pa.list_(pa.int64()), [True, False]),
    ("bytes", [b"ab"], pa.binary(), [b"ab"], pa.binary(2), [False]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "kind", "two", "other", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_values_of_two_types_are_equal_where_they_are_the_same(
    one: list[Any], kind: pa.DataType, two: list[Any], other: pa.DataType, wanted: list[bool]
) -> None:
    expected = {at for at, is_other in enumerate(wanted) if is_other}
    assert changed(one, two, (kind, other), Tolerance()) == expected
    assert changed(two, one, (other, kind), Tolerance()) == expected


def test_of_types_with_nothing_in_common_the_texts_are_compared_and_that_is_told() -> None:
    found = ml.data.diff(pa.table({"id": [1, 2], "x": [1, 2]}), pa.table({"id": [1, 2], "x": ["1", "y"]}))
    assert found.summary["cells"] == {"x": 1}
    assert found.summary["notes"] == ["compared as text: x"]
    assert not is_by_text(pa.list_(pa.int64()), pa.list_(pa.float64()))
    assert is_by_text(pa.timestamp("s"), pa.timestamp("s", "UTC"))


def test_a_tolerance_is_not_for_moments() -> None:
    kind = pa.timestamp("us")
    assert changed([1, 2], [1, 3], (kind, kind), Tolerance(10.0)) == {1}


@pytest.mark.parametrize("kind", [pa.int64(), pa.decimal128(38, 2), pa.decimal256(50, 2), pa.decimal128(10, 2)])
def test_a_tolerance_is_for_every_kind_of_number(kind: pa.DataType) -> None:
    assert changed([D(10), D(20)], [D(11), D(25)], (kind, kind), Tolerance(1.0)) == {1}
    assert changed([10.0, 20.0], [D(11), D(25)], (pa.float64(), kind), Tolerance(1.0)) == {1}


def test_where_a_tolerance_does_not_hold_that_is_told() -> None:
    before = pa.table({"g": [1, 1, 2], "x": [1.0, 2.0, 3.0], "l": [[1.0], [2.0], [3.0]]})
    after = pa.table({"g": [1, 1, 3], "x": [1.0, 9.0, 3.0], "l": [[1.0], [2.0], [3.0]]})
    (note,) = ml.data.diff(before, after, key="g", tol=0.1).summary["notes"]
    assert "unique key" in note
    moved = pa.table({"id": [1, 2], "l": [[1.0], [2.0]]}), pa.table({"id": [1, 2], "l": [[1.0], [2.01]]})
    assert "inside of lists" in str(ml.data.diff(*moved, tol=0.1))


@pytest.mark.parametrize("tol", [np.float32(0.1), Decimal("0.1"), [0.1, 0], np.int64(1)])
def test_any_number_is_a_tolerance(tol: Any) -> None:
    one, two = pa.table({"id": [1, 2], "x": [1.0, 2.0]}), pa.table({"id": [1, 2], "x": [1.05, 2.0]})
    found = ml.data.diff(one, two, tol=tol)
    assert not found
    assert found.summary["notes"] == ["no difference above the tolerance"]


@pytest.mark.parametrize("tol", ["1", -1, math.nan, math.inf, (1, 2, 3), None, datetime.date(2020, 1, 1)])
def test_anything_else_is_refused(tol: Any) -> None:
    with pytest.raises(UsageError, match="tolerance"):
        ml.data.diff(pa.table({"x": [1]}), pa.table({"x": [2]}), tol=tol)


def test_columns_that_need_no_change_are_taken_as_they_are() -> None:
    column = pa.chunked_array([[1, 2, 3]])
    one, two = two_comparable(column, column)
    assert one is column
    assert two is column
