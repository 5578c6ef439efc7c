"""Values to be looked at: distributions as small bars and in words, rows as plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from nbmlops.data.profile import ColumnProfile
from nbmlops.ui import format as fmt
from nbmlops.ui.plain import plain

BARS: Final = 16
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_WIDTH: Final = 96
_HEIGHT: Final = 16
_COLUMNS: Final = 200
_LONGEST: Final = 2000  # characters of a value
_ROW: Final = 20_000  # of a row
_SAVED: Final = 100  # of a value in a notebook's file


def heights(found: ColumnProfile, bounds: tuple[float, float] | None = None) -> list[float]:
    """What is drawn of a column: counts in 16 bins over its own bounds or the given ones, or of the most frequent."""
    if found.histogram is not None:
        low, high = bounds or (found.histogram.low, found.histogram.high)
        if low == high:
            return [float(sum(found.histogram.counts))]
        return list(found.histogram.rebinned(low, high, BARS))
    return [float(count) for _, count in found.top[:BARS]]


def bars_text(found: ColumnProfile) -> str:
    """The distribution in block characters."""
    return blocks(heights(found))


def blocks(values: Sequence[float]) -> str:
    """Some heights in block characters."""
    highest = max(values, default=0)
    if not highest:
        return ""
    return "".join(_BLOCKS[0 if not value else max(1, round(value / highest * 8))] for value in values)


def bars_svg(found: ColumnProfile) -> str:
    """The distribution as an inline SVG."""
    return _svg([heights(found)])


def two_bars_svg(before: Sequence[float], after: Sequence[float]) -> str:
    """Two distributions over each other: before as a quiet ground, after as a line of bars."""
    return _svg([before, after])


def _svg(series: Sequence[Sequence[float]]) -> str:
    size = f'class="nbm-bars" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    parts = []
    for place, values in enumerate(series):
        total = sum(values)
        highest = max((max(each) / sum(each) for each in series if sum(each)), default=0)
        if not total or not highest:
            continue
        step = _WIDTH / max(map(len, series))
        path = []
        for at, value in enumerate(values):
            if value:
                height = max(value / total / highest * (_HEIGHT - 1), 1)
                path.append(f"M{at * step + 0.5:.1f} {_HEIGHT}v{-height:.1f}h{max(step - 1, 1):.1f}v{height:.1f}z")
        is_ground = len(series) > 1 and place == 0
        style = 'fill="currentColor" opacity=".3"' if is_ground else 'fill="none" stroke="currentColor"'
        style = style if len(series) > 1 else 'fill="currentColor" opacity=".55"'
        parts.append(f'<path d="{"".join(path)}" {style}/>')
    return f'<svg {size} style="vertical-align:middle" aria-hidden="true">{"".join(parts)}</svg>'


def column_facts(found: ColumnProfile) -> str:
    """What there is to say of the values of a column."""
    parts = []
    if found.shape == "number" and found.low is not None:
        parts.append(f"{fmt.number(found.low)} to {fmt.number(found.high)}, mean {fmt.number(found.mean)}")
    elif found.shape == "time" and found.low is not None and found.high is not None:
        parts.append(f"{moment(found.low)} to {moment(found.high)}")
    elif found.top:
        valid = max(found.rows - found.nulls, 1)
        parts.append(", ".join(f"{fmt.short(value, 20)} {percent(count / valid)}" for value, count in found.top[:3]))
    if found.non_finite:
        parts.append(f"{fmt.number(found.non_finite)} NaN or infinite")
    return "; ".join(parts)


def percent(share: float) -> str:
    """A share, in words: 12 %, <0.1 %."""
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def moment(seconds: float) -> str:
    """A time by its seconds since 1970."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    except (OverflowError, ValueError, OSError):
        return fmt.number(seconds)


def frame_data(frame: Any, *, is_cut: bool = False) -> dict[str, Any]:
    """A frame as plain data: names may stand twice, so rows are lists.

    ``is_cut`` leaves out what no person reads: columns beyond 200 (``left_out`` tells how many), the rest of long
    values.
    """
    names = [str(name) for name in frame.columns]
    if not is_cut:
        return {"names": names, "rows": frame.astype(object).values.tolist()}
    shown = names[:_COLUMNS]
    longest = min(max(_ROW // max(len(shown), 1), _SAVED), _LONGEST)
    rows = frame.iloc[:, :_COLUMNS].astype(object).values.tolist()
    found: dict[str, Any] = {"names": [_cut(name, _LONGEST) for name in shown]}
    found["rows"] = [[_cut(value, longest) for value in row] for row in rows]
    return found | ({"left_out": len(names) - len(shown)} if len(names) > len(shown) else {})


def smaller(part: dict[str, Any], rows: int, columns: int) -> dict[str, Any]:
    """Rows as plain data, cut to what a notebook's file has room for: fewer of them, long texts at their begin."""
    kept = [[_cut(value, _SAVED) for value in row[:columns]] for row in part["rows"][:rows]]
    names = part["names"][:columns]
    left_out = part.get("left_out", 0) + len(part["names"]) - len(names)
    found = {"names": [_cut(name, _SAVED) for name in names], "rows": kept}
    return found | ({"left_out": left_out} if left_out else {})


def _cut(value: Any, longest: int) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, bytes):
        value = value[:longest]
    if isinstance(value, list | tuple | dict) or getattr(value, "ndim", None):
        found = plain(value)
        value = json.dumps(found, ensure_ascii=False)
        if len(value) <= longest:
            return found
    return fmt.short(value, longest) if isinstance(value, str) and len(value) > longest else value
