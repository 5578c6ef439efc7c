"""A cheap stamp that changes whenever the store may have: looked at before anything is opened."""

from __future__ import annotations

import os

from nbmlops.storage import journal
from nbmlops.storage.layout import Layout

Stamp = tuple[int, int, int, int]


def stamp(layout: Layout) -> Stamp:
    """Return (file mtime in ns, file bytes, number of journals, bytes of journals)."""
    try:
        found = os.stat(layout.path)
        mtime, size = found.st_mtime_ns, found.st_size
    except OSError:
        mtime = size = 0
    count = total = 0
    try:
        for entry in os.scandir(layout.journals):
            if entry.name.endswith(journal.SUFFIX):
                count += 1
                total += entry.stat().st_size
    except OSError:
        pass
    return mtime, size, count, total


def pending_files(layout: Layout) -> list[tuple[str, int]]:
    """Return (journal id, bytes) of every journal that is not set aside yet."""
    try:
        return sorted(
            (entry.name.removesuffix(journal.SUFFIX), entry.stat().st_size)
            for entry in os.scandir(layout.journals)
            if entry.name.endswith(journal.SUFFIX)
        )
    except OSError:
        return []
