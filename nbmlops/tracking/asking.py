"""Questions to this process's store: the table of runs, one run, which runs are meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.storage.store import StoreInfo, describe
from nbmlops.tracking import defaults, queries, question, recent, references, saved_views, sessions, sql_query

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from nbmlops.tracking.comparing import Comparison
    from nbmlops.tracking.record import RunRecord
    from nbmlops.tracking.tables import RunsTable

UNPIN = ("none", "off", "")


def runs(
    filter: str = "",
    *,
    baseline: int | str | None = None,
    experiment: str | None = None,
    columns: Sequence[str] | None = None,
    metric: str | None = None,
    fold: bool = True,
    group: str | None = None,
    view: str | None = None,
) -> RunsTable:
    """Return the runs that match a filter, as a table.

    Parameters
    ----------
    filter
        Such as ``"val_acc > .9 and model = 'gbm' order by val_acc desc limit 20"``: bare names of
        parameters, metrics, tags and run fields.
    baseline
        Pin this run: metrics show their difference to it, here and under cells, until another is
        pinned; ``"none"`` takes the pin away. Left out: what is pinned already.
    experiment
        Only runs of this experiment; ``"*"`` for all. Left out: the current one, unless the filter names experiments
        or numbers, or the current one has no runs.
    columns
        What to show instead of what differs.
    metric
        The metric that is drawn as a curve.
    fold
        Show attempts at the same thing as one row.
    group
        A parameter, a tag or ``"experiment"``: runs with the same value stand together.
    view
        A view that was saved, in the table or with ``.save("NAME")``: its filter, columns, sort and grouping hold
        where nothing else is said, and its charts stand below.

    Returns
    -------
    RunsTable
        Shows itself; ``.df()`` is a frame, ``.chart()`` an Altair chart, ``.selection`` the runs ticked in it.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("example"):
    ...     ml.log(acc=0.9)
    >>> len(ml.runs("name = 'example' and acc > .8")) >= 1
    True
    """
    from nbmlops.tracking.tables import RunsTable

    store = sessions.store()
    settings = None if view is None else store.read(lambda con: saved_views.find(con, view), key=("view", view))
    experiment = experiment or (settings or {}).get("experiment")
    where = experiment if experiment not in (None, "", "*") else defaults.experiment()
    if baseline is not None:
        pin(where, baseline)
    pinned = store.read(lambda con: queries.pinned(con, where), key=("pinned", where))
    return RunsTable(
        question.reader(store, ("runs", where)),
        filter,
        experiment=experiment or None,
        current=where,
        baseline=pinned,
        columns=columns,
        metric=metric,
        fold=fold,
        group=group,
        settings=settings,
        view=view,
        blobs=store.fetch,
    )


def get(ref: str | int) -> RunRecord:
    """Return everything kept about one run.

    Parameters
    ----------
    ref
        ``12``, ``"#12"``, a name (its newest run; ``"name~1"`` the one before), ``"latest"``,
        ``"best:val_acc"``, ``"max:val_acc"``, ``"min:loss"``, an id or its last four characters or more.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("example", params={"lr": 0.1}):
    ...     ml.log(acc=0.9)
    >>> ml.get("example").params
    {'lr': 0.1}
    >>> ml.get("example").metrics
    {'acc': 0.9}
    """
    from nbmlops.tracking.record import RunRecord

    store = sessions.store()
    experiment = defaults.experiment()
    reader = question.reader(store, "run")
    found = reader(lambda con: references.resolve(con, ref, experiment=experiment))
    return RunRecord(reader, found.run_id, blobs=store.fetch, note=found.note)


def compare(*refs: int | str) -> Comparison:
    """Compare two or more runs: what differs, and what that did.

    Parameters
    ----------
    *refs
        Runs as ``ml.get`` takes them, and ranges: ``ml.compare(8, 12)``, ``ml.compare("8..12")``,
        ``ml.compare("adam", "best:val_acc")``. One alone is compared with the pinned baseline, else with the run before
        it; none at all: the last two runs of the current experiment.

    Returns
    -------
    Comparison
        Shows itself; ``.df()`` is a frame, ``.chart()`` an Altair chart, ``.markdown()`` a table for a pull request.
        The pinned baseline, else the first, is the reference.

    Examples
    --------
    >>> import nbmlops as ml
    >>> for lr in (0.1, 0.2):
    ...     with ml.run("example", params={"lr": lr}):
    ...         ml.log(acc=0.9 + lr / 10)
    >>> [run.params["lr"] for run in ml.compare().runs]
    [0.1, 0.2]
    """
    from nbmlops.tracking.comparing import compare_runs

    return compare_runs(*refs)


def sql(query: str, values: Any = None) -> pd.DataFrame:
    """Ask the store in SQL; only reading is possible.

    Parameters
    ----------
    query
        One statement over the public views: ``runs``, ``params``, ``metrics``, ``metric_summary`` ...
    values
        Bound values: a list for ``?``, a mapping for ``$name``.

    Notes
    -----
    A query that takes longer than a second goes on with a private copy of the file, so that it holds up nobody.

    Examples
    --------
    >>> import nbmlops as ml
    >>> list(ml.sql("SELECT 1 AS one").columns)
    ['one']
    """
    sql_query.check(query)

    def ask(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
        return sql_query.run(con, query, values)

    return sessions.store().read_long(ask, key=question.name(ask))


def store() -> StoreInfo:
    """Tell where the store is, how large, what is pending, and who holds it.

    Examples
    --------
    >>> import nbmlops as ml
    >>> ml.store().path.name
    'mlops.duckdb'
    """
    return describe(sessions.store())


def export(folder: str | Path) -> list[Path]:
    """Write every public view as a Parquet file into ``folder``; return the files.

    Examples
    --------
    >>> import nbmlops as ml, tempfile
    >>> files = ml.export(tempfile.mkdtemp())
    >>> "runs.parquet" in [file.name for file in files]
    True
    """
    from nbmlops.storage.export import export as export_views

    return export_views(sessions.store(), Path(folder)).files


def resolve(ref: str | int, *, deleted: bool = False) -> list[str]:
    """Return the ids of the runs that a reference names."""
    store = sessions.store()
    experiment = defaults.experiment()
    found = store.read(lambda con: references.resolve(con, ref, experiment=experiment, deleted=deleted))
    return list(found.run_ids)


def pin(experiment: str, ref: int | str) -> None:
    """Pin the baseline of an experiment, or take the pin away."""
    session = sessions.current()
    value = None if str(ref).strip().lower() in UNPIN else resolve(ref)[0]
    session.append("tracking.setting", {"name": f"baseline/{experiment}", "value": value})
    recent.forget(session.store)
