"""What changed between two tables, against a slow and plain way of finding out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbmlops.data.differences import TableDiff, Tolerance, diff_tables
from nbmlops.errors import UsageError

VALUES = st.one_of(st.none(), st.floats(allow_nan=True, width=32), st.just(-0.0))
TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "é", "e\u0301"]))
ROWS = st.dictionaries(st.integers(0, 12), st.tuples(VALUES, TEXTS), max_size=10)


def table(rows: dict[int, tuple[Any, Any]]) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(list(rows), pa.int64()),
            "value": pa.array([value for value, _ in rows.values()], pa.float64()),
            "text": pa.array([text for _, text in rows.values()], pa.string()),
        }
    )


def same(a: Any, b: Any) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and (a == b or (a != a and b != b)))


def counts(found: TableDiff) -> tuple[int, int, int]:
    return found.count("added"), found.count("removed"), found.count("changed")


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_by_key_it_finds_what_a_dictionary_finds(before: dict[int, Any], after: dict[int, Any]) -> None:
    found = diff_tables(table(before), table(after), key="id")
    both = before.keys() & after.keys()
    values = {key for key in both if not same(before[key][0], after[key][0])}
    texts = {key for key in both if not same(before[key][1], after[key][1])}
    assert counts(found) == (len(after.keys() - both), len(before.keys() - both), len(values | texts))
    cells = found.changed_cells()
    assert cells.get("value", 0) == len(values)
    assert cells.get("text", 0) == len(texts)
    at = found.rows("changed")["left"].to_pylist()
    assert {list(before)[place] for place in at} == values | texts


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row that Counter compares as the diff does."""
    return tuple("NaN" if cell != cell else cell + 0.0 if isinstance(cell, float) else cell for cell in row)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, TEXTS), max_size=8), st.lists(st.tuples(VALUES, TEXTS), max_size=8))
def test_without_a_key_tables_are_multisets(before: list[Any], after: list[Any]) -> None:
    sides = [
        pa.table(
            {"value": pa.array([v for v, _ in rows], pa.float64()), "text": pa.array([t for _, t in rows], pa.string())}
        )
        for rows in (before, after)
    ]
    found = diff_tables(*sides, key=None)
    if found.method not in ("as multisets", "identical"):
        return
    one, two = Counter(map(plain, before)), Counter(map(plain, after))
    assert counts(found) == ((two - one).total(), (one - two).total(), 0)


def test_duplicates_of_a_key_are_paired_after_equal_rows_are_out() -> None:
    before = pa.table({"k": ["a", "a", "a", "b"], "v": [1, 2, 3, 4]})
    after = pa.table({"k": ["a", "a", "a", "b", "c"], "v": [3, 1, 9, 4, 5]})
    found = diff_tables(before, after, key="k")
    assert found.method == "by key, with duplicates"
    assert counts(found) == (1, 0, 1)
    assert found.rows("changed").select(["left", "right"]).to_pylist() == [{"left": 1, "right": 2}]


def test_columns_are_added_removed_renamed_retyped_and_moved() -> None:
    before = pa.table({"id": [1, 2], "old": ["x", "y"], "n": pa.array([1, 2], pa.int32()), "gone": [0.1, 0.2]})
    after = pa.table({"n": pa.array([1, 2], pa.int64()), "id": [1, 2], "new": ["x", "y"], "more": [True, False]})
    found = diff_tables(before, after).schema
    assert (found.added, found.removed, found.renamed) == (("more",), ("gone",), (("old", "new"),))
    assert [(change.name, change.before, change.after) for change in found.retyped] == [("n", "int32", "int64")]
    assert found.is_reordered


def test_a_retyped_column_with_equal_values_changes_no_cell() -> None:
    before, after = pa.table({"id": [1, 2], "n": [1, 2]}), pa.table({"id": [1, 2], "n": [1.0, 2.0]})
    found = diff_tables(before, after)
    assert bool(found.schema)
    assert counts(found) == (0, 0, 0)


def test_a_tolerance_lets_small_differences_pass() -> None:
    before, after = pa.table({"id": [1, 2], "v": [1.0, 100.0]}), pa.table({"id": [1, 2], "v": [1.05, 100.05]})
    assert counts(diff_tables(before, after, tolerance=Tolerance(absolute=0.1)))[2] == 0
    assert counts(diff_tables(before, after, tolerance=Tolerance(relative=0.01)))[2] == 1
    assert counts(diff_tables(before, after))[2] == 2


