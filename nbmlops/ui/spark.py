"""Small curves: down-sampling that keeps the extremes, an inline SVG, a row of block characters."""

from __future__ import annotations

import math
from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


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


def spark_svg(values: Sequence[float], colour: str | None, *, width: int = 64, height: int = 16) -> str:
    """A curve as inline SVG, at most 32 points; gaps where a value is not finite."""
    kept = extremes(values, 32)
    drawable = [values[index] for index in kept if finite(values[index])]
    size = f'class="nbm-spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    if not drawable:
        return f'<svg {size} aria-hidden="true"></svg>'
    low, high = min(drawable), max(drawable)
    span, last = high / 2 - low / 2, max(len(values) - 1, 1)
    pieces: list[list[str]] = [[]]
    for index in kept:
        if not finite(values[index]):
            pieces.append([])
            continue
        level = (values[index] / 2 - low / 2) / span if span else 0.5
        pieces[-1].append(f"{_short(1 + index / last * (width - 2))},{_short(height - 1.5 - level * (height - 3))}")
    # A lone point is drawn as a line to itself: with round caps that is a dot.
    path = "".join("M" + " ".join(piece if len(piece) > 1 else piece * 2) for piece in pieces if piece)
    return (
        f'<svg {size} aria-hidden="true"><path d="{path}" fill="none" stroke="{colour or "currentColor"}" '
        'stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>'
    )


def spark_text(values: Sequence[float], width: int = 8) -> str:
    """A curve in block characters; a space where a value is not finite."""
    if not values:
        return ""
    picked = [values[round(i * (len(values) - 1) / max(width - 1, 1))] for i in range(min(width, len(values)))]
    if len(values) <= width:
        picked = list(values)
    drawable = [value for value in picked if finite(value)]
    if not drawable:
        return " " * len(picked)
    low, high = min(drawable), max(drawable)
    span = high / 2 - low / 2
    return "".join(
        _BLOCKS[min(int((value / 2 - low / 2) / span * 8), 7) if span else 3] if finite(value) else " "
        for value in picked
    )


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}".removesuffix(".0")
