"""The difference of two parties, found with as little work as the case allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import array_tables, kept_rows, states
from nbmlops.data.differences import TableDiff, diff_sides
from nbmlops.data.differences.comparable import is_by_text
from nbmlops.data.differences.files import FilesDiff, diff_files
from nbmlops.data.differences.rows import EXACT, Tolerance
from nbmlops.data.differences.schema import Pair, SchemaDiff, schema_diff
from nbmlops.data.differences.sides import TableSide
from nbmlops.data.differences.states import largest, settled
from nbmlops.data.live_parties import Party
from nbmlops.data.states import State
from nbmlops.errors import RecordError, UsageError

if TYPE_CHECKING:
    from nbmlops.data.differences.sides import Side

_NESTED: Final = re.compile(r"(list|struct|map)\b.*(float|double|int|decimal)")


@dataclass(frozen=True)
class Difference:
    """What two parties differ in.

    Attributes
    ----------
    is_identical
        They have the same content id: nothing was read.
    schema, table
        Of tables: columns, and rows and cells; ``table`` is None where values are not kept.
    sides
        The values that rows and cells are shown from.
    files
        Of files.
    is_beside
        Of states: what stands beside their arrays differs.
    notes
        What is worth telling.
    """

    is_identical: bool = False
    schema: SchemaDiff | None = None
    table: TableDiff | None = None
    sides: tuple[Side, Side] | None = None
    files: FilesDiff | None = None
    is_key_given: bool = False
    is_beside: bool = False
    notes: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        """Whether a column, row, cell or file differs; where nobody can know of values, whether contents do."""
        if self.table is not None:
            return bool(self.table) or self.is_beside
        return bool(self.files) if self.files is not None else not self.is_identical


def difference(
    before: Party, after: Party, *, key: str | Sequence[str] | None = None, tolerance: Tolerance
) -> Difference:
    """Compare two parties.

    Raises
    ------
    UsageError
        They cannot be compared: a table with an array, say; or the key is none.
    """
    if before.content_id == after.content_id:
        return Difference(is_identical=True, notes=_same_rows(before, after))
    if before.kind == after.kind == "array":
        return _arrays(before, after, tolerance)
    if before.kind == after.kind == "state":
        return state_difference(before.state(), after.state(), tolerance)
    if before.identity is not None and after.identity is not None:
        return _tables(before, after, key, tolerance)
    if before.files is not None and after.files is not None:
        return Difference(files=diff_files(before.files, after.files))
    raise UsageError(
        f"{before.label} ({_word(before)}) and {after.label} ({_word(after)}) cannot be compared",
        "compare tables with tables, files with files, arrays with arrays",
    )


def _tables(before: Party, after: Party, key: str | Sequence[str] | None, tolerance: Tolerance) -> Difference:
    one, two = before.identity, after.identity
    assert one is not None
    assert two is not None
    found = schema_diff(one, two)
    try:
        sides = before.side(), after.side()
    except RecordError as error:
        return Difference(schema=found, notes=(f"rows cannot be compared: {error.message}",))
    remembered = next(
        (names for names in (after.key, before.key) if names and _has(one, names) and _has(two, names)), None
    )
    table = diff_sides(*sides, key=key if key is not None else remembered, tolerance=tolerance)
    is_given = key is not None or remembered is not None
    return _compared(table, sides, tolerance, is_key_given=is_given)


def _compared(
    table: TableDiff, sides: tuple[Side, Side], tolerance: Tolerance, *, is_key_given: bool = False
) -> Difference:
    kept_rows.keep(table, sides)
    notes = tuple(_notes(table, sides, tolerance))
    return Difference(schema=table.schema, table=table, sides=sides, is_key_given=is_key_given, notes=notes)


def _notes(table: TableDiff, sides: tuple[Side, Side], tolerance: Tolerance) -> Iterator[str]:
    if not table:
        if tolerance:
            yield "no difference above the tolerance"
        if table.is_moved:
            yield "the same rows in another order"
        elif not tolerance:
            yield "only bits differ: -0.0 and 0.0, or NaNs; no value does"
        return
    cells = table.changed_cells()
    if texts := [pair.label for pair in table.schema.pairs if cells.get(pair.label) and _is_by_text(pair, sides)]:
        yield f"compared as text: {', '.join(texts[:6])}{', ...' if len(texts) > 6 else ''}"
    if tolerance and table.hits.num_rows:
        if table.method in ("as multisets", "by key, with duplicates"):
            yield "without a unique key, the tolerance holds only where rows are paired: give one with key="
        types = sides[1].identity.types
        if any(cells.get(pair.label) and _NESTED.match(types[pair.right]) for pair in table.schema.pairs):
            yield "the tolerance does not hold inside of lists and structs"


def _is_by_text(pair: Pair, sides: tuple[Side, Side]) -> bool:
    one, two = sides
    if one.identity.types[pair.left] == two.identity.types[pair.right] or not one.identity.rows * two.identity.rows:
        return False
    return is_by_text(one.piece(pair.left, 0).type, two.piece(pair.right, 0).type)


def _arrays(before: Party, after: Party, tolerance: Tolerance) -> Difference:
    try:
        one, two = before.array(), after.array()
    except RecordError as error:
        return Difference(notes=(f"values cannot be compared: {error.message}",))
    parts = one.shape == two.shape and array_tables.tables(one, two)
    if not parts:
        said = f"{one.dtype} {one.shape} -> {two.dtype} {two.shape}"
        return Difference(notes=(f"shape or type changed: {said}",))
    sides = before.array_side(parts[0]), after.array_side(parts[1])
    return _compared(diff_sides(*sides, tolerance=tolerance, in_place=True), sides, tolerance)


def state_difference(before: State, after: State, tolerance: Tolerance) -> Difference:
    """Of dicts of arrays: arrays are rows, told apart by their names."""
    has_values = bool(before.arrays) and bool(after.arrays)
    one, two = (states.table(each.form, each.arrays if has_values else None) for each in (before, after))
    notes: tuple[str, ...] = ()
    if has_values:
        if tolerance:
            one = settled(one, two, before, after, tolerance)
        notes = tuple(largest(before, after))
    sides = TableSide(one), TableSide(two)
    found = diff_sides(*sides, key="tensor", tolerance=EXACT)
    is_beside = not found and not tolerance
    if not found:
        notes = ("values beside the arrays differ",) if is_beside else ("no difference above the tolerance",)
    return Difference(
        schema=found.schema, table=found, sides=sides, is_key_given=True, is_beside=is_beside, notes=notes
    )


def _same_rows(before: Party, after: Party) -> tuple[str, ...]:
    if before.kind != "files" or before.files is None or after.files is None or before.files == after.files:
        return ()
    return ("the rows are the same; the files were written anew",)


def _has(identity: Any, names: Sequence[str]) -> bool:
    return all(identity.names.count(name) == 1 for name in names)


def _word(party: Party) -> str:
    if party.identity is not None:
        return "a table"
    return "files" if party.files is not None else "a dict of arrays" if party.kind == "state" else "an array"
