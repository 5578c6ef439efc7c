"""Altair charts that a user gets to keep, and the renderer that shows them offline.

JupyterLab ships Vega-Lite 5 and knows no mime type of version 6, which Altair 6 writes. The renderer
sends the same spec under the version 5 type, which JupyterLab and VS Code draw themselves: nothing is
loaded from another host. Exports take the SVG beside it. It is no ``text/html``, because JupyterLab
would prefer that to the live chart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.ui.colours import DASHES, RUN_COLOURS, run_styles
from nbmlops.ui.spark import extremes
from nbmlops.ui.svg import Line, svg_lines

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

MIME = "application/vnd.vegalite.v5+json"
MOST_POINTS = 2000
_MOST_ROWS = 20_000
_MOST_SERIES = 500
_NAME = "nbmlops"

# Only what must be quiet on any ground; the host's theme decides the rest.
_CONFIG = {
    "axis": {"gridColor": "#7f7f7f", "gridOpacity": 0.25, "titleFontWeight": "normal"},
    "axisX": {"grid": False},
    "view": {},
}

_offered = False


def register_renderer() -> bool:
    """Register the renderer with Altair, and make it the active one unless the user chose another.

    It is offered once a process: a choice the user makes later stays.

    Returns
    -------
    bool
        Whether our renderer is the active one now.
    """
    global _offered
    import altair as alt

    if _NAME not in alt.renderers.names():
        alt.renderers.register(_NAME, render)
    if not _offered:
        _offered = True
        if alt.renderers.active in ("", "default"):
            alt.renderers.enable(_NAME)
    return bool(alt.renderers.active == _NAME)


def render(spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """The mime bundle of a chart: the spec, and for charts of ours a static picture."""
    bundle: dict[str, Any] = {
        MIME: spec,
        "text/plain": "<chart: JupyterLab and VS Code draw it; chart.save('chart.html') keeps it as a page>",
    }
    ours = spec.get("usermeta", {}).get(_NAME)
    if isinstance(ours, Mapping):
        config = {**_CONFIG, **spec.get("config", {})}
        config["view"] = {**config["view"], "stroke": None}
        bundle[MIME] = {"background": "transparent", **spec, "config": config}
        picture = _picture(spec, ours)
        if picture:
            bundle["image/svg+xml"] = picture
    return bundle


def lines(
    frame: pd.DataFrame, *, x: str = "step", y: str = "value", color: str | None = "run", title: str = ""
) -> alt.Chart:
    """Curves, one a run.

    Parameters
    ----------
    frame
        Long form: one row a point, with the columns named by ``x``, ``y`` and ``color``.
    color
        The column that tells curves apart; labels like ``#12 adam`` get the colour of that run. None: one curve.
    title
        Words above the chart.

    Returns
    -------
    altair.Chart
        Down-sampled to at most 2,000 points a curve and about 20,000 in all, extremes kept. Drag pans,
        shift + wheel zooms, double click resets.
    """
    import altair as alt

    register_renderer()
    groups = _groups(frame, color)
    subtitle = f"first {_MOST_SERIES} of {len(groups)}" if len(groups) > _MOST_SERIES else ""
    groups = groups[:_MOST_SERIES]
    limit = max(min(MOST_POINTS, _MOST_ROWS // max(len(groups), 1)), 16)
    rows: list[dict[str, object]] = []
    for label, part in groups:
        part = part.sort_values(x, kind="stable")
        xs, ys = part[x].tolist(), part[y].tolist()
        for index in extremes(ys, limit):
            point = {x: _plain(xs[index]), y: _plain(ys[index])}
            rows.append(point if color is None else {**point, color: label})
    styles = _styles([label for label, _ in groups])
    encoding = {"x": _x(alt, frame, x), "y": alt.Y(field=_field(y), type="quantitative", scale=alt.Scale(zero=False))}
    tooltip = [alt.Tooltip(field=_field(x)), alt.Tooltip(field=_field(y), format=".4~g")]
    if color is not None:
        encoding["color"] = _color(alt, color, styles)
        if any(dash for _, dash in styles.values()):
            dashes = alt.Scale(domain=list(styles), range=[list(dash) or [1, 0] for _, dash in styles.values()])
            encoding["strokeDash"] = alt.StrokeDash(field=_field(color), type="nominal", scale=dashes, legend=None)
        tooltip.insert(0, alt.Tooltip(field=_field(color), type="nominal"))
    zoom = alt.selection_interval(bind="scales", encodings=["x"], zoom="wheel![event.shiftKey]")
    chart = alt.Chart(alt.InlineData(values=rows), **_head(alt, title, subtitle)).mark_line(
        strokeWidth=1.5, point=all(len(part) < 3 for _, part in groups), clip=True
    )
    meta = {_NAME: {"kind": "lines", "x": x, "y": y, "color": color}}
    result: alt.Chart = (
        chart.encode(**encoding, tooltip=tooltip).properties(width=480, height=220, usermeta=meta).add_params(zoom)
    )
    return result


def bars(
    frame: pd.DataFrame, *, x: str = "value", y: str = "run", color: str | None = None, title: str = ""
) -> alt.Chart:
    """Horizontal bars, one a row, in the order of the frame.

    Parameters
    ----------
    x, y
        The column of the numbers, and the column of the names.
    color
        The column that colours the bars; by default the names, so that a run has its colour.

    Returns
    -------
    altair.Chart
        At most 500 bars.
    """
    import altair as alt

    register_renderer()
    color = color or y
    head = frame.head(_MOST_SERIES)
    keys = list(dict.fromkeys((x, y, color)))
    rows = [{key: _plain(row[key]) for key in keys} for row in head[keys].to_dict("records")]
    names = list(dict.fromkeys(str(row[color]) for row in rows))
    subtitle = f"first {_MOST_SERIES} of {len(frame)}" if len(frame) > _MOST_SERIES else ""
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), **_head(alt, title, subtitle))
        .mark_bar(height=14)
        .encode(
            x=alt.X(field=_field(x), type="quantitative"),
            y=alt.Y(field=_field(y), type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=240)),
            color=_color(alt, color, _styles(names), legend=None),
            tooltip=[alt.Tooltip(field=_field(y), type="nominal"), alt.Tooltip(field=_field(x), format=".4~g")],
        )
        .properties(width=480, height=alt.Step(22), usermeta={_NAME: {"kind": "bars"}})
    )
    return chart


def _groups(frame: pd.DataFrame, color: str | None) -> list[tuple[str, pd.DataFrame]]:
    if color is None:
        return [("", frame)]
    return [(str(label), part) for label, part in frame.groupby(color, sort=False, dropna=False)]


def _styles(labels: Sequence[str]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Colour and dash of each label: those of the run it names, else the cycle in order."""
    numbers = [int(match[1]) if (match := re.match(r"#(\d{1,15})\b", label)) else None for label in labels]
    if all(number is not None for number in numbers):
        runs = run_styles([number for number in numbers if number is not None])
        return {label: runs[number] for label, number in zip(labels, numbers, strict=True) if number is not None}
    count = len(RUN_COLOURS)
    return {
        label: (RUN_COLOURS[place % count], DASHES[place // count % len(DASHES)]) for place, label in enumerate(labels)
    }


def _x(alt: Any, frame: pd.DataFrame, x: str) -> Any:
    is_time = frame[x].dtype.kind == "M"
    return alt.X(field=_field(x), type="temporal" if is_time else "quantitative", scale=alt.Scale(nice=False))


def _color(alt: Any, color: str, styles: Mapping[str, tuple[str, tuple[int, ...]]], **options: Any) -> Any:
    scale = alt.Scale(domain=list(styles), range=[colour for colour, _ in styles.values()])
    if "legend" not in options:
        options["legend"] = alt.Legend(title=None, labelLimit=200) if len(styles) > 1 else None
    return alt.Color(field=_field(color), type="nominal", scale=scale, **options)


def _head(alt: Any, title: str, subtitle: str) -> dict[str, Any]:
    if not title and not subtitle:
        return {}
    return {"title": alt.TitleParams(text=title, subtitle=subtitle, anchor="start", fontSize=12)}


def _field(name: str) -> str:
    """A column name for Vega-Lite, where dots and brackets mean nesting."""
    return re.sub(r"([\\.\[\]'\"])", r"\\\1", name)


def _plain(value: Any) -> object:
    """A value that JSON can carry; what is not finite becomes a gap."""
    if hasattr(value, "isoformat"):
        return value.isoformat() if value == value else None
    if isinstance(value, (bool, str)) or value is None:
        return value
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return (int(value) if isinstance(value, int) else number) if math.isfinite(number) else None


def _picture(spec: Mapping[str, Any], ours: Mapping[str, Any]) -> str | None:
    """The static SVG of a line chart, from the rows inside its spec."""
    if ours.get("kind") != "lines":
        return None
    data = spec.get("data", {})
    rows = data.get("values") or spec.get("datasets", {}).get(data.get("name"), [])
    x, y, color = ours.get("x"), ours.get("y"), ours.get("color")
    points: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        if isinstance(row.get(x), str):
            return None
        xs, ys = points.setdefault(str(row.get(color)) if color else "", ([], []))
        xs.append(math.nan if row.get(x) is None else row[x])
        ys.append(math.nan if row.get(y) is None else row[y])
    styles = _styles(list(points))
    series = [Line(label, xs, ys, *styles[label]) for label, (xs, ys) in points.items()]
    title = spec.get("title", "")
    words = title.get("text", "") if isinstance(title, Mapping) else title
    return svg_lines(series, title=str(words), x_label=str(x), y_label=str(y)) if series else None
