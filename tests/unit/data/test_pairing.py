"""Rows paired by their key and compared column by column, against one join of everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbmlops.data.differences import diff_tables, pairing, rows
from nbmlops.data.differences.comparable import two_comparable
from nbmlops.data.differences.engine import engine
from nbmlops.data.differences.rows import EXACT

WORDS = ["", "a", "b", None, "é"]
NUMBERS = [None, float("nan"), 0.0, -0.0, 2.5]


def side(ids: list[int], seed: int, parts: int) -> pa.Table:
    """Columns of several kinds, in several chunks, each with a dictionary of its own."""
    rng = np.random.default_rng(seed)
    made = []
    for some in np.array_split(np.array(ids, dtype=np.int64), parts):
        words = pa.array([WORDS[place] for place in rng.integers(0, len(WORDS), len(some))], pa.string())
        numbers = [
            None if value == 0 else float("nan") if value == 1 else value for value in rng.integers(0, 4, len(some))
        ]
        made.append([pa.array(some), words, words.dictionary_encode(), pa.array(numbers, pa.float64())])
    columns = [pa.chunked_array([part[place] for part in made]) for place in range(4)]
    return pa.table([*columns, columns[1].cast(pa.string_view())], names=["id", "word", "code", "x", "view"])


def both_ways(before: pa.Table, after: pa.Table, block: int) -> tuple[list[Any], list[Any]]:
    pairs = [two_comparable(*each) for each in zip(before.columns, after.columns, strict=True)]
    names = [f"c{place}" for place in range(4)]
    wide = [pa.table([*(pair[at] for pair in pairs[1:]), pairs[0][at]], names=[*names, "c4"]) for at in (0, 1)]
    with engine() as con:
        keys = [pa.table({"k": pairs[0][at]}) for at in (0, 1)]
        found = pairing.by_key(con, *keys, lambda place: pairs[place + 1], 4, EXACT, block=block)
        wanted = rows.by_key(con, *wide, ["c4"], names, EXACT)
    return [sorted(map(repr, table.select(wanted.column_names).to_pylist())) for table in (found, wanted)]  # type: ignore[return-value]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 60), unique=True, max_size=40),
    st.lists(st.integers(0, 60), unique=True, max_size=40),
    st.integers(1, 4),
    st.sampled_from([1, 5, 1000]),
)
def test_it_finds_what_one_join_finds(one: list[int], two: list[int], parts: int, block: int) -> None:
    found, wanted = both_ways(side(one, 0, parts), side(two, 1, parts), block)
    assert found == wanted


def test_rows_in_another_order_are_paired() -> None:
    order = np.random.default_rng(0).permutation(5000)
    before = side(list(range(5000)), 0, 3)
    after = pa.table(
        [column.take(pa.array(order)) for column in before.drop_columns("view").columns], before.column_names[:4]
    )
    after = after.append_column("view", after["word"].cast(pa.string_view()))
    found, wanted = both_ways(before, after, 100)
    assert found == wanted == []
    found, wanted = both_ways(before, side(order.tolist(), 3, 2), 100)
    assert found == wanted != []


def test_columns_of_which_arrow_picks_no_rows_are_compared_too() -> None:
    def nested(texts: list[str]) -> pa.Array:
        return pa.array([{"a": text} for text in texts], pa.struct([("a", pa.string_view())]))

    before = pa.table({"id": [1, 2, 3], "s": nested(["a", "b", "c"])})
    after = pa.table({"id": [3, 1, 4], "s": nested(["c", "x", "d"])})
    with pytest.raises(pa.ArrowNotImplementedError):
        before["s"].take(pa.array([2, 0]))
    found = diff_tables(before, after, key="id")
    assert [found.count(kind) for kind in ("added", "removed", "changed")] == [1, 1, 1]
