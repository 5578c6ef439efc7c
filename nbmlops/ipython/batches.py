"""Programs that execute notebooks from top to bottom: which one started this kernel, and for which notebook."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

_PROGRAMS = (
    ("papermill", "papermill"),
    ("nbconvert", "nbclient"),
    ("nbclient", "nbclient"),
    ("jupyter-execute", "nbclient"),
)


class Batch(NamedTuple):
    """Such a program at work."""

    name: str
    notebook: str | None


def parent() -> Batch | None:
    """The program that started this kernel, when it is one of them; never raises."""
    import psutil

    try:
        process = psutil.Process(os.getppid())
        words = process.cmdline()
        found = named(words)
        if found is None or found.notebook is None or "://" in found.notebook:
            return found
        path = os.path.normpath(os.path.join(process.cwd(), found.notebook))
    except (psutil.Error, OSError):
        return None
    return found._replace(notebook=path)


def named(words: Sequence[str]) -> Batch | None:
    """The program and the notebook that a command line names.

    papermill names the notebook it reads first, then the one it writes: what somebody wrote counts.
    Of several notebooks none can be told to be this kernel's.
    """
    programs = [os.path.basename(word) for word in words[:4] if not _is_notebook(word)]
    name = next((name for word, name in _PROGRAMS if any(word in part for part in programs)), None)
    if name is None:
        return None
    notebooks = [
        word
        for before, word in zip(("", *words), words, strict=False)
        if _is_notebook(word) and before != "--output"  # which is written, not executed
    ]
    if name != "papermill" and len(set(notebooks)) > 1:
        return Batch(name, None)
    return Batch(name, notebooks[0] if notebooks else None)


def _is_notebook(word: str) -> bool:
    return word.endswith(".ipynb") and not word.startswith("-")
