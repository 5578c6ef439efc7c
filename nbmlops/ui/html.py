"""A view as static HTML: no script, no outside address, everything from the user escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nbmlops.ui import format as fmt
from nbmlops.ui.colours import run_colour
from nbmlops.ui.spark import common_scale, spark_svg
from nbmlops.ui.style import INLINE, table_style
from nbmlops.ui.view import Column, View

MAX_BYTES = 200_000
MAX_COLUMNS = 60
NBSP = "\u00a0"
TITLE_LIMIT = 1000
_TIGHT_TITLE_LIMIT = 80
_ROWS_BYTES = 130_000
_HEAD_BYTES = 25_000

_RIGHT = frozenset(("number", "delta", "duration", "bytes", "spark"))

STATUS_MARKS: Mapping[str, tuple[str, str]] = {
    "running": ("◐", "nbm-info"),
    "finished": ("●", "nbm-good"),
    "ok": ("●", "nbm-good"),
    "failed": ("●", "nbm-bad"),
    "error": ("●", "nbm-bad"),
    "syntax": ("●", "nbm-bad"),
    "interrupted": ("●", "nbm-warn"),
    "stopped": ("●", "nbm-warn"),
    "pruned": ("○", "nbm-q"),
    "lost": ("○", "nbm-bad"),
}
"""A sign and a class for every status; the word always stands beside it."""


def escape(text: object) -> str:
    """Text for an element or a quoted attribute; what cannot be encoded or would hide is made visible."""
    return html.escape(fmt.visible(str(text)), quote=True)


def title_attribute(text: object, shown: str | None = None, *, limit: int = TITLE_LIMIT) -> str:
    """`` title="..."`` with the full text (first ``limit`` characters), or "" if it says nothing new."""
    full = str(text)
    if not full or full == shown:
        return ""
    cut = full if len(full) <= limit else full[: limit - 1] + "…"
    return f' title="{"&#10;".join(escape(line) for line in cut.split(chr(10)))}"'


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing to show: an empty text or collection."""
    return isinstance(value, (str, Mapping, list, tuple)) and not value


def sandboxed(page: str, *, height: int = 240) -> str:
    """HTML that somebody logged, in a frame of its own: no script of it runs, nothing around it is reached."""
    inner = html.escape(page, quote=True)
    return f'<iframe sandbox="" srcdoc="{inner}" style="width:100%;height:{height}px;border:0"></iframe>'


def run_mark(run: Mapping[str, object]) -> str:
    """The square in the run's colour."""
    number = run.get("number")
    colour = run_colour(number) if isinstance(number, int) else None
    style = f' style="color:{colour}"' if colour else ""
    return f'<span class="nbm-sq"{style} aria-hidden="true">■</span>{NBSP}'


def status_html(status: str) -> str:
    """A status as sign and word."""
    sign, css = STATUS_MARKS.get(status, ("○", "nbm-q"))
    return f"{dot(sign, css)}{escape(fmt.short(status, 20))}"


def dot(sign: str, css: str) -> str:
    """A small coloured sign before a word."""
    return f'<span class="nbm-dot {css}"{INLINE.get(css, "")} aria-hidden="true">{sign}</span>{NBSP}'


def delta_html(value: float, is_better: bool | None) -> str:
    """A difference: sign, arrow (filled better, hollow worse, none without a verdict) and colour."""
    signed, arrow = escape(fmt.signed(value)), delta_arrow(value, is_better)
    if not arrow:
        return f'{signed}<span class="nbm-arrow"></span>'
    word, css = ("better", "nbm-good") if is_better else ("worse", "nbm-bad")
    return (
        f'<span class="{css}"{INLINE[css]} title="{word}">{signed}<span class="nbm-arrow">{NBSP}{arrow}</span></span>'
    )


def delta_arrow(value: float, is_better: bool | None) -> str:
    """Up or down by sign; filled is better, hollow is worse."""
    if is_better is None or not value or value != value:
        return ""
    return ("▲" if is_better else "△") if value > 0 else ("▼" if is_better else "▽")


