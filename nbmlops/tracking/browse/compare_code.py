"""The cells of two runs beside each other: matched by their id, then by what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from nbmlops.errors import MLError
from nbmlops.tracking.record import reading
from nbmlops.ui.linediff import diff_texts
from nbmlops.ui.sections import Compared, Pair, Pairs, Section

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.queries import Row

MOST_CELLS = 200
_MOST_GUESSED = 40  # cells of each run that are matched by what they say
_ALIKE = 0.5


@dataclass(frozen=True)
class Code:
    """One execution of a cell."""

    execution_id: str
    cell_id: str | None
    count: int | None
    source: str

    @property
    def label(self) -> str:
        """What the notebook shows beside it."""
        return f"cell [{self.count}]" if self.count is not None else "cell"


def read_cells(con: duckdb.DuckDBPyConnection, compared: Compared) -> Mapping[str, list[Row]]:
    """The executions of the two runs whose code is shown."""
    wanted = dict.fromkeys((compared.reference, compared.other))
    return {run: reading.cells(con, run) for run in wanted}


def draw_cells(facts: Mapping[str, list[Row]], compared: Compared) -> Sequence[Section]:
    """What changed in the cells, in the order of the other run."""
    if compared.other == compared.reference:
        return ()
    old, new = (codes(facts[run], compared) for run in (compared.reference, compared.other))
    pairs = tuple(_pair(before, after) for before, after in match(old, new))
    return (
        Pairs(
            name="code", title="code", rank=50, noun="cells", pairs=pairs, against=compared.other,
            notes=cut_notes(facts, compared),
        ),
    )  # fmt: skip


def cut_notes(cells: Mapping[str, Sequence[object]], compared: Compared) -> tuple[str, ...]:
    """What is to be said where a run has more cells than are compared."""
    most = max(len(cells[run]) for run in (compared.reference, compared.other))
    return (f"first {MOST_CELLS} of {most:,} cells",) if most > MOST_CELLS else ()


def codes(rows: Sequence[Mapping[str, Any]], compared: Compared) -> list[Code]:
    """The first cells with their whole source."""
    return [
        Code(row["execution_id"], row["cell_id"], row["execution_count"], _source(row, compared))
        for row in rows[:MOST_CELLS]
    ]


def _source(row: Mapping[str, Any], compared: Compared) -> str:
    if row["source_sha256"]:
        try:
            return compared.fetch(row["source_sha256"]).read_bytes().decode("utf-8", "replace")
        except (MLError, OSError):
            pass  # the head of it is in the row
    return row["source"] or ""


def match(old: Sequence[Code], new: Sequence[Code]) -> list[tuple[Code | None, Code | None]]:
    """Cells of two runs that belong together, in the order of the new ones.

    The same cell executed again is matched in turn. What the ids leave over is matched by equal source, then by the
    most similar. A cell that only the old run has stands behind the one it stood behind there.
    """
    taken: dict[int, int] = {}  # place in new -> place in old
    free = dict.fromkeys(range(len(old)))

    def take(at: int, place: int) -> None:
        taken[at] = place
        del free[place]

    for at, code in enumerate(new):
        place = next((p for p in free if code.cell_id is not None and old[p].cell_id == code.cell_id), None)
        if place is not None:
            take(at, place)
    for at, code in enumerate(new):
        if at not in taken:
            place = next((p for p in free if old[p].source == code.source), None)
            if place is not None:
                take(at, place)
    rest = [at for at in range(len(new)) if at not in taken][:_MOST_GUESSED]
    likely = [(_alike(old[p].source, new[at].source), at, p) for at in rest for p in list(free)[:_MOST_GUESSED]]
    for likeness, at, place in sorted(likely, key=lambda found: (-found[0], found[1], found[2])):
        if likeness >= _ALIKE and at not in taken and place in free:
            take(at, place)
    found: list[tuple[Code | None, Code | None]] = []
    left = list(free)
    for at, code in enumerate(new):
        mine = taken.get(at)
        while left and (mine is None or left[0] < mine) and (mine is not None or left[0] <= at):
            found.append((old[left.pop(0)], None))
        found.append((old[mine] if mine is not None else None, code))
    return found + [(old[place], None) for place in left]


def _alike(a: str, b: str) -> float:
    """How similar two sources are, from 0 to 1, by their lines and the words in them."""
    matcher = SequenceMatcher(None, a[:2000].split(), b[:2000].split(), autojunk=False)
    can_be = matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE  # what is above the likeness
    return matcher.ratio() if can_be else 0.0


def _pair(old: Code | None, new: Code | None) -> Pair:
    if old is not None and new is not None and old.source == new.source:
        return Pair(new.label, "text", "equal")
    diff = diff_texts(old.source if old is not None else "", new.source if new is not None else "")
    if old is None and new is not None:
        return Pair(new.label, "text", "added", diff, said="only in this run")
    if new is None and old is not None:
        return Pair(old.label, "text", "removed", diff, said="only in the reference")
    assert old is not None and new is not None
    label = new.label if old.label == new.label else f"{old.label} → {new.label.removeprefix('cell ')}"
    return Pair(label, "text", "changed", diff, said=diff.said if diff is not None else "")
