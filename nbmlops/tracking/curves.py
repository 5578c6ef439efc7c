"""Curves of metrics: points for drawing, and Altair charts over several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

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
_MOST_POINTS = 20_000

X = Literal["step", "time"]


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


def points_of(con: duckdb.DuckDBPyConnection, page: queries.Page, key: str, x: X) -> pd.DataFrame:
    """The curves of one metric of these runs in long form: run, x, value."""
    import pandas as pd

    from nbmlops.ui.format import run_label

    limit = max(min(POINTS, _MOST_POINTS // max(len(page.rows), 1)), 16)
    parts = []
    for row in page.rows:
        steps, values = reading.curve(con, str(row["run_id"]), key, limit, x="step" if x == "step" else "logged_at")
        label = run_label({"number": row["number"], "name": row["name"], "id": row["run_id"]})
        parts.append(pd.DataFrame({"run": label, x: steps, "value": values}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["run", x, "value"])


def chart(con: duckdb.DuckDBPyConnection, page: queries.Page, metric: str | None, x: X) -> alt.Chart:
    """An Altair chart of a metric over the runs of a page: curves, or bars where runs have one value each.

    Raises
    ------
    UsageError
        If none of the runs has the metric, or any.
    """
    from nbmlops.ui import charts

    if x not in ("step", "time"):
        raise UsageError(f"x is 'step' or 'time'; found {str(x)[:40]!r}", "time is in seconds since the first point")
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
        raise UsageError(
            f"none of these {len(page.rows)} runs has the metric {key!r}" if key else "no metrics here", hint
        )
    frame = points_of(con, page, key, x)
    title = key if page.total <= len(page.rows) else f"{key} · first {len(page.rows)} of {page.total} runs"
    if any(facts.has_curve(run, key) for run in page.ids):
        return charts.lines(frame, x=x, y="value", color="run", title=title)
    return charts.bars(frame.dropna(subset="value"), x="value", y="run", title=title)
