"""Take a colleague's file in: ids survive, numbers are given anew, nothing comes twice."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbmlops.errors import UsageError
from nbmlops.storage import lease, migrate
from nbmlops.storage.layout import Layout, write_private
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb


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


def merge(store: Store, other: Path) -> Merged:
    """Take everything of another store in, in one transaction.

    Parameters
    ----------
    other
        A store with its state folder, a copy of a store, or a packed file. It is not changed, but
        for its own pending journals, which are taken into it first.

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
        if source.layout.state.is_dir():
            source.ingest(wait=30, budget_s=600)
            with lease.locked(source.layout, time.monotonic() + 30):
                migrate.copy_by_child(other, copy)
        else:
            migrate.copy_by_child(other, copy)
        _make_current(copy, other)
        store.ingest(wait=30, budget_s=600, own=store.own)
        with store.lease(30.0) as con:
            lease.attach(con, copy, "other", read_only=True)
            try:
                blobs = _take_blobs(con, store, source)
                merged = _take_facts(con, other, blobs)
                store.layout.counter.unlink(missing_ok=True)
                return merged
            finally:
                _leave(con)
                con.execute("DETACH other")


def _make_current(copy: Path, other: Path) -> None:
    """Bring the private copy to this version's schema; refuses what is no store of ours."""
    import duckdb

    con = lease.connect()
    try:
        lease.attach(con, copy)
        con.execute(f"USE {lease.ALIAS}")
        if not migrate.is_ours(con):
            raise UsageError(f"{other} is a DuckDB file without runs of nbmlops", "name a store")
        migrate.ensure(con, Layout(copy), "")
    except duckdb.Error as error:
        raise lease.translate(error, other) from None
    finally:
        con.close()


def _leave(con: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    try:
        con.execute("ROLLBACK")
    except duckdb.TransactionException:
        pass  # it was committed


def _take_blobs(con: duckdb.DuckDBPyConnection, store: Store, source: Store) -> int:
    """Copy the large values first: a crash in between leaves files that nothing names, never names without files."""
    count = 0
    packed = {row[0] for row in con.execute("SELECT sha256 FROM other._nbm.blobs").fetchall()}
    for sha256 in migrate.live_digests(con, "other."):
        if store.blobs.path(sha256).exists():
            continue
        if sha256 in packed:
            row = con.execute("SELECT data FROM other._nbm.blobs WHERE sha256 = ?", [sha256]).fetchone()
            assert row is not None
            target = store.blobs.path(sha256)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(target, bytes(row[0]))
            count += 1
        elif store.blobs.copy_from(source.blobs, sha256):
            count += 1
    return count


def _take_facts(con: duckdb.DuckDBPyConnection, other: Path, blobs: int) -> Merged:
    con.execute("CREATE OR REPLACE TEMP TABLE known AS SELECT run_id FROM _nbm.runs_begun")
    con.execute("BEGIN")
    points = _count(con, "SELECT count(*) FROM _nbm.metrics")
    for table in migrate.fact_tables(con):
        if table in ("blobs", "run_numbers", "metric_partials", "journals"):
            continue
        if table == "environments":
            con.execute(
                "INSERT INTO _nbm.environments FROM other._nbm.environments"
                " WHERE environment_id NOT IN (SELECT environment_id FROM _nbm.environments)"
            )
        elif table == "metrics":
            con.execute(
                "INSERT INTO _nbm.metrics FROM other._nbm.metrics WHERE run_id NOT IN (FROM known)"
                " ORDER BY run_id, key, logged_at, step"
            )
            con.execute(
                "INSERT INTO _nbm.metrics SELECT * FROM other._nbm.metrics WHERE run_id IN (FROM known)"
                " EXCEPT ALL SELECT * FROM _nbm.metrics WHERE run_id IN (FROM known)"
            )
        else:
            con.execute(
                f"INSERT INTO _nbm.{table} SELECT * FROM other._nbm.{table} EXCEPT ALL SELECT * FROM _nbm.{table}"
            )
    con.execute(
        "INSERT INTO _nbm.run_numbers SELECT run_id, (SELECT coalesce(max(number), 0) FROM _nbm.run_numbers)"
        " + row_number() OVER (ORDER BY number) FROM other._nbm.run_numbers"
        " WHERE run_id NOT IN (SELECT run_id FROM _nbm.run_numbers)"
    )
    _sum_up(con)
    con.execute(
        "UPDATE _nbm.journals SET bytes = greatest(journals.bytes, o.bytes), last_ns = greatest(journals.last_ns, o.last_ns)"
        " FROM other._nbm.journals o WHERE o.journal_id = journals.journal_id"
    )
    con.execute(
        "INSERT INTO _nbm.journals SELECT journal_id, session_id, bytes, last_ns, false, true FROM other._nbm.journals"
        " WHERE journal_id NOT IN (SELECT journal_id FROM _nbm.journals)"
    )
    runs = _count(con, "SELECT count(*) FROM other._nbm.runs_begun WHERE run_id NOT IN (FROM known)")
    shared = _count(con, "SELECT count(*) FROM other._nbm.runs_begun WHERE run_id IN (FROM known)")
    points = _count(con, "SELECT count(*) FROM _nbm.metrics") - points
    con.execute("COMMIT")
    return Merged(other, runs, shared, points, blobs)


def _sum_up(con: duckdb.DuckDBPyConnection) -> None:
    """Sums of runs that are in both files are made anew from their points; those of new runs are taken over."""
    con.execute("INSERT INTO _nbm.metric_partials FROM other._nbm.metric_partials WHERE run_id NOT IN (FROM known)")
    shared = "run_id IN (SELECT run_id FROM other._nbm.runs_begun WHERE run_id IN (FROM known))"
    con.execute(f"DELETE FROM _nbm.metric_partials WHERE {shared}")
    con.execute(
        "INSERT INTO _nbm.metric_partials SELECT run_id, key, count(*), count(*) FILTER (isfinite(value)),"
        " last(value ORDER BY logged_at, step), last(step ORDER BY logged_at, step), max(epoch_us(logged_at)) * 1000,"
        " min(value) FILTER (isfinite(value)), max(value) FILTER (isfinite(value)), sum(value) FILTER (isfinite(value))"
        f" FROM _nbm.metrics WHERE {shared} GROUP BY run_id, key"
    )


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0
