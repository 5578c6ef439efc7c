"""A lease: our own lock file, then ATTACH read-write, then DETACH. Nobody keeps the file open.

DuckDB's own lock on the file is not enough: it is a POSIX record lock, which vanishes when any code
of the same process opens and closes the file by path. The lock file is never opened by anyone else.

The in-memory connection that attaches is kept for the life of the process (made anew after a fork):
making one costs 16 ms, attaching to a kept one 1 ms. Detaching closes the file, so nothing is held.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from nbmlops.errors import StoreBusy, StoreCorrupt, StoreError, StoreOpenHere, StoreTooNew, StoreUnwritable
from nbmlops.storage.layout import Layout, unwritable

if TYPE_CHECKING:
    import duckdb

# 2.0's default is unreadable for 1.5, and two DuckDB versions on one store is the normal case
STORAGE_VERSION: Final = "v1.5.0"
# Small leases rewrite whole blocks: 64 KiB ones make an empty store 0.2 MB instead of 0.8, and cost bulk
# tables nothing (14.8 bytes a point against 17.1 with the default of 256 KiB; 16 KiB: 22.5)
BLOCK_SIZE: Final = 65536
ALIAS: Final = "store"

_turn = threading.RLock()  # one lease at a time per process
_connection: duckdb.DuckDBPyConnection | None = None
_held: FileLock | None = None


def connect() -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory DuckDB that never reaches for the network."""
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "threads": str(min(4, os.cpu_count() or 1)),
            "autoinstall_known_extensions": "false",
            "preserve_insertion_order": "true",
        },
    )


def attach(con: duckdb.DuckDBPyConnection, path: Path, alias: str = ALIAS, *, read_only: bool = False) -> None:
    """Attach the DuckDB file at ``path``; created when it is not there and may be written."""
    options = "READ_ONLY" if read_only else f"STORAGE_VERSION '{STORAGE_VERSION}', BLOCK_SIZE {BLOCK_SIZE}"
    con.execute(f"ATTACH {quoted(str(path))} AS {alias} ({options})")


def quoted(text: str) -> str:
    """Return ``text`` as an SQL string literal, for the few statements that take no bound values."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def lease(layout: Layout, wait: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Hold the store for a moment.

    Parameters
    ----------
    wait
        Seconds to wait for other nbmlops processes, and for other programs that hold the file.

    Raises
    ------
    StoreBusy, StoreOpenHere, StoreCorrupt, StoreTooNew, StoreUnwritable
    """
    deadline = time.monotonic() + wait
    if not _turn.acquire(timeout=max(wait, 0.0)):
        raise StoreBusy(f"{layout.path} is being used by another thread of this process", "try again when it is done")
    try:
        with locked(layout, deadline):
            con = _attached(layout, deadline)
            try:
                con.execute(f"USE {ALIAS}")
                yield con
            finally:
                _detach(con)
    finally:
        _turn.release()


@contextmanager
def locked(layout: Layout, deadline: float) -> Iterator[None]:
    """Hold the lock file only, for work on the state folder or by a child process."""
    global _held
    layout.make()
    lock = FileLock(layout.lock, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=max(deadline - time.monotonic(), 0), poll_interval=0.002)
    except Timeout:
        raise StoreBusy(
            f"{layout.path} is leased by another nbmlops process", "wait a moment and try again; `nbmlops doctor`"
        ) from None
    except OSError as error:
        raise unwritable(layout.lock, error) from None
    _held = lock
    try:
        yield
    finally:
        _held = None
        lock.release()


def _attached(layout: Layout, deadline: float) -> duckdb.DuckDBPyConnection:
    """Attach, waiting politely while another program holds the file."""
    global _connection
    import duckdb

    if _connection is None:
        _connection = connect()
    pause = 0.004
    while True:
        try:
            attach(_connection, layout.path)
            os.chmod(layout.path, 0o600)
            return _connection
        except duckdb.Error as error:
            found = translate(error, layout.path)
            if not isinstance(found, StoreBusy) or time.monotonic() + pause > deadline:
                raise found from None
        except OSError:  # the file vanished between attach and chmod; the next lease makes it anew
            return _connection
        time.sleep(pause)
        pause = min(pause * 1.6, 0.1)


def _detach(con: duckdb.DuckDBPyConnection) -> None:
    """Leave the file, whatever state an error left the connection in."""
    global _connection
    import duckdb

    try:
        con.execute("ROLLBACK")
    except duckdb.Error:
        pass  # no transaction was open
    try:
        con.execute("USE memory")
        con.execute(f"DETACH {ALIAS}")
    except duckdb.Error:
        # A connection that cannot let go must not keep the file: closing it closes the file too.
        _connection = None
        con.close()


def translate(error: Exception, path: Path) -> StoreError:
    """Return the nbmlops error that says what DuckDB's means for the store."""
    text = str(error)
    first = text.splitlines()[0] if text else type(error).__name__
    if "Unique file handle conflict" in text or "already attached" in text:
        return StoreOpenHere(
            f"{path} is open in this very process through plain duckdb.connect",
            "close that connection (con.close()); logging goes on meanwhile and nothing is lost",
        )
    if "Could not set lock" in text or "Conflicting lock" in text:
        holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
        who = f"{holder[1]} (PID {holder[2]})" if holder else "another program"
        return StoreBusy(
            f"{path} is held by {who}", "close it there, or try again; logging goes on meanwhile and nothing is lost"
        )
    if "newer version" in text or "storage version" in text.lower():
        return StoreTooNew(
            f"{path} has a DuckDB storage format that this DuckDB cannot read: {first}",
            "upgrade here: pip install -U duckdb nbmlops",
        )
    if "not a valid DuckDB database" in text:
        return StoreCorrupt(
            f"{path} is not a DuckDB file", "name another file with NBMLOPS_STORE; nbmlops leaves this one untouched"
        )
    lowered = text.lower()
    if "permission denied" in lowered or "read-only file system" in lowered or "no space left" in lowered:
        return StoreUnwritable(
            f"cannot write {path}: {first}", "free space or fix the permissions; logging goes on meanwhile"
        )
    if any(sign in lowered for sign in ("checksum", "corrupt", "serialization", "deserialize", "fatal", "internal")):
        return StoreCorrupt(
            f"{path} cannot be read as a database: {first}",
            f"`nbmlops doctor --rebuild {path.name}` sets it aside and rebuilds what the journals hold",
        )
    return StoreError(f"{path} cannot be used: {first}", f"`nbmlops doctor {path.name}` says more")


def _forget_after_fork() -> None:
    """A forked child owns neither the lock nor the connection of its parent."""
    global _turn, _connection, _held
    _turn = threading.RLock()
    if _held is not None:
        # Closing our copy of the descriptor leaves the parent's lock alone; releasing would not.
        fd = getattr(getattr(_held, "_context", None), "lock_file_fd", None)
        if isinstance(fd, int):
            os.close(fd)
            _held._context.lock_file_fd = None
    _held = None
    _abandoned.append(_connection)  # its threads are gone: running its destructor could hang
    _connection = None


_abandoned: list[object] = []

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
