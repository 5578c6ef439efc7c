"""Erasing what was forgotten from the places that are no tables: journals, archives, blobs."""

from __future__ import annotations

import gzip
import os
from collections.abc import Collection

from nbmlops.storage import archive, journal
from nbmlops.storage.layout import Layout, write_private


def archives(layout: Layout, ids: Collection[str], kinds: Collection[str] = ()) -> int:
    """Drop the lines of ``ids`` from the archived journals; return how many. See ``blanked``."""
    dropped = 0
    for path in sorted(layout.done.glob(f"*{journal.SUFFIX}*")):
        if path.name.endswith(".tmp"):
            continue
        try:
            data = archive.read(path)
        except (OSError, EOFError):
            continue
        kept, count = blanked(data, ids, kinds)
        if count:
            dropped += count
            found = path.stat()
            write_private(path, gzip.compress(kept, 3) if path.suffix == ".gz" else kept)
            os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    return dropped


def blanked(data: bytes, ids: Collection[str], kinds: Collection[str] = ()) -> tuple[bytes, int]:
    """Return journal lines, those that name one of ``ids`` made empty, and how many those were.

    The length stays the same, so that every offset in it goes on meaning what it meant. ``kinds`` limits it to
    records of these types. The record that says "forget" stays: a rebuild needs it.
    """
    names = [item.encode() for item in ids]
    types = [f'"t":"{kind}"'.encode() for kind in kinds]
    lines, count = data.splitlines(keepends=True), 0
    for index, line in enumerate(lines):
        is_named = any(name in line for name in names) and b'"t":"storage.forget"' not in line
        if is_named and (not types or any(kind in line for kind in types)):
            lines[index] = b"\n" * len(line)
            count += 1
    return b"".join(lines), count
