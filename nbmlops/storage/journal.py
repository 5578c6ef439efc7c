"""One session's append-only file: a record is one JSON line and one ``os.write``."""

from __future__ import annotations

import errno
import math
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from nbmlops.errors import RecordError
from nbmlops.storage.ids import LENGTH, new_id

FORMAT: Final = "nbmlops-journal"
VERSION: Final = 1
MAX_LINE: Final = 1 << 20
SUFFIX: Final = ".jsonl"
UNKNOWN: Final = " " * LENGTH  # the store's id, as long as its file could not be asked

_write = os.write
_close = os.close
_OPTIONS: Final = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class Journal:
    """Writes lines; everything that ``write`` returned from survives ``kill -9``.

    Safe for several threads: a record is a single ``write`` to a file opened for appending. The
    descriptor is closed when nobody holds the journal any more, so no write can meet a stranger's file.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.path = path
        self.id = path.name.removesuffix(SUFFIX)
        self.is_retired = False  # the session goes on elsewhere and takes along what is still written here
        self.settled = 0  # bytes of lines that it has taken along
        self.written = 0  # bytes
        self._is_torn = False
        self._synced = -1
        self.fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self.write(orjson.dumps({"format": FORMAT, "version": VERSION, **header}, option=orjson.OPT_APPEND_NEWLINE))

    @classmethod
    def again(cls, old: Journal, change: Callable[[bytes, bytes], bytes] = bytes.__add__) -> Journal:
        """Put a journal in its place again, by rename, under the same name and with the same offsets.

        ``change`` makes the content of (header, lines); its length must stay the same.
        """
        new = cls.__new__(cls)
        new.path, new.id, new.is_retired = old.path, old.id, False
        new.written, new.settled, new._is_torn, new._synced = 0, 0, old._is_torn, -1
        header, lines = old.content()
        temporary = old.path.with_name(f"{old.path.name}.{new_id()}.tmp")
        new.fd = os.open(temporary, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            new.extend(change(header, lines))
            os.replace(temporary, new.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        old.settled = len(lines)
        return new

    def write(self, line: bytes) -> None:
        """Write one encoded line.

        Raises
        ------
        OSError
            The disk is full; nothing of the record counts as kept.
        """
        ends_a_piece = self._is_torn
        if ends_a_piece:  # the piece before is set aside at ingest, this record is not
            line = b"\n" + line
        count = _write(self.fd, line)
        self.written += count
        if count != len(line):
            self._is_torn = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if ends_a_piece:  # not before: where nothing at all was written, the piece is still without its end
            self._is_torn = False

    def extend(self, lines: bytes) -> None:
        """Write many lines, as far as one call reaches at a time."""
        view = memoryview(lines)
        while view:
            count = _write(self.fd, view)
            self.written += count
            view = view[count:]

    def sync(self) -> None:
        """Push what was written to the disk, for power loss; ``kill -9`` needs none."""
        written = self.written
        if self._synced == written:
            return
        getattr(os, "fdatasync", os.fsync)(self.fd)
        if self._synced < 0:
            sync_folder(self.path.parent)
        self._synced = written

    def condition(self) -> str:
        """Return what became of the file: "intact", "gone" from its path, or "cut" short."""
        written = self.written  # before the size is asked for: other threads go on writing
        here = os.fstat(self.fd)
        if here.st_size < written:
            return "cut"
        try:
            there = os.stat(self.path)
        except OSError:
            return "gone"
        return "intact" if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino) else "gone"

    def content(self) -> tuple[bytes, bytes]:
        """Return the header and the complete lines after it, also when the file's name is gone."""
        data, size = bytearray(), os.fstat(self.fd).st_size
        while len(data) < size and (piece := os.pread(self.fd, 1 << 24, len(data))):
            data += piece
        end = data.rfind(b"\n") + 1
        first = data.find(b"\n") + 1
        if parse_header(bytes(data[:first])) is None:  # cut to nothing and written on
            first = 0
        return bytes(data[:first]), bytes(data[first:end])

    def disown(self) -> None:
        """In a forked child: let go of the parent's file."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            _close(fd)

    def __del__(self) -> None:
        if getattr(self, "fd", -1) >= 0:
            self.disown()


def sync_folder(folder: Path) -> None:
    """Push the names in a folder to the disk, where the system can."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(fd)
    except OSError:
        pass  # some file systems refuse it for folders
    finally:
        os.close(fd)


def encode(kind: str, payload: Mapping[str, Any], n: int, version: int = 1) -> bytes:
    """Return the line of one record.

    Raises
    ------
    RecordError
        The record is longer than a line may be (1 MiB).
    """
    head = {"t": kind, "v": version, "n": n, "ns": time.time_ns()}
    try:
        line = orjson.dumps({**head, **payload}, option=_OPTIONS)
        if b"null" in line:  # that is what NaN and infinities become
            line = orjson.dumps({**head, **_storable(payload)}, option=_OPTIONS)
    except orjson.JSONEncodeError:  # lone surrogates, integers beyond 64 bits, foreign objects
        line = orjson.dumps({**head, **_storable(payload)}, option=_OPTIONS)
    check_length(line)
    return line


def check_length(line: bytes) -> None:
    """Refuse a line that no reader would take for one."""
    if len(line) > MAX_LINE:
        raise RecordError(
            f"a record of {len(line):,} bytes is longer than a journal line may be ({MAX_LINE:,})",
            "log large values as files: they are kept as artifacts",
        )


def _storable(value: Any) -> Any:
    """Return ``value`` as JSON can hold it: what JSON has no number for travels as text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_storable(str(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**53) < value < 2**53:
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if callable(getattr(value, "tolist", None)):  # arrays, and their scalars
        return _storable(value.tolist())
    return f"<{type(value).__name__}>"


def parse_header(line: bytes) -> dict[str, Any] | None:
    """Return the header in ``line``, or None when it is not one of ours."""
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        return None
    if not all(isinstance(header.get(key), kind) for key, kind in _HEADER_TYPES.items()):
        return None
    return header


_HEADER_TYPES: Final = {"version": int, "store_id": str, "session_id": str, "host": str}
