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
        return self.path.parent / ".nbmlops" / self.path.stem

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
        try:
            found = json.loads(self.identity.read_bytes())
        except (OSError, ValueError):
            return None
        store_id = found.get("store_id") if isinstance(found, dict) else None
        return store_id if isinstance(store_id, str) and store_id else None

    def write_id(self, store_id: str) -> None:
        """Record ``store_id`` beside the file."""
        try:
            write_private(self.identity, json.dumps({"store_id": store_id}).encode())
        except OSError as error:
            raise unwritable(self.identity, error) from None

    def claim_id(self) -> str:
        """Return the recorded store id, or make one; of several processes at once exactly one wins."""
        proposal = self.state / f"store.{new_id()}"
        try:
            write_private(proposal, json.dumps({"store_id": new_id()}).encode())
            try:
                os.link(proposal, self.identity)
            except FileExistsError:
                pass
            except OSError:  # a file system without links: the last rename wins, readers re-read
                if not self.identity.exists():
                    os.replace(proposal, self.identity)
            proposal.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.identity, error) from None
        found = self.read_id()
        if found is None:  # the identity file was garbage: make it whole
            found = new_id()
            self.write_id(found)
        return found


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
