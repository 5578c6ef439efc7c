"""Giving versions back: the object as it was, or its values for another library."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.data import arrays, edges, forms, payload, place, resolving, states
from nbmlops.data.identity import identify
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.payload import Kept
from nbmlops.data.records import Version
from nbmlops.errors import RecordError, UsageError
from nbmlops.storage.ids import new_id
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

    folder = restored(store, version, manifest)
    _, _, table, _ = files.read(str(folder) if folder.is_file() else f"{folder}/**", {})
    if table is None:
        raise RecordError(f"the files of {version.name} cannot be read as a table any more", "load them as files")
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
        return restored(store, version, manifest) if to is None else _written(store, manifest, Path(to))
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


def restored(store: Store, version: Version, manifest: VersionManifest) -> Path:
    """The files of a version in a folder of the store's own: made once, read-only."""
    folder = store.layout.state / "restored" / version.id
    target = folder / Path(str(manifest.form["name"])).name
    if not target.exists():
        half = folder.with_name(f"{version.id}.{new_id()}.tmp")
        try:
            _fill(store, manifest, half / target.name)
            os.replace(half, folder)
        except OSError as error:
            if not target.exists():
                raise RecordError(f"the files cannot be written to {folder}: {error.strerror}", "free space") from None
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return target


def _written(store: Store, manifest: VersionManifest, target: Path) -> Path:
    """Write files where the user wants them: all of them, or nothing."""
    target = target.expanduser().absolute()
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise UsageError(f"{target} is there already", "name a place where nothing is yet")
    half = target.with_name(f".{target.name}.{new_id()}.tmp")
    try:
        _fill(store, manifest, half)
        if target.exists():
            target.rmdir()
        os.replace(half, target)
    except OSError as error:
        raise RecordError(
            f"the files cannot be written to {target}: {error.strerror or error}", "free space, or name another place"
        ) from None
    finally:
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            half.unlink(missing_ok=True)
    return target


def _fill(store: Store, manifest: VersionManifest, target: Path) -> None:
    assert manifest.files is not None
    for file in manifest.files.files:
        path = os.path.normpath(file.path)
        if os.path.isabs(path) or path.startswith(".."):  # of a remote that means harm
            raise RecordError(f"this version names a file outside of its folder: {path[:80]!r}", "do not trust it")
        if file.digest not in manifest.kept:
            continue  # a link that led out of the folder: its target was no part of it
        place_ = target / file.path if file.path else target
        place_.parent.mkdir(parents=True, exist_ok=True)
        payload.copy_blob(store.fetch, manifest.kept[file.digest], place_)
        place_.chmod(0o755 if file.is_executable else 0o644)
    if not manifest.form["is_single"]:
        target.mkdir(parents=True, exist_ok=True)
