"""How the columns of two tables differ: added, removed, retyped, renamed, moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbmlops.data.identity import Identity

Label = tuple[str, int]
"""A column's name, and which of the columns of that name it is."""


@dataclass(frozen=True)
class Retyped:
    """A column that has another type now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Pair:
    """A column of both sides: its places, and whether its type and values are known to be the same.

    ``label`` is its name; of several columns of one name the second is ``name (2)``.
    """

    name: str
    left: int
    right: int
    is_same: bool
    label: str = ""


@dataclass(frozen=True)
class SchemaDiff:
    """What changed about the columns.

    Attributes
    ----------
    added, removed
        Names, in the order of their table.
    renamed
        (before, after): a removed and an added column that hold the very same values, or nearly the same in rows
        that both tables have.
    retyped
        Of the same name, with another type.
    is_reordered
        Whether the columns of both stand in another order.
    pairs
        The columns of both, renamed ones included.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    retyped: tuple[Retyped, ...]
    is_reordered: bool
    pairs: tuple[Pair, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.retyped or self.is_reordered)


def schema_diff(left: Identity, right: Identity) -> SchemaDiff:
    """Compare the columns of two tables; nothing but their digests is looked at."""
    places = {label: place for place, label in enumerate(_labels(left.names))}
    others = {label: place for place, label in enumerate(_labels(right.names))}
    kept = [label for label in places if label in others]
    gone = [label for label in places if label not in others]
    new = [label for label in others if label not in places]
    pairs = [_pair(label, left, places[label], right, others[label]) for label in kept]
    by_content: dict[str, list[Label]] = {}
    for label in new:
        by_content.setdefault(right.column_id(others[label]), []).append(label)
    names: list[tuple[str, str]] = []
    for label in list(gone):
        twins = by_content.get(left.column_id(places[label]), []) if left.rows and left.rows == right.rows else []
        if twins:
            twin = twins.pop(0)
            gone.remove(label)
            new.remove(twin)
            names.append((label[0], twin[0]))
            pairs.append(Pair(twin[0], places[label], others[twin], True, _written(twin, right)))
    return _schema(left, right, [name for name, _ in new], [name for name, _ in gone], names, pairs)


def renamed(found: SchemaDiff, left: Identity, right: Identity, names: Mapping[str, str]) -> SchemaDiff:
    """The same with some removed columns paired with added ones, by their names; each stands once in its table."""
    pairs = list(found.pairs)
    for before, after in names.items():
        pairs.append(Pair(after, left.names.index(before), right.names.index(after), False, after))
    gone = [name for name in found.removed if name not in names]
    new = [name for name in found.added if name not in names.values()]
    return _schema(left, right, new, gone, [*found.renamed, *names.items()], pairs)


def _schema(
    left: Identity,
    right: Identity,
    added: Sequence[str],
    removed: Sequence[str],
    renamed: Sequence[tuple[str, str]],
    pairs: Sequence[Pair],
) -> SchemaDiff:
    retyped = tuple(
        Retyped(pair.name, left.types[pair.left], right.types[pair.right])
        for pair in pairs
        if left.types[pair.left] != right.types[pair.right]
    )
    order = [pair.right for pair in sorted(pairs, key=lambda pair: pair.left)]
    return SchemaDiff(
        tuple(added),
        tuple(removed),
        tuple(renamed),
        retyped,
        order != sorted(order),
        tuple(sorted(pairs, key=lambda pair: pair.right)),
    )


def _pair(label: Label, left: Identity, at: int, right: Identity, other: int) -> Pair:
    is_same = (
        left.rows == right.rows and left.types[at] == right.types[other] and left.digests[at] == right.digests[other]
    )
    return Pair(label[0], at, other, is_same, _written(label, right))


def _written(label: Label, identity: Identity) -> str:
    name, nth = label
    if nth == 1:
        return name
    found = f"{name} ({nth})"
    while found in identity.names:  # somebody has called a column so
        found += "'"
    return found


def _labels(names: Sequence[str]) -> list[Label]:
    seen: dict[str, int] = {}
    labels = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        labels.append((name, seen[name]))
    return labels
