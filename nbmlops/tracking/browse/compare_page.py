"""A comparison where nothing draws: static HTML without a script, and plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.tracking.record import reading
from nbmlops.ui import format as fmt
from nbmlops.ui.colours import run_styles
from nbmlops.ui.html import delta_html, escape, run_mark, title_attribute
from nbmlops.ui.sections import Embedded, Pair, Pairs, Row, Rows, Section
from nbmlops.ui.style import compare_style
from nbmlops.ui.svg import Line, svg_lines
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.browse.compare import Picture

MAX_BYTES = 88_000
MOST_RUNS = 12
MOST_ROWS = 120
MOST_LINES = 120
MOST_CURVES = 2
_MOST_POINTS = 120
_SHORT = 40
_PICTURE_BYTES = 30_000

Curves = Mapping[str, Sequence[Line]]


def curves(con: duckdb.DuckDBPyConnection, picture: Picture) -> Curves:
    """The lines of the first metrics that differ, small enough for a saved notebook."""
    section = next((each for each in picture.sections if isinstance(each, Embedded) and each.view == "curves"), None)
    if section is None:
        return {}
    runs = picture.runs[:MOST_RUNS]
    styles = run_styles([run["number"] for run in runs if run["number"] is not None])
    found: dict[str, list[Line]] = {}
    for key in section.args["metrics"][:MOST_CURVES]:
        found[key] = []
        for run in runs:
            steps, values = reading.curve(con, run["id"], key, _MOST_POINTS)
            if len(steps):
                style = styles.get(run["number"], ("#7a7a7a", ()))
                found[key].append(Line(fmt.run_label(run), steps.tolist(), values.tolist(), *style))
    return found


def page_html(picture: Picture, drawn: Curves, *, most: int = MAX_BYTES) -> str:
    """The comparison as one static element of at most ``most`` bytes; what is left out is said."""
    for rows, lines, runs in ((MOST_ROWS, MOST_LINES, MOST_RUNS), (40, 60, 8), (20, 20, 4), (8, 0, 2)):
        whole = _Html(picture, drawn, rows, lines, runs).whole()
        if len(whole.encode()) <= most:
            return whole
    return _Html(picture, {}, 4, 0, 2).whole()


class _Html:
    """One way to draw it: so many rows a section, lines of texts, and runs."""

    def __init__(self, picture: Picture, drawn: Curves, rows: int, lines: int, runs: int) -> None:
        self.picture = picture
        self.drawn = drawn
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
                said.append(f"{fmt.number(len(section.equal))} {section.noun} equal")
            if not inner:
                return self.wide(f"{section.title} · {' · '.join(said)}", "nbm-q")
            inner += self.wide(" · ".join([*said, *section.notes]), "nbm-q") if said or section.notes else ""
        elif isinstance(section, Pairs):
            inner = "".join(self.pair(pair) for pair in section.pairs)
        elif isinstance(section, Embedded):
            pictures = [svg_lines(lines, title=key) for key, lines in self.drawn.items() if lines]
            inner = "".join(
                f'<tr class="nbm-row"><td colspan="{self.width}">{picture}</td></tr>' for picture in pictures
            )
        head = f'<tr class="nbm-row"><th scope="rowgroup" colspan="{self.width}">{escape(section.title)}</th></tr>'
        return f"<tbody>{head}{inner}</tbody>" if inner else ""

    def wide(self, text: str, css: str = "") -> str:
        shown = escape(text)
        return f'<tr class="nbm-row"><td class="{css}" style="text-align:left" colspan="{self.width}">{shown}</td></tr>'

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

    def pair(self, pair: Pair) -> str:
        words = " · ".join(filter(None, (pair.title, pair.said or pair.state)))
        if pair.diff is None or not self.lines:
            return self.wide(words, "nbm-q")
        return self.wide(words) + (
            f'<tr class="nbm-row"><td colspan="{self.width}" style="text-align:left">'
            f'<pre class="nbm-diff">{"".join(_diff(pair, self.lines))}</pre></td></tr>'
        )


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
    parts = [" vs ".join(labels[:2]) if is_pair else f"{len(picture.runs)} runs, compared with {labels[0]}"]
    for section in picture.sections:
        if isinstance(section, Rows):
            rows = [_text_row(row, len(runs), is_pair) for row in section.differing[:MOST_ROWS]]
            notes = [f"{len(section.equal)} {section.noun} equal"] if section.equal else []
            if rows:
                parts.append(view_text(View(section.name, section.title, columns, tuple(rows), tuple(notes))))
            else:
                parts.append(f"{section.title} · {notes[0]}")
        elif isinstance(section, Pairs):
            lines = [f"  {pair.title} · {pair.said or pair.state}" for pair in section.pairs]
            parts.append("\n".join([section.title, *lines]))
    return "\n\n".join([*parts, *picture.notes])


def _text_row(row: Row, count: int, is_pair: bool) -> dict[str, object]:
    found: dict[str, object] = {"key": row.key} | {f"r{at}": text for at, text in enumerate(row.texts(_SHORT)[:count])}
    if is_pair:
        delta = row.deltas[1] if row.deltas else None
        verdict = {True: " better", False: " worse", None: ""}[delta["is_better"]] if delta is not None else ""
        found["said"] = row.said if delta is None else f"{fmt.signed(delta['value'])}{verdict}"
    return found
