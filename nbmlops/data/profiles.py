"""Profiles of columns as JSON, and those that are known already."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nbmlops.data.identity import Identity
from nbmlops.data.profile import ColumnProfile, Histogram, profile, profile_of_stream
from nbmlops.data.streams import Rows

if TYPE_CHECKING:
    import pyarrow as pa


def to_json(found: ColumnProfile) -> str:
    """A profile without the name of its column."""
    said = {key: value for key, value in asdict(found).items() if key != "name" and value not in (None, ())}
    return json.dumps(said, separators=(",", ":"))


def from_json(name: str, text: str) -> ColumnProfile:
    """A profile as it was."""
    said: dict[str, Any] = json.loads(text)
    if "histogram" in said:
        bins = said["histogram"]
        said["histogram"] = Histogram(bins["low"], bins["high"], tuple(bins["counts"]))
    said["quantiles"] = tuple(said.get("quantiles", ()))
    said["top"] = tuple((value, count) for value, count in said.get("top", ()))
    return ColumnProfile(name=name, **said)


def missing(rows: pa.Table | Rows, identity: Identity, known: Mapping[str, str]) -> dict[str, str]:
    """The profiles (JSON, by id of the column) of those columns that have none yet."""
    wanted: dict[str, int] = {}
    for place in range(len(identity.names)):
        if (column_id := identity.column_id(place)) not in known:
            wanted.setdefault(column_id, place)
    found = _profiles(rows, list(wanted.values()))
    return {column_id: to_json(one) for column_id, one in zip(wanted, found, strict=True)}


def _profiles(rows: pa.Table | Rows, places: Sequence[int]) -> Sequence[ColumnProfile]:
    import pyarrow as pa

    if isinstance(rows, Rows):
        return [profile_of_stream(rows, place) for place in places]
    columns = [rows.column(place) for place in places]
    return profile(pa.Table.from_arrays(columns, names=[f"c{place}" for place in places])) if columns else ()
