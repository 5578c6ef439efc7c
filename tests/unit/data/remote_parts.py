"""A small frame, another store, and a remote that fails at a chosen move."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nbmlops.data import remote_places, remotes
from nbmlops.storage import session


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"id": range(rows), "name": [f"n{at}" for at in range(rows)]})


def elsewhere(tmp_path: Path, name: str = "other") -> Path:
    """Go on in another store, empty at first."""
    session.close()
    path = tmp_path / name / "mlops.duckdb"
    path.parent.mkdir(exist_ok=True)
    os.environ["NBMLOPS_STORE"] = str(path)  # the fixture `store` puts it back
    return path


def back(store: Path) -> None:
    session.close()
    os.environ["NBMLOPS_STORE"] = str(store)


def blobs(store: Path) -> list[Path]:
    return [path for path in (store.parent / ".nbmlops" / "mlops" / "blobs").rglob("*") if path.is_file()]


class Breaking:
    """A place that fails at the n-th call that moves something, and at all that come later."""

    def __init__(self, real: remote_places.Place, allowed: int) -> None:
        self.real = real
        self.allowed = allowed

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.real, name)
        if name not in ("put", "get", "write", "create"):
            return method

        def moving(*values: Any) -> Any:
            self.allowed -= 1
            if self.allowed < 0:
                if name == "get":
                    Path(values[1]).write_bytes(b"half of i")
                raise OSError("connection reset by peer")
            return method(*values)

        return moving


def breaking(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    real = remotes.at
    monkeypatch.setattr(remotes, "at", lambda *values: Breaking(real(*values), allowed))
