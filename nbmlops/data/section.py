"""What a comparison of runs says of their data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import queries
from nbmlops.ui import format as fmt
from nbmlops.ui.absent import ABSENT, UNKNOWN
from nbmlops.ui.sections import Compared, Offer, Row, Rows, Section

if TYPE_CHECKING:
    import duckdb

_MOST: Final = 300


def read(con: duckdb.DuckDBPyConnection, compared: Compared) -> dict[str, dict[tuple[str, str], object]]:
    """By run: what it calls its data (and whether it made them), and what they were."""
    import duckdb

    try:
        found = queries.edges(con, compared.ids)
    except (duckdb.CatalogException, duckdb.BinderException):  # a file of an older nbmlops that can only be read
        return {run: {} for run in compared.ids}
    versions = queries.by_id(con, sorted({edge["version_id"] for edge in found if edge["version_id"]}))
    labels = _labels({edge["source"] for edge in found if edge["version_id"] is None and edge["source"]})
    seen: dict[str, dict[tuple[str, str], object]] = {run: {} for run in compared.ids}
    value: object
    for edge in found:
        version = versions.get(edge["version_id"])
        if version is not None:
            key, value = version.dataset, version.name
        elif edge["source"]:
            key, value = labels[edge["source"]], _content(edge)
        elif edge["variable"]:
            key, value = edge["variable"], _content(edge)
        else:
            continue
        seen[edge["run_id"]][key, edge["role"]] = value
    return seen


def draw(found: dict[str, dict[tuple[str, str], object]], compared: Compared) -> Sequence[Section]:
    """A row a dataset or file."""
    keys = sorted({key for seen in found.values() for key in seen}, key=lambda key: (key[1], key[0]))[:_MOST]
    rows = tuple(
        Row(
            f"{name}{' (made)' if role == 'out' else ''}",
            tuple(found[run].get((name, role), ABSENT) for run in compared.ids),
            about="saved or written by the run" if role == "out" else "loaded, read or fitted by the run: inputs seen",
        )
        for name, role in keys
    )
    return (Rows(name="data", title="data versions", rank=60, noun="data versions", rows=rows),)


OFFER: Final = Offer(read, draw, is_of_one=True)


def _content(edge: dict[str, Any]) -> object:
    """What tells it from another; nobody knows what an address held, or a frame too large to be looked at."""
    if not edge["content_id"]:
        return UNKNOWN
    shape = "" if edge["rows"] is None else f"{fmt.number(edge['rows'])} × {fmt.number(edge['columns'])} · "
    return f"{shape}{str(edge['content_id'])[:12]}"


def _labels(paths: set[Any]) -> dict[str, str]:
    """Paths by their last part, with as much of the folder as tells them apart."""
    found: dict[str, str] = {}
    names = [PurePath(path).name for path in paths]
    for path in paths:
        name = PurePath(path).name
        found[path] = name if names.count(name) == 1 else os.path.join(PurePath(path).parent.name, name)
    return found
