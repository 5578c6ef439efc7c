"""One session's append-only file: a record is one JSON line and one ``os.write``."""

from __future__ import annotations

import errno
import itertools
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from nbmlops.errors import RecordError

FORMAT: Final = "nbmlops-journal"
VERSION: Final = 1
MAX_LINE: Final = 1 << 20
SUFFIX: Final = ".jsonl"

_write = os.write
_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


class Journal:
    """Writes records; everything that ``append`` returned from survives ``kill -9``.

    Safe for several threads: a record is a single ``write`` to a file opened for appending.
    """

    def __init__(self, path: Path, header: Mapping[str, Any], numbers: itertools.count[int]) -> None:
        self.path = path
        self.id = path.name.removesuffix(SUFFIX)
        self.numbers = numbers
        self.fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self.written = 0  # bytes written from here
        self._is_torn = False
        self._synced = 0
        self.write(orjson.dumps({"format": FORMAT, "version": VERSION, **header}, option=orjson.OPT_APPEND_NEWLINE))

    def append(self, kind: str, payload: Mapping[str, Any], version: int = 1) -> None:
        """Write one record.

        Raises
        ------
        RecordError
            The record is longer than a line may be (1 MiB), or holds what JSON cannot.
        OSError
            The disk is full or the file is gone; nothing of the record is kept.
        """
        self.write(encode(kind, payload, next(self.numbers), version))

    def write(self, line: bytes) -> None:
        """Write one encoded line."""
        if self._is_torn:  # the piece before is set aside at ingest, this record is not
            line = b"\n" + line
            self._is_torn = False
        count = _write(self.fd, line)
        self.written += count
        if count != len(line):
            self._is_torn = True
            raise OSError(errno.ENOSPC, f"only {count} of {len(line)} bytes were written")

    def sync(self) -> None:
        """Push what was written to the disk, for power loss; ``kill -9`` needs none."""
        if self._synced != self.written:
            self._synced = self.written
            getattr(os, "fdatasync", os.fsync)(self.fd)

    def is_intact(self) -> bool:
        """Tell whether the file is still at its path with all that was written."""
        written = self.written  # before the size is asked for: other threads go on writing
        try:
            here = os.fstat(self.fd)
            there = os.stat(self.path)
        except OSError:
            return False
        return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino) and here.st_size >= written

    def content(self) -> bytes:
        """Return everything after the header, also when the file's name is gone."""
        size = os.fstat(self.fd).st_size
        data = b""
        while len(data) < size:
            piece = os.pread(self.fd, min(size - len(data), 1 << 26), len(data))
            if not piece:
                break
            data += piece
        return data[data.find(b"\n") + 1 :]

    def close(self) -> None:
        """Close the file; later appends raise OSError."""
        if self.fd >= 0:
            fd, self.fd = self.fd, -1
            os.close(fd)


def encode(kind: str, payload: Mapping[str, Any], n: int, version: int = 1) -> bytes:
    """Return the line of one record."""
    record = {"t": kind, "v": version, "n": n, "ns": time.time_ns(), **payload}
    try:
        line = orjson.dumps(record, option=_OPTIONS)
    except orjson.JSONEncodeError:
        line = orjson.dumps(_storable(record), option=_OPTIONS)
    if len(line) > MAX_LINE:
        raise RecordError(
            f"a record of {len(line):,} bytes is longer than a journal line may be ({MAX_LINE:,})",
            "log large values as files: they are kept as artifacts",
        )
    return line


def _storable(value: Any) -> Any:
    """Return ``value`` with lone surrogates and foreign objects replaced, so that JSON can hold it."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_storable(str(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**53) <= value <= 2**53:
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
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
