"""Which rows and cells differ, as row numbers of both sides: by place, by key, or as multisets.

Everything here works on tables of columns ``c0, c1, ...`` in comparable form; what is found is a table of hits:
``left`` and ``right`` (row numbers, null where the row is missing on that side) and for rows of both one boolean a
compared column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nbmlops.data.canonical import ROWS, plain
from nbmlops.data.differences.numbers import NEAR, is_number, is_pair

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True)
class Tolerance:
    """Numbers are equal if they differ by at most ``absolute + relative * |right|``."""

    absolute: float = 0.0
    relative: float = 0.0

    def __bool__(self) -> bool:
        return self.absolute > 0 or self.relative > 0


EXACT = Tolerance()
WIDE: Final = 100
"""Columns from which on a statement that names them all is avoided."""


def differs(left: str, right: str, kinds: tuple[pa.DataType, pa.DataType], tolerance: Tolerance) -> str:
    """The SQL that says whether two cells differ. A tolerance is for finite numbers: nothing is near to NaN."""
    import pyarrow as pa

    is_other = f"{left} IS DISTINCT FROM {right}"
    if not tolerance or not all(map(is_number, kinds)):
        return is_other
    is_ = pa.types
    if is_pair(kinds[0]):
        left, right = f"{left}.{NEAR}", f"{right}.{NEAR}"
    kind = "DOUBLE"
    if all(map(is_.is_integer, kinds)):
        kind = "HUGEINT"  # what is not lost in a float, and no overflow
    elif is_.is_decimal(kinds[0]) and kinds[0] == kinds[1] and kinds[0].precision < 38:
        kind = f"DECIMAL({kinds[0].precision},{kinds[0].scale})"
    one, two = f"{left}::{kind}", f"{right}::{kind}"
    most = f"{tolerance.absolute!r}::DOUBLE + {tolerance.relative!r}::DOUBLE * abs({right}::DOUBLE)"
    finite = f"isfinite({left}::DOUBLE) AND isfinite({right}::DOUBLE) AND " if kind == "DOUBLE" else ""
    return f"({is_other} AND NOT coalesce({finite}abs({one} - {two})::DOUBLE <= {most}, false))"


def by_place(
    con: duckdb.DuckDBPyConnection,
    pieces_of: Callable[[int], tuple[pa.Table, pa.Table]],
    compared: Sequence[str],
    dirty: Sequence[int],
    tolerance: Tolerance | Sequence[Tolerance],
) -> pa.Table:
    """Row by row, for tables of the same length; only the chunks that are known to differ are asked for."""
    import pyarrow as pa

    found = []
    for number in dirty:
        left, right = pieces_of(number)
        found.append(of_sides(con, list(zip(left.columns, right.columns, strict=True)), number * ROWS, tolerance))
    return pa.concat_tables(found) if found else no_hits(compared)


def of_sides(
    con: duckdb.DuckDBPyConnection,
    sides: Sequence[tuple[pa.ChunkedArray, pa.ChunkedArray]],
    start: int,
    tolerance: Tolerance | Sequence[Tolerance],
) -> pa.Table:
    """The hits of columns whose rows stand side by side; the first row has the number ``start``.

    A tolerance is for all columns, or there is one for each.
    """
    import numpy as np
    import pyarrow as pa

    rows = pa.array(np.arange(start, start + len(sides[0][0]), dtype=np.int64))
    names = [name for place in range(len(sides)) for name in (f"l{place}", f"r{place}")]
    both = pa.table([rows, *(column for pair in sides for column in pair)], names=["row", *names])
    each = [tolerance] * len(sides) if isinstance(tolerance, Tolerance) else tolerance
    tests = [differs(f"l{at}", f"r{at}", (a.type, b.type), each[at]) for at, (a, b) in enumerate(sides)]
    con.register("both_sides", both)
    try:
        shown = ", ".join(f"{test} AS c{place}" for place, test in enumerate(tests))
        sql = f'SELECT row AS "left", row AS "right", {shown} FROM both_sides WHERE {" OR ".join(tests)}'
        return _read(con, sql)
    finally:
        con.unregister("both_sides")


def joined(con: duckdb.DuckDBPyConnection, left: pa.Table, right: pa.Table) -> pa.Table:
    """The row numbers of a full join on all columns."""
    on = " AND ".join(f"l.{name} = r.{name}" for name in left.column_names)
    con.register("left_side", _numbered(left))
    con.register("right_side", _numbered(right))
    try:
        return _read(con, f'SELECT l.row AS "left", r.row AS "right" FROM left_side l FULL JOIN right_side r ON {on}')
    finally:
        con.unregister("left_side")
        con.unregister("right_side")


def takeable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A comparable column of which Arrow can pick rows: views as plain text."""
    import pyarrow as pa

    return column if pa.types.is_dictionary(column.type) else plain(column)


