"""Curves of metrics: points for drawing, and Altair charts over several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbmlops.errors import UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.downsample import POINTS
from nbmlops.tracking.filter import close_names
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.tracking.record import reading

if TYPE_CHECKING:
    import altair as alt
    import duckdb
    import pandas as pd

MOST_RUNS = 50
MOST_DOTS = 500
OVER_POINTS = ("step", "time")
_MOST_POINTS = 20_000


def curve(run_id: str, key: str, *, points: int = POINTS) -> pd.DataFrame:
    """One metric of one run as at most so many points, the extremes kept.

    Parameters
    ----------
    run_id : str
        Id of the run, in the current store.
    key : str
        Name of the metric.
    points : int
        At most so many rows.

    Returns
    -------
    pandas.DataFrame
        Columns step and value. About 50 ms for 100,000 points.
    """
    import pandas as pd

    from nbmlops.storage import session

    read = session.current().store.read
    steps, values = read(lambda con: reading.curve(con, run_id, key, points))
    return pd.DataFrame({"step": steps, "value": values})


def points_of(con: duckdb.DuckDBPyConnection, page: queries.Page, key: str, x: str) -> pd.DataFrame:
    """The curves of one metric of these runs in long form: run, x, value."""
    import pandas as pd

    limit = max(min(POINTS, _MOST_POINTS // max(len(page.rows), 1)), 16)
    parts = []
    for row in page.rows:
        steps, values = reading.curve(con, str(row["run_id"]), key, limit, x="step" if x == "step" else "logged_at")
        parts.append(pd.DataFrame({"run": _label(row), x: steps, "value": values}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["run", x, "value"])


def chart(con: duckdb.DuckDBPyConnection, page: queries.Page, metric: str | None, x: str) -> alt.Chart | alt.LayerChart:
    """An Altair chart of a metric over the runs of a page: curves, bars where runs have one value each, or points.

    Raises
    ------
    UsageError
        If none of the runs has the metric, or any; or none has the param that x names.
    """
    from nbmlops.ui import charts

    facts = PageFacts(con, page, page.rows, None)
    key = metric or facts.curve(None) or next(iter(facts.metric_keys), None)
    if key is None or key not in facts.metric_keys:
        close = close_names(key or "", facts.metric_keys)
        found = (
            f"metrics here are {', '.join(facts.metric_keys[:12])}"
            if facts.metric_keys
            else "ml.log(loss=...) logs one"
        )
        hint = f"close to it: {', '.join(close)}" if close else found
        some = "this run has not" if len(page.rows) == 1 else f"none of these {len(page.rows)} runs has"
        raise UsageError(f"{some} the metric {key!r}" if key else "no metrics here", hint)
    title = key if page.total <= len(page.rows) else f"{key} · first {len(page.rows)} of {page.total} runs"
    if x not in OVER_POINTS:
        return charts.points(_over_param(facts, key, x), x="x", y="value", title=title, x_title=x, y_title=key)
    frame = points_of(con, page, key, x)
    if any(facts.has_curve(run, key) for run in page.ids):
        return charts.lines(frame, x=x, y="value", color="run", title=title, y_title=key)
    return charts.bars(frame.dropna(subset="value"), x="value", y="run", title=title, x_title=key)


def _over_param(facts: PageFacts, metric: str, param: str) -> pd.DataFrame:
    """The last value of a metric of each run beside its value of a param: run, x, value."""
    import pandas as pd

    known = sorted({key for params in facts.params.values() for key in params}, key=facts.rank_param)
    if param not in known:
        close = close_names(str(param), known)
        named = ", ".join(close or known[:12])
        hint = (
            f"close to it: {named}" if close else f"params here are {named}" if named else "these runs have no params"
        )
        raise UsageError(
            f"x is 'step', 'time' (seconds since the first point) or a param; found {str(param)[:40]!r}", hint
        )
    rows = [
        {"run": _label(head), "x": facts.cell(run, head, f"param.{param}"), "value": facts.metrics[run][metric].last}
        for run, head in zip(facts.ids, facts.heads, strict=True)
        if param in facts.params[run] and metric in facts.metrics[run]
    ]
    return pd.DataFrame(rows, columns=["run", "x", "value"])


def _label(head: queries.Row) -> str:
    from nbmlops.ui.format import run_label

    return run_label({"number": head["number"], "name": head["name"], "id": head["run_id"]})
