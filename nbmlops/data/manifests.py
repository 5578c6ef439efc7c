"""The manifest of a version: what it is made of and how it is given back. A blob of the store, never changed."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.folders import FileEntry, Manifest
from nbmlops.data.identity import Identity
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT: Final = 1
_DIGEST: Final = 32

Blob = tuple[str, int]
"""SHA-256 and size of a large value."""


@dataclass(frozen=True)
class VersionManifest:
    """What a version is made of.

    Attributes
    ----------
    form
        How the object was held.
    identity
        Of tables.
    schema
        Of tables, the Arrow types that the columns are kept in, as Arrow writes a schema.
    pieces
        Of tables that are kept, a blob a column and chunk; of arrays one row of blobs.
    hidden
        The blob of what is no content: levels of an index without a name.
    sample
        The blob of some rows.
    delta
        Instead of pieces: the parent's manifest, and the blobs of what changed.
    files
        Of files, what they are; ``kept`` has the blob of each digest that is kept.
    """

    form: Mapping[str, Any]
    identity: Identity | None = None
    schema: str = ""
    pieces: tuple[tuple[Blob, ...], ...] | None = None
    hidden: Blob | None = None
    sample: Blob | None = None
    delta: Mapping[str, Any] | None = None
    files: Manifest | None = None
    kept: Mapping[str, Blob] = field(default_factory=dict)

    @cached_property
    def types(self) -> list[pa.DataType]:
        """The Arrow types of the columns as they are kept."""
        import pyarrow as pa

        return list(pa.ipc.read_schema(pa.py_buffer(base64.b64decode(self.schema))).types) if self.schema else []

    def pack(self) -> bytes:
        """As bytes."""
        said: dict[str, Any] = {"format": FORMAT, "form": self.form, "schema": self.schema}
        if self.identity is not None:
            found = self.identity
            digests = [base64.b64encode(b"".join(column)).decode() for column in found.digests]
            said["identity"] = {"names": found.names, "types": found.types, "rows": found.rows, "digests": digests}
        if self.files is not None:
            said["files"] = [[file.path, file.size_bytes, file.is_executable, file.digest] for file in self.files.files]
            said |= {"empty": self.files.empty} if self.files.empty else {}
        for name in ("pieces", "hidden", "sample", "delta", "kept"):
            if (value := getattr(self, name)) is not None:
                said[name] = value
        return zlib.compress(json.dumps(said, separators=(",", ":")).encode(), 1)

    @classmethod
    def unpack(cls, data: bytes) -> VersionManifest:
        """From bytes.

        Raises
        ------
        RecordError
            They were written by a newer version, or lead out of the place where they are to be written.
        """
        said = json.loads(zlib.decompress(data))
        if said["format"] > FORMAT:
            raise RecordError("this version was saved by a newer nbmlops", "upgrade here: pip install -U nbmlops")
        _must_stay_inside(said)
        return cls(
            said["form"],
            _identity(said["identity"]) if "identity" in said else None,
            said["schema"],
            None if "pieces" not in said else tuple(tuple(map(_blob, column)) for column in said["pieces"]),
            _blob(said.get("hidden")),
            _blob(said.get("sample")),
            said.get("delta"),
            _files(said) if "files" in said else None,
            {digest: (sha256, size) for digest, (sha256, size) in said.get("kept", {}).items()},
        )

    def blobs(self) -> dict[str, int]:
        """Every large value that the version needs, but for its manifest and what its parent has."""
        found = dict(blob for column in self.pieces or () for blob in column)
        found.update(self.kept.values())
        found.update(filter(None, [self.hidden, self.sample]))
        if self.delta is not None:
            found.update(_blob(blob) for blob in self.delta["blobs"])
        return found


def _files(said: Mapping[str, Any]) -> Manifest:
    return Manifest(tuple(FileEntry(*file) for file in said["files"]), tuple(said.get("empty", ())))


def _must_stay_inside(said: Mapping[str, Any]) -> None:
    """Refuse what would be written anywhere: a manifest may have come from elsewhere."""
    paths = [file[0] for file in said.get("files", ()) if file[0]] + list(said.get("empty", ()))
    name = said["form"].get("name", "x") if "files" in said else "x"
    bad = [path for path in paths if not _is_below(path)] + ([] if name == "" or _is_plain(name) else [name])
    if bad:
        raise RecordError(
            f"this version names a file outside of its folder: {str(bad[0])[:80]!r}", "do not trust where it came from"
        )


def _is_below(path: Any) -> bool:
    return isinstance(path, str) and all(map(_is_plain, path.split("/")))


def _is_plain(name: Any) -> bool:
    """Whether it is one name in a folder; on Windows a drive or a backslash leads elsewhere."""
    if not isinstance(name, str) or name in ("", ".", "..") or "/" in name or "\0" in name:
        return False
    return os.name != "nt" or not (set(name) & set(":\\"))


def _identity(said: Mapping[str, Any]) -> Identity:
    digests = []
    for text in said["digests"]:
        data = base64.b64decode(text)
        digests.append(tuple(data[at : at + _DIGEST] for at in range(0, len(data), _DIGEST)))
    return Identity(tuple(said["names"]), tuple(said["types"]), tuple(digests), said["rows"])


def _blob(said: Any) -> Any:
    return None if said is None else (said[0], said[1])
