"""One piece of a journal: staged as a table, decoded by the slices' SQL, and kept with its offset.

Decoding and inserting are SQL over JSON lines: a Python loop per record would hold the interpreter
and slow down ``log()`` in the thread next door.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nbmlops.storage.layout import Layout, write_private
from nbmlops.storage.slices import known_types, slices

if TYPE_CHECKING:
    import duckdb

    from nbmlops.storage.ingest import Pending

_HEAD: Final = '{"t":"VARCHAR","v":"INTEGER","n":"BIGINT","ns":"BIGINT"}'

_STAGE: Final = """
CREATE OR REPLACE TEMP TABLE staged AS
SELECT i, line, h.t AS t, h.v AS v, h.n AS n, h.ns AS ns, $1 AS session_id
FROM (SELECT i, line, from_json(line, $2) AS h FROM (
    SELECT line, row_number() OVER () AS i FROM (SELECT unnest(string_split($3, chr(10))) AS line)
) WHERE {where})
"""
_KINDS: Final = "SELECT t, v, min(i), bool_or(n IS NULL OR ns IS NULL), count(*), max(ns) FROM staged GROUP BY t, v"
_NO_OBJECT: Final = "not a record: no JSON object with t, v, n and ns"


class Refused(NamedTuple):
    """Bytes that are no record, and why."""

    offset: int
    piece: bytes
    reason: str


class Taken(NamedTuple):
    """What became of a piece."""

    records: int
    quarantined: int
    is_stopped: bool  # at a record of a newer version


def faults() -> tuple[type[Exception], ...]:
    """Return what a record's own content can raise; all else is the store's fault."""
    import duckdb

    return (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException, duckdb.NotSupportedError)


def take_piece(con: duckdb.DuckDBPyConnection, layout: Layout, entry: Pending, piece: bytes) -> Taken:
    """Take in whole lines, up to the first of a newer version.

    Raises
    ------
    duckdb.Error
        One of ``faults()``: some record refuses to go in. Nothing of the piece is in.
    """
    used, refused, kinds = _stage(con, entry, piece)
    records = _keep(con, layout, entry, used, refused, kinds) if used else 0
    return Taken(records, len(refused), used < len(piece))


def refuse_piece(con: duckdb.DuckDBPyConnection, layout: Layout, entry: Pending, piece: bytes, reason: str) -> Taken:
    """Set a line aside that refuses to go in."""
    con.execute(_STAGE.format(where="false"), ["", _HEAD, ""])
    _keep(con, layout, entry, len(piece), [Refused(entry.offset, piece, reason)], [])
    return Taken(0, 1, False)


def roll_back(con: duckdb.DuckDBPyConnection) -> None:
    """Leave a transaction that failed."""
    import duckdb

    try:
        con.execute("ROLLBACK")
    except duckdb.TransactionException:
        pass  # the fault came before it began


def _stage(con: duckdb.DuckDBPyConnection, entry: Pending, piece: bytes) -> tuple[int, list[Refused], list[Any]]:
    """Fill ``staged``; return how many bytes may count as taken in, what in them is no record, and the kinds."""
    import duckdb

    values = [entry.header["session_id"], _HEAD, piece.decode("utf-8", "replace")]
    has_garbage = False
    try:
        con.execute(_STAGE.format(where="line <> ''"), values)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        has_garbage = True
        con.execute(_STAGE.format(where="CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' END"), values)
    kinds = con.execute(_KINDS).fetchall()
    has_garbage = has_garbage or any(None in kind[:2] or kind[3] for kind in kinds)
    refused = _find_garbage(con, entry, piece) if has_garbage else []
    known = known_types()
    first_new = min((kind[2] for kind in kinds if None not in kind[:2] and kind[:2] not in known), default=None)
    if first_new is None:
        return len(piece), refused, con.execute(_KINDS).fetchall() if has_garbage else kinds
    con.execute("DELETE FROM staged WHERE i >= ?", [first_new])
    used = sum(len(line) + 1 for line in piece.split(b"\n")[: first_new - 1])
    refused = [one for one in refused if one.offset < entry.offset + used]
    return used, refused, con.execute(_KINDS).fetchall()


def _find_garbage(con: duckdb.DuckDBPyConnection, entry: Pending, piece: bytes) -> list[Refused]:
    """Name the lines that are no records, and take them out of ``staged``."""
    refused = []
    con.execute("DELETE FROM staged WHERE t IS NULL OR v IS NULL OR n IS NULL OR ns IS NULL")
    good = {row[0] for row in con.execute("SELECT i FROM staged").fetchall()}
    position = entry.offset
    for index, line in enumerate(piece.split(b"\n"), start=1):
        if line and index not in good:
            refused.append(Refused(position, line, _NO_OBJECT))
        position += len(line) + 1
    return refused


def _keep(
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    entry: Pending,
    used: int,
    refused: list[Refused],
    kinds: list[Any],
) -> int:
    """Run the slices' statements and move the offset, in one transaction; return the number of records."""
    present = {kind[:2] for kind in kinds}
    statements = [one for part in slices() for one in part.statements if one.sql and one.types & present]
    for statement in statements:
        if statement.phase == "prepare":
            con.execute(statement.sql)
    for offset, piece, _ in refused:
        write_private(layout.quarantine / f"{entry.id}-{offset}.line", piece)
    con.execute("BEGIN")
    for statement in statements:
        if statement.phase == "insert":
            con.execute(statement.sql)
    if present:
        sweep(con)
    for offset, piece, reason in refused:
        con.execute(
            "INSERT INTO _nbm.quarantine VALUES (?, ?, ?, ?, ?)",
            [entry.id, offset, len(piece), reason[:500], datetime.now(UTC).replace(tzinfo=None)],
        )
    before = entry.offset, entry.last_ns
    entry.offset += used
    entry.last_ns = max([entry.last_ns, *(kind[5] for kind in kinds)])
    try:
        entry.note(con)
        con.execute("COMMIT")
    except BaseException:
        entry.offset, entry.last_ns = before
        raise
    entry.is_known, entry.was_alive = True, entry.is_alive
    return int(sum(kind[4] for kind in kinds))


def sweep(con: duckdb.DuckDBPyConnection, *, always: bool = False) -> None:
    """Take out again what was forgotten; slices say when there may be something."""
    if con.execute("SELECT 1 FROM _nbm.forgotten LIMIT 1").fetchone() is None:
        return
    for part in slices():
        if part.guard and (always or (con.execute(part.guard).fetchone() or (False,))[0]):
            for statement in part.sweeps:
                con.execute(statement)
