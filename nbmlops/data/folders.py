"""Files and folders by their bytes: a manifest of every file, and one id of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Final

from nbmlops.data import own
from nbmlops.data.identity import PREFIX, rolled
from nbmlops.errors import RecordError

_READ: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_MAPPED: Final = 1 << 20  # from this size on a file is mapped and hashed by several threads
_FRESH_NS: Final = 2_000_000_000  # a file written so recently may change again within one tick of its clock
_NAMED: Final = 6

Stamp = tuple[int, int, int, int]
"""Size, times of the last change of the content and of anything in nanoseconds, inode."""
StatCache = MutableMapping[str, tuple[Stamp, str]]
"""By absolute path: the stamp of a file and its digest. Never part of an id."""


@dataclass(frozen=True, order=True)
class FileEntry:
    """One file of a folder.

    Attributes
    ----------
    path
        Below the folder, with forward slashes; empty for a single file.
    size_bytes
        Its length.
    is_executable
        Whether its owner may run it.
    digest
        blake3 of its bytes, 64 hexadecimal digits. Of a link that leads nowhere or in a circle: of the text of its
        target, with ``link:`` in front.
    """

    path: str
    size_bytes: int
    is_executable: bool
    digest: str

    @property
    def is_link(self) -> bool:
        """Whether it is a link without bytes of its own."""
        return self.digest.startswith("link:")


@dataclass(frozen=True)
class Manifest:
    """Every file of a folder, sorted by path.

    Attributes
    ----------
    files
        What it has.
    empty
        Folders in which nothing is.
    left_out
        What is there and is no part of it: stores of nbmlops, pipes, devices.
    """

    files: tuple[FileEntry, ...]
    empty: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def content_id(self) -> str:
        """``nb1:`` and 64 hexadecimal digits, of paths and bytes; times and owners do not count."""
        parts = [part for file in self.files for part in _parts(file)]
        for folder in self.empty:
            parts += _encoded(f"{folder}/"), b"d", b""
        return PREFIX + rolled([b"folder", *parts])

    @property
    def note(self) -> str:
        """What is not kept of it, in words."""
        links = [file.path for file in self.files if file.is_link]
        said = [f"left out: {_listed(self.left_out)}"] if self.left_out else []
        said += [f"links that lead nowhere or in a circle: {_listed(links)}"] if links else []
        return "; ".join(said)

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def by_path(self) -> Mapping[str, FileEntry]:
        """The files by their path."""
        return {file.path: file for file in self.files}


def manifest(root: str | Path, cache: StatCache | None = None) -> Manifest:
    """Read a folder, or a single file.

    Parameters
    ----------
    root
        What to read. Links count as what they lead to; one that leads nowhere or in a circle by its target's name.
    cache
        What earlier calls found: files whose size, times and inode are as before are not read again.

    Returns
    -------
    Manifest
        About 0.5 CPU seconds for 20,000 small files, half of it with a cache.

    Raises
    ------
    RecordError
        It is not there, a file cannot be read, or changes while it is.
    UsageError
        It is a store of nbmlops, or part of one.
    """
    base = Path(root).absolute()
    known: StatCache = {} if cache is None else cache
    if not base.exists():
        raise RecordError(
            f"there is no file or folder {base}", "check the path; it is looked for from the kernel's folder"
        )
    own.must_be_other(str(base))
    if base.is_file():
        return Manifest((_entry("", str(base), known),))
    empty: list[str] = []
    left_out: list[str] = []
    files = sorted(_walk(base, known, empty, left_out), key=attrgetter("path"))
    return Manifest(tuple(files), tuple(sorted(empty)), tuple(sorted(left_out)))


def _walk(base: Path, cache: StatCache, empty: list[str], left_out: list[str]) -> Iterator[FileEntry]:
    real = os.path.realpath(base)
    todo: list[tuple[str, str, tuple[str, ...]]] = [(str(base), "", (real,))]
    while todo:
        folder, below, above = todo.pop()
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError as error:
            raise _unreadable(folder, error) from None
        if not entries and below:
            empty.append(below[:-1])
        stores = own.stores(folder) if any(entry.name == own.STATE for entry in entries) else ()
        for entry in entries:
            path = f"{below}{entry.name}"
            is_link = entry.is_symlink()
            if is_link and _leads_nowhere(entry.path, above):
                yield _link(path, entry.path)
            elif entry.name == own.STATE or own.belongs(entry.name, stores) or (is_link and _is_ours(entry)):
                left_out.append(path)
            elif entry.is_dir():
                todo.append((entry.path, f"{path}/", (*above, os.path.realpath(entry.path))))
            elif entry.is_file():
                yield _entry(path, entry.path, cache)
            else:
                left_out.append(path)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    return own.is_state(entry.path) if entry.is_dir() else own.is_store(entry.path)


def _leads_nowhere(link: str, above: tuple[str, ...]) -> bool:
    """Whether a link is broken, or leads to a folder that it lies in."""
    target = os.path.realpath(link)
    return not os.path.exists(target) or any(os.path.commonpath([target, folder]) == target for folder in above)


def _entry(path: str, file: str, cache: StatCache) -> FileEntry:
    try:
        before = os.stat(file)
        stamp = _stamp(before)
        known = cache.get(file)
        if known is not None and known[0] == stamp:
            return FileEntry(path, before.st_size, _is_executable(before), known[1])
        digest = _digest(file, before.st_size)
        after = os.stat(file)
        if _stamp(after) != stamp:  # once more: whoever wrote it may be done now
            before, stamp = after, _stamp(after)
            digest = _digest(file, before.st_size)
            if _stamp(os.stat(file)) != stamp:
                raise RecordError(f"{file} changes while it is read", "wait until it is written, then try again")
    except OSError as error:
        raise _unreadable(file, error) from None
    if before.st_mtime_ns + _FRESH_NS < _now_ns():
        cache[file] = (stamp, digest)
    return FileEntry(path, before.st_size, _is_executable(before), digest)


def _digest(file: str, size: int) -> str:
    from blake3 import blake3

    if size >= _MAPPED:
        return blake3(max_threads=blake3.AUTO).update_mmap(file).hexdigest()
    hasher = blake3()
    opened = os.open(file, _READ)  # a file object costs more than reading a small file
    try:
        while data := os.read(opened, size + 1):
            hasher.update(data)
    finally:
        os.close(opened)
    return hasher.hexdigest()


def _link(path: str, link: str) -> FileEntry:
    from blake3 import blake3

    target = os.readlink(link)
    return FileEntry(path, 0, False, f"link:{blake3(_encoded(target)).hexdigest()}")


def _parts(file: FileEntry) -> tuple[bytes, ...]:
    return _encoded(file.path), b"x" if file.is_executable else b"-", file.digest.encode()


def _encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_NAMED]) + (f", and {len(paths) - _NAMED} more" if len(paths) > _NAMED else "")


def _stamp(found: os.stat_result) -> Stamp:
    # what is written with its old time put back has another time of change all the same
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _is_executable(found: os.stat_result) -> bool:
    return bool(found.st_mode & stat.S_IXUSR)


def _now_ns() -> int:
    import time

    return time.time_ns()


def _unreadable(file: str, error: OSError) -> RecordError:
    hint = "it was deleted meanwhile: try again" if isinstance(error, FileNotFoundError) else "check its permissions"
    return RecordError(f"{file} cannot be read: {error.strerror or error}", hint)
