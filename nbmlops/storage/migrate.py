"""Bring a leased store's schema up to date, or refuse it untouched."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nbmlops.errors import StoreCorrupt, StoreForeign, StoreTooNew, StoreUnwritable
from nbmlops.storage.layout import Layout, unwritable
from nbmlops.storage.slices import Migration, Slice, slices

if TYPE_CHECKING:
    import duckdb

PROTOCOL: Final = 1  # raised only by a change that older versions would misread or damage
BACKUPS_KEPT: Final = 3


def version() -> str:
    """Return this nbmlops' version."""
    from nbmlops import __version__

    return __version__


def ensure(
    con: duckdb.DuckDBPyConnection, layout: Layout, proposed_id: str, backup: Callable[[], None] | None = None
) -> str:
    """Make the attached store's schema current and return its store id.

    Parameters
    ----------
    proposed_id
        The id that a file without one gets.
    backup
        Called before an existing store is changed.

    Raises
    ------
    StoreForeign
        The file holds other tables and none of ours.
    StoreTooNew
        Its protocol is newer than this version may write; nothing was changed.
    """
    meta = _read_meta(con)
    if meta is not None and meta.get("schema") == _schema():
        _check_protocol(layout.path, meta)
        return meta["store_id"]
    if meta is None and (others := _count_tables(con)):
        raise StoreForeign(
            f"{layout.path} is a DuckDB database with {others} tables or views of its own and none of nbmlops",
            "name another file for the runs, for example NBMLOPS_STORE=mlops.duckdb",
        )
    has_meta = meta is not None
    meta = meta or {}
    if has_meta:
        _check_protocol(layout.path, meta)
    pending = [step for part in slices() for step in _pending(con, part, has_meta)]
    moved = {step.slice for step in pending}
    stale = [part for part in slices() if part.views and (part.name in moved or _is_stale(part, meta))]
    if not pending and not stale:
        return meta["store_id"]
    if has_meta and pending and backup is not None:
        backup()
    con.execute("BEGIN")
    for step in pending:
        con.execute(step.sql)
        con.execute(
            "INSERT INTO _nbm.migrations VALUES (?, ?, ?, ?, ?, ?)",
            [step.slice, step.number, step.name, step.checksum, version(), datetime.now(UTC).replace(tzinfo=None)],
        )
    if not has_meta:
        rows = [("store_id", proposed_id), ("min_reader", str(PROTOCOL)), ("min_writer", str(PROTOCOL))]
        con.executemany("INSERT INTO _nbm.meta VALUES (?, ?)", rows)
        meta = dict(rows)
    for part in stale:
        con.execute(part.views)
        _set_meta(con, f"views:{part.name}", _stamp(part))
    _set_meta(con, "schema", _schema())
    con.execute("COMMIT")
    return meta["store_id"]


def check(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Refuse a file that this version cannot read, without changing anything."""
    meta = _read_meta(con)
    if meta is None:
        raise StoreForeign(f"{path} is a DuckDB database without runs of nbmlops", "name another file")
    _check_protocol(path, meta)


def is_ours(con: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether the attached file is an nbmlops store."""
    return _read_meta(con) is not None


def fact_tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the tables that hold what was recorded (not what describes the store itself)."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = '_nbm' AND database_name = current_database()"
        " AND table_name NOT IN ('meta', 'migrations') ORDER BY table_name"
    ).fetchall()
    return [row[0] for row in rows]


def live_digests(con: duckdb.DuckDBPyConnection, catalog: str = "") -> set[str]:
    """Return the SHA-256 of every large value that a record names, in any slice."""
    database, prefix = (f"'{catalog}'", f"{catalog}.") if catalog else ("current_database()", "")
    tables = con.execute(
        "SELECT table_name FROM duckdb_columns() WHERE schema_name = '_nbm' AND column_name = 'sha256'"
        f" AND table_name <> 'blobs' AND database_name = {database}"
    ).fetchall()
    found: set[str] = set()
    for (table,) in tables:
        rows = con.execute(f"SELECT DISTINCT sha256 FROM {prefix}_nbm.{table} WHERE sha256 IS NOT NULL").fetchall()
        found.update(row[0] for row in rows)
    return found


def _read_meta(con: duckdb.DuckDBPyConnection) -> dict[str, str] | None:
    import duckdb

    try:
        return dict(con.execute("SELECT key, value FROM _nbm.meta").fetchall())
    except duckdb.CatalogException:
        return None


def _set_meta(con: duckdb.DuckDBPyConnection, key: str, value: str) -> None:
    con.execute("DELETE FROM _nbm.meta WHERE key = ?", [key])
    con.execute("INSERT INTO _nbm.meta VALUES (?, ?)", [key, value])


def _count_tables(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute(
        "SELECT (SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database())"
        " + (SELECT count(*) FROM duckdb_views() WHERE database_name = current_database() AND NOT internal)"
    ).fetchone()
    return int(row[0]) if row else 0


@cache
def _schema() -> str:
    """Return what names this version's whole schema: a store that bears it needs no further look."""
    steps = [step.checksum for part in slices() for step in part.migrations]
    views = [_stamp(part) for part in slices()]
    return hashlib.blake2b("\n".join(steps + views).encode(), digest_size=16).hexdigest()


def _check_protocol(path: Path, meta: dict[str, str]) -> None:
    if "store_id" not in meta:
        raise StoreCorrupt(
            f"{path} has nbmlops tables but no store id", f"`nbmlops doctor --rebuild {path.name}` rebuilds it"
        )
    needed = max(int(meta.get("min_reader", "1")), int(meta.get("min_writer", "1")))
    if needed > PROTOCOL:
        raise StoreTooNew(
            f"{path} needs store protocol {needed}; this nbmlops {version()} knows {PROTOCOL}",
            "upgrade here: pip install -U nbmlops (the file was left untouched)",
        )


def _pending(con: duckdb.DuckDBPyConnection, part: Slice, has_meta: bool) -> list[Migration]:
    if not has_meta:
        return list(part.migrations)
    done = {row[0] for row in con.execute("SELECT number FROM _nbm.migrations WHERE slice = ?", [part.name]).fetchall()}
    return [step for step in part.migrations if step.number not in done]


def _stamp(part: Slice) -> str:
    return f"{version()} {hashlib.blake2b(part.views.encode(), digest_size=16).hexdigest()}"


def _is_stale(part: Slice, meta: dict[str, str]) -> bool:
    """Tell whether this version's views should replace the stored ones; an older version never does."""
    stored = meta.get(f"views:{part.name}")
    if stored is None:
        return True
    return stored != _stamp(part) and _order(stored.split()[0]) <= _order(version())


def _order(text: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", text))


def copy_by_child(source: Path, target: Path) -> None:
    """Copy a file in another process: opening the store here would drop DuckDB's lock on it.

    Raises
    ------
    StoreUnwritable
        The copy cannot be made.
    """
    command = [sys.executable, "-I", "-c", _COPY, str(source), str(target)]
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise unwritable(target, error) from None
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StoreUnwritable(f"cannot copy {source} to {target}: {why}", "free space or fix the permissions")


_COPY: Final = """
import os, shutil, sys
source, target = sys.argv[1:]
part = target + ".part"
for name in (part, target + ".wal"):
    if os.path.exists(name):
        os.remove(name)
os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
try:
    shutil.copyfile(source, part)
    if os.path.exists(source + ".wal"):
        shutil.copyfile(source + ".wal", target + ".wal")
    os.replace(part, target)
except BaseException:
    os.path.exists(part) and os.remove(part)
    raise
"""
