"""What runs are compared by: sections that every capability may offer, equal things apart from what differs.

A capability's module ``actions`` exports ``SECTIONS``: a tuple of `Offer`. Each reads in one short lease of the store
and draws afterwards; a section without anything recorded is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeGuard

from nbmlops.ui import format as fmt
from nbmlops.ui.absent import ABSENT, UNKNOWN, is_there
from nbmlops.ui.linediff import TextDiff, diff_texts
from nbmlops.ui.plain import plain
from nbmlops.ui.tablediff import TableDiff
from nbmlops.ui.view import DeltaCell

MOST_ROWS = 200
LONGEST = 300
"""Characters of a value on hover; where it differs from the others they stand in the middle."""

_WIDE, _NARROW = 60, 28  # characters of a value in a column, of few runs and of many
_MANY = 4
_MOST_TITLES = 8
_MOST_TEXT = 100_000
_MOST_LINES = 40

Kind = Literal["value", "duration", "time", "size", "code", "status"]
State = Literal["changed", "added", "removed", "equal"]


@dataclass(frozen=True)
class Compared:
    """The runs that are compared.

    Parameters
    ----------
    heads
        Fields of each run, the reference first.
    other
        Id of the run whose texts and outputs are shown beside those of the reference.
    fetch
        The file of a large value by its SHA-256.
    """

    heads: tuple[Mapping[str, Any], ...]
    other: str
    fetch: Callable[[str], Path]

    @property
    def ids(self) -> list[str]:
        """Ids of the runs, the reference first."""
        return [str(head["run_id"]) for head in self.heads]

    @property
    def reference(self) -> str:
        """Id of the run that the others are compared with."""
        return self.ids[0]


@dataclass(frozen=True)
class Link:
    """A view that tells more of a difference: what its button says, and the question that it opens with."""

    label: str
    view: str
    args: Mapping[str, Any]
    title: str

    def data(self) -> dict[str, Any]:
        """Strict JSON for a browser."""
        return {"label": self.label, "view": self.view, "args": plain(self.args), "title": self.title}


@dataclass(frozen=True)
class Row:
    """One thing that runs may differ in.

    Parameters
    ----------
    key
        What it is called.
    values
        One a run, the reference first; ABSENT where a run has none, UNKNOWN where nobody looked: that is no difference.
    kind
        How the values are written.
    deltas
        Differences to the reference, if they are numbers.
    best
        Place of the best value, where that is known.
    about
        What is worth knowing of it, on hover.
    links
        One a run, where there is more to see of how it differs from the reference.
    """

    key: str
    values: tuple[object, ...]
    kind: Kind = "value"
    deltas: tuple[DeltaCell | None, ...] = ()
    best: int | None = None
    about: str = ""
    links: tuple[Link | None, ...] = ()

    @cached_property
    def is_equal(self) -> bool:
        """Whether all runs of which it is known have it, and the same."""
        known = [value for value in self.values if value is not UNKNOWN]
        return all(same(value, known[0]) for value in known[1:])

    @property
    def state(self) -> State:
        """Whether the others have it more than the reference, less, or another one."""
        if self.is_equal:
            return "equal"
        if self.values[0] is ABSENT:
            return "added"
        return "changed" if any(map(is_there, self.values[1:])) else "removed"

    @property
    def said(self) -> str:
        """What happened to it between two runs: ``+0.2``, ``×10``, ``added``."""
        if len(self.values) != 2 or self.is_equal:
            return ""
        old, new = self.values
        if self.state != "changed":
            return self.state
        if not (_is_finite(old) and _is_finite(new)) or self.kind in ("time", "code"):
            return ""
        if self.kind == "duration":
            return f"{'+' if new > old else ''}{fmt.duration(new - old)}"
        ratio = new / old if old > 0 and new > 0 else 1.0
        if ratio == 0 or math.isinf(ratio):
            return ""
        if ratio >= 2:
            return f"×{fmt.number(ratio, digits=3)}"
        return f"÷{fmt.number(1 / ratio, digits=3)}" if ratio <= 0.5 else fmt.signed(new - old)

    def texts(self, limit: int = LONGEST) -> list[str | None]:
        """The values as lines of at most ``limit`` characters, different where the values are; None where one lacks."""
        there = [value for value in self.values if is_there(value)]
        values: Sequence[object] = self.values
        if all(isinstance(value, str) for value in there):
            values = _windows(self.values, limit)
        shown = [written(value, self.kind) if is_there(value) else None for value in values]
        told = {text for text in shown if text is not None}
        kinds = {_signature(value) for value in there}
        is_close = len(told) < len(kinds) and (len(there) == 2 or len(told) == 1)
        if is_close and self.kind in ("value", "code"):  # 1 beside '1', 0.97153 beside 0.97154
            shown = [_exactly(value) if is_there(value) else None for value in values]
        return [None if text is None else fmt.short(text, limit) for text in _windows(shown, limit)]

    @property
    def diff(self) -> TextDiff | None:
        """The lines of two texts that differ, where they have several."""
        if len(self.values) != 2 or not all(isinstance(value, str) for value in self.values):
            return None
        old, new = (str(value)[:_MOST_TEXT] for value in self.values)
        return diff_texts(old, new, most=_MOST_LINES) if "\n" in old + new else None

    def data(self) -> dict[str, Any]:
        """Strict JSON for a browser: numbers as numbers, anything else as the text that is shown."""
        texts = self.texts(_WIDE if len(self.values) < _MANY else _NARROW)
        cells = [
            plain(value) if is_there(value) and (_is_number(value) or self.kind == "time") else text
            for value, text in zip(self.values, texts, strict=True)
        ]
        found: dict[str, Any] = {"key": self.key[:LONGEST], "cells": cells, "state": self.state}
        pairs = zip(self.values, texts, strict=True)
        if any(_is_number(value) and written(value, self.kind) != text for value, text in pairs):
            found["texts"] = texts  # rounded they would look equal
        if len(self.values) <= _MOST_TITLES and any(text and "…" in text for text in texts):
            found["titles"] = self.texts()
        diff = self.diff
        if diff is not None:
            found["diff"] = diff_data(diff)
        if self.said:
            found["said"] = self.said
        if self.kind != "value":
            found["kind"] = self.kind
        if any(self.deltas):
            found["deltas"] = [
                None if delta is None else [plain(delta["value"]), delta["is_better"]] for delta in self.deltas
            ]
        if self.best is not None:
            found["best"] = self.best
        if any(self.links):
            found["links"] = [None if link is None else link.data() for link in self.links]
        return found | ({"about": self.about} if self.about else {})


@dataclass(frozen=True)
class Content:
    """One side of a pair; ``ask`` is the view and the arguments with which a browser gets it."""

    mime: str
    size_bytes: int | None = None
    sha256: str | None = None
    ask: tuple[str, Mapping[str, Any]] | None = None

    def data(self) -> dict[str, Any]:
        """Strict JSON for a browser."""
        return {"mime": self.mime, "size": self.size_bytes, "ask": self.ask}


@dataclass(frozen=True)
class Pair:
    """One thing of the reference beside the same of another run: a cell's source, an output, a figure."""

    title: str
    kind: Literal["text", "image", "table", "html", "other"]
    state: State
    diff: TextDiff | None = None
    table: TableDiff | None = None
    old: Content | None = None
    new: Content | None = None
    said: str = ""

    def data(self, lines: int) -> dict[str, Any]:
        """Strict JSON for a browser, with at most so many lines of text."""
        found: dict[str, Any] = {"title": self.title[:LONGEST], "kind": self.kind, "state": self.state}
        if self.said:
            found["said"] = self.said
        if self.diff is not None:
            found["diff"] = diff_data(self.diff.first(lines))
        if self.table is not None:
            rows = self.table.rows[:lines]
            found["table"] = {
                "head": self.table.head,
                "rows": rows,
                "equals": self.table.equal_rows,
                "left_out": self.table.left_out + len(self.table.rows) - len(rows),
            }
        for name, content in (("old", self.old), ("new", self.new)):
            if content is not None:
                found[name] = content.data()
        return plain(found)  # type: ignore[no-any-return]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the comparison; smaller ``rank`` stands higher.

    ``noun`` names one of what it holds, in the plural: "31 parameters equal".
    """

    name: str
    title: str
    rank: int
    noun: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no run has anything of it."""
        return False


