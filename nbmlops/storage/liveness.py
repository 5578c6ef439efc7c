"""Is the writer of a journal still there? A lock it holds tells, whatever killed it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from nbmlops.storage.layout import Layout
from nbmlops.storage.lease import disown

HEARTBEAT_S: Final = 30.0
REMOTE_SILENCE_S: Final = 95.0  # three heartbeats and some clock skew
REMOTE_GONE_S: Final = 86400.0  # containers come with a host name of their own and leave it behind


@cache
def host() -> str:
    """Return this machine's name."""
    return socket.gethostname() or "localhost"


@cache
def boot_id() -> str:
    """Return what tells this boot of the machine from the one before (empty where unknown)."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class Presence:
    """The lock that says a session's writer is alive; the system drops it when the process ends."""

    def __init__(self, layout: Layout, session_id: str) -> None:
        self._lock = FileLock(lock_path(layout, session_id), mode=0o600, thread_local=False)
        self._lock.acquire(timeout=5)

    def release(self) -> None:
        """Say that the session ended."""
        self._lock.release()

    def disown(self) -> None:
        """In a forked child: close our copy of the descriptor without releasing the parent's lock."""
        disown(self._lock)


def lock_path(layout: Layout, session_id: str) -> Path:
    """Return the lock file of a session."""
    return layout.journals / f"{session_id}.lock"


def is_alive(layout: Layout, header: Mapping[str, Any], last_ns: int) -> bool:
    """Tell whether the journal's writer still runs.

    On this host by its lock; on another one by the age of its newest record (heartbeats come every 30 s).
    """
    if header["host"] != host():
        return time.time_ns() - last_ns < REMOTE_SILENCE_S * 1e9
    path = lock_path(layout, header["session_id"])
    if not path.exists():
        return False
    probe = FileLock(path, mode=0o600, thread_local=False)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    probe.release()
    return False


def is_gone(header: Mapping[str, Any], last_ns: int) -> bool:
    """Tell whether a writer that is not alive will hardly write again (if it does, it puts its journal back)."""
    return header["host"] == host() or time.time_ns() - last_ns > REMOTE_GONE_S * 1e9
