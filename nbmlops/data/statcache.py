"""What is known of files that were read before, kept beside the store: never part of an identity."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbmlops.data.folders import StatCache
from nbmlops.storage.layout import Layout, write_private


@contextmanager
def of(layout: Layout, thing: Any, *, anew: bool = False) -> Iterator[StatCache]:
    """The cache for the place that a path names, or an empty one; written back if something new was learned."""
    if not isinstance(thing, str | Path):
        yield {}
        return
    file = _file(layout, thing)
    cache = {} if anew else _read(file)
    before = None if anew else dict(cache)
    yield cache
    if cache != before:
        _write(file, cache)


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
