"""Stores and journals for the tests of this folder."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from nbmlops.storage import journal, liveness, migrate
from nbmlops.storage.ids import new_id
from nbmlops.storage.ingest import Report, ingest
from nbmlops.storage.journal import Journal
from nbmlops.storage.layout import Layout
from nbmlops.storage.store import Store

START_NS = 1_767_225_600_000_000_000  # 2026-01-01 00:00 UTC
RUN = "01kdw1000000000000"


def header(store_id: str, session_id: str = "s1", host: str | None = None, **more: Any) -> dict[str, Any]:
    """The header of a session that is not alive (nobody holds its lock)."""
    return {"store_id": store_id, "session_id": session_id, "host": host or liveness.host(), **more}


def line(kind: str, payload: Mapping[str, Any], n: int = 0, version: int = 1) -> bytes:
    return journal.encode(kind, payload, n, version)


def log(n: int, value: Any = 0.5, key: str = "loss", run: str = RUN, step: Any = None) -> bytes:
    return line("tracking.log", {"run": run, "s": n if step is None else step, "m": {key: value}}, n)


def begin(run: str = RUN, n: int = 0, name: str = "a") -> bytes:
    payload = {"run": run, "name": name, "experiment": "e", "kind": "run", "ordinal": 1}
    return line("tracking.run.begin", payload, n)


def new_store(folder: Path, name: str = "mlops.duckdb") -> Store:
    """A store that is there, with its id."""
    store = Store(folder / name)
    with store.lease(5):
        pass
    return store


def write(store: Store, lines: Iterable[bytes], session: str = "s1", **more: Any) -> Path:
    """A journal of a session that is over."""
    written = Journal(
        store.layout.journals / f"{session}-{new_id()[-6:]}{journal.SUFFIX}",
        header(more.pop("store_id", store.id or ""), session, **more),
    )
    written.extend(b"".join(lines))
    return written.path


def rows(store: Store, sql: str) -> list[Any]:
    """The answer to a query, with everything taken in before."""
    return store.read(lambda con: con.execute(sql).fetchall())


def values(store: Store) -> list[tuple[Any, ...]]:
    return rows(store, "SELECT step, value FROM metrics ORDER BY ALL")


class Table:
    """A database in memory beside a state folder, for tests that ingest very often."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder / "mlops.duckdb")
        self.layout.make()
        self.con = duckdb.connect()
        self.con.execute("ATTACH ':memory:' AS store")
        self.con.execute("USE store")
        self.id = migrate.ensure(self.con, self.layout, new_id())

    def ingest(self, con: Any = None, **options: Any) -> Report:
        return ingest(con or self.con, self.layout, self.id, **options)

    def all(self, sql: str) -> list[Any]:
        return self.con.execute(sql).fetchall()


def wait_for(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer; a test that waits in vain says for what."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.005)
    raise AssertionError(f"in vain: {condition}")
