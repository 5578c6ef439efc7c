"""Small curves: down-sampling that keeps the extremes, an inline SVG, a row of block characters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_FAR = 20  # so many times the typical height is left out of a common scale


def finite(value: object) -> bool:
    """Whether it is a number that can be drawn."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def extremes(values: Sequence[float], limit: int) -> list[int]:
    """Indexes of at most ``limit`` points: first, last, and the lowest and highest of each bucket.

    A bucket of nothing but NaN keeps one of them, so that the gap stays visible.
    """
    count = len(values)
    if count <= limit or limit < 4:
        return list(range(count))
    buckets = (limit - 2) // 2
    kept = {0, count - 1}
    for bucket in range(buckets):
        start, stop = 1 + bucket * (count - 2) // buckets, 1 + (bucket + 1) * (count - 2) // buckets
        drawable = [index for index in range(start, stop) if finite(values[index])]
        if drawable:
            kept.add(min(drawable, key=values.__getitem__))
            kept.add(max(drawable, key=values.__getitem__))
        elif start < stop:
            kept.add(start)
    return sorted(kept)


def span(values: Sequence[float]) -> tuple[float, float] | None:
    """Lowest and highest finite value."""
    drawable = [value for value in values if finite(value)]
    return (min(drawable), max(drawable)) if drawable else None


def common_scale(curves: Iterable[Sequence[float]]) -> tuple[float, float] | None:
    """One scale for the curves of a column; one that left all others far behind would flatten them, and is cut."""
    spans = [found for curve in curves if (found := span(curve))]
    if not spans:
        return None
    widths = sorted(high / 2 - low / 2 for low, high in spans)
    typical = widths[(len(widths) - 1) // 2]
    kept = [(low, high) for low, high in spans if high / 2 - low / 2 <= _FAR * typical] if typical > 0 else spans
    return min(low for low, _ in kept), max(high for _, high in kept)


def spark_svg(
    values: Sequence[float],
    colour: str | None,
    *,
    width: int = 64,
    height: int = 16,
    scale: tuple[float, float] | None = None,
) -> str:
    """A curve as inline SVG, at most 32 points; gaps where a value is not finite. Without a scale, its own."""
    kept = extremes(values, 32)
    drawable = [values[index] for index in kept if finite(values[index])]
    size = f'class="nbm-spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    if not drawable:
        return f'<svg {size} aria-hidden="true"></svg>'
    low, high = scale or (min(drawable), max(drawable))
    extent, last = high / 2 - low / 2, max(len(values) - 1, 1)
    pieces: list[list[str]] = [[]]
    for index in kept:
        if not finite(values[index]):
            pieces.append([])
            continue
        level = min(max((values[index] / 2 - low / 2) / extent, 0.0), 1.0) if extent else 0.5
        pieces[-1].append(f"{_short(1 + index / last * (width - 2))},{_short(height - 1.5 - level * (height - 3))}")
    # A lone point is drawn as a line to itself: with round caps that is a dot.
    path = "".join("M" + " ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece)
    return (
        f'<svg {size} aria-hidden="true"><path d="{path}" fill="none" stroke="{colour or "currentColor"}" '
        'stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>'
    )


def spark_text(values: Sequence[float], width: int = 8, *, scale: tuple[float, float] | None = None) -> str:
    """A curve in block characters; a space where a value is not finite."""
    if not values:
        return ""
    picked = [values[round(i * (len(values) - 1) / max(width - 1, 1))] for i in range(min(width, len(values)))]
    if len(values) <= width:
        picked = list(values)
    drawable = [value for value in picked if finite(value)]
    if not drawable:
        return " " * len(picked)
    low, high = scale or (min(drawable), max(drawable))
    extent = high / 2 - low / 2
    return "".join(
        _BLOCKS[int(min(max((value / 2 - low / 2) / extent * 8, 0), 7)) if extent else 3] if finite(value) else " "
        for value in picked
    )


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}".removesuffix(".0")
