"""Which front end this kernel serves, and the notebook's path. Never blocks, never warns."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from typing import Any

from nbmlops.ipython import batches

_KERNEL_FILE = re.compile(r"kernel-(?P<id>[\w.-]+)\.json$")


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
    batch = batches.parent()  # before the environment, which may be that of a notebook that started it
    if batch is not None:
        return FrontEnd(batch.name, batch.notebook, batch.notebook and "command line", kernel_id)
    if "google.colab" in sys.modules:
        return FrontEnd("colab", None, None, kernel_id)
    session = os.environ.get("JPY_SESSION_NAME")
    if session:
        is_path = session.endswith(".ipynb")
        return FrontEnd("jupyter", session if is_path else None, "JPY_SESSION_NAME" if is_path else None, kernel_id)
    return FrontEnd("kernel", None, None, kernel_id)


def _script() -> str | None:
    program = sys.argv[0] if sys.argv else ""
    return os.path.abspath(program) if program and os.path.exists(program) else None


def _kernel_id() -> str | None:
    connection = getattr(sys.modules.get("ipykernel.kernelapp"), "IPKernelApp", None)
    if connection is None or not connection.initialized():
        return None
    found = _KERNEL_FILE.search(str(connection.instance().connection_file))
    return found["id"] if found else None
