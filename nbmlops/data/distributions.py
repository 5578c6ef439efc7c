"""How the values of a column were distributed and how they are: drawn over each other, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nbmlops.data.drawing import bars_svg, bars_text, blocks, column_facts, heights, two_bars_svg
from nbmlops.data.profile import ColumnProfile
from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    from nbmlops.data.differences.schema import SchemaDiff
    from nbmlops.data.identity import Identity
    from nbmlops.data.outcome import DataDiff

Both: TypeAlias = "tuple[ColumnProfile | None, ColumnProfile | None]"
"""Before and after; None where there is no such column, or nothing was kept of it."""

_PROFILED: Final = 60
_SAME_VALUES: Final = 16


def profiles(diff: DataDiff) -> dict[str, Both]:
    """The distributions of columns that differ, by their labels; of what was stored where there is something."""
    found = diff.found
    one, two = diff.before.identity, diff.after.identity
    if found.schema is None or one is None or two is None:
        return {}
    changed = [pair for pair in found.schema.pairs if not pair.is_same][:_PROFILED]
    gone, new = (part[:_PROFILED] for part in lone(found.schema, one, two))
    before = diff.before.profile([*(pair.left for pair in changed), *(at for at, _ in gone)])
    after = diff.after.profile([*(pair.right for pair in changed), *(at for at, _ in new)])
    both: dict[str, Both] = {pair.label: (before.get(pair.left), after.get(pair.right)) for pair in changed}
    both |= {label: (before.get(at), None) for at, label in gone}
    return both | {label: (None, after.get(at)) for at, label in new}


def lone(schema: SchemaDiff, one: Identity, two: Identity) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Place and label of the columns that only one side has: removed ones, added ones."""
    kept = {pair.left for pair in schema.pairs}, {pair.right for pair in schema.pairs}
    gone, new = (
        [(at, label) for at, label in enumerate(_labels(side.names)) if at not in known]
        for side, known in zip((one, two), kept, strict=True)
    )
    return gone, new


def _labels(names: tuple[str, ...]) -> list[str]:
    """Names told apart: of several that are the same the second is ``name (2)``."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def is_moved(pair: Both) -> bool:
    """Whether there is anything that tells the two apart, and anything to show of them."""
    before, after = pair
    if before is None or after is None or not (_is_drawn(before) or _is_drawn(after) or facts(pair)):
        return False
    return _shape(before) != _shape(after)


def _is_drawn(each: ColumnProfile) -> bool:
    return bool(each.histogram or each.top)


def _shape(each: ColumnProfile) -> tuple[object, ...]:
    """What is the same of the same values in any order; sums of floats are not quite."""
    return each.rows, each.nulls, each.non_finite, each.low, each.high, each.histogram, each.top


def shared(before: ColumnProfile, after: ColumnProfile) -> tuple[list[float], list[float]] | None:
    """Two distributions in the same bins, or over the same values; None where they have none in common."""
    one, two = before.histogram, after.histogram
    if one is not None and two is not None:
        bounds = min(one.low, two.low), max(one.high, two.high)
        return heights(before, bounds), heights(after, bounds)
    if one is not None or two is not None:
        return None
    names = _known(before, after)[:_SAME_VALUES]
    tops = dict(before.top), dict(after.top)
    return (
        ([float(tops[0].get(name, 0)) for name in names], [float(tops[1].get(name, 0)) for name in names])
        if names
        else None
    )


def _known(before: ColumnProfile, after: ColumnProfile) -> list[str]:
    """Values whose counts are known on both sides: one that is not among the most frequent may still be there."""
    tops = dict(before.top), dict(after.top)
    whole = [each.distinct == len(top) or not each.rows for each, top in zip((before, after), tops, strict=True)]
    return [
        name
        for name in dict.fromkeys([*tops[0], *tops[1]])
        if all(is_whole or name in top for top, is_whole in zip(tops, whole, strict=True))
    ]


def text(pair: Both | None) -> str:
    """Both in block characters."""
    before, after = pair or (None, None)
    if before is None or after is None:
        each = before or after
        return "" if each is None else bars_text(each)
    both = shared(before, after)
    sides = map(blocks, both) if both else map(bars_text, (before, after))
    return " / ".join(sides) if _is_drawn(before) or _is_drawn(after) else ""


def svg(pair: Both | None) -> str:
    """Both as inline SVG: over each other, or one after the other where they have no values in common."""
    before, after = pair or (None, None)
    if before is None or after is None:
        each = before or after
        return bars_svg(each) if each is not None and _is_drawn(each) else ""
    if not _is_drawn(before) and not _is_drawn(after):
        return ""
    both = shared(before, after)
    return two_bars_svg(*both) if both else f"{bars_svg(before)} → {bars_svg(after)}"


def data(pair: Both) -> dict[str, Any]:
    """Both as plain data."""
    before, after = pair
    both = shared(before, after) if before is not None and after is not None else None
    own = [heights(each) if each is not None and _is_drawn(each) else None for each in pair]
    return {
        "before": _facts_of(before), "after": _facts_of(after), "said": facts(pair),
        "bins": list(both or own), "is_shared": both is not None,
    }  # fmt: skip


def _facts_of(found: ColumnProfile | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "rows": found.rows, "nulls": found.nulls, "distinct": found.distinct, "low": found.low, "high": found.high,
        "mean": found.mean, "sd": found.sd, "said": column_facts(found),
    }  # fmt: skip


def facts(pair: Both | None) -> str:
    """What moved, in words."""
    before, after = pair or (None, None)
    if before is None or after is None:
        each = after or before
        return "" if each is None else column_facts(each)
    said = []
    if before.nulls != after.nulls:
        said.append(f"missing {fmt.number(before.nulls)} → {fmt.number(after.nulls)}")
    if before.non_finite != after.non_finite:
        said.append(f"NaN or infinite {fmt.number(before.non_finite)} → {fmt.number(after.non_finite)}")
    if before.mean is not None and after.mean is not None and before.shape == "number":
        said.append(f"mean {fmt.number(before.mean)} → {fmt.number(after.mean)}")
    elif before.top and after.top:
        moved = _moved(before, after)
        said += [moved] if moved else []
    return "; ".join(said)


def _moved(before: ColumnProfile, after: ColumnProfile) -> str:
    """The category whose share moved most, of those that are known on both sides."""
    shares = [{value: count / max(each.rows - each.nulls, 1) for value, count in each.top} for each in (before, after)]
    names = _known(before, after)
    if not names:
        return ""
    most = max(names, key=lambda name: abs(shares[1].get(name, 0) - shares[0].get(name, 0)))
    one, two = shares[0].get(most, 0), shares[1].get(most, 0)
    return f"{fmt.short(most, 20)} {one * 100:.3g} % → {two * 100:.3g} %" if one != two else ""
