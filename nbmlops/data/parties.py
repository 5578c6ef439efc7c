"""The two parties of a diff: a version, a live object, a path; each knows its identity before any value is read."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nbmlops.data import (
    arrays,
    called,
    loading,
    names,
    payload,
    place,
    profiles,
    queries,
    resolving,
)
from nbmlops.data.differences.sides import Side, TableSide
from nbmlops.data.folders import Manifest
from nbmlops.data.identity import Identity
from nbmlops.data.live_parties import LiveParty, Party
from nbmlops.data.manifests import VersionManifest
from nbmlops.data.payload import Kept
from nbmlops.data.profile import ColumnProfile
from nbmlops.data.records import Version
from nbmlops.data.states import State
from nbmlops.data.things import look
from nbmlops.errors import MLError, RecordError, UsageError
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb
    import numpy as np

__all__ = ["LiveParty", "Party", "VersionParty", "parties"]


@dataclass(frozen=True)
class VersionParty(Party):
    """A version of the store."""

    store: Store
    version: Version

    @property
    def version_id(self) -> str | None:
        return self.version.id

    @property
    def key(self) -> tuple[str, ...]:
        return self.version.key

    @cached_property
    def manifest(self) -> VersionManifest:
        """What it is made of."""
        return loading.manifest_of(self.store, self.version)

    @property
    def identity(self) -> Identity | None:
        return self.manifest.identity

    @property
    def files(self) -> Manifest | None:
        return self.manifest.files

    def side(self) -> Side:
        if self.kind == "files":
            return TableSide(loading.table_of(self.store, self.version, self.manifest), self.identity)
        loading.must_be_kept(self.version)
        return Kept(self.store.fetch, self.manifest)

    def array(self) -> np.ndarray[Any, Any]:
        loading.must_be_kept(self.version)
        pieces = (self.manifest.pieces or ((),))[0]
        data = [payload.read_blob(self.store.fetch, blob) for blob in pieces]
        found: np.ndarray[Any, Any] = arrays.restore({**self.manifest.form, "engine": "numpy", "order": "="}, data)
        return arrays.comparable(found, self.manifest.form)

    def state(self) -> State:
        form = self.manifest.form
        if self.version.mode != "keep" or self.version.is_dropped:
            return State(dict(form), ())
        pieces = zip(form["entries"], loading.pieces_of(self.store, self.manifest), strict=True)
        plain = {"engine": "numpy", "order": "="}
        return State(dict(form), tuple(arrays.restore({**each, **plain}, data) for each, data in pieces))

    def open(self, digest: str, path: str) -> bytes:
        loading.must_be_kept(self.version)
        if digest not in self.manifest.kept:
            raise RecordError(f"{path} was not kept", "links that lead out of a folder are not followed")
        return payload.read_blob(self.store.fetch, self.manifest.kept[digest])

    def profile(self, places: list[int]) -> dict[int, ColumnProfile]:
        found = self.identity
        if found is None:
            return {}
        ids = {at: found.column_id(at) for at in places}
        texts = self.store.read(lambda con: queries.profiles(con, list(ids.values())))
        return {at: profiles.from_json(found.names[at], texts[one]) for at, one in ids.items() if one in texts}


def parties(things: tuple[Any, Any]) -> tuple[Party, Party]:
    """Both sides of a diff; versions are looked up in one lease.

    Raises
    ------
    MLError
        One of them is neither a version nor an object that can be looked at.
    """
    texts = [thing for thing in things if _may_be_version(thing)]
    if not texts:
        return _told_apart(_live(things[0]), _live(things[1]))
    store = place.store()
    known: dict[int, Any] = {
        id(text): text if isinstance(text, Version) else _remembered(store, text) for text in texts
    }
    if None in known.values():
        known = store.read(lambda con: {id(text): _version_or_error(con, text) for text in texts})
        _remember(store, {text: known[id(text)] for text in texts if isinstance(text, str)})
    return _told_apart(_party(things[0], known, store), _party(things[1], known, store))


_last: tuple[Any, dict[str, Version]] = ((), {})  # what names meant, as long as nothing in the store changed


def _remembered(store: Store, text: str) -> Version | None:
    stamp, meant = _last
    return meant.get(text) if stamp == (store.path, store.stamp()) else None


def _remember(store: Store, found: dict[str, Any]) -> None:
    global _last
    meant = {text: version for text, version in found.items() if isinstance(version, Version)}
    _last = ((store.path, store.stamp()), meant)


def _may_be_version(thing: Any) -> bool:
    if isinstance(thing, Version):
        return True
    try:
        return isinstance(thing, str) and bool(names.parse(thing))
    except UsageError:
        return False


def _version_or_error(con: duckdb.DuckDBPyConnection, text: Any) -> Version | MLError:
    try:
        return resolving.resolve(con, text)
    except MLError as error:
        return error


def _party(thing: Any, known: dict[int, Any], store: Store) -> Party:
    found = known.get(id(thing))
    if isinstance(found, Version):
        return VersionParty(found.name, found.kind, found.content_id, found.size_bytes, store, found)
    if isinstance(found, MLError) and not os.path.exists(os.path.expanduser(str(thing))):
        raise found
    return _live(thing)


def _live(thing: Any) -> Party:
    found = look(thing)
    return LiveParty(called.label(thing), found.kind, found.content_id, found.size_bytes, found)


def _told_apart(one: Party, two: Party) -> tuple[Party, Party]:
    """Paths of the same name in two folders by as much of the folders as tells them apart."""
    roots = [each.thing.root if isinstance(each, LiveParty) else None for each in (one, two)]
    if one.label != two.label or roots[0] is None or roots[1] is None:
        return one, two
    labels = called.apart(roots[0], roots[1])
    return replace(one, label=labels[0]), replace(two, label=labels[1])
