"""One run with everything kept about it; each part is read when it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.filter import close_names
from nbmlops.tracking.record import reading
from nbmlops.tracking.record.kept import Artifact, Cell, Entry, Environment, Output
from nbmlops.ui.desk import Desk
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Known, Shown

if TYPE_CHECKING:
    import altair as alt
    import duckdb
    import pandas as pd

    from nbmlops.tracking.overlay import Curves
    from nbmlops.tracking.record.media import MediaGrid

T = TypeVar("T")

Ask: TypeAlias = "Callable[[duckdb.DuckDBPyConnection], Any]"
Reader: TypeAlias = Callable[["Ask"], Any]
Blobs: TypeAlias = Callable[[str], Path]


class RunRecord(Showable):
    """Everything kept about one run; the value of ``ml.get``.

    Parameters
    ----------
    reader : callable
        Calls a function with a connection at the store and returns its answer.
    run_id : str
        Id of the run.
    blobs : callable, optional
        Path of a blob by its SHA-256; large outputs and artifacts need it.
    note : str
        What the reference was chosen among ("max acc 0.97 of 12 finished runs").
    """

    def __init__(self, reader: Reader, run_id: str, *, blobs: Blobs | None = None, note: str = "") -> None:
        self._reader = reader
        self._blobs = blobs
        self.id = run_id
        self.chosen = note

    @property
    def asked_as(self) -> object:
        """All that the answers to its questions depend on."""
        return self.id

    def _ask(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        answer: T = self._reader(question)
        return answer

    @cached_property
    def _head(self) -> Mapping[str, Any]:
        found = self._ask(lambda con: queries.heads(con, [self.id]))
        if not found:
            raise UnknownReference(f"the store holds no run {self.id}", "it may have been forgotten")
        return found[0]

    @property
    def number(self) -> int | None:
        """What the run is called in this store: ``#12``."""
        number: int | None = self._head["number"]
        return number

    @property
    def name(self) -> str | None:
        """Its name, if it has one."""
        name: str | None = self._head["name"]
        return name

    @property
    def status(self) -> str:
        """Running, finished, failed, interrupted, stopped, pruned or lost; as of the first look."""
        return str(self._head["status"])

    @property
    def experiment(self) -> str:
        """The experiment it belongs to."""
        return str(self._head["experiment"])

    @property
    def note(self) -> str | None:
        """What somebody wrote about it."""
        note: str | None = self._head["note"]
        return note

    @property
    def started_at(self) -> dt.datetime:
        """When it began, in UTC."""
        started: dt.datetime = self._head["started_at"]
        return started

    @property
    def duration_s(self) -> float | None:
        """How long it ran; None while it does."""
        duration: float | None = self._head["duration_s"]
        return duration

    @property
    def error(self) -> str | None:
        """What it failed with, as ``ValueError: text``."""
        parts = (self._head["error_name"], self._head["error_message"])
        return ": ".join(str(part) for part in parts if part) or None

    @property
    def fields(self) -> dict[str, Any]:
        """All fields of the view ``runs`` but the attempt."""
        return dict(self._head)

    @cached_property
    def params(self) -> dict[str, Any]:
        """Params in their own types."""
        return self._ask(lambda con: queries.params_of(con, [self.id]))[self.id]

    @cached_property
    def _summaries(self) -> dict[str, queries.Summary]:
        return self._ask(lambda con: queries.metrics_of(con, [self.id]))[self.id]

    @property
    def metrics(self) -> dict[str, float]:
        """The last value of every metric."""
        return {key: summary.last for key, summary in self._summaries.items()}

    @property
    def summary(self) -> pd.DataFrame:
        """Count, last, min, max and mean of every metric; min, max and mean are of finite values."""
        import pandas as pd

        rows = {key: vars(summary) for key, summary in self._summaries.items()}
        columns = ["count", "last", "last_step", "min", "max", "mean", "non_finite"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("key")

    @cached_property
    def tags(self) -> dict[str, str]:
        """Tags; a bare one has an empty value."""
        return self._ask(lambda con: queries.tags_of(con, [self.id]))[self.id]

    def history(self, key: str | None = None) -> pd.DataFrame:
        """Every logged point, not down-sampled.

        Parameters
        ----------
        key : str, optional
            A metric; without it all of them, named in a column ``key``.

        Returns
        -------
        pandas.DataFrame
            Columns step, value and logged_at (UTC), ordered by step; about 0.1 s for a million points.
        """
        if key is not None and key not in self._summaries:
            if entries := [entry for entry in self.series() if entry.key == key]:
                raise UsageError(
                    f"{key[:60]!r} has no numbers: it is a series of {len(entries)} {entries[0].kind}"
                    f"{'' if len(entries) == 1 else 's'}",
                    f".series({key[:60]!r})[-1] is its last",
                )
            raise self._unknown(key, list(self._summaries), "metric")
        return self._ask(lambda con: reading.history(con, self.id, key))

    def series(self, key: str | None = None) -> list[Entry]:
        """What was logged that is no number: texts, images, tables, each of which shows itself.

        Parameters
        ----------
        key : str, optional
            What it was logged under; without it everything.

        Returns
        -------
        list of Entry
            Ordered by key and step; their content is ``.text``, ``.image``, ``.frame()`` or ``.bytes()``.
        """
        found = self._ask(lambda con: reading.series(con, self.id, key))
        if key is not None and not found:
            if key in self._summaries:
                raise UsageError(f"{key[:60]!r} is a metric, no series", f".history({key[:60]!r}) has its points")
            raise self._unknown(key, self._ask(lambda con: reading.series_keys(con, self.id)), "series")
        return [Entry.of(row, self._blobs) for row in found]

    def media(self, keys: Sequence[str] | None = None) -> MediaGrid:
        """What was logged that is no number, by key and step: figures, texts, tables, sounds.

        Parameters
        ----------
        keys : sequence of str, optional
            Only these.

        Returns
        -------
        MediaGrid
            Shows itself; ``.df()`` has a row an entry.
        """
        from nbmlops.tracking.record.media import MediaGrid

        return MediaGrid(self._reader, [self.id], keys, blobs=self._blobs)

    def curves(self, metric: str | Sequence[str] | None = None, x: str = "step") -> Curves:
        """Metrics of this run as curves, to zoom and smooth.

        Parameters
        ----------
        metric : str or sequence of str, optional
            What is drawn; by default the six that matter most.
        x : {"step", "relative", "wall"}
            Steps, seconds since the run began, or the time of day.

        Returns
        -------
        Curves
            Shows itself; ``.df()`` has every point, ``.chart()`` is an Altair chart.
        """
        from nbmlops.tracking.overlay import Curves

        return Curves(self._reader, lambda con: queries.Page(queries.heads(con, [self.id]), 1), metric, x=x)

    def chart(self, metric: str | None = None, x: str = "step") -> alt.Chart | alt.LayerChart:
        """An Altair chart of one metric of this run.

        Parameters
        ----------
        metric : str, optional
            By default the first that has a curve.
        x : {"step", "time"}
            Time is in seconds since the first point.
        """
        from nbmlops.tracking import curves

        return self._ask(lambda con: curves.chart(con, queries.Page(queries.heads(con, [self.id]), 1), metric, x))

    @cached_property
    def cells(self) -> list[Cell]:
        """The executions of the run in order, with their source."""
        return [Cell.of(row, self._blobs) for row in self._ask(lambda con: reading.cells(con, self.id))]

    @property
    def source(self) -> str:
        """The source of all its cells in order."""
        return "\n\n".join(cell.source for cell in self.cells)

    @cached_property
    def outputs(self) -> list[Output]:
        """Its outputs in order: text, figures, tables; each can be shown again."""
        return [Output.of(row, self._blobs) for row in self._ask(lambda con: reading.outputs(con, self.id))]

    @cached_property
    def artifacts(self) -> Mapping[str, Artifact]:
        """Its files by their path in the run."""
        found = self._ask(lambda con: reading.artifacts(con, self.id))
        return {str(row["path"]): Artifact.of(row, self._blobs) for row in found}

    @cached_property
    def environment(self) -> Environment:
        """Python, platform and the packages that were installed."""
        known = self._head["environment_id"]
        row = self._ask(lambda con: reading.environment(con, known)) if known else None
        return Environment.of(row or {})

    @cached_property
    def _amounts(self) -> tuple[dict[str, int], list[str]]:
        """How much there is of what is not shown at once, and the keys of its series."""
        return self._ask(lambda con: (reading.counts(con, self.id), reading.series_keys(con, self.id)))

    @property
    def git(self) -> dict[str, Any]:
        """The commit (``sha``), and whether there were changes on top (``dirty``)."""
        return {"sha": self._head["git_sha"], "dirty": self._head["git_dirty"]}

    @property
    def children(self) -> list[RunRecord]:
        """Runs nested in this one, oldest first."""
        return self._records(self._ask(lambda con: reading.children(con, self.id)))

    @property
    def attempts(self) -> list[RunRecord]:
        """All attempts at the same thing, oldest first, this one included."""
        head = dict(self._head)
        return self._records(self._ask(lambda con: reading.attempts(con, head)))

    def _records(self, ids: list[str]) -> list[RunRecord]:
        return [RunRecord(self._reader, run, blobs=self._blobs) for run in ids]

    def _unknown(self, key: str, known: list[str], kind: str) -> UsageError:
        close = close_names(key, known)
        hint = f"close to it: {', '.join(close)}" if close else f"it has {', '.join(known[:12]) or 'none'}"
        return UsageError(f"run #{self.number} has no {kind} {key[:60]!r}", hint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunRecord) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<run #{self.number} {self.name or ''} {self.status}>".replace("  ", " ")

    def __str__(self) -> str:
        from nbmlops.tracking.record.page import page_text

        return page_text(self)

    def _repr_html_(self) -> str:
        from nbmlops.tracking.record.page import page_html

        return page_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _shown(self) -> Shown:
        from nbmlops.tracking.browse import page, sections, within
        from nbmlops.tracking.record.page import page_html

        args = {"run": self.id}
        fetch = self._blobs or Path

        def question(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, Any], list[Known], Any, RunRecord]:
            inside = RunRecord(lambda ask: ask(con), self.id, blobs=self._blobs, note=self.chosen)
            for name in ("_head", "params", "tags", "_summaries", "_amounts", "environment"):
                getattr(inside, name)  # all that is said of the run, read under one lease
            found = page.data(con, args)
            offered = sections.read(con, self.id, fetch) if sections.offered() else None
            return found, within.of_run(lambda ask: ask(con), page.snapshot(found)), offered, inside

        found, known, offered, inside = self._ask(question)
        data = page.complete(found, fetch)
        drawn = known[0][2] if known else None
        if offered is not None:  # a saved page cannot ask for them
            known = [*known, ("run/sections", args, sections.drawn(*offered))]
        html = page_html(inside, figures=data["figures"], curves=drawn)
        return Shown("run", args, data, html=html, text=str(inside), snapshot=page.snapshot(data), known=known)

    def _desk(self) -> Desk:
        from nbmlops.tracking.desk import here

        return here()
