"""Take journals into the tables, every record exactly once, whoever does it.

The byte offset of a journal is stored in the transaction that takes its records in. Everything here
runs under a lease; what is SQL over one piece of a journal is in ``staging``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nbmlops.storage import archive, journal, liveness, staging
from nbmlops.storage.layout import Layout, unwritable

if TYPE_CHECKING:
    import duckdb

CHUNK: Final = 1 << 19  # about 4,000 points: some 20 ms, so that a lease of 50 ms stays one
LONGEST: Final = 2 * journal.MAX_LINE  # what is longer and holds no newline is no line


@dataclass
class Report:
    """What one ingest did and what it left."""

    records: int = 0
    quarantined: int = 0
    pending_bytes: int = 0  # complete records that there was no time for
    waiting: list[str] = field(default_factory=list)  # journals that hold records of a newer version
    foreign: list[str] = field(default_factory=list)  # journals of another store, or not readable as one


@dataclass
class Pending:
    """A journal file and how far the tables have it."""

    path: Path
    id: str
    header: dict[str, Any]
    size: int
    offset: int
    last_ns: int
    is_known: bool  # it has a row in _nbm.journals
    was_alive: bool
    is_alive: bool

    @property
    def is_gone(self) -> bool:
        """Tell whether nobody will go on writing it."""
        return not self.is_alive and liveness.is_gone(self.header, self.last_ns)

    def note(self, con: duckdb.DuckDBPyConnection) -> None:
        """Store how far the tables have it, within the transaction that took it in."""
        if self.is_known:
            con.execute(
                "UPDATE _nbm.journals SET bytes = ?, last_ns = ?, is_alive = ? WHERE journal_id = ?",
                [self.offset, self.last_ns, self.is_alive, self.id],
            )
        else:
            con.execute(
                "INSERT INTO _nbm.journals VALUES (?, ?, ?, ?, ?, false)",
                [self.id, self.header["session_id"], self.offset, self.last_ns, self.is_alive],
            )


def ingest(
    con: duckdb.DuckDBPyConnection,
    layout: Layout,
    store_id: str,
    *,
    own: Collection[str] = (),
    deadline: float = float("inf"),
    patience_s: float = 0.0,
    chunk: int = CHUNK,
) -> Report:
    """Take in what the journals hold.

    Parameters
    ----------
    own
        Journals taken in whole, whatever the deadline: a reader sees its own records.
    deadline
        Monotonic time after which the other journals wait for the next lease.
    patience_s
        Seconds beyond the deadline for journals whose writer is gone: somebody wants to see what it left.
    chunk
        Bytes taken in by one transaction.

    Raises
    ------
    StoreUnwritable
        The state folder cannot be written; what was taken in is in.
    """
    report = Report()
    todo = list(_find(con, layout, store_id, own, report))
    todo.sort(key=lambda entry: entry.id not in own)
    try:
        for entry in todo:
            limit = float("inf") if entry.id in own else deadline + patience_s * entry.is_gone
            _take_in(con, layout, entry, report, limit, chunk)
            _note_liveness(con, layout, entry)
    except OSError as error:
        raise unwritable(layout.state, error) from None
    return report


def _find(
    con: duckdb.DuckDBPyConnection, layout: Layout, store_id: str, own: Collection[str], report: Report
) -> Iterator[Pending]:
    """Yield the journals of this store that are in their folder."""
    rows = con.execute("SELECT journal_id, bytes, last_ns, is_alive FROM _nbm.journals").fetchall()
    known = {row[0]: row[1:] for row in rows}
    try:
        names = sorted(entry.name for entry in os.scandir(layout.journals) if entry.name.endswith(journal.SUFFIX))
    except OSError:
        return
    for name in names:
        path, journal_id = layout.journals / name, name.removesuffix(journal.SUFFIX)
        try:
            with open(path, "rb") as file:
                first = file.readline(journal.MAX_LINE)
                header = journal.parse_header(first)
                if header is None or header["store_id"] not in (store_id, journal.UNKNOWN):
                    report.foreign.append(journal_id)
                    continue
                if header["version"] > journal.VERSION:
                    report.waiting.append(journal_id)
                    continue
                offset, last_ns, was_alive = known.get(journal_id, (len(first), _started_ns(header), True))
                # asked before the size: what a dying writer still wrote must not be missed
                is_alive = journal_id in own or liveness.is_alive(layout, header, last_ns)
                size = os.fstat(file.fileno()).st_size
        except OSError:
            continue
        yield Pending(path, journal_id, header, size, offset, last_ns, journal_id in known, was_alive, is_alive)


def _started_ns(header: dict[str, Any]) -> int:
    started = header.get("started_ns")
    return started if isinstance(started, int) else 0


def _take_in(
    con: duckdb.DuckDBPyConnection, layout: Layout, entry: Pending, report: Report, deadline: float, chunk: int
) -> None:
    """Take in one journal, piece by piece; pieces get small where a record refuses to go in."""
    limit = chunk
    is_halving = False  # goes on beyond the deadline, or it would begin anew in every lease
    while entry.offset < entry.size:
        if not is_halving and time.monotonic() > deadline:
            report.pending_bytes += entry.size - entry.offset
            return
        piece = _read(entry, limit)
        if not piece:
            return  # the writer is in the middle of a line
        try:
            done = staging.take_piece(con, layout, entry, piece)
            limit = min(chunk, limit * 2)
        except staging.faults() as error:
            staging.roll_back(con)
            is_halving = piece.count(b"\n", 0, -1) > 0
            if is_halving:
                limit = len(piece) // 2
                continue
            done = staging.refuse_piece(con, layout, entry, piece, str(error).splitlines()[0])
        is_halving = False
        report.records += done.records
        report.quarantined += done.quarantined
        if done.is_stopped:
            report.waiting.append(entry.id)
            return


def _read(entry: Pending, limit: int) -> bytes:
    """Return whole lines: as many as ``limit`` holds, at least one; nothing while the next is unfinished."""
    with open(entry.path, "rb") as file:
        file.seek(entry.offset)
        data = file.read(min(limit, entry.size - entry.offset))
        end = data.rfind(b"\n") + 1
        if end:
            return data[:end]
        data += file.read(LONGEST)
    end = data.find(b"\n") + 1
    if end:
        return data[:end]
    if len(data) >= LONGEST or entry.is_gone:
        return data  # no line, or torn: nobody will finish it
    return b""


def _note_liveness(con: duckdb.DuckDBPyConnection, layout: Layout, entry: Pending) -> None:
    """Store a change of liveness; set a finished journal of a writer that is gone aside."""
    if not entry.is_alive:  # a record that came in just now may say otherwise
        entry.is_alive = liveness.is_alive(layout, entry.header, entry.last_ns)
    if not entry.is_known:
        if entry.is_alive:
            return
        entry.note(con)
    elif entry.is_alive != entry.was_alive:
        con.execute("UPDATE _nbm.journals SET is_alive = ? WHERE journal_id = ?", [entry.is_alive, entry.id])
    if entry.offset >= entry.size and entry.is_gone:
        con.execute("UPDATE _nbm.journals SET is_complete = true WHERE journal_id = ? AND NOT is_complete", [entry.id])
        archive.set_aside(layout, entry.path, entry.header["session_id"])
