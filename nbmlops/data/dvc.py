"""Taking a version that DVC tracks: its ``.dvc`` file or ``dvc.lock`` names what it is, its cache has the bytes.

DVC itself is not needed. Caches of DVC 3 (``files/md5/ab/...``) and of DVC 1 and 2 (``ab/...``) are read.
"""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nbmlops.data import names, saving
from nbmlops.data.records import Version
from nbmlops.errors import RecordError, UsageError

_DIGEST: Final = re.compile(r"[0-9a-f]{32}(\.dir)?")
_BLOCK: Final = 1 << 20  # as DVC 2 read text: what it did about line ends goes by blocks
_LOCK: Final = "dvc.lock"


@dataclass(frozen=True)
class _Out:
    """What DVC says of one thing that it tracks."""

    md5: str
    path: str
    is_old: bool  # of DVC 1 or 2, where line ends of texts did not count
    said_by: str


def from_dvc(
    path: str | Path, dataset: str, *, rev: str | None = None, message: str = "", mode: str | None = None
) -> Version:
    """Save what DVC tracks as a version of a dataset.

    Parameters
    ----------
    path : str or Path
        A ``.dvc`` file, or the tracked file or folder; also an output of a stage, which ``dvc.lock`` names.
    dataset : str
        What it is called here.
    rev : str, optional
        A git revision (``"HEAD~3"``, a tag, a branch): what was tracked then. By default what is in the working tree.
    message, mode : str
        As for ``ml.data.save``.

    Raises
    ------
    RecordError
        DVC's cache does not have it, or has it damaged. Nothing is saved then.
    UsageError
        DVC does not track it, or git knows no such revision.

    Examples
    --------
    >>> import nbmlops as ml
    >>> ml.data.from_dvc("data/train.csv.dvc", "train", rev="v1.0")  # doctest: +SKIP
    """
    names.dataset(dataset)
    file = Path(path).expanduser().absolute()
    out = _tracked(file, rev)
    caches = _caches(file.parent)
    with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder:
        target = Path(folder) / Path(out.path).name
        if out.md5.endswith(".dir"):
            _take_folder(caches, out, target)
        else:
            _take(caches, out.md5, target, is_old=out.is_old)
        at = f" at {rev}" if rev is not None else ""
        note = message or f"from {out.said_by}{at} (md5 {out.md5[:12]})"
        return saving.save(target, dataset, message=note, mode=mode, source=str(file))


def _tracked(file: Path, rev: str | None) -> _Out:
    """What DVC says of a file: its .dvc file, or the nearest dvc.lock."""
    own = file if file.suffix == ".dvc" else file.with_name(f"{file.name}.dvc")
    text = _text(own, rev)
    if text is not None:
        return _chosen(text, own, None)
    if file.suffix != ".dvc":
        for folder in file.parents:
            lock = _text(folder / _LOCK, rev)
            if lock is not None:
                return _chosen(lock, folder / _LOCK, file.relative_to(folder).as_posix())
            if (folder / ".dvc").is_dir():
                break
    at = f" at {rev}" if rev is not None else ""
    raise RecordError(
        f"{own} cannot be read{at}: there is no such file, and no {_LOCK} names {file.name}",
        "name a .dvc file, or a file or folder that DVC tracks",
    )


def _text(file: Path, rev: str | None) -> str | None:
    """The text of a file, as it is or as it was in a git revision; None if there is none."""
    if rev is None:
        try:
            return file.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise RecordError(f"{file} cannot be read: {error}", "name the .dvc file") from None
    folder = next(each for each in file.parents if each.is_dir())
    if rev.startswith("-") or _git(folder, "rev-parse", "--quiet", "--verify", f"{rev}^{{commit}}") is None:
        raise UsageError(
            f"git knows no revision {rev!r:.80} at {folder}", "git log names them; a tag or branch will do"
        )
    return _git(folder, "show", f"{rev}:./{file.relative_to(folder).as_posix()}")