def by_key(
    con: duckdb.DuckDBPyConnection,
    left: pa.Table,
    right: pa.Table,
    key: Sequence[str],
    compared: Sequence[str],
    tolerance: Tolerance,
) -> pa.Table:
    """One full join of everything, on columns that are unique and not null; where `pairing` cannot pick rows."""
    tests = _tests(left, right, compared, tolerance)
    shown = "".join(f", CASE WHEN l.row IS NOT NULL AND r.row IS NOT NULL THEN {test} END AS {name}"
                    for test, name in zip(tests, compared, strict=True))  # fmt: skip
    on = " AND ".join(f"l.{name} = r.{name}" for name in key)
    changed = " OR ".join(["l.row IS NULL", "r.row IS NULL", *tests])
    con.register("left_side", _numbered(left))
    con.register("right_side", _numbered(right))
    try:
        return _read(
            con,
            f'SELECT l.row AS "left", r.row AS "right"{shown} FROM left_side l FULL JOIN right_side r ON {on} '
            f"WHERE {changed}",
        )
    finally:
        con.unregister("left_side")
        con.unregister("right_side")


def as_multisets(
    con: duckdb.DuckDBPyConnection,
    left: pa.Table,
    right: pa.Table,
    key: Sequence[str],
    compared: Sequence[str],
    tolerance: Tolerance,
) -> pa.Table:
    """Rows that one side has more often; with a key, leftovers of the same key are paired in their order.

    With a tolerance, leftovers are paired in the order of their numbers, and those that are near enough are left out.
    """
    names = left.column_names
    cells = ", ".join(names) or "1 AS nothing"
    same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM g.{name}" for name in names) or "true"
    con.register("left_side", _numbered(left))
    con.register("right_side", _numbered(right))
    try:
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE uneven AS
            SELECT {cells}, count(*) FILTER (side = 0) AS lefts, count(*) FILTER (side = 1) AS rights
            FROM (SELECT {cells}, 0 AS side FROM left_side UNION ALL SELECT {cells}, 1 FROM right_side)
            GROUP BY ALL HAVING lefts <> rights""")
        for side, mine, other in (("left_side", "lefts", "rights"), ("right_side", "rights", "lefts")):
            con.execute(f"""
                CREATE OR REPLACE TEMP TABLE over_{side} AS
                SELECT s.* FROM {side} s JOIN uneven g ON {same} WHERE g.{mine} > g.{other}
                QUALIFY row_number() OVER (PARTITION BY {", ".join(f"s.{n}" for n in names) or "1"} ORDER BY s.row)
                    > g.{other}""")
        tests = _tests(left, right, compared, tolerance) if key or tolerance else []
        return _paired(con, key, compared, tests, _numbers(left, compared, tolerance))
    finally:
        for table in ("uneven", "over_left_side", "over_right_side"):
            con.execute(f"DROP TABLE IF EXISTS {table}")
        con.unregister("left_side")
        con.unregister("right_side")


def numbered_rows(con: duckdb.DuckDBPyConnection, left: pa.Table, right: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Few rows of many columns as one column of numbers, the same for equal rows: long statements take long."""
    import numpy as np
    import pyarrow as pa

    numbers = np.zeros(left.num_rows + right.num_rows, dtype=np.int64)
    for first in range(0, left.num_columns, WIDE):
        names = left.column_names[first : first + WIDE]
        sides = numbers[: left.num_rows], numbers[left.num_rows :]
        for side, table, known in zip(("left_side", "right_side"), (left, right), sides, strict=True):
            con.register(side, _numbered(table.select(names)).append_column("known", pa.array(known)))
        cells = ", ".join(names)
        found = con.execute(f"""
            SELECT dense_rank() OVER (ORDER BY known, {cells}) AS number FROM (
                SELECT 0 AS side, row, known, {cells} FROM left_side UNION ALL
                SELECT 1, row, known, {cells} FROM right_side)
            ORDER BY side, row""").fetchnumpy()
        numbers = np.asarray(found["number"], dtype=np.int64)
        con.unregister("left_side")
        con.unregister("right_side")
    return pa.table({"c0": numbers[: left.num_rows]}), pa.table({"c0": numbers[left.num_rows :]})


