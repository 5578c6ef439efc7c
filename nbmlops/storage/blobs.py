"""Large values as files named by their content, written by rename, fsynced in the background."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from nbmlops.errors import RecordError
from nbmlops.storage.ids import new_id
from nbmlops.storage.layout import Layout, unwritable

INLINE_LIMIT: Final = 32 << 10  # bytes; larger values go to a blob
_BLOCK: Final = 1 << 20


class Blobs:
    """Content-addressed files ``blobs/ab/abcdef...`` (SHA-256)."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._unsynced: list[Path] = []
        self._lock = threading.Lock()

    def path(self, sha256: str) -> Path:
        """Return where the blob lies (whether or not it is there)."""
        return self._layout.blobs / sha256[:2] / sha256

    def put_bytes(self, data: bytes) -> str:
        """Keep ``data``; return its SHA-256."""
        return self._put(iter((data,)))

    def put_file(self, source: Path) -> tuple[str, int]:
        """Keep the content of a file as it is now; return its SHA-256 and size in bytes.

        Raises
        ------
        RecordError
            The file cannot be read.
        """
        try:
            with open(source, "rb") as file:
                sha256 = self._put(_blocks(file))
        except OSError as error:
            if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
                raise RecordError(f"cannot read {source}: {error.strerror}", "log a file that exists") from None
            raise
        return sha256, self.path(sha256).stat().st_size

    def _put(self, blocks: Iterator[bytes]) -> str:
        import hashlib

        digest = hashlib.sha256()
        temporary = self._layout.blobs / f"{new_id()}.tmp"
        try:
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(fd, "wb", buffering=0) as out:
                for block in blocks:
                    digest.update(block)
                    view = memoryview(block)
                    while view:
                        view = view[out.write(view) :]
        except OSError as error:
            temporary.unlink(missing_ok=True)
            if isinstance(error, FileNotFoundError) and temporary.parent.exists():
                raise  # it was the source that vanished
            raise unwritable(self._layout.blobs, error) from None
        sha256 = digest.hexdigest()
        target = self.path(sha256)
        if target.exists():
            temporary.unlink()
            return sha256
        target.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(temporary, target)
        with self._lock:
            self._unsynced.append(target)
        return sha256

    def sync(self) -> None:
        """Push new blobs to the disk; called before the journal that names them is synced."""
        with self._lock:
            todo, self._unsynced = self._unsynced, []
        for path in todo:
            try:
                fd = os.open(path, os.O_RDONLY)
            except OSError:
                continue  # already collected
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def digests(self) -> Iterator[str]:
        """Yield the SHA-256 of every blob."""
        if self._layout.blobs.is_dir():
            for folder in self._layout.blobs.iterdir():
                if folder.is_dir():
                    yield from (path.name for path in folder.iterdir())

    def collect(self, live: Iterable[str]) -> int:
        """Remove every blob that is not ``live``; return the bytes freed."""
        kept = set(live)
        freed = 0
        for sha256 in list(self.digests()):
            if sha256 not in kept:
                path = self.path(sha256)
                freed += path.stat().st_size
                path.unlink(missing_ok=True)
        return freed

    def copy_from(self, other: Blobs, sha256: str) -> bool:
        """Take one blob over from another store; False when it is not there."""
        source, target = other.path(sha256), self.path(sha256)
        if target.exists():
            return True
        if not source.exists():
            return False
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._layout.blobs / f"{new_id()}.tmp"
        shutil.copyfile(source, temporary)
        os.chmod(temporary, 0o600)
        os.replace(temporary, target)
        return True


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
