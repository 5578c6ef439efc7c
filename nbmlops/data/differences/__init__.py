"""What changed between two tables: columns, rows and cells, with as little work as the case allows.

Digests come first: equal ids cost nothing, equal columns and chunks are left out. What is left is compared row by row
where the key did not change, else by one join; without a key, tables are multisets of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from nbmlops.data.canonical import ROWS
from nbmlops.data.differences import both, keys, pairing, renames, rows
from nbmlops.data.differences.comparable import two_comparable
from nbmlops.data.differences.engine import engine
from nbmlops.data.differences.rows import EXACT, Tolerance
from nbmlops.data.differences.schema import Pair, SchemaDiff, schema_diff
from nbmlops.data.differences.sides import Side, TableSide
from nbmlops.data.identity import Identity

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Method = Literal["identical", "by place", "by key", "by key, with duplicates", "as multisets"]
Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class TableDiff:
    """What changed from one table to another.

    Attributes
    ----------
    schema
        What changed about the columns.
    method
        How the rows were compared.
    key
        The columns that rows were paired by; empty by place and as multisets.
    hits
        ``left`` and ``right``: row numbers, null where the row is missing on that side; then one boolean a compared
        column (``c0`` ...), null where the row has no partner.
    columns
        The names of the compared columns, in the order of the booleans.
    left_rows, right_rows
        How many rows there are.
    is_moved
        Where no row and no column differs: whether the same rows stand in another order.
    """

    schema: SchemaDiff
    method: Method
    key: tuple[str, ...]
    hits: pa.Table
    columns: tuple[str, ...]
    left_rows: int
    right_rows: int
    is_moved: bool = False

    def rows(self, kind: Kind, columns: Sequence[str] | None = None) -> pa.Table:
        """The hits of one kind, in the order of the rows; with some of the booleans, or with all."""
        import pyarrow.compute as pc

        hits = self.hits if columns is None else self.hits.select(["left", "right", *columns])
        left, right = pc.is_valid(self.hits["left"]), pc.is_valid(self.hits["right"])
        wanted = {"added": pc.and_not(right, left), "removed": pc.and_not(left, right), "changed": pc.and_(left, right)}
        return hits.filter(wanted[kind]).sort_by("left" if kind == "removed" else "right")

    def count(self, kind: Kind) -> int:
        """How many rows were added, removed or changed."""
        import pyarrow.compute as pc

        lefts, rights = (int(pc.sum(pc.is_valid(self.hits[side])).as_py() or 0) for side in ("left", "right"))
        both = lefts + rights - int(self.hits.num_rows)
        return both if kind == "changed" else (rights if kind == "added" else lefts) - both

    def changed_cells(self) -> dict[str, int]:
        """How many cells changed, by column; of rows of both sides."""
        return dict(self._changed_cells)

    @cached_property
    def _changed_cells(self) -> dict[str, int]:
        import pyarrow.compute as pc

        sums = (pc.sum(self.hits[f"c{place}"]).as_py() or 0 for place in range(len(self.columns)))
        return {name: int(count) for name, count in zip(self.columns, sums, strict=True)}

    def __bool__(self) -> bool:
        return bool(self.schema) or self.hits.num_rows > 0


def diff_tables(
    left: pa.Table,
    right: pa.Table,
    *,
    key: str | Sequence[str] | None = None,
    tolerance: Tolerance = EXACT,
    left_identity: Identity | None = None,
    right_identity: Identity | None = None,
    memory_limit: str | None = None,
) -> TableDiff:
    """Compare two Arrow tables.

    Parameters
    ----------
    key
        The columns that name a row; left out, it is looked for, and tables without one are multisets.
    tolerance
        By how much numbers may differ.
    left_identity, right_identity
        Where they are known already.
    memory_limit
        For DuckDB, such as ``"1GB"``, instead of ``c.NbMlops.data_memory_bytes``: beyond it spills.

    Examples
    --------
    >>> import pyarrow as pa
    >>> before = pa.table({"id": [1, 2, 3], "price": [10.0, None, 12.0]})
    >>> after = pa.table({"id": [3, 2, 4], "price": [12.5, None, 9.0]})
    >>> found = diff_tables(before, after)
    >>> found.key, [found.count(kind) for kind in ("added", "removed", "changed")], found.changed_cells()
    (('id',), [1, 1, 1], {'price': 1})
    """
    sides = TableSide(left, left_identity), TableSide(right, right_identity)
    return diff_sides(*sides, key=key, tolerance=tolerance, memory_limit=memory_limit)


def diff_sides(
    left: Side,
    right: Side,
    *,
    key: str | Sequence[str] | None = None,
    tolerance: Tolerance = EXACT,
    memory_limit: str | None = None,
    in_place: bool = False,
) -> TableDiff:
    """Compare two tables of which only what differs is read.

    Parameters
    ----------
    in_place
        Rows are what stands in the same place, as in arrays; the other parameters are as for `diff_tables`.
    """
    one, two = left.identity, right.identity
    found = schema_diff(one, two)
    named = keys.declared(key, left, right, found.pairs) if key is not None else None
    sizes = (one.rows, two.rows)
    if one.content_id == two.content_id:
        names = tuple(pair.label for pair in named or ())
        return TableDiff(found, "identical", names, rows.no_hits(()), (), *sizes)
    with engine(memory_limit) as con:
        con.execute("SET preserve_insertion_order = false")
        chosen = named if named is not None else () if in_place else keys.detected(con, left, right, found.pairs)
        table = _compare(con, left, right, found, chosen, named is not None, in_place, tolerance)
        if table or table.method == "by place" or one.rows != two.rows:
            return table
        return replace(table, is_moved=_is_moved(con, left, right, table.schema.pairs, tolerance))


def _is_moved(
    con: duckdb.DuckDBPyConnection, left: Side, right: Side, pairs: Sequence[Pair], tolerance: Tolerance
) -> bool:
    """Of tables with the same rows, whether any is not in its place; looks no further than the first."""
    unequal = [pair for pair in pairs if not pair.is_same]
    for number in both.dirty(left.identity, right.identity, unequal):
        before, after = both.pieces(left, right, unequal, number)
        if rows.of_sides(con, list(zip(before.columns, after.columns, strict=True)), 0, tolerance).num_rows:
            return True
    return False


def _compare(
    con: duckdb.DuckDBPyConnection,
    left: Side,
    right: Side,
    found: SchemaDiff,
    in_key: tuple[Pair, ...],
    is_declared: bool,
    in_place: bool,
    tolerance: Tolerance,
) -> TableDiff:
    one, two = left.identity, right.identity
    sizes = (one.rows, two.rows)
    key = tuple(pair.label for pair in in_key)
    is_in_place = sizes[0] == sizes[1] and all(pair.is_same for pair in in_key) and (bool(key) or in_place)
    is_unique = bool(key and not is_in_place) and (not is_declared or keys.are_unique(con, left, right, in_key))
    if found.added and found.removed and (is_in_place or is_unique):
        names_of_rows = None if is_in_place else both.whole(left, right, in_key)
        found = renames.with_renamed(con, left, right, found, names_of_rows)
    compared = [pair for pair in found.pairs if pair not in in_key and not (pair.is_same and is_in_place)]
    if not is_in_place and not key:
        compared = list(found.pairs)
    names = tuple(pair.label for pair in compared)
    if is_in_place:
        hits = rows.by_place(
            con,
            lambda number: both.pieces(left, right, compared, number),
            [f"c{place}" for place in range(len(compared))],
            both.dirty(one, two, compared),
            tolerance,
        )
        return TableDiff(found, "by place", key, hits, names, *sizes)
    if is_unique:
        hits = _by_key(con, left, right, compared, in_key, tolerance)
        return TableDiff(found, "by key", key, hits, names, *sizes)
    hits = _as_multisets(con, left, right, compared, in_key, tolerance)
    return TableDiff(found, "by key, with duplicates" if key else "as multisets", key, hits, names, *sizes)


def _by_key(
    con: duckdb.DuckDBPyConnection,
    left: Side,
    right: Side,
    compared: Sequence[Pair],
    in_key: Sequence[Pair],
    tolerance: Tolerance,
) -> pa.Table:
    import pyarrow as pa

    def columns(place: int) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        pair = compared[place]
        return two_comparable(left.columns([pair.left])[0], right.columns([pair.right])[0])

    try:
        return pairing.by_key(con, *both.whole(left, right, in_key), columns, len(compared), tolerance)
    except pa.ArrowNotImplementedError:
        labels = [f"c{place}" for place in range(len(compared) + len(in_key))]
        a, b = both.whole(left, right, [*compared, *in_key])
        return rows.by_key(con, a, b, labels[len(compared) :], labels[: len(compared)], tolerance)


def _as_multisets(
    con: duckdb.DuckDBPyConnection,
    left: Side,
    right: Side,
    compared: Sequence[Pair],
    in_key: Sequence[Pair],
    tolerance: Tolerance,
) -> pa.Table:
    """Rows that are equal in the same place cancel first, which costs little; only the rest is grouped."""
    import pyarrow as pa

    pairs = [*compared, *in_key]
    labels, key = (
        [f"c{place}" for place in range(first, last)]
        for first, last in ((0, len(compared)), (len(compared), len(pairs)))
    )
    a, b = both.whole(left, right, pairs)
    if not pairs:
        return rows.as_multisets(con, a, b, key, labels, tolerance)
    one, two = left.identity, right.identity
    paired = one.rows if one.rows == two.rows else min(one.rows, two.rows) // ROWS * ROWS
    unequal = [pair for pair in pairs if not pair.is_same or one.rows != two.rows]
    dirty = [number for number in both.dirty(one, two, unequal) if number * ROWS < paired]
    each = [EXACT if pair in in_key else tolerance for pair in unequal]
    in_place = rows.by_place(con, lambda number: both.pieces(left, right, unequal, number), (), dirty, each)
    rest = [rows.rest_of(in_place["left"], paired, count) for count in (one.rows, two.rows)]
    if len(rest[0]) + len(rest[1]) > (one.rows + two.rows) // 2:
        return rows.as_multisets(con, a, b, key, labels, tolerance)
    try:
        a, b = (rows.picked(*each) for each in zip((a, b), rest, strict=True))
    except pa.ArrowNotImplementedError:  # all rows stay
        return rows.as_multisets(con, a, b, key, labels, tolerance)
    if not key and not tolerance and len(pairs) > rows.WIDE and a.num_rows + b.num_rows < ROWS:
        a, b = rows.numbered_rows(con, a, b)
    found = rows.as_multisets(con, a, b, key, labels, tolerance)
    sides = [numbers.take(found[side].combine_chunks()) for side, numbers in zip(("left", "right"), rest, strict=True)]
    return pa.table([*sides, *found.columns[2:]], names=found.column_names)
