"""A store of its own for every test, with the session of this process in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from nbmlops import context
from nbmlops.storage import session
from nbmlops.tracking import api, current


@dataclass
class Live:
    """The store under test, and what the user was told."""

    folder: Path
    told: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "mlops.duckdb"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query through the public API; NULL (and NaN) is None."""
        frame = api.sql(query).astype(object)
        return [tuple(row) for row in frame.where(frame.notna(), None).itertuples(index=False)]

    def one(self, query: str) -> Any:
        """The only value of a query."""
        ((value,),) = self.rows(query)
        return value


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A fresh folder that holds this process's store."""
    found = Live(tmp_path)
    monkeypatch.setenv("NBMLOPS_STORE", str(found.path))
    session.close()
    context.install_notices(found.told.append)
    yield found
    for run in list(current.active.values()):
        run.end()
    session.close()
    context.install_notices(None)
    api.use(experiment=None, seed=None)
    api.capture(True)
