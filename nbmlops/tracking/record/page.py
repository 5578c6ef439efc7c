"""One run on half a screen: its line, metrics, params, and what else there is of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.tracking.goals import goal
from nbmlops.tracking.record.static import STATIC_BYTES, picture_html
from nbmlops.ui import format as fmt
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    from nbmlops.tracking.record import RunRecord

_MOST = 40
_CURVES_BYTES = 30_000  # as many plots as a person looks at in one glance; figures want room, too
_MOST_TAGS = 12
_FONT = "font:var(--jp-ui-font-size1,13px)/1.5 var(--jp-ui-font-family,system-ui,sans-serif)"


def metrics_view(record: RunRecord, most: int = _MOST) -> View:
    """Last, smallest and largest value of every metric."""
    rows = []
    for key, found in list(record._summaries.items())[:most]:
        wanted = goal(key)
        best = None if wanted is None else found.min if wanted.direction == "min" else found.max
        rows.append({"metric": key, "last": found.last, "best": best, "points": found.count})
    columns = (Column("metric", "metric"), Column("last", "last", "number"), Column("best", "best", "number"))
    shown = (*columns, Column("points", "points", "number"))
    return View("metrics", "", shown, tuple(rows), total=len(record._summaries))


def params_view(record: RunRecord, most: int = _MOST) -> View:
    """Every param and its value."""
    rows: tuple[Mapping[str, object], ...] = tuple(
        {"param": key, "value": fmt.value(value)} for key, value in list(record.params.items())[:most]
    )
    return View("params", "", (Column("param", "param"), Column("value", "value")), rows, total=len(record.params))


def headline(record: RunRecord) -> list[str]:
    """What is said of the run in one line, piece by piece."""
    run = {"number": record.number, "name": record.name, "id": record.id}
    pieces = [
        fmt.run_label(run),
        record.status,
        record.experiment,
        fmt.duration(record.duration_s),
        fmt.ago(record.started_at),
    ]
    sha = record.git["sha"]
    if sha:
        pieces.append(f"git {str(sha)[:7]}{' (dirty)' if record.git['dirty'] else ''}")
    tags = fmt.tag_list(record.tags)
    pieces += tags[:_MOST_TAGS] + ([f"{len(tags) - _MOST_TAGS} more tags"] if len(tags) > _MOST_TAGS else [])
    return [fmt.short(piece, 80) for piece in pieces if piece and piece != fmt.MISSING]


def remarks(record: RunRecord) -> list[str]:
    """What else there is, and how to get at it."""
    error = None if record.status == "interrupted" else record.error
    lines = [text for text in (record.chosen, record.note, error) if text]
    counts, series = record._amounts
    named = f"({series[0]!r}){', ...' if len(series) > 1 else ''}" if series else ""
    amounts = (
        (counts["cells"], "cell", ".source"),
        (counts["outputs"], "output", ".outputs"),
        (len(series), "series", f".series{named}"),
        (counts["artifacts"], "artifact", ".artifacts"),
        (len(record.environment.packages), "package", ".environment"),
    )
    found = [
        f"{count} {word}{'s' if count > 1 and word != 'series' else ''} {attribute}"
        for count, word, attribute in amounts
        if count
    ]
    return [fmt.short(line, 300) for line in lines] + ([" · ".join(found)] if found else [])


def page_text(record: RunRecord) -> str:
    """The page as text."""
    parts = [" · ".join(headline(record))]
    parts += [str(view) for view in (metrics_view(record), params_view(record)) if view.rows]
    return "\n\n".join([*parts, "\n".join(remarks(record))]).rstrip()


def page_html(
    record: RunRecord, figures: Sequence[Mapping[str, str]] = (), curves: Mapping[str, Any] | None = None
) -> str:
    """The page as HTML without a script, at most 90 KB; its curves, and figures as base64, as far as there is room."""
    page = ""
    for most in (_MOST, 20, 8, 3):
        page = _html(record, most)
        if len(page.encode()) < STATIC_BYTES:
            break
    plots = ""
    if curves is not None:
        from nbmlops.tracking.static_curves import plots_html

        room = min(_CURVES_BYTES, STATIC_BYTES - len(page.encode()) - 500)
        plots = plots_html(curves, room, width=320, height=180, points=240)
    parts, pictures, left = [page, plots], [], STATIC_BYTES - len(page.encode()) - len(plots.encode()) - 500
    for figure in figures:
        picture = picture_html(figure["mime"], figure["data"])
        left -= len(picture)
        if left < 0:
            break
        pictures.append(f'<div style="max-width:360px">{picture}</div>')
    if pictures:
        parts.append(f'<div style="display:flex;flex-wrap:wrap;gap:16px;margin-top:8px">{"".join(pictures)}</div>')
    return "".join(parts)


def _html(record: RunRecord, most: int) -> str:
    from nbmlops.ui.html import escape, run_mark, view_html

    label, *rest = headline(record)
    mark = run_mark({"number": record.number})
    head = (
        f'<div style="{_FONT};margin:4px 0">{mark} <strong>{escape(label)}</strong> · {escape(" · ".join(rest))}</div>'
    )
    tables = [view_html(view) for view in (metrics_view(record, most), params_view(record, most)) if view.rows]
    body = "".join(f'<div style="min-width:0">{table}</div>' for table in tables)
    notes = "".join(f'<div style="{_FONT};opacity:.7">{escape(line)}</div>' for line in remarks(record))
    return f'{head}<div style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">{body}</div>{notes}'
