"""Files that runs kept, by run and name: only what the store lists."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbmlops.errors import UsageError
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Artifact:
    """A kept file and what a person calls it."""

    file: Path
    name: str


def find(store: Store, run: str, path: str) -> Artifact:
    """The file that a run logged under ``path`` (a name in the store, not a path of this machine).

    Raises
    ------
    UsageError
        The run has none of that name.
    RecordError
        It is listed, but its content is gone.
    """

    def look(con: duckdb.DuckDBPyConnection) -> str | None:
        row = con.execute("SELECT sha256 FROM artifacts WHERE run_id = ? AND path = ?", [run, path]).fetchone()
        return str(row[0]) if row is not None and row[0] is not None else None

    sha256 = store.read(look)
    if sha256 is None:
        raise UsageError(f"the run kept no file named {path[:80]!r}", "its page lists what it kept")
    return Artifact(store.fetch(sha256), path.rsplit("/", 1)[-1] or "artifact")
