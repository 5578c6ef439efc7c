"""A lease: our own lock file, then ATTACH read-write, then DETACH. Nobody keeps the file open.

DuckDB's own lock on the file is not enough: it is a POSIX record lock, which vanishes when any code
of the same process opens and closes the file by path. The lock file is never opened by anyone else.

The in-memory connection that attaches is kept for the life of the process (made anew after a fork):
making one costs 16 ms, attaching to a kept one 1 ms. Detaching closes the file, so nothing is held.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from nbmlops.errors import StoreBusy, StoreGone
from nbmlops.storage import faults
from nbmlops.storage.layout import Layout, unwritable

if TYPE_CHECKING:
    import duckdb

# 2.0's default is unreadable for 1.5, and two DuckDB versions on one store is the normal case
STORAGE_VERSION: Final = "v1.5.0"
# Small leases rewrite whole blocks: 64 KiB ones make an empty store 0.2 MB instead of 0.8, and cost bulk
# tables nothing (14.8 bytes a point against 17.1 with the default of 256 KiB; 16 KiB: 22.5)
BLOCK_SIZE: Final = 65536
ALIAS: Final = "store"
FORK_WAIT_S: Final = 2.0
PATIENCE_S: Final = 2.0  # what another thread asks DuckDB when Python ends may take so long,
STUCK_S: Final = 5.0  # and being interrupted, so long

_turn = threading.RLock()  # one lease at a time per process
_lent: Path | None = None  # what this process has attached right now
_connection: duckdb.DuckDBPyConnection | None = None
_held: FileLock | None = None
_forking: list[threading.RLock] = []
_is_watching = False  # the end of the process
_is_over = False  # it has come


def connect() -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory DuckDB that never reaches for the network."""
    global _is_watching
    import duckdb

    if not _is_watching:
        _is_watching = True
        # Registered after DuckDB's own, so called before it: from then on DuckDB cuts other threads short
        # ("Interrupted!", "connection is busy"), and that was the end of what they were taking in.
        atexit.register(shut)
    return duckdb.connect(
        ":memory:",
        config={
            "threads": str(min(4, os.cpu_count() or 1)),
            "autoinstall_known_extensions": "false",
            "preserve_insertion_order": "true",
        },
    )


def attach(con: duckdb.DuckDBPyConnection, path: Path, alias: str = ALIAS, *, read_only: bool = False) -> None:
    """Attach the DuckDB file at ``path``; an existing file keeps the format that it has.

    The type is said because DuckDB would take a file that looks like SQLite for one, by an extension.
    """
    con.execute(f"ATTACH {quoted(str(path))} AS {alias} (TYPE duckdb{', READ_ONLY' if read_only else ''})")


def attach_new(con: duckdb.DuckDBPyConnection, path: Path, alias: str = ALIAS) -> None:
    """Make a DuckDB file that every supported version can read, and attach it."""
    con.execute(f"ATTACH {quoted(str(path))} AS {alias} (STORAGE_VERSION '{STORAGE_VERSION}', BLOCK_SIZE {BLOCK_SIZE})")
    os.chmod(path, 0o600)


def quoted(text: str) -> str:
    """Return ``text`` as an SQL string literal, for the few statements that take no bound values."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def lease(
    layout: Layout, wait: float, *, foreign_wait: float | None = None, make: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Hold the store for a moment. Inside a lease of the same thread, that one is used.

    Parameters
    ----------
    wait
        Seconds to wait for other nbmlops processes, and for other programs that hold the file.
    foreign_wait
        Seconds to wait for other programs, if it is less.
    make
        Make the file if there is none.

    Raises
    ------
    StoreBusy, StoreOpenHere, StoreCorrupt, StoreTooNew, StoreUnwritable, StoreGone
    """
    global _lent
    pid = os.getpid()  # a child forked in here unwinds it too, and owns nothing of it
    deadline = time.monotonic() + wait
    if not _take_turn(deadline):
        raise StoreBusy(f"{layout.path} is being used by another thread of this process", "try again when it is done")
    try:
        if _lent == layout.path and _connection is not None:
            yield _connection
            return
        with locked(layout, deadline):
            until = min(deadline, time.monotonic() + (wait if foreign_wait is None else foreign_wait))
            con = _attached(layout, until, make)
            _lent = layout.path
            try:
                con.execute(f"USE {ALIAS}")
                yield con
            finally:
                if os.getpid() == pid:
                    _lent = None
                    _detach(con)
    finally:
        if os.getpid() == pid:
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
    _held, pid = lock, os.getpid()
    try:
        yield
    finally:
        if os.getpid() == pid:
            _held = None
            lock.release()


