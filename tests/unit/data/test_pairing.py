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
    found = diff_tables(before.select(["s"]), after.select(["s"]))
    assert [found.count(kind) for kind in ("added", "removed", "changed")] == [2, 2, 0]
    same = pa.concat_tables([before.select(["s"])] * 9)
    found = diff_tables(same, pa.concat_tables([same, after.select(["s"])]))
    assert [found.count(kind) for kind in ("added", "removed", "changed")] == [3, 0, 0]


def test_of_very_many_columns_without_a_key_rows_are_counted_too() -> None:
    def wide(rows: list[list[float | None]]) -> pa.Table:
        return pa.table({f"x{place}": pa.array([row[place] for row in rows], pa.float64()) for place in range(250)})

    some = np.random.default_rng(0).integers(0, 3, (30, 250)).astype(float).tolist()
    some[0] = some[1]
    some[2][249], some[3][0], some[4][7] = None, float("nan"), 0.0
    other = [list(row) for row in reversed(some)]
    other[-5][7] = -0.0
    assert not diff_tables(wide(some), wide(other)).hits.num_rows
    other[0][249], other[5][0] = 7.0, None
    found = diff_tables(wide(some), wide([*other, some[0]]))
    assert [found.count(kind) for kind in ("added", "removed", "changed")] == [3, 2, 0]
    assert sorted(found.rows("added")["right"].to_pylist()) == [0, 5, 30]


def test_equal_rows_in_place_do_not_count_without_a_key() -> None:
    rng = np.random.default_rng(1)
    rows_ = 300_000  # some chunks
    before = pa.table({"x": rng.integers(0, 50, rows_), "y": rng.integers(0, 3, rows_) * 0.5})
    x = before["x"].to_numpy().copy()
    x[[5, 140_000, 299_999]] = 99
    after = pa.table({"x": np.concatenate([x, [77]]), "y": np.concatenate([before["y"].to_numpy(), [0.5]])})
    found = diff_tables(before, after)
    assert found.method == "as multisets"
    assert sorted(found.rows("added")["right"].to_pylist()) == [5, 140_000, 299_999, rows_]
    assert found.count("removed") == 3
    taken = before.take(found.rows("removed")["left"].combine_chunks()).to_pylist()
    assert sorted(map(repr, taken)) == sorted(map(repr, before.take(pa.array([5, 140_000, 299_999])).to_pylist()))
