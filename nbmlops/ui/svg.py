"""A static line chart as SVG, for where nothing draws Vega: exports and offline pages."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbmlops.ui import format as fmt
from nbmlops.ui.spark import extremes, finite

# Middle tones, readable on white and on near-black: the picture may end up in an <img>, where no
# host variable reaches.
_QUIET = "#7a7a7a"
_GRID = "rgba(127,127,127,.25)"

_MOST_LINES = 50
_MOST_POINTS = 4000
_MOST_LABELS = 12


@dataclass(frozen=True)
class Line:
    """One curve; points need not be sorted, and a gap is drawn where a value is not finite."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str = _QUIET
    dash: tuple[int, ...] = ()


def svg_lines(
    series: Sequence[Line],
    *,
    title: str = "",
    x_label: str = "",
    y_label: str = "",
    width: int = 560,
    height: int = 240,
    points: int = _MOST_POINTS,
) -> str:
    """Curves with axes and a legend.

    Parameters
    ----------
    series
        At most 50 are drawn; what is left out is said in the picture.
    title, x_label, y_label
        Words above the plot and at the axes.
    width, height
        Size of the plot in pixels, the legend included.
    points
        About so many are drawn in all.

    Returns
    -------
    str
        One ``<svg>`` element: no script, no style sheet, no outside address.
    """
    lines = series[:_MOST_LINES]
    xs = [x for line in lines for x, y in zip(line.x, line.y, strict=False) if finite(x) and finite(y)]
    ys = [y for line in lines for x, y in zip(line.x, line.y, strict=False) if finite(x) and finite(y)]
    label_width = 170 if len(lines) > 1 else 16
    left, right, top, bottom = 56, width - label_width, 28 if title else 12, height - 40
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" fill="{_QUIET}" font-size="11" font-family="sans-serif">'
        )
    ]
    if title:
        parts.append(_text(left, 16, title, "start", 12))
    if not xs:
        return "".join([*parts, _text(left, height / 2, "no finite values", "start"), "</svg>"])
    is_whole = all(float(x).is_integer() for x in xs)
    x_ticks, y_ticks = ticks(min(xs), max(xs), whole=is_whole), ticks(min(ys), max(ys))
    x_low, x_high = min(x_ticks[0], min(xs)), max(x_ticks[-1], max(xs))
    if x_low < min(xs) and len(x_ticks) > 2:
        x_low = min(xs)
    if x_high > max(xs) and len(x_ticks) > 2:
        x_high = max(xs)
    y_low, y_high = min(y_ticks[0], min(ys)), max(y_ticks[-1], max(ys))

    def at_x(x: float) -> float:
        return left + (x / 2 - x_low / 2) / ((x_high / 2 - x_low / 2) or 1) * (right - left)

    def at_y(y: float) -> float:
        return bottom - (y / 2 - y_low / 2) / ((y_high / 2 - y_low / 2) or 1) * (bottom - top)

    for tick in y_ticks:
        parts.append(f'<path d="M{left} {at_y(tick):.1f}H{right}" stroke="{_GRID}"/>')
        parts.append(_text(left - 6, at_y(tick) + 4, fmt.number(tick), "end"))
    for tick in x_ticks:
        if x_low <= tick <= x_high:
            parts.append(_text(at_x(tick), bottom + 15, fmt.number(tick), "middle"))
    parts.append(_text((left + right) / 2, height - 8, x_label, "middle"))
    parts.append(
        f'<g transform="translate(12 {(top + bottom) / 2:.0f}) rotate(-90)">{_text(0, 0, y_label, "middle")}</g>'
    )
    budget = max(points // len(lines), 8)
    for line in lines:
        dash = f' stroke-dasharray="{" ".join(map(str, line.dash))}"' if line.dash else ""
        path = _path(line, budget, at_x, at_y)
        parts.append(
            f'<path d="{path}" fill="none" stroke="{html.escape(line.colour)}" stroke-width="1.5" '
            f'stroke-linejoin="round" stroke-linecap="round"{dash}/>'
        )
        drawn = [(x, y) for x, y in zip(line.x, line.y, strict=False) if finite(x) and finite(y)]
        if len(drawn) == 1:
            x, y = drawn[0]
            parts.append(f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" fill="{html.escape(line.colour)}"/>')
    if len(lines) > 1:
        room = min(_MOST_LABELS, int((bottom - top) // 16))
        for place, line in enumerate(lines[:room]):
            y = top + 8 + 16 * place
            dash = f' stroke-dasharray="{" ".join(map(str, line.dash))}"' if line.dash else ""
            parts.append(f'<path d="M{right + 10} {y}h18" stroke="{html.escape(line.colour)}" stroke-width="2"{dash}/>')
            parts.append(_text(right + 32, y + 4, fmt.short(line.label, 20), "start"))
        if len(series) > room:
            parts.append(_text(right + 32, top + 12 + 16 * room, f"and {len(series) - room} more", "start"))
    parts.append("</svg>")
    return "".join(parts)


def ticks(low: float, high: float, count: int = 5, *, whole: bool = False) -> list[float]:
    """Round numbers that cover a range, at steps of 1, 2 or 5 times a power of ten; whole ones if that is asked."""
    span = high / 2 - low / 2
    if not span > abs(high) * 1e-12:
        margin = 1.0 if whole and abs(low) < 2**53 else abs(low) * 0.1 or 1.0
        return [low - margin, low, low + margin]
    raw = span * 2 / count if math.isfinite(span * 2) else span / count * 2
    raw = max(raw, 1.0) if whole else raw
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


def _path(line: Line, budget: int, at_x: Callable[[float], float], at_y: Callable[[float], float]) -> str:
    points = sorted(((x, y) for x, y in zip(line.x, line.y, strict=False) if finite(x)), key=lambda point: point[0])
    pieces: list[list[str]] = [[]]
    for index in extremes([y for _, y in points], budget):
        x, y = points[index]
        if finite(y):
            pieces[-1].append(f"{at_x(x):.1f} {at_y(y):.1f}")
        else:
            pieces.append([])
    return "".join("M" + "L".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece)


def _text(x: float, y: float, text: str, anchor: str, size: int = 11) -> str:
    shown = html.escape(fmt.short(text, 60))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{shown}</text>'
