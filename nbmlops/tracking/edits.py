"""What a browser may change: tags, notes, the pinned baseline, deleted runs, stops, saved views.

Each is one record in the journal, as the API writes it; nothing in the store is overwritten.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.storage import control
from nbmlops.tracking import queries, recent, saved_views
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb

MOST_NOTE: Final = 100_000
MOST_KEY: Final = 250
MOST_VALUE: Final = 5_000


def tag(desk: Desk, args: Args) -> dict[str, Any]:
    """Set a tag of a run; a value of None takes it away. ``{run, key, value}``"""
    from nbmlops.tracking.redact import redact_value

    head = _run(desk, args)
    key = _text(args, "key", MOST_KEY).strip()
    if not key:
        raise UsageError("a tag needs a name; found an empty one", "type a word, or name=value")
    value = None if args.get("value") is None else str(redact_value(key, _text(args, "value", MOST_VALUE)))
    desk.append("tracking.tags", {"run": head["run_id"], "tags": {key: value}})
    return {"run": head["run_id"], "tags": _read_tags(desk, str(head["run_id"]))}


def note(desk: Desk, args: Args) -> dict[str, Any]:
    """Set the note of a run; an empty text takes it away. ``{run, text}``"""
    from nbmlops.tracking.redact import redact

    head = _run(desk, args)
    text = redact(_text(args, "text", MOST_NOTE))[0]
    _set(desk, head, "note", text or None)
    return {"run": head["run_id"], "note": text}


def pin(desk: Desk, args: Args) -> dict[str, Any]:
    """Pin a run as the baseline of its experiment; None takes the pin away. ``{experiment, run}``"""
    if args.get("run") is None:
        experiment = _text(args, "experiment", MOST_KEY)
        value = None
    else:
        head = _run(desk, args)
        experiment = str(args.get("experiment") or head["experiment"])
        value = str(head["run_id"])
    desk.append("tracking.setting", {"name": f"baseline/{experiment}", "value": value})
    recent.forget(desk.store)
    return {"experiment": experiment, "baseline": value}


def delete(desk: Desk, args: Args) -> dict[str, Any]:
    """Take a run off the lists; `restore` puts it back. ``{run}``"""
    head = _run(desk, args)
    _set(desk, head, "deleted", "true")
    return {"run": head["run_id"], "number": head["number"], "name": head["name"]}


def restore(desk: Desk, args: Args) -> dict[str, Any]:
    """Put a deleted run back. ``{run}``"""
    head = _run(desk, args)
    _set(desk, head, "deleted", "false")
    return {"run": head["run_id"], "number": head["number"], "name": head["name"]}


def stop(desk: Desk, args: Args) -> dict[str, Any]:
    """Ask a running run to stop: it does at its next log call, wherever it runs. ``{run}``"""
    head = _run(desk, args)
    if head["status"] != "running":
        raise UsageError(f"run #{head['number']} is {head['status']}", "only a running run can be stopped")
    control.request_stop(desk.store.layout, str(head["run_id"]), "browser")
    return {"run": head["run_id"], "asked": True}


def save_view(desk: Desk, args: Args) -> dict[str, Any]:
    """Keep how a table of runs is looked at. ``{name, settings}``"""
    name = saved_views.checked_name(_text(args, "name", MOST_KEY))
    settings = saved_views.checked(args.get("settings"))
    desk.append("tracking.setting", {"name": saved_views.PREFIX + name, "value": json.dumps(settings)})
    return {"name": name}


def forget_view(desk: Desk, args: Args) -> dict[str, Any]:
    """Drop a saved view. ``{name}``"""
    name = _text(args, "name", MOST_KEY)
    desk.append("tracking.setting", {"name": saved_views.PREFIX + name, "value": None})
    return {"name": name}


def _set(desk: Desk, head: dict[str, Any], field: str, value: str | None) -> None:
    desk.append("tracking.run.set", {"run": head["run_id"], "field": field, "value": value})
    if field == "deleted":
        recent.forget(desk.store)


def _run(desk: Desk, args: Args) -> dict[str, Any]:
    """The fields of the run that is meant; deleted ones too."""
    run = args.get("run")
    if not isinstance(run, str) or not run:
        raise UsageError("no run was named", "reload the page")

    def look(con: duckdb.DuckDBPyConnection) -> list[queries.Row]:
        return queries.heads(con, [run])

    found = desk.store.read(look)
    if not found:
        raise UsageError(f"the store holds no run {run[:40]!r}", "it may have been forgotten; refresh the list")
    head: dict[str, Any] = found[0]
    return head


def _read_tags(desk: Desk, run: str) -> dict[str, str]:
    def look(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
        return queries.tags_of(con, [run])

    found: dict[str, str] = desk.store.read(look)[run]
    return found


def _text(args: Args, name: str, limit: int) -> str:
    value = args.get(name)
    if not isinstance(value, str):
        raise UsageError(f"{name} must be a text; found {type(value).__name__}", "reload the page")
    if len(value) > limit:
        raise UsageError(f"{name} has {len(value):,} characters; at most {limit:,} are kept", "shorten it")
    return value
