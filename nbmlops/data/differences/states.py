"""How far the arrays of two states are from each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import arrays
from nbmlops.data.differences.rows import Tolerance
from nbmlops.data.states import State

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_MOST: Final = 3


def largest(before: State, after: State) -> Iterator[str]:
    """In words, which arrays changed the most by their largest single value."""
    import numpy as np

    found = []
    for name, _, _, one, two in _pairs(before, after):
        gap = np.abs(two - one)
        if gap.size and (most := float(np.nanmax(gap, initial=0.0))) > 0:
            found.append((most, name))
    for most, name in sorted(found, reverse=True)[:_MOST]:
        yield f"{name} by up to {most:.3g}"


def settled(one: pa.Table, two: pa.Table, before: State, after: State, tolerance: Tolerance) -> pa.Table:
    """The table before, with the rows after where all values are equal within the tolerance."""
    import numpy as np
    import pyarrow as pa

    rows = one.to_pylist()
    for _, at, place, old, new in _pairs(before, after):
        is_near = np.abs(new - old) <= tolerance.absolute + tolerance.relative * np.abs(new)
        if bool(np.all(is_near | (old == new) | (np.isnan(old) & np.isnan(new)))):
            rows[at] = two.slice(place, 1).to_pylist()[0]
    return pa.Table.from_pylist(rows, schema=one.schema)


def _pairs(before: State, after: State) -> Iterator[tuple[str, int, int, np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
    """Arrays of one name and shape whose values differ, as numbers: name, places, before, after."""
    there = {each["name"]: place for place, each in enumerate(after.form["entries"])}
    for at, old in enumerate(before.form["entries"]):
        place = there.get(old["name"])
        if place is None:
            continue
        new = after.form["entries"][place]
        if (
            old["content"] == new["content"]
            or old["shape"] != new["shape"]
            or arrays.type_of(old) != arrays.type_of(new)
        ):
            continue
        one, two = arrays.as_numbers(old, before.arrays[at]), arrays.as_numbers(new, after.arrays[place])
        if one is not None and two is not None:
            yield old["name"], at, place, one, two
