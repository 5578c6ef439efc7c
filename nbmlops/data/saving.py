"""Saving a version: everything that it is made of first, then one record that names it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from nbmlops.config import settings
from nbmlops.data import (
    arrays,
    delta,
    edges,
    names,
    payload,
    place,
    profiles,
    queries,
    recording,
    resolving,
    statcache,
    streams,
    turns,
)
from nbmlops.data.keeping import Keeper
from nbmlops.data.manifests import Blob, VersionManifest
from nbmlops.data.records import Mode, Version
from nbmlops.data.things import Thing, hidden_table, look
from nbmlops.data.wishes import LONGEST, Wish, check_key, made
from nbmlops.errors import RecordError, StoreBusy, StoreOpenHere, UsageError
from nbmlops.storage.blobs import Blobs
from nbmlops.storage.ids import new_id
from nbmlops.storage.session import Session
from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_RANK: Final = {"hash": 0, "sample": 1, "keep": 2}


def save(
    thing: Any,
    dataset: str,
    *,
    message: str = "",
    mode: str | None = None,
    key: str | Sequence[str] = (),
    branch: str = names.MAIN,
    variable: str | None = None,
    source: str | None = None,
) -> Version:
    """Save an object as the next version of a dataset; see ``ml.data.save``."""
    wish = made(dataset, branch, message, mode, key, variable, source)
    session = place.session()
    found, is_known = _looked(session, thing)
    check_key(found, wish.key)
    try:
        return _Saving(session, found, wish).version()
    except RecordError:
        if not is_known:
            raise
        again, _ = _looked(session, thing, anew=True)
        if again.manifest == found.manifest:
            raise
        return _Saving(session, again, wish).version()  # what was known of its files was not true any more


def _looked(session: Session, thing: Any, *, anew: bool = False) -> tuple[Thing, bool]:
    """Look at an object; also whether something was known of its files that may not be true any more."""
    with statcache.of(session.store.layout, thing, anew=anew) as cache:
        is_known = bool(cache)
        return look(thing, cache, in_pieces=True), is_known


@dataclass(frozen=True)
class _At:
    """Where the branch is: the kind of its name, its version, and the number of the newest one."""

    kind: str | None
    tip: Version | None
    newest: int


class _Saving:
    def __init__(self, session: Session, thing: Thing, wish: Wish) -> None:
        self.session = session
        self.store = session.store
        self.thing = thing
        self.wish = wish
        self.id = new_id()
        # of its own: a disk that refuses is an error here, not a notice
        self.keeper = Keeper(Blobs(self.store.layout))

    def version(self) -> Version:
        at, known = self.store.read(self._state)
        tip = self._tip(at)
        mode = self.wish.mode or default_mode(self.thing.size_bytes)
        is_same = tip is not None and self._is_same(tip, mode)
        if tip is not None and is_same and recording.is_whole(self.store, tip):
            return self._there(tip)
        mode = "keep" if is_same else mode  # only what is kept can be damaged
        new, manifest = self._made(mode, None if is_same else tip, known)
        self.thing.must_be_unchanged()
        if tip is not None and is_same and recording.is_whole(self.store, tip):
            return replace(self._there(tip), note="values of it that were gone or damaged were written again")
        blob = self.keeper.put(manifest.pack())
        self.keeper.settle()
        with turns.turn(self.store, self.wish.dataset):
            at = turns.read(self.store, self._at)  # others may have moved the branch meanwhile
            former, tip = tip, self._tip(at)
            if tip is not None and tip != former and self._is_same(tip, mode):
                return self._there(tip)
            self._record(mode, manifest, blob, tip, new)
            saved = self._saved(mode, blob, tip, at)
        edges.note("out", version=saved, variable=self.wish.variable)
        notes = [self._said(mode), self.thing.note, self.thing.manifest.note if self.thing.manifest else ""]
        return replace(saved, note=" · ".join(filter(None, notes)))

    def _made(self, mode: Mode, tip: Version | None, known: dict[str, str]) -> tuple[dict[str, str], VersionManifest]:
        """The profiles that are new, and what the version is made of, which is written."""
        rows = self.thing.table if self.thing.rows is None else self.thing.rows
        try:
            new = {} if rows is None else profiles.missing(rows, self._identity, known)
            return new, self._manifest(mode, tip)
        except streams.faults() as error:
            if self.thing.rows is None:
                raise
            self.thing.must_be_unchanged()
            said = str(error).splitlines()[0][:200]
            raise RecordError(
                f"{self.thing.source} cannot be read any more: {said}", "nothing was saved: try again"
            ) from None

    def _there(self, tip: Version) -> Version:
        """The version that has this content already."""
        key, note = self.wish.key, ""
        if key and key != tip.key:
            self.session.append("data.key", {"version": tip.id, "key": list(key)})
            tip = replace(tip, key=key)
        if self.wish.message not in ("", tip.message):
            note = "the message is not kept: nothing is new"
        edges.note("out", version=tip, variable=self.wish.variable)
        return replace(tip, is_new=False, note=note)

    @property
    def _identity(self) -> Any:
        assert self.thing.identity is not None
        return self.thing.identity

    def _state(self, con: duckdb.DuckDBPyConnection) -> tuple[_At, dict[str, str]]:
        found = self.thing.identity
        ids = [] if found is None else [found.column_id(at) for at in range(len(found.names))]
        return self._at(con), queries.profiles(con, ids)

    def _at(self, con: duckdb.DuckDBPyConnection) -> _At:
        kind = (queries.ref(con, self.wish.dataset, self.wish.branch) or (None, ""))[0]
        newest = queries.of_dataset(con, self.wish.dataset, 1)
        tip = resolving.tip(con, self.wish.dataset, self.wish.branch)
        return _At(kind, tip, newest[0].number if newest else 0)

    def _tip(self, at: _At) -> Version | None:
        """The version that the branch is at.

        Raises
        ------
        UsageError
            It is no branch.
        """
        dataset, branch = self.wish.dataset, self.wish.branch
        if at.kind == "tag":
            raise UsageError(
                f"{branch!r} is a tag of {dataset}, and tags stay where they are",
                f"name a branch; one is made by ml.data.branch('{dataset}@{branch}', {branch + '-2'!r})",
            )
        if at.kind is None and branch != names.MAIN:
            raise UsageError(f"{dataset} has no branch {branch!r}", f"make it: ml.data.branch({dataset!r}, {branch!r})")
        return at.tip

    def _is_same(self, tip: Version, mode: Mode) -> bool:
        is_equal = (tip.content_id, tip.form_id) == (self.thing.content_id, self.thing.form_id)
        wanted = mode if self.wish.mode is not None else tip.mode
        return is_equal and _RANK[wanted] <= _RANK[tip.mode] and not (tip.is_dropped and wanted == "keep")

    def _saved(self, mode: Mode, blob: Blob, tip: Version | None, at: _At) -> Version:
        """The version as it is on record; while another program holds the store, as it was written."""
        try:
            return self.store.read(lambda con: queries.by_id(con, [self.id]))[self.id]
        except (StoreBusy, StoreOpenHere, KeyError):
            pass
        thing, wish = self.thing, self.wish
        return Version(
            self.id, wish.dataset, at.newest + 1, thing.kind, thing.content_id, thing.schema_id, thing.form_id,
            *thing.shape, thing.size_bytes, self.keeper.new_bytes, mode, wish.message,
            datetime.now(UTC).replace(tzinfo=None), () if tip is None else (tip.id,), self._key(tip),
            self._source, blob[0], place.run_id(), place.execution_id(),
        )  # fmt: skip

    @property
    def _source(self) -> str | None:
        found = self.wish.source or self.thing.source
        return None if found is None else found[:LONGEST]

    def _key(self, tip: Version | None) -> tuple[str, ...]:
        return self.wish.key or (tip.key if tip else ())

    def _said(self, mode: Mode) -> str:
        if self.wish.mode is not None or mode == "keep":
            return ""
        return f"larger than {fmt.size(settings().data_keep_bytes)}: mode='keep' keeps the values"

    # -- what it is made of

    def _manifest(self, mode: Mode, tip: Version | None) -> VersionManifest:
        thing = self.thing
        made = VersionManifest(thing.form, identity=thing.identity, files=thing.manifest)
        if mode == "hash":
            return made
        if mode == "sample":
            return self._sampled(made)
        if thing.kind == "files":
            return replace(made, kept=self._kept_files())
        if thing.array is not None:
            pieces = tuple(self.keeper.put(bytes(piece)) for piece in arrays.chunks(thing.array))
            return replace(made, pieces=(pieces,))
        if thing.kind == "state":
            kept = (tuple(self.keeper.put(bytes(piece)) for piece in arrays.chunks(array)) for array in thing.arrays)
            return replace(made, pieces=tuple(kept))
        return self._kept_table(made, tip)

    def _kept_table(self, made: VersionManifest, tip: Version | None) -> VersionManifest:
        assert self.thing.table is not None
        table = payload.plain_table(self.thing.table)
        made = replace(made, schema=schema_text(table))
        if self.thing.hidden:
            made = replace(made, hidden=self.keeper.put(payload.encode_table(hidden_table(self.thing.hidden))))
        parent = self._parent(tip)
        if tip is not None and parent is not None:
            assert tip.manifest is not None
            key = self.wish.key or tip.key
            blob = (tip.manifest, 0)
            try:
                change = delta.made(self.keeper, self.store.fetch, table, self._identity, parent, blob, key)
            except RecordError:
                change = None  # a value of the parent is gone or damaged: all are written anew
            if change is not None:
                return replace(made, delta=change)
        return replace(made, pieces=payload.keep_table(self.keeper, table, self._identity, _known(parent)))

    def _parent(self, tip: Version | None) -> VersionManifest | None:
        """The manifest of the version before, if its values are there."""
        if tip is None or tip.mode != "keep" or tip.kind != "table" or tip.is_dropped or tip.manifest is None:
            return None
        try:
            return VersionManifest.unpack(payload.read_blob(self.store.fetch, (tip.manifest, 0)))
        except RecordError:
            return None  # it is damaged: all values are written anew

    def _kept_files(self) -> dict[str, Blob]:
        thing = self.thing
        assert thing.root is not None
        assert thing.manifest is not None
        kept: dict[str, Blob] = {}
        for file in thing.manifest.files:
            if file.digest in kept or file.digest.startswith("link:"):
                continue
            path = thing.root / file.path if file.path else thing.root
            kept[file.digest] = self.keeper.put_file(path, file.digest)
        return kept

    def _sampled(self, made: VersionManifest) -> VersionManifest:
        import numpy as np

        found = self.thing.table if self.thing.rows is None else self.thing.rows
        if found is None:
            raise UsageError("mode 'sample' is for tables", "use 'keep' or 'hash'")
        total = self._identity.rows
        count = min(payload.SAMPLE, total)
        rows = np.sort(np.random.default_rng(0).choice(max(total, 1), count, replace=False))
        sample = payload.plain_table(found.take(_indices(rows)))
        numbered = sample.rename_columns([f"c{at}" for at in range(sample.num_columns)])
        return replace(made, schema=schema_text(sample), sample=self.keeper.put(payload.encode_table(numbered)))

    # -- the records

    def _record(
        self, mode: Mode, manifest: VersionManifest, blob: Blob, tip: Version | None, new: dict[str, str]
    ) -> None:
        thing, append = self.thing, self.session.append
        recording.profiles(append, new)
        if thing.identity is not None:
            recording.columns(append, self.id, thing.identity)
        blobs = {blob[0]: blob[1], **manifest.blobs(), **recording.inherited(self.store, manifest)}
        recording.must_be_there(self.store, blobs)
        recording.blobs(append, self.id, blobs)
        count, columns, files = thing.shape
        append(
            "data.version",
            {
                "version": self.id, "dataset": self.wish.dataset, "kind": thing.kind, "content": thing.content_id,
                "schema": thing.schema_id, "form": thing.form_id, "rows": count, "columns": columns, "files": files,
                "size": thing.size_bytes, "new": self.keeper.new_bytes, "mode": mode, "message": self.wish.message,
                "parents": [] if tip is None else [tip.id], "key": list(self._key(tip)),
                "source": self._source, "sha256": blob[0],
                "run": place.run_id(), "execution": place.execution_id(),
                "branch": self.wish.branch,  # in one record: no version without its branch
            },
        )  # fmt: skip
        recording.must_be_there(self.store, blobs)


def default_mode(size_bytes: int) -> Mode:
    """How an object of that size is saved where nothing is said."""
    return "keep" if size_bytes <= settings().data_keep_bytes else "hash"


def schema_text(table: pa.Table) -> str:
    """The types of a table's columns, for a manifest."""
    return base64.b64encode(table.schema.remove_metadata().serialize().to_pybytes()).decode()


def _known(parent: VersionManifest | None) -> dict[tuple[str, bytes], Blob]:
    """The blobs of the version before, by type and digest."""
    if parent is None or parent.pieces is None or parent.identity is None:
        return {}
    return {
        (str(kind), digest): blob
        for kind, digests, blobs in zip(parent.types, parent.identity.digests, parent.pieces, strict=True)
        for digest, blob in zip(digests, blobs, strict=True)
    }


def _indices(rows: Any) -> pa.Array:
    import pyarrow as pa

    return pa.array(rows, type=pa.int64())