def test_equal_tables_cost_no_comparison() -> None:
    rows = pa.table({"id": [1, 2]})
    assert diff_tables(rows, pa.table({"id": [1, 2]})).method == "identical"


NESTED = [
    ([[1], None, []], [[1], [], None], pa.list_(pa.int64())),
    ([{"a": 1}, None, {"a": None}], [{"a": 1}, {"a": None}, None], pa.struct([("a", pa.int64())])),
]


@pytest.mark.parametrize(("before", "after", "kind"), NESTED)
def test_empty_and_missing_are_two_things_in_nested_columns(
    before: list[Any], after: list[Any], kind: pa.DataType
) -> None:
    ids = [1, 2, 3]
    found = diff_tables(
        pa.table({"id": ids, "x": pa.array(before, kind)}), pa.table({"id": ids, "x": pa.array(after, kind)})
    )
    assert counts(found) == (0, 0, 2)


def test_no_rows_and_no_columns_are_tables_too() -> None:
    nothing = pa.table({})
    assert counts(diff_tables(nothing, pa.table({"a": [1]}))) == (1, 0, 0)
    assert counts(diff_tables(pa.table({"a": pa.array([], pa.int64())}), pa.table({"a": [1, 2]}))) == (2, 0, 0)
    assert counts(diff_tables(pa.table({"a": [1, 1]}), pa.table({"a": [1]}))) == (0, 1, 0)


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="kay"):
        diff_tables(pa.table({"key": [1]}), pa.table({"key": [2]}), key="kay")


def test_columns_of_the_same_name_are_told_apart() -> None:
    two = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], names=["a", "a"])
    other = pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 5])], names=["a", "a"])
    assert counts(diff_tables(two, other)) == (1, 1, 0)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.integers(-30, 40), st.just(2**62)), min_size=2, max_size=20))
def test_a_key_is_unique_if_python_says_so(values: list[int]) -> None:
    import duckdb

    from nbmlops.data.differences.keys import is_unique

    parts = [pa.array(values[:1], pa.int64()), pa.array(values[1:], pa.int64())]
    with duckdb.connect() as con:
        assert is_unique(con, pa.table({"k": pa.chunked_array(parts)})) == (len(set(values)) == len(values))


def _renamed_and_more(rows: int = 500) -> tuple[pa.Table, pa.Table]:
    before = pa.table({
        "id": range(rows), "bp": [at * 7 % 83 for at in range(rows)], "rare": [at == 3 for at in range(rows)],
        "one": [1] * rows,
    })  # fmt: skip
    return before, pa.table({
        "id": [*range(20, rows), -1], "pressure": [at * 7 % 83 if at % 50 else 0 for at in range(20, rows)] + [5],
        "seldom": [at == 400 for at in range(20, rows)] + [True], "unit": [1] * (rows - 19),
    })  # fmt: skip


def test_a_column_is_renamed_though_rows_and_some_cells_changed_too() -> None:
    found = diff_tables(*_renamed_and_more())
    assert found.schema.renamed == (("bp", "pressure"),)
    assert found.changed_cells()["pressure"] == 9  # 50, 100, ... 450; all but 83 * n are not 0 before
    assert [found.count(kind) for kind in ("added", "removed", "changed")] == [1, 20, 9]


def test_columns_that_agree_by_chance_alone_are_not_renamed() -> None:
    """A flag that is rarely set agrees with another nearly everywhere; a constant with any."""
    found = diff_tables(*_renamed_and_more())
    assert set(found.schema.removed) == {"rare", "one"}
    assert set(found.schema.added) == {"seldom", "unit"}


def test_a_column_renamed_and_edited_in_place_is_renamed() -> None:
    before, _ = _renamed_and_more()
    values = before["bp"].to_pylist()
    values[7] = -1
    found = diff_tables(before, before.rename_columns(["id", "x", "rare", "one"]).set_column(1, "x", [values]))
    assert (found.method, found.schema.renamed) == ("by place", (("bp", "x"),))
    assert found.changed_cells() == {"x": 1}


@pytest.mark.parametrize(("rows", "is_renamed"), [(5, False), (40, True)])
def test_a_few_flags_that_agree_tell_nothing(rows: int, is_renamed: bool) -> None:
    flags = [at % 2 == 0 for at in range(rows)]
    before = pa.table({"id": range(rows), "was_paid": flags})
    after = pa.table({"id": [*range(rows), rows], "is_new": [*flags, True]})
    assert bool(diff_tables(before, after).schema.renamed) == is_renamed