def _git(folder: Path, *words: str) -> str | None:
    """What git answers; None if it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except OSError:
        raise UsageError("rev= needs git, and git is not installed here", "install git, or leave rev out") from None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _chosen(text: str, file: Path, wanted: str | None) -> _Out:
    """The one that is meant of what a .dvc file or dvc.lock says."""
    import yaml

    try:
        said = yaml.safe_load(text)
        outs = list(_outs(said))
    except (yaml.YAMLError, AttributeError, TypeError):
        raise UsageError(f"{file} is no file of DVC", "name a .dvc file, or a file that DVC tracks") from None
    meant = [out for out in outs if wanted is None or os.path.normpath(str(out.get("path"))) == wanted]
    if wanted is not None and not meant:
        raise UsageError(f"{file} names no output {wanted!r:.80}", "a whole output can be taken, no part of one")
    digest = str(meant[0].get("md5", "")) if meant else ""
    if not _DIGEST.fullmatch(digest) or not meant[0].get("path"):
        raise UsageError(
            f"{file.name} names no file that DVC tracks by md5", "name a .dvc file with outs: md5 and path"
        )
    return _Out(digest, str(meant[0]["path"]), meant[0].get("hash") != "md5", file.name)


def _outs(said: Any) -> Iterator[Any]:
    yield from said.get("outs") or ()
    for stage in (said.get("stages") or {}).values():
        yield from stage.get("outs") or ()


def _caches(folder: Path) -> list[Path]:
    """Where DVC keeps what it tracks: beside the repository's settings, or where these say."""
    for place in (folder, *folder.parents):
        if (place / ".dvc").is_dir():
            return [*_told(place / ".dvc"), place / ".dvc" / "cache"]
    raise UsageError(f"there is no .dvc folder at or above {folder}", "name a .dvc file inside its repository")


def _told(settings: Path) -> Iterator[Path]:
    for name in ("config.local", "config"):
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(settings / name, encoding="utf-8")
            found = parser.get("cache", "dir", fallback="")
        except (configparser.Error, OSError, ValueError):
            continue  # DVC itself will say so
        if found:
            yield settings / Path(found.strip("'\"")).expanduser()


def _object(caches: list[Path], digest: str) -> Path:
    for cache in caches:
        for root in (cache / "files" / "md5", cache):
            found = root / digest[:2] / digest[2:]
            if found.is_file():
                return found
    raise RecordError(
        f"DVC's cache has no {digest[:12]}...", "fetch it first: dvc pull, for older revisions dvc fetch -A"
    )


def _take(caches: list[Path], digest: str, target: Path, *, is_old: bool) -> None:
    """Copy a value of the cache, if it is what its name says."""
    found = _object(caches, digest)
    plain, unix = hashlib.md5(usedforsecurity=False), hashlib.md5(usedforsecurity=False)
    try:
        with open(found, "rb") as file, open(target, "xb") as copy:
            while block := file.read(_BLOCK):
                plain.update(block)
                if is_old:
                    unix.update(block.replace(b"\r\n", b"\n"))
                copy.write(block)
    except OSError as error:
        raise RecordError(f"{found} cannot be copied: {error.strerror or error}", "free space, or see to it") from None
    if digest[:32] not in (plain.hexdigest(), unix.hexdigest() if is_old else ""):
        raise RecordError(f"DVC's cache has {digest[:12]}... damaged: {found}", "remove that file, then: dvc pull")


def _take_folder(caches: list[Path], out: _Out, target: Path) -> None:
    listing = target.with_name(".listing")
    _take(caches, out.md5, listing, is_old=out.is_old)
    try:
        listed = [(str(entry["relpath"]), str(entry["md5"])) for entry in json.loads(listing.read_bytes())]
        is_plain = all(re.fullmatch(r"[0-9a-f]{32}", md5) for _, md5 in listed)
    except (ValueError, KeyError, TypeError):
        is_plain = False
    if not is_plain:
        raise RecordError(f"DVC's cache has {out.md5[:12]}... in a form that is not known", "dvc pull, then try again")
    target.mkdir()
    for relpath, md5 in listed:
        path = os.path.normpath(relpath)
        if os.path.isabs(path) or path.startswith(".."):
            raise RecordError(f"DVC's cache names a file outside of its folder: {path[:80]!r}", "check the cache")
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        _take(caches, md5, place, is_old=out.is_old)
