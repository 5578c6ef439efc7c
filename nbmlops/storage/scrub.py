"""Erasing what was forgotten from the places that are no tables: journals, archives, blobs."""

from __future__ import annotations

import gzip
import os
from collections.abc import Collection

from nbmlops.storage import archive, journal
from nbmlops.storage.layout import Layout, write_private


def archives(layout: Layout, ids: Collection[str], kinds: Collection[str] = ()) -> int:
    """Drop the lines of ``ids`` from the archived journals; return how many. See ``without``."""
    dropped = 0
    for path in sorted(layout.done.glob(f"*{journal.SUFFIX}*")):
        if path.name.endswith(".tmp"):
            continue
        try:
            data = archive.read(path)
        except (OSError, EOFError):
            continue
        kept, count = without(data, ids, kinds)
        if count:
            dropped += count
            found = path.stat()
            write_private(path, gzip.compress(kept, 3) if path.suffix == ".gz" else kept)
            os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    return dropped


def without(data: bytes, ids: Collection[str], kinds: Collection[str] = ()) -> tuple[bytes, int]:
    """Return journal lines without those that name one of ``ids``, and how many those were.

    ``kinds`` limits it to records of these types. The record that says "forget" stays: a rebuild needs it.
    """
    names = [item.encode() for item in ids]
    types = [f'"t":"{kind}"'.encode() for kind in kinds]
    kept, count = [], 0
    for line in data.splitlines(keepends=True):
        is_named = any(name in line for name in names) and b'"t":"storage.forget"' not in line
        if is_named and (not types or any(kind in line for kind in types)):
            count += 1
        else:
            kept.append(line)
    return b"".join(kept), count
