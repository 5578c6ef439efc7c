"""Writing the files of a version: all of them or nothing, and only what was saved is ever handed out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbmlops import context
from nbmlops.data import folders, payload, statcache
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.records import Version
from nbmlops.errors import MLError, RecordError, UsageError
from nbmlops.storage.ids import new_id
from nbmlops.storage.store import Store


def restored(store: Store, version: Version, manifest: VersionManifest) -> Path:
    """The files of a version in a folder of the store's own, read-only.

    They are made once. What was changed there is never given again: it is set aside, and the files are made anew.

    Raises
    ------
    RecordError
        A value is gone or damaged, or there is no space.
    """
    folder = store.layout.state / "restored" / version.id
    target = folder / str(manifest.form["name"])
    if folder.exists():
        if _is_as_saved(store, target, manifest):
            return target
        _set_aside(folder, version)
    half = folder.with_name(f"{version.id}.{new_id()}.tmp")
    try:
        with _half(half):
            fill(store, manifest, half / target.name, is_read_only=True)
            os.replace(half, folder)
    except OSError as error:
        if not folder.exists():  # another process was quicker otherwise
            raise RecordError(f"the files cannot be written to {folder}: {error.strerror}", "free space") from None
    return target


def written(store: Store, manifest: VersionManifest, target: Path) -> Path:
    """Write the files of a version where the user wants them: all of them, or nothing.

    Raises
    ------
    UsageError
        Something is there already.
    RecordError
        A value is gone or damaged, or the place cannot be written.
    """
    target = target.expanduser().absolute()
    if os.path.lexists(target) and not (target.is_dir() and not any(target.iterdir())):
        raise UsageError(f"{target} is there already", "name a place where nothing is yet")
    half = target.with_name(f".{target.name}.{new_id()}.tmp")
    try:
        with _half(half):
            fill(store, manifest, half)
            if target.exists():
                target.rmdir()
            os.replace(half, target)
    except OSError as error:
        raise RecordError(
            f"the files cannot be written to {target}: {error.strerror or error}", "free space, or name another place"
        ) from None
    return target


def fill(store: Store, manifest: VersionManifest, target: Path, *, is_read_only: bool = False) -> None:
    """Write the files of a version to a place where nothing is; raises OSError where that cannot be written.

    Raises
    ------
    RecordError
        A value is gone or damaged.
    """
    assert manifest.files is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    if not manifest.form["is_single"]:
        target.mkdir()
    for folder in manifest.files.empty:
        (target / folder).mkdir(parents=True, exist_ok=True)
    for file in manifest.files.files:
        if file.digest not in manifest.kept:
            continue  # a link that led nowhere
        place = target / file.path if file.path else target
        place.parent.mkdir(parents=True, exist_ok=True)
        payload.copy_blob(store.fetch, manifest.kept[file.digest], place)
        mode = 0o755 if file.is_executable else 0o644
        place.chmod(mode & 0o555 if is_read_only else mode)


def tell_of_links(version: Version, manifest: VersionManifest) -> None:
    """Tell which links are not there again."""
    assert manifest.files is not None
    if said := manifest.files.note:
        context.tell(f"{version.name} is without {said}")


def _is_as_saved(store: Store, target: Path, manifest: VersionManifest) -> bool:
    """Whether files are what was saved; those that were not touched since they were read last are not read again."""
    assert manifest.files is not None
    try:
        with statcache.of(store.layout, target) as cache:
            found = folders.manifest(target, cache)
    except MLError:
        return False
    kept = [file for file in manifest.files.files if file.digest in manifest.kept]
    return list(found.files) == kept and set(manifest.files.empty) <= set(found.empty)


def _set_aside(folder: Path, version: Version) -> None:
    aside = folder.with_name(f"{version.id}.{new_id()}.changed")
    try:
        os.replace(folder, aside)
    except FileNotFoundError:
        return  # another process did
    except OSError as error:
        raise RecordError(
            f"the files of {version.name} in {folder} were changed, and cannot be made anew: {error.strerror}",
            "remove that folder",
        ) from None
    context.tell(
        f"the files of {version.name} in the store's folder were changed; they were made anew, what was there is in "
        f"{aside}. ml.data.load({version.name!r}, to=...) gives files to work with"
    )


@contextmanager
def _half(place: Path) -> Iterator[None]:
    """Take away what was written if it has not got its name."""
    try:
        yield
    finally:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
