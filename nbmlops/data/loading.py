"""Giving versions back: the object as it was, or its values for another library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.data import arrays, edges, forms, payload, place, resolving, states
from nbmlops.data.identity import identify
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.payload import Kept
from nbmlops.data.records import Version
from nbmlops.data.restoring import restored, tell_of_links, written
from nbmlops.errors import RecordError, UsageError
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import pyarrow as pa


def load(what: Any, *, as_: str | None = None, to: str | Path | None = None, sample: bool = False) -> Any:
    """Give a version back; see ``ml.data.load``."""
    store = place.store()
    version: Version = store.read(lambda con: resolving.resolve(con, what))
    manifest = manifest_of(store, version)
    found = sampled(store, version, manifest, as_) if sample else _whole(store, version, manifest, as_, to)
    edges.note("in", version=version)
    return found


def manifest_of(store: Store, version: Version) -> VersionManifest:
    """What a version is made of.

    Raises
    ------
    RecordError
        It is gone or damaged.
    """
    assert version.manifest is not None
    return VersionManifest.unpack(payload.read_blob(store.fetch, (version.manifest, 0)))


def kept(store: Store, version: Version, manifest: VersionManifest | None = None) -> Kept:
    """The values of a version that is a table.

    Raises
    ------
    RecordError
        They are not kept.
    """
    found = manifest or manifest_of(store, version)
    must_be_kept(version)
    return Kept(store.fetch, found)


def must_be_kept(version: Version) -> None:
    """Refuse a version whose values are not in the store.

    Raises
    ------
    RecordError
    """
    if version.is_dropped:
        raise RecordError(
            f"the values of {version.name} were collected by ml.data.gc",
            "its schema and profile are kept: ml.data.show(...); ml.data.pull(...) brings values back from a remote",
        )
    if version.mode != "keep":
        hint = "load(..., sample=True) gives the sample" if version.mode == "sample" else "its source was"
        if version.mode == "hash":
            hint = f"it was read from {version.source}" if version.source else "save it with mode='keep'"
        raise RecordError(f"the values of {version.name} are not kept (mode {version.mode!r})", hint)


def table_of(store: Store, version: Version, manifest: VersionManifest) -> pa.Table:
    """The rows of a version: also of files that are a table."""
    if version.kind != "files":
        return kept(store, version, manifest).table()
    if version.rows is None:
        raise RecordError(f"{version.name} is files that are no table", "ml.data.load gives their folder")
    must_be_kept(version)
    from nbmlops.data import files

    assert manifest.files is not None
    folder = restored(store, version, manifest)
    kept_ = [file.path for file in manifest.files.files if file.digest in manifest.kept]
    table = files.table([folder / path if path else folder for path in kept_])
    if table is None or identify(table).content_id != version.content_id:
        raise RecordError(
            f"the files of {version.name} are not read as the table that was saved any more",
            f"ml.data.load({version.name!r}) gives the files",
        )
    return table


def _whole(store: Store, version: Version, manifest: VersionManifest, as_: str | None, to: str | Path | None) -> Any:
    must_be_kept(version)
    if version.kind in ("array", "state"):
        if as_ is not None:
            raise UsageError(f"{version.name} is an array: it is given as it was", "leave as_ out")
        data = pieces_of(store, manifest)
        return (
            states.restore(manifest.form, data) if version.kind == "state" else arrays.restore(manifest.form, data[0])
        )
    if version.kind == "files":
        if as_ is not None:
            return forms.convert(table_of(store, version, manifest), as_)
        tell_of_links(version, manifest)
        return restored(store, version, manifest) if to is None else written(store, manifest, Path(to))
    if to is not None:
        raise UsageError(f"{version.name} is a table: it is given as an object", "write it: .to_parquet(path)")
    table = kept(store, version, manifest).table()
    if manifest.delta is not None and identify(table).content_id != version.content_id:
        raise RecordError(f"the values of {version.name} are not what was saved", "ml.data.verify() says what is wrong")
    if as_ is not None:
        return forms.convert(table, as_)
    levels = [] if manifest.hidden is None else _columns(payload.read_blob(store.fetch, manifest.hidden))
    return forms.restore(manifest.form, table, levels)


def pieces_of(store: Store, manifest: VersionManifest) -> list[list[bytes]]:
    """The bytes of every array of a version that is kept."""
    return [[payload.read_blob(store.fetch, blob) for blob in blobs] for blobs in manifest.pieces or ((),)]


def _columns(data: bytes) -> list[pa.ChunkedArray]:
    return list(payload.decode_table(data).columns)


def sampled(store: Store, version: Version, manifest: VersionManifest, as_: str | None) -> Any:
    """The rows of a version in mode ``sample``.

    Raises
    ------
    RecordError
        None are kept.
    """
    if manifest.sample is None:
        raise RecordError(f"of {version.name} no sample is kept (mode {version.mode!r})", "load it without sample=True")
    assert manifest.identity is not None
    table = payload.decode_table(payload.read_blob(store.fetch, manifest.sample))
    return forms.convert(table.rename_columns(list(manifest.identity.names)), as_ or _library(manifest))


def _library(manifest: VersionManifest) -> str:
    engine = str(manifest.form["engine"])
    return engine if engine in forms.ENGINES else "pandas"
