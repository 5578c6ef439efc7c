"""Values of many runs as axes of a chart: numbers, categories or flags, and how they travel to a browser."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nbmlops.ui.format import short

Kind = Literal["number", "category", "flag"]

MOST_WORDS = 4  # so many words among numbers (None, "auto") stand beside the axis of the numbers
_LABEL = 80
_DIGITS = 7
_PIECES = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Axis:
    """One value a run, in the order of the runs.

    Parameters
    ----------
    values
        None where the run has none. A parameter that is Python's None is the text ``None``; structures are JSON text.
    kind
        ``number``: numbers, and at most a few words among them; ``flag``: only True and False; else ``category``.
    """

    values: Sequence[Any]
    kind: Kind

    @classmethod
    def of(cls, values: Sequence[Any]) -> Axis:
        """Look what the values are."""
        present = [value for value in values if value is not None]
        numbers = sum(map(_is_number, present))
        if present and all(isinstance(value, bool) for value in present):
            return cls(values, "flag")
        words = {str(value) for value in present if not _is_number(value)} if numbers * 2 >= len(present) else set()
        is_number = numbers > 0 and numbers * 2 >= len(present) and len(words) <= MOST_WORDS
        return cls(values, "number" if is_number else "category")

    @property
    def runs(self) -> int:
        """How many runs have a value."""
        return sum(value is not None for value in self.values)

    def part(self, places: Sequence[int]) -> Axis:
        """The same of some runs."""
        return Axis([self.values[place] for place in places], self.kind)

    def packed(self) -> dict[str, Any]:
        """What a browser draws: numbers and words as they are, categories as labels and places in them.

        ``is_cut`` says that a label was too long to travel whole.
        """
        if self.kind == "number":
            return {"kind": "number", "values": [_brief(value) for value in self.values]}
        whole = self.labels()
        place = {label: at for at, label in enumerate(whole)}
        codes = [None if value is None else place[text(value)] for value in self.values]
        labels = [short(label, _LABEL) for label in whole]
        found: dict[str, Any] = {"kind": self.kind, "labels": labels, "codes": codes}
        if labels != whole:
            found["is_cut"] = True
        return found

    def labels(self) -> list[str]:
        """The different values as text, numbers in their order."""
        return sorted({text(value) for value in self.values if value is not None}, key=_natural)


def text(value: object) -> str:
    """A value as the label of a category."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def is_equal_everywhere(values: Iterable[Any]) -> bool:
    """Whether every run has the value, and the same one; 1 and True differ, NaN is NaN."""
    return len({float(value) if _is_small(value) else repr(value) for value in values}) == 1


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_small(value: Any) -> bool:
    return _is_number(value) and value == value and abs(value) < 2**53


def _brief(value: Any) -> Any:
    """Seven digits are more than a chart shows; whole numbers keep all that a browser can hold."""
    if value is None or not _is_number(value):
        return value if value is None else short(text(value), _LABEL)
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    try:
        number = float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    if not math.isfinite(number):
        return number
    return int(number) if number.is_integer() and abs(number) < 1e15 else float(f"{number:.{_DIGITS}g}")


def _natural(label: str) -> tuple[list[tuple[int, int | str]], str]:
    pieces = _PIECES.split(label[:200])
    return [(0, int(piece)) if piece.isdigit() else (1, piece) for piece in pieces if piece], label
