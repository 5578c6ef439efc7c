"""Moving values to a remote and from it, each whole or not at all."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from nbmlops.data.remote_places import Place, guarded
from nbmlops.errors import RecordError
from nbmlops.storage.blobs import Blobs
from nbmlops.storage.ids import new_id
from nbmlops.storage.layout import unwritable
from nbmlops.storage.store import Store

T = TypeVar("T")
U = TypeVar("U")

_THREADS: Final = 8
_BLOCK: Final = 1 << 20
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def _blob(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"


def put(store: Store, remote: Place, sha256: str) -> int:
    """Copy a value there; -1 if it is there, in its whole length."""
    path = store.fetch(sha256)
    size = path.stat().st_size
    if guarded(remote.size, _blob(sha256)) == size:
        return -1
    if not is_whole(path, sha256):
        raise RecordError(
            f"the value {sha256[:12]}... is damaged here; it was not pushed",
            "ml.data.verify() names all that are; ml.data.pull(...) or a backup brings them back",
        )
    guarded(remote.put, _blob(sha256), path)
    return size


def get(remote: Place, blobs: Blobs, sha256: str) -> int:
    """Take a value over, if it is what its name says."""

    def taken() -> None:
        try:
            remote.get(_blob(sha256), half)
        except FileNotFoundError:
            raise RecordError(
                f"the value {sha256[:12]}... is gone from the remote", "push it again from where it is whole"
            ) from None
        except OSError as error:
            if error.errno in _FULL:  # it is this disk
                raise unwritable(half.parent, error) from None
            raise

    half = blobs.path(sha256).parent.parent / f"{new_id()}.tmp"
    try:
        guarded(taken)
        if not is_whole(half, sha256):
            raise RecordError(
                f"the value {sha256[:12]}... of the remote is damaged", "push it again from where it is whole"
            )
        size = half.stat().st_size
        blobs.take(half, sha256)
    finally:
        half.unlink(missing_ok=True)
    return size


def is_whole(path: Path, sha256: str) -> bool:
    """Whether a file is the value of that name."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha256


def each(work: Callable[[T], U], items: Iterable[T]) -> list[U]:
    """Do it for each, several at once; the first failure ends it."""
    with ThreadPoolExecutor(_THREADS) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:  # an interrupt, too, must not wait for all that is queued
            pool.shutdown(wait=False, cancel_futures=True)
            raise
