"""What a run reads and writes, noticed without a change to its code.

Four nets: files that Python opens, readers and writers of the libraries that open by themselves, files that the cells
of the run name, and what is passed to ``fit``. These are inputs seen, never all inputs.
"""

from __future__ import annotations

import ast
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from nbmlops import context
from nbmlops.config import settings
from nbmlops.data import edges, folders, place, seen_paths, watched
from nbmlops.data.watched import Role, Seen
from nbmlops.errors import MLError

_AT_ONCE: Final = 8 << 20  # bytes that are hashed before a run ends; the rest is in the background
_FEW: Final = 200  # files of a folder that is looked at before a run ends
_WRITES: Final = os.O_WRONLY | os.O_RDWR
_log = logging.getLogger("nbmlops")


def begin(run_id: str) -> None:
    """Notice from now on what a run reads and writes."""
    if not settings().capture_data or not context.is_capturing:
        return
    watched.begin(run_id)
    _install()
    try:
        from nbmlops.data import wrapping

        wrapping.put_on()
    except Exception as error:  # noqa: BLE001 - a library that cannot be wrapped must not keep the run from beginning
        _log.warning("readers of other libraries are not noticed: %r", error)


def end(run_id: str) -> None:
    """Put on record what a run read and wrote; a fault in here must not keep the run from ending."""
    seen = watched.end(run_id)
    if seen is None:
        return
    try:
        from nbmlops.data import wrapping

        wrapping.rest()
        _record(seen)
    except Exception as error:  # noqa: BLE001 - see above
        _log.warning("what run %s read is not on record: %r", run_id, error)


def leave() -> None:
    """Take everything off other libraries again."""
    if (wrapping := sys.modules.get("nbmlops.data.wrapping")) is not None:
        wrapping.take_off()


def _record(seen: Seen) -> None:
    for address, role in seen.remote:
        edges.note(role, source=address, run=seen.run_id)
    small: list[tuple[str, Role]] = []
    large: list[tuple[str, Role]] = []
    room = _AT_ONCE
    for path, role in list(seen.places)[: seen_paths.MOST]:
        size = _size(path)
        if size is None:
            continue  # a temporary file
        room -= size
        (small if room >= 0 else large).append((path, role))
    _note(seen, small)
    if large:
        place.session().soon(lambda: _note(seen, large))


def _size(path: str) -> int | None:
    """Bytes of a file, or of all files of a folder; of one with many files more than is looked at at once."""
    if not os.path.isdir(path):
        found = watched.stamp(path)
        return None if found is None else found[0]
    count = total = 0
    for folder, _, names in os.walk(path):
        count += len(names)
        if count > _FEW:
            return _AT_ONCE + 1
        total += sum((watched.stamp(os.path.join(folder, name)) or (0,))[0] for name in names)
    return total


def names_in(run_id: str, tree: ast.AST, namespace: Mapping[str, Any]) -> None:
    """Notice the files that a cell names: by texts, in SQL, and by the paths in variables that it reads."""
    seen = watched.runs.get(run_id)
    if seen is None:
        return
    try:
        for path in seen_paths.of_cell(tree, namespace):
            _name(seen, path)
    except Exception as error:  # noqa: BLE001 - objects of the user may do anything, and the cell is over
        _log.warning("what the cell of run %s names was not looked at: %r", run_id, error)


def _name(seen: Seen, path: str) -> None:
    if (path, "out") in seen.places or (path, "in") in seen.places or seen_paths.is_ours(path):
        return
    try:
        is_new = os.stat(path).st_mtime >= seen.began - 0.05
    except OSError:
        return
    seen.add(path, "out" if is_new else "in")


@cache
def _install() -> None:
    """Audit hooks cannot be removed: there is one for the life of the process."""
    sys.addaudithook(_on_audit)


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not watched.runs:
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
    seen = watched.current()
    if seen is None:
        return
    name = os.path.abspath(path)
    if seen_paths.is_ours(name):
        return
    is_written = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITES)
    seen.add(name, "out" if is_written else "in")


def _note(seen: Seen, found: Iterable[tuple[str, Role]]) -> None:
    for path, role in found:
        before = seen.places[path, role]
        if before is not None and before != watched.stamp(path):
            edges.note(role, source=path, run=seen.run_id)  # it is another file now: what was read cannot be told
            continue
        try:
            with watched.unwatched():
                content = folders.manifest(path).content_id
        except MLError:
            continue  # it is gone, or changes: nothing certain can be said
        except OSError:
            continue
        edges.note(role, source=path, content_id=content, run=seen.run_id)
