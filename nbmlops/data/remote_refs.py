"""Tags and branches of a remote: every move is a file of its own, made only if nobody made it before.

``refs/<dataset>/<name>@<number>.json``: the highest number is where the ref is. Two who move a branch at once make the
same number; one of them finds it taken, looks again, and moves on only from what is there now.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from nbmlops.data.remote_places import Place, guarded
from nbmlops.errors import RecordError

_DIGITS: Final = 8

Parents = Callable[[str], list[str]]
"""The ids of the parents of a version, wherever it is known."""


@dataclass(frozen=True)
class RemoteRef:
    """Where a ref is over there."""

    name: str
    kind: str
    version: str
    number: int


def refs_of(remote: Place, dataset: str) -> dict[str, RemoteRef]:
    """The refs of a dataset by name."""
    newest: dict[str, int] = {}
    for file in guarded(remote.list, f"refs/{dataset}"):
        name, _, number = file.removesuffix(".json").rpartition("@")
        if name and number.isdecimal():
            newest[name] = max(newest.get(name, 0), int(number))
    return {name: _read(remote, dataset, name, number) for name, number in sorted(newest.items())}


def move(
    remote: Place, dataset: str, ref: tuple[str, str, str], known: RemoteRef | None, parents: Parents, *, force: bool
) -> bool:
    """Move a ref over there; False if it need not be moved.

    Parameters
    ----------
    ref
        Name, kind and version id.
    known
        Where it is as far as is known; looked at again if another moves it meanwhile.

    Raises
    ------
    RecordError
        It is at another version, and that is none from which this one went on.
    """
    name, kind, version = ref
    while True:
        if known is not None:
            if (known.kind, known.version) == (kind, version):
                return False
            if not force and not _may_move(known, ref, parents):
                return False
        number = 1 if known is None else known.number + 1
        said = json.dumps({"kind": kind, "version": version}).encode()
        if guarded(remote.create, _file(dataset, name, number), said):
            return True
        known = refs_of(remote, dataset)[name]


def is_after(version: str, other: str, parents: Parents) -> bool:
    """Whether a version went on from another."""
    seen: set[str] = set()
    todo = [version]
    while todo:
        at = todo.pop()
        if at == other:
            return True
        if at not in seen:
            seen.add(at)
            todo.extend(parents(at))
    return False


def _may_move(known: RemoteRef, ref: tuple[str, str, str], parents: Parents) -> bool:
    """Whether a ref goes on from where it is; False if it is further there already."""
    name, kind, version = ref
    if "tag" in (kind, known.kind):
        raise RecordError(
            f"the {known.kind} {name!r} of the remote is at another version; what it names was pushed, the {kind} not",
            "tags do not move: choose another name, or push(..., force=True)",
        )
    if is_after(version, known.version, parents):
        return True
    if is_after(known.version, version, parents):
        return False
    raise RecordError(
        f"the branch {name!r} went on differently at the remote; the versions were pushed, the branch not moved",
        f"ml.data.pull(...) gives theirs as {name}-pulled; push(..., force=True) puts yours in its place",
    )


def _file(dataset: str, name: str, number: int) -> str:
    return f"refs/{dataset}/{name}@{number:0{_DIGITS}d}.json"


def _read(remote: Place, dataset: str, name: str, number: int) -> RemoteRef:
    file = _file(dataset, name, number)
    try:
        said: Any = json.loads(guarded(remote.read, file))
        return RemoteRef(name, str(said["kind"]), str(said["version"]), number)
    except (ValueError, KeyError, TypeError):
        raise RecordError(f"{file} of the remote is damaged", "remove that file there, then push again") from None