def view_html(view: View, *, now: datetime | None = None) -> str:
    """A view as one static HTML element.

    Parameters
    ----------
    view
        What to show.
    now
        The moment relative times count from; the present by default.

    Returns
    -------
    str
        Less than 200 KB at any number of rows and columns: what is left out is said in a footnote.
    """
    css_name = re.sub(r"[^a-z0-9-]", "-", view.name.lower())[:40]
    parts = [f'<div class="nbm-view nbm-{css_name}">', table_style()]
    if view.title:
        parts.append(f'<div class="nbm-title">{escape(fmt.short(view.title, 200))}</div>')
    notes = list(view.footnotes[:20])
    if not view.rows:
        parts.append(f'<div class="nbm-empty">{escape(fmt.short(view.empty or "Nothing here yet.", 1000))}</div>')
    else:
        table = _Table(view, view.columns[:MAX_COLUMNS], now)
        body, shown = table.body()
        label = title_attribute(view.title or view.name, limit=200).replace(" title=", " aria-label=", 1)
        parts.append(f'<div class="nbm-scroll"><table class="nbm-table"{label}>{table.head()}<tbody>{body}</tbody>')
        parts.append("</table></div>")
        total = max(view.total or 0, len(view.rows))
        if shown < total:
            notes.insert(0, f"first {fmt.number(shown)} of {fmt.number(total)} rows")
        if len(view.columns) > MAX_COLUMNS:
            notes.insert(0, f"{fmt.number(len(view.columns) - MAX_COLUMNS)} more columns are left out here")
    if notes:
        parts.append(f'<div class="nbm-foot">{" · ".join(escape(fmt.short(note, 300)) for note in notes)}</div>')
    parts.append("</div>")
    return "".join(parts)


