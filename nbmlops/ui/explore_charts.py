"""Altair charts of many runs at once: parallel coordinates, and a metric over each of some params."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.ui.charts import register_renderer
from nbmlops.ui.format import heading, number, short
from nbmlops.ui.scatter import is_wide

if TYPE_CHECKING:
    import altair as alt

_MOST_RUNS: Final = 500
_MOST_NAMES: Final = 12
_HEIGHT: Final = 260
_WIDTH: Final = 560
_STEP: Final = 64
_RAMP: Final = ("#8fb5e0", "#4a86c4", "#1f5a99")  # middle tones of one hue: seen on white and on near-black


def parallel(
    axes: Mapping[str, Any], target: Sequence[Any] | None, metric: str, labels: Sequence[str]
) -> alt.LayerChart:
    """Parallel coordinates: one line a run over its params and, last, its metric.

    Parameters
    ----------
    axes
        `nbmlops.tracking.axes.Axis` by param.
    target
        The metric of each run.
    labels
        What each run is called.

    Returns
    -------
    altair.LayerChart
        Of the first 500 runs. A run is drawn where it has a value; numbers that span more than a factor of 50 stand on
        a logarithmic axis.
    """
    import altair as alt

    register_renderer()
    lines: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    columns = [(key, axis.kind, axis.values) for key, axis in axes.items()]
    columns += [(metric, "number", target)] if target is not None else []
    for at, (key, kind, values) in enumerate(columns):
        heights, ticks = _heights(kind, values[:_MOST_RUNS])
        marks += [{"axis": at, "height": height, "tick": tick} for height, tick in ticks]
        for run, height in enumerate(heights):
            if height is not None:
                found = {"run": labels[run], "axis": at, "name": key, "height": height, "is": _word(values[run])}
                lines.append(found | {"value": _finite(target[run]) if target is not None else None})
    names = [heading(key, 16) for key, _, _ in columns]
    step = max(_STEP, _WIDTH // max(len(names), 1))
    said = "[" + ",".join(f"'{_quoted(name)}'" for name in names) + "][datum.value]"
    across = alt.X(
        "axis:Q",
        title=None,
        scale=alt.Scale(domain=[-0.2, max(len(names) - 0.8, 0.2)], nice=False),
        axis=alt.Axis(values=list(range(len(names))), labelExpr=said, orient="top", labelLimit=step, grid=True),
    )
    up = alt.Y("height:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    colour: Any = alt.value("#2255cc")
    if target is not None:
        colour = alt.Color("value:Q", title=short(metric, 30), scale=alt.Scale(range=list(_RAMP)))
    line = alt.Chart(alt.InlineData(values=lines)).mark_line(strokeWidth=1.2, opacity=0.6)
    line = line.encode(x=across, y=up, color=colour, detail="run:N", tooltip=["run:N", "name:N", "is:N"])
    tick = alt.Chart(alt.InlineData(values=marks)).mark_text(align="left", dx=4, fontSize=10, color="#7f7f7f")
    tick = tick.encode(x=across, y=up, text="tick:N")
    both: alt.LayerChart = alt.LayerChart(layer=[line, tick]).properties(
        width=step * max(len(names), 2), height=_HEIGHT, usermeta={"nbmlops": {"kind": "parallel"}}
    )
    return both


def scatter(
    axes: Mapping[str, Any], target: Sequence[Any] | None, metric: str, labels: Sequence[str]
) -> alt.HConcatChart:
    """The metric over each param, side by side; what is dragged over in some is seen in all.

    Returns
    -------
    altair.HConcatChart
        Of the first 500 runs.
    """
    import altair as alt

    register_renderer()
    brushes = [alt.selection_interval(name=f"chosen_{at}") for at in range(len(axes))]
    passes: Any = functools.reduce(operator.and_, brushes) if brushes else True
    rows: list[dict[str, Any]] = []
    for run in range(min(len(labels), _MOST_RUNS)):
        row: dict[str, Any] = {"run": labels[run], "value": _finite(target[run]) if target is not None else None}
        for at, axis in enumerate(axes.values()):
            value = axis.values[run]
            row[f"p{at}"] = _finite(value) if axis.kind == "number" else None if value is None else short(value, 40)
        rows.append(row)
    plots = []
    for at, (key, axis) in enumerate(axes.items()):
        numbers = [row[f"p{at}"] for row in rows if row[f"p{at}"] is not None]
        title = short(key, 30)
        across = alt.X(f"p{at}:N", title=title)
        if axis.kind == "number":
            scale = alt.Scale(type="log") if is_wide(numbers) else alt.Scale(zero=False)
            across = alt.X(f"p{at}:Q", title=title, scale=scale)
        up = alt.Y("value:Q", title=short(metric, 30) if at == 0 else None, scale=alt.Scale(zero=False))
        seen = alt.condition(passes, alt.value("#2255cc"), alt.value("#7f7f7f"))
        plot = alt.Chart().mark_point(filled=True, size=40, opacity=0.8)
        told = [
            alt.Tooltip("run:N"),
            alt.Tooltip(f"p{at}:{'Q' if axis.kind == 'number' else 'N'}", title=title),
            alt.Tooltip("value:Q", title=metric),
        ]
        plot = plot.encode(x=across, y=up, color=seen, tooltip=told).add_params(brushes[at])
        plots.append(plot.properties(width=150, height=_HEIGHT - 60))
    whole: alt.HConcatChart = alt.HConcatChart(hconcat=plots, data=alt.InlineData(values=rows))
    chart: alt.HConcatChart = whole.properties(usermeta={"nbmlops": {"kind": "scatter"}})
    return chart


def _heights(kind: str, values: Sequence[Any]) -> tuple[list[float | None], list[tuple[float, str]]]:
    """Where each run crosses an axis from 0 to 1, and what is written beside it."""
    if kind != "number":
        names = sorted({str(value) for value in values if value is not None})
        place = {name: (at + 0.5) / len(names) for at, name in enumerate(names)}
        every = math.ceil(len(names) / _MOST_NAMES) or 1
        return [place.get(str(value)) for value in values], [(place[name], short(name, 14)) for name in names[::every]]
    numbers = [_finite(value) for value in values]
    finite = [value for value in numbers if value is not None]
    if not finite:
        return [None] * len(values), []
    is_log = is_wide(finite)
    low, high = (math.log(f) if is_log else f for f in (min(finite), max(finite)))
    span = high - low
    heights = [
        None if value is None else ((math.log(value) if is_log else value) - low) / span if span else 0.5
        for value in numbers
    ]
    return heights, [(0.0, number(min(finite))), (1.0, number(max(finite)))] if span else [(0.5, number(finite[0]))]


def _finite(value: Any) -> float | None:
    if value is None or isinstance(value, (bool, str)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _word(value: Any) -> str:
    return number(value) if isinstance(value, (int, float)) else short(value, 60)


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")
