"""Where the parts of a store lie on disk, and the identity file beside it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from nbmlops.errors import StoreUnwritable
from nbmlops.storage.ids import new_id


@dataclass(frozen=True)
class Layout:
    """The DuckDB file and the state folder ``.nbmlops/<file stem>/`` beside it."""

    path: Path

    @property
    def state(self) -> Path:
        """The state folder; two files of one folder never share it."""
        name = self.path.stem if self.path.suffix == ".duckdb" else self.path.name
        return self.path.parent / ".nbmlops" / name

    @property
    def journals(self) -> Path:
        return self.state / "journal"

    @property
    def done(self) -> Path:
        return self.journals / "done"

    @property
    def blobs(self) -> Path:
        return self.state / "blobs"

    @property
    def control(self) -> Path:
        return self.state / "control"

    @property
    def quarantine(self) -> Path:
        return self.state / "quarantine"

    @property
    def lock(self) -> Path:
        return self.state / "lease.lock"

    @property
    def identity(self) -> Path:
        return self.state / "store.json"

    @property
    def counter(self) -> Path:
        """Cache of the highest run number given; removed whenever numbers were given in another way."""
        return self.state / "counter"

    def make(self) -> None:
        """Create the state folder, private to this user and ignored by git."""
        try:
            root = self.state.parent
            root.mkdir(mode=0o700, exist_ok=True)
            self.state.mkdir(mode=0o700, exist_ok=True)
            for folder in (self.journals, self.done, self.blobs, self.control, self.quarantine):
                folder.mkdir(mode=0o700, exist_ok=True)
            ignore = root / ".gitignore"
            if not ignore.exists():
                write_private(ignore, b"*\n")
        except OSError as error:
            raise unwritable(self.state, error) from None

    def read_id(self) -> str | None:
        """Return the store id written beside the file, or None when there is none to trust."""
        found = self._identity().get("store_id")
        return found if isinstance(found, str) and found else None

    def trusted_id(self) -> str | None:
        """Return the store id if the file is still the one it was written for, or if there is no file."""
        here = file_id(self.path)
        return self.read_id() if here is None or self._identity().get("file") == here else None

    def note_id(self, store_id: str) -> None:
        """Record the id of the file that is here now, unless it is on record."""
        found = self._identity()
        wanted = {"store_id": store_id, "file": file_id(self.path)}
        if found != wanted:
            try:
                write_private(self.identity, json.dumps(wanted).encode())
            except OSError as error:
                raise unwritable(self.identity, error) from None

    def claim_id(self, known: str | None = None) -> str:
        """Return the recorded store id, or record ``known`` or a new one; of several processes exactly one wins."""
        if found := self.read_id():
            return found
        proposal = self.state / f"store.{new_id()}"
        try:
            if self.identity.exists() and self.read_id() is None:
                self.identity.unlink()  # it is garbage
            write_private(proposal, json.dumps({"store_id": known or new_id()}).encode())
            try:
                os.link(proposal, self.identity)
            except FileExistsError:
                pass
            except OSError:  # a file system without links: the last rename wins, readers re-read
                os.replace(proposal, self.identity)
            proposal.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.identity, error) from None
        return self.read_id() or self.claim_id(known)

    def _identity(self) -> dict[str, object]:
        try:
            found = json.loads(self.identity.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def file_id(path: Path) -> list[int] | None:
    """Return what tells a file from another one that took its place; None when there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_dev, found.st_ino]


def write_private(path: Path, data: bytes) -> None:
    """Write ``data`` by rename, mode 0600, so that no reader ever sees half of it."""
    temporary = path.with_name(f"{path.name}.{new_id()}.tmp")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
    except OSError:
        os.close(fd)
        temporary.unlink(missing_ok=True)
        raise
    os.close(fd)
    os.replace(temporary, path)


def unwritable(path: Path, error: OSError) -> StoreUnwritable:
    """Say what could not be written, and why."""
    return StoreUnwritable(
        f"cannot write {path}: {error.strerror or error}",
        "free space or fix the permissions, or set NBMLOPS_STORE to a file in a folder you can write to",
    )
