"""Take a colleague's file in: ids survive, numbers are given anew, nothing comes twice."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nbmlops.errors import StoreUnwritable, UsageError
from nbmlops.storage import faults, lease, migrate, staging
from nbmlops.storage.layout import Layout
from nbmlops.storage.slices import slices
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb

OTHER: Final = "other"


@dataclass(frozen=True)
class Merged:
    """What came in."""

    source: Path
    runs: int
    known_runs: int
    points: int
    blobs: int

    def __str__(self) -> str:
        return (
            f"{self.runs} runs taken in from {self.source} ({self.known_runs} were here already), "
            f"{self.points:,} points, {self.blobs} large values"
        )


def merge(store: Store, other: Path, *, is_rebuilding: bool = False) -> Merged:
    """Take everything of another store in, in one transaction.

    Parameters
    ----------
    other
        A store with its state folder, a copy of a store, or a packed file. It is not changed, but
        for its own pending journals, which are taken into it first.
    is_rebuilding
        The other file is the former one of this very store: its offsets come first, journals later.

    Raises
    ------
    UsageError
        There is no such file, or it is this very store.
    StoreError
        It is no nbmlops store, or of a newer version.
    """
    other = Path(other).expanduser().absolute()
    if not other.is_file():
        raise UsageError(f"there is no file {other}", "name a store: mlops.duckdb, or a file made by `nbmlops pack`")
    if store.path.exists() and os.path.samefile(other, store.path):
        raise UsageError(f"{other} is this very store", "name the other file")
    source = Store(other)
    with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder:
        copy = Path(folder) / "copy.duckdb"
        _copy(source, copy)
        _make_current(copy, other)
        if not is_rebuilding:
            store.ingest(wait=30, budget_s=600, own=store.own)
        with store.lease(30.0) as con:
            lease.attach(con, copy, OTHER, read_only=True)
            try:
                blobs = _take_blobs(con, store, source)
                merged = _take_facts(con, other, blobs)
                store.layout.counter.unlink(missing_ok=True)
                return merged
            finally:
                staging.roll_back(con)
                con.execute(f"DETACH {OTHER}")


def _copy(source: Store, copy: Path) -> None:
    """Copy the other file; one with a state folder takes its own journals in first, if it may be written."""
    if not source.layout.state.is_dir():
        migrate.copy_by_child(source.path, copy)
        return
    try:
        source.ingest(wait=30, budget_s=600)
        with lease.locked(source.layout, time.monotonic() + 30):
            migrate.copy_by_child(source.path, copy)
    except StoreUnwritable:
        migrate.copy_by_child(source.path, copy)


def _make_current(copy: Path, other: Path) -> None:
    """Bring the private copy to this version's schema; refuses what is no store of ours."""
    import duckdb

    con = lease.connect()
    try:
        lease.attach(con, copy)
        con.execute(f"USE {lease.ALIAS}")
        if not migrate.is_ours(con):
            raise UsageError(f"{other} is a DuckDB file without runs of nbmlops", "name a store")
        migrate.ensure(con, Layout(other), "")
    except duckdb.Error as error:
        raise faults.translate(error, other) from None
    finally:
        con.close()


def _take_blobs(con: duckdb.DuckDBPyConnection, store: Store, source: Store) -> int:
    """Copy the large values first: a crash in between leaves files that nothing names, never names without files."""
    count = 0
    for sha256 in sorted(migrate.live_digests(con, OTHER)):
        if not store.blobs.path(sha256).exists():
            count += store.blobs.copy_from(source.blobs, sha256) or store.restore(con, sha256, f"{OTHER}.")
    return count


def _take_facts(con: duckdb.DuckDBPyConnection, other: Path, blobs: int) -> Merged:
    """Copy what is not here yet, in one transaction."""
    theirs, before = counts(con, OTHER), counts(con)
    _run(con, *(part.upkeep.before_merge for part in slices()))
    con.execute("BEGIN")
    special = {table: sql for part in slices() for table, sql in part.upkeep.merge.items()}
    for table in migrate.fact_tables(con):
        if table in special:
            _run(con, special[table])
        elif table not in ("blobs", "journals"):
            con.execute(
                f"INSERT INTO _nbm.{table} SELECT * FROM {OTHER}._nbm.{table} EXCEPT ALL SELECT * FROM _nbm.{table}"
            )
    _run(con, *(part.upkeep.after_merge for part in slices()), _JOURNALS)
    staging.sweep(con, always=True)
    after = counts(con)
    con.execute("COMMIT")
    new = after["runs"] - before["runs"]
    return Merged(other, new, theirs["runs"] - new, after["points"] - before["points"], blobs)


# How far each file has a journal; one that comes from elsewhere is not expected here.
_JOURNALS: Final = """
UPDATE _nbm.journals SET bytes = greatest(journals.bytes, o.bytes), last_ns = greatest(journals.last_ns, o.last_ns)
FROM {source}._nbm.journals o WHERE o.journal_id = journals.journal_id;
INSERT INTO _nbm.journals SELECT journal_id, session_id, bytes, last_ns, false, true FROM {source}._nbm.journals
WHERE journal_id NOT IN (SELECT journal_id FROM _nbm.journals)
"""


def _run(con: duckdb.DuckDBPyConnection, *statements: str) -> None:
    for sql in statements:
        if sql:
            con.execute(sql.replace("{source}", OTHER))


def counts(con: duckdb.DuckDBPyConnection, source: str = lease.ALIAS) -> dict[str, int]:
    """Return how many of what a store holds, as the slices count."""
    found = {}
    for part in slices():
        for what, sql in part.upkeep.counts.items():
            row = con.execute(sql.replace("{source}", source)).fetchone()
            found[what] = int(row[0]) if row else 0
    return found
