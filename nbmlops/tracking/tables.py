"""The table of runs that `ml.runs` returns: lazy, shows itself, becomes a frame, a chart, a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from nbmlops.errors import UsageError
from nbmlops.tracking import curves, edits, listing, queries, references, views
from nbmlops.tracking.browse import recipe
from nbmlops.tracking.browse import runs as browse
from nbmlops.tracking.browse.recipe import Recipe
from nbmlops.tracking.filter import Compiled
from nbmlops.tracking.record import Blobs, Reader, RunRecord, reading
from nbmlops.ui.desk import Desk
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown

if TYPE_CHECKING:
    import altair as alt
    import duckdb
    import pandas as pd

    from nbmlops.tracking.exploration import Exploration
    from nbmlops.tracking.overlay import Curves
    from nbmlops.tracking.record.media import MediaGrid
    from nbmlops.ui.view import View

__all__ = ["RunRecord", "RunsTable"]

T = TypeVar("T")

_MOST_CURVES = 200
_MOST_MEDIA = 20
_ALL = 2**40


class RunsTable(Showable):
    """Runs that match a filter, newest first unless it says otherwise. Nothing is kept: every look reads anew.

    Parameters
    ----------
    reader : callable
        Calls a function with a connection at the store and returns its answer.
    filter : str
        See `nbmlops.tracking.filter`.
    experiment : str, optional
        Only its runs; also where the baseline is looked for. ``"*"`` is every experiment.
    current : str, optional
        The experiment that is shown when nothing else is said: neither ``experiment`` nor the filter names one, and
        it has runs.
    baseline : int or str, optional
        The run that metrics are compared with, by number, name or ``best:val_acc``.
    columns : sequence of str, optional
        What to show instead of what differs.
    metric : str, optional
        The metric drawn as a curve.
    fold : bool
        Show all attempts at the same thing as one row. Frames and iteration have every run.
    group : str, optional
        A param, tag or field: rows with the same value stand together, in frames and iteration too.
    settings : mapping, optional
        A saved view: what it says holds where nothing else is said.
    view : str, optional
        Its name.
    blobs : callable, optional
        Path of a blob by its SHA-256.

    Raises
    ------
    FilterError, UnknownReference
        At once, not when it is shown.
    """

    def __init__(
        self,
        reader: Reader,
        filter: str = "",
        *,
        experiment: str | None = None,
        current: str | None = None,
        baseline: object = None,
        columns: Sequence[str] | None = None,
        metric: str | None = None,
        fold: bool = True,
        group: str | None = None,
        settings: Mapping[str, Any] | None = None,
        view: str | None = None,
        blobs: Blobs | None = None,
    ) -> None:
        if isinstance(columns, str):
            raise UsageError(
                f"columns is a list of names; found the text {columns[:40]!r}", f"columns=[{columns[:40]!r}]"
            )
        self._reader = reader
        self._blobs = blobs
        said = Recipe(filter, experiment, current, group=group, columns=tuple(columns or ()) or None, metric=metric)
        said = dataclasses.replace(said, fold=fold)
        self.recipe = said if settings is None else recipe.saved(said, settings, view or "")
        self.baseline: str | None = None
        if self.filter.strip() or self.recipe.group or self.recipe.sort:
            self._ask(self._checked)
        if baseline is not None:
            resolved = self._ask(lambda con: references.resolve(con, baseline, experiment=self.recipe.place()))
            self.baseline = resolved.run_id

    @property
    def filter(self) -> str:
        """Which runs."""
        return self.recipe.filter

    @property
    def experiment(self) -> str | None:
        """Only runs of this experiment, if one was asked for."""
        return None if self.recipe.experiment == "*" else self.recipe.experiment

    @property
    def current(self) -> str | None:
        """The experiment of whoever asked, where none was asked for."""
        return self.recipe.current if self.recipe.experiment is None else None

    @property
    def metric(self) -> str | None:
        """The metric that is drawn, if one was asked for."""
        return self.recipe.metric

    @property
    def asked_as(self) -> object:
        """All that the answers to its questions depend on."""
        return self.recipe, self.baseline

    def _ask(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        answer: T = self._reader(question)
        return answer

    def _compiled(self, con: duckdb.DuckDBPyConnection) -> Compiled:
        return queries.compiled(con, self.filter)

    def _checked(self, con: duckdb.DuckDBPyConnection) -> tuple[listing.Sort | None, tuple[str, str] | None]:
        """What to sort and to group by; a wrong filter is told, too."""
        known = queries.known_names(con)
        self._compiled(con)
        return recipe.sort_of(self.recipe, known), recipe.group_of(self.recipe, known)

    def _scope(self, con: duckdb.DuckDBPyConnection, query: Compiled) -> str | None:
        return self.recipe.scope(con, query.names_runs)

    def page(self, offset: int = 0, size: int = views.PAGE) -> View:
        """Some rows of the table, without reading the others.

        Parameters
        ----------
        offset, size : int
            The first row, and how many.
        """
        said = self.recipe

        def look(con: duckdb.DuckDBPyConnection) -> View:
            sort, group = self._checked(con)
            return views.runs_view(
                con,
                said.filter,
                experiment=self._scope(con, self._compiled(con)),
                current=self.current,
                baseline=self.baseline,
                columns=said.columns,
                metric=said.metric,
                fold=said.fold,
                sort=sort,
                group=group,
                hide_equal=said.hide_equal,
                is_strict=said.named is None,
                limit=size,
                offset=offset,
            )

        return self._ask(look)

    def view(self) -> View:
        """The first page."""
        return self.page()

    def df(self) -> pd.DataFrame:
        """All runs as a wide pandas frame.

        Returns
        -------
        pandas.DataFrame
            One row a run: its fields, params in their own types, last values of metrics, tags. A key that is also a
            field, or two things, gets ``param.``, ``metric.`` or ``tag.`` in front. 0.3 s for 5,000 runs of 40 keys.
        """
        from nbmlops.tracking import frames

        def wide(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
            query = self._compiled(con)
            frame = frames.wide(con, query, experiment=self._scope(con, query))
            if not self._is_arranged:
                return frame
            place = {run: at for at, run in enumerate(self._page(con, None).ids)}
            return frame.iloc[frame["run_id"].map(place).argsort(kind="stable")].reset_index(drop=True)

        return self._ask(wide)

    def to_parquet(self, path: str | Path) -> Path:
        """Write `df` as a Parquet file and return its path; columns of mixed types become text."""
        frame = self.df()
        for name in [column for column, kind in frame.dtypes.items() if kind.kind == "O" and str(kind) == "object"]:
            kinds = {type(value) for value in frame[name] if value is not None}
            if len(kinds) > 1 or kinds & {list, dict, int}:
                frame[name] = frame[name].map(lambda value: None if value is None else str(value))
        target = Path(path).expanduser()
        frame.to_parquet(target, index=False)
        return target

    def chart(self, metric: str | None = None, x: str = "step") -> alt.Chart | alt.LayerChart:
        """An Altair chart of one metric: a curve a run, bars where every run has one value, points over a param.

        Parameters
        ----------
        metric : str, optional
            By default the one that the table draws.
        x : str
            ``"step"``; ``"time"`` in seconds since the first point of the run; or a param such as ``"lr"``: a point
            a run, at its last value.

        Returns
        -------
        altair.Chart or altair.LayerChart
            Of the first 50 runs (500 over a param), down-sampled, extremes kept.
        """
        most = curves.MOST_RUNS if x in curves.OVER_POINTS else curves.MOST_DOTS
        return self._ask(lambda con: curves.chart(con, self._page(con, most), metric or self.metric, x))

    def curves(self, metric: str | Sequence[str] | None = None, x: str = "step", *, group: str | None = None) -> Curves:
        """Metrics of these runs as curves over each other, to zoom, smooth and compare.

        Parameters
        ----------
        metric : str or sequence of str, optional
            What is drawn; by default the six that matter most.
        x : {"step", "relative", "wall"}
            Steps, seconds since the run began, or the time of day.
        group : str, optional
            A param, ``"name"`` or ``"experiment"``: runs that agree in it become their mean and a band.

        Returns
        -------
        Curves
            Of the first 200 runs; shows itself, ``.df()`` has every point, ``.chart()`` is an Altair chart.
        """
        from nbmlops.tracking.overlay import Curves

        return Curves(self._reader, lambda con: self._page(con, _MOST_CURVES), metric, x=x, group=group)

    def media(self, keys: Sequence[str] | None = None) -> MediaGrid:
        """What these runs logged that is no number, side by side by key and step.

        Parameters
        ----------
        keys : sequence of str, optional
            Only these.

        Returns
        -------
        MediaGrid
            Of the first 20 runs that logged any; shows itself, ``.df()`` has a row an entry.
        """
        from nbmlops.tracking.record.media import MediaGrid

        runs = self._ask(lambda con: reading.runs_with_media(con, self._page(con, None).ids, keys, _MOST_MEDIA))
        return MediaGrid(self._reader, runs, keys, blobs=self._blobs)

    def explore(self, metric: str | None = None, params: Sequence[str] | None = None) -> Exploration:
        """Parallel coordinates, scatter and importance of the params that vary, linked.

        Parameters
        ----------
        metric : str, optional
            What they are judged by; by default the one that people look at first.
        params : sequence of str, optional
            The axes; by default the eight that tell most about the metric.

        Returns
        -------
        Exploration
            Shows itself; ``.df()``, ``.importance()``, ``.chart()`` (Altair). Of at most 2,000 runs: the newest, or the
            first in the order of the filter.

        Raises
        ------
        UsageError
            None of the runs has that metric.
        """
        from nbmlops.tracking.exploration import explored

        experiment = self._ask(lambda con: self._scope(con, self._compiled(con)))
        return explored(self._reader, self.filter, experiment, metric, params)

    def _page(self, con: duckdb.DuckDBPyConnection, limit: int | None, offset: int = 0) -> queries.Page:
        if self._is_arranged:  # as the table shows them, but every run
            recipe.listed(con, dataclasses.replace(self.recipe, fold=False), queries.known_names(con))
            return listing.page(con, offset, _ALL if limit is None else limit)
        query = self._compiled(con)
        return queries.runs_page(con, query, experiment=self._scope(con, query), limit=limit, offset=offset)

    @property
    def _is_arranged(self) -> bool:
        """Whether a sort or groups come before the order of the filter."""
        return bool(self.recipe.sort or self.recipe.group)

    def __len__(self) -> int:
        def count(con: duckdb.DuckDBPyConnection) -> int:
            query = self._compiled(con)
            return queries.count_runs(con, query, experiment=self._scope(con, query))

        return self._ask(count)

    def __bool__(self) -> bool:
        return len(self) > 0

    def ids(self) -> list[str]:
        """Ids of all runs, in order."""
        return self._ask(lambda con: self._page(con, None).ids)

    def __iter__(self) -> Iterator[RunRecord]:
        return iter([self._record(run) for run in self.ids()])

    @overload
    def __getitem__(self, index: int) -> RunRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[RunRecord]: ...
    def __getitem__(self, index: int | slice) -> RunRecord | list[RunRecord]:
        if isinstance(index, slice):
            return [self._record(run) for run in self.ids()[index]]
        if index < 0:
            return self._record(self.ids()[index])
        found = self._ask(lambda con: self._page(con, 1, index).ids)
        if not found:
            raise IndexError(f"there are {len(self)} runs, none at place {index}")
        return self._record(found[0])

    def _record(self, run_id: str) -> RunRecord:
        return RunRecord(self._reader, run_id, blobs=self._blobs)

    def __repr__(self) -> str:
        return f"<runs {self.filter!r}>" if self.filter else "<runs>"

    def __str__(self) -> str:
        return str(self.view())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _repr_html_(self) -> str:
        return self.view()._repr_html_()

    @property
    def selection(self) -> list[RunRecord]:
        """The runs that are ticked in the table of the last display, in its order."""
        return [self._record(run) for run in self.selected_ids]

    def save(self, name: str) -> RunsTable:
        """Keep how this table is looked at as a view, for ``ml.runs(view=name)`` and ``%mlruns --view name``.

        Parameters
        ----------
        name : str
            Letters, digits, ``-``, ``_``, ``.`` and spaces; a view of that name is replaced.

        Returns
        -------
        RunsTable
            Itself.
        """
        edits.save_view(self._desk(), {"name": name, "settings": self.recipe.settings()})
        return self

    def _shown(self) -> Shown:
        view, charts = self.view(), self.recipe.charts
        data = self._ask(lambda con: browse.data(con, self.recipe.args()))
        html, text = view._repr_html_(), str(view)
        if not charts:
            return Shown("runs", data["asked"], data, html=html, text=text, snapshot=browse.snapshot(data))
        from nbmlops.tracking import table_charts

        room = table_charts.Room.beside(html, text, data["asked"])
        snapshot = browse.snapshot(data, room.table)
        drawn = table_charts.pictures(self._ask, charts, data["of"], room.beside_table(snapshot))
        html, text = f"<div>{html}{drawn.html}</div>", f"{text}\n{drawn.text}"
        return Shown("runs", data["asked"], data, html=html, text=text, snapshot=snapshot, known=drawn.known)

    def _desk(self) -> Desk:
        from nbmlops.tracking.desk import here

        return here()
