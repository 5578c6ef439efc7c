"""This process's session: one journal, one background thread, and the store they feed."""

from __future__ import annotations

import atexit
import itertools
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from nbmlops.config import settings, store_path
from nbmlops.errors import MLError, StoreBusy, StoreError, StoreOpenHere, StoreUnwritable
from nbmlops.storage import ingest, journal, lease, liveness
from nbmlops.storage.background import Background
from nbmlops.storage.ids import new_id
from nbmlops.storage.layout import unwritable
from nbmlops.storage.store import Store
from nbmlops.storage.writer import Writer, sentence

SYNC_S: Final = 1.0
RETRY_S: Final = 2.0  # until an ingest that met a busy store is tried again
SMALL: Final = 200  # pending bytes that no ingest is worth


class Session:
    """Writes this process's records; made by ``current()``.

    ``append`` never waits for a lock: it is one write to a file that nobody else writes.
    """

    def __init__(self, store: Store, *, parent: Session | None = None) -> None:
        self.store = store
        self.id = new_id()
        self.parent_id = parent.id if parent is not None else None
        self.pid = os.getpid()
        self.numbers = itertools.count()
        self.writer = Writer(store, self.id)
        self.write = self.writer.write  # one encoded record: ``append`` without the encoding
        self._is_closed = False
        self._is_wanted = False  # an ingest
        self._ingested = time.monotonic()
        self._in_file = 0  # bytes of the journal known to be in the file
        self._background = Background(self._on_fault)
        self.on_tick = self._background.ticks
        self.on_look = self._background.looks
        try:
            self.writer.open()
        except MLError as error:
            self.writer.refuse(error)
        store.on_lease = self.writer.follow
        store.blobs.on_fault = self._blob_refused
        self._background.every(0.0, self._ingest_if_due)
        self._background.every(SYNC_S, self._each_second)
        self._background.every(liveness.HEARTBEAT_S, lambda: self.append("storage.heartbeat", {}))
        if not _is_ending:
            self._background.start()

    def append(self, kind: str, payload: Mapping[str, Any], version: int = 1) -> None:
        """Write one record; when it returns, ``kill -9`` cannot take it away.

        A disk that refuses is told once in a visible line; records are then kept in memory, as far
        as that reaches, and written when the disk takes them again.

        Raises
        ------
        RecordError
            The record is longer than a journal line may be (1 MiB).
        """
        self.write(journal.encode(kind, payload, next(self.numbers), version))

    def scrub(self, ids: Collection[str], kinds: Collection[str] = ()) -> None:
        """Erase the lines of ``ids`` from this session's own journals, once they are in the file."""
        with self.store.lease(10.0) as con:
            assert self.store.id is not None
            ingest.ingest(con, self.store.layout, self.store.id, own=self.store.own)
            try:
                self.writer.scrub(ids, kinds)
            except OSError as error:
                raise unwritable(self.store.state, error) from None

    def _blob_refused(self, error: MLError) -> None:
        self.writer.tell(
            f"refused blob {type(error).__name__}",
            f"figures and files are not being kept: {error.message}. {sentence(error.hint)}",
        )

    def _on_fault(self, error: Exception) -> None:
        """Tell of a fault in the background, once; what the end of the session or the process cut short is none."""
        if self._is_closed or lease.is_over():
            return
        if isinstance(error, MLError):
            self.writer.refuse(error)
        else:
            import traceback  # 5 ms of an import that should be none

            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.name} ({Path(place.filename).name}:{place.lineno})"
            self.writer.tell(f"fault {type(error).__name__}", f"background work failed in {where}: {error!r}")

    # -- the background thread

    def soon(self, task: Callable[[], None]) -> None:
        """Run ``task`` on the background thread, at its next tick."""
        self._background.soon(task)

    def every(self, seconds: float, action: Callable[[], None]) -> None:
        """Do ``action`` on the background thread every so many seconds."""
        self._background.every(seconds, action)

    def ingest_soon(self) -> None:
        """Take the journals in on the background thread, at its next tick, if nobody else has the store."""
        self._is_wanted = True

    def _each_second(self) -> None:
        """Keep the journal in its place and push it to the disk, large values before the records that name them."""
        try:
            self.writer.mend()
            self.store.blobs.sync()
            assert self.writer.journal is not None
            self.writer.journal.sync()
        except OSError as error:
            raise unwritable(self.store.state, error) from None

    def _ingest_if_due(self) -> None:
        now = time.monotonic()
        pending = self._written() - self._in_file
        is_due = now - self._ingested >= settings().ingest_every_s and pending > SMALL
        if self._is_wanted or is_due or pending >= settings().ingest_bytes:
            self._is_wanted = False
            self._ingested = now
            self._ingest()

    def _ingest(self) -> None:
        """Take in for 50 ms; what is left makes the next round come soon."""
        written = self._written()
        try:
            report = self.store.ingest()
        except (StoreBusy, StoreOpenHere):  # somebody reads; the records are safe where they are
            self._ingested = time.monotonic() - settings().ingest_every_s + RETRY_S
            return
        except StoreUnwritable:
            return  # likewise; who reads is told
        except StoreError as error:
            if lease.is_over() and threading.current_thread() is not threading.main_thread():
                return  # cut short; the end takes them in
            self.writer.tell(f"ingest {type(error).__name__}", f"{error.message}. {sentence(error.hint)}")
            return
        if report.pending_bytes:
            self._is_wanted = True
            self._background.wake()
        else:
            self._in_file = written
            self.store.tidy()

    def _written(self) -> int:
        return self.writer.journal.written if self.writer.journal is not None else 0

    # -- the end

    def close(self, wait: float = 2.0) -> None:
        """Finish the background work, take the records in if nobody holds the store, and say goodbye."""
        if self._is_closed or self.pid != os.getpid():
            return
        self._is_closed = True
        # a last round notices, and tells, what became of the store meanwhile
        self._background.finish(wait, lease.interrupt, self._ingest_if_due)
        self.append("storage.close", {})
        self.writer.finish()
        if self.writer.journal is None:
            return
        try:
            self.store.blobs.sync()
            self.writer.journal.sync()
        except OSError:
            pass  # kill -9 and a normal end need no sync
        self.writer.leave()
        self.store.on_lease = None
        try:
            self.store.ingest(wait=0.2, budget_s=wait)
        except StoreError:
            pass  # the next reader takes them in

    def abandon(self) -> None:
        """End without writing anything more: what the disk refused is not to be done later, behind one's back."""
        self._is_closed = True
        self._background.finish(0.5, lease.interrupt)
        self.writer.abandon()
        self.store.on_lease = None


