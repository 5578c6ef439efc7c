"""Tells the Jupyter server which store a kernel writes to: one small file in the runtime folder."""

from __future__ import annotations

import atexit
import json
import os
from pathlib import Path

from nbmlops.storage.layout import write_private
from nbmlops.storage.session import Session

FOLDER = "nbmlops"


class Announcement:
    """The file ``<runtime folder>/nbmlops/<kernel id>.json`` with store, session and pid; there while the kernel is."""

    def __init__(self, kernel_id: str | None) -> None:
        self._kernel_id = kernel_id
        self._path: Path | None = None

    def make(self, session: Session) -> None:
        """Write the file; a runtime folder that cannot be written is no reason to say anything."""
        if self._kernel_id is None:
            return
        from jupyter_core.paths import jupyter_runtime_dir

        path = Path(jupyter_runtime_dir()) / FOLDER / f"{self._kernel_id}.json"
        said = {"store": str(session.store.path), "session": session.id, "pid": os.getpid()}
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, json.dumps(said).encode())
        except OSError:
            return
        self._path = path
        atexit.register(self.withdraw)

    def withdraw(self) -> None:
        """Remove the file."""
        path, self._path = self._path, None
        if path is not None:
            path.unlink(missing_ok=True)
            atexit.unregister(self.withdraw)
