"""Versions in another place: a folder, or any address that fsspec knows. Only what is missing is moved.

``blobs/ab/abcd...`` are the values, ``data/<dataset>/<version id>.json`` what a version is, written after its values,
``refs/`` its tags and branches, moved last: what is interrupted is gone on with. Values have their content as name, so
several may push at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.data import names, place, queries, remote_refs, resolving, turns
from nbmlops.data import remote_records as records
from nbmlops.data import remote_values as values
from nbmlops.data.records import Version
from nbmlops.data.remote_places import Place, at, guarded, shown
from nbmlops.errors import UsageError
from nbmlops.storage.blobs import Blobs
from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Moved:
    """What a push or pull did.

    Attributes
    ----------
    versions, blobs, size_bytes, there
        How many versions and values were moved, and how many values were there already.
    note
        What is worth telling: a branch that went on differently.
    """

    verb: str
    versions: int
    blobs: int
    size_bytes: int
    there: int
    note: str = ""

    def __str__(self) -> str:
        what = f"{self.versions} version{'' if self.versions == 1 else 's'}"
        size = fmt.size(self.size_bytes)
        said = f"{self.verb} {what}: {self.blobs} values ({size}), {self.there} were there already"
        return f"{said}\n{self.note}" if self.note else said

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def push(what: Any, url: str | Path, *, force: bool = False, storage_options: Mapping[str, Any] | None = None) -> Moved:
    """Copy a version, or all versions of a dataset, to another place.

    Parameters
    ----------
    what : str or Version
        ``"train"``: all its versions; ``"train@v3"``: that one. Tags and branches that are at them go along.
    url : str or Path
        A folder, or an address that fsspec knows: ``s3://bucket/data``.
    force : bool
        Move tags and branches there also if they are at versions from which these did not go on.
    storage_options : mapping, optional
        Credentials, endpoint and the like for fsspec's file system, as pandas takes them. They are kept nowhere; what
        the environment or fsspec's own configuration says need not be given.

    Returns
    -------
    Moved
        What was moved; values that are there already are not moved again, also after a failure in the middle.

    Raises
    ------
    RecordError
        The remote failed, or a value is gone or damaged here: a version is named there after all its values. Or a
        branch went on differently there: it is not moved, and nothing of anybody's is lost.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2]}), "shared")
    >>> print(ml.data.push("shared", "somewhere"))
    pushed 1 version: 2 values (...B), 0 were there already
    """
    store, remote = place.store(), at(url, storage_options)
    versions, told, refs, here = store.read(lambda con: _chosen(con, what))
    count = there = size = 0
    for version in versions:
        file = records.file_of(version.dataset, version.id)
        if version.is_dropped and guarded(remote.size, file) is not None:
            continue  # what the remote has of it is more than what is left here
        blobs = records.needed(store, version)
        moved = [sent for sent in values.each(lambda sha256: values.put(store, remote, sha256), blobs) if sent >= 0]
        count, size, there = count + len(moved), size + sum(moved), there + len(blobs) - len(moved)
        guarded(remote.write, file, json.dumps({**told[version.id], "blobs": blobs}).encode())
    dataset = versions[0].dataset
    parents = _parents(remote, dataset, here)
    known = remote_refs.refs_of(remote, dataset) if refs else {}
    for ref in refs:
        remote_refs.move(remote, dataset, ref, known.get(ref[0]), parents, force=force)
    return Moved("pushed", len(versions), count, size, there)


def pull(dataset: str, url: str | Path, *, storage_options: Mapping[str, Any] | None = None) -> Moved:
    """Take the versions of a dataset from another place, also values that are missing, damaged or collected here.

    Parameters
    ----------
    dataset : str
        Its name. What is here of it already is read and compared with its digest.
    url : str or Path
        Where it was pushed to.
    storage_options : mapping, optional
        As for ``ml.data.push``.

    Returns
    -------
    Moved
        Versions that are new here are numbered after those that are here. A branch moves on if theirs went on from
        ours; one that went on differently here stays, and theirs is called ``<branch>-pulled``.

    Raises
    ------
    RecordError
        The remote failed, or a value there is gone or damaged; what was taken is whole.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2, 3]}), "pulled")
    >>> _ = ml.data.push("pulled", "elsewhere")
    >>> print(ml.data.pull("pulled", "elsewhere"))
    pulled 0 versions: 0 values (0 B), 2 were there already
    """
    name = names.dataset(dataset)
    store, remote = place.session().store, at(url, storage_options)
    files = sorted(guarded(remote.list, f"data/{name}"))
    if not files:
        raise UsageError(f"{shown(url)} has no dataset {name!r}", "ml.data.push puts it there")
    _, here = store.read(lambda con: records.refs_and_parents(con, name))
    blobs = Blobs(store.layout)  # of its own: a disk that refuses is an error here, not a notice
    count = there = size = new = 0
    for file in files:
        version = file.removesuffix(".json")
        said = records.read_said(guarded(remote.read, f"data/{name}/{file}"), name, version)
        wanted = list(said["blobs"])
        missing = [sha256 for sha256 in wanted if not values.is_whole(blobs.path(sha256), sha256)]
        sizes = values.each(lambda sha256: values.get(remote, blobs, sha256), missing)
        blobs.sync()
        count, size, there = count + len(missing), size + sum(sizes), there + len(wanted) - len(missing)
        if version not in here:
            records.record(said)
            new += 1
        elif here[version].is_dropped and not said.get("is_dropped"):
            records.restore(said)
            new += 1
        for sha256 in wanted:  # a collection may have taken some away before the record was there
            store.fetch(sha256)
    theirs = {file.removesuffix(".json") for file in files}
    over_there = remote_refs.refs_of(remote, name)
    with turns.turn(store, name):  # a branch here may have moved while values came in
        refs, here = turns.read(store, lambda con: records.refs_and_parents(con, name))
        notes = _take_refs(over_there, name, refs, theirs | set(here), _parents(remote, name, here))
    return Moved("pulled", new, count, size, there, "; ".join(notes))


def _take_refs(
    there: Mapping[str, remote_refs.RemoteRef],
    dataset: str,
    refs: Mapping[str, tuple[str, str]],
    known: set[str],
    parents: remote_refs.Parents,
) -> list[str]:
    """Move the refs here to where they are there; tells of those that went on differently."""
    notes = []
    for name, ref in there.items():
        mine = refs.get(name)
        if ref.version not in known or mine == (ref.kind, ref.version):
            continue
        if mine is not None:
            are_branches = (mine[0], ref.kind) == ("branch", "branch")
            if are_branches and remote_refs.is_after(mine[1], ref.version, parents):
                continue  # ours is further
            if not are_branches or not remote_refs.is_after(ref.version, mine[1], parents):
                name = f"{name}-pulled"
                notes.append(f"{ref.name} is elsewhere here: theirs is kept as {name}")
                if refs.get(name) == (ref.kind, ref.version):
                    continue
        said = {"dataset": dataset, "name": name, "kind": ref.kind, "version": ref.version}
        place.session().append("data.ref", said)
    return notes


def _chosen(con: duckdb.DuckDBPyConnection, what: Any) -> tuple[
    list[Version], dict[str, records.Said], list[tuple[str, str, str]], dict[str, Version]
]:  # fmt: skip
    """The versions that are meant, oldest first; what is on record of each; their refs; all versions that are here."""
    ref = names.parse(what) if isinstance(what, str) else None
    if ref is not None and not ref.at and not ref.back:
        resolving.must_exist(con, ref.dataset)
        versions = queries.of_dataset(con, ref.dataset)[::-1]
    else:
        versions = [resolving.resolve(con, what)]
    refs, here = records.refs_and_parents(con, versions[0].dataset)
    chosen = {version.id for version in versions}
    going = [(name, kind, at_) for name, (kind, at_) in refs.items() if at_ in chosen]
    return versions, {version.id: records.said_of(con, version) for version in versions}, going, here


def _parents(remote: Place, dataset: str, here: Mapping[str, Version]) -> remote_refs.Parents:
    """The parents of a version: as they are known here, else as the remote says."""

    def parents(version: str) -> list[str]:
        if version in here:
            return list(here[version].parents)
        try:
            data = remote.read(records.file_of(dataset, version))
        except FileNotFoundError:
            return []
        return list(records.read_said(data, dataset, version)["parents"])

    return lambda version: guarded(parents, version)