_current: Session | None = None
_making = threading.RLock()
_parent: Session | None = None
_is_ending = False  # the process is


def current(folder: Path | None = None) -> Session:
    """Return this process's session; the first call makes it.

    A store that cannot be used does not raise here: it is told once and records wait in memory.

    Raises
    ------
    UsageError
        ``NBMLOPS_STORE`` names a place that cannot hold a store.
    """
    session = _current
    if session is not None:
        return session
    return _make(folder)


def _make(folder: Path | None) -> Session:
    global _current
    with _making:
        if _current is None:
            path = _parent.store.path if _parent is not None else store_path(folder)
            _current = Session(Store(path), parent=_parent)
    return _current


def existing() -> Session | None:
    """Return this process's session if there is one."""
    return _current


def close() -> None:
    """End this process's session; the next use starts another."""
    global _current
    with _making:
        session, _current = _current, None
    if session is not None:
        session.close()


def _after_fork() -> None:
    """A forked child writes a journal of its own, to the same store."""
    global _current, _making, _parent
    _making = threading.RLock()
    if _current is not None:
        _parent, _current = _current, None
        _parent.writer.disown()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _at_exit() -> None:
    """No thread of ours, and none inside DuckDB, outlives this."""
    global _is_ending
    _is_ending = True
    close()
    lease.shut()


atexit.register(_at_exit)
