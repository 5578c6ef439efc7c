"""The data of the panel beside the notebook: experiments, and one line a run."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.tracking import queries, saved_views
from nbmlops.tracking.browse import asked
from nbmlops.tracking.filter import Compiled, KnownNames, parse
from nbmlops.tracking.filter.tree import Name
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb

PAGE: Final = 200
MOST: Final = 2000
TELLING: Final = 50  # so many of the newest runs tell which metric is the main one
FIELDS: Final = ("duration_s", "status", "experiment", "note", "execution_count", "seed")
EVERYTHING: Final = "*"
# how the runs can be ordered, by the field and whether its largest values come first
ORDERS: Final = {
    "newest": ("started_at", True),
    "oldest": ("started_at", False),
    "name": ("name", False),
    "duration": ("duration_s", True),
    "status": ("status", False),
}


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Experiments, runs, and where the cells are that made them."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    places = {notebook: locate(desk, notebook) for notebook in {row["notebook"] for row in found["rows"]} if notebook}
    for row in found["rows"]:
        row["notebook"] = places.get(row["notebook"])
    return found


def locate(desk: Desk, notebook: str) -> str | None:
    """A notebook as the browser knows it: by its path below the server's root; None where it is not there.

    A folder that was moved or copied takes its notebooks along: then the one beside the store is meant.
    """
    if desk.root is None:
        return None
    for path in (Path(notebook), desk.store.path.parent / Path(notebook).name):
        if path.is_absolute() and path.is_file() and path.resolve().is_relative_to(desk.root):
            return os.path.relpath(path.resolve(), desk.root).replace(os.sep, "/")
    return None


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the panel is drawn from.

    Parameters
    ----------
    con
        At the store.
    args
        ``filter`` (text), ``experiment`` (a name; ``"*"`` or none: all), ``order`` (one of ``ORDERS``, or
        ``"metric"``: the best first), ``is_reversed``, ``columns`` (params, metrics and tags by name),
        ``limit``, ``deleted`` (show what was taken off the lists instead).
    """
    text, chosen = asked.text(args, "filter", ""), asked.text(args, "experiment", EVERYTHING)
    is_deleted = args.get("deleted") is True
    experiments, deleted = _experiments(con)
    experiment = chosen if any(row["name"] == chosen for row in experiments) else None
    known = queries.known_names(con)
    scope = None if parse(text, known).compile(known).names_runs else experiment
    metric, goal = _main_metric(con, scope)
    query = _ordered(text, known, args, metric, goal)
    page = queries.runs_page(
        con, query, experiment=scope, limit=asked.whole(args, "limit", PAGE, MOST), is_deleted=is_deleted
    )
    return {
        "experiments": experiments,
        "experiment": experiment or EVERYTHING,
        "views": list(saved_views.all_of(con)),
        "metric": metric,
        "goal": goal,
        "total": page.total,
        "most": MOST,
        "deleted": deleted,
        "rows": _rows(con, page, metric, asked.texts(args, "columns", 20) or []),
    }


def _rows(con: duckdb.DuckDBPyConnection, page: queries.Page, metric: str | None, columns: list[str]) -> list[Any]:
    tags = queries.tags_of(con, page.ids)
    values = queries.last_values(con, page.ids, metric) if metric is not None else {}
    cells = _cells(con, page, columns, tags)
    return [
        {
            "run": {"id": row["run_id"]} | {name: row[name] for name in ("number", "name", "status", "experiment")},
            "value": values.get(str(row["run_id"])),
            "cells": cells[str(row["run_id"])],
            "tags": tags[str(row["run_id"])],
            "started_at": row["started_at"],
            "duration_s": row["duration_s"],
            "note": row["note"],
            "error": row["error_name"],
            "notebook": row["notebook"],
            "cell_id": row["cell_id"],
        }
        for row in page.rows
    ]


