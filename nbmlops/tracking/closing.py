"""What the line under a run cell says: read in one short lease when the run has ended."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from nbmlops.errors import StoreError
from nbmlops.tracking import current, defaults, recent, sessions
from nbmlops.tracking.goals import SYSTEM, goal
from nbmlops.ui.absent import ABSENT
from nbmlops.ui.footer import Footer, FooterMetric, FooterParam

if TYPE_CHECKING:
    import duckdb

    from nbmlops.storage.session import Session
    from nbmlops.tracking.parameters import Param
    from nbmlops.tracking.run import Run

QUICK_S: Final = 0.5


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
    told = list(warnings)
    try:
        found, facts = _facts(run, duration_s)
    except StoreError as error:
        found, facts = recent.Experiment(), recent.facts_of(run)
        told.append(f"{error.message}; the run is safe in the journal")
    other = found.baseline if found.baseline is not None and found.baseline.run_id != run.id else found.newest
    said = {param.key: param.value for param in cell_says}
    return Footer(
        run={
            "number": facts.number,
            "id": run.id,
            "name": run.name or "",
            "is_baseline": found.baseline is not None and found.baseline.run_id == run.id,
            "attempts": 1,
        },
        status=run.status,
        duration_s=duration_s,
        metrics=_metrics(facts, other, found.goals),
        params=_params(facts, other, said),
        error_name=error_name,
        error_message=error_message,
        warnings=tuple(told),
        notes=tuple(_where(run)),
        against=other.run_id if other is not None else None,
    )


_told: set[str] = set()  # sessions whose first footer said where runs go


def _where(run: Run) -> list[str]:
    """Say once a session where runs are recorded, unless that is the store everybody expects."""
    session = sessions.current()
    if session.id in _told:
        return []
    _told.add(session.id)
    folder = sessions.folder() or Path.cwd()
    is_new = run.number_hint == 1
    path = session.store.path
    if path.parent == folder and not is_new:
        return []
    near = os.path.relpath(path, folder)
    where = near if near.count("..") <= 3 else str(path)
    return [f"recorded in {where}{' (new)' if is_new else ''}"]


def preload(session: Session) -> None:
    """Ask the store in the background what the first run will be compared with: its footer need not wait for that."""
    name = defaults.experiment()
    if recent.experiment(session, name) is None:
        begun = [run.number_hint for run in current.active.values() if run.number_hint is not None]
        below = min(begun, default=sys.maxsize)
        found = session.store.glance(lambda con: _compared(con, name, below, None))
        recent.remember(session, name, found[0])


def _facts(run: Run, duration_s: float | None) -> tuple[recent.Experiment, recent.Facts]:
    """Return what the run is compared with, and its own facts.

    From memory when that is the whole truth: the experiment was asked for before, and the cell was too
    short for another process to have logged into its run. Reading the store costs some 30 ms.
    """
    session = sessions.current()
    before = recent.before(session, run)
    if before is not None and run.is_whole and duration_s is not None and duration_s < QUICK_S:
        return before, recent.facts_of(run)
    found, facts = session.store.read(lambda con: _ask(con, run))
    recent.remember(session, run.experiment, replace(found, newest=facts) if run.parent_id is None else found)
    return found, facts


def _ask(con: duckdb.DuckDBPyConnection, run: Run) -> tuple[recent.Experiment, recent.Facts]:
    """Read the run and those it is compared with."""
    row = con.execute("SELECT number FROM _nbm.run_numbers WHERE run_id = ?", [run.id]).fetchone()
    number = int(row[0]) if row else run.number_hint
    found, facts = _compared(con, run.experiment, number or sys.maxsize, run.parent_id, {run.id: number})
    return found, facts[run.id]


def _compared(
    con: duckdb.DuckDBPyConnection,
    experiment: str,
    below: int,
    parent_id: str | None,
    also: Mapping[str, int | None] = MappingProxyType({}),
) -> tuple[recent.Experiment, dict[str, recent.Facts]]:
    """Read the pinned baseline and the newest run numbered below, and the facts of these and other runs."""
    baseline = con.execute(
        "SELECT s.value, n.number FROM (SELECT arg_max({'id': value}, (ns, session_id, n)).id AS value"
        " FROM _nbm.settings WHERE name = ?) s JOIN _nbm.run_numbers n ON n.run_id = s.value",
        [f"baseline/{experiment}"],
    ).fetchone()
    newest = con.execute(
        "SELECT b.run_id, n.number FROM _nbm.runs_begun b JOIN _nbm.run_numbers n USING (run_id)"
        " WHERE b.experiment = ? AND n.number < ? AND b.parent_run_id IS NOT DISTINCT FROM ?"
        " AND b.run_id NOT IN (SELECT run_id FROM _nbm.run_fields WHERE field = 'deleted' AND value = 'true')"
        " ORDER BY n.number DESC LIMIT 1",
        [experiment, below, parent_id],
    ).fetchone()
    wanted: dict[str, int | None] = {**also, **dict(pair for pair in (baseline, newest) if pair)}
    values = [list(wanted)]
    metrics = con.execute(
        "SELECT run_id, key, arg_max(last, last_ns), min(last_ns) FROM _nbm.metric_partials"
        " WHERE run_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY run_id, key ORDER BY 4, 2",
        values,
    ).fetchall()
    params = con.execute(
        "SELECT run_id, key, arg_max(value, (ns, session_id, n)) FROM _nbm.params"
        " WHERE run_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL",
        values,
    ).fetchall()
    goals = con.execute(
        "SELECT key, arg_max(goal, (ns, session_id, n)) FROM _nbm.metric_goals WHERE experiment = ? GROUP BY key",
        [experiment],
    ).fetchall()
    facts = {
        run_id: recent.Facts(
            run_id,
            number,
            {key: value for owner, key, value, _ in metrics if owner == run_id},
            {key: value for owner, key, value in params if owner == run_id},
        )
        for run_id, number in wanted.items()
    }
    first = facts[baseline[0]] if baseline else None
    return recent.Experiment(first, facts[newest[0]] if newest else None, dict(goals)), facts


def _metrics(facts: recent.Facts, other: recent.Facts | None, goals: Mapping[str, str]) -> tuple[FooterMetric, ...]:
    """Metrics with a goal first, those that somebody set a goal for before those that only a name speaks for."""
    found = []
    for key, value in facts.metrics.items():
        if key.startswith(SYSTEM):
            continue
        direction = goal(key, goals)
        before = other.metrics.get(key) if other is not None else None
        delta = None if before is None else value - before
        is_better = None if direction is None or before is None else direction.is_better(value, before)
        rank = 2 if direction is None else int(direction.by_name)
        against = f"#{other.number}" if other is not None and other.number is not None else ""
        found.append((rank, FooterMetric(key, value, delta, is_better, against)))
    found.sort(key=lambda pair: pair[0])
    return tuple(metric for _, metric in found)


def _params(facts: recent.Facts, other: recent.Facts | None, said: Mapping[str, object]) -> tuple[FooterParam, ...]:
    """Parameters that differ from the other run, and those that were overridden."""
    found = []
    before = other.params if other is not None else {}
    against = f"#{other.number}" if other is not None and other.number is not None else ""
    for key, text in facts.params.items():
        changed = key in before and before[key] != text
        if changed or key in said:
            was = json.loads(before[key]) if changed else ABSENT
            found.append(FooterParam(key, json.loads(text), was, said.get(key, ABSENT), against))
    return tuple(sorted(found, key=lambda param: param.before is ABSENT))
