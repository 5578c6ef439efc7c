"""A comparison where nothing draws: static HTML without a script, and plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.tracking.browse.compare_saved import curves_of
from nbmlops.tracking.record import reading
from nbmlops.ui import format as fmt
from nbmlops.ui.colours import run_styles
from nbmlops.ui.html import NBSP, delta_html, escape, run_mark, title_attribute
from nbmlops.ui.sections import Embedded, Pair, Pairs, Row, Rows, Section, equals
from nbmlops.ui.style import compare_style
from nbmlops.ui.svg import Line, svg_lines
from nbmlops.ui.tablediff import Cell, TableDiff
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.browse.compare import Picture
    from nbmlops.tracking.browse.compare_saved import Thumbnails

MAX_BYTES = 88_000
MOST_RUNS = 12
MOST_ROWS = 120
MOST_LINES = 120
MOST_CURVES = 2
_MOST_POINTS = 120
_SHORT = 40
_PICTURE_BYTES = 30_000

Size = tuple[int, int, int]
SIZES: Sequence[Size] = ((MOST_ROWS, MOST_LINES, MOST_RUNS), (40, 60, 8), (20, 20, 4), (8, 0, 2))
"""Rows a section, lines of text, runs: the first that is small enough is taken."""

Curves = Mapping[str, Sequence[Line]]


def curves(con: duckdb.DuckDBPyConnection, picture: Picture, most: int = MOST_CURVES) -> Curves:
    """The lines of the first metrics that differ, small enough for a saved notebook."""
    section = curves_of(picture)
    if section is None:
        return {}
    runs = picture.runs[:MOST_RUNS]
    styles = run_styles([run["number"] for run in runs if run["number"] is not None])
    found: dict[str, list[Line]] = {}
    for key in section.args["metrics"][:most]:
        found[key] = []
        for run in runs:
            steps, values = reading.curve(con, run["id"], key, _MOST_POINTS)
            if len(steps):
                style = styles.get(run["number"], ("#7a7a7a", ()))
                found[key].append(Line(fmt.run_label(run), steps.tolist(), values.tolist(), *style))
    return found


def page_html(
    picture: Picture, drawn: Curves, small: Thumbnails, *, most: int = MAX_BYTES, sizes: Sequence[Size] = SIZES
) -> str:
    """The comparison as one static element of at most ``most`` bytes; what is left out is said."""
    for rows, lines, runs in sizes:
        whole = _Html(picture, drawn, small, rows, lines, runs).whole()
        if len(whole.encode()) <= most:
            return whole
    return _Html(picture, {}, {}, 4, 0, 2).whole()


class _Html:
    """One way to draw it: so many rows a section, lines of texts, and runs."""

    def __init__(self, picture: Picture, drawn: Curves, small: Thumbnails, rows: int, lines: int, runs: int) -> None:
        self.picture = picture
        self.drawn = drawn
        self.small = small
        self.most, self.lines = rows, lines
        self.runs = picture.runs[:runs]
        self.is_pair = len(picture.runs) == 2
        self.width = 1 + len(self.runs) + self.is_pair

    def whole(self) -> str:
        notes = list(self.picture.notes)
        if len(self.runs) < len(self.picture.runs):
            notes.insert(0, f"first {len(self.runs)} of {len(self.picture.runs)} runs")
        body = "".join(self.section(section) for section in self.picture.sections)
        foot = "".join(f'<div class="nbm-foot">{escape(note)}</div>' for note in notes)
        return (
            f'<div class="nbm-view nbm-compare">{compare_style()}<div class="nbm-scroll"><table class="nbm-table">'
            f"<thead>{self.head()}</thead>{body}</table></div>{foot}</div>"
        )

    def head(self) -> str:
        cells = "".join(
            f'<th scope="col" class="nbm-n"{title_attribute(run["name"] or "")}>{_name(run)}</th>' for run in self.runs
        )
        return f'<tr class="nbm-head"><th></th>{cells}{"<th></th>" if self.is_pair else ""}</tr>'

    def section(self, section: Section) -> str:
        inner = ""
        if isinstance(section, Rows):
            shown = section.differing[: self.most]
            inner = "".join(map(self.row, shown))
            said = []
            if len(shown) < len(section.differing):
                said.append(f"first {fmt.number(len(shown))} of {fmt.number(len(section.differing))} that differ")
            if section.equal:
                said.append(equals(section, len(section.equal), alone=not inner))
            if not inner:
                return self.quiet(*said)
            inner += self.quiet(*said, *section.notes)
        elif isinstance(section, Pairs):
            inner = self.pairs(section)
        elif isinstance(section, Embedded):
            drawn = [(key, lines) for key, lines in self.drawn.items() if lines]
            pictures = "".join(svg_lines(lines, title=key, width=400, height=200) for key, lines in drawn)
            place = "display:flex;flex-wrap:wrap;width:max-content;max-width:820px"
            inner = self.block(f'<div style="{place}">{pictures}</div>') if pictures else ""
        title = escape(section.title)
        if isinstance(section, Pairs) and not self.is_pair:
            names = " beside ".join(fmt.run_label(run) for run in self.beside(section))
            title += f' <span class="nbm-q">{escape(names)}</span>'
        head = f'<tr class="nbm-row"><th scope="rowgroup" colspan="{self.width}">{title}</th></tr>'
        return f"<tbody>{head}{inner}</tbody>" if inner else ""

    def quiet(self, *said: str) -> str:
        """One line of what is only said."""
        return self.block(f'<span class="nbm-q">{escape(" · ".join(said))}</span>') if said else ""

    def row(self, row: Row) -> str:
        texts = row.texts(_SHORT)
        cells = []
        for place, text in enumerate(texts[: len(self.runs)]):
            if text is None:
                cells.append(f'<td class="nbm-n">{fmt.MISSING}</td>')
                continue
            shown = text
            value = row.values[place]
            title = title_attribute(value if not isinstance(value, dict | list) else text, shown, limit=200)
            best = " nbm-best" if place == row.best else ""
            delta = row.deltas[place] if row.deltas and not self.is_pair else None
            said = f" {delta_html(delta['value'], delta['is_better'])}" if delta is not None else ""
            cells.append(f'<td class="nbm-n{best}"{title}>{escape(shown)}{said}</td>')
        if self.is_pair:
            delta = row.deltas[1] if row.deltas else None
            said = escape(row.said) if delta is None else delta_html(delta["value"], delta["is_better"])
            cells.append(f'<td class="nbm-n nbm-q">{said}</td>' if delta is None else f'<td class="nbm-n">{said}</td>')
        key = fmt.heading(row.key, _SHORT)
        name = f'<th scope="row" style="text-align:left"{title_attribute(row.key, key)}>{escape(key)}</th>'
        return f'<tr class="nbm-row">{name}{"".join(cells)}</tr>'

    def beside(self, section: Pairs) -> list[dict[str, Any]]:
        """The reference, and the run that is beside it."""
        runs = self.picture.runs
        return [runs[0], *(run for run in runs[1:] if run["id"] == section.against)]

    def pairs(self, section: Pairs) -> str:
        """What differs of texts and outputs; how many are equal."""
        differing = [pair for pair in section.pairs if pair.state != "equal"]
        equal = len(section.pairs) - len(differing)
        shown = "".join(self.pair(pair) for pair in differing[: self.most])
        more = len(differing) - self.most
        said = [f"{more} more {section.noun} differ"] if more > 0 else []
        said += [equals(section, equal)] if equal else []
        return shown + self.quiet(*said, *section.notes)

    def pair(self, pair: Pair) -> str:
        words = self.block(f'{escape(pair.title)} <span class="nbm-q">· {escape(pair.said or pair.state)}</span>')
        if pair.diff is not None and self.lines:
            return words + self.block(f'<pre class="nbm-diff">{"".join(_diff(pair, self.lines))}</pre>')
        if pair.table is not None and self.lines:
            return words + self.block(_table(pair.table, self.lines))
        sides = (pair.old, pair.new)
        found = [self.small[side.sha256 or ""] for side in sides if side is not None and side.sha256 in self.small]
        images = "".join(
            f'<img alt="" src="data:{mime};base64,{data}" style="margin-right:16px;max-width:45%">'
            for mime, data in found
        )
        return words + (self.block(images) if images else "")

    def block(self, inner: str) -> str:
        """Something over the whole width."""
        place = f'colspan="{self.width}" style="text-align:left;white-space:normal"'
        return f'<tr class="nbm-row"><td {place}>{inner}</td></tr>'


def _table(diff: TableDiff, rows: int) -> str:
    """The rows of a table that differ; what was and what is in one cell."""
    body = [f"<tr>{''.join(f'<td>{_both(cell)}</td>' for cell in row)}</tr>" for row in diff.rows[:rows]]
    head = "".join(f"<th>{_both(cell)}</th>" for cell in diff.head)
    more = diff.left_out + len(diff.rows) - len(body)
    said = [f"{diff.equal_rows} rows equal"] if diff.equal_rows else []
    said += [f"{more} more rows differ"] if more else []
    return f'<table class="nbm-merged"><tr>{head}</tr>{"".join(body)}</table><div>{escape(" · ".join(said))}</div>'


def _both(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    before, after = cell
    if before is None or after is None:
        return f"{'+' if before is None else '−'} {escape(after if before is None else before)}"
    return f"{escape(before)} → {escape(after)}"


def _name(run: Mapping[str, Any]) -> str:
    star = f'<span class="nbm-q">{chr(160)}★</span>' if run["is_baseline"] else ""
    return run_mark(run) + escape(fmt.short(fmt.run_label(run), 24)) + star


def _diff(pair: Pair, most: int) -> Iterator[str]:
    """The lines of a diff; signs and colours stand inline, where the style sheet is taken away."""
    assert pair.diff is not None
    diff = pair.diff.first(most)
    tints = {"-": ' style="background:rgba(217,69,58,.14)"', "+": ' style="background:rgba(47,143,62,.16)"', " ": ""}
    last = 0
    for hunk in diff.hunks:
        start = hunk[0].old or hunk[0].new or 1
        if start > last + 1:
            yield f'<span class="nbm-q">   line {start}</span>\n'
        for line in hunk:
            yield f"<span{tints[line.sign]}>{line.sign} {escape(line.text)}</span>\n"
            last = line.old or last
    if diff.left_out:
        yield f'<span class="nbm-q">   {fmt.number(diff.left_out)} more changed lines</span>'


def page_text(picture: Picture) -> str:
    """The comparison as plain text."""
    runs = picture.runs[:MOST_RUNS]
    is_pair = len(picture.runs) == 2
    labels = [fmt.run_label(run) + (" ★" if run["is_baseline"] else "") for run in runs]
    columns = (Column("key", ""), *(Column(f"r{place}", label) for place, label in enumerate(labels)))
    columns += (Column("said", ""),) if is_pair else ()
    parts = [f"{labels[1]} vs {labels[0]}" if is_pair else f"{len(picture.runs)} runs, compared with {labels[0]}"]
    for section in picture.sections:
        if isinstance(section, Rows):
            rows = [_text_row(row, len(runs), is_pair) for row in section.differing[:MOST_ROWS]]
            notes = [equals(section, len(section.equal), alone=not rows)] if section.equal else []
            if rows:
                parts.append(view_text(View(section.name, section.title, columns, tuple(rows), tuple(notes))))
            else:
                parts.append(notes[0])
        elif isinstance(section, Pairs):
            lines = list(_pair_lines(section))
            parts.append("\n".join([section.title, *lines]))
    return "\n\n".join([*parts, *picture.notes])


def _pair_lines(section: Pairs) -> Iterator[str]:
    """What differs, one line a pair; the changed lines of code below it."""
    differing = [pair for pair in section.pairs if pair.state != "equal"]
    room = 40
    for pair in differing[:MOST_ROWS]:
        yield f"  {pair.title} · {pair.said or pair.state}"
        for line in (line for hunk in pair.diff.hunks for line in hunk) if pair.diff is not None else ():
            if line.sign != " " and room:
                room -= 1
                yield f"    {line.sign} {fmt.short(line.text, 100)}"
    if len(section.pairs) > len(differing):
        yield f"  {equals(section, len(section.pairs) - len(differing))}"


def _text_row(row: Row, count: int, is_pair: bool) -> dict[str, object]:
    found: dict[str, object] = {"key": row.key} | {f"r{at}": text for at, text in enumerate(row.texts(_SHORT)[:count])}
    if is_pair:
        delta = row.deltas[1] if row.deltas else None
        verdict = {True: " better", False: " worse", None: ""}[delta["is_better"]] if delta is not None else ""
        found["said"] = row.said or NBSP if delta is None else f"{fmt.signed(delta['value'])}{verdict}"
    return found