@dataclass(frozen=True, kw_only=True)
class Rows(Section):
    """Keys and values: one row a key, one column a run."""

    rows: tuple[Row, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @cached_property
    def differing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.is_equal)

    @cached_property
    def equal(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_equal)


@dataclass(frozen=True, kw_only=True)
class Pairs(Section):
    """Texts, figures and tables of the reference beside those of one other run."""

    pairs: tuple[Pair, ...] = ()
    against: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.pairs


@dataclass(frozen=True, kw_only=True)
class Embedded(Section):
    """Another view, drawn inside."""

    view: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """What a capability adds to a comparison.

    Parameters
    ----------
    read
        Called with a connection at the store and the runs, in a lease that should be short.
    draw
        Called afterwards with what ``read`` returned and the runs; may fetch large values. Returns its sections.
    is_of_one
        Whether the page of one run shows it too: then ``heads`` is that run alone, and ``other`` it again.
    """

    read: Callable[[Any, Compared], Any]
    draw: Callable[[Any, Compared], Sequence[Section]]
    is_of_one: bool = False


Offers: TypeAlias = Sequence[Offer]


def diff_data(diff: TextDiff) -> dict[str, Any]:
    """The lines of a diff as strict JSON."""
    hunks = [
        [[line.sign, line.old, line.new, line.text, *([plain(line.marks)] if line.marks else [])] for line in hunk]
        for hunk in diff.hunks
    ]
    return {"hunks": hunks, "left_out": diff.left_out, "lines": [diff.old_lines, diff.new_lines]}


