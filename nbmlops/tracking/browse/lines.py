"""The rows of one page of a table of runs: the cells of the columns that are asked for, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.tracking import listing, queries
from nbmlops.tracking.decoding import decode
from nbmlops.ui.view import Column

if TYPE_CHECKING:
    import duckdb

MOST_TEXT: Final = 200
MOST_TAGS: Final = 20
SPARK_POINTS: Final = 24


def read(
    con: duckdb.DuckDBPyConnection,
    page: queries.Page,
    columns: Sequence[Column],
    *,
    drawn: str | None,
    baseline: str | None,
) -> list[dict[str, Any]]:
    """Rows as a browser draws them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        At the store.
    page : Page
        Which runs.
    columns : sequence of Column
        What of them.
    drawn : str, optional
        The metric that is drawn as a curve.
    baseline : str, optional
        Id of the run that is compared with.

    Returns
    -------
    list of dict
        ``run``, ``cells`` in the order of the columns, ``spark`` and ``spread`` where there are any.
    """
    ids = page.ids
    params = _params(con, ids, [key for kind, key in map(_parts, columns) if kind == "param"])
    metrics = _metrics(con, ids, [key for kind, key in map(_parts, columns) if kind == "metric"])
    wants_tags = any(column.key == "tags" or column.key.startswith("tag.") for column in columns)
    tags = queries.tags_of(con, ids) if wants_tags else {}
    spreads = listing.spreads(con, page.attempts)
    is_drawn = drawn is not None and any(column.key == f"metric.{drawn}" for column in columns)
    sparks = queries.sparks(con, ids, drawn, SPARK_POINTS) if is_drawn and drawn is not None else {}
    rows = []
    for head in page.rows:
        run = str(head["run_id"])
        row: dict[str, Any] = {
            "run": named(head, baseline, len(page.attempts.get(run, ()))),
            "cells": [_cell(column.key, head, params, metrics, tags) for column in columns],
        }
        if len(sparks.get(run, ())) > 1:
            row["spark"] = [_rounded(value) for value in sparks[run]]
        if run in spreads:
            row["spread"] = {key: _rounded(value) for key, value in spreads[run].items() if key in metrics[run]}
        rows.append(row)
    return rows


def named(head: Mapping[str, Any], baseline: str | None, attempts: int = 1) -> dict[str, Any]:
    """A run as all views name it, and how many attempts a row stands for."""
    found = {
        "number": head["number"],
        "id": head["run_id"],
        "name": cut(head["name"]),
        "status": head["status"],
        "experiment": cut(head["experiment"]),
        "is_baseline": head["run_id"] == baseline,
    }
    return found | ({"attempts": attempts} if attempts > 1 else {})


def cut(value: Any, most: int = MOST_TEXT) -> Any:
    """Text that is not too long; anything else as it is."""
    return value[:most] + "…" if isinstance(value, str) and len(value) > most else value


def _parts(column: Column) -> tuple[str, str]:
    kind, _, key = column.key.partition(".")
    return kind, key


def _params(con: duckdb.DuckDBPyConnection, ids: Sequence[str], keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {run: {} for run in ids}
    if not keys:
        return found
    sql = f"""
        SELECT run_id, key, newest.value, newest.number FROM (
            SELECT run_id, key, arg_max({{'value': value, 'number': number}}, (ns, session_id, n)) AS newest
            FROM _nbm.params WHERE {queries.of_ids()} AND key IN (SELECT unnest($keys::VARCHAR[])) GROUP BY run_id, key
        )"""
    for run, key, value, number in con.execute(sql, queries.bound_ids(ids) | {"keys": list(keys)}).fetchall():
        found[run][key] = _plain(decode(value, number))
    return found


def _metrics(con: duckdb.DuckDBPyConnection, ids: Sequence[str], keys: Sequence[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {run: {} for run in ids}
    if not keys:
        return found
    sql = f"""
        SELECT run_id, key, arg_max(last, last_ns) FROM _nbm.metric_partials
        WHERE {queries.of_ids()} AND key IN (SELECT unnest($keys::VARCHAR[])) GROUP BY run_id, key"""
    for run, key, last in con.execute(sql, queries.bound_ids(ids) | {"keys": list(keys)}).fetchall():
        found[run][key] = last
    return found


def _cell(
    name: str,
    head: Mapping[str, Any],
    params: Mapping[str, Mapping[str, Any]],
    metrics: Mapping[str, Mapping[str, float]],
    tags: Mapping[str, Mapping[str, str]],
) -> Any:
    run = str(head["run_id"])
    kind, _, key = name.partition(".")
    if kind == "param":
        return params[run].get(key)
    if kind == "metric":
        return metrics[run].get(key)
    if kind == "tag":
        return cut(tags[run][key] or "✓") if key in tags[run] else None
    if name == "age":
        return head["started_at"]
    if name == "tags":
        return {cut(tag, 80): cut(value, 80) or None for tag, value in list(tags[run].items())[:MOST_TAGS]}
    if name == "note":
        return cut(note(head))
    return cut(head.get(name))


def note(head: Mapping[str, Any]) -> str | None:
    """What somebody wrote of a run, else what it failed with."""
    error = None if head["status"] == "interrupted" else head["error_name"]
    return str(head["note"] or error or "") or None


def _plain(value: object) -> object:
    """A param as a table shows it: numbers and text as they are, structures as text."""
    if value is None or isinstance(value, str | int | float):
        return cut(value)
    return cut(json.dumps(value, ensure_ascii=False))


def _rounded(value: float) -> float:
    """Five digits are more than a small curve shows."""
    return float(f"{value:.5g}")