def _cells(
    con: duckdb.DuckDBPyConnection, page: queries.Page, columns: list[str], tags: dict[str, dict[str, str]]
) -> dict[str, list[object]]:
    """What the columns that were asked for show: a field of the run, else a parameter, metric or tag of that name."""
    keys = [column for column in columns if column not in FIELDS]
    params = queries.params_of(con, page.ids) if keys else {}
    metrics = {key: queries.last_values(con, page.ids, key) for key in keys}

    def cell(run: str, row: queries.Row, column: str) -> object:
        if column in FIELDS:
            return row[column]
        found = params[run].get(column, metrics[column].get(run, tags[run].get(column)))
        return found if found is None or isinstance(found, str | int | float) else json.dumps(found)

    return {str(row["run_id"]): [cell(str(row["run_id"]), row, column) for column in columns] for row in page.rows}


def _main_metric(con: duckdb.DuckDBPyConnection, experiment: str | None) -> tuple[str | None, str | None]:
    """The metric that people look at first in the newest runs, and its goal; filter and order do not change it."""
    scope = "" if experiment is None else "WHERE experiment = $experiment"
    values = {} if experiment is None else {"experiment": experiment}
    sql = f"SELECT run_id FROM _nbm.runs_begun {scope} ORDER BY run_id DESC LIMIT {TELLING}"
    ids = [str(row[0]) for row in con.execute(sql, values).fetchall()]
    page = queries.Page(queries.heads(con, ids), len(ids))
    facts = PageFacts(con, page, page.rows, None)
    if not facts.own_metrics:
        return None, None
    goal = facts.goal(facts.own_metrics[0])
    return facts.own_metrics[0], goal.direction if goal is not None else None


def _ordered(text: str, known: KnownNames, args: Args, metric: str | None, goal: str | None) -> Compiled:
    """The filter in the order that was chosen, unless it says one itself."""
    query = parse(text, known)
    chosen = asked.text(args, "order", "newest")
    if chosen != "metric" and chosen not in ORDERS:
        raise UsageError(f"there is no order {chosen[:40]!r}", f"one of metric, {', '.join(ORDERS)}")
    if query.tree.order or (chosen == "metric" and metric is None):
        return query.compile(known)
    if chosen == "metric":
        name, is_descending = Name(str(metric), "metric", None, 0, 0), goal != "min"
    else:
        field, is_descending = ORDERS[chosen]
        name = Name(field, "run", None, 0, 0)
    order = ((name, is_descending is not (args.get("is_reversed") is True)),)
    return replace(query, tree=replace(query.tree, order=order)).compile(known)


def _experiments(con: duckdb.DuckDBPyConnection) -> tuple[list[dict[str, Any]], int]:
    """Experiments that have runs, the one with the newest run first, and how many runs were deleted.

    The view of all runs would be read as a whole for it: 0.3 s for 100,000 runs against 0.04.
    """
    found = queries.rows(con, EXPERIMENTS_SQL, {})
    deleted = sum(int(str(row.pop("deleted"))) for row in found)
    return [row for row in found if row["runs"]], deleted


EXPERIMENTS_SQL: Final = """
    WITH changed AS (
        SELECT run_id,
            (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'experiment')).v AS experiment,
            (arg_max({'v': value}, (ns, session_id, n)) FILTER (field = 'deleted')).v AS deleted
        FROM _nbm.run_fields WHERE field IN ('experiment', 'deleted') GROUP BY run_id
    ), open AS (
        SELECT run_id FROM _nbm.run_heads WHERE status = 'running' AND run_id IN (
            SELECT run_id FROM _nbm.runs_begun WHERE run_id NOT IN (SELECT run_id FROM _nbm.runs_ended)
            UNION SELECT run_id FROM _nbm.runs_resumed)
    ), each AS (
        SELECT coalesce(c.experiment, b.experiment) AS name, coalesce(c.deleted, '') = 'true' AS is_deleted, b.ns,
            b.run_id IN (FROM open) AS is_running
        FROM _nbm.runs_begun b LEFT JOIN changed c USING (run_id)
    )
    SELECT name, count(*) FILTER (NOT is_deleted) AS runs, count(*) FILTER (is_running AND NOT is_deleted) AS running,
        make_timestamp(max(ns) // 1000) AS newest_at, count(*) FILTER (is_deleted) AS deleted
    FROM each GROUP BY name ORDER BY max(ns) DESC"""
