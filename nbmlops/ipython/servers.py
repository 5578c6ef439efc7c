"""Asks the running Jupyter servers, in the background, which notebook a kernel serves: they know when it is renamed."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbmlops.ipython.frontend import FrontEnd

_TIMEOUT_S = 2.0
AGAIN_S = 10.0


class Lookup:
    """Where the notebook of this kernel is, as far as a server tells.

    `report` is called from a thread of its own, and only when there is something new to say.
    """

    def __init__(self, found: FrontEnd, report: Callable[[FrontEnd], None]) -> None:
        self._found = found
        self._report = report
        self._asked: float | None = None
        self._thread: threading.Thread | None = None

    def again(self) -> None:
        """Look, if the last look is some time ago; never waits."""
        if self._found.name not in ("jupyter", "kernel") or self._found.kernel_id is None:
            return
        now = time.monotonic()
        if self._asked is not None and now - self._asked < AGAIN_S:
            return
        if self._thread is not None and self._thread.is_alive():
            return
        self._asked = now
        self._thread = threading.Thread(target=self._ask, name="nbmlops-notebook-path", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Report nothing any more."""
        self._report = _nobody

    def _ask(self) -> None:
        path = _from_servers(self._found.kernel_id or "")
        if path is not None and path != self._found.notebook:
            self._found = replace(self._found, name="jupyter", notebook=path, notebook_source="sessions")
            self._report(self._found)


def _nobody(found: FrontEnd) -> None:
    """Who was asked for left meanwhile."""


def _from_servers(kernel_id: str) -> str | None:
    """The path of the notebook that owns this kernel, by the sessions API of any running server."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir

        files = sorted(Path(jupyter_runtime_dir()).glob("jpserver-*.json"), key=lambda file: -file.stat().st_mtime)
    except (ImportError, OSError):
        return None
    for file in files:
        try:
            server = json.loads(file.read_text())
            path = _ask(server, kernel_id)
        except (OSError, ValueError, KeyError, TypeError):  # gone, not ours to read, or another protocol
            continue
        if path is not None:
            return os.path.join(server.get("root_dir", ""), path)
    return None


def _ask(server: dict[str, Any], kernel_id: str) -> str | None:
    import urllib.request  # 20 ms, and only this thread needs it

    token = server.get("token") or os.environ.get("JPY_API_TOKEN") or os.environ.get("JUPYTERHUB_API_TOKEN") or ""
    request = urllib.request.Request(server["url"].rstrip("/") + "/api/sessions")
    if token:
        request.add_header("Authorization", f"token {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine only, no proxy
    with opener.open(request, timeout=_TIMEOUT_S) as answer:
        sessions = json.load(answer)
    for session in sessions:
        if (session.get("kernel") or {}).get("id") == kernel_id:
            path = session.get("path") or (session.get("notebook") or {}).get("path")
            return path if isinstance(path, str) and path.endswith(".ipynb") else None
    return None
