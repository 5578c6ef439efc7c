"""Charts without Vega: an SVG for exports and offline pages, lines of text for terminals."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbmlops.ui import format as fmt
from nbmlops.ui.colours import DASHES, RUN_COLOURS, run_styles
from nbmlops.ui.spark import span, spark_text
from nbmlops.ui.svg import Line, svg_lines

_MOST_TEXT = 20


def styles_of(labels: Sequence[str]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Colour and dash of each label: those of the run it names, else the cycle in order."""
    numbers = [int(match[1]) if (match := re.match(r"#(\d{1,15})\b", label)) else None for label in labels]
    if all(number is not None for number in numbers):
        runs = run_styles([number for number in numbers if number is not None])
        return {label: runs[number] for label, number in zip(labels, numbers, strict=True) if number is not None}
    count = len(RUN_COLOURS)
    return {
        label: (RUN_COLOURS[place % count], DASHES[place // count % len(DASHES)]) for place, label in enumerate(labels)
    }


def pictures(spec: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """A chart without Vega, from the rows inside its spec: an SVG of a line chart, lines of text of every chart."""
    first = spec.get("layer", [spec])[0]
    data = spec.get("data") or first.get("data", {})
    rows = data.get("values") or spec.get("datasets", {}).get(data.get("name"), [])
    title = spec.get("title", "")
    words = str(title.get("text", "") if isinstance(title, Mapping) else title)
    x, y, color = ours.get("x"), ours.get("y"), ours.get("color")
    if ours.get("kind") != "lines" or any(isinstance(row.get(x), str) for row in rows):
        return {"text/plain": f"<chart {words}: JupyterLab and VS Code draw it>".replace(" :", ":")}
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        xs, ys = curves.setdefault(str(row.get(color)) if color else "", ([], []))
        xs.append(math.nan if row.get(x) is None else row[x])
        ys.append(math.nan if row.get(y) is None else row[y])
    styles = styles_of(list(curves))
    series = [Line(label, xs, ys, *styles[label]) for label, (xs, ys) in curves.items()]
    if not series:
        return {}
    picture = svg_lines(series, title=words, x_label=str(x), y_label=str(ours.get("y_title") or y))
    return {"image/svg+xml": picture, "text/plain": _in_text(series, words)}


def _in_text(series: Sequence[Line], title: str) -> str:
    """Curves as block characters, for a terminal."""
    shown = series[:_MOST_TEXT]
    width = max(len(line.label) for line in shown)
    spans = [found for line in series if (found := span(line.y))]
    scale = (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None
    drawn = [(line.label, spark_text(line.y, 32, scale=scale), fmt.number(line.y[-1])) for line in shown]
    curves = [f"{label:<{width}}  {curve}  {last}".replace(fmt.THIN, " ") for label, curve, last in drawn]
    rest = [f"and {len(series) - len(shown)} more"] if len(series) > len(shown) else []
    return "\n".join([*([title] if title else []), *curves, *rest, "JupyterLab and VS Code draw it as a chart"])
