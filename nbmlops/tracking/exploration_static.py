"""The exploration of many runs where nothing can draw it: a scatter as SVG, importance as a table, words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nbmlops.tracking.axes import Axis
from nbmlops.tracking.axes import text as label_of
from nbmlops.tracking.browse.explore import Found
from nbmlops.tracking.importance import FEW_RUNS, METHOD
from nbmlops.ui import format as fmt
from nbmlops.ui.colours import run_colour
from nbmlops.ui.html import view_html
from nbmlops.ui.scatter import Dot, svg_dots
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

_ROWS: Final = 12
_FEW: Final = 10
_COLOUR: Final = "#4a86c4"
NO_PROOF: Final = "one parameter at a time, among the runs that were made: no proof of a cause"


def labels(found: Found) -> list[str]:
    """What each run is called."""
    return [fmt.run_label({"number": h["number"], "name": h["name"], "id": h["run_id"]}) for h in found.heads]


def html(found: Found, drawn: Mapping[str, Any]) -> str:
    """A scatter over the strongest parameter, and the table of importance."""
    return f'<div class="nbm-view nbm-explore">{picture(found, drawn)}{view_html(_view(drawn))}</div>'


def picture(found: Found, drawn: Mapping[str, Any]) -> str:
    """A scatter of the metric over the strongest parameter; nothing where there is none."""
    key, metric = next(iter(drawn["axes"]), None), drawn["metric"]
    if key is None or metric is None:
        return ""
    axis = Axis.of(found.params[key])
    is_number = axis.kind == "number"
    is_few = len(found.heads) <= _FEW  # beyond ten runs, their colours repeat
    colours = [run_colour(head["number"]) if is_few else None for head in found.heads]  # type: ignore[arg-type]
    dots = [
        Dot(label, x if is_number else label_of(x), y, colour or _COLOUR)
        for label, x, y, colour in zip(labels(found), axis.values, found.last[metric], colours, strict=True)
        if x is not None and y is not None and not (is_number and isinstance(x, (str, bool)))
    ]
    dots.sort(key=lambda dot: str(dot.x) if isinstance(dot.x, str) else "")
    title = f"{fmt.short(metric, 40)} over {fmt.short(key, 40)}"
    return f"<div>{svg_dots(dots, title=title, x_label=key, y_label=metric)}</div>"


def text(drawn: Mapping[str, Any]) -> str:
    """The table of importance as text."""
    return view_text(_view(drawn))


def _view(drawn: Mapping[str, Any]) -> View:
    metric, params, runs = drawn["metric"], drawn["params"], len(drawn["runs"]["id"])
    where = f" · {drawn['experiment']}" if drawn["experiment"] else ""
    rows = [
        {
            "param": fmt.short(each["key"], 60),
            "strength": each["strength"],
            "chance": each["chance"],
            "trend": each["trend"],
            "runs": each["runs"],
            "why": each["why"] or ("more than chance" if each["strength"] > each["chance"] else "no more than chance"),
        }
        for each in params[:_ROWS]
    ]
    return View(
        name="explore",
        title=f"which parameters go with {metric}{where}" if metric else f"parameters{where}",
        columns=(
            Column("param", "parameter"),
            Column("strength", "strength", "number"),
            Column("chance", "by chance", "number"),
            Column("trend", "trend", "number"),
            Column("runs", "runs", "number"),
            Column("why", ""),
        ),
        rows=tuple(rows) if metric else (),
        total=len(params) if metric and len(params) > _ROWS else None,
        footnotes=tuple(_notes(drawn, runs)),
        empty=nothing(drawn),
    )


def nothing(drawn: Mapping[str, Any]) -> str:
    """What is said where there is nothing to show."""
    if not drawn["runs"]["id"]:
        return "no run matches: a cell that starts with %mlrun makes one"
    if drawn["metric"] is None:
        return "none of these runs has a metric yet: ml.log(loss=0.3)"
    return "no parameter varies between these runs: change one, and run the cell again"


def _notes(drawn: Mapping[str, Any], runs: int) -> list[str]:
    notes = [f"{fmt.number(runs)} run{'s' * (runs != 1)}"]
    if drawn["total"] > runs:
        which = "first in the order of the filter" if drawn["is_ordered"] else "newest"
        notes = [f"the {which} {fmt.number(runs)} of {fmt.number(drawn['total'])} runs"]
    if drawn["equal"]:
        notes.append(f"{drawn['equal']} parameter{'s' * (drawn['equal'] != 1)} equal in all of them left out")
    if drawn["metric"] is not None and drawn["params"]:
        if runs < FEW_RUNS:
            notes.append(f"fewer than {FEW_RUNS} runs tell little")
        notes += [METHOD, NO_PROOF]
    return notes
