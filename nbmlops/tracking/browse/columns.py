"""Which columns a table of runs has: what differs over all its runs, the metrics first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from nbmlops.errors import UsageError
from nbmlops.tracking.browse import keys as keys_of
from nbmlops.tracking.browse.keys import Keys
from nbmlops.tracking.filter import close_names
from nbmlops.tracking.goals import SYSTEM
from nbmlops.ui.view import Column, Kind

if TYPE_CHECKING:
    import duckdb

MOST_PARAMS: Final = 5  # so that the metrics are in sight
MOST_SENT: Final = 60  # columns
MOST_METRICS: Final = 3  # with their differences they fill what is in sight at 1280 px

# fields that may be asked for by name; host, user and paths of the machine stay out of what is saved in notebooks
FIELDS: Final[Mapping[str, tuple[str, Kind]]] = {
    "status": ("status", "status"),
    "age": ("age", "time"),
    "started_at": ("started", "time"),
    "ended_at": ("ended", "time"),
    "duration_s": ("time", "duration"),
    "experiment": ("experiment", "text"),
    "kind": ("kind", "text"),
    "note": ("note", "text"),
    "tags": ("tags", "tags"),
    "git_sha": ("git", "code"),
    "cell_id": ("cell", "code"),
    "execution_count": ("In", "number"),
    "seed": ("seed", "number"),
    "error_name": ("error", "text"),
    "error_message": ("error message", "text"),
    "run_id": ("id", "code"),
}


@dataclass(frozen=True)
class Choice:
    """The columns of a table of runs.

    Parameters
    ----------
    shown
        In order, without the run's own.
    equal
        Params with the same value in every run; hidden.
    twins
        Params that repeat another one in every run; hidden.
    more
        Params and metrics for which there was no room.
    main
        The metric that people look at first.
    drawn
        The metric that is drawn as a curve.
    """

    shown: list[Column]
    equal: list[str] = field(default_factory=list)
    twins: Mapping[str, str] = field(default_factory=dict)
    more: list[Column] = field(default_factory=list)
    main: str | None = None
    drawn: str | None = None


def choose(con: duckdb.DuckDBPyConnection, keys: Keys, defined: Mapping[str, str], metric: str | None) -> Choice:
    """The columns by default.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        At the store, with a listing made.
    keys : Keys
        Of the runs that were listed.
    defined : mapping
        Goals that were given.
    metric : str, optional
        The metric to draw.
    """
    metrics = [key for key in keys.ranked_metrics(defined) if not key.startswith(SYSTEM)]
    drawn = draws(keys, metrics, metric)
    params = keys.ranked_params()
    equal = sorted(key for key in params if keys.runs > 1 and keys.params[key].is_equal)
    varying = [key for key in params if not (keys.runs > 1 and keys.params[key].is_equal)]
    twins = keys_of.twins(con, varying)
    varying = [key for key in varying if key not in twins]
    columns = [named("status"), named("age")]
    if keys.experiments > 1:
        columns.append(named("experiment"))
    first = [drawn] if metric is not None and drawn else []
    shown = list(dict.fromkeys([*first, *metrics[:MOST_METRICS], *([drawn] if drawn else [])]))
    columns += [metric_column(key) for key in shown]
    columns += [param_column(key, keys) for key in varying[:MOST_PARAMS]]
    columns.append(named("duration_s"))
    if keys.tags:
        columns.append(named("tags"))
    if keys.has_notes:
        columns.append(named("note"))
    more = [param_column(key, keys) for key in varying[MOST_PARAMS:]]
    more += [metric_column(key) for key in metrics if key not in shown]
    main = metric if metric in keys.metrics else (metrics[0] if metrics else None)
    return Choice(columns, equal, twins, more, main, drawn)


def in_sight(
    choice: Choice, keys: Keys, names: Sequence[str] | None, pinned: Sequence[str], *, hide_equal: bool
) -> tuple[list[Column], list[Column]]:
    """The columns of the live table, and those that are sent along to be chosen without asking.

    Tags and note are always there, so that they can be written.

    Parameters
    ----------
    choice : Choice
        What is shown by default.
    keys : Keys
        Of the runs that were listed.
    names : sequence of str, optional
        Keys of columns that were chosen instead.
    pinned : sequence of str
        Keys of columns that stay in sight.
    hide_equal : bool
        Leave out what is equal everywhere.
    """
    equal = [param_column(key, keys) for key in choice.equal]
    if names:
        shown = of_keys(names, keys)
    else:
        shown = [column for column in choice.shown if column.key not in ("tags", "note")]
        shown += [named("tags"), named("note")]
        if not hide_equal:
            at = next(index for index, column in enumerate(shown) if column.key == "duration_s")
            shown[at:at] = equal[: max(0, MOST_SENT - len(shown))]
    shown += [column for column in of_keys(pinned, keys) if column not in shown]
    rest = [column for column in [*choice.shown, *choice.more, *equal] if column not in shown]
    return shown, rest[: max(0, MOST_SENT - len(shown))]


def of_keys(names: Sequence[str], keys: Keys) -> list[Column]:
    """Columns by their keys; what is no key of these runs is an empty column, a bare name what it stands for."""
    columns: list[Column] = []
    for name in dict.fromkeys(names):
        kind, dot, key = name.partition(".")
        if name in FIELDS:
            columns.append(named(name))
        elif dot and kind == "metric":
            columns.append(metric_column(key))
        elif dot and kind == "param":
            columns.append(param_column(key, keys))
        elif dot and kind == "tag":
            columns.append(Column(name, key))
        else:
            columns += by_name([name], keys, is_strict=False)
    return columns


def by_name(names: Sequence[str], keys: Keys, *, is_strict: bool = True) -> list[Column]:
    """The columns that a person asked for: params, metrics, tags and fields; ``param.lr`` where a name is several.

    What is not known is left out if it need not be.

    Raises
    ------
    UsageError
        These runs have no such key.
    """
    found: list[Column] = []
    for name in names:
        try:
            found += _by_name(name, keys)
        except UsageError:
            if is_strict:
                raise
    return list(dict.fromkeys(found))


def _by_name(name: str, keys: Keys) -> list[Column]:
    pools: Mapping[str, Mapping[str, object]] = {"param": keys.params, "metric": keys.metrics, "tag": keys.tags}
    kind, dot, rest = name.partition(".")
    if dot and kind in pools and not any(name in pool for pool in pools.values()):
        kinds, name = [kind] if rest in pools[kind] else [], rest
    else:
        kinds = [each for each, pool in pools.items() if name in pool]
        if name in FIELDS:
            return [named(name)]
    if not kinds and keys.runs:
        close = close_names(name, sorted({*keys.params, *keys.metrics, *keys.tags, *FIELDS}))
        hint = f"close to it: {', '.join(close)}" if close else "columns are params, metrics, tags and run fields"
        raise UsageError(f"there is no column {name[:60]!r} in these runs", hint)
    made = {"param": param_column(name, keys), "metric": metric_column(name), "tag": Column(f"tag.{name}", name)}
    return [made[kind] for kind in kinds]


def draws(keys: Keys, ranked: Sequence[str], metric: str | None) -> str | None:
    """The metric to draw: the asked one, else the first that has curves."""
    if metric is not None:
        return metric if metric in keys.metrics else None
    return next((key for key in ranked if keys.metrics[key].is_curve), None)


def named(field: str) -> Column:
    """The column of a run's field."""
    label, kind = FIELDS[field]
    return Column(field, label, kind)


def metric_column(key: str) -> Column:
    """The column of a metric's last value."""
    return Column(f"metric.{key}", key, "number")


def param_column(key: str, keys: Keys) -> Column:
    """The column of a param."""
    known = keys.params.get(key)
    return Column(f"param.{key}", key, "number" if known and known.is_number else "text")