def _attached(layout: Layout, deadline: float, make: bool) -> duckdb.DuckDBPyConnection:
    """Attach, waiting politely while another program holds the file."""
    global _connection
    import duckdb

    if _connection is None:
        _connection = connect()
    pause = 0.004
    while True:
        try:
            if make:
                _make_file(_connection, layout.path)
            else:
                must_exist(layout.path)
            attach(_connection, layout.path)
            return _connection
        except duckdb.Error as error:
            found = faults.translate(error, layout.path)
            if not isinstance(found, StoreBusy) or time.monotonic() + pause > deadline:
                raise found from None
        time.sleep(pause)
        pause = min(pause * 1.6, 0.1)


def interrupt() -> None:
    """Cut short what DuckDB is doing in a lease of this process."""
    if _connection is not None:
        _connection.interrupt()


def shut() -> bool:
    """When the process ends: keep every other thread out of DuckDB from now on; the calling one may go on.

    One that comes back from C++ while Python is being taken down ends the process with an abort.

    Returns
    -------
    bool
        False if one is still inside, however often it was interrupted.
    """
    global _is_over
    _is_over = True
    began = time.monotonic()
    while not _turn.acquire(timeout=0.02):  # never released
        waited = time.monotonic() - began
        if waited > PATIENCE_S:
            interrupt()
        if waited > PATIENCE_S + STUCK_S:
            return False
    return True


def is_over() -> bool:
    """Tell whether the process is ending, and a thread of the background gets no lease any more."""
    return _is_over


def _take_turn(deadline: float) -> bool:
    """Wait for the other threads of this process; at its end in vain, so not for long."""
    while not _turn.acquire(timeout=max(0.0, min(deadline - time.monotonic(), 0.1))):
        if _is_over or time.monotonic() >= deadline:
            return False
    return True


def must_exist(path: Path) -> None:
    """Refuse what is not there; an empty file is no store yet.

    Raises
    ------
    StoreGone
    """
    try:
        if path.stat().st_size:
            return
    except OSError:
        pass
    raise StoreGone(
        f"{path.name} is no longer there",
        f"it was in {path.parent}: put it back, or run a cell that logs; this goes on by itself then",
    )


def _make_file(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make the file if there is none, by rename: a crash never leaves half a header."""
    try:
        if os.stat(path).st_size:
            return
    except FileNotFoundError:
        pass
    except OSError as error:
        raise unwritable(path, error) from None
    new = path.with_name(f".{path.name}.new")
    try:
        for stale in (new, new.with_name(f"{new.name}.wal")):
            stale.unlink(missing_ok=True)
        attach_new(con, new, "fresh")
        con.execute("DETACH fresh")
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)  # that of a file which is gone
        os.replace(new, path)
    except OSError as error:
        raise unwritable(path, error) from None


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


def disown(lock: FileLock) -> None:
    """In a forked child: close our copy of a lock's descriptor. Releasing it would release the parent's."""
    fd = getattr(getattr(lock, "_context", None), "lock_file_fd", None)
    if isinstance(fd, int):
        lock._context.lock_file_fd = None
        try:
            os.close(fd)
        except OSError:
            pass  # filelock has let go of it by itself


def _wait_before_fork() -> None:
    """Let a lease of another thread end: a child born in the middle of it could never attach the file."""
    if _turn.acquire(timeout=FORK_WAIT_S):
        _forking.append(_turn)


def _go_on_after_fork() -> None:
    if _forking:
        _forking.pop().release()


def _forget_after_fork() -> None:
    """A forked child owns neither the lock nor the connection of its parent."""
    global _turn, _lent, _connection, _held, _is_over
    _turn = threading.RLock()
    _is_over = False
    _forking.clear()
    if _held is not None:
        disown(_held)
    _held = _lent = None
    if _connection is not None:
        # Its threads are gone, and it may be in the middle of the parent's lease: its destructor would
        # hang or write into the parent's file, so it must never run, not even when the process ends.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(_connection))
    _connection = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_wait_before_fork, after_in_parent=_go_on_after_fork, after_in_child=_forget_after_fork)