def picked(table: pa.Table, numbers: pa.Array) -> pa.Table:
    """Some rows of a table of comparable columns."""
    import pyarrow as pa

    columns = [takeable(column).take(numbers) for column in table.columns]
    return pa.table(columns, names=table.column_names)


def rest_of(differing: pa.ChunkedArray, paired: int, rows: int) -> pa.Array:
    """The rows of one side that have no equal row in their place: those found, and all beyond what was looked at."""
    import numpy as np
    import pyarrow as pa

    found = np.sort(differing.to_numpy().astype(np.int64))
    return pa.array(np.concatenate([found, np.arange(paired, rows, dtype=np.int64)]))


def _paired(
    con: duckdb.DuckDBPyConnection,
    key: Sequence[str],
    compared: Sequence[str],
    tests: Sequence[str],
    ordered: Sequence[str],
) -> pa.Table:
    """The leftovers: pairs of one key and alone; without a key alone, less those whose numbers are near enough."""
    nothing = "".join(f", NULL::BOOLEAN AS {name}" for name in compared)
    if not key and not ordered:
        return _read(
            con,
            f'SELECT row AS "left", NULL::BIGINT AS "right"{nothing} FROM over_left_side UNION ALL '
            f"SELECT NULL, row{nothing} FROM over_right_side",
        )
    alike = key or [name for name in compared if name not in ordered]
    parts = f"PARTITION BY {', '.join(alike)} " if alike else ""
    nth = f"row_number() OVER ({parts}ORDER BY {', '.join([*ordered, 'row'])}) AS nth"
    on = " AND ".join([*(f"l.{name} IS NOT DISTINCT FROM r.{name}" for name in alike), "l.nth = r.nth"])
    both, other = "l.row IS NOT NULL AND r.row IS NOT NULL", " OR ".join(tests) or "false"
    sides = f"(SELECT *, {nth} FROM over_left_side) l FULL JOIN (SELECT *, {nth} FROM over_right_side) r ON {on}"
    if key:
        shown = "".join(f", CASE WHEN {both} THEN {test} END AS {name}"
                        for name, test in zip(compared, tests, strict=True))  # fmt: skip
        wanted = f"l.row IS NULL OR r.row IS NULL OR {other}" if tests else "true"
        return _read(con, f'SELECT l.row AS "left", r.row AS "right"{shown} FROM {sides} WHERE {wanted}')
    return _read(
        con,
        f"WITH found AS (SELECT l.row AS a, r.row AS b FROM {sides} WHERE NOT ({both}) OR {other}) "
        f'SELECT a AS "left", NULL::BIGINT AS "right"{nothing} FROM found WHERE a IS NOT NULL UNION ALL '
        f"SELECT NULL, b{nothing} FROM found WHERE b IS NOT NULL",
    )


def _numbers(table: pa.Table, names: Sequence[str], tolerance: Tolerance) -> list[str]:
    """The columns that a tolerance is for."""
    return [name for name in names if is_number(table[name].type)] if tolerance else []


def _read(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The whole answer; a relation hands it over without a copy."""
    return con.sql(sql).to_arrow_table()


def _numbered(table: pa.Table) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    return table.append_column("row", pa.array(np.arange(table.num_rows, dtype=np.int64)))


def _tests(left: pa.Table, right: pa.Table, names: Sequence[str], tolerance: Tolerance) -> list[str]:
    kinds = [(left[name].type, right[name].type) for name in names]
    return [differs(f"l.{name}", f"r.{name}", both, tolerance) for name, both in zip(names, kinds, strict=True)]


def no_hits(names: Sequence[str]) -> pa.Table:
    """A table of hits without a row."""
    import pyarrow as pa

    kinds = [("left", pa.int64()), ("right", pa.int64()), *((name, pa.bool_()) for name in names)]
    return pa.schema(kinds).empty_table()
