"""This process's session: one journal, one background thread, and the store they feed."""

from __future__ import annotations

import atexit
import getpass
import itertools
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nbmlops import context
from nbmlops.config import settings, store_path
from nbmlops.errors import MLError, StoreBusy, StoreError, StoreOpenHere
from nbmlops.storage import ingest, journal, liveness, scrub
from nbmlops.storage.ids import new_id
from nbmlops.storage.journal import Journal
from nbmlops.storage.layout import unwritable, write_private
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb

TICK_S: Final = 0.25
SYNC_S: Final = 1.0
BACKLOG: Final = 20_000  # records kept in memory while the disk refuses them
BACKLOG_BYTES: Final = 16 << 20


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
        self.journal: Journal | None = None
        self.store_id = ""
        self.on_tick: list[Callable[[], None]] = []
        self._presence: liveness.Presence | None = None
        self._backlog: deque[bytes] = deque(maxlen=BACKLOG)
        self._backlog_bytes = 0
        self._lost = 0
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._is_closing = False
        self._ingest_wanted = False
        self._in_file = 0  # bytes of the journal known to be in the file
        self._repair = threading.Lock()
        self._thread: threading.Thread | None = None
        try:
            self._open()
        except MLError as error:
            self._refuse(error)
        store.on_lease = self._on_lease
        self._start_thread()

    # -- writing

    def append(self, kind: str, payload: Mapping[str, Any], version: int = 1) -> None:
        """Write one record; when it returns, ``kill -9`` cannot take it away.

        A disk that refuses is told once in a visible line; records are then kept in memory, as far
        as that reaches, and written when the disk takes them again.
        """
        line = journal.encode(kind, payload, next(self.numbers), version)
        self.write(line)

    def write(self, line: bytes) -> None:
        """Write one encoded record (``append`` without the encoding)."""
        target = self.journal
        if target is not None and not self._backlog:
            try:
                target.write(line)
                return
            except OSError as error:
                self._refuse(unwritable(target.path, error))
        self._keep(line)

    def _keep(self, line: bytes) -> None:
        """Keep a record in memory while it cannot be written."""
        if len(self._backlog) >= BACKLOG or self._backlog_bytes + len(line) > BACKLOG_BYTES:
            self._lost += 1
            context.tell_once("lost", "memory for unwritten records is full: from here on logged points are being lost")
            return
        self._backlog.append(line)
        self._backlog_bytes += len(line)
        self._wake.set()

    def _refuse(self, error: MLError) -> None:
        context.tell_once(
            f"refused {type(error).__name__}",
            f"records are not being kept on disk: {error.message}. {error.hint[:1].upper()}{error.hint[1:]}; "
            "they are held in memory meanwhile",
        )

    # -- the journal

    def _open(self) -> None:
        """Start a journal; the state folder and the identity are made when they are missing."""
        layout = self.store.layout
        layout.make()
        if self._presence is None or not liveness.lock_path(layout, self.id).exists():
            self._presence = liveness.Presence(layout, self.id)
        known = layout.read_id()
        if known is None and layout.path.exists():
            try:
                with self.store.lease(2.0):
                    known = self.store.id
            except (StoreBusy, StoreOpenHere):
                raise
            except StoreError:
                known = None  # corrupt or foreign: the journal goes on, reads will say what is wrong
        self.store_id = known or layout.claim_id()
        name = f"{self.id}-{new_id()[-6:]}{journal.SUFFIX}"
        try:
            self.journal = Journal(layout.journals / name, self._header(), self.numbers)
        except OSError as error:
            raise unwritable(layout.journals / name, error) from None
        self.store.own.add(self.journal.id)
        self._in_file = 0
        for key in [key for key in list(context._told) if key.startswith("refused")]:
            context.untell(key)

    def _header(self) -> dict[str, Any]:
        from nbmlops import __version__

        try:
            user = getpass.getuser()
        except (OSError, KeyError):  # a container without a user database
            user = ""
        return {
            "nbmlops": __version__, "store_id": self.store_id, "session_id": self.id, "host": liveness.host(),
            "boot_id": liveness.boot_id(), "pid": self.pid, "started_ns": time.time_ns(), "user": user,
        }  # fmt: skip

    def _on_lease(self, con: duckdb.DuckDBPyConnection, store_id: str) -> None:
        """Under a lease: a file of another store took the old one's place."""
        if self.journal is not None and store_id != self.store_id:
            context.tell_once(
                f"replaced {store_id}",
                f"{self.store.path} was replaced by another store; this session goes on in it, with a new journal",
            )
            self._start_anew(0)

    def _start_anew(self, in_file: int) -> None:
        """Go on in a new journal, taking along what the file does not hold yet."""
        with self._repair:
            old = self.journal
            assert old is not None
            self.store.own.discard(old.id)
            self._open()
            assert self.journal is not None
            header = os.pread(old.fd, journal.MAX_LINE, 0).find(b"\n") + 1
            rest = old.content()[max(0, in_file - header) :]
            rest = rest[: rest.rfind(b"\n") + 1]
            if rest:
                self.journal.write(rest)
            old.close()

    def scrub(self, ids: Collection[str], kinds: Collection[str] = ()) -> None:
        """Erase the lines of ``ids`` from this session's own journals: it goes on in a new one."""
        old = self.journal
        if old is None:
            return
        header = os.pread(old.fd, journal.MAX_LINE, 0)
        header = header[: header.find(b"\n") + 1]
        with self.store.lease(10.0) as con:
            assert self.store.id is not None
            ingest.ingest(con, self.store.layout, self.store.id, own=self.store.own)
            row = con.execute("SELECT bytes FROM _nbm.journals WHERE journal_id = ?", [old.id]).fetchone()
            in_file = row[0] if row else 0
            taken_in = header + old.content()[: max(0, in_file - len(header))]
            self._start_anew(in_file)
            kept, _ = scrub.without(taken_in, ids, kinds)
            write_private(self.store.layout.done / old.path.name, kept)
            con.execute("UPDATE _nbm.journals SET is_complete = true WHERE journal_id = ?", [old.id])
            old.path.unlink(missing_ok=True)

    def _mend(self) -> None:
        """The journal was deleted, moved or cut short under us: start another."""
        old = self.journal
        if old is None or old.is_intact():
            return
        context.tell_once(
            f"gone {old.id}",
            f"{self.store.layout.state} was deleted or changed by another program; this session goes on in a new "
            "journal. Figures and files logged before may be gone",
        )
        in_file = 0
        try:
            with self.store.lease(1.0) as con:
                row = con.execute("SELECT bytes FROM _nbm.journals WHERE journal_id = ?", [old.id]).fetchone()
                in_file = row[0] if row else 0
        except StoreError:
            pass  # nothing of it can be known to be in the file
        if self.journal is old:
            self._start_anew(in_file)

    # -- the background thread

    def soon(self, task: Callable[[], None]) -> None:
        """Run ``task`` on the background thread, at its next tick: a short cell is over by then."""
        self._tasks.put(task)

    def ingest_soon(self) -> None:
        """Take the journals in on the background thread, at its next tick, if nobody else has the store."""
        self._ingest_wanted = True

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._keep_house, name="nbmlops", daemon=True)
        self._thread.start()

    def _keep_house(self) -> None:
        now = time.monotonic()
        synced = beat = ingested = now
        while not self._is_closing:
            self._wake.wait(TICK_S)
            self._wake.clear()
            now = time.monotonic()
            try:
                self._run_tasks()
                for look in self.on_tick:
                    look()
                if now - synced >= SYNC_S:
                    synced = now
                    self._each_second()
                if now - beat >= liveness.HEARTBEAT_S:
                    beat = now
                    self.append("storage.heartbeat", {})
                pending = self.journal.written - self._in_file if self.journal is not None else 0
                is_due = now - ingested >= settings().ingest_every_s and pending > 200
                if self._ingest_wanted or is_due or pending >= settings().ingest_bytes:
                    ingested = now
                    self._ingest_wanted = False
                    self._ingest()
            except MLError as error:
                self._refuse(error)
            except Exception as error:  # the thread must live: it is what keeps the journal safe
                context.tell_once(f"house {type(error).__name__}", f"background work failed: {error!r}")

    def _run_tasks(self) -> None:
        while True:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return
            task()

    def _each_second(self) -> None:
        self._mend()
        if self.journal is None:
            self._open()
        if self._backlog:
            self._write_backlog()
        self.store.blobs.sync()
        if self.journal is not None:
            try:
                self.journal.sync()
            except OSError as error:
                self._refuse(unwritable(self.journal.path, error))

    def _write_backlog(self) -> None:
        """Write what the disk refused before; what comes meanwhile queues up behind it."""
        target = self.journal
        while self._backlog and target is not None:
            line = self._backlog[0]
            try:
                target.write(line)
            except OSError:
                return
            self._backlog.popleft()
            self._backlog_bytes -= len(line)
        context.untell("lost")
        for key in [key for key in list(context._told) if key.startswith("refused")]:
            context.untell(key)

    def _ingest(self) -> None:
        """Take in for 50 ms; what is left makes the next round come soon."""
        try:
            written = self.journal.written if self.journal is not None else 0
            report = self.store.ingest()
        except (StoreBusy, StoreOpenHere):
            return  # somebody reads; the records are safe where they are
        except StoreError as error:
            context.tell_once(
                f"ingest {type(error).__name__}", f"{error.message}. {error.hint[:1].upper()}{error.hint[1:]}"
            )
            return
        if report.pending_bytes:
            self._ingest_wanted = True
            self._wake.set()
        else:
            self._in_file = written
            self.store.tidy()

    # -- the end

    def close(self, wait: float = 2.0) -> None:
        """Finish the background work, take the records in if nobody holds the store, and say goodbye."""
        if self._is_closing or self.pid != os.getpid():
            return
        deadline = time.monotonic() + wait
        self._run_tasks()
        self._is_closing = True
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(max(0.1, deadline - time.monotonic()))
        if self.journal is None:
            return
        if self._backlog:
            self._write_backlog()
        self.append("storage.close", {})
        try:
            self.store.blobs.sync()
            self.journal.sync()
        except OSError:
            pass
        if self._presence is not None:
            self._presence.release()
        self.store.on_lease = None
        own, self.store.own = set(self.store.own), set()
        try:
            self.store.ingest(wait=0.2, budget_s=wait)
        except StoreError:
            pass  # the next reader takes them in
        self.journal.close()
        del own

    def abandon(self) -> None:
        """In a forked child: this is the parent's session, only let go of its descriptors."""
        if self._presence is not None:
            self._presence.abandon()
        if self.journal is not None:
            self.journal.close()


_current: Session | None = None
_making = threading.RLock()
_parent: Session | None = None


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
            _current = Session(Store(store_path(folder)), parent=_parent)
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
        _parent.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(close)
