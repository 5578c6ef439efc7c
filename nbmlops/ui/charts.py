"""Altair charts that a user gets to keep, and the renderer that shows them offline.

JupyterLab ships Vega-Lite 5 and knows no mime type of version 6, which Altair 6 writes. The renderer
sends the same spec under the version 5 type, which JupyterLab and VS Code draw themselves: nothing is
loaded from another host. Exports take the SVG beside it. It is no ``text/html``, because JupyterLab
would prefer that to the live chart.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nbmlops.ui.pictures import pictures, styles_of
from nbmlops.ui.spark import extremes

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

MIME = "application/vnd.vegalite.v5+json"
MOST_POINTS = 2000
_MOST_ROWS = 20_000
_MOST_SERIES = 500
_FEW = 12  # whole steps that each get a tick
_NAME = "nbmlops"

# Middle tones that read on white and on near-black: JupyterLab does not draw a chart again when its theme changes.
_QUIET = "#7f7f7f"
_CONFIG: Mapping[str, Mapping[str, object]] = {
    "axis": {
        "gridColor": _QUIET, "gridOpacity": 0.25, "titleFontWeight": "normal", "labelColor": _QUIET,
        "titleColor": _QUIET, "domainColor": _QUIET, "tickColor": _QUIET,
    },
    "axisX": {"grid": False},
    "legend": {"labelColor": _QUIET, "titleColor": _QUIET},
    "title": {"color": _QUIET, "subtitleColor": _QUIET},
    "view": {"stroke": None},
}  # fmt: skip

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
    bundle: dict[str, Any] = {MIME: spec, "text/plain": "<chart: JupyterLab and VS Code draw it>"}
    ours = spec.get("usermeta", {}).get(_NAME)
    if isinstance(ours, Mapping):
        said = spec.get("config", {})
        config = {key: {**_CONFIG.get(key, {}), **said.get(key, {})} for key in (*_CONFIG, *said)}
        bundle[MIME] = {"background": "transparent", **spec, "config": config}
        bundle |= pictures(spec, ours)
    return bundle


def lines(
    frame: pd.DataFrame,
    *,
    x: str = "step",
    y: str = "value",
    color: str | None = "run",
    title: str = "",
    y_title: str = "",
) -> alt.Chart | alt.LayerChart:
    """Curves, one a run.

    Parameters
    ----------
    frame
        Long form: one row a point, with the columns named by ``x``, ``y`` and ``color``.
    color
        The column that tells curves apart; labels like ``#12 adam`` get the colour of that run. None: one curve.
    title, y_title
        Words above the chart, and beside its axis (default: the column).

    Returns
    -------
    altair.Chart or altair.LayerChart
        The latter where some curves are a single point beside longer ones. Down-sampled to at most 2,000 points
        a curve and about 20,000 in all, extremes kept. Drag pans, shift + wheel zooms, double click resets.
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
    styles = styles_of([label for label, _ in groups])
    lone = {label for label, part in groups if part[y].notna().sum() == 1} if color is not None else set()
    name = y_title or y
    up = alt.Y(field=_field(y), type="quantitative", scale=alt.Scale(zero=False), title=name)
    encoding = {"x": _x(alt, frame, x), "y": up}
    tooltip = [
        alt.Tooltip(field=_field(x), type="quantitative", title=x),
        alt.Tooltip(field=_field(y), type="quantitative", format=".4~g", title=name),
    ]
    if color is not None:
        encoding["color"] = _color(alt, color, styles)
        if any(dash for _, dash in styles.values()):
            dashes = alt.Scale(domain=list(styles), range=[list(dash) or [1, 0] for _, dash in styles.values()])
            encoding["strokeDash"] = alt.StrokeDash(field=_field(color), type="nominal", scale=dashes, legend=None)
        tooltip.insert(0, alt.Tooltip(field=_field(color), type="nominal"))
    zoom = alt.selection_interval(bind="scales", encodings=["x"], zoom="wheel![event.shiftKey]")
    meta = {_NAME: {"kind": "lines", "x": x, "y": y, "color": color, "y_title": name}}
    head = _head(alt, title, subtitle)
    size = {"width": 480, "height": 220, "usermeta": meta}
    is_short = all(len(part) < 3 for _, part in groups)
    chart = alt.Chart(alt.InlineData(values=rows), **({} if lone else head)).mark_line(
        strokeWidth=1.5, point=is_short, clip=True
    )
    chart = chart.encode(**encoding, tooltip=tooltip).add_params(zoom)
    if not lone or is_short:
        only: alt.Chart = chart.properties(**head, **size)
        return only
    dots = alt.Chart(alt.InlineData(values=[row for row in rows if color is not None and row[color] in lone]))
    encoding.pop("strokeDash", None)
    both = alt.LayerChart(layer=[chart, dots.mark_point(filled=True, size=40).encode(**encoding, tooltip=tooltip)])
    layered: alt.LayerChart = both.properties(**head, **size)
    return layered


