"""The data of the overlay of curves: many metrics of many runs, thinned out to what a screen can show."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import listing, queries
from nbmlops.tracking.bands import SPREADS, band
from nbmlops.tracking.browse import asked, recipe
from nbmlops.tracking.browse.grouping import labels, signature
from nbmlops.tracking.downsample import POINTS
from nbmlops.tracking.goals import SYSTEM
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.tracking.points import AXES, Series, Span, axis_of, read
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.packed import pack

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    from numpy.typing import NDArray

MOST_RUNS: Final = 200
MOST_METRICS: Final = 60  # plots at a time
MOST_GROUPS: Final = 30
FIRST_METRICS: Final = 6
FIRST_RUNS: Final = 20  # of a table; more lines are no picture
ALL_POINTS: Final = 100_000
FEWEST_POINTS: Final = 16
Drawn: TypeAlias = dict[str, Any]
_RELOAD = "the page may be of another version of nbmlops: reload it, and restart the kernel"


@dataclass(frozen=True)
class Wanted:
    """What is asked for, checked."""

    runs: list[str]
    metrics: list[str] | None = None
    x: str = "step"
    group: str | None = None
    spread: str = "range"
    span: Span | None = None
    total: int = 0  # runs there were to choose from

    @classmethod
    def of(cls, args: Args) -> Wanted:
        """From what a browser sent."""
        x, spread = asked.text(args, "x", "step"), asked.text(args, "spread", "range")
        group = args.get("group")
        if x not in AXES:
            raise UsageError(f"'x' is one of {', '.join(AXES)}; found {x!r:.40}", _RELOAD)
        if spread not in SPREADS:
            raise UsageError(f"'spread' is one of {', '.join(SPREADS)}; found {spread!r:.40}", _RELOAD)
        if group is not None and not isinstance(group, str):
            raise UsageError(f"'group' is the name of a param; found {group!r:.40}", _RELOAD)
        runs = asked.run_ids(args, 10 * MOST_RUNS)
        metrics = asked.texts(args, "metrics", MOST_METRICS)
        total = max(asked.whole(args, "total", 0, 10**9), len(runs))
        return cls(runs, metrics, x, group or None, spread, _span(args.get("range")), total)


def _span(value: Any) -> Span | None:
    if value is None:
        return None
    is_pair = isinstance(value, list) and len(value) == 2
    if not is_pair or not all(type(each) in (int, float) and math.isfinite(each) for each in value):
        raise UsageError(f"'range' is two finite numbers; found {value!r:.60}", _RELOAD)
    return min(value), max(value)


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Curves for a browser."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, Wanted.of(members(con, args))))
    return found


def members(con: duckdb.DuckDBPyConnection, args: Args) -> Args:
    """Arguments that name runs: those of a table, ``of``, in its order; in groups all of them, attempts too."""
    of = args.get("of")
    if of is None:
        return args
    if not isinstance(of, Mapping):
        raise UsageError(f"'of' is how a table is asked for; found {of!r:.60}", _RELOAD)
    wanted, is_grouped = recipe.from_args(con, of), args.get("group") is not None
    if is_grouped:
        wanted = replace(wanted, fold=False)
    found, _ = recipe.listed(con, wanted, queries.known_names(con))
    page = listing.page(con, 0, MOST_RUNS if is_grouped else FIRST_RUNS)
    return {**args, "runs": page.ids, "total": found.rows}


def data(con: duckdb.DuckDBPyConnection, wanted: Wanted, *, points: int = ALL_POINTS) -> Drawn:
    """What the plots are drawn from, see `drawn`."""
    return drawn(gather(con, wanted, queries.heads(con, wanted.runs)), points=points)


@dataclass(frozen=True)
class Gathered:
    """All points of what is wanted, and what is known of its runs."""

    wanted: Wanted
    facts: PageFacts
    keys: list[str]  # all metrics there are
    shown: list[str]
    groups: list[Group] | None
    points: dict[tuple[str, str], Series]


def gather(con: duckdb.DuckDBPyConnection, wanted: Wanted, heads: list[queries.Row]) -> Gathered:
    """Read it all at once; ``heads`` are the fields of the runs."""
    if wanted.runs and not heads:
        raise UnknownReference(
            "the store holds none of these runs", "they may have been forgotten, or are in another store: ml.store()"
        )
    facts = PageFacts(con, queries.Page(heads[:MOST_RUNS], len(heads)), heads[:MOST_RUNS], None)
    keys = ranked(facts)
    shown = wanted.metrics if wanted.metrics is not None else keys[:FIRST_METRICS]
    starts = {str(head["run_id"]): _epoch(head["started_at"]) for head in facts.heads}
    points: dict[tuple[str, str], Series] = {}
    for axis in dict.fromkeys(axis_of(key, wanted.x) for key in shown):
        alike = [key for key in dict.fromkeys(shown) if axis_of(key, wanted.x) == axis]
        points |= read(con, starts, alike, axis, wanted.span)
    groups = None if wanted.group is None else _groups(facts, wanted.group)
    return Gathered(wanted, facts, keys, shown, groups, points)


def drawn(gathered: Gathered, *, points: int = ALL_POINTS, plots: int | None = None, runs: int | None = None) -> Drawn:
    """What the plots are drawn from.

    Parameters
    ----------
    points
        At most about so many in all; extremes are kept.
    plots, runs
        Only the first so many.

    Returns
    -------
    dict
        ``runs`` (those drawn; ``total`` says of how many), ``metrics`` (all there are, those that matter most first),
        ``shown`` (those with a plot), ``groups`` (or None), ``groupable``, and ``series``: for each plot and run or
        group its columns as `nbmlops.ui.packed` makes them. ``count`` is the number of points in the range, ``mean``
        is there where they are more than were sent.
    """
    facts, groups = gathered.facts, gathered.groups
    shown, heads = gathered.shown[:plots], facts.heads[:runs]
    ids = facts.ids[:runs]
    return {
        "runs": [_run(head) for head in heads],
        "total": gathered.wanted.total,
        "metrics": [{"key": key, "runs": sum(key in facts.metrics[run] for run in facts.ids)} for key in gathered.keys],
        "shown": shown,
        "x": gathered.wanted.x,
        "axes": [axis_of(key, gathered.wanted.x) for key in shown],
        "groups": None if groups is None else [{"label": g.label, "runs": len(g.runs)} for g in groups],
        "groupable": _groupable(facts),
        "series": list(_lines(gathered, shown, ids, points) if groups is None else _bands(gathered, shown, points)),
    }


def ranked(facts: PageFacts) -> list[str]:
    """All metrics: those that have curves first, what is sampled by itself last."""

    def rank(key: str) -> tuple[bool, bool]:
        return key.startswith(SYSTEM), not any(facts.has_curve(run, key) for run in facts.ids)

    return sorted(facts.metric_keys, key=rank)


def _run(head: Mapping[str, Any]) -> dict[str, Any]:
    fields = ("number", "name", "status", "experiment", "started_at")
    return {"id": head["run_id"], **{field: head[field] for field in fields}}


def _epoch(when: Any) -> float:
    from datetime import UTC

    return 0.0 if when is None else float(when.replace(tzinfo=UTC).timestamp())


def _lines(gathered: Gathered, shown: Sequence[str], ids: Sequence[str], points: int) -> Iterator[Drawn]:
    """A line a plot and run."""
    found = gathered.points
    each = _points_each(points, sum((run, key) in found for run in ids for key in shown))
    for place, run in enumerate(ids):
        for plot, key in enumerate(shown):
            if (run, key) in found:
                yield {"metric": plot, "run": place} | _sent(found[run, key], each)


def _bands(gathered: Gathered, shown: Sequence[str], points: int) -> Iterator[Drawn]:
    """A mean with a band a plot and group."""
    groups = gathered.groups or []
    each = _points_each(points, len(groups) * len(shown) * 2)
    for place, group in enumerate(groups):
        for plot, key in enumerate(shown):
            members = [gathered.points[run, key] for run in group.runs if (run, key) in gathered.points]
            if members:
                made = band(members, each, gathered.wanted.spread)
                columns = {"x": made.x, "y": made.mean, "low": made.low, "high": made.high}
                count = sum(len(member.x) for member in members)
                yield {"metric": plot, "group": place, "members": len(members), "count": count} | _columns(columns)


def _points_each(points: int, series: int) -> int:
    """What is left for each series: as many as a wide screen can show, fewer where there are many series."""
    return min(POINTS, max(points // max(series, 1), FEWEST_POINTS))


def _sent(series: Series, points: int) -> Drawn:
    sent: Drawn = {"count": len(series.x)}
    if len(series.x) <= points:
        return sent | _columns({"x": series.x, "y": series.y})
    fewer = series.thinned(points * 2 // 3)
    mean = series.averaged(points // 3)
    return sent | _columns({"x": fewer.x, "y": fewer.y}) | {"mean": _columns({"x": mean.x, "y": mean.y})}


def _columns(columns: Mapping[str, NDArray[np.float64]]) -> Drawn:
    return {name: pack(column) for name, column in columns.items()}


@dataclass(frozen=True)
class Group:
    """Runs that share the value of a param, a name or an experiment."""

    label: str
    runs: list[str]


def _groups(facts: PageFacts, by: str) -> list[Group]:
    """The groups, in the order of their numbers or of the runs; what comes after the most is left out."""
    found: dict[Hashable, list[str]] = {}
    values: dict[Hashable, Any] = {}
    for run, value in zip(facts.ids, _values(facts, by), strict=True):
        same = signature(value)
        found.setdefault(same, []).append(run)
        values.setdefault(same, value)
    order = list(found)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values.values()):
        order.sort(key=lambda same: (values[same] != values[same], values[same]))  # NaN last
    order = order[:MOST_GROUPS]
    name = _name(by)
    called = labels([values[same] for same in order])
    return [Group(f"{name} {label}" if name else label, found[same]) for same, label in zip(order, called, strict=True)]


def _values(facts: PageFacts, by: str) -> list[Any]:
    if by in ("name", "experiment"):
        return [head[by] for head in facts.heads]
    key = by.removeprefix("param.")
    return [facts.params[run].get(key) for run in facts.ids]


def _name(by: str) -> str:
    return "" if by in ("name", "experiment") else by.removeprefix("param.")


def _groupable(facts: PageFacts) -> list[dict[str, Any]]:
    """By what the runs fall into groups of more than one: names, experiments, params."""
    params = sorted({key for run in facts.ids for key in facts.params[run]}, key=facts.rank_param)
    found = []
    for by in ("name", "experiment", *(f"param.{key}" for key in params)):
        distinct = len({signature(value) for value in _values(facts, by)})
        if 1 < distinct < len(facts.ids) and distinct <= MOST_GROUPS:
            found.append({"key": by, "label": _name(by) or by, "groups": distinct})
    return found[:50]
