"""What a person is shown of runs: pure reads from the store to views."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbmlops.tracking import listing, queries
from nbmlops.tracking.browse import columns as columns_of
from nbmlops.tracking.browse import keys
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui.format import heading
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb

PAGE = 50
MOST_HIDDEN = 8
EMPTY = "no runs yet: put %mlrun on top of a cell, or use `with ml.run('name'):`"


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
    sort: listing.Sort | None = None,
    group: tuple[str, str] | None = None,
    hide_equal: bool = True,
    is_strict: bool = True,
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
    sort : Sort, optional
        Comes before the order of the filter.
    group : (kind, key), optional
        Rows with the same value stand together.
    hide_equal : bool
        Leave out what is equal everywhere.
    is_strict : bool
        An unknown column is an error; a saved view may name what these runs do not have.
    limit, offset : int
        The page.
    """
    listed = listing.make(con, filter, experiment=experiment, sort=sort, group=group, fold=fold)
    compiled, page = listed.query, listing.page(con, offset, limit)
    rows = list(page.rows)
    is_guest = baseline is not None and baseline not in page.ids
    if is_guest and rows:
        rows = queries.heads(con, [str(baseline)]) + rows
    table = _Table(con, page, rows, baseline)
    known = keys.read(con)
    wanted = None if columns is None else columns_of.by_name(columns, known, is_strict=is_strict)
    body, footnotes = table.columns(known, wanted, metric, group, hide_equal)
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
        empty=nothing(con, filter, experiment, elsewhere),
    )


def _many(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"


def _guest(head: queries.Row, filter: str, experiment: str | None) -> str:
    """Why the baseline stands first though it is not on the page."""
    is_other = experiment is not None and head["experiment"] != experiment
    why = f"it is of experiment {head['experiment']}" if is_other else ""
    why = why or ("it does not match the filter" if filter.strip() else "it has its place on another page")
    return f"first row: the baseline #{head['number']}, to compare with; {why}"


def nothing(con: duckdb.DuckDBPyConnection, filter: str, experiment: str | None, elsewhere: int) -> str:
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
    """Which columns a page has, and what is said under it."""

    def columns(
        self,
        found: keys.Keys,
        wanted: Sequence[Column] | None,
        metric: str | None,
        group: tuple[str, str] | None,
        hide_equal: bool,
    ) -> tuple[list[Column], list[str]]:
        """The columns that were asked for, else what differs; and what is to be said about the rest."""
        if wanted is not None:
            drawn = [columns_of.metric_column(metric)] if metric in found.metrics and metric is not None else []
            columns = self.expanded(list(dict.fromkeys([*wanted, *drawn])), drawn[0].label if drawn else None)
            return columns, self.remarks(columns)
        choice = columns_of.choose(self.con, found, self.defined, metric)
        shown = list(choice.shown)
        if not hide_equal:
            at = next(i for i, column in enumerate(shown) if column.key == "duration_s")
            shown[at:at] = [columns_of.param_column(key, found) for key in choice.equal]
        if group is not None:
            first = columns_of.by_name([group[1] if group[0] == "run" else ".".join(group)], found)
            shown = [*first, *(column for column in shown if column not in first)]
        columns = self.expanded(shown, choice.drawn)
        return columns, _about(choice, hide_equal) + self.remarks(columns)

    def expanded(self, shown: Sequence[Column], drawn: str | None) -> list[Column]:
        """Metrics with their spread over attempts and their distance to the baseline; a drawn one ends in its value."""
        columns = []
        for column in shown:
            kind, _, key = column.key.partition(".")
            if kind != "metric":
                columns.append(column)
                continue
            if key == drawn:
                curves = [run for run in self.ids if self.has_curve(run, key)]
                self.sparks = queries.sparks(self.con, curves, key) if curves else {}
            is_drawn = key == drawn and bool(self.sparks)
            columns.append(Column(f"spark.{key}", key, "spark") if is_drawn else column)
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


def _about(choice: columns_of.Choice, hide_equal: bool) -> list[str]:
    """What is to be said of the columns that are not there."""
    notes = []
    if choice.equal and hide_equal:
        many = len(choice.equal) > 1
        notes.append(
            f"{len(choice.equal)} column{'s' if many else ''} equal everywhere {'are' if many else 'is'} hidden"
        )
    if choice.twins:
        same = ", ".join(f"{heading(key, 28)} = {heading(other, 28)}" for key, other in list(choice.twins.items())[:3])
        notes.append(f"the same in every run, shown once: {same}{', ...' if len(choice.twins) > 3 else ''}")
    if choice.more:
        names = [column.label for column in choice.more]
        named = ", ".join(heading(key, 28) for key in names[:MOST_HIDDEN])
        named += f" and {len(names) - MOST_HIDDEN} more" if len(names) > MOST_HIDDEN else ""
        notes.append(f"not shown: {named} (ml.runs(columns=[{names[0]!r}, ...]) chooses)")
    return notes
