"""What a remote is told of a version, and putting on record here what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import place, queries
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.payload import read_blob
from nbmlops.data.records import MODES, Version
from nbmlops.errors import RecordError
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb

_FORMAT: Final = 1
_FIELDS: Final = (
    "version_id", "dataset", "kind", "content_id", "schema_id", "form_id", "rows", "columns", "files", "size_bytes",
    "mode", "message", "parents", "key", "source", "sha256",
)  # fmt: skip
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PART: Final = 4000

Said = dict[str, Any]


def file_of(dataset: str, version_id: str) -> str:
    """Where a remote has what a version is."""
    return f"data/{dataset}/{version_id}.json"


def said_of(con: duckdb.DuckDBPyConnection, version: Version) -> Said:
    """All that is on record of a version, as plain JSON. No run, no user, no address is in it."""
    row = con.execute(
        f"SELECT {', '.join(_FIELDS)} FROM _nbm.data_commits WHERE version_id = ? LIMIT 1", [version.id]
    ).fetchone()
    said: Said = {"format": _FORMAT, **dict(zip(_FIELDS, row or (), strict=True))}
    said["created_at"] = version.created_at.isoformat()
    said["is_dropped"] = version.is_dropped
    said["key"] = list(version.key)
    said["profiles"] = con.execute(
        "SELECT DISTINCT place, name, type, column_id, profile FROM data_profiles WHERE version_id = ? ORDER BY place",
        [version.id],
    ).fetchall()
    return said


def needed(store: Store, version: Version) -> list[str]:
    """What a version is made of, its manifest last."""
    assert version.manifest is not None
    found: list[str] = []
    sha256 = version.manifest
    while True:
        manifest = VersionManifest.unpack(read_blob(store.fetch, (sha256, 0)))
        found = [*([] if version.is_dropped else manifest.blobs()), *found, sha256]
        if manifest.delta is None:
            return list(dict.fromkeys(found))
        sha256 = manifest.delta["parent"][0]


def read_said(data: bytes, dataset: str, version_id: str) -> Said:
    """What a remote says of a version.

    Raises
    ------
    RecordError
        It is damaged, or was written by a newer version. Nothing of it is taken then.
    """
    try:
        said: Said = json.loads(data)
        if said["format"] > _FORMAT:
            raise RecordError(
                f"version {version_id} of {dataset} was pushed by a newer nbmlops", "upgrade: pip install -U nbmlops"
            )
        is_whole = (
            (said["dataset"], said["version_id"]) == (dataset, version_id)
            and said["mode"] in MODES
            and all(_SHA256.fullmatch(sha256) for sha256 in [*said["blobs"], said["sha256"]])
            and all(isinstance(parent, str) for parent in said["parents"])
            and all(len(row) == 5 for row in said["profiles"])
            and not set(_FIELDS) - set(said)
        )
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise RecordError(
            f"{file_of(dataset, version_id)} of the remote is damaged; nothing of that version was taken",
            "push it again from where it is whole",
        )
    return said


def record(said: Mapping[str, Any]) -> None:
    """Put a version that came from elsewhere on record here, after all its values are here."""
    append, version = place.session().append, said["version_id"]
    for at, name, kind, column, text in said["profiles"]:
        append("data.columns", {"version": version, "c": [{"p": at, "n": name, "t": kind, "i": column}]})
        if text:
            append("data.profiles", {"p": [{"i": column, "d": text}]})
    for part in _parts(said["blobs"]):
        append("data.blobs", {"version": version, "b": part})
    append(
        "data.version",
        {
            "version": version, "dataset": said["dataset"], "kind": said["kind"], "content": said["content_id"],
            "schema": said["schema_id"], "form": said["form_id"], "rows": said["rows"], "columns": said["columns"],
            "files": said["files"], "size": said["size_bytes"], "new": 0, "mode": said["mode"],
            "message": said["message"], "parents": said["parents"], "key": said["key"], "source": said["source"],
            "sha256": said["sha256"], "run": None, "execution": None,
        },
    )  # fmt: skip
    if said.get("is_dropped"):
        append("data.drop", {"versions": [version]})


def restore(said: Mapping[str, Any]) -> None:
    """Put on record that the values of a version, once collected, are here again."""
    for part in _parts(said["blobs"]):
        place.session().append("data.restore", {"version": said["version_id"], "b": part})


def refs_and_parents(con: duckdb.DuckDBPyConnection, dataset: str) -> tuple[dict[str, tuple[str, str]], dict[str, Any]]:
    """The refs (kind, version id) and the versions of a dataset that are here."""
    versions = {version.id: version for version in queries.of_dataset(con, dataset)}
    return {name: (kind, at) for _, name, kind, at in queries.refs(con, dataset)}, versions


def _parts(blobs: list[str]) -> list[list[dict[str, Any]]]:
    rows = [{"s": sha256, "z": None} for sha256 in blobs]
    return [rows[start : start + _PART] for start in range(0, len(rows), _PART)]
