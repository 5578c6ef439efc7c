"""The data of parallel coordinates, scatter and importance: what varies between runs, in columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.axes import Axis
from nbmlops.tracking.browse import asked
from nbmlops.tracking.forest import is_available
from nbmlops.tracking.goals import goal
from nbmlops.tracking.importance import Strength, importance
from nbmlops.tracking.page_facts import in_order
from nbmlops.tracking.param_columns import ParamColumns, varying
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb

MOST_RUNS: Final = 2000
MOST_METRICS: Final = 200
FIRST_PARAMS: Final = 8
FIRST_METRICS: Final = 4
MOST_CELLS: Final = 40_000  # of one answer: further columns are asked for
_SYSTEM: Final = "system/"  # what is sampled by itself


@dataclass(frozen=True)
class Wanted:
    """What is asked for, checked."""

    filter: str = ""
    experiment: str | None = None
    metric: str | None = None
    params: Sequence[str] | None = None
    metrics: Sequence[str] = ()

    @classmethod
    def of(cls, args: Args) -> Wanted:
        """From what a browser sent."""
        experiment, metric = args.get("experiment"), args.get("metric")
        return cls(
            asked.text(args, "filter", ""),
            asked.text(args, "experiment") if experiment is not None else None,
            asked.text(args, "metric") if metric is not None else None,
            asked.texts(args, "params", 100),
            asked.texts(args, "metrics", 100) or (),
        )


@dataclass(frozen=True)
class Found:
    """What the store holds of the runs, before anything is computed of it."""

    wanted: Wanted
    heads: list[queries.Row]
    total: int
    experiment: str | None
    is_ordered: bool
    varying: ParamColumns = field(default_factory=ParamColumns)
    metrics: dict[str, int] = field(default_factory=dict)
    last: dict[str, list[Any]] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, list[Any]]:
        """Values of the params that vary, one a run."""
        return self.varying.columns


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Columns for a browser."""
    wanted = Wanted.of(args)
    found: Found = desk.store.read(lambda con: gather(con, wanted))
    return shaped(found)


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the three panels are drawn from."""
    return shaped(gather(con, Wanted.of(args)))


def gather(con: duckdb.DuckDBPyConnection, wanted: Wanted, *, all_metrics: bool = False) -> Found:
    """Read; nothing is computed while the store is held. A browser gets few metrics and asks for more."""
    compiled = queries.compiled(con, wanted.filter)
    experiment = None if wanted.experiment == "*" else wanted.experiment
    if wanted.experiment is None and not compiled.names_runs:
        experiment = next(iter(queries.experiments(con)), None)
    page = queries.runs_page(con, compiled, experiment=experiment, limit=MOST_RUNS)
    is_ordered = "order by" in " ".join(wanted.filter.lower().split())
    if not page.ids:
        return Found(wanted, [], 0, experiment, is_ordered)
    place = {run: at for at, run in enumerate(page.ids)}
    params = varying(con, page.ids, wanted.params or ())
    goals = queries.goals_of(con, sorted({str(head["experiment"]) for head in page.rows}))
    metrics = _metrics(con, page.ids, goals)
    names = [
        *([wanted.metric] if wanted.metric else []),
        *wanted.metrics,
        *list(metrics)[: None if all_metrics else FIRST_METRICS + 1],
    ]
    last = _last(con, place, [name for name in dict.fromkeys(names) if name in metrics])
    return Found(wanted, page.rows, page.total, experiment, is_ordered, params, metrics, last, goals)


def _metrics(con: duckdb.DuckDBPyConnection, ids: Sequence[str], goals: Mapping[str, str]) -> dict[str, int]:
    """How many runs have each metric, those first that people look at first."""
    sql = f"SELECT key, count(DISTINCT run_id) FROM _nbm.metric_partials WHERE {queries.of_ids()} GROUP BY key"
    uses: dict[str, int] = dict(con.execute(sql, queries.bound_ids(ids)).fetchall())
    ranked = sorted(in_order(uses, goals), key=lambda key: key.startswith(_SYSTEM))
    return {key: uses[key] for key in ranked}


def _last(con: duckdb.DuckDBPyConnection, place: Mapping[str, int], keys: Sequence[str]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {key: [None] * len(place) for key in keys}
    sql = f"SELECT run_id, key, last FROM ({queries.LAST_SQL}) WHERE list_contains($keys, key)"
    for run, key, last in con.execute(sql, queries.bound_ids(list(place)) | {"keys": list(keys)}).fetchall():
        columns[key][place[run]] = last
    return columns


def chosen_metric(found: Found) -> str | None:
    """The metric that colours: the one asked for, else the first that people look at.

    Raises
    ------
    UsageError
        None of these runs has the metric that was asked for.
    """
    wanted = found.wanted.metric
    if wanted is None or wanted in found.metrics:
        return wanted or next(iter(found.metrics), None)
    if not found.heads:
        return None
    known = ", ".join(list(found.metrics)[:8]) or "none"
    raise UsageError(f"none of these runs has the metric {wanted[:60]!r}", f"metrics here: {known}")


def strengths(found: Found, metric: str | None) -> tuple[list[Strength], dict[str, str]]:
    """Params by what they tell about the metric, and those that repeat an earlier one, by the one they repeat."""
    kept, twins = _without_twins(found)
    target = found.last[metric] if metric is not None else [None] * len(found.heads)
    return importance(kept, target), twins


def _without_twins(found: Found) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """A param that says run by run what an earlier one of the same last name says is shown once."""
    kept: dict[str, list[Any]] = {}
    twins: dict[str, str] = {}
    seen: dict[tuple[str, str], str] = {}
    for key, values in found.params.items():
        name = key.replace("__", "/").replace(".", "/").split("/")[-1]
        first = seen.setdefault((name, repr(values)), key)
        if first == key or key in (found.wanted.params or ()):
            kept[key] = values
        else:
            twins[key] = first
    return kept, twins


def shaped(found: Found) -> dict[str, Any]:
    """What the browser draws.

    Returns
    -------
    dict
        ``runs`` in columns; ``params`` (all that vary, the strongest first) and ``metrics`` by name; ``axes``, the
        params of the first picture; ``columns``, as `nbmlops.tracking.axes.Axis.packed` makes them, of the axes, what
        was asked for and as many more as fit, by ``param.lr``, ``metric.acc`` and ``duration_s``.
    """
    metric = chosen_metric(found)
    ranked, twins = strengths(found, metric)
    axes = {each.key: Axis.of(found.params[each.key]) for each in ranked}
    wanted = [key for key in found.wanted.params or () if key in axes]
    shown = wanted or [each.key for each in ranked[:FIRST_PARAMS]]
    room = MOST_CELLS // max(len(found.heads), 1)
    sent = list(dict.fromkeys([*shown, *(each.key for each in ranked)]))[: max(room, len(shown))]
    columns = {f"param.{key}": axes[key].packed() for key in sent}
    columns |= {f"metric.{key}": Axis(values, "number").packed() for key, values in found.last.items()}
    columns["duration_s"] = Axis([head["duration_s"] for head in found.heads], "number").packed()
    return {
        "experiment": found.experiment,
        "filter": found.wanted.filter,
        "total": found.total,
        "is_ordered": found.is_ordered,
        "runs": {
            "id": [head["run_id"] for head in found.heads],
            "number": [head["number"] for head in found.heads],
            "name": [head["name"] for head in found.heads],
            "status": [head["status"] for head in found.heads],
        },
        "metric": metric,
        "metrics": [_metric(found, key) for key in list(found.metrics)[:MOST_METRICS]],
        "params": [
            {
                "key": each.key,
                "strength": _digits(each.strength),
                "chance": _digits(each.chance),
                "trend": _digits(each.trend),
                "runs": each.runs,
                "why": each.why,
            }
            for each in ranked
        ],
        "axes": shown,
        "equal": found.varying.equal,
        "left_out": found.varying.left_out,
        "twins": twins,
        "columns": columns,
        "has_forest": is_available(),
    }


def _metric(found: Found, key: str) -> dict[str, Any]:
    wanted = goal(key, found.goals)
    return {
        "key": key,
        "runs": found.metrics[key],
        "goal": wanted.direction if wanted else None,
        "by_name": bool(wanted and wanted.by_name),
    }


def _digits(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 4)
