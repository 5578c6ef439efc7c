"""The runs that are open here, and what was seen of the data of each of them so far."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from nbmlops import context

Role = Literal["in", "out"]
Stamp = tuple[int, int, int]
MOST: Final = 2000


@dataclass
class Seen:
    """What one run read and wrote.

    Attributes
    ----------
    run_id, began
        Which run, and when it began.
    places
        By absolute path and role: of a file that was read, its stamp at that time.
    remote
        Addresses, by role; what is there is not fetched.
    looks, spent_s
        How many calls of ``fit`` were looked at, and by cell the seconds that this took in the foreground.
    """

    run_id: str
    began: float = field(default_factory=time.time)
    places: dict[tuple[str, Role], Stamp | None] = field(default_factory=dict)
    remote: dict[tuple[str, Role], None] = field(default_factory=dict)
    looks: int = 0
    spent_s: dict[str | None, float] = field(default_factory=dict)

    def add(self, path: str, role: Role) -> None:
        """Note a file or folder; what the run itself made is no input of it."""
        if len(self.places) >= MOST or (role == "in" and (path, "out") in self.places):
            return
        if (path, role) not in self.places:
            self.places[path, role] = stamp(path) if role == "in" else None

    def add_remote(self, address: str, role: Role) -> None:
        """Note an address, without a user, a password and what is asked for: these may be secrets."""
        if len(self.remote) < MOST:
            parts = urlsplit(address)
            self.remote[urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")), role] = None


class _Own(threading.local):
    """Whether this thread reads for us: to hash a file is not to use it."""

    is_reading = False


_own = _Own()
runs: dict[str, Seen] = {}
_lock = threading.Lock()


def begin(run_id: str) -> None:
    """A run begins."""
    with _lock:
        runs[run_id] = Seen(run_id)


def end(run_id: str) -> Seen | None:
    """A run ends: what was seen of it."""
    with _lock:
        return runs.pop(run_id, None)


@contextmanager
def unwatched() -> Iterator[None]:
    """What this thread reads in here is no input of any run."""
    before, _own.is_reading = _own.is_reading, True
    try:
        yield
    finally:
        _own.is_reading = before


def current() -> Seen | None:
    """Of the run of this thread, else of the only one; of none while we read ourselves."""
    if _own.is_reading:
        return None
    run = context.thread_run()
    if run is not None:
        return runs.get(run.id)
    return next(iter(tuple(runs.values()))) if len(runs) == 1 else None


def note(paths: Iterable[str], addresses: Iterable[str], role: Role) -> None:
    """Note files and addresses for the run of this thread."""
    seen = current()
    if seen is not None:
        for path in paths:
            seen.add(path, role)
        for address in addresses:
            seen.add_remote(address, role)


def stamp(path: str) -> Stamp | None:
    """Size, time of the last change and inode of a file; None of anything else."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return None if stat.S_ISDIR(found.st_mode) else (found.st_size, found.st_mtime_ns, found.st_ino)
