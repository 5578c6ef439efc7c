"""One compact file to hand on: everything in it, large values included."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nbmlops.errors import StoreCorrupt, StoreUnwritable, UsageError
from nbmlops.storage import faults, lease, migrate
from nbmlops.storage.ids import new_id
from nbmlops.storage.slices import slices
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb

PART: Final = 16 << 20  # bytes of a large value in one row
STALE_S: Final = 86400.0


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
    StoreUnwritable
        The file cannot be written; there is none then.
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
            return _write(con, "source", store, target, include_blobs=include_blobs)
        finally:
            con.close()


def _compact(store: Store) -> Packed:
    """Rewrite the store under one lease: no other program has the file open while it is replaced."""
    with store.lease(30.0) as con:
        done = _write(con, lease.ALIAS, store, store.path, include_blobs=False)
        assert store.id is not None
        store.layout.note_id(store.id)
        return done


def _write(con: duckdb.DuckDBPyConnection, source: str, store: Store, target: Path, *, include_blobs: bool) -> Packed:
    """Fill a new file under a temporary name, check it, and rename it."""
    import duckdb

    before = os.stat(store.path).st_size
    temporary = target.with_name(f".{target.name}.{new_id()}.tmp")
    try:
        _tidy(target)
        lease.attach_new(con, temporary, "packed")
        con.execute("USE packed")
        store_id = dict(con.execute(f"SELECT key, value FROM {source}._nbm.meta").fetchall())["store_id"]
        migrate.ensure(con, store.layout, store_id)
        con.execute("BEGIN")
        for table in migrate.fact_tables(con):
            con.execute(f"INSERT INTO _nbm.{table} {_content(table, source)}")
        digests, missing = _fill_blobs(con, store) if include_blobs else (0, 0)
        con.execute("COMMIT")
        _check(con, source, target)
        con.execute(f"USE {source}")
        con.execute("DETACH packed")
        with open(temporary, "rb") as file:  # not the store yet: nobody leases this name
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise StoreUnwritable(f"cannot write {target}: {error.strerror}", "free space, or name another file") from None
    except duckdb.Error as error:
        raise faults.translate(error, target) from None
    finally:
        _drop(con, source)
        for name in (temporary, temporary.with_name(f"{temporary.name}.wal")):
            name.unlink(missing_ok=True)
    return Packed(target, target.stat().st_size, digests, missing, before)


def _tidy(target: Path) -> None:
    """Remove what a killed pack left."""
    for path in target.parent.glob(f".{target.name}.*.tmp*"):
        if time.time() - path.stat().st_mtime > STALE_S:
            path.unlink(missing_ok=True)


def _drop(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Let go of the new file after a fault."""
    import duckdb

    for statement in ("ROLLBACK", f"USE {source}", "DETACH packed"):
        try:
            con.execute(statement)
        except duckdb.Error:
            pass  # there was nothing to leave


def _content(table: str, source: str) -> str:
    """Return the query for a table's rows."""
    for part in slices():
        if table in part.upkeep.pack:
            return part.upkeep.pack[table].replace("{source}", source)
    return f"FROM {source}._nbm.{table}"


def _fill_blobs(con: duckdb.DuckDBPyConnection, store: Store) -> tuple[int, int]:
    """Take the large values that are named anywhere into the file."""
    missing = 0
    held = {row[0] for row in con.execute("SELECT DISTINCT sha256 FROM _nbm.blobs").fetchall()}
    for sha256 in sorted(migrate.live_digests(con) - held):
        try:
            with open(store.blobs.path(sha256), "rb") as file:
                part = 0
                while (data := file.read(PART)) or not part:
                    con.execute("INSERT INTO _nbm.blobs VALUES (?, ?, ?)", [sha256, part, data])
                    part += 1
        except FileNotFoundError:
            missing += 1
            continue
        held.add(sha256)
    return len(held), missing


def _check(con: duckdb.DuckDBPyConnection, source: str, target: Path) -> None:
    """Compare row counts before the new file may take a place."""
    fewer = {"blobs"}.union(*(part.upkeep.fewer for part in slices()))
    for table in migrate.fact_tables(con):
        if table in fewer:
            continue
        sizes = f"(SELECT count(*) FROM _nbm.{table}), (SELECT count(*) FROM {source}._nbm.{table})"
        new, old = con.execute(f"SELECT {sizes}").fetchone() or (0, 0)
        if new != old:
            raise StoreCorrupt(f"{target} was not written: {table} has {new} rows instead of {old}", "`nbmlops doctor`")