@dataclass(frozen=True)
class _Table:
    """Head and body of one table; columns are formatted whole, so that points line up."""

    view: View
    columns: tuple[Column, ...]
    now: datetime | None
    scales: dict[str, tuple[float, float] | None] = field(default_factory=dict)

    def head(self) -> str:
        shown = fmt.headings([column.label for column in self.columns])
        for limit in (TITLE_LIMIT, _TIGHT_TITLE_LIMIT):
            cells = "".join(map(self._heading, self.columns, shown, [limit] * len(shown)))
            if len(cells.encode()) <= _HEAD_BYTES:
                break
        return f'<thead><tr class="nbm-head">{cells}</tr></thead>'

    def body(self) -> tuple[str, int]:
        """The rows that fit, and how many they are."""
        texts = {
            column.key: fmt.number_column(_number(row.get(column.key), column.kind) for row in self._candidates())
            for column in self.columns
            if column.kind in ("number", "spark")
        }
        self.scales.update(
            (column.key, common_scale(_curve(row.get(column.key)) for row in self._candidates()))
            for column in self.columns
            if column.kind == "spark"
        )
        rows: list[str] = []
        used = 0
        for index, row in enumerate(self._candidates()):
            line = self._row(index, row, texts, TITLE_LIMIT)
            if len(line.encode()) > _ROWS_BYTES // 40:
                line = self._row(index, row, texts, _TIGHT_TITLE_LIMIT)
            used += len(line.encode())
            if used > _ROWS_BYTES and rows:
                break
            rows.append(line)
        return "".join(rows), len(rows)

    def _candidates(self) -> Iterator[Mapping[str, object]]:
        # The shortest possible row is a few bytes a cell: more rows than this never fit.
        return iter(self.view.rows[: _ROWS_BYTES // (40 + 9 * len(self.columns))])

    def _row(self, index: int, row: Mapping[str, object], texts: Mapping[str, list[str]], limit: int) -> str:
        run = next((row.get(column.key) for column in self.columns if column.kind == "run"), None)
        number = run.get("number") if isinstance(run, Mapping) else None
        colour = run_colour(number) if isinstance(number, int) else None
        cells = []
        for column in self.columns:
            text = texts[column.key][index] if column.key in texts else ""
            if column.kind == "spark":
                cells.append(_spark_cell(row.get(column.key), text, colour, self.scales[column.key]))
                continue
            cells.append(_cell(column, row.get(column.key), text, limit, self.now))
        return f'<tr class="nbm-row">{"".join(cells)}</tr>'

    def _heading(self, column: Column, shown: str, limit: int) -> str:
        attributes = _place(column.kind) + title_attribute(column.label, shown, limit=limit)
        return f'<th scope="col"{attributes}>{escape(shown)}</th>'


def _curve(value: object) -> Sequence[float]:
    return value if isinstance(value, (list, tuple)) else ()


def _spark_cell(value: object, text: str, colour: str | None, scale: tuple[float, float] | None) -> str:
    curve = _curve(value)
    return f"<td{_place('spark')}>{spark_svg(curve, colour, scale=scale) + escape(text) if curve else fmt.MISSING}</td>"


def _cell(column: Column, value: object, text: str, limit: int, now: datetime | None) -> str:
    kind = column.kind
    if fmt.is_missing(value) or is_blank(value):
        return f"<td{_place(kind)}>{fmt.MISSING}</td>"
    title = ""
    if kind == "run" and isinstance(value, Mapping):
        inner, title = _run(value), title_attribute(value.get("name") or value.get("id") or "", limit=limit)
    elif kind == "number":
        shown = fmt.short(text, 40) if isinstance(value, str) else text
        inner, title = escape(shown), title_attribute(value, shown.strip(), limit=limit)
    elif kind == "delta" and isinstance(value, Mapping):
        inner, title = delta_html(value["value"], value.get("is_better")), title_attribute(value["value"])
    elif kind == "duration" and isinstance(value, (int, float)):
        inner, title = fmt.duration(value).replace(" ", NBSP), title_attribute(f"{value} s")
    elif kind == "bytes" and isinstance(value, (int, float)):
        inner, title = fmt.size(value).replace(" ", NBSP), title_attribute(f"{value} bytes")
    elif kind == "time" and isinstance(value, datetime):
        inner, title = fmt.ago(value, now).replace(" ", NBSP), title_attribute(fmt.moment(value))
    elif kind == "status":
        inner = status_html(str(value))
    elif kind == "tags":
        tags = fmt.tag_list(value)
        shown = fmt.short(" · ".join(tags), 60)
        inner, title = escape(shown), title_attribute(" · ".join(tags), shown, limit=limit)
    else:
        shown = fmt.short(value, 60)
        inner, title = escape(shown), title_attribute(value, shown, limit=limit)
        inner = f"<code>{inner}</code>" if kind == "code" else inner
    return f"<td{_place(kind)}{title}>{inner}</td>"


def _place(kind: str) -> str:
    """Alignment of a cell; inline on the left, because hosts align cells to the right."""
    if kind in _RIGHT:
        return ' class="nbm-n"'
    if kind == "run":
        return ' class="nbm-run" style="text-align:left;white-space:nowrap"'
    return ' style="text-align:left"'


def _run(run: Mapping[str, object]) -> str:
    # an untrusted notebook has no style sheet: the spaces themselves must not break
    parts = [run_mark(run), escape(fmt.short(fmt.run_label(run), 36)).replace(" ", NBSP)]
    if run.get("is_baseline"):
        parts.append(f'{NBSP}<span class="nbm-q">★{NBSP}baseline</span>')
    attempts = run.get("attempts")
    if isinstance(attempts, int) and attempts > 1:
        parts.append(f'{NBSP}<span class="nbm-q" title="{attempts} attempts">×{attempts}</span>')
    return "".join(parts)


def _number(value: object, kind: str) -> object:
    """What stands as a number in this cell: the value, or the last of a curve."""
    if kind != "spark":
        return value
    return value[-1] if isinstance(value, (list, tuple)) and value else None
