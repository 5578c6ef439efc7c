"""The surroundings of a run (packages, platform, git), looked at in the background."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from nbmlops.storage.session import Session
from nbmlops.tracking import sessions

if TYPE_CHECKING:
    from nbmlops.tracking.run import Run

_written: set[tuple[str, str]] = set()  # (session, environment) on record already


def look_around(run: Run) -> None:
    """Record environment and git state of a run without making its cell wait."""
    session = sessions.current()
    folder = sessions.folder() or Path(os.getcwd())
    session.soon(lambda: _record(session, run, folder))


def _record(session: Session, run: Run, folder: Path) -> None:
    from nbmlops.tracking.surroundings import environment, git

    found = environment.current()
    if (session.id, found.environment_id) not in _written:
        _written.add((session.id, found.environment_id))
        payload = dict(found.payload())
        session.append("tracking.environment", {"environment": payload.pop("environment_id"), **payload})
    fields = {"environment_id": found.environment_id}
    notebook = sessions.notebook()
    layout = session.store.layout
    own = [layout.path, layout.path.with_name(f"{layout.path.name}.wal"), layout.state.parent]
    state = git.state(folder, [*own, Path(notebook)] if notebook else own)
    if state is not None:
        fields["git_sha"] = state.sha or ""
        if state.dirty is not None:  # git did not answer in time
            fields["git_dirty"] = "true" if state.dirty else "false"
    for field, value in fields.items():
        session.append("tracking.run.set", {"run": run.id, "field": field, "value": value})