def points(
    frame: pd.DataFrame,
    *,
    x: str = "x",
    y: str = "value",
    color: str = "run",
    title: str = "",
    x_title: str = "",
    y_title: str = "",
) -> alt.Chart:
    """A point a row: a metric over a param.

    Parameters
    ----------
    frame
        Columns named by ``x`` (numbers, else it becomes an axis of names), ``y`` (numbers) and ``color`` (names).

    Returns
    -------
    altair.Chart
        At most 500 points.
    """
    import altair as alt

    register_renderer()
    head = frame.head(_MOST_SERIES)
    rows = [{key: _plain(row[key]) for key in (x, y, color)} for row in head[[x, y, color]].to_dict("records")]
    is_number = all(isinstance(row[x], (int, float)) and not isinstance(row[x], bool) for row in rows)
    if not is_number:
        rows = [{**row, x: str(row[x])} for row in rows]
    low_to_high = sorted(float(row[x]) for row in rows) if is_number else []  # type: ignore[arg-type]
    is_wide = len(low_to_high) > 2 and low_to_high[0] > 0 and low_to_high[-1] >= 50 * low_to_high[0]
    scale = alt.Scale(type="log", padding=10) if is_wide else alt.Scale(zero=False, padding=10)
    across: Any = alt.X(field=_field(x), type="nominal", title=x_title or x)
    if is_number:
        ticks = {} if is_wide else _whole_ticks(alt, low_to_high)
        across = alt.X(field=_field(x), type="quantitative", scale=scale, title=x_title or x, **ticks)
    names = list(dict.fromkeys(str(row[color]) for row in rows))
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), **_head(alt, title, ""))
        .mark_point(filled=True, size=60, opacity=0.9)
        .encode(
            x=across,
            y=alt.Y(field=_field(y), type="quantitative", scale=alt.Scale(zero=False), title=y_title or y),
            color=_color(alt, color, styles_of(names), legend=None),
            tooltip=[
                alt.Tooltip(field=_field(color), type="nominal", title=color),
                alt.Tooltip(field=_field(x), type="quantitative" if is_number else "nominal", title=x_title or x),
                alt.Tooltip(field=_field(y), type="quantitative", format=".4~g", title=y_title or y),
            ],
        )
        .properties(width=480, height=220, usermeta={_NAME: {"kind": "points", "x": x, "y": y, "color": color}})
    )
    return chart


def bars(
    frame: pd.DataFrame,
    *,
    x: str = "value",
    y: str = "run",
    color: str | None = None,
    title: str = "",
    x_title: str = "",
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
            x=alt.X(field=_field(x), type="quantitative", title=x_title or x),
            y=alt.Y(field=_field(y), type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=240)),
            color=_color(alt, color, styles_of(names), legend=None),
            tooltip=[
                alt.Tooltip(field=_field(y), type="nominal", title=y),
                alt.Tooltip(field=_field(x), type="quantitative", format=".4~g", title=x_title or x),
            ],
        )
        .properties(width=480, height=alt.Step(22), usermeta={_NAME: {"kind": "bars"}})
    )
    return chart


def _groups(frame: pd.DataFrame, color: str | None) -> list[tuple[str, pd.DataFrame]]:
    if color is None:
        return [("", frame)]
    return [(str(label), part) for label, part in frame.groupby(color, sort=False, dropna=False)]


def _x(alt: Any, frame: pd.DataFrame, x: str) -> Any:
    if frame[x].dtype.kind == "M":
        return alt.X(field=_field(x), type="temporal", scale=alt.Scale(nice=False), title=x)
    scale = alt.Scale(nice=False)
    return alt.X(field=_field(x), type="quantitative", scale=scale, title=x, **_whole_ticks(alt, frame[x]))


def _whole_ticks(alt: Any, values: Iterable[Any]) -> dict[str, Any]:
    """The axis of a few whole numbers, between which a tick would mean nothing; of more, ticks are whole anyway."""
    found = set(values)
    if not found or not all(isinstance(each, (int, float)) and float(each).is_integer() for each in found):
        return {}
    low, high = int(min(found)), int(max(found))
    if high - low > _FEW:
        return {}
    return {"axis": alt.Axis(values=list(range(low, high + 1)), format="d")}


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
