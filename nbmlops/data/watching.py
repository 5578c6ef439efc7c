"""Files that a run read or wrote, noticed without a change to its code: opened ones, and those its cells name.

These are inputs seen, never all inputs: what a library opens by itself, without Python, is seen if a cell names it.
"""

from __future__ import annotations

import ast
import glob
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from nbmlops import context
from nbmlops.config import settings
from nbmlops.data import edges, folders, place
from nbmlops.errors import MLError

Role = Literal["in", "out"]
_AT_ONCE: Final = 8 << 20  # bytes that are hashed before a run ends; the rest is in the background
_MOST: Final = 200
_LONGEST: Final = 4096
_CODE: Final = (
    ".py", ".pyc", ".so", ".pyd", ".dll", ".ipynb", ".pth", ".pyi", ".ttf", ".otf", ".afm", ".mplstyle", ".duckdb",
    ".wal",
)  # fmt: skip
_QUOTED: Final = re.compile(r"'((?:[^']|'')+)'")
_WRITES: Final = os.O_WRONLY | os.O_RDWR


@dataclass
class _Seen:
    """What one run opened so far."""

    began: float = field(default_factory=time.time)
    roles: dict[tuple[str, Role], None] = field(default_factory=dict)


_log = logging.getLogger("nbmlops")
_runs: dict[str, _Seen] = {}
_lock = threading.Lock()


def begin(run_id: str) -> None:
    """Notice from now on what a run opens."""
    if not settings().capture_data or not context.is_capturing:
        return
    with _lock:
        _runs[run_id] = _Seen()
    _install()


def end(run_id: str) -> None:
    """Put on record what a run opened; a fault in here must not keep the run from ending."""
    with _lock:
        seen = _runs.pop(run_id, None)
    if seen is None or not seen.roles:
        return
    try:
        _record(run_id, seen)
    except Exception as error:  # noqa: BLE001 - see above
        _log.warning("what run %s read is not on record: %r", run_id, error)


def _record(run_id: str, seen: _Seen) -> None:
    small: list[tuple[str, Role]] = []
    large: list[tuple[str, Role]] = []
    room = _AT_ONCE
    for path, role in list(seen.roles)[:_MOST]:
        try:
            size = os.stat(path).st_size
        except OSError:
            continue  # a temporary file
        room -= size
        (small if room >= 0 else large).append((path, role))
    _note(run_id, small)
    if large:
        place.session().soon(lambda: _note(run_id, large))


def names_in(run_id: str, tree: ast.AST, namespace: Mapping[str, Any]) -> None:
    """Notice the files that a cell names: by texts, in SQL, and by the paths in variables that it reads."""
    seen = _runs.get(run_id)
    if seen is None:
        return
    try:
        _name(seen, tree, namespace)
    except Exception as error:  # noqa: BLE001 - objects of the user may do anything, and the cell is over
        _log.warning("what the cell of run %s names was not looked at: %r", run_id, error)


def _name(seen: _Seen, tree: ast.AST, namespace: Mapping[str, Any]) -> None:
    for text in _texts(tree, namespace):
        for path in _files(text):
            try:
                is_new = os.stat(path).st_mtime >= seen.began - 0.05
            except OSError:
                continue
            if (path, "out") not in seen.roles and (path, "in") not in seen.roles and not _is_ours(path):
                seen.roles[path, "out" if is_new else "in"] = None


def _texts(tree: ast.AST, namespace: Mapping[str, Any]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield from _QUOTED.findall(node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = namespace.get(node.id)
            if isinstance(value, str | Path):
                yield str(value)


def _files(text: str) -> list[str]:
    """The files that a text names: itself, or what it matches."""
    if not text or len(text) > _LONGEST or "\0" in text or "\n" in text or not re.search(r"[./\\]", text):
        return []
    try:
        if os.path.isfile(text):
            return [os.path.abspath(text)]
        if glob.has_magic(text) and os.path.dirname(text) != "/" and re.search(r"\.\w+$", text):
            found = sorted(glob.glob(text))[:_MOST]
            return [os.path.abspath(path) for path in found if os.path.isfile(path)]
    except (OSError, ValueError, re.error):
        pass
    return []


@cache
def _install() -> None:
    """Audit hooks cannot be removed: there is one for the life of the process."""
    sys.addaudithook(_on_audit)


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _runs:
        return
    try:
        _see(*arguments)
    except Exception:  # noqa: BLE001 - what fails in here would fail the open() of the user
        pass


def _see(path: Any, mode: Any, flags: Any) -> None:
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str | os.PathLike):
        return
    run = context.thread_run()
    seen = _runs.get(run.id) if run is not None else next(iter(_runs.values())) if len(_runs) == 1 else None
    if seen is None or len(seen.roles) >= 10 * _MOST:
        return
    name = os.path.abspath(path)
    if _is_ours(name):
        return
    is_written = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITES)
    seen.roles[name, "out" if is_written else "in"] = None


@cache
def _libraries() -> tuple[str, ...]:
    ours = os.path.dirname(os.path.dirname(__file__))
    roots = {ours, sys.prefix, sys.base_prefix, "/usr", "/proc", "/sys", "/dev", "/etc"}
    return tuple(f"{os.path.abspath(root)}{os.sep}" for root in roots)


def _is_ours(path: str) -> bool:
    """Whether it is code, part of a library, or hidden: no data of the user."""
    return path.endswith(_CODE) or f"{os.sep}." in path or path.startswith(_libraries())


def _note(run_id: str, found: list[tuple[str, Role]]) -> None:
    for path, role in found:
        try:
            content = folders.manifest(path).content_id
        except MLError:
            continue  # it is gone, or changes: nothing certain can be said
        except OSError:
            continue
        edges.note(role, source=path, content_id=content, run=run_id)
