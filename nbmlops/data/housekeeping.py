"""Making room, and looking whether everything is what it was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import place, queries
from nbmlops.data import remote_records as records
from nbmlops.data.records import Version
from nbmlops.errors import UsageError
from nbmlops.storage import migrate, trash
from nbmlops.storage.store import Store
from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import duckdb

_KEPT: Final = 10


@dataclass(frozen=True)
class Collected:
    """What ``ml.data.gc`` did, or would do.

    Attributes
    ----------
    versions
        Names of versions whose values go.
    blobs, size_bytes
        How many values that nothing else needs, and their size.
    is_dry
        Nothing was moved.
    purged_bytes
        What had been in the trash for 14 days, and is gone for good.
    """

    versions: tuple[str, ...]
    blobs: int
    size_bytes: int
    is_dry: bool
    purged_bytes: int = 0

    def __str__(self) -> str:
        what = f"{self.blobs} values ({fmt.size(self.size_bytes)}) of {len(self.versions)} versions"
        named = (
            f": {', '.join(self.versions[:12])}{', ...' if len(self.versions) > 12 else ''}" if self.versions else ""
        )
        if self.is_dry:
            return f"would collect {what}{named}\nnothing was done: ml.data.gc(..., dry_run=False) does it"
        purged = f"; {fmt.size(self.purged_bytes)} of old trash purged" if self.purged_bytes else ""
        return f"collected {what}{named}; they are in the trash for {trash.DAYS} days{purged}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


@dataclass(frozen=True)
class Verified:
    """What ``ml.data.verify`` found: by version, the values that are gone or damaged."""

    versions: int
    blobs: int
    missing: dict[str, tuple[str, ...]]
    damaged: dict[str, tuple[str, ...]]

    def __bool__(self) -> bool:
        return not self.missing and not self.damaged

    def __str__(self) -> str:
        lines = [f"{self.versions} versions, {self.blobs} values" + (": all whole" if self else "")]
        lines += [f"{name}: {len(gone)} values are gone" for name, gone in self.missing.items()]
        lines += [f"{name}: {len(bad)} values are damaged" for name, bad in self.damaged.items()]
        return "\n".join(lines + ([] if self else ["ml.data.pull(...) or a backup brings them back"]))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def gc(keep: int | None = None, *, dry_run: bool = True) -> Collected:
    """Move values that nothing needs any more into the trash, for 14 days.

    Parameters
    ----------
    keep : int, optional
        So many newest versions of every branch stay, and of every line of versions that has no branch any more; so do
        versions with a tag and those that a run saw. If nothing is said 10, and whatever is younger than a day.
    dry_run : bool
        Only say what would go.

    Returns
    -------
    Collected
        Of versions whose values go, identity, schema and profile stay.

    Examples
    --------
    >>> import nbmlops as ml
    >>> print(ml.data.gc(keep=3))
    would collect 0 values (0 B) of 0 versions
    nothing was done: ml.data.gc(..., dry_run=False) does it
    """
    if keep is not None and (isinstance(keep, bool) or not isinstance(keep, int) or keep < 1):
        raise UsageError(f"keep is how many versions of a branch stay, from 1; found {keep!r:.40}", "keep=10")
    store = place.session().store
    dead, orphans = store.read(lambda con: _garbage(con, store, keep))
    size = sum(_size(store, sha256) for sha256 in orphans)
    names = tuple(version.name for version in dead)
    if dry_run:
        return Collected(names, len(orphans), size, True)
    purged = _purge(store)
    if dead:
        place.session().append("data.drop", {"versions": [version.id for version in dead]})
    # once more, after the record is in: another kernel may have saved or named something meanwhile
    needed, live = store.all_taken_in(lambda con: (_needed(con, keep), migrate.live_digests(con)))
    again = [version for version in dead if version.id in needed]
    for version in again:
        blobs = records.needed(store, replace(version, is_dropped=False))
        records.restore({"version_id": version.id, "blobs": blobs})
        live |= set(blobs)
    gone = [sha256 for sha256 in orphans if sha256 not in live and store.blobs.trash.put(store.blobs.path(sha256))]
    # and again: who named one of them before it was moved is found here, who does after looks for it (see saving)
    live = store.all_taken_in(migrate.live_digests)
    gone = [sha256 for sha256 in gone if sha256 not in live or not store.blobs.find(sha256)]
    names = tuple(version.name for version in dead if version not in again)
    return Collected(names, len(gone), size, False, purged)


def verify() -> Verified:
    """Read every value of every version again, and compare it with its digest.

    Returns
    -------
    Verified
        False if anything is gone or damaged; names it by version.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [5]}), "verified")
    >>> bool(ml.data.verify())
    True
    """
    store = place.store()
    rows = store.read(_named_blobs)
    state: dict[str, str] = {}
    missing: dict[str, list[str]] = {}
    damaged: dict[str, list[str]] = {}
    for name, sha256 in rows:
        if sha256 not in state:
            state[sha256] = _state(store, sha256)
        if state[sha256] != "whole":
            (missing if state[sha256] == "gone" else damaged).setdefault(name, []).append(sha256)
    return Verified(
        len({name for name, _ in rows}),
        len(state),
        {name: tuple(found) for name, found in missing.items()},
        {name: tuple(found) for name, found in damaged.items()},
    )


def _needed(con: duckdb.DuckDBPyConnection, keep: int | None) -> set[str]:
    """The ids of versions that a ref or a run needs, that nothing came after, or that are young if nothing is said."""
    versions = {each.id: each for name in queries.datasets(con) for each in queries.of_dataset(con, name)}
    found = {run_version for (run_version,) in con.execute("SELECT version_id FROM data_edges").fetchall()}
    found |= {each.id for each in versions.values() if each.run_id}
    parents = {parent for each in versions.values() for parent in each.parents}
    heads = [("branch", each) for each in versions if each not in parents]
    if keep is None:
        day = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
        found |= {each.id for each in versions.values() if each.created_at > day}
    for kind, tip in [*heads, *((kind, tip) for _, _, kind, tip in queries.refs(con))]:
        at = versions.get(tip)
        for _ in range(1 if kind == "tag" else keep or _KEPT):
            if at is None:
                break
            found.add(at.id)
            at = versions.get(at.parents[0]) if at.parents else None
    return found


def _garbage(con: duckdb.DuckDBPyConnection, store: Store, keep: int | None) -> tuple[list[Version], list[str]]:
    """Versions that neither a ref nor a run needs, and values that only they, or nobody at all, name."""
    versions = [each for name in queries.datasets(con) for each in queries.of_dataset(con, name)]
    needed = _needed(con, keep)
    dead = [each for each in versions if each.id not in needed and each.mode != "hash" and not each.is_dropped]
    ids = [each.id for each in dead]
    rows = con.execute(
        "SELECT sha256 FROM _nbm.data_blobs WHERE version_id IN (SELECT unnest($1::VARCHAR[]))"
        " EXCEPT SELECT sha256 FROM _nbm.data_blobs WHERE version_id NOT IN (SELECT unnest($1::VARCHAR[]))",
        [ids],
    ).fetchall()
    manifests = {each.manifest for each in versions}  # identity, schema and profile stay
    orphans = {sha256 for (sha256,) in rows if sha256 not in manifests and store.blobs.path(sha256).exists()}
    orphans.update(store.blobs.strays(migrate.live_digests(con)))  # what a save that failed has left
    return dead, sorted(orphans)


def _named_blobs(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "SELECT v.dataset || '@v' || v.number, b.sha256 FROM data_versions v JOIN _nbm.data_blobs b USING (version_id)"
        " ORDER BY ALL"
    ).fetchall()


def _state(store: Store, sha256: str) -> str:
    path = store.blobs.path(sha256)
    if not store.blobs.find(sha256) and not store.read(lambda con: store.restore(con, sha256)):
        return "gone"
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return "gone"
    return "whole" if digest.hexdigest() == sha256 else "damaged"


def _size(store: Store, sha256: str) -> int:
    try:
        return store.blobs.path(sha256).stat().st_size
    except OSError:
        return 0


def _purge(store: Store) -> int:
    """Remove what has been in the trash for long enough, unless something names it after all."""
    if not store.blobs.trash.is_due():
        return 0
    freed, needed = store.blobs.trash.purge(store.all_taken_in(migrate.live_digests))
    for sha256 in needed:
        store.blobs.find(sha256)
    return freed
