"""Profiles of columns as JSON, and those that are known already."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nbmlops.data.identity import Identity
from nbmlops.data.profile import ColumnProfile, Histogram, profile

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


def missing(table: pa.Table, identity: Identity, known: Mapping[str, str]) -> dict[str, str]:
    """The profiles (JSON, by id of the column) of those columns that have none yet."""
    import pyarrow as pa

    places: dict[str, int] = {}
    for place in range(table.num_columns):
        column_id = identity.column_id(place)
        if column_id not in known:
            places.setdefault(column_id, place)
    asked = pa.table([table.column(place) for place in places.values()], names=["c"] * len(places))
    return {column_id: to_json(one) for column_id, one in zip(places, profile(asked), strict=True)}
