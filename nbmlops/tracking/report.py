"""One page of runs to send round or print: a file that needs nothing else, without a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import compare, compare_page, compare_saved, figures
from nbmlops.tracking.browse.contents import content
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui import format as fmt
from nbmlops.ui.html import escape, run_mark, view_html

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.browse.compare import Picture
    from nbmlops.tracking.tables import RunsTable

MOST_COMPARED = 4
MOST_CURVES = 6
MOST_ROWS = 200
_FIGURE_BYTES = 4_000_000
_COMPARED_BYTES = 8_000_000
_SIZES = ((400, 400, MOST_COMPARED + 1), (100, 100, MOST_COMPARED + 1))

_STYLE = """
:root{color-scheme:light dark}
body{margin:24px auto;padding:0 24px;max-width:1120px;font:13px/1.5 system-ui,sans-serif}
h1{font-size:20px;margin:0}h2{font-size:15px;margin:28px 0 8px}
header p{margin:4px 0;color:#7a7a7a}
figure{display:inline-block;margin:0 16px 16px 0;vertical-align:top;break-inside:avoid}
figcaption{color:#7a7a7a}img{max-width:100%;background:#fff}
@media print{body{margin:0;padding:0;max-width:none;font-size:10px}h2{break-after:avoid}
.nbm-view tr,pre span{break-inside:avoid}.nbm-view .nbm-scroll{overflow:visible!important}
.nbm-view{--jp-ui-font-size1:9px;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.nbm-view table.nbm-table{width:100%!important}
.nbm-view .nbm-table :is(td,th){white-space:normal!important;max-width:none!important;overflow-wrap:anywhere;
padding:0 4px!important;line-height:1.4!important;height:auto!important}
.nbm-view .nbm-table td div{max-width:100%!important}
.nbm-view pre.nbm-diff{font-size:9px!important;line-height:1.3!important}}
@page{size:A4 landscape;margin:12mm}
"""
# nothing is loaded and nothing runs, whatever was logged
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_report(filter: str, path: Path, *, experiment: str | None = None, title: str = "") -> str:
    """Write the page of the runs that a filter finds.

    Parameters
    ----------
    filter
        As for ``ml.runs``.
    path
        The file; one that is there is replaced.
    experiment
        As for ``ml.runs``.
    title
        What stands on top; default: the filter.

    Returns
    -------
    str
        What was written, in a line.

    Raises
    ------
    UnknownReference
        No run matches.
    """
    from nbmlops.tracking import asking, defaults, sessions

    table = asking.runs(filter, experiment=experiment)
    ids = table.ids()
    if not ids:
        raise UnknownReference(f"no run matches {filter!r}" if filter else "no runs here", "`nbmlops runs` lists them")
    store = sessions.store()
    place = "Runs of all experiments" if experiment == "*" else f"Runs of {experiment or defaults.experiment()}"
    page = _page(table, ids, store.read, store.fetch, title or filter or place)
    target = path.expanduser()
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}", "name another file with -o") from None
    return f"{target}: {len(ids)} run{'' if len(ids) == 1 else 's'}, {fmt.size(len(page.encode()))}"


def _page(
    table: RunsTable, ids: Sequence[str], ask: Callable[[Any], Any], fetch: Callable[[str], Path], title: str
) -> str:
    """The whole page."""
    best, why = ask(lambda con: chosen(con, ids, table.baseline))
    parts = [view_html(table.page(size=MOST_ROWS))]
    if len(best) > 1:
        picture = compare.look(ask, fetch, compare.Request(tuple(best), table.baseline))
        drawn = ask(lambda con: compare_page.curves(con, picture, MOST_CURVES))
        parts.append(f"<h2>{escape(why)}</h2>{_compared(picture, drawn, fetch)}")
    first = best[-1] if len(best) == 1 else next(run for run in best if run != table.baseline)
    parts.append(_figures(ask, fetch, first))
    written = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    said = " · ".join([f"{len(ids)} run{'' if len(ids) == 1 else 's'}", f"written {written}"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(title)}</h1><p>{escape(said)}</p></header>"
        f"<main>{''.join(parts)}</main></body></html>\n"
    )


def _compared(picture: Picture, drawn: compare_page.Curves, fetch: Callable[[str], Path]) -> str:
    large = compare_saved.pictures(picture, fetch, _FIGURE_BYTES)
    return compare_page.page_html(picture, drawn, large, most=_COMPARED_BYTES, sizes=_SIZES)


def chosen(con: duckdb.DuckDBPyConnection, ids: Sequence[str], baseline: str | None) -> tuple[list[str], str]:
    """The runs that are compared, the best first but for the baseline; and how they were chosen.

    The metric is the first that people look at and whose goal is known; without one they are the first of the list.
    """
    heads = queries.heads(con, ids)
    facts = PageFacts(con, queries.Page(heads, len(heads)), heads, baseline)
    key = next((key for key in facts.metric_keys if facts.goal(key) is not None), None)
    goal = facts.goal(key) if key is not None else None
    first, why = list(ids[:MOST_COMPARED]), f"The first {min(len(ids), MOST_COMPARED)} compared"
    if key is not None and goal is not None:
        last = {run: facts.metrics[run][key].last for run in facts.ids if key in facts.metrics[run]}
        ranked = sorted((run for run in last if last[run] == last[run]), key=lambda run: last[run])
        ranked = ranked if goal.direction == "min" else ranked[::-1]
        if ranked:
            first, why = ranked[:MOST_COMPARED], f"The best by {key}"
    if baseline is not None and len(first) + (baseline not in first) > 1:
        return [baseline, *(run for run in first if run != baseline)], f"{why}, beside the baseline"
    return first, why


def _figures(ask: Callable[[Any], Any], fetch: Callable[[str], Path], run: str) -> str:
    """The figures of one run as they are."""
    found, head = ask(lambda con: (figures.of_run(con, run), queries.heads(con, [run])[0]))
    shown = []
    left = _FIGURE_BYTES
    for row in found:
        sent = content(str(row["mime"]), None, str(row["sha256"]), None, fetch, left)
        if "data" in sent:
            left -= len(sent["data"])
            caption = fmt.short(row["caption"] or "shown by a cell", 80)
            image = f'<img alt="{escape(caption)}" src="data:{escape(row["mime"])};base64,{sent["data"]}">'
            shown.append(f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>")
    name = {"number": head["number"], "name": head["name"], "id": run}
    title = f"Figures of {run_mark(name)}{escape(fmt.run_label(name))}"
    return f"<h2>{title}</h2><div>{''.join(shown)}</div>" if shown else ""
