"""Columns that were renamed while rows or cells changed, too: found by the values of rows that both sides have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from nbmlops.data.canonical import plain
from nbmlops.data.differences.comparable import comparable
from nbmlops.data.differences.schema import SchemaDiff, renamed
from nbmlops.data.differences.sides import Side, is_single, taken

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_SAMPLE: Final = 5_000
_FEWEST: Final = 3
_MOST: Final = 30
_AGREE: Final = 0.9
_BITS: Final = 8


def with_renamed(
    con: duckdb.DuckDBPyConnection, left: Side, right: Side, found: SchemaDiff, keys: tuple[pa.Table, pa.Table] | None
) -> SchemaDiff:
    """The same with those removed and added columns paired that agree, beyond chance, in rows of both sides.

    Parameters
    ----------
    keys
        The key of both sides, in comparable form; None where rows are what stands in the same place.
    """
    gone = [name for name in found.removed if is_single(left, name)][:_MOST]
    new = [name for name in found.added if is_single(right, name)][:_MOST]
    one, two = left.identity, right.identity
    tried = [
        (before, after)
        for before in gone
        for after in new
        if one.types[one.names.index(before)] == two.types[two.names.index(after)]
    ]
    if not tried:
        return found
    here, there = _partners(con, keys, one.rows)
    if len(here) < _FEWEST:
        return found
    befores = {name: _values(left, name, here) for name in {before for before, _ in tried}}
    afters = {name: _values(right, name, there) for name in {after for _, after in tried}}
    wanted = _BITS + math.log2(len(tried))  # of many pairs some agree by luck
    rated = [(_agreement(con, befores[before], afters[after], wanted), before, after) for before, after in tried]
    chosen: dict[str, str] = {}
    for rate, before, after in sorted(rated, key=lambda each: -each[0]):
        if rate >= _AGREE and before not in chosen and after not in chosen.values():
            chosen[before] = after
    return renamed(found, one, two, chosen) if chosen else found


def _partners(
    con: duckdb.DuckDBPyConnection, keys: tuple[pa.Table, pa.Table] | None, rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of some rows that both sides have, spread over the whole table."""
    import numpy as np
    import pyarrow as pa

    some = np.unique(np.linspace(0, max(rows - 1, 0), min(rows, _SAMPLE)).astype(np.int64))
    if keys is None:
        return some, some
    before, after = keys
    names = before.column_names
    con.register("few", before.take(pa.array(some)).append_column("row", pa.array(some)))
    con.register("all_after", after.append_column("row", pa.array(np.arange(after.num_rows, dtype=np.int64))))
    try:
        on = " AND ".join(f"f.{name} = a.{name}" for name in names)
        both = con.sql(f'SELECT f.row AS "left", a.row AS "right" FROM few f JOIN all_after a ON {on}').to_arrow_table()
    finally:
        con.unregister("few")
        con.unregister("all_after")
    return both["left"].to_numpy(), both["right"].to_numpy()


def _values(side: Side, name: str, rows: NDArray[np.int64]) -> pa.ChunkedArray:
    return comparable(plain(taken(side, side.identity.names.index(name), rows)))


def _agreement(con: duckdb.DuckDBPyConnection, before: pa.ChunkedArray, after: pa.ChunkedArray, bits: float) -> float:
    """Cohen's kappa: the share of rows that agree, less what two columns of these values agree in by chance.

    Two flags that are rarely set agree nearly everywhere, and are not the same column.
    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960. 0 for constants, and for rows so few or so
    alike that agreement in all of them would not be a surprise of so many bits: they tell nothing.
    """
    import pyarrow as pa

    con.register("pairs_of_values", pa.table({"b": before, "a": after}))
    try:
        ((agreed,),) = con.execute("SELECT avg((b IS NOT DISTINCT FROM a)::INT) FROM pairs_of_values").fetchall()
        if agreed < _AGREE:  # less chance it is less still
            return 0.0
        ((chance,),) = con.execute("""
            SELECT coalesce(sum(x.n * y.n), 0) / (SELECT count(*)::DOUBLE * count(*) FROM pairs_of_values)
            FROM (SELECT b AS v, count(*)::DOUBLE AS n FROM pairs_of_values GROUP BY b) x
            JOIN (SELECT a AS v, count(*)::DOUBLE AS n FROM pairs_of_values GROUP BY a) y
            ON x.v IS NOT DISTINCT FROM y.v
        """).fetchall()
    finally:
        con.unregister("pairs_of_values")
    if not 0 < chance < 1 or -math.log2(chance) * len(before) < bits:
        return 0.0
    return float((agreed - chance) / (1 - chance))
