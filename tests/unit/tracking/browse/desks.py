"""A desk over a store that is filled by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbmlops.storage.answers import Answers
from nbmlops.ui.desk import Desk, answer
from tests.unit.tracking.tracking_store import TinyStore


class FakeStore:
    """Answers questions from a connection; its blobs are files of one folder."""

    def __init__(self, store: TinyStore, folder: Path) -> None:
        self.con = store.con
        self.folder = folder
        self.answers = Answers()

    def read(self, question: Callable[[Any], Any], *, key: object = None) -> Any:
        return question(self.con)

    def fetch(self, sha256: str) -> Path:
        assert "/" not in sha256
        return self.folder / sha256

    def put(self, data: bytes) -> str:
        """Keep a blob; its digest."""
        sha256 = hashlib.sha256(data).hexdigest()
        (self.folder / sha256).write_bytes(data)
        return sha256


class Asked:
    """Asks as a browser does; the answer's data, or what it was refused with."""

    def __init__(self, tiny: TinyStore, folder: Path) -> None:
        self.tiny = tiny
        self.store = FakeStore(tiny, folder)
        self.written: list[tuple[str, Mapping[str, Any]]] = []
        self.desk = Desk(self.store, lambda kind, payload: self.written.append((kind, payload)))

    def __call__(self, name: str, **args: Any) -> Any:
        found = answer(self.desk, {"id": 1, "kind": "view", "name": name, "args": args})
        assert found["id"] == 1
        return found["data"] if found["ok"] else found["error"]
