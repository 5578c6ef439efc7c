"""One store as the server uses it: short leases, never made anew, written through a session of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nbmlops.errors import StoreUnwritable
from nbmlops.storage import changes
from nbmlops.storage.lease import must_exist
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store
from nbmlops.ui.desk import Desk

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

WAIT_S: Final = 2.0  # a browser is better told that a file is busy than kept waiting
IDLE_S: Final = 120.0  # a session that wrote nothing for so long is ended


class Served(Store):
    """A store that others make and own: if its file is not there, that is said."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, make=False)
        self._offsets: dict[str, int] = {}

    def read(self, question: Callable[[duckdb.DuckDBPyConnection], T], *, key: Hashable = None) -> T:
        """Answer a question; see ``Store.read``. What is busy is said: the desk keeps the answers, with their age."""

        def look(con: duckdb.DuckDBPyConnection) -> T:
            rows = con.execute("SELECT journal_id, bytes FROM _nbm.journals WHERE NOT is_complete").fetchall()
            self._offsets = dict(rows)
            return question(con)

        return super().read(look)

    @property
    def pending_bytes(self) -> int:
        """Bytes of the journals that were not in the file when it was last asked."""
        files = changes.pending_files(self.layout)
        return sum(max(0, size - self._offsets.get(name, 0)) for name, size in files)

    @contextmanager
    def lease(self, wait: float, *, foreign_wait: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the store for a moment; see ``Store.lease``.

        Raises
        ------
        StoreGone
            There is no file.
        """
        self.must_exist()
        with super().lease(min(wait, WAIT_S), foreign_wait=foreign_wait) as con:
            yield con

    def must_exist(self) -> None:
        """Refuse what is not there, before its folder is made."""
        must_exist(self.path)


class StoreDesk:
    """The desk of one store, and what is known of it without opening it."""

    def __init__(self, path: Path, root: Path) -> None:
        self.store = Served(path)
        self.desk = Desk(self.store, self.append, root)
        self.runs: int | None = None
        self._counted: str | None = None
        self._session: Session | None = None
        self._written = 0.0
        self._guard = threading.RLock()

    # -- reading

    def stamp(self) -> str:
        """What changes whenever the store may have, the end of a process that writes to it included."""
        return "-".join(map(str, (*self.store.stamp(), changes.writers(self.store.layout))))

    def count(self) -> None:
        """Learn how many runs there are, if anything changed."""
        stamp = self.stamp()
        if stamp == self._counted:
            return

        def look(con: duckdb.DuckDBPyConnection) -> None:
            row = con.execute("SELECT count(*) FROM _nbm.run_heads WHERE deleted_at IS NULL").fetchone()
            self.runs = int(row[0]) if row else 0

        self.store.read(look)
        self._counted = self.stamp()

    # -- writing

    def append(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Write one record.

        Raises
        ------
        StoreGone, StoreUnwritable
            Nothing was written.
        """
        with self._guard:
            self.store.must_exist()
            session = self._session or Session(self.store)
            self._session, self._written = session, time.monotonic()
            if session.writer.journal is not None:
                session.append(kind, payload)
            if session.writer.is_holding_back:
                self._session = None
                session.abandon()
                raise StoreUnwritable(
                    f"nothing can be written beside {self.store.path}, so nothing was changed",
                    "free space or fix the permissions of its folder, then do it again",
                )

    def rest(self) -> None:
        """End a session that has nothing to do."""
        with self._guard:
            if self._session is not None and time.monotonic() - self._written > IDLE_S:
                self.close()

    def close(self) -> None:
        """End the session."""
        with self._guard:
            session, self._session = self._session, None
            if session is not None:
                session.close()
