"""Erase what was kept of a run: from the file, the journals and the blobs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nbmlops.errors import UsageError
from nbmlops.storage import lease, migrate, scrub
from nbmlops.tracking import current, recent, sessions

if TYPE_CHECKING:
    import duckdb


def forget(ref: str | int, *, outputs: bool = False) -> None:
    """Erase what was kept of a run, or only its outputs: from the file, the journals and the blobs.

    Parameters
    ----------
    ref
        Which run; see ``ml.get``.
    outputs
        Erase the outputs only.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("private"):
    ...     ml.log(text="secret")
    >>> ml.forget("private")
    """
    from nbmlops.tracking import asking  # the two name each other

    run_ids = asking.resolve(ref)
    for run_id in run_ids:
        if run_id in current.active and not outputs:
            raise UsageError(
                f"run {current.active[run_id].label} is still running", "end it first: ml.end(), or let its cell finish"
            )
    session = sessions.current()
    store = session.store
    executions, before = store.read(lambda con: (_executions(con, run_ids), migrate.live_digests(con)))
    for run_id in run_ids:
        session.append("storage.forget", {"target": run_id, "what": "outputs" if outputs else "run"})
    after = store.read(migrate.live_digests)
    for sha256 in before - after:  # only what the forgotten named: a blob may be there before its record is
        store.blobs.path(sha256).unlink(missing_ok=True)
    recent.forget(session.store)
    ids = set(run_ids) if outputs else {*run_ids, *executions}
    kinds = ("tracking.output",) if outputs else ()
    session.scrub(ids, kinds)
    with lease.locked(store.layout, time.monotonic() + 10):
        scrub.archives(store.layout, ids, kinds)


def _executions(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> list[str]:
    """Return the executions that belong to these runs and to no other."""
    rows = con.execute(
        "SELECT execution_id FROM _nbm.run_executions GROUP BY execution_id"
        " HAVING bool_and(run_id IN (SELECT unnest(?::VARCHAR[])))",
        [run_ids],
    )
    return [row[0] for row in rows.fetchall()]
