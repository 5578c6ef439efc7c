"""Places elsewhere that hold files by name: a folder, or any address that fsspec knows."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol, TypeVar

from nbmlops.errors import MLError, RecordError, UsageError
from nbmlops.storage.ids import new_id

T = TypeVar("T")

# without folders: making one there could make a bucket
_OBJECT_STORES: Final = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci", "memory"})
_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)
_SECRET: Final = re.compile(r"(//[^/@:]*:)[^/@]*@")


class Place(Protocol):
    """Somewhere that holds files by name. What it raises is its own: see `guarded`."""

    def size(self, name: str) -> int | None:
        """How many bytes it is, None if it is not there."""

    def put(self, name: str, file: Path) -> None:
        """Copy a file there."""

    def get(self, name: str, file: Path) -> None:
        """Copy it into a file here; raises FileNotFoundError."""

    def write(self, name: str, data: bytes) -> None:
        """Put some bytes there."""

    def create(self, name: str, data: bytes) -> bool:
        """Put some bytes there unless the name is taken; False if it is, also if another took it at this moment."""

    def read(self, name: str) -> bytes:
        """Get its bytes; raises FileNotFoundError."""

    def list(self, folder: str) -> list[str]:
        """Names of the JSON files in a folder, none if there is no such folder."""


def at(url: str | Path, options: Mapping[str, Any] | None = None) -> Place:
    """The place that a path or address names.

    Parameters
    ----------
    options
        Credentials, endpoint and the like, as fsspec's file system takes them. They are kept nowhere.

    Raises
    ------
    UsageError
        fsspec does not know the address, or a package is needed for it.
    """
    text = str(url)
    if "://" not in text or text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")).expanduser().absolute())
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(text, **dict(options or {}))
    except ImportError as error:
        raise UsageError(f"{shown(text)} needs a package: {error}", _package(text)) from None
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"{shown(text)} cannot be reached: {error}", "check the address, and storage_options if you gave some"
        ) from None
    system.invalidate_cache()
    return System(system, path)


def shown(url: str | Path) -> str:
    """An address as it may stand in a message: without a password."""
    return _SECRET.sub(r"\1***@", str(url))


def guarded(call: Callable[..., T], *values: Any) -> T:
    """Call a method of a place.

    Raises
    ------
    RecordError
        The place failed, whatever it raised.
    """
    try:
        return call(*values)
    except MLError:
        raise
    except Exception as error:  # noqa: BLE001 - every file system has errors of its own
        said = shown(str(error).strip().splitlines()[0]) if str(error).strip() else type(error).__name__
        raise RecordError(
            f"the remote failed: {said[:300]}", "run it again: what was moved already is not moved twice"
        ) from None


class Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def size(self, name: str) -> int | None:
        try:
            return (self._root / name).stat().st_size
        except FileNotFoundError:
            return None

    def put(self, name: str, file: Path) -> None:
        self._placed(name, lambda half: shutil.copyfile(file, half), os.replace)

    def get(self, name: str, file: Path) -> None:
        shutil.copyfile(self._root / name, file)

    def write(self, name: str, data: bytes) -> None:
        self._placed(name, lambda half: half.write_bytes(data), os.replace)

    def create(self, name: str, data: bytes) -> bool:
        try:
            self._placed(name, lambda half: half.write_bytes(data), _linked)
        except FileExistsError:
            return False
        return True

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def list(self, folder: str) -> list[str]:
        found = self._root / folder
        return [path.name for path in found.iterdir() if path.suffix == ".json"] if found.is_dir() else []

    def _placed(self, name: str, fill: Callable[[Path], object], settle: Callable[[Path, Path], object]) -> None:
        """Write beside it, and give it its name when it is whole. Who may read it is the folder's business."""
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f"{target.name[:80]}.{new_id()}.tmp")
        try:
            fill(half)
            settle(half, target)
        finally:
            half.unlink(missing_ok=True)


class System:
    """Any file system of fsspec."""

    def __init__(self, system: Any, root: str) -> None:
        self._system = system
        self._root = root.rstrip("/")
        protocol = system.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self._has_folders = not names & _OBJECT_STORES

    def size(self, name: str) -> int | None:
        try:
            return int(self._system.info(f"{self._root}/{name}")["size"])
        except FileNotFoundError:
            return None

    def put(self, name: str, file: Path) -> None:
        self._system.put_file(str(file), self._target(name))

    def get(self, name: str, file: Path) -> None:
        self._system.get_file(f"{self._root}/{name}", str(file))

    def write(self, name: str, data: bytes) -> None:
        self._system.pipe_file(self._target(name), data)

    def create(self, name: str, data: bytes) -> bool:
        try:
            self._system.pipe_file(self._target(name), data, mode="create")
        except FileExistsError:
            return False
        return True

    def read(self, name: str) -> bytes:
        return bytes(self._system.cat_file(f"{self._root}/{name}"))

    def list(self, folder: str) -> list[str]:
        self._system.invalidate_cache()
        try:
            found = self._system.ls(f"{self._root}/{folder}", detail=False)
        except FileNotFoundError:
            return []
        return [PurePosixPath(str(name)).name for name in found if str(name).endswith(".json")]

    def _target(self, name: str) -> str:
        target = f"{self._root}/{name}"
        if self._has_folders:
            self._system.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
        return target


def _linked(half: Path, target: Path) -> None:
    """Give a file its name unless that is taken: the file system itself decides between two."""
    try:
        os.link(half, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with open(target, "xb") as file:
            file.write(half.read_bytes())


def _package(url: str) -> str:
    known = {"s3": "nbmlops[s3]", "s3a": "nbmlops[s3]", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
    return f"pip install {known.get(url.partition('://')[0], 'what the address needs')!r}"
