"""A cheap stamp that changes whenever the store may have: looked at before anything is opened."""

from __future__ import annotations

import os

from nbmlops.storage import journal, liveness
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


def writers(layout: Layout) -> int:
    """Return how many processes write to the store now.

    A process that is killed changes no file: this number tells that its runs are lost.
    """
    count = 0
    for name, _ in pending_files(layout):
        path = layout.journals / f"{name}{journal.SUFFIX}"
        try:
            with open(path, "rb") as file:
                header = journal.parse_header(file.readline(journal.MAX_LINE))
            last_ns = os.stat(path).st_mtime_ns
        except OSError:
            continue
        count += header is not None and liveness.is_alive(layout, header, last_ns)
    return count
