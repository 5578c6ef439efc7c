"""Take journals into the tables, every record exactly once, whoever does it.

Decoding and inserting are SQL over staged JSON lines: a Python loop per record would hold the
interpreter and slow down ``log()`` in the thread next door. The byte offset of a journal is stored
in the transaction that takes its records in. Everything here runs under a lease.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nbmlops.storage import archive, journal, liveness
from nbmlops.storage.layout import Layout, write_private
from nbmlops.storage.slices import known_types, slices

if TYPE_CHECKING:
    import duckdb

CHUNK: Final = 1 << 20  # about 8,000 points: some 30 ms
MAX_PIECE: Final = 2 * journal.MAX_LINE

_HEAD: Final = '{"t":"VARCHAR","v":"INTEGER","n":"BIGINT","ns":"BIGINT"}'


@dataclass
class Report:
    """What one ingest did and what it left."""

    records: int = 0
    quarantined: int = 0
    pending_bytes: int = 0  # complete records that there was no time for
    waiting: list[str] = field(default_factory=list)  # journals that hold records of a newer version
    foreign: list[str] = field(default_factory=list)  # journals of another store, or not readable as one


@dataclass
class _Pending:
    """A journal file and how far the tables have it."""

    path: Path
    id: str
    header: dict[str, Any]
    size: int
    offset: int
    last_ns: int
    is_known: bool
    was_alive: bool
    is_alive: bool


def ingest(
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    store_id: str,
    *,
    own: Collection[str] = (),
    deadline: float = float("inf"),
) -> Report:
    """Take in what the journals hold.

    Parameters
    ----------
    own
        Journals taken in whole, whatever the deadline: a reader sees its own records.
    deadline
        Monotonic time after which the other journals wait for the next lease.
    """
    report = Report()
    todo = list(_find(con, layout, store_id, report))
    todo.sort(key=lambda entry: entry.id not in own)
    for entry in todo:
        entry.is_alive = entry.id in own or liveness.is_alive(layout, entry.header, entry.last_ns)
        _take_in(con, layout, entry, report, float("inf") if entry.id in own else deadline)
        _note_liveness(con, layout, entry)
    return report


def _find(con: duckdb.DuckDBPyConnection, layout: Layout, store_id: str, report: Report) -> Iterator[_Pending]:
    """Yield the journals of this store that are not wholly taken in or whose writer may have died."""
    rows = con.execute("SELECT journal_id, bytes, last_ns, is_alive, is_complete FROM _nbm.journals").fetchall()
    known = {row[0]: row[1:4] for row in rows}
    complete = {row[0] for row in rows if row[4]}
    try:
        names = sorted(entry.name for entry in os.scandir(layout.journals) if entry.name.endswith(journal.SUFFIX))
    except OSError:
        return
    for name in names:
        path = layout.journals / name
        try:
            with open(path, "rb") as file:
                first = file.readline(MAX_PIECE)
                size = os.fstat(file.fileno()).st_size
        except OSError:
            continue
        header = journal.parse_header(first)
        journal_id = name.removesuffix(journal.SUFFIX)
        if journal_id in complete:  # it came back, for example with a restored folder
            continue
        if header is None or header["store_id"] != store_id:
            report.foreign.append(journal_id)
        elif header["version"] > journal.VERSION:
            report.waiting.append(journal_id)
        else:
            offset, last_ns, was_alive = known.get(journal_id, (len(first), _start_ns(header), True))
            yield _Pending(path, journal_id, header, size, offset, last_ns, journal_id in known, was_alive, True)


def _start_ns(header: dict[str, Any]) -> int:
    started = header.get("started_ns")
    return started if isinstance(started, int) else 0


def _take_in(con: duckdb.DuckDBPyConnection, layout: Layout, entry: _Pending, report: Report, deadline: float) -> None:
    """Take in one journal, piece by piece."""
    while entry.offset < entry.size:
        if time.monotonic() > deadline:
            report.pending_bytes += entry.size - entry.offset
            return
        with open(entry.path, "rb") as file:
            file.seek(entry.offset)
            data = file.read(CHUNK)
            end = data.rfind(b"\n") + 1
            if end == 0 and len(data) == CHUNK:  # a line longer than a chunk
                data += file.read(MAX_PIECE)
                end = data.find(b"\n") + 1 or (len(data) if len(data) >= MAX_PIECE else 0)
        if end == 0:
            if entry.is_alive:
                return  # the writer is in the middle of a line
            end = len(data)  # torn: nobody will finish it
        if not _take_piece(con, layout, entry, data[:end], report):
            report.waiting.append(entry.id)
            return


def _take_piece(con: duckdb.DuckDBPyConnection, layout: Layout, entry: _Pending, data: bytes, report: Report) -> bool:
    """Take in whole lines; False when a record of a newer version stops this journal."""
    import duckdb

    faults = (
        duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException, duckdb.ConversionException,
        duckdb.OutOfRangeException, duckdb.TypeMismatchException,
    )  # fmt: skip
    bad: list[tuple[int, bytes, str]] = []
    try:
        used = _stage(con, entry, data, bad)
        _insert(con, layout, entry, used, bad, report)
    except faults as error:
        _rollback(con)
        lines = data.splitlines(keepends=True)
        if len(lines) == 1:
            con.execute("CREATE OR REPLACE TEMP TABLE staged AS SELECT * FROM staged LIMIT 0")
            reason = str(error).splitlines()[0]
            _insert(con, layout, entry, len(data), [(entry.offset, data, reason)], report)
            return True
        middle = sum(map(len, lines[: len(lines) // 2]))
        return _take_piece(con, layout, entry, data[:middle], report) and _take_piece(
            con, layout, entry, data[middle:], report
        )
    return used == len(data)


def _rollback(con: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    try:
        con.execute("ROLLBACK")
    except duckdb.TransactionException:
        pass  # the fault came before the transaction began


def _stage(con: duckdb.DuckDBPyConnection, entry: _Pending, data: bytes, bad: list[tuple[int, bytes, str]]) -> int:
    """Fill ``staged`` from complete lines; return how many bytes may be counted as taken in."""
    import duckdb

    text = data.decode("utf-8", "replace")
    values = [entry.header["session_id"], _HEAD, text]
    has_garbage = False
    try:
        con.execute(_STAGE.format(where="line <> ''"), values)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        has_garbage = True
        con.execute(_STAGE.format(where="CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' END"), values)
    kinds = con.execute("SELECT t, v, min(i), bool_or(n IS NULL OR ns IS NULL) FROM staged GROUP BY t, v").fetchall()
    if has_garbage or any(None in kind or kind[3] for kind in kinds):
        _collect_garbage(con, entry, data, bad)
    known = known_types()
    first_new = min((kind[2] for kind in kinds if None not in kind and kind[:2] not in known), default=None)
    if first_new is None:
        return len(data)
    con.execute("DELETE FROM staged WHERE i >= ?", [first_new])
    used = sum(len(line) + 1 for line in data.split(b"\n")[: first_new - 1])
    bad[:] = [piece for piece in bad if piece[0] < entry.offset + used]
    return used


_STAGE: Final = """
CREATE OR REPLACE TEMP TABLE staged AS
SELECT i, line, h.t AS t, h.v AS v, h.n AS n, h.ns AS ns, $1 AS session_id
FROM (SELECT i, line, from_json(line, $2) AS h FROM (
    SELECT unnest(string_split($3, chr(10))) AS line, unnest(generate_series(1, len(string_split($3, chr(10))))) AS i
) WHERE {where})
"""


def _collect_garbage(
    con: duckdb.DuckDBPyConnection, entry: _Pending, data: bytes, bad: list[tuple[int, bytes, str]]
) -> None:
    """Name the lines that are no records and take them out of ``staged``."""
    con.execute("DELETE FROM staged WHERE t IS NULL OR v IS NULL OR n IS NULL OR ns IS NULL")
    good = {row[0] for row in con.execute("SELECT i FROM staged").fetchall()}
    position = entry.offset
    for index, line in enumerate(data.split(b"\n"), start=1):
        if line and index not in good:
            bad.append((position, line, "not a record: no JSON object with t, v, n and ns"))
        position += len(line) + 1


def _insert(
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    entry: _Pending,
    used: int,
    bad: list[tuple[int, bytes, str]],
    report: Report,
) -> None:
    """Run the slices' statements and move the offset, in one transaction."""
    count, last_ns = con.execute("SELECT count(*), max(ns) FROM staged").fetchone() or (0, None)
    present = set(con.execute("SELECT DISTINCT t, v FROM staged").fetchall())
    statements = [one for part in slices() for one in part.statements if one.sql and one.types & present]
    for statement in statements:
        if statement.phase == "prepare":
            con.execute(statement.sql)
    for offset, piece, _ in bad:
        write_private(layout.quarantine / f"{entry.id}-{offset}.line", piece)
    con.execute("BEGIN")
    for statement in statements:
        if statement.phase == "insert":
            con.execute(statement.sql)
    if present:
        for part in slices():
            if part.guard and (con.execute(part.guard).fetchone() or (False,))[0]:
                for sweep in part.sweeps:
                    con.execute(sweep)
    for offset, piece, reason in bad:
        con.execute(
            "INSERT INTO _nbm.quarantine VALUES (?, ?, ?, ?, ?)",
            [entry.id, offset, len(piece), reason[:500], datetime.now(UTC).replace(tzinfo=None)],
        )
    newest = max(entry.last_ns, last_ns or 0)
    if entry.is_known:
        con.execute(
            "UPDATE _nbm.journals SET bytes = ?, last_ns = ?, is_alive = ? WHERE journal_id = ?",
            [entry.offset + used, newest, entry.is_alive, entry.id],
        )
    else:
        con.execute(
            "INSERT INTO _nbm.journals VALUES (?, ?, ?, ?, ?, false)",
            [entry.id, entry.header["session_id"], entry.offset + used, newest, entry.is_alive],
        )
    con.execute("COMMIT")
    entry.offset += used
    entry.last_ns = newest
    entry.is_known, entry.was_alive = True, entry.is_alive
    report.records += count
    report.quarantined += len(bad)


def _note_liveness(con: duckdb.DuckDBPyConnection, layout: Layout, entry: _Pending) -> None:
    """Store a change of liveness; set a finished journal of a writer that is gone aside."""
    if not entry.is_known:
        if entry.is_alive:
            return
        con.execute(
            "INSERT INTO _nbm.journals VALUES (?, ?, ?, ?, false, false)",
            [entry.id, entry.header["session_id"], entry.offset, entry.last_ns],
        )
    elif entry.is_alive != entry.was_alive:
        con.execute("UPDATE _nbm.journals SET is_alive = ? WHERE journal_id = ?", [entry.is_alive, entry.id])
    if not entry.is_alive and entry.header["host"] == liveness.host() and entry.offset >= entry.size:
        con.execute("UPDATE _nbm.journals SET is_complete = true WHERE journal_id = ?", [entry.id])
        archive.set_aside(layout, entry.path, entry.header["session_id"])
