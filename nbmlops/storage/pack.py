"""One compact file to hand on: everything in it, large values included."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbmlops.errors import StoreCorrupt, StoreUnwritable, UsageError
from nbmlops.storage import lease, migrate
from nbmlops.storage.ids import new_id
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Packed:
    """What was written."""

    path: Path
    size_bytes: int
    blobs: int
    missing: int
    before_bytes: int

    def __str__(self) -> str:
        text = f"{self.path}: {self.size_bytes:,} bytes (was {self.before_bytes:,}), {self.blobs} large values in it"
        return f"{text}; {self.missing} large values are gone from the blobs folder" if self.missing else text


def pack(store: Store, dest: Path | None = None, *, include_blobs: bool = True, in_place: bool = False) -> Packed:
    """Write a compacted copy of the store, by rename: it is there whole or not at all.

    Parameters
    ----------
    dest
        The file to write; default ``<name>.packed.duckdb`` beside the store.
    include_blobs
        Take figures, files and other large values in.
    in_place
        Compact the store itself instead (large values stay in their folder).

    Raises
    ------
    UsageError
        ``dest`` is the store itself.
    """
    if in_place:
        return _compact(store)
    target = (dest or store.path.with_name(f"{store.path.stem}.packed.duckdb")).expanduser().absolute()
    if target == store.path or (target.exists() and os.path.samefile(target, store.path)):
        raise UsageError(f"{target} is the store itself", "name another file, or use `nbmlops pack --in-place`")
    store.ingest(wait=30, budget_s=600, own=store.own)
    with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder:
        copy = Path(folder) / "copy.duckdb"
        with lease.locked(store.layout, time.monotonic() + 30):
            migrate.copy_by_child(store.path, copy)
        con = lease.connect()
        try:
            lease.attach(con, copy, "source")
            return _write(con, store, target, include_blobs=include_blobs)
        finally:
            con.close()


def _compact(store: Store) -> Packed:
    """Rewrite the store; the lock is held until the new file has the old one's place."""
    with store.lease(30.0):
        pass  # the schema is current, so source and target agree
    with lease.locked(store.layout, time.monotonic() + 30):
        con = lease.connect()
        try:
            with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder:
                copy = Path(folder) / "copy.duckdb"
                migrate.copy_by_child(store.path, copy)
                lease.attach(con, copy, "source")
                return _write(con, store, store.path, include_blobs=False)
        finally:
            con.close()


def _write(con: duckdb.DuckDBPyConnection, store: Store, target: Path, *, include_blobs: bool) -> Packed:
    """Fill a new file under a temporary name, check it, and rename it."""
    import duckdb

    temporary = target.with_name(f".{target.name}.{new_id()}.tmp")
    before = os.stat(store.path).st_size
    try:
        lease.attach(con, temporary, lease.ALIAS)
        con.execute(f"USE {lease.ALIAS}")
        store_id = dict(con.execute("SELECT key, value FROM source._nbm.meta").fetchall())["store_id"]
        migrate.create(con, store.layout, store_id)
        con.execute("BEGIN")
        for table in migrate.fact_tables(con):
            con.execute(f"DELETE FROM _nbm.{table}")
            con.execute(f"INSERT INTO _nbm.{table} {_SORTED.get(table, f'FROM source._nbm.{table}')}")
        digests, missing = _fill_blobs(con, store) if include_blobs else (0, 0)
        con.execute("COMMIT")
        _check(con, target)
        con.execute("USE memory")
        con.execute(f"DETACH {lease.ALIAS}")
        with open(temporary, "rb") as file:  # not the store yet: nobody leases this name
            os.fsync(file.fileno())
        os.chmod(temporary, 0o600)
        os.replace(temporary, target)
    except (OSError, duckdb.IOException) as error:
        raise StoreUnwritable(f"cannot write {target}: {error}", "free space, or name another file") from None
    finally:
        for name in (temporary, temporary.with_name(f"{temporary.name}.wal")):
            name.unlink(missing_ok=True)
    return Packed(target, target.stat().st_size, digests, missing, before)


# bulk tables in the order that compresses best; partial sums of a metric become one row
_SORTED = {
    "metrics": "SELECT * FROM source._nbm.metrics ORDER BY run_id, key, logged_at, step",
    "metric_partials": (
        "SELECT run_id, key, sum(count), sum(finite), arg_max(last, last_ns), arg_max(last_step, last_ns), max(last_ns),"
        " min(min), max(max), sum(sum) FROM source._nbm.metric_partials GROUP BY run_id, key ORDER BY run_id, key"
    ),
}


def _fill_blobs(con: duckdb.DuckDBPyConnection, store: Store) -> tuple[int, int]:
    """Take the large values that are named anywhere into the file."""
    missing = 0
    held = {row[0] for row in con.execute("SELECT sha256 FROM _nbm.blobs").fetchall()}
    for sha256 in sorted(migrate.live_digests(con) - held):
        try:
            data = store.blobs.path(sha256).read_bytes()
        except OSError:
            missing += 1
            continue
        con.execute("INSERT INTO _nbm.blobs VALUES (?, ?)", [sha256, data])
        held.add(sha256)
    return len(held), missing


def _check(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Compare row counts before the new file may take a place."""
    for table in migrate.fact_tables(con):
        if table in ("metric_partials", "blobs"):
            continue
        counts = con.execute(f"SELECT (SELECT count(*) FROM _nbm.{table}), (SELECT count(*) FROM source._nbm.{table})")
        new, old = counts.fetchone() or (0, 0)
        if new != old:
            raise StoreCorrupt(f"{target} was not written: {table} has {new} rows instead of {old}", "`nbmlops doctor`")
