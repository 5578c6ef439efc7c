"""Pythons with what nbmlops is measured against: given ones, else environments that are built once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

WANTED = {"tracking": ("mlflow", "trackio"), "data": ("dvc", "datacompy")}
_ASK = "import importlib.util as u, sys; print(*(name for name in sys.argv[1:] if u.find_spec(name)))"


def peers_python(what: str, given: Sequence[str], folder: Path) -> str | None:
    """Python with the packages of one of `WANTED`: one of those given, else of an environment built in ``folder``."""
    wanted = WANTED[what]
    for python in given:
        found = subprocess.run([python, "-c", _ASK, *wanted], capture_output=True, text=True, check=True).stdout
        if set(found.split()) == set(wanted):
            return python
    return None if given else _built(folder / what, wanted)


def _built(folder: Path, wanted: Sequence[str]) -> str | None:
    made = folder / "bin" / "python"
    if (folder / "complete").exists():
        return str(made)
    print(f"building an environment with {' and '.join(wanted)} (minutes) ...", file=sys.stderr, flush=True)
    built = subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)]).returncode == 0
    for pip in (sys.executable, getattr(sys, "_base_executable", sys.executable)):
        command = [pip, "-m", "pip", "--python", str(made), "install", "-q", *wanted]
        if built and subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            (folder / "complete").touch()
            return str(made)
    return None
