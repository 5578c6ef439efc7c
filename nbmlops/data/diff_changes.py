"""What happened to every column or file that differs, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbmlops.data import distributions, file_pairs
from nbmlops.data.distributions import lone
from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    from nbmlops.data.differences.schema import Pair
    from nbmlops.data.identity import Identity
    from nbmlops.data.outcome import DataDiff


@dataclass(frozen=True)
class Change:
    """One column or file.

    Attributes
    ----------
    name
        A column's label (of several of one name the second is ``name (2)``), or the path of a file.
    change
        What happened, in words.
    cells
        How many changed, where that is known.
    before, after
        Types of a column, sizes of a file, names of one that was renamed.
    place
        Of a column that both have: its place after the change.
    is_quiet
        No cell of it is known to have changed: only the values as a whole are distributed in another way.
    """

    name: str
    change: str
    cells: int | None
    before: str | int | None
    after: str | int | None
    place: int | None = None
    is_quiet: bool = False


def changes(diff: DataDiff) -> list[Change]:
    """Columns or files that differ, the most changed first."""
    if diff.found.files is not None:
        return _files(diff)
    schema = diff.found.schema
    if schema is None:
        return []
    one, two = diff.identities
    if one is None or two is None:
        return []
    table = diff.found.table
    cells = None if table is None else table.changed_cells()
    rows = [each for pair in schema.pairs if (each := _column(pair, one, two, cells)) is not None]
    rows.sort(key=lambda row: -(row.cells or 0))
    gone, new = lone(schema, one, two)
    rows += [Change(label, "added", None, None, str(two.types[at])) for at, label in new]
    return rows + [Change(label, "removed", None, str(one.types[at]), None) for at, label in gone]


def shifted(diff: DataDiff, known: list[Change]) -> list[Change]:
    """Columns of which no cell is known to have changed, but whose values are distributed in another way."""
    schema = diff.found.schema
    if schema is None or not diff.profiles:
        return []
    one, two = diff.identities
    if one is None or two is None:
        return []
    named = {each.name for each in known}
    table = diff.found.table
    word = "distribution" if table is None or table.method == "as multisets" else "distribution only"
    return [
        Change(pair.label, word, None, str(one.types[pair.left]), str(two.types[pair.right]), pair.right, is_quiet=True)
        for pair in schema.pairs
        if not pair.is_same
        and pair.label not in named
        and distributions.is_moved(diff.profiles.get(pair.label, (None, None)))
    ]


def _column(pair: Pair, one: Identity, two: Identity, cells: Mapping[str, int] | None) -> Change | None:
    count = 0 if cells is None else cells.get(pair.label, 0)
    was, now = str(one.types[pair.left]), str(two.types[pair.right])
    words = []
    if one.names[pair.left] != two.names[pair.right]:
        words.append(f"was {one.names[pair.left]}")
    if was != now:
        words.append(f"{was} → {now}")
    if count:
        words.append(f"{fmt.number(count)} cell{'' if count == 1 else 's'}")
    elif not pair.is_same and cells is None and not words:
        words.append("differs")
    return Change(pair.label, ", ".join(words), count, was, now, pair.right) if words else None


def _files(diff: DataDiff) -> list[Change]:
    files = diff.found.files
    assert files is not None
    before, after = diff.before, diff.after
    rows = [
        Change(one.path, "renamed", None, file_pairs.named(before, one.path), file_pairs.named(after, two.path))
        for one, two in files.renamed
    ]
    rows += [
        Change(file_pairs.both_named(diff, one.path, two.path), "modified", None, one.size_bytes, two.size_bytes)
        for one, two in files.modified
    ]
    rows += [Change(file_pairs.named(after, file.path), "added", None, None, file.size_bytes) for file in files.added]
    return rows + [
        Change(file_pairs.named(before, file.path), "removed", None, file.size_bytes, None) for file in files.removed
    ]
