"""Journals that are taken in: kept compressed for a while, so that the file can be rebuilt from them."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path

from nbmlops.errors import StoreError
from nbmlops.storage import journal, lease
from nbmlops.storage.ids import new_id
from nbmlops.storage.layout import Layout
from nbmlops.storage.liveness import lock_path


def set_aside(layout: Layout, path: Path, session_id: str) -> None:
    """Move a finished journal away; compressing it is left for a time when nobody waits."""
    try:
        layout.done.mkdir(mode=0o700, exist_ok=True)
        os.replace(path, layout.done / path.name)
        if not any(layout.journals.glob(f"{session_id}*{journal.SUFFIX}")):
            lock_path(layout, session_id).unlink(missing_ok=True)
    except OSError:
        pass  # it stays where it is and is looked at again; its offset says that nothing is missing


def tidy(layout: Layout, *, days: float, limit_bytes: int) -> None:
    """Compress what is set aside, and drop what is older than ``days`` or beyond ``limit_bytes``.

    Compressing happens outside the lock; the result takes its place under it, if nobody touched the file meanwhile.
    """
    made: list[tuple[Path, Path, os.stat_result]] = []
    try:
        for path in layout.done.glob(f"*{journal.SUFFIX}"):
            made.append((path, *_compressed(path)))
        if made or _superfluous(layout, days, limit_bytes):
            with lease.locked(layout, time.monotonic()):
                for path, temporary, found in made:
                    if _facts(path.stat()) == _facts(found):
                        os.replace(temporary, path.with_name(f"{path.name}.gz"))
                        path.unlink()
                for path in _superfluous(layout, days, limit_bytes):
                    path.unlink(missing_ok=True)
    except (OSError, StoreError):
        pass  # another process works on them: next time
    finally:
        for _, temporary, _ in made:
            temporary.unlink(missing_ok=True)


def _facts(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _superfluous(layout: Layout, days: float, limit_bytes: int) -> list[Path]:
    """Return the archives that are too old or too much, and what a crash left half done."""
    now = time.time()
    found = [path for path in layout.done.glob("*.tmp") if now - path.stat().st_mtime > 86400]
    kept = sorted(((path.stat(), path) for path in layout.done.glob("*.gz")), key=lambda pair: -pair[0].st_mtime)
    total = 0
    for facts, path in kept:
        total += facts.st_size
        if total > limit_bytes or now - facts.st_mtime > days * 86400:
            found.append(path)
    return found


def _compressed(path: Path) -> tuple[Path, os.stat_result]:
    """Return the gzip of a file under a temporary name, and what the file was."""
    found = path.stat()
    temporary = path.with_name(f"{path.name}.{new_id()}.tmp")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        open(path, "rb") as source,
        open(fd, "wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3) as out,
    ):
        shutil.copyfileobj(source, out, 1 << 20)
    os.utime(temporary, ns=(found.st_atime_ns, found.st_mtime_ns))
    return temporary, found


def read(path: Path) -> bytes:
    """Return a journal's content, compressed or not."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def first_line(path: Path) -> bytes:
    """Return a journal's first line, compressed or not; empty if it cannot be read."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            return file.readline(journal.MAX_LINE)
    except (OSError, EOFError):
        return b""
