"""One store: the DuckDB file, its state folder, and the ways to read it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nbmlops import context
from nbmlops.config import settings
from nbmlops.errors import RecordError, StoreBusy, StoreError, StoreOpenHere, StoreTooNew, StoreUnwritable
from nbmlops.storage import archive, changes, faults, ingest, lease, migrate
from nbmlops.storage.answers import Answers
from nbmlops.storage.blobs import Blobs
from nbmlops.storage.ids import new_id
from nbmlops.storage.layout import Layout

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

OTHERS_S = 0.2  # a read takes in the other sessions' records for at most this long
GONE_S = 3.0  # and those of sessions that are over for as long as this
PATIENCE_S = 1.0  # a read waits for another program at most this long if it has an older answer to give
LONG_QUERY_S = 1.0  # a query that takes longer goes on with a private copy


class Store:
    """A store by its path; nothing is opened until something is asked. Without ``make``, only a file that is there."""

    def __init__(self, path: Path, *, make: bool = True) -> None:
        self.path = path.resolve() if path.is_symlink() else path  # one file, one lock, whatever name it is called by
        self.layout = Layout(self.path)
        self._make = make
        self.blobs = Blobs(self.layout)
        self.id: str | None = None
        self.own: set[str] = set()  # journals of this process
        self.on_lease: Callable[[str], None] | None = None  # told the store's id under every lease
        self._is_here = False  # a lease of this process has seen the file
        self.answers = Answers()

    @property
    def state(self) -> Path:
        return self.layout.state

    @contextmanager
    def lease(self, wait: float, *, foreign_wait: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the store with a current schema; the connection's current catalog is the store.

        Raises
        ------
        StoreError
            See ``nbmlops.storage.lease.lease`` and ``nbmlops.storage.migrate.ensure``.
        """
        import duckdb

        is_deleted = self._is_here and not self.path.exists()
        with lease.lease(self.layout, wait, foreign_wait=foreign_wait, make=self._make) as con:
            try:
                self.id = migrate.ensure(con, self.layout, self.layout.claim_id(self.id), self._backup)
            except duckdb.Error as error:
                raise faults.translate(error, self.path) from None
            self._is_here = True
            self.layout.note_id(self.id)  # the file decides: it may have been replaced
            if is_deleted:
                self._tell_deleted()
            if self.on_lease is not None:
                self.on_lease(self.id)
            try:
                yield con
            except duckdb.Error as error:
                found = faults.translate(error, self.path)
                if not faults.is_known(found) or isinstance(found, StoreOpenHere | StoreTooNew):
                    raise  # the statement's own fault
                raise found from None

    def must_be_here(self) -> None:
        """Refuse if the file was here and is no longer: who only looks makes no new one.

        Raises
        ------
        StoreGone
        """
        if self._is_here:
            lease.must_exist(self.path)

    def ingest(self, *, wait: float = 0.0, budget_s: float = 0.05, own: Collection[str] = ()) -> ingest.Report:
        """Take journals in for about ``budget_s`` seconds; ``own`` ones wholly."""
        with self.lease(wait) as con:
            assert self.id is not None
            return ingest.ingest(con, self.layout, self.id, own=own, deadline=time.monotonic() + budget_s)

    def read(self, question: Callable[[duckdb.DuckDBPyConnection], T], *, key: Hashable = None) -> T:
        """Answer a question that takes well under a second.

        This process's own records up to this call are in, and those of sessions that are over; those of
        others as far as 200 ms reach.

        Parameters
        ----------
        question
            Called with a connection in which ``FROM runs`` works.
        key
            Names the question: while another program holds the file, the last good answer to it
            is given again, with a notice of its age.
        """
        last = self.answers.last(key)
        wait = settings().read_wait_s
        try:
            with self.lease(wait, foreign_wait=wait if last is None else min(wait, PATIENCE_S)) as con:
                assert self.id is not None
                until = time.monotonic() + OTHERS_S
                ingest.ingest(con, self.layout, self.id, own=self.own, deadline=until, patience_s=GONE_S)
                answer = question(con)
        except StoreUnwritable as error:
            if not self.path.exists():
                raise
            if changes.pending_files(self.layout):
                context.tell(f"{error.message}; what is still in the journals is not in this answer")
            answer = self._read_only(question)
        except (StoreBusy, StoreOpenHere) as error:
            if last is None:
                raise
            context.tell(f"{error.message}; this is the answer of {last.age_s:.0f} s ago")
            return last.value  # type: ignore[return-value]
        self.answers.keep(key, answer)
        return answer

    def glance(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Answer a question of the background: this process's own records are no more urgent than others.

        The user's code may log faster than they are taken in, and nobody waits for this answer.
        """
        with self.lease(settings().read_wait_s) as con:
            assert self.id is not None
            ingest.ingest(con, self.layout, self.id, deadline=time.monotonic() + OTHERS_S)
            return question(con)

    def _read_only(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Answer from the file as it is, where nothing can be written: a share, an archive, a full disk."""
        import duckdb

        con = lease.connect()
        try:
            lease.attach(con, self.path, read_only=True)
            con.execute(f"USE {lease.ALIAS}")
            migrate.check(con, self.path)
            return question(con)
        except duckdb.Error as error:
            found = faults.translate(error, self.path)
            if not faults.is_known(found):
                raise
            raise found from None
        finally:
            con.close()

    def read_long(self, question: Callable[[duckdb.DuckDBPyConnection], T], *, key: Hashable = None) -> T:
        """Answer a question of unknown length: after one second it goes on with a private copy of the file.

        Nobody else waits for it longer than that second.
        """
        import duckdb

        def briefly(con: duckdb.DuckDBPyConnection) -> tuple[bool, T | None]:
            expired = threading.Event()

            def stop() -> None:
                expired.set()
                con.interrupt()

            timer = threading.Timer(LONG_QUERY_S, stop)
            timer.daemon = True
            timer.start()
            try:
                return True, question(con)
            except duckdb.InterruptException:
                if not expired.is_set():
                    raise
                return False, None
            finally:
                timer.cancel()
                timer.join()  # a late interrupt must not hit what comes after

        is_done, answer = self.read(briefly, key=key)
        return answer if is_done else self.read_copy(question)  # type: ignore[return-value]

    def read_copy(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Answer a question on a private copy of the file, without holding the store meanwhile."""
        import tempfile

        with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder:
            copy = Path(folder) / "copy.duckdb"
            with lease.locked(self.layout, time.monotonic() + settings().read_wait_s):
                migrate.copy_by_child(self.path, copy)
            con = lease.connect()
            try:
                lease.attach(con, copy)
                con.execute(f"USE {lease.ALIAS}")
                return question(con)
            finally:
                con.close()

    def stamp(self) -> changes.Stamp:
        """Return what changes whenever the store may have."""
        return changes.stamp(self.layout)

    def fetch(self, sha256: str) -> Path:
        """Return the file of a large value; a packed file gives it up from inside.

        Raises
        ------
        RecordError
            It is neither in the blobs folder nor in the file.
        """
        target = self.blobs.path(sha256)
        if not self.blobs.find(sha256) and not self.read(lambda con: self.restore(con, sha256)):
            raise RecordError(f"the value {sha256[:12]}... is gone from {self.layout.blobs}", "copy it back there")
        return target

    def restore(self, con: duckdb.DuckDBPyConnection, sha256: str, catalog: str = "") -> bool:
        """Put a value that is in the file into the blobs folder; False when it is not in it."""
        cursor = con.execute(f"SELECT data FROM {catalog}_nbm.blobs WHERE sha256 = ? ORDER BY part", [sha256])
        first = cursor.fetchone()
        if first is None:
            return False
        rest = iter(cursor.fetchone, None)
        return self.blobs.put(iter(chain((first[0],), (row[0] for row in rest))))[0] == sha256

    def all_taken_in(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Answer a question with the records of all sessions in, however long it takes.

        Raises
        ------
        StoreError
            A journal cannot be taken in: the answer would not be true.
        """
        with self.lease(settings().read_wait_s) as con:
            assert self.id is not None
            report = ingest.ingest(con, self.layout, self.id, own=self.own)
            if report.waiting or report.foreign:
                raise StoreError(
                    f"{len(report.waiting) + len(report.foreign)} journals of other sessions cannot be read here",
                    f"`nbmlops doctor {self.path.name}` says why; a newer nbmlops may have written them",
                )
            return question(con)

    def tidy(self) -> None:
        """Compress and thin out the ingested journals."""
        config = settings()
        archive.tidy(self.layout, days=config.done_days, limit_bytes=config.done_bytes)

    def _tell_deleted(self) -> None:
        if changes.pending_files(self.layout):
            context.tell_once(
                "deleted",
                f"{self.path} was deleted; a new one was made from the journals that are still open. "
                f"`nbmlops doctor --rebuild {self.path.name}` brings back what older journals hold",
            )

    def _backup(self) -> None:
        """Copy the file before a migration changes it; the attached file is unchanged, so a child can read it."""
        folder = self.layout.state / "backup"
        migrate.copy_by_child(self.path, folder / f"{self.path.stem}-{new_id()}.duckdb")
        for old in sorted(folder.glob("*.duckdb"))[: -migrate.BACKUPS_KEPT]:
            old.unlink(missing_ok=True)


@dataclass(frozen=True)
class StoreInfo:
    """What ``ml.store()`` answers.

    Attributes
    ----------
    path, state
        The DuckDB file and the folder of journals and blobs beside it.
    size_bytes, blob_bytes
        Size of the file, and of the large values beside it.
    pending_bytes
        Bytes of journals not yet taken into the file (they are safe, and every read takes them in).
    holder
        Who holds the file at this moment, or an empty text.
    store_id
        Identity of the store, also written in every journal.
    problem
        Why the store cannot be used right now, or an empty text.
    """

    path: Path
    state: Path
    size_bytes: int
    blob_bytes: int
    pending_bytes: int
    holder: str
    store_id: str
    problem: str

    def __str__(self) -> str:
        lines = [
            f"store      {self.path}",
            f"size       {self.size_bytes:,} bytes, and {self.blob_bytes:,} bytes of large values in {self.state}",
            f"pending    {self.pending_bytes:,} bytes in journals, not in the file yet",
            f"held by    {self.holder or 'nobody'}",
        ]
        return "\n".join(lines + ([f"problem    {self.problem}"] if self.problem else []))

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(str(self))  # type: ignore[attr-defined]


def describe(store: Store) -> StoreInfo:
    """Look at a store without waiting for anybody."""
    layout = store.layout
    holder = problem = ""
    offsets: dict[str, int] = {}
    if store.path.exists():
        try:
            with store.lease(0.05) as con:
                offsets = dict(con.execute("SELECT journal_id, bytes FROM _nbm.journals").fetchall())
        except (StoreBusy, StoreOpenHere) as error:
            holder = error.message.split(" is ", 1)[-1]
        except StoreError as error:
            problem = error.message
    pending = sum(max(0, size - offsets.get(name, 0)) for name, size in changes.pending_files(layout))
    blob_bytes = sum(store.blobs.path(sha256).stat().st_size for sha256 in store.blobs.digests())
    size = os.stat(store.path).st_size if store.path.exists() else 0
    return StoreInfo(
        store.path, layout.state, size, blob_bytes, pending, holder, store.id or layout.read_id() or "", problem
    )
