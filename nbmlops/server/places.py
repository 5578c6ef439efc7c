"""Which stores a server gives access to: below its root, on its list, and those that a kernel announced."""

from __future__ import annotations

import json
import os
import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nbmlops.config import STORE_NAME, nearest_store
from nbmlops.errors import UsageError

ANNOUNCED: Final = "nbmlops"  # folder of the runtime folder, see nbmlops/ipython/whereabouts.py
SEARCH_S: Final = 0.5  # looking through the root takes at most this long
SEARCH_DEPTH: Final = 6
SEARCHED_FOR_S: Final = 5.0  # what was found is believed for as long as this
_SKIPPED: Final = frozenset({"node_modules", "site-packages", "__pycache__", "lost+found"})
_KERNEL_ID: Final = re.compile(r"[\w-]{1,64}")


@dataclass(frozen=True)
class Place:
    """A store file that may be served."""

    path: Path  # without links
    shown: str  # as a person knows it: below the server's root, or the home folder


class Places:
    """Finds the stores of a server, and refuses everything else.

    Parameters
    ----------
    root
        The folder that the server serves.
    listed
        Files, or folders that have an ``mlops.duckdb``, which the owner of the server named.
    runtime
        The Jupyter runtime folder, in which kernels say where they write.
    """

    def __init__(self, root: Path, listed: list[Path], runtime: Path) -> None:
        self.root = root.resolve()
        self._listed = listed
        self._runtime = runtime / ANNOUNCED
        self._welcome: set[Path] = set()  # reached through a link, or announced by a kernel of this user
        self._found: list[Path] = []
        self._searched = float("-inf")

    def of_notebook(self, notebook: str) -> Place | None:
        """The nearest store at or above a notebook, given by its path relative to the root.

        A folder of the root that is a link leads to where the server's own file browser goes, too.

        Raises
        ------
        UsageError
            The path leaves the root.
        """
        path = Path(os.path.normpath(self.root / notebook.lstrip("/")))
        if "\0" in notebook or not path.is_relative_to(self.root):
            raise UsageError(
                "the notebook is not below the folder that this server serves", "open it from the file browser"
            )
        try:
            found = nearest_store(path.parent) if path.parent.is_dir() else None
            if found is not None and found.is_relative_to(self.root):
                self._welcome.add(found.resolve())
        except (OSError, RuntimeError):
            return None
        return self.permitted(found) if found is not None else None

    def of_kernel(self, kernel: str) -> Place | None:
        """The store that a running kernel says it writes to; its file may not be there yet."""
        if not _KERNEL_ID.fullmatch(kernel):
            return None
        return self._announced(self._runtime / f"{kernel}.json")

    def all(self) -> Iterator[Place]:
        """Every store that can be found: the listed ones, the kernels', and those below the root."""
        seen: set[Path] = set()
        for path in (*self._listed_files(), *self._kernels(), *self._search()):
            place = self.permitted(path)
            if place is not None and place.path not in seen:
                seen.add(place.path)
                yield place

    def permitted(self, path: Path) -> Place | None:
        """The store file at ``path``, if it is one that this server may open; links are followed first."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError):
            return None
        if real.is_relative_to(self.root):
            return Place(real, real.relative_to(self.root).as_posix())
        if real in self._welcome or real in (file.resolve() for file in self._listed_files()):
            home = Path.home()
            return Place(real, f"~/{real.relative_to(home).as_posix()}" if real.is_relative_to(home) else str(real))
        return None

    def _listed_files(self) -> list[Path]:
        return [path / STORE_NAME if path.is_dir() else path for path in self._listed]

    def _kernels(self) -> Iterator[Path]:
        try:
            names = sorted(entry.path for entry in os.scandir(self._runtime) if entry.name.endswith(".json"))
        except OSError:
            return
        for name in names:
            place = self._announced(Path(name))
            if place is not None:
                yield place.path

    def _announced(self, file: Path) -> Place | None:
        """Believe a file of this user whose process runs; what was welcome once stays so while the server runs."""
        import psutil

        try:
            if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
                return None
            said = json.loads(file.read_bytes())
            path, pid = Path(str(said["store"])), int(said["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not path.is_absolute() or not psutil.pid_exists(pid):
            return None
        self._welcome.add(path.resolve())
        return self.permitted(path)

    def _search(self) -> list[Path]:
        """Stores below the root, found by a look that is bounded in depth and time."""
        now = time.monotonic()
        if now - self._searched > SEARCHED_FOR_S:
            self._found = list(_stores_below(self.root, now + SEARCH_S))
            self._searched = time.monotonic()
        return self._found


def _stores_below(root: Path, deadline: float) -> Iterator[Path]:
    todo = deque([(root, 0)])
    while todo and time.monotonic() < deadline:
        folder, depth = todo.popleft()
        yield from stores_in(folder)
        if depth >= SEARCH_DEPTH:
            continue
        try:
            inner = sorted(entry.path for entry in os.scandir(folder) if _is_worth_a_look(entry))
        except OSError:
            continue
        todo.extend((Path(path), depth + 1) for path in inner)


def _is_worth_a_look(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _SKIPPED or not entry.is_dir(follow_symlinks=False):
        return False
    return not os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))


def stores_in(folder: Path) -> Iterator[Path]:
    """The stores of one folder: ``mlops.duckdb``, and files that have a state folder of ours."""
    names = {STORE_NAME}
    try:
        names.update(f"{name}.duckdb" for name in os.listdir(folder / ".nbmlops"))
    except OSError:
        pass
    for name in sorted(names):
        if (folder / name).is_file():
            yield folder / name
