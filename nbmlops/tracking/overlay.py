"""Curves of many runs over each other, as an object of the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.tracking import curves, points, queries
from nbmlops.tracking.browse import curves as browse
from nbmlops.tracking.filter import close_names
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui.desk import Desk
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import SNAPSHOT_BYTES, Shown
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import altair as alt
    import duckdb
    import pandas as pd

EMPTY = "no metrics here: ml.log(loss=...) logs one"
STATIC_BYTES: Final = 90_000
_SAVED: Final = ((6, 4000, 200), (3, 2500, 200), (1, 1500, 200), (1, 1500, 50))  # plots, points, runs, until they fit
_MOST_ROWS: Final = 50


class Curves(Showable):
    """Metrics of some runs as curves over each other; shows itself.

    Parameters
    ----------
    reader : callable
        Calls a function with a connection at the store and returns its answer.
    choose : callable
        The runs, from a connection; asked again at every look.
    metrics : sequence of str, optional
        What is drawn; by default the six that matter most.
    x : {"step", "relative", "wall"}
        Steps, seconds since the run began, or the time of day.
    group : str, optional
        A param, ``"name"`` or ``"experiment"``: runs that agree in it become their mean and a band.

    Raises
    ------
    UsageError
        At once, if no run has a metric of that name.
    """

    def __init__(
        self,
        reader: Callable[[Callable[..., Any]], Any],
        choose: Callable[[duckdb.DuckDBPyConnection], queries.Page],
        metrics: str | Sequence[str] | None = None,
        *,
        x: str = "step",
        group: str | None = None,
    ) -> None:
        if x not in points.AXES:
            raise UsageError(f"x is one of {', '.join(points.AXES)}; found {x!r:.40}", "x='relative' is time")
        self._reader = reader
        self._choose = choose
        self.metrics = [metrics] if isinstance(metrics, str) else None if metrics is None else list(metrics)
        self.x = x
        self.group = group
        for key in self.metrics or ():
            self._check(key)

    @property
    def asked_as(self) -> object:
        """All that the answers to its questions depend on; which of its metrics, a question says itself."""
        return self._choose

    @property
    def runs(self) -> list[str]:
        """Ids of the runs, as of now."""
        found: list[str] = self._reader(lambda con: self._choose(con).ids)
        return found

    def df(self) -> pd.DataFrame:
        """Every point of the chosen metrics, not down-sampled.

        Returns
        -------
        pandas.DataFrame
            Columns number, name, run_id, metric, step, value and logged_at (UTC), in the order of the runs and steps.
        """
        runs, metrics = self.runs, self.metrics
        found: pd.DataFrame = self._reader(lambda con: points.frame(con, runs, metrics))
        return found

    def chart(self, metric: str | None = None) -> alt.Chart | alt.LayerChart:
        """An Altair chart of one metric: by default the first."""
        runs, x = self.runs, "step" if self.x == "step" else "time"
        key = metric or (self.metrics[0] if self.metrics else None)

        def chart(con: duckdb.DuckDBPyConnection) -> alt.Chart | alt.LayerChart:
            heads = queries.heads(con, runs[: curves.MOST_RUNS])
            return curves.chart(con, queries.Page(heads, len(runs)), key, x)

        found: alt.Chart | alt.LayerChart = self._reader(chart)
        return found

    def view(self) -> View:
        """The last value of every metric that is drawn."""
        return _last(self._gathered())

    def __str__(self) -> str:
        return str(self.view())

    def __repr__(self) -> str:
        return f"<curves of {', '.join(self.metrics)}>" if self.metrics else "<curves>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _check(self, key: str) -> None:
        """Say so if no run has a metric."""
        facts: PageFacts = self._reader(lambda con: _facts(con, self._choose(con)))
        if key not in facts.metric_keys:
            close = close_names(key, facts.metric_keys)
            known = f"metrics here are {', '.join(facts.metric_keys[:12])}" if facts.metric_keys else EMPTY
            hint = f"close to it: {', '.join(close)}" if close else known
            raise UsageError(f"none of these {len(facts.ids)} runs has the metric {key[:60]!r}", hint)

    def _gathered(self) -> browse.Gathered:
        asked = json.dumps([self.metrics, self.x, self.group])  # by which the reader knows the same question again

        def gather(con: duckdb.DuckDBPyConnection) -> browse.Gathered:
            metrics, x, group = json.loads(asked)
            page = self._choose(con)
            wanted = browse.Wanted(page.ids[: browse.MOST_RUNS], metrics, x, group, total=page.total)
            return browse.gather(con, wanted, page.rows)

        found: browse.Gathered = self._reader(gather)
        return found

    def _shown(self) -> Shown:
        found = self._gathered()
        wanted = found.wanted
        args = {"runs": wanted.runs, "total": wanted.total, "metrics": self.metrics, "x": self.x, "group": self.group}
        room = SNAPSHOT_BYTES * 3 // 4 - _size(args)  # the static picture beside it is weighed, too
        fewer = (browse.drawn(found, points=points, plots=plots, runs=runs) for plots, points, runs in _SAVED)
        saved = next((data for data in fewer if _size(data) <= room), None) or browse.drawn(found)
        view = _last(found)
        return Shown("curves", args, browse.drawn(found), html=_static(saved, view), text=str(view), snapshot=saved)

    def _desk(self) -> Desk:
        from nbmlops.tracking.desk import here

        return here()


def _facts(con: duckdb.DuckDBPyConnection, page: queries.Page) -> PageFacts:
    return PageFacts(con, page, page.rows[: browse.MOST_RUNS], None)


def _last(found: browse.Gathered) -> View:
    """The last value of every metric that is drawn."""
    facts = found.facts
    columns = [Column("run", "run", "run"), *(Column(f"metric.{key}", key, "number") for key in found.shown)]
    rows = []
    for run, head in list(zip(facts.ids, facts.heads, strict=True))[:_MOST_ROWS]:
        name = {"number": head["number"], "id": run, "name": head["name"]}
        rows.append({"run": name} | {f"metric.{key}": facts.cell(run, head, f"metric.{key}") for key in found.shown})
    empty = EMPTY if facts.ids else "no runs here"
    total = found.wanted.total
    return View("curves", "last values", tuple(columns), tuple(rows if found.shown else ()), total=total, empty=empty)


def _size(data: Any) -> int:
    from nbmlops.ui.plain import plain

    return len(json.dumps(plain(data)))


def _static(data: Mapping[str, Any], view: View) -> str:
    """The plots without a script, and the last values; at most 90 KB."""
    from nbmlops.tracking.static_curves import plots_html
    from nbmlops.ui.html import view_html

    table = view_html(view)
    return f"<div>{plots_html(data, STATIC_BYTES - len(table.encode()) - 500)}{table}</div>"
