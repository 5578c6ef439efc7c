"""The SQL that each capability brings, found as package resources (``<slice>/sql/``)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

ROOT: Final = "nbmlops"
_HEAD: Final = re.compile(r"^(?=-- (?:record|guard|sweep|count|pack|merge|before|after)\b)", re.MULTILINE)


@dataclass(frozen=True)
class Migration:
    """One step of a slice's schema; never edited after a release."""

    slice: str
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.blake2b(self.sql.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Statement:
    """One ingest statement and the record types it decodes; ``prepare`` ones only fill temporary tables."""

    types: frozenset[tuple[str, int]]
    phase: str
    sql: str


@dataclass(frozen=True)
class Slice:
    """What one capability brings to the store."""

    name: str
    migrations: tuple[Migration, ...]
    statements: tuple[Statement, ...]
    guard: str  # true when the sweeps have work to do
    sweeps: tuple[str, ...]
    views: str
    upkeep: Upkeep


@dataclass(frozen=True)
class Upkeep:
    """How a slice's tables are counted, packed and merged, where that is not row by row; with ``{source}`` in it."""

    counts: Mapping[str, str]
    pack: Mapping[str, str]
    fewer: frozenset[str]  # tables that have fewer rows when packed
    merge: Mapping[str, str]
    before_merge: str
    after_merge: str


@cache
def slices() -> tuple[Slice, ...]:
    """Return every slice that has SQL, the store's own first."""
    root = files(ROOT)
    names = sorted(place.name for place in root.iterdir() if place.joinpath("sql").is_dir())
    names.sort(key=lambda name: name != "storage")
    return tuple(_load(name) for name in names)


@cache
def known_types() -> frozenset[tuple[str, int]]:
    """Return the (type, version) of every record that this version can ingest."""
    return frozenset(kind for part in slices() for statement in part.statements for kind in statement.types)


def _load(name: str) -> Slice:
    folder = files(ROOT).joinpath(name, "sql")
    steps = sorted(
        (place for place in folder.joinpath("migrations").iterdir() if place.name.endswith(".sql")),
        key=lambda place: place.name,
    )
    migrations = tuple(
        Migration(name, int(place.name.split("_")[0]), place.name.removesuffix(".sql"), place.read_text("utf-8"))
        for place in steps
    )
    ingest = folder.joinpath("ingest.sql")
    views = folder.joinpath("views.sql")
    upkeep = folder.joinpath("upkeep.sql")
    parts = _parts(ingest.read_text("utf-8")) if ingest.is_file() else []
    return Slice(
        name,
        migrations,
        tuple(_statement(head, sql) for head, sql in parts if head.startswith("-- record ")),
        next((sql for head, sql in parts if head.startswith("-- guard")), ""),
        tuple(sql for head, sql in parts if head.startswith("-- sweep")),
        views.read_text("utf-8") if views.is_file() else "",
        _upkeep(_parts(upkeep.read_text("utf-8")) if upkeep.is_file() else []),
    )


def _upkeep(parts: list[tuple[str, str]]) -> Upkeep:
    """Read ``-- count WHAT``, ``-- pack TABLE [fewer]``, ``-- merge TABLE``, ``-- before`` and ``-- after merge``."""
    named: dict[str, dict[str, str]] = {"count": {}, "pack": {}, "merge": {}, "before": {}, "after": {}}
    fewer = set()
    for head, sql in parts:
        _, what, name, *rest = head.split()
        named[what][name] = sql
        if rest:
            fewer.add(name)
    before, after = named["before"].get("merge", ""), named["after"].get("merge", "")
    return Upkeep(named["count"], named["pack"], frozenset(fewer), named["merge"], before, after)


def _parts(text: str) -> list[tuple[str, str]]:
    """Split a file at the comments that name its parts."""
    found = []
    for part in _HEAD.split(text)[1:]:
        head, _, body = part.partition("\n")
        sql = "\n".join(line for line in body.splitlines() if not line.startswith("--"))
        found.append((head, sql.strip().rstrip(";")))
    return found


def _statement(head: str, sql: str) -> Statement:
    """Read ``-- record TYPE@VERSION ... [prepare]``."""
    words = head.split()[2:]
    types = frozenset((kind, int(version)) for kind, _, version in (w.partition("@") for w in words if "@" in w))
    return Statement(types, "prepare" if "prepare" in words else "insert", sql)
