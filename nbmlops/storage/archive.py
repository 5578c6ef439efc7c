"""Journals that are taken in: kept compressed for a while, so that the file can be rebuilt from them."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path

from nbmlops.storage import journal
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
    """Compress what is set aside, and drop what is older than ``days`` or beyond ``limit_bytes``."""
    try:
        for path in list(layout.done.glob(f"*{journal.SUFFIX}")):
            _compress(path)
        kept = sorted(layout.done.glob("*.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for path in kept:
            found = path.stat()
            total += found.st_size
            if total > limit_bytes or time.time() - found.st_mtime > days * 86400:
                path.unlink(missing_ok=True)
    except OSError:
        pass  # another process tidies at the same time


def _compress(path: Path) -> None:
    """Replace a file by its gzip, keeping its age."""
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
    os.replace(temporary, path.with_name(f"{path.name}.gz"))
    path.unlink(missing_ok=True)


def read(path: Path) -> bytes:
    """Return a journal's content, compressed or not."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
