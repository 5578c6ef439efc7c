"""Which front end this kernel serves, and the notebook's path. Never blocks, never warns."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_KERNEL_FILE = re.compile(r"kernel-(?P<id>[\w.-]+)\.json$")
_BATCH = (
    ("papermill", "papermill"),
    ("nbconvert", "nbclient"),
    ("nbclient", "nbclient"),
    ("jupyter-execute", "nbclient"),
)
_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class FrontEnd:
    """Where the user is looking."""

    name: str
    notebook: str | None = None
    notebook_source: str | None = None
    kernel_id: str | None = None


def detect(shell: Any) -> FrontEnd:
    """What the process itself tells, at once."""
    if shell is None:
        return FrontEnd("script", _script(), "argv")
    if getattr(shell, "kernel", None) is None:
        return FrontEnd("terminal")
    kernel_id = _kernel_id()
    user_ns = getattr(shell, "user_ns", None) or {}
    if isinstance(path := user_ns.get("__vsc_ipynb_file__"), str):
        return FrontEnd("vscode", path, "vscode", kernel_id)
    if "google.colab" in sys.modules:
        return FrontEnd("colab", None, None, kernel_id)
    session = os.environ.get("JPY_SESSION_NAME")
    if session:
        is_path = session.endswith(".ipynb")
        return FrontEnd("jupyter", session if is_path else None, "JPY_SESSION_NAME" if is_path else None, kernel_id)
    return FrontEnd(_parent_program() or "kernel", None, None, kernel_id)


def look_up(found: FrontEnd, report: Callable[[FrontEnd], None]) -> threading.Thread | None:
    """Ask the running Jupyter servers in the background; they know a renamed notebook.

    `report` is called from that thread, and only when there is something better to say.
    """
    if found.name not in ("jupyter", "kernel") or found.kernel_id is None:
        return None

    def ask() -> None:
        path = _from_servers(found.kernel_id or "")
        if path is not None and path != found.notebook:
            report(replace(found, name="jupyter", notebook=path, notebook_source="sessions"))

    thread = threading.Thread(target=ask, name="nbmlops-notebook-path", daemon=True)
    thread.start()
    return thread


def _script() -> str | None:
    program = sys.argv[0] if sys.argv else ""
    return os.path.abspath(program) if program and os.path.exists(program) else None


def _kernel_id() -> str | None:
    connection = getattr(sys.modules.get("ipykernel.kernelapp"), "IPKernelApp", None)
    if connection is None or not connection.initialized():
        return None
    found = _KERNEL_FILE.search(str(connection.instance().connection_file))
    return found["id"] if found else None


def _parent_program() -> str | None:
    """The program that started this kernel, when it is one that executes notebooks from top to bottom."""
    import psutil

    try:
        words = [os.path.basename(word) for word in psutil.Process(os.getppid()).cmdline()[:4]]
    except psutil.Error:
        return None
    return next((name for word, name in _BATCH if any(word in part for part in words)), None)


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
