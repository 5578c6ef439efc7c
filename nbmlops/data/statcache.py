"""What is known of files that were read before, kept beside the store: never part of an identity."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbmlops.data.folders import StatCache
from nbmlops.data.things import Thing, look
from nbmlops.storage.layout import Layout, write_private


@contextmanager
def of(layout: Layout, thing: Any) -> Iterator[StatCache]:
    """The cache for the place that a path names; written back if something new was learned."""
    if not isinstance(thing, str | Path):
        yield {}
        return
    file = _file(layout, thing)
    cache = _read(file)
    before = dict(cache)
    yield cache
    if cache != before:
        _write(file, cache)


def anew(layout: Layout, thing: Any) -> Thing:
    """Look at something without what is known of its files, and forget that."""
    cache: StatCache = {}
    found = look(thing, cache, in_pieces=True)
    _write(_file(layout, thing), cache)
    return found


def _file(layout: Layout, thing: str | Path) -> Path:
    from blake3 import blake3

    name = os.path.abspath(os.path.expanduser(str(thing)))
    return layout.state / "stat" / f"{blake3(name.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"


def _read(file: Path) -> StatCache:
    import orjson

    try:
        said = orjson.loads(file.read_bytes())
        return {path: ((size, at, changed, inode), digest) for path, size, at, changed, inode, digest in said}
    except (OSError, ValueError):
        return {}


def _write(file: Path, cache: StatCache) -> None:
    import orjson

    rows = [[path, *stamp, digest] for path, (stamp, digest) in cache.items()]
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file, orjson.dumps(rows))
    except (OSError, TypeError, ValueError):
        pass  # files are read again next time
