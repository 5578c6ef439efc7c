"""Questions to this process's store: the table of runs, one run, which runs are meant."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from nbmlops.storage.store import Store
from nbmlops.tracking import defaults, recent, references, sessions

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.record import RunRecord
    from nbmlops.tracking.tables import RunsTable

T = TypeVar("T")

UNPIN = ("none", "off", "")


def runs(
    filter: str = "",
    *,
    baseline: int | str | None = None,
    experiment: str | None = None,
    columns: Sequence[str] | None = None,
    metric: str | None = None,
    fold: bool = True,
) -> RunsTable:
    """Return the table of runs; see ``nbmlops.tracking.api.runs``.

    Parameters
    ----------
    baseline
        Pin this run: metrics show their difference to it, here and under cells, until another is
        pinned; ``"none"`` takes the pin away. Left out: what is pinned already.
    experiment
        Only runs of this experiment.
    columns
        What to show instead of what differs.
    metric
        The metric that is drawn as a curve.
    fold
        Show attempts at the same thing as one row.
    """
    from nbmlops.tracking.tables import RunsTable

    store = sessions.store()
    where = experiment or defaults.experiment()
    if baseline is not None:
        pin(where, baseline)
    pinned = store.read(lambda con: _pinned(con, where), key=("pinned", where))
    return RunsTable(
        _reader(store, (filter, experiment, pinned)),
        filter,
        experiment=experiment,
        baseline=pinned,
        columns=columns,
        metric=metric,
        fold=fold,
        blobs=store.fetch,
    )


def get(ref: str | int) -> RunRecord:
    """Return the record of one run; see ``nbmlops.tracking.api.get``."""
    from nbmlops.tracking.record import RunRecord

    store = sessions.store()
    experiment = defaults.experiment()
    found = store.read(lambda con: references.resolve(con, ref, experiment=experiment), key=("resolve", str(ref)))
    return RunRecord(_reader(store, found.run_id), found.run_id, blobs=store.fetch, note=found.note)


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
    recent.forget(session)


def _pinned(con: duckdb.DuckDBPyConnection, experiment: str) -> str | None:
    """Return the id of the pinned baseline, if that run is still there."""
    row = con.execute(
        "SELECT s.value FROM (SELECT arg_max({'id': value}, (ns, session_id, n)).id AS value FROM _nbm.settings"
        " WHERE name = ?) s JOIN _nbm.run_heads h ON h.run_id = s.value WHERE h.deleted_at IS NULL",
        [f"baseline/{experiment}"],
    ).fetchone()
    return None if row is None else str(row[0])


def _reader(store: Store, about: Hashable) -> Callable[[Callable[[Any], Any]], Any]:
    """Return what asks the store; a question is known again by its code and the plain values it holds.

    So the last good answer can be given while another program holds the file.
    """

    def read(question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        cells = getattr(question, "__closure__", None) or ()
        held = [cell.cell_contents for cell in cells]
        plain = tuple(value for value in held if value is None or isinstance(value, int | str))
        return store.read(question, key=(about, getattr(question, "__qualname__", ""), plain))

    return read
