"""The data of the page of one run: what is read at a glance, and how much there is of the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from nbmlops.tracking import queries
from nbmlops.tracking.browse import asked, figures, sections
from nbmlops.tracking.browse.contents import Fetch
from nbmlops.tracking.decoding import decode
from nbmlops.tracking.goals import SYSTEM
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.tracking.record import reading
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.plain import plain

if TYPE_CHECKING:
    import duckdb

ROWS_BYTES = 24_000  # of params, and of metrics, in the first answer
NOTE_BYTES = 100_000
TRACEBACK_BYTES = 16_000
_VALUE = 400
_SNAPSHOT_ROWS = 12_000
_SNAPSHOT_NOTE = 8_000
_MOST_RELATIVES = 50
_MOST_TAGS = 100


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The page of a run, with small pictures of its figures."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    return complete(found, desk.store.fetch)


def complete(found: Mapping[str, Any], fetch: Fetch) -> dict[str, Any]:
    """The page with its figures made small; reads blobs, so never while the store is held."""
    return {**found, "figures": figures.small(found["figures"], fetch)}


def params(desk: Desk, args: Args) -> dict[str, Any]:
    """All params of a run."""
    run = asked.run_id(args)
    return {"rows": desk.store.read(lambda con: param_rows(con, run))}


def metrics(desk: Desk, args: Args) -> dict[str, Any]:
    """All metrics of a run."""
    run = asked.run_id(args)

    def question(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        head = asked.known_run(con, run)
        return _facts(con, head, queries.pinned(con, str(head["experiment"])))[0]

    return {"rows": desk.store.read(question)}


def note(desk: Desk, args: Args) -> dict[str, Any]:
    """The whole note."""
    run = asked.run_id(args)
    return {"note": desk.store.read(lambda con: asked.known_run(con, run)["note"])}


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the page is drawn from; figures as where their content lies."""
    head = asked.known_run(con, asked.run_id(args))
    run, experiment = str(head["run_id"]), str(head["experiment"])
    baseline = queries.pinned(con, experiment)
    measured, system = _facts(con, head, baseline)
    text, is_cut = _cut(head["note"], NOTE_BYTES)
    failure = _failure(con, head)
    counts = reading.counts(con, run)
    return {
        "run": _named(head, baseline),
        "kind": head["kind"],
        "seed": head["seed"],
        "started_at": head["started_at"],
        "ended_at": head["ended_at"],
        "duration_s": head["duration_s"],
        "deleted_at": queries.deleted_at(con, run),
        "notebook": PurePath(str(head["notebook"]).replace("\\", "/")).name if head["notebook"] else None,
        "cell_id": head["cell_id"],
        "execution_count": head["execution_count"],
        "git": {"sha": head["git_sha"] or None, "dirty": head["git_dirty"]},
        "note": text,
        "is_note_cut": is_cut,
        "error": failure,
        "tags": [
            {"key": key, "value": _cut(value, 2000)[0] or None}
            for key, value in list(queries.tags_of(con, [run])[run].items())[:_MOST_TAGS]
        ],
        "parent": _relative(con, str(head["parent_run_id"]), baseline) if head["parent_run_id"] else None,
        "children": _relatives(con, reading.children(con, run), baseline),
        "attempts": _relatives(con, reading.attempts(con, head), baseline),
        "baseline": _relative(con, baseline, baseline) if baseline and baseline != run else None,
        "params": _first(param_rows(con, run), ROWS_BYTES),
        "metrics": _first(measured, ROWS_BYTES),
        "system": _first(system, ROWS_BYTES // 4),
        "counts": counts,
        "environment": _surroundings(con, head["environment_id"]),
        "figures": figures.of_run(con, run),
        "offered": len(sections.offered()),
    }


def snapshot(found: Mapping[str, Any]) -> dict[str, Any]:
    """What is saved of the page: everything at a glance, long lists shortened."""
    text, is_cut = _cut(found["note"], _SNAPSHOT_NOTE)
    shorter: dict[str, Any] = {"note": text, "is_note_cut": is_cut or found["is_note_cut"], "tags": found["tags"][:20]}
    for name in ("params", "metrics"):
        rows = _first(found[name]["rows"], _SNAPSHOT_ROWS)["rows"]
        shorter[name] = {"rows": rows, "total": found[name]["total"]}
    for name in ("children", "attempts"):
        shorter[name] = {"runs": found[name]["runs"][:12], "total": found[name]["total"]}
    return {**found, **shorter}


def param_rows(con: duckdb.DuckDBPyConnection, run: str) -> list[dict[str, Any]]:
    """Params with where they come from, those that a person wrote first."""
    found = con.execute(f"{queries.PARAMS_SQL} ORDER BY key", queries.bound_ids([run])).fetchall()
    rank = {"config": 1, "estimator": 2}
    rows = []
    for _, key, value, number, origin in sorted(found, key=lambda row: (rank.get(row[4], 0), row[1])):
        shown = _value(decode(value, number))
        cut, is_cut = _cut(shown, _VALUE) if isinstance(shown, str) else (shown, False)
        rows.append({"key": key, "value": cut, "origin": origin} | ({"is_cut": True} if is_cut else {}))
    return rows


def _facts(
    con: duckdb.DuckDBPyConnection, head: Mapping[str, Any], baseline: str | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Metrics as people look at them, and those of the machine."""
    run = str(head["run_id"])
    rows = [dict(head), *queries.heads(con, [baseline] if baseline and baseline != run else [])]
    facts = PageFacts(con, queries.Page(rows, len(rows)), rows, baseline)
    found = []
    for key in facts.metric_keys:
        summary = facts.metrics[run].get(key)
        if summary is None:
            continue
        goal = facts.goal(key)
        best = None if goal is None else summary.min if goal.direction == "min" else summary.max
        row = {
            "key": key,
            "last": summary.last,
            "last_step": summary.last_step,
            "min": summary.min,
            "max": summary.max,
            "mean": summary.mean,
            "count": summary.count,
            "non_finite": summary.non_finite,
            "best": best,
            "goal": goal.direction if goal else None,
            "is_guess": goal.by_name if goal else False,
            "delta": facts.delta(run, key),
        }
        found.append(row)
    system = [row for row in found if str(row["key"]).startswith(SYSTEM)]
    return [row for row in found if not str(row["key"]).startswith(SYSTEM)], system


def _failure(con: duckdb.DuckDBPyConnection, head: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a run ended with, and the traceback that its cell showed."""
    if not head["error_name"] and not head["error_message"]:
        return None
    shown = con.execute(
        "SELECT text FROM _nbm.outputs WHERE run_id = ? AND kind = 'error' AND mime = 'text/plain'"
        " ORDER BY ns DESC, n DESC LIMIT 1",
        [head["run_id"]],
    ).fetchone()
    # the end of a traceback is where it happened
    text = str(shown[0] or "") if shown else ""
    is_cut = len(text) > TRACEBACK_BYTES
    return {
        "name": head["error_name"],
        "message": _cut(head["error_message"], 4000)[0],
        "traceback": text[-TRACEBACK_BYTES:] or None,
        "is_cut": is_cut,
    }


def _surroundings(con: duckdb.DuckDBPyConnection, environment_id: object) -> dict[str, Any] | None:
    """Python, platform and machine; packages as their number."""
    if not environment_id:
        return None
    sql = """
        SELECT python, platform, coalesce(cardinality(packages), 0) AS packages, extra FROM environments
        WHERE environment_id = $id"""
    found = queries.rows(con, sql, {"id": environment_id})
    if not found:
        return None
    row = found[0]
    try:
        extra = json.loads(str(row.pop("extra") or "{}"))
    except ValueError:
        extra = {}
    extra = extra if isinstance(extra, dict) else {}
    known = {key: extra.get(key) for key in ("implementation", "cpu_count", "memory_gib", "gpus", "kind", "name")}
    variables = extra.get("variables")
    return {**row, **known, "variables": variables if isinstance(variables, dict) else {}}


def _named(head: Mapping[str, Any], baseline: str | None) -> dict[str, Any]:
    """A run as all views name it."""
    return {
        "number": head["number"],
        "id": head["run_id"],
        "name": _cut(head["name"], 500)[0],
        "status": head["status"],
        "experiment": _cut(head["experiment"], 500)[0],
        "is_baseline": head["run_id"] == baseline,
    }


def _relative(con: duckdb.DuckDBPyConnection, run: str, baseline: str | None) -> dict[str, Any] | None:
    found = queries.heads(con, [run])
    return _named(found[0], baseline) if found else None


def _relatives(con: duckdb.DuckDBPyConnection, ids: Sequence[str], baseline: str | None) -> dict[str, Any]:
    """The newest of these runs, newest first, and how many they are."""
    shown = list(reversed(ids))[:_MOST_RELATIVES]
    return {"total": len(ids), "runs": [_named(head, baseline) for head in queries.heads(con, shown)]}


def _first(rows: Sequence[Mapping[str, Any]], budget: int) -> dict[str, Any]:
    """As many rows as fit, and how many there are."""
    shown: list[Mapping[str, Any]] = []
    used = 0
    for row in rows:
        used += len(json.dumps(plain(row)))
        if used > budget and shown:
            break
        shown.append(row)
    return {"rows": shown, "total": len(rows)}


def _value(value: object) -> object:
    """A param as JSON knows it; structures as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)


def _cut(text: Any, limit: int) -> tuple[Any, bool]:
    """The first characters of a text, and whether there are more."""
    if not isinstance(text, str) or len(text) <= limit:
        return text, False
    return text[:limit] + "…", True