def section_data(section: Section, *, rows: int = MOST_ROWS, lines: int = 400) -> dict[str, Any]:
    """A section as strict JSON, with at most so many rows and lines of text; how many there are is told."""
    head = {"name": section.name, "title": section.title, "noun": section.noun, "notes": list(section.notes)}
    if isinstance(section, Rows):
        return head | {
            "kind": "rows",
            "rows": [row.data() for row in section.differing[:rows]],
            "differing": len(section.differing),
            "equal": [_once(row.data()) for row in section.equal[:rows]],
            "equals": len(section.equal),
        }
    if isinstance(section, Pairs):
        return head | {
            "kind": "pairs",
            "pairs": [pair.data(lines) for pair in section.pairs[:rows]],
            "total": len(section.pairs),
            "against": section.against,
        }
    if isinstance(section, Embedded):
        return head | {"kind": "view", "view": section.view, "args": plain(section.args)}
    raise TypeError(f"{type(section).__name__} is no section that can be shown")


def _once(row: dict[str, Any]) -> dict[str, Any]:
    """An equal row: its value is sent once."""
    return {**row, "cells": [next((cell for cell in row["cells"] if cell is not None), None)]}


def equals(section: Section, count: int, *, alone: bool = False) -> str:
    """What stands for things that are equal; ``alone`` under no title of its own."""
    noun = section.noun.removesuffix("s") if count == 1 else section.noun
    where = f"{section.title} · " if alone and section.title != section.noun else ""
    return f"{where}{fmt.number(count)} {noun} equal"


def same(a: object, b: object) -> bool:
    """Equal in value, NaN to NaN; True is not 1."""
    if a is ABSENT or b is ABSENT:
        return a is b
    return (a == b and isinstance(a, bool) == isinstance(b, bool)) or (a != a and b != b)


def written(value: object, kind: Kind = "value") -> str:
    """A value as one line of text."""
    if kind == "duration" and (isinstance(value, float) or _is_finite(value)):
        return fmt.duration(value)
    if kind == "size" and (isinstance(value, float) or _is_finite(value)):
        return fmt.size(value)
    if kind == "time":
        return fmt.moment(value) if hasattr(value, "isoformat") else str(value)  # type: ignore[arg-type]
    if isinstance(value, str):
        return fmt.visible(value[:10_000]) or "''"
    if isinstance(value, dict | list):
        return fmt.visible(json.dumps(value, ensure_ascii=False)[:10_000])
    return "None" if value is None else fmt.number(value)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_finite(value: object) -> TypeGuard[int | float]:
    """Whether it is a number that a column of floats can hold; a whole number may be too large for one."""
    try:
        return _is_number(value) and math.isfinite(float(value))
    except OverflowError:
        return False


def _signature(value: object) -> str:
    if _is_number(value):
        return repr(value) if isinstance(value, int) and abs(value) >= 2**53 else repr(float(value))
    return f"{type(value).__name__} {value!r}"


def _exactly(value: object) -> str:
    return fmt.visible(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else repr(value))


def _windows(texts: Sequence[object], limit: int) -> list[object]:
    """Texts cut, before and behind, so that the place where they begin to differ can be seen; others as they are."""
    found = [text for text in texts if isinstance(text, str)]
    if all(len(text) <= limit for text in found):
        return list(texts)
    start = _common(found)
    low = max(start - limit // 3, 0) if len(found) > 1 and start > limit // 2 and start < max(map(len, found)) else 0
    high = low + 2 * limit
    return [("…" if low else "") + text[low:high] if isinstance(text, str) else text for text in texts]


def _common(texts: Sequence[str]) -> int:
    """Length of the beginning that all have."""
    low, high = 0, min(map(len, texts))
    while low < high:
        middle = (low + high + 1) // 2
        if len({text[:middle] for text in texts}) == 1:
            low = middle
        else:
            high = middle - 1
    return low
