"""Putting values into the store: what is there already is not written again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from nbmlops.data.manifests import Blob
from nbmlops.errors import RecordError, StoreUnwritable
from nbmlops.storage.blobs import Blobs
from nbmlops.storage.layout import unwritable

_BLOCK: Final = 1 << 20


class Keeper:
    """Puts values into the store; what was there already is not new. Raises where the disk does not take it."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.new_bytes = 0

    def put(self, data: bytes) -> Blob:
        """Keep some bytes."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has_whole(sha256):
            self._blobs.put_bytes(data)
            self._must_be_there(sha256)
            self.new_bytes += len(data)
        return sha256, len(data)

    def put_file(self, path: Path, digest: str) -> Blob:
        """Keep a file whose blake3 digest is known.

        Raises
        ------
        RecordError
            It cannot be read, or is not what it was when it was looked at.
        """
        from blake3 import blake3

        whole, sha256, size = blake3(), hashlib.sha256(), 0
        try:
            with open(path, "rb") as file:
                while block := file.read(_BLOCK):
                    whole.update(block)
                    sha256.update(block)
                    size += len(block)
        except OSError as error:
            raise RecordError(f"cannot read {path}: {error.strerror or error}", "it was there a moment ago") from None
        if whole.hexdigest() != digest:
            raise RecordError(
                f"{path} was changed while it was being saved; nothing was kept", "wait until it is written"
            )
        name = sha256.hexdigest()
        if not self.has_whole(name):
            if self._blobs.put_file(path)[0] != name:
                raise RecordError(
                    f"{path} was changed while it was being saved; nothing was kept", "wait until it is written"
                )
            self._must_be_there(name)
            self.new_bytes += size
        return name, size

    def has(self, sha256: str) -> bool:
        """Whether it is there already; what is in the trash is taken back."""
        return self._blobs.find(sha256)

    def has_whole(self, sha256: str) -> bool:
        """Whether it is there and is what it was; a damaged one is taken away, so that it is written anew."""
        if not self.has(sha256):
            return False
        path = self._blobs.path(sha256)
        try:
            with open(path, "rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                    return True
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # collected at this moment
        except OSError as error:
            raise unwritable(path, error) from None
        return False

    def path(self, sha256: str) -> Path:
        """Where it lies."""
        return self._blobs.path(sha256)

    def settle(self) -> None:
        """Push everything to the disk, before a record names it."""
        self._blobs.sync()

    def _must_be_there(self, sha256: str) -> None:
        if not self.has(sha256):
            raise StoreUnwritable("the values cannot be kept; no version was made", "free space on the disk")
