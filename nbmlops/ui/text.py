"""A view as aligned plain text, for terminals and for ``text/plain``."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from nbmlops.ui import format as fmt
from nbmlops.ui.html import STATUS_MARKS, delta_arrow, is_blank
from nbmlops.ui.spark import common_scale, spark_text
from nbmlops.ui.view import Column, View

_GAP = "  "
_RIGHT = frozenset(("number", "delta", "duration", "bytes"))
_NARROWEST_TEXT = 12


def view_text(view: View, *, width: int | None = None, max_rows: int | None = 100, now: datetime | None = None) -> str:
    """A view as plain text.

    Parameters
    ----------
    view
        What to show.
    width
        Columns of the terminal; its real width by default (between 60 and 400), 120 without one.
    max_rows
        At most so many rows, the rest in a footnote; None for all.
    now
        The moment relative times count from; the present by default.

    Returns
    -------
    str
        Lines without trailing spaces. Long texts are cut, then columns left out from the right
        and counted in a footnote, until the lines fit.
    """
    if width is None:
        width = min(max(shutil.get_terminal_size((120, 24)).columns, 60), 400)
    notes = list(view.footnotes)
    lines = [fmt.short(view.title, width)] if view.title else []
    if not view.rows:
        lines.append(fmt.short(view.empty or "Nothing here yet.", 1000))
    else:
        rows = view.rows if max_rows is None else view.rows[:max_rows]
        heads = fmt.headings([column.label for column in view.columns[:200]])
        table = [
            [head, *_column(column, [row.get(column.key) for row in rows], now)]
            for head, column in zip(heads, view.columns, strict=False)
        ]
        widths, shown = _fit([max(map(display_width, cells)) for cells in table], view.columns, width)
        for index in range(len(rows) + 1):
            cells = [
                _padded(_cut(table[place][index], widths[place]), widths[place], view.columns[place].kind in _RIGHT)
                for place in range(shown)
            ]
            lines.append(_GAP.join(cells).rstrip())
        total = max(view.total or 0, len(view.rows))
        if len(rows) < total:
            notes.insert(0, f"first {fmt.number(len(rows))} of {fmt.number(total)} rows")
        if shown < len(view.columns):
            hidden = [fmt.short(column.label, 24) for column in view.columns[shown:]]
            named = ", ".join(hidden[:8]) + (f" and {fmt.number(len(hidden) - 8)} more" if len(hidden) > 8 else "")
            notes.insert(0, f"no room here for {named}")
    if notes:
        lines += _wrapped([fmt.short(note, 300) for note in notes], width)
    return "\n".join(lines).replace(fmt.THIN, " ")


def _wrapped(notes: Sequence[str], width: int) -> list[str]:
    """Notes on as few lines as they take; one longer than a line is broken between its words."""
    lines: list[str] = []
    for note in notes:
        if lines and display_width(lines[-1]) + 3 + display_width(note) <= width:
            lines[-1] += f" · {note}"
        else:
            lines += textwrap.wrap(note, width) or [note]
    return lines


def display_width(text: str) -> int:
    """How many terminal columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _column(column: Column, values: Sequence[object], now: datetime | None) -> list[str]:
    """Every cell as text."""
    if column.kind == "number":
        texts = [fmt.short(text, 40) for text in fmt.number_column(values)]
        # Figure spaces are ordinary ones where every character has the same width.
        texts = [text.replace(fmt.FIGURE_SPACE, " ").replace(fmt.POINT_SPACE, " ") for text in texts]
    elif column.kind == "spark":
        curves = [list(value) if isinstance(value, (list, tuple)) else [] for value in values]
        lasts = fmt.number_column(curve[-1] if curve else None for curve in curves)
        lasts = [last.replace(fmt.FIGURE_SPACE, " ").replace(fmt.POINT_SPACE, " ") for last in lasts]
        widest = max((len(last) for last in lasts), default=0)
        scale = common_scale(curves)
        texts = [
            f"{spark_text(curve, scale=scale):<8} {last.rjust(widest)}"
            for curve, last in zip(curves, lasts, strict=True)
        ]
    else:
        texts = [_cell(column, value, now) for value in values]
    return texts


def _cell(column: Column, value: object, now: datetime | None) -> str:
    kind = column.kind
    if fmt.is_missing(value) or is_blank(value):
        return fmt.MISSING
    if kind == "run" and isinstance(value, Mapping):
        attempts = value.get("attempts")
        folded = f" ×{attempts}" if isinstance(attempts, int) and attempts > 1 else ""
        return fmt.short(fmt.run_label(value), 36) + (" ★ baseline" if value.get("is_baseline") else "") + folded
    if kind == "delta" and isinstance(value, Mapping):
        return f"{fmt.signed(value['value'])} {delta_arrow(value['value'], value.get('is_better')) or ' '}"
    if kind == "duration" and isinstance(value, (int, float)):
        return fmt.duration(value)
    if kind == "bytes" and isinstance(value, (int, float)):
        return fmt.size(value)
    if kind == "time" and isinstance(value, datetime):
        return fmt.ago(value, now)
    if kind == "status":
        return f"{STATUS_MARKS.get(str(value), ('○', ''))[0]} {fmt.short(value, 20)}"
    if kind == "tags":
        return fmt.short(" · ".join(fmt.tag_list(value)), 60)
    return fmt.short(value, 60)


def _fit(natural: Sequence[int], columns: Sequence[Column], width: int) -> tuple[list[int], int]:
    """Widths, and how many columns from the left fit: texts shrink first, the widest of them first."""
    widths = list(natural)
    elastic = [place for place in range(len(widths)) if columns[place].kind in ("run", "text", "tags", "code")]
    while _line(widths) > width and elastic:
        place = max(elastic, key=lambda candidate: widths[candidate])
        if widths[place] <= _NARROWEST_TEXT:
            break
        widths[place] -= 1
    shown = len(widths)
    while shown > 1 and _line(widths[:shown]) > width:
        shown -= 1
    for place in elastic:
        if place < shown:
            spare = width - _line(widths[:shown])
            widths[place] = min(natural[place], widths[place] + max(spare, 0))
    if shown == 1:
        widths[0] = min(widths[0], width)
    return widths, shown


def _line(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _cut(text: str, width: int) -> str:
    if display_width(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        used += _char_width(char)
        if used > width - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def _padded(text: str, width: int, is_right: bool) -> str:
    space = " " * max(width - display_width(text), 0)
    return space + text if is_right else text + space
