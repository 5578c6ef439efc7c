"""The records of a version but for its own: profiles, columns, and the values that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from nbmlops.data import payload
from nbmlops.data.identity import Identity
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.records import Version
from nbmlops.errors import RecordError
from nbmlops.storage.store import Store

Append = Callable[[str, Mapping[str, Any]], None]

_PER_RECORD: Final = 4000
_BYTES: Final = 500_000
_NAME: Final = 1000


def profiles(append: Append, new: Mapping[str, str]) -> None:
    """Profiles of columns by their id."""
    for part in _fitting([{"i": column, "d": text} for column, text in new.items()], "d"):
        append("data.profiles", {"p": part})


def columns(append: Append, version: str, identity: Identity) -> None:
    """Names, types and ids of columns."""
    rows = [
        {"p": at, "n": name[:_NAME], "t": kind[:_NAME], "i": identity.column_id(at)}
        for at, (name, kind) in enumerate(zip(identity.names, identity.types, strict=True))
    ]
    for part in _fitting(rows, "n", "t"):
        append("data.columns", {"version": version, "c": part})


def blobs(append: Append, version: str, needed: Mapping[str, int]) -> None:
    """What a version needs."""
    rows = [{"s": sha256, "z": size} for sha256, size in needed.items()]
    for at in range(0, len(rows), _PER_RECORD):
        append("data.blobs", {"version": version, "b": rows[at : at + _PER_RECORD]})


def inherited(store: Store, manifest: VersionManifest) -> dict[str, int]:
    """What a delta needs of the versions before it.

    Raises
    ------
    RecordError
        It is gone or damaged.
    """
    found: dict[str, int] = {}
    while manifest.delta is not None:
        sha256 = manifest.delta["parent"][0]
        manifest = VersionManifest.unpack(payload.read_blob(store.fetch, (sha256, 0)))
        found |= {sha256: 0, **manifest.blobs()}
    return found


def is_whole(store: Store, version: Version) -> bool:
    """Whether the values of a version that keeps them are there, in their whole length."""
    if version.mode != "keep" or version.is_dropped or version.manifest is None:
        return True
    try:
        found = VersionManifest.unpack(payload.read_blob(store.fetch, (version.manifest, 0)))
        needed = {**found.blobs(), **inherited(store, found)}
        sizes = {sha256: store.fetch(sha256).stat().st_size for sha256 in needed}
    except (RecordError, OSError):
        return False
    return all(not size or sizes[sha256] == size for sha256, size in needed.items())


def must_be_there(store: Store, needed: Iterable[str]) -> None:
    """What a collection in another process took away meanwhile is taken back out of the trash.

    Called before the record of the version: nothing is named that is not there. Called after it: the collection either
    saw the record, or moved its values before this call, and then they are in the trash.

    Raises
    ------
    RecordError
        It is not there either.
    """
    for sha256 in needed:
        store.fetch(sha256)


def _fitting(rows: Sequence[dict[str, Any]], *texts: str) -> Iterable[Sequence[dict[str, Any]]]:
    """Parts that fit into a record, however long the texts are."""
    start = size = 0
    for at, row in enumerate(rows):
        wanted = 200 + sum(len(row[name].encode("utf-8", "replace")) for name in texts)
        if size and size + wanted > _BYTES:
            yield rows[start:at]
            start, size = at, 0
        size += wanted
    if size:
        yield rows[start:]
