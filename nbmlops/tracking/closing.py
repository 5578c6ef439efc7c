"""What the line under a run cell says: read in one short lease when the run has ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nbmlops.errors import StoreError
from nbmlops.tracking import sessions
from nbmlops.tracking.goals import goal
from nbmlops.ui.footer import ABSENT, Footer, FooterMetric, FooterParam

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.parameters import Param
    from nbmlops.tracking.run import Run


def footer(
    run: Run,
    *,
    duration_s: float | None = None,
    error_name: str | None = None,
    error_message: str | None = None,
    cell_says: Iterable[Param] = (),
    warnings: Iterable[str] = (),
) -> Footer:
    """Return the footer of an ended run.

    Parameters
    ----------
    cell_says
        Literals that the cell's text assigns to names that were overridden.

    Notes
    -----
    A store that cannot be read right now gives a footer without number and differences.
    """
    try:
        facts = sessions.current().store.read(lambda con: _facts(con, run))
    except StoreError as error:
        facts = {}
        warnings = (*warnings, f"{error.message}; the run is safe in the journal")
    said = {param.key: param.value for param in cell_says}
    return Footer(
        run={
            "number": facts.get("number"), "id": run.id, "name": run.name or "",
            "is_baseline": facts.get("is_baseline", False), "attempts": 1,
        },
        status=run.status,
        duration_s=duration_s,
        metrics=_metrics(facts),
        params=_params(facts, said),
        error_name=error_name,
        error_message=error_message,
        warnings=tuple(warnings),
    )  # fmt: skip


def _facts(con: duckdb.DuckDBPyConnection, run: Run) -> dict[str, Any]:
    """Read the run and the one it is compared with: the pinned baseline, else the one before in its experiment."""
    row = con.execute("SELECT number FROM _nbm.run_numbers WHERE run_id = ?", [run.id]).fetchone()
    if row is None:
        return {}
    run._number = row[0]
    baseline = con.execute(
        "SELECT arg_max(value, (ns, session_id, n)) FROM _nbm.settings WHERE name = ?", [f"baseline/{run.experiment}"]
    ).fetchone()
    other: tuple[str, int] | None = None
    if baseline and baseline[0] and baseline[0] != run.id:
        other = con.execute("SELECT run_id, number FROM _nbm.run_numbers WHERE run_id = ?", [baseline[0]]).fetchone()
    if other is None:
        other = con.execute(
            "SELECT b.run_id, n.number FROM _nbm.runs_begun b JOIN _nbm.run_numbers n USING (run_id)"
            " WHERE b.experiment = ? AND n.number < ? AND b.parent_run_id IS NOT DISTINCT FROM"
            " (SELECT parent_run_id FROM _nbm.runs_begun WHERE run_id = ?)"
            " AND b.run_id NOT IN (SELECT run_id FROM _nbm.run_fields WHERE field = 'deleted' AND value = 'true')"
            " ORDER BY n.number DESC LIMIT 1",
            [run.experiment, row[0], run.id],
        ).fetchone()
    ids = [run.id, other[0] if other else ""]
    metrics = con.execute(
        "SELECT run_id, key, arg_max(last, last_ns), min(last_ns) FROM _nbm.metric_partials WHERE run_id IN (?, ?)"
        " GROUP BY run_id, key ORDER BY 4, 2",
        ids,
    ).fetchall()
    params = con.execute(
        "SELECT run_id, key, arg_max(value, (ns, session_id, n)) FROM _nbm.params WHERE run_id IN (?, ?) GROUP BY ALL",
        ids,
    ).fetchall()
    goals = con.execute(
        "SELECT key, arg_max(goal, (ns, session_id, n)) FROM _nbm.metric_goals WHERE experiment = ? GROUP BY key",
        [run.experiment],
    ).fetchall()
    return {
        "number": row[0],
        "is_baseline": bool(baseline and baseline[0] == run.id),
        "against": f"#{other[1]}" if other else "",
        "metrics": {key: value for run_id, key, value, _ in metrics if run_id == run.id},
        "before": {key: value for run_id, key, value, _ in metrics if run_id != run.id},
        "params": {key: value for run_id, key, value in params if run_id == run.id},
        "params_before": {key: value for run_id, key, value in params if run_id != run.id},
        "goals": dict(goals),
    }


def _metrics(facts: Mapping[str, Any]) -> tuple[FooterMetric, ...]:
    """Metrics with a goal first, those that somebody set a goal for before those that only a name speaks for."""
    found = []
    for key, value in facts.get("metrics", {}).items():
        direction = goal(key, facts["goals"])
        before = facts["before"].get(key)
        delta = None if before is None else value - before
        is_better = None if direction is None or before is None else direction.is_better(value, before)
        rank = 2 if direction is None else int(direction.by_name)
        found.append((rank, FooterMetric(key, value, delta, is_better, facts["against"])))
    found.sort(key=lambda pair: pair[0])
    return tuple(metric for _, metric in found)


def _params(facts: Mapping[str, Any], said: Mapping[str, object]) -> tuple[FooterParam, ...]:
    """Parameters that differ from the run before, and those that were overridden."""
    found = []
    before = facts.get("params_before", {})
    for key, text in facts.get("params", {}).items():
        changed = key in before and before[key] != text
        if changed or key in said:
            found.append(
                FooterParam(
                    key,
                    json.loads(text),
                    json.loads(before[key]) if changed else ABSENT,
                    said[key] if key in said else ABSENT,
                )
            )
    return tuple(sorted(found, key=lambda param: param.before is ABSENT))
