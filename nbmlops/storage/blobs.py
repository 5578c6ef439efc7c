"""Large values as files named by their content, written by rename, fsynced in the background."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from nbmlops.errors import RecordError, StoreError
from nbmlops.storage.ids import new_id
from nbmlops.storage.journal import sync_folder
from nbmlops.storage.layout import Layout, unwritable
from nbmlops.storage.trash import Trash

INLINE_LIMIT: Final = 32 << 10  # bytes; larger values go to a blob
YOUNG_S: Final = 3600.0
_BLOCK: Final = 1 << 20


class Blobs:
    """Content-addressed files ``blobs/ab/abcdef...`` (SHA-256)."""

    def __init__(self, layout: Layout) -> None:
        self.on_fault: Callable[[StoreError], None] | None = None
        self.trash = Trash(layout)
        self._layout = layout
        self._unsynced: list[Path] = []
        self._lock = threading.Lock()

    def path(self, sha256: str) -> Path:
        """Return where the blob lies (whether or not it is there)."""
        return self._layout.blobs / sha256[:2] / sha256

    def find(self, sha256: str) -> bool:
        """Tell whether the blob is there; one in the trash is taken back."""
        return self.path(sha256).exists() or self.trash.take_back(self.path(sha256))

    def put_bytes(self, data: bytes) -> str:
        """Keep ``data``; return its SHA-256."""
        return self.put(iter((data,)))[0]

    def put_file(self, source: Path) -> tuple[str, int]:
        """Keep the content of a file as it is now; return its SHA-256 and size in bytes.

        Raises
        ------
        RecordError
            The file cannot be read.
        """
        try:
            with open(source, "rb") as file:
                return self.put(_blocks(file, source))
        except OSError as error:
            raise _unreadable(source, error) from None

    def put(self, blocks: Iterator[bytes]) -> tuple[str, int]:
        """Keep what ``blocks`` yield; return its SHA-256 and size in bytes.

        Where it cannot be written, ``on_fault`` is told and the digest is returned all the same: the
        record that names it says what is missing.

        Raises
        ------
        StoreUnwritable
            It cannot be written, and nobody is there to be told.
        """
        import hashlib

        digest = hashlib.sha256()
        size = 0
        temporary = self._layout.blobs / f"{new_id()}.tmp"
        fd = -1
        fault: OSError | None = None
        try:
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            fault = error
        try:
            for block in blocks:
                digest.update(block)
                size += len(block)
                if fault is None:
                    fault = _write(fd, block)
            sha256 = digest.hexdigest()
            if fault is None:
                fault = self._settle(temporary, self.path(sha256))
        finally:
            if fd >= 0:
                os.close(fd)
                temporary.unlink(missing_ok=True)  # still there if the source or the disk gave up
        if fault is not None:
            found = unwritable(self._layout.blobs, fault)
            if self.on_fault is None:
                raise found
            self.on_fault(found)
        return sha256, size

    def _settle(self, temporary: Path, target: Path) -> OSError | None:
        """Give a complete file its name; return what went wrong."""
        try:
            if target.exists() and target.stat().st_size == temporary.stat().st_size:
                os.utime(target)  # from now on too young to be collected
                return None
            target.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(temporary, target)
        except OSError as error:
            return error
        with self._lock:
            self._unsynced.append(target)
        return None

    def take(self, temporary: Path, sha256: str) -> None:
        """Give a complete file of this file system, known to be that value, its place here.

        A damaged one of that name is replaced.

        Raises
        ------
        StoreUnwritable
            It cannot be written.
        """
        target = self.path(sha256)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chmod(temporary, 0o600)
            os.replace(temporary, target)
        except OSError as error:
            raise unwritable(self._layout.blobs, error) from None
        with self._lock:
            self._unsynced.append(target)

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
        for folder in {path.parent for path in todo}:
            sync_folder(folder)

    def digests(self) -> Iterator[str]:
        """Yield the SHA-256 of every blob."""
        if self._layout.blobs.is_dir():
            for folder in self._layout.blobs.iterdir():
                if folder.is_dir():
                    yield from (path.name for path in folder.iterdir())

    def strays(self, live: Collection[str]) -> list[str]:
        """The blobs that are not ``live``, but for young ones (their record may be on its way)."""
        found = []
        for sha256 in list(self.digests()):
            try:
                age_s = time.time() - self.path(sha256).stat().st_mtime
            except FileNotFoundError:
                continue
            if sha256 not in live and age_s > YOUNG_S:
                found.append(sha256)
        return found

    def copy_from(self, other: Blobs, sha256: str) -> bool:
        """Take one blob over from another store; False when it is not there."""
        source = other.path(sha256)
        if not self.path(sha256).exists():
            if not source.exists():
                return False
            self.put_file(source)
        return True


def _blocks(file: BinaryIO, source: Path) -> Iterator[bytes]:
    while True:
        try:
            block = file.read(_BLOCK)
        except OSError as error:
            raise _unreadable(source, error) from None
        if not block:
            return
        yield block


def _unreadable(source: Path, error: OSError) -> RecordError:
    return RecordError(f"cannot read {source}: {error.strerror or error}", "log a file that exists and can be read")


def _write(fd: int, block: bytes) -> OSError | None:
    """Write all of a block; return what went wrong."""
    view = memoryview(block)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        return error
    return None
