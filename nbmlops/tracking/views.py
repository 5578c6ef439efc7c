"""What a person is shown of runs: pure reads from the store to views."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from nbmlops.errors import UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.filter import close_names
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui.format import heading
from nbmlops.ui.view import Column, Kind, View

if TYPE_CHECKING:
    import duckdb

PAGE = 50
MOST_PARAMS = 5  # so that the metrics are in sight
MOST_METRICS = 3  # with their differences they fill what is in sight at 1280 px
MOST_HIDDEN = 8
EMPTY = "no runs yet: put %mlrun on top of a cell, or use `with ml.run('name'):`"

# fields that may be asked for by name; host, user and paths of the machine stay out of what is saved in notebooks
_FIELDS: Mapping[str, tuple[str, Kind]] = {
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


def runs_view(
    con: duckdb.DuckDBPyConnection,
    filter: str = "",
    *,
    experiment: str | None = None,
    current: str | None = None,
    baseline: str | None = None,
    columns: Sequence[str] | None = None,
    metric: str | None = None,
    fold: bool = True,
    limit: int = PAGE,
    offset: int = 0,
) -> View:
    """One page of the table of runs, newest first unless the filter says otherwise.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        At the store.
    filter : str
        See `nbmlops.tracking.filter`.
    experiment : str, optional
        Only its runs.
    current : str, optional
        The experiment the user is in, where ``experiment`` follows from it: then runs of others are counted.
    baseline : str, optional
        Id of the run that metrics are compared with; stands first if it is not on the page.
    columns : sequence of str, optional
        Params, metrics, tags and fields to show instead of those that differ; ``param.lr`` and so on where a name
        is several things.
    metric : str, optional
        The metric drawn as a curve.
    fold : bool
        One row for all attempts at the same thing.
    limit, offset : int
        The page.
    """
    compiled = queries.compiled(con, filter)
    page = queries.runs_page(con, compiled, experiment=experiment, limit=limit, offset=offset, fold=fold)
    rows = list(page.rows)
    is_guest = baseline is not None and baseline not in page.ids
    if is_guest and rows:
        rows = queries.heads(con, [str(baseline)]) + rows
    table = _Table(con, page, rows, baseline)
    body, footnotes = table.chosen(columns, metric) if columns is not None else table.differing(metric)
    if is_guest and rows:
        footnotes.insert(0, _guest(rows[0], filter, experiment))
    elsewhere = 0
    if current is not None and experiment == current and not offset:
        unlimited = dataclasses.replace(compiled, limit=None)
        elsewhere = queries.count_runs(con, unlimited) - queries.count_runs(con, unlimited, experiment=experiment)
    if rows and elsewhere:
        footnotes.append(f"{_many(elsewhere)} of other experiments: experiment='*'")
    if rows and current is not None and experiment is None and not compiled.names_runs:
        footnotes.append(f"experiment {current} has no runs yet: these are of all experiments")
    if offset or page.total > offset + len(page.rows):
        last = max(1, math.ceil(page.total / limit)) if limit else 1
        footnotes.append(f"{page.total} runs · page {offset // max(limit, 1) + 1} of {last}")
    return View(
        name="runs",
        title=f"runs · {experiment}" if experiment else "runs",
        columns=(Column("run", "run", "run"), *body),
        rows=tuple(table.row(row, body) for row in rows),
        footnotes=tuple(footnotes),
        total=page.total if not offset and page.total > len(rows) else None,
        empty=_nothing(con, filter, experiment, elsewhere),
    )


def _many(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"


def _guest(head: queries.Row, filter: str, experiment: str | None) -> str:
    """Why the baseline stands first though it is not on the page."""
    is_other = experiment is not None and head["experiment"] != experiment
    why = f"it is of experiment {head['experiment']}" if is_other else ""
    why = why or ("it does not match the filter" if filter.strip() else "it has its place on another page")
    return f"first row: the baseline #{head['number']}, to compare with; {why}"


def _nothing(con: duckdb.DuckDBPyConnection, filter: str, experiment: str | None, elsewhere: int) -> str:
    """What an empty table says."""
    place = f" of experiment {experiment}" if experiment is not None else ""
    if filter.strip():
        more = f"; {_many(elsewhere)} of other experiments: experiment='*'" if elsewhere else ""
        return f"no run{place} matches this filter{more}"
    if experiment is None:
        return EMPTY
    known = ", ".join(name[:40] for name in queries.experiments(con)[:8])
    return f"no run{place}" + (f"; experiments here: {known}" if known else f": {EMPTY}")


class _Table(PageFacts):
    """Which columns a page has."""

    def differing(self, metric: str | None) -> tuple[list[Column], list[str]]:
        """The default columns: what differs; and what is to be said about the rest."""
        keys = sorted({key for run in self.ids for key in self.params[run]})
        equal = [key for key in keys if len(self.ids) > 1 and self.is_equal(key)]
        varying = sorted((key for key in keys if key not in equal), key=self.rank_param)
        twins = self.twins(varying)
        varying = [key for key in varying if key not in twins]
        columns = [Column("status", "status", "status"), Column("age", "age", "time")]
        if len({row["experiment"] for row in self.heads}) > 1:
            columns.append(Column("experiment", "experiment"))
        drawn = self.curve(metric)
        first = [drawn] if metric is not None and drawn else []
        shown_metrics = list(dict.fromkeys([*first, *self.metric_keys[:MOST_METRICS], *([drawn] if drawn else [])]))
        for key in shown_metrics:
            columns += self.metric_columns(key, is_drawn=key == drawn)
        columns += [self.param_column(key) for key in varying[:MOST_PARAMS]]
        columns.append(Column("duration_s", "time", "duration"))
        if any(self.tags.values()):
            columns.append(Column("tags", "tags", "tags"))
        if any(self.note(row) for row in self.heads):
            columns.append(Column("note", "note"))
        notes = []
        if equal:
            many = len(equal) > 1
            notes.append(f"{len(equal)} column{'s' if many else ''} equal everywhere {'are' if many else 'is'} hidden")
        if twins:
            same = ", ".join(f"{heading(key, 28)} = {heading(other, 28)}" for key, other in list(twins.items())[:3])
            notes.append(f"the same in every run, shown once: {same}{', ...' if len(twins) > 3 else ''}")
        more = [*varying[MOST_PARAMS:], *(k for k in self.metric_keys if k not in shown_metrics)]
        if more:
            named = ", ".join(heading(key, 28) for key in more[:MOST_HIDDEN])
            named += f" and {len(more) - MOST_HIDDEN} more" if len(more) > MOST_HIDDEN else ""
            notes.append(f"not shown: {named} (ml.runs(columns=[{more[0]!r}, ...]) chooses)")
        return columns, notes + self.remarks(columns)

    def chosen(self, names: Sequence[str], metric: str | None) -> tuple[list[Column], list[str]]:
        """The columns that were asked for."""
        columns: list[Column] = []
        for name in names:
            columns += self.named(name)
        if metric is not None:
            columns += [c for c in self.metric_columns(metric, is_drawn=True) if c.key not in {d.key for d in columns}]
        return columns, self.remarks(columns)

    def named(self, name: str) -> list[Column]:
        params = {key for run in self.ids for key in self.params[run]}
        tags = {key for run in self.ids for key in self.tags[run]}
        kind, dot, rest = name.partition(".")
        if dot and kind in ("param", "metric", "tag") and name not in params | tags | set(self.metric_keys):
            found = {"param": params, "metric": set(self.metric_keys), "tag": tags}[kind]
            kinds = [kind] if rest in found else []
            name = rest
        else:
            pools: tuple[tuple[str, Iterable[str]], ...] = (
                ("param", params),
                ("metric", self.metric_keys),
                ("tag", tags),
            )
            kinds = [each for each, pool in pools if name in pool]
        if name in _FIELDS and not dot:
            label, shown = _FIELDS[name]
            return [Column(name, label, shown)]
        if not kinds and self.ids:
            close = close_names(name, sorted({*params, *self.metric_keys, *tags, *_FIELDS}))
            hint = f"close to it: {', '.join(close)}" if close else "columns are params, metrics, tags and run fields"
            raise UsageError(f"there is no column {name[:60]!r} in these runs", hint)
        columns: list[Column] = []
        if "param" in kinds:
            columns.append(self.param_column(name))
        if "metric" in kinds:
            columns += self.metric_columns(name, is_drawn=False)
        if "tag" in kinds:
            columns.append(Column(f"tag.{name}", name))
        return columns

    def param_column(self, key: str) -> Column:
        values = [self.params[run][key] for run in self.ids if key in self.params[run]]
        is_number = any(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        return Column(f"param.{key}", key, "number" if is_number else "text")

    def metric_columns(self, key: str, *, is_drawn: bool) -> list[Column]:
        """The value, its spread over attempts and its distance to the baseline; a drawn one ends in its value."""
        columns = [Column(f"metric.{key}", key, "number")]
        if is_drawn:
            self.sparks = queries.sparks(self.con, [run for run in self.ids if self.has_curve(run, key)], key)
            if self.sparks:
                columns = [Column(f"spark.{key}", key, "spark")]
        if any(self.spread(run, key) for run in self.ids):
            columns.append(Column(f"spread.{key}", "± sd", "number"))
        if any(self.delta(run, key) for run in self.ids):
            columns.append(Column(f"delta.{key}", "Δ", "delta"))
        return columns

    def remarks(self, columns: Sequence[Column]) -> list[str]:
        notes = []
        if any(len(group) > 1 for group in self.attempts.values()):
            notes.append(
                "×n: so many attempts at the same; the newest is shown, ± sd is the spread of all; fold=False unfolds"
            )
        guessed: dict[str, list[str]] = {}
        for column in columns:
            kind, _, key = column.key.partition(".")
            wanted = self.goal(key) if kind == "delta" else None
            if wanted is not None and wanted.by_name:
                guessed.setdefault("lower" if wanted.direction == "min" else "higher", []).append(key[:40])
        if guessed:
            way, *other = sorted(guessed)
            said = f"{way} is better for {' and '.join(guessed[way])}"
            said += "".join(f", {each} for {' and '.join(guessed[each])}" for each in other)
            notes.append(f"guessed from the names: {said}; ml.goal(...) changes it")
        return notes
