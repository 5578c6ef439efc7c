"""The number of a new run, known at once: a small file beside the store, under a lock of its own.

The number is a wish: if another run has it (the state folder was lost), ingest gives the next free one.
"""

from __future__ import annotations

import os

from nbmlops.errors import StoreError
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store


def take(session: Session) -> int | None:
    """Return the next number, or None where it cannot be had; ingest then gives one."""
    try:
        import fcntl
    except ImportError:  # Windows: numbers come with ingest
        return None
    path = session.store.layout.counter
    try:
        first = 0 if path.exists() else _highest(session.store)
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, StoreError):
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)  # held for microseconds, and dropped by the system with its holder
        text = os.pread(fd, 20, 0).strip()
        number = max(int(text) if text.isdigit() else 0, first) + 1
        os.pwrite(fd, b"%-20d" % number, 0)
        return number
    except OSError:
        return None
    finally:
        os.close(fd)


def _highest(store: Store) -> int:
    """Return the highest number in the file: asked once, when the state folder is new or numbers were given anew."""
    if not store.path.exists():
        return 0
    row = store.read(lambda con: con.execute("SELECT max(number) FROM _nbm.run_numbers").fetchone())
    return int(row[0]) if row and row[0] is not None else 0
