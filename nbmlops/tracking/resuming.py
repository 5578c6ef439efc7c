"""Going on with a run whose process is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import current, defaults, sessions
from nbmlops.tracking.run import Run

if TYPE_CHECKING:
    import duckdb


def resume(ref: str | int | None) -> Run:
    """Open a run again, with its counts of points, so that steps left out go on."""
    session = sessions.current()
    experiment = defaults.experiment()
    run_id = session.store.read(lambda con: _newest_lost(con, experiment) if ref is None else _resolve(con, ref))
    if run_id in current.active:
        return current.active[run_id]
    head, counts, kinds = session.store.read(lambda con: _state(con, run_id))
    if head["status"] == "running":
        raise UsageError(
            f"run #{head['number']} is running in another process ({head['host']})",
            "stop it there first; a run is written by one process and its children",
        )
    run = Run(session, run_id, head["name"], head["experiment"])
    run.take_up(head["number"], counts, kinds)
    session.append("tracking.run.resume", {"run": run_id})
    session.on_look.append(run._look_for_stop)
    current.opened(run, is_span=True)
    session.ingest_soon()
    return run


def _resolve(con: duckdb.DuckDBPyConnection, ref: str | int) -> str:
    from nbmlops.tracking import references

    found = references.resolve(con, ref)
    if len(found.run_ids) != 1:
        raise UsageError(f"{ref!r} names {len(found.run_ids)} runs; one can be resumed", "name one: %mlrun resume 12")
    return found.run_ids[0]


def _newest_lost(con: duckdb.DuckDBPyConnection, experiment: str) -> str:
    row = con.execute(
        "SELECT run_id FROM _nbm.run_heads WHERE status = 'lost' AND deleted_at IS NULL AND experiment = ?"
        " ORDER BY number DESC LIMIT 1",
        [experiment],
    ).fetchone()
    if row is None:
        raise UnknownReference(
            f"no run of experiment {experiment!r} was lost", "name the run to go on with: %mlrun resume 12"
        )
    return str(row[0])


def _state(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[dict[str, Any], dict[str, int], dict[str, str]]:
    row = con.execute(
        "SELECT number, name, experiment, status, host FROM _nbm.run_heads WHERE run_id = ?", [run_id]
    ).fetchone()
    assert row is not None
    head = dict(zip(("number", "name", "experiment", "status", "host"), row, strict=True))
    counts = dict(
        con.execute(
            "SELECT key, sum(count)::BIGINT FROM _nbm.metric_partials WHERE run_id = ? GROUP BY key", [run_id]
        ).fetchall()
    )
    kinds = dict(
        con.execute("SELECT key, any_value(kind) FROM _nbm.series WHERE run_id = ? GROUP BY key", [run_id]).fetchall()
    )
    return head, counts, kinds
