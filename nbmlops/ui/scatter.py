"""A static scatter plot as SVG, for where nothing can draw: exports, notebooks without a kernel."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nbmlops.ui import format as fmt
from nbmlops.ui.spark import finite
from nbmlops.ui.svg import ticks

_QUIET: Final = "#7a7a7a"
_GRID: Final = "rgba(127,127,127,.25)"
_MOST_POINTS: Final = 600
_MOST_NAMES: Final = 12
WIDE: Final = 50  # positive numbers that span more than this factor stand on a logarithmic axis


@dataclass(frozen=True)
class Dot:
    """One point; ``x`` is a number or the name of a category."""

    label: str
    x: float | str
    y: float
    colour: str = _QUIET


def is_wide(values: Sequence[float]) -> bool:
    """Whether these numbers want a logarithmic axis."""
    return len(values) > 2 and min(values) > 0 and max(values) >= WIDE * min(values)


def svg_dots(
    dots: Sequence[Dot], *, title: str = "", x_label: str = "", y_label: str = "", width: int = 560, height: int = 260
) -> str:
    """Points with axes; what is not finite is left out.

    Parameters
    ----------
    dots
        At most 600 are drawn.
    title, x_label, y_label
        Words above the plot and at the axes.

    Returns
    -------
    str
        One ``<svg>`` element: no script, no style sheet, no outside address; at most 60 KB.
    """
    seen = [dot for dot in dots if finite(dot.y) and (isinstance(dot.x, str) or finite(dot.x))][:_MOST_POINTS]
    left, right, top, bottom = 56, width - 16, 28 if title else 12, height - 40
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'role="img" aria-label="{html.escape(fmt.short(title, 120), quote=True)}" fill="{_QUIET}" font-size="11" '
            'font-family="sans-serif">'
        )
    ]
    if title:
        parts.append(_text(left, 16, title, "start", 12))
    if not seen:
        return "".join([*parts, _text(left, height / 2, "no finite values", "start"), "</svg>"])
    y_ticks = ticks(min(dot.y for dot in seen), max(dot.y for dot in seen))
    for tick in y_ticks:
        y = bottom - (tick - y_ticks[0]) / (y_ticks[-1] - y_ticks[0]) * (bottom - top)
        parts.append(f'<path d="M{left} {y:.1f}H{right}" stroke="{_GRID}"/>')
        parts.append(_text(left - 6, y + 4, fmt.number(tick), "end"))
    places, marks = _across(seen)
    for share, name in marks:
        parts.append(_text(left + 8 + share * (right - left - 16), bottom + 16, name, "middle"))
    parts.append(_text((left + right) / 2, height - 8, x_label, "middle"))
    parts.append(
        f'<g transform="translate(12 {(top + bottom) / 2:.0f}) rotate(-90)">{_text(0, 0, y_label, "middle")}</g>'
    )
    for dot, share in zip(seen, places, strict=True):
        x = left + 8 + share * (right - left - 16)
        y = bottom - (dot.y - y_ticks[0]) / (y_ticks[-1] - y_ticks[0]) * (bottom - top)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{html.escape(dot.colour)}" fill-opacity=".8"/>')
    return "".join([*parts, "</svg>"])


def _across(dots: Sequence[Dot]) -> tuple[list[float], list[tuple[float, str]]]:
    """Where each point stands from 0 to 1, and what is written under the axis."""
    if any(isinstance(dot.x, str) for dot in dots):
        names = list(dict.fromkeys(str(dot.x) for dot in dots))
        step = 1 / max(len(names), 1)
        place = {name: (at + 0.5) * step for at, name in enumerate(names)}
        every = math.ceil(len(names) / _MOST_NAMES)
        marks = [(place[name], fmt.short(name, 14)) for name in names[::every]]
        return [place[str(dot.x)] for dot in dots], marks
    numbers = [float(dot.x) for dot in dots]
    if is_wide(numbers):
        low, high = math.log10(min(numbers)), math.log10(max(numbers))
        powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
        every = math.ceil(len(powers) / 8) or 1
        marks = [((power - low) / (high - low), fmt.number(10.0**power)) for power in powers[::every]]
        return [(math.log10(number) - low) / (high - low) for number in numbers], marks
    is_whole = all(number.is_integer() for number in numbers)
    across = ticks(min(numbers), max(numbers), whole=is_whole)
    span = across[-1] - across[0]
    marks = [((tick - across[0]) / span, fmt.number(tick)) for tick in across]
    return [(number - across[0]) / span for number in numbers], marks


def _text(x: float, y: float, text: str, anchor: str, size: int = 11) -> str:
    shown = html.escape(fmt.short(text, 60))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{shown}</text>'
