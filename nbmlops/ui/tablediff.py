"""Two small tables, as pandas shows them, put into one: what is equal once, what differs as before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TypeAlias

MOST_ROWS = 60
MOST_COLUMNS = 30
_LONGEST = 200

Table: TypeAlias = tuple[tuple[str, ...], ...]
"""Rows of cells; the first row is the head."""

Cell: TypeAlias = str | tuple[str | None, str | None]
"""A text, or what it was before and after; None where one of the tables has no such cell."""


@dataclass(frozen=True)
class TableDiff:
    """What differs between two tables.

    Attributes
    ----------
    head
        Names of the columns of both.
    rows
        Only those that differ.
    equal_rows
        How many do not.
    left_out
        Rows that differ and are not in ``rows``.
    """

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    equal_rows: int
    left_out: int = 0

    @property
    def said(self) -> str:
        """What changed, in words."""
        count = len(self.rows) + self.left_out
        return f"{count} row{'' if count == 1 else 's'} differ{'s' if count == 1 else ''}"


def parse_table(page: str) -> Table | None:
    """The only table of a piece of HTML; None if there is none, or more than one.

    Examples
    --------
    >>> parse_table("<table><tr><th>a</th></tr><tr><td>1 &lt; 2</td></tr></table>")
    (('a',), ('1 < 2',))
    """
    parser = _Parser()
    parser.feed(page)
    parser.close()
    parser.end()
    return tuple(map(tuple, parser.rows)) if parser.tables == 1 and len(parser.rows) > 1 else None


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables = 0
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables += 1
        elif tag == "tr":
            self.end()
            self.rows.append([])
        elif tag in ("td", "th"):
            self.end()
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), MOST_COLUMNS) if span.isdecimal() else 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.end()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def end(self) -> None:
        """The cell that is open is over."""
        if self._cell is not None and self.rows:
            text = " ".join("".join(self._cell).split())[:_LONGEST]
            self.rows[-1] += [text] + [""] * (self._span - 1)
        self._cell = None


def diff_tables(old: Table, new: Table) -> TableDiff | None:
    """Compare two tables row by row: by the text of the first column where that is unique in both, else by place.

    Returns
    -------
    TableDiff or None
        None if they are equal.

    Examples
    --------
    >>> found = diff_tables((("", "acc"), ("a", "1"), ("b", "2")), (("", "acc"), ("a", "1"), ("b", "3")))
    >>> found.rows, found.equal_rows
    ((('b', ('2', '3')),), 1)
    """
    if old == new:
        return None
    columns = _matched(old[0], new[0])[:MOST_COLUMNS]
    is_named = _unique(old) and _unique(new)
    rows = _aligned(old[1:], new[1:]) if is_named else _by_place(old[1:], new[1:])
    found = []
    for before, after in rows:
        cells = tuple(_cell(_at(before, left), _at(after, right), before, after) for left, right in columns)
        if before is None or after is None or any(isinstance(cell, tuple) for cell in cells):
            found.append(cells)
    head = tuple(_cell(_at(old[0], left), _at(new[0], right), old[0], new[0]) for left, right in columns)
    return TableDiff(head, tuple(found[:MOST_ROWS]), len(rows) - len(found), max(len(found) - MOST_ROWS, 0))


Place = tuple[int | None, int | None]
Pairs = list[tuple[Sequence[str] | None, Sequence[str] | None]]


def _matched(old: Sequence[str], new: Sequence[str]) -> list[Place]:
    """Columns of the same name belong together; those that only the old one has come last."""
    free: dict[str, list[int]] = {}
    for place, name in enumerate(old):
        free.setdefault(name, []).append(place)
    found: list[Place] = []
    for place, name in enumerate(new):
        known = free.get(name)
        found.append((known.pop(0) if known else None, place))
    return found + [(place, None) for places in free.values() for place in places]


def _unique(table: Table) -> bool:
    names = [row[0] if row else "" for row in table[1:]]
    return len(set(names)) == len(names)


def _aligned(old: Table, new: Table) -> Pairs:
    known = {row[0] if row else "": row for row in old}
    found: Pairs = [(known.pop(row[0] if row else "", None), row) for row in new]
    return found + [(row, None) for row in known.values()]


def _by_place(old: Table, new: Table) -> Pairs:
    most = max(len(old), len(new))
    return [(old[at] if at < len(old) else None, new[at] if at < len(new) else None) for at in range(most)]


def _at(row: Sequence[str] | None, place: int | None) -> str | None:
    return None if row is None or place is None or place >= len(row) else row[place]


def _cell(old: str | None, new: str | None, before: Sequence[str] | None, after: Sequence[str] | None) -> Cell:
    """One cell; of a row that only one table has, the text stands on its side."""
    if before is not None and after is not None and old == new:
        return old or ""
    return old, new
