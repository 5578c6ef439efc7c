"""Taking a version that DVC tracks: its ``.dvc`` file names what it is, its cache has the bytes."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbmlops.data import names, saving
from nbmlops.data.records import Version
from nbmlops.errors import RecordError, UsageError

_LINE = re.compile(r"^\s*-?\s*(md5|path|hash|size|nfiles|outs|cache):\s*(.*?)\s*$")


def from_dvc(path: str | Path, dataset: str, *, message: str = "", mode: str | None = None) -> Version:
    """Save what DVC tracks as a version of a dataset.

    Parameters
    ----------
    path : str or Path
        A ``.dvc`` file, or the tracked file or folder beside it.
    dataset : str
        What it is called here.
    message, mode : str
        As for ``ml.data.save``.

    Raises
    ------
    RecordError
        DVC's cache does not have it.
    UsageError
        It is no such file.

    Examples
    --------
    >>> import nbmlops as ml
    >>> ml.data.from_dvc("data/train.csv.dvc", "train")  # doctest: +SKIP
    """
    names.dataset(dataset)
    file = Path(path).expanduser().absolute()
    if file.suffix != ".dvc" and file.with_name(f"{file.name}.dvc").exists():
        file = file.with_name(f"{file.name}.dvc")
    try:
        text = file.read_text()
    except OSError as error:
        raise RecordError(f"{file} cannot be read: {error.strerror or error}", "name the .dvc file") from None
    digest, out = _tracked(text, file)
    cache = _cache(file.parent)
    with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder:
        target = Path(folder) / Path(out).name
        if digest.endswith(".dir"):
            _take_folder(cache, digest, target)
        else:
            shutil.copyfile(_object(cache, digest), target)
        note = message or f"from {file.name} (md5 {digest[:12]})"
        return saving.save(target, dataset, message=note, mode=mode, source=str(file))


def _tracked(text: str, file: Path) -> tuple[str, str]:
    """The digest and path of the first thing tracked; the file is YAML of a very plain kind."""
    found: dict[str, str] = {}
    is_out = False
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        key, value = match.groups()
        is_out = is_out or key == "outs"
        if is_out and value:
            found.setdefault(key, value.strip("'\""))
    if not re.fullmatch(r"[0-9a-f]{32}(\.dir)?", found.get("md5", "")) or "path" not in found:
        raise UsageError(
            f"{file.name} names no file that DVC tracks by md5", "name a .dvc file with outs: md5 and path"
        )
    return found["md5"], found["path"]


def _cache(folder: Path) -> Path:
    for place in (folder, *folder.parents):
        if (place / ".dvc").is_dir():
            return place / ".dvc" / "cache"
    raise UsageError(f"there is no .dvc folder at or above {folder}", "name a .dvc file inside its repository")


def _object(cache: Path, digest: str) -> Path:
    for root in (cache / "files" / "md5", cache):
        found = root / digest[:2] / digest[2:]
        if found.is_file():
            return found
    raise RecordError(f"DVC's cache has no {digest[:12]}...", "fetch it first: dvc pull")


def _take_folder(cache: Path, digest: str, target: Path) -> None:
    listed: Any = json.loads(_object(cache, digest).read_text())
    target.mkdir()
    for entry in listed:
        path = os.path.normpath(str(entry["relpath"]))
        if os.path.isabs(path) or path.startswith(".."):
            raise RecordError(f"DVC's cache names a file outside of its folder: {path[:80]!r}", "check the cache")
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_object(cache, str(entry["md5"])), place)
