"""How a table of runs is looked at: what a browser asks with, checked, and what is kept as a saved view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.tracking import listing, queries, saved_charts, saved_views
from nbmlops.tracking.browse import asked
from nbmlops.tracking.filter import KnownNames, close_names, compile_filter
from nbmlops.tracking.filter.sql import FIELDS
from nbmlops.ui.desk import Args

if TYPE_CHECKING:
    import duckdb

MOST_CHOSEN: Final = 100
KINDS: Final = ("param", "metric", "tag")
GROUPED_FIELDS: Final = ("experiment", "status", "kind", "name", "cell_id", "git_sha", "git_dirty", "seed")
_SAVED: Final = ("filter", "experiment", "sort", "group", "columns", "pinned", "metric", "fold", "hide_equal", "charts")


@dataclass(frozen=True)
class Recipe:
    """How a table of runs is looked at.

    Parameters
    ----------
    filter
        See `nbmlops.tracking.filter`.
    experiment
        Only its runs; ``*`` for all, None for the current one.
    current
        The experiment of whoever asks: stayed in where nothing else is said and it has runs.
    sort
        ``{"key": "metric.acc", "descending": True}``.
    group
        Key of the column whose equal values stand together.
    columns
        Keys of what to show instead of what differs.
    pinned
        Keys of columns that stay in sight.
    metric
        The metric that is drawn as a curve.
    fold
        One row for all attempts at the same thing.
    hide_equal
        Leave out what is equal everywhere.
    charts
        What is drawn of its runs below the table, see `nbmlops.tracking.saved_charts`.
    named
        Name of the saved view that this was made from.
    """

    filter: str = ""
    experiment: str | None = None
    current: str | None = None
    sort: Mapping[str, Any] | None = None
    group: str | None = None
    columns: tuple[str, ...] | None = None
    pinned: tuple[str, ...] = ()
    metric: str | None = None
    fold: bool = True
    hide_equal: bool = True
    charts: tuple[Mapping[str, Any], ...] = ()
    named: str | None = None

    def args(self) -> dict[str, Any]:
        """What the browser asks with."""
        found = asdict(self)
        columns = list(self.columns) if self.columns else None
        return {**found, "columns": columns, "pinned": list(self.pinned), "charts": list(self.charts)}

    def settings(self) -> dict[str, Any]:
        """What is kept of it in a saved view."""
        found = self.args()
        kept = {name: found[name] for name in _SAVED}
        return {**kept, "sort": dict(self.sort) if self.sort else None}

    def scope(self, con: duckdb.DuckDBPyConnection, names_runs: bool) -> str | None:
        """The experiment to stay in: the one asked for, else the current one if nothing speaks against it."""
        if self.experiment is not None or self.current is None or names_runs:
            return None if self.experiment == "*" else self.experiment
        return self.current if queries.has_runs(con, self.current) else None

    def of(self, scope: str | None) -> dict[str, Any]:
        """Which runs in which order: what a chart of them asks with."""
        sort = dict(self.sort) if self.sort else None
        return {
            "filter": self.filter,
            "experiment": scope or "*",
            "sort": sort,
            "group": self.group,
            "fold": self.fold,
        }

    def place(self) -> str | None:
        """The experiment whose baseline is compared with."""
        return self.experiment if self.experiment not in (None, "", "*") else self.current


def from_args(con: duckdb.DuckDBPyConnection, args: Args) -> Recipe:
    """Check what was asked; a saved view, ``view``, fills in what the arguments leave out."""
    view = asked.text(args, "view") if args.get("view") is not None else None
    kept = saved_views.find(con, view) if view else {}
    said: dict[str, Any] = {**kept, **{name: args[name] for name in args if args[name] is not None}}
    columns = asked.texts(said, "columns")
    return Recipe(
        filter=asked.text(said, "filter", ""),
        experiment=_optional(said, "experiment") or None,
        current=_optional(said, "current"),
        sort=_sort(said.get("sort")),
        group=_optional(said, "group") or None,
        columns=tuple(columns) if columns else None,
        pinned=tuple(asked.texts(said, "pinned", MOST_CHOSEN) or ()),
        metric=_optional(said, "metric") or None,
        fold=_truth(said, "fold"),
        hide_equal=_truth(said, "hide_equal"),
        charts=saved_charts.read(said.get("charts")),
        named=view or _optional(said, "named"),
    )


def saved(recipe: Recipe, settings: Mapping[str, Any], name: str) -> Recipe:
    """A saved view, where the recipe itself says nothing else."""
    base = Recipe()
    changed = {key: value for key, value in asdict(recipe).items() if value != getattr(base, key)}
    kept = {**settings, "columns": tuple(settings.get("columns") or ()) or None}
    kept["pinned"] = tuple(settings.get("pinned") or ())
    kept["charts"] = saved_charts.read(settings.get("charts"))
    return replace(base, **{**kept, **changed, "named": name})


def listed(con: duckdb.DuckDBPyConnection, wanted: Recipe, known: KnownNames) -> tuple[listing.Listing, str | None]:
    """List the rows, see `nbmlops.tracking.listing.make`; and the experiment they are of."""
    is_open = wanted.current is not None and wanted.experiment is None and wanted.filter.strip()
    names_runs = compile_filter(wanted.filter, known).names_runs if is_open else False
    scope = wanted.scope(con, names_runs)
    sort, group = sort_of(wanted, known), group_of(wanted, known)
    found = listing.make(con, wanted.filter, experiment=scope, sort=sort, group=group, fold=wanted.fold, known=known)
    return found, scope


def sort_of(recipe: Recipe, known: KnownNames) -> listing.Sort | None:
    """What to sort by."""
    if recipe.sort is None:
        return None
    kind, key = resolve(str(recipe.sort["key"]), known, "sorted by")
    return listing.Sort(kind, key, bool(recipe.sort.get("descending")))


def group_of(recipe: Recipe, known: KnownNames) -> tuple[str, str] | None:
    """What to group by.

    Raises
    ------
    UsageError
        There is no such thing, or it has another value in every run.
    """
    if recipe.group is None:
        return None
    kind, key = resolve(recipe.group, known, "grouped by")
    if kind == "metric" or (kind == "run" and key not in GROUPED_FIELDS):
        raise UsageError(
            f"runs are not grouped by {key[:60]!r}: it has another value in every run",
            f"group by a parameter, a tag or one of {', '.join(GROUPED_FIELDS)}",
        )
    return kind, key


def resolve(name: str, known: KnownNames, done: str) -> tuple[str, str]:
    """The kind and the key that the key of a column, or a bare name, stands for.

    Raises
    ------
    UsageError
        There is none; or it is two things.
    """
    kind, dot, key = name.partition(".")
    if kind == "spark":
        kind = "metric"
    if dot and kind in KINDS and kind in known.kinds(key):
        return kind, key
    field = {"run": "number", "duration": "duration_s"}.get(name, name)
    kinds = known.kinds(name)
    if field in FIELDS and not (name == "seed" and kinds):
        return "run", field
    if len(kinds) == 1:
        return kinds[0], name
    if kinds:
        ways = " or ".join(f"{each}.{name[:60]}" for each in kinds)
        raise UsageError(f"{name[:60]!r} could mean {len(kinds)} things", f"write {ways}")
    close = close_names(key or name, sorted({*known.params, *known.metrics, *known.tags}))
    hint = f"close to it: {', '.join(close)}" if close else "it is of another store, or was never logged"
    raise UsageError(f"runs cannot be {done} {name[:60]!r}: there is no such key", hint)


def _sort(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("key"), str):
        raise UsageError(f"a sort has a key; found {value!r:.60}", "reload the page")
    return {"key": value["key"][:1000], "descending": value.get("descending") is True}


def _optional(said: Mapping[str, Any], name: str) -> str | None:
    return None if said.get(name) is None else asked.text(said, name)


def _truth(said: Mapping[str, Any], name: str) -> bool:
    value = said.get(name, True)
    if not isinstance(value, bool):
        raise UsageError(f"{name!r} is true or false; found {value!r:.60}", "reload the page")
    return value
