"""What a comparison of runs says of their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nbmlops.data import queries
from nbmlops.data.records import Version
from nbmlops.ui import format as fmt
from nbmlops.ui.absent import ABSENT, UNKNOWN
from nbmlops.ui.sections import Compared, Link, Offer, Row, Rows, Section

if TYPE_CHECKING:
    import duckdb

_MOST: Final = 300


@dataclass(frozen=True)
class _Seen:
    """What a run saw under one name: versions of a dataset in the order of their numbers, or contents."""

    versions: tuple[Version, ...] = ()
    contents: tuple[object, ...] = ()

    @property
    def value(self) -> object:
        """As one value; nobody knows it whole where a part is unknown."""
        if any(each is UNKNOWN for each in self.contents):
            return UNKNOWN
        return ", ".join([*(version.name for version in self.versions), *sorted(map(str, self.contents))])


Found: TypeAlias = "dict[str, dict[tuple[str, str], _Seen]]"
"""By run, then by what its data is called and the run's part in it (``in``, ``out``)."""


def read(con: duckdb.DuckDBPyConnection, compared: Compared) -> Found:
    """By run: what it calls its data (and whether it made them), and what they were."""
    import duckdb

    try:
        found = queries.edges(con, compared.ids)
    except duckdb.CatalogException:  # a file of an older nbmlops that can only be read
        return {run: {} for run in compared.ids}
    versions = queries.by_id(con, sorted({edge["version_id"] for edge in found if edge["version_id"]}))
    labels = _labels({edge["source"] for edge in found if edge["version_id"] is None and edge["source"]})
    seen: Found = {run: {} for run in compared.ids}
    for edge in found:
        version = versions.get(edge["version_id"])
        name = labels.get(edge["source"]) if edge["source"] else edge["variable"]
        name = name if version is None else version.dataset
        if not name:
            continue
        so_far = seen[edge["run_id"]].get((name, edge["role"]), _Seen())
        seen[edge["run_id"]][name, edge["role"]] = _with(so_far, version, edge)
    return seen


def _with(so_far: _Seen, version: Version | None, edge: dict[str, Any]) -> _Seen:
    if version is None:
        return replace(so_far, contents=tuple(dict.fromkeys([*so_far.contents, _content(edge)])))
    known = {each.id: each for each in (*so_far.versions, version)}
    return replace(so_far, versions=tuple(sorted(known.values(), key=lambda each: each.number)))


def draw(found: Found, compared: Compared) -> Sequence[Section]:
    """A row a dataset or file."""
    keys = sorted({key for seen in found.values() for key in seen}, key=lambda key: (key[1], key[0]))[:_MOST]
    rows = []
    for name, role in keys:
        sides = [found[run].get((name, role)) for run in compared.ids]
        about = "saved or written by the run" if role == "out" else "loaded, read or fitted by the run: inputs seen"
        rows.append(
            Row(
                f"{name}{' (made)' if role == 'out' else ''}",
                tuple(ABSENT if side is None else side.value for side in sides),
                about=about,
                links=tuple(_link(sides[0], side) for side in sides),
            )
        )
    return (Rows(name="data", title="data versions", rank=60, noun="data versions", rows=tuple(rows)),)


def _link(one: _Seen | None, two: _Seen | None) -> Link | None:
    """The diff of the newest versions of both, where they are others."""
    if one is None or two is None or not one.versions or not two.versions or one.versions[-1] == two.versions[-1]:
        return None
    before, after = one.versions[-1], two.versions[-1]
    return Link("Diff", "datadiff", {"before": before.id, "after": after.id}, f"{before.name} → {after.name}")


OFFER: Final = Offer(read, draw, is_of_one=True)


def _content(edge: dict[str, Any]) -> object:
    """What tells it from another; nobody knows what an address held, or a frame too large to be looked at."""
    if not edge["content_id"]:
        return UNKNOWN
    shape = "" if edge["rows"] is None else f"{fmt.number(edge['rows'])} × {fmt.number(edge['columns'])} · "
    return f"{shape}{str(edge['content_id'])[:12]}"


def _labels(paths: set[Any]) -> dict[Any, str]:
    """Paths by their last part, with as many folders as tell them apart."""
    parts = {path: PurePath(path).parts for path in paths}
    most = max(map(len, parts.values()), default=0)
    found: dict[Any, str] = {}
    for path, own in parts.items():
        for count in range(1, most + 1):
            label = "/".join(own[-count:])
            if sum(other[-count:] == own[-count:] for other in parts.values()) == 1:
                break
        found[path] = label.replace("//", "/") if own else str(path)
    return {path: label if list(found.values()).count(label) == 1 else str(path) for path, label in found.items()}
