"""Versions in another place: a folder, or any address that fsspec knows. Only what is missing is moved.

``blobs/ab/abcd...`` are the values, ``data/<dataset>/<version id>.json`` what a version is, written after its values:
what is interrupted is gone on with. Blobs have their content as name, so several may push at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Protocol

from nbmlops.data import names, place, queries, resolving
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.payload import Keeper, read_blob
from nbmlops.data.records import Version
from nbmlops.errors import RecordError, UsageError
from nbmlops.storage.blobs import Blobs
from nbmlops.storage.store import Store
from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import duckdb

_FORMAT: Final = 1
_THREADS: Final = 4
_FIELDS: Final = (
    "version_id", "dataset", "kind", "content_id", "schema_id", "form_id", "rows", "columns", "files", "size_bytes",
    "mode", "message", "parents", "key", "source", "sha256",
)  # fmt: skip


class Place(Protocol):
    """Somewhere that holds files by name."""

    def has(self, name: str) -> bool:
        """Whether it is there."""

    def write(self, name: str, data: bytes) -> None:
        """Put it there, whole or not at all."""

    def read(self, name: str) -> bytes:
        """Get it; raises FileNotFoundError."""

    def list(self, folder: str) -> list[str]:
        """Names below a folder."""


@dataclass(frozen=True)
class Moved:
    """What a push or pull did."""

    verb: str
    versions: int
    blobs: int
    size_bytes: int
    there: int

    def __str__(self) -> str:
        what = f"{self.versions} version{'' if self.versions == 1 else 's'}"
        size = fmt.size(self.size_bytes)
        return f"{self.verb} {what}: {self.blobs} values ({size}), {self.there} were there already"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def push(what: Any, url: str | Path) -> Moved:
    """Copy a version, or all versions of a dataset, to another place.

    Parameters
    ----------
    what : str or Version
        ``"train"``: all its versions; ``"train@v3"``: that one.
    url : str or Path
        A folder, or an address that fsspec knows: ``s3://bucket/data``.

    Returns
    -------
    Moved
        What was moved; values that are there already are not moved again, also after a failure in the middle.

    Raises
    ------
    RecordError
        The remote failed, or a value is gone or damaged here. A version is named there after all its values.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2]}), "shared")
    >>> print(ml.data.push("shared", "somewhere"))
    pushed 1 version: 2 values (...B), 0 were there already
    """
    store, remote = place.store(), at(url)
    versions, profiles = store.read(lambda con: _chosen(con, what))
    count = there = size = 0
    for version in versions:
        blobs = _needed(store, version)
        moved = _put_all(store, remote, blobs)
        count, size, there = count + len(moved), size + sum(moved), there + len(blobs) - len(moved)
        said = {"format": _FORMAT, **profiles[version.id]}
        _guarded(remote.write, f"data/{version.dataset}/{version.id}.json", json.dumps(said).encode())
    return Moved("pushed", len(versions), count, size, there)


def pull(dataset: str, url: str | Path) -> Moved:
    """Take the versions of a dataset from another place, also values that are missing here.

    Parameters
    ----------
    dataset : str
        Its name.
    url : str or Path
        Where it was pushed to.

    Returns
    -------
    Moved
        Versions that are new here are numbered after those that are here. A branch that went on differently here
        stays; the other one is called ``<branch>-pulled``.

    Raises
    ------
    RecordError
        The remote failed, or a value there is damaged; what was taken is whole.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2, 3]}), "pulled")
    >>> _ = ml.data.push("pulled", "elsewhere")
    >>> print(ml.data.pull("pulled", "elsewhere"))
    pulled 0 versions: 0 values (0 B), 2 were there already
    """
    name = names.dataset(dataset)
    store, remote = place.session().store, at(url)
    files = sorted(_guarded(remote.list, f"data/{name}"))
    if not files:
        raise UsageError(f"{url} has no dataset {name!r}", "ml.data.push puts it there")
    known, refs = store.read(lambda con: _state(con, name))
    theirs = {file.removesuffix(".json") for file in files}
    keeper = Keeper(Blobs(store.layout))
    count = there = size = new = 0
    for file in files:
        said = json.loads(_guarded(remote.read, f"data/{name}/{file}"))
        if said["format"] > _FORMAT:
            raise RecordError(f"{file} was pushed by a newer nbmlops", "upgrade here: pip install -U nbmlops")
        wanted = list(said["blobs"])
        missing = [sha256 for sha256 in wanted if not keeper.has(sha256)]
        with ThreadPoolExecutor(_THREADS) as pool:
            sizes = list(pool.map(lambda sha256: _get(remote, keeper, sha256), missing))
        keeper.settle()
        count, size, there = count + len(missing), size + sum(sizes), there + len(wanted) - len(missing)
        if said["version_id"] not in known:
            _record(said, [_fitting(ref, kind, refs, theirs) for ref, kind in said["refs"]])
            new += 1
    return Moved("pulled", new, count, size, there)


def at(url: str | Path) -> Place:
    """The place that a path or address names.

    Raises
    ------
    UsageError
        fsspec is needed for it, or does not know it.
    """
    text = str(url)
    if "://" not in text or text.startswith("file://"):
        return _Folder(Path(text.removeprefix("file://")).expanduser().absolute())
    try:
        import fsspec
    except ModuleNotFoundError:
        raise UsageError(f"{text} needs fsspec", "pip install fsspec, and for S3 s3fs, for Google gcsfs") from None
    try:
        system, path = fsspec.core.url_to_fs(text)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{text} cannot be reached: {error}", "install what it needs, for S3 s3fs") from None
    return _System(system, path)


class _Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def has(self, name: str) -> bool:
        return (self._root / name).exists()

    def write(self, name: str, data: bytes) -> None:
        from nbmlops.storage.layout import write_private

        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_private(target, data)

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def list(self, folder: str) -> list[str]:
        found = self._root / folder
        return [path.name for path in found.iterdir() if path.suffix == ".json"] if found.is_dir() else []


class _System:
    """Any file system of fsspec; an object there is whole or not at all."""

    def __init__(self, system: Any, root: str) -> None:
        self._system = system
        self._root = root.rstrip("/")

    def has(self, name: str) -> bool:
        return bool(self._system.exists(f"{self._root}/{name}"))

    def write(self, name: str, data: bytes) -> None:
        target = f"{self._root}/{name}"
        self._system.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
        self._system.pipe_file(target, data)

    def read(self, name: str) -> bytes:
        return bytes(self._system.cat_file(f"{self._root}/{name}"))

    def list(self, folder: str) -> list[str]:
        try:
            found = self._system.ls(f"{self._root}/{folder}", detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return [PurePosixPath(str(name)).name for name in found if str(name).endswith(".json")]


def _guarded(call: Any, *values: Any) -> Any:
    try:
        return call(*values)
    except OSError as error:
        raise RecordError(
            f"the remote failed: {error}", "run it again: what was moved already is not moved twice"
        ) from None


def _blob(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"


def _put_all(store: Store, remote: Place, blobs: Iterable[str]) -> list[int]:
    def one(sha256: str) -> int:
        if _guarded(remote.has, _blob(sha256)):
            return -1
        data = read_blob(store.fetch, (sha256, 0))
        _guarded(remote.write, _blob(sha256), data)
        return len(data)

    with ThreadPoolExecutor(_THREADS) as pool:
        return [size for size in pool.map(one, blobs) if size >= 0]


def _get(remote: Place, keeper: Keeper, sha256: str) -> int:
    data = bytes(_guarded(remote.read, _blob(sha256)))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise RecordError(
            f"the value {sha256[:12]}... of the remote is damaged", "push it again from where it is whole"
        )
    keeper.put(data)
    return len(data)


def _needed(store: Store, version: Version) -> list[str]:
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


def _chosen(con: duckdb.DuckDBPyConnection, what: Any) -> tuple[list[Version], dict[str, dict[str, Any]]]:
    """The versions that are meant, oldest first, and all that is recorded of each."""
    ref = names.parse(what) if isinstance(what, str) else None
    if ref is not None and not ref.at and not ref.back:
        resolving.must_exist(con, ref.dataset)
        versions = queries.of_dataset(con, ref.dataset)[::-1]
    else:
        versions = [resolving.resolve(con, what)]
    return versions, {version.id: _said(con, version) for version in versions}


def _said(con: duckdb.DuckDBPyConnection, version: Version) -> dict[str, Any]:
    row = con.execute(
        f"SELECT {', '.join(_FIELDS)} FROM _nbm.data_commits WHERE version_id = ?", [version.id]
    ).fetchone()
    said: dict[str, Any] = dict(zip(_FIELDS, row or (), strict=True))
    said["created_at"] = version.created_at.isoformat()
    said["blobs"] = [
        sha
        for (sha,) in con.execute("SELECT sha256 FROM _nbm.data_blobs WHERE version_id = ?", [version.id]).fetchall()
    ]
    said["profiles"] = con.execute(
        "SELECT place, name, type, column_id, profile FROM data_profiles WHERE version_id = ? ORDER BY place",
        [version.id],
    ).fetchall()
    said["refs"] = [(name, kind) for _, name, kind, at_ in queries.refs(con, version.dataset) if at_ == version.id]
    return said


def _state(con: duckdb.DuckDBPyConnection, name: str) -> tuple[set[str], dict[str, str]]:
    """The versions and refs that are here."""
    known = {version.id for version in queries.of_dataset(con, name)}
    return known, {ref: version for _, ref, _, version in queries.refs(con, name)}


def _fitting(ref: str, kind: str, refs: dict[str, str], theirs: set[str]) -> tuple[str, str]:
    """The name under which a ref from elsewhere is kept here: ours stay where they are if they went on differently."""
    is_free = ref not in refs or (kind == "branch" and refs[ref] in theirs)
    return (ref if is_free else f"{ref}-pulled", kind)


def _record(said: dict[str, Any], refs: Iterable[tuple[str, str]]) -> None:
    """Put a version that came from elsewhere on record here."""
    append, version = place.session().append, said["version_id"]
    for at_, name, kind, column, text in said["profiles"]:
        append("data.columns", {"version": version, "c": [{"p": at_, "n": name, "t": kind, "i": column}]})
        if text:
            append("data.profiles", {"p": [{"i": column, "d": text}]})
    for start in range(0, len(said["blobs"]), 4000):
        part = said["blobs"][start : start + 4000]
        append("data.blobs", {"version": version, "b": [{"s": sha256, "z": None} for sha256 in part]})
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
    for name, kind in refs:
        append("data.ref", {"dataset": said["dataset"], "name": name, "kind": kind, "version": version})
