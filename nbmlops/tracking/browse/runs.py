"""The data of the table of runs: the first page with what is said of the whole, further pages, what to choose from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from nbmlops.tracking import listing, queries, saved_views, views
from nbmlops.tracking.browse import asked, columns, keys, lines, recipe
from nbmlops.tracking.browse.recipe import Recipe
from nbmlops.tracking.goals import goal
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.plain import plain
from nbmlops.ui.view import Column

if TYPE_CHECKING:
    import duckdb

PAGE: Final = 200
MOST_PAGE: Final = 1_000
_SNAPSHOT_BYTES: Final = 80_000
_SNAPSHOT_ROWS: Final = 60


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The first page, and what is known of the whole."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    return found


def page(desk: Desk, args: Args) -> dict[str, Any]:
    """Further rows, of the columns that the browser has: ``{offset, limit, have: [...], drawn}``."""
    stamp = desk.store.stamp()

    def look(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        wanted = recipe.from_args(con, args)
        order = _orders.get(desk.store)
        if order is None or (order.stamp, order.recipe) != (stamp, wanted):
            order = _orders[desk.store] = _order(con, stamp, wanted)
        return page_data(con, args, wanted, order)

    found: dict[str, Any] = desk.store.read(look)
    return found


def attempts(desk: Desk, args: Args) -> dict[str, Any]:
    """The attempts that a row stands for: ``{run, have: [...], drawn}``."""
    found: dict[str, Any] = desk.store.read(lambda con: attempts_data(con, args))
    return found


def whole(desk: Desk, args: Args) -> dict[str, Any]:
    """The whole note and all tags of a run, to be edited: ``{run}``."""
    run = asked.run_id(args)

    def look(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        return {"note": asked.known_run(con, run)["note"], "tags": queries.tags_of(con, [run])[run]}

    found: dict[str, Any] = desk.store.read(look)
    return found


def choices(desk: Desk, args: Args) -> dict[str, Any]:
    """Every column that there is to choose."""
    found: dict[str, Any] = desk.store.read(lambda con: choices_data(con, args))
    return found


@dataclass(frozen=True)
class Order:
    """The rows of a table in their order, as long as nothing changed: a page of many then costs only its rows."""

    stamp: object
    recipe: Recipe
    ids: list[str]
    attempts: dict[str, list[str]]


_orders: WeakKeyDictionary[Any, Order] = WeakKeyDictionary()  # the last one of every store


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the table is drawn from."""
    wanted = recipe.from_args(con, args)
    known = queries.known_names(con)
    listed, scope = recipe.listed(con, wanted, known)
    found = keys.read(con)
    rows = listing.page(con, 0, asked.whole(args, "limit", PAGE, MOST_PAGE) or PAGE)
    experiments = queries.experiments(con)
    place = wanted.place() or (experiments[0] if len(experiments) == 1 else None)
    baseline = queries.pinned(con, place) if place else None
    defined = queries.goals_of(con, [scope] if scope else experiments)
    choice = columns.choose(con, found, defined, wanted.metric)
    shown, hidden = columns.in_sight(choice, found, wanted.columns, wanted.pinned, hide_equal=wanted.hide_equal)
    if wanted.columns:
        wanted = dataclasses.replace(wanted, columns=tuple(column.key for column in shown))
    wide = shown + hidden
    guest = None
    if baseline is not None and rows.rows and baseline not in rows.ids:
        head = queries.Page(queries.heads(con, [baseline]), 1)
        guest = next(iter(lines.read(con, head, wide, drawn=choice.drawn, baseline=baseline)), None)
    body = lines.read(con, rows, wide, drawn=choice.drawn, baseline=baseline)
    base = guest or next((row for row in body if row["run"]["is_baseline"]), None)
    by = recipe.group_of(wanted, known)
    elsewhere = _elsewhere(con, wanted, listed, scope)
    kept = saved_views.all_of(con)
    return {
        "asked": wanted.args(),
        "experiment": scope,
        "place": place,
        "experiments": experiments[:100],
        "of": wanted.of(scope),
        "views": list(kept),
        "left_out": saved_views.left_out(kept.get(wanted.named or "", {})),
        "sort": _sorted_by(wanted, listed),
        "total": listed.rows,
        "runs": listed.runs,
        "columns": [
            _described(column, index < len(shown), choice, found, defined, base and base["cells"][index])
            for index, column in enumerate(wide)
        ],
        "equal": 0 if wanted.columns else len(choice.equal),
        "more": max(0, len(choice.more) + len(choice.shown) + len(choice.equal) - len(wide)),
        "twins": [] if wanted.columns else [list(pair) for pair in list(choice.twins.items())[:3]],
        "metric": choice.main,
        "drawn": choice.drawn,
        "groups": [dataclasses.asdict(each) for each in listing.groups(con, by[1], choice.main)] if by else None,
        "elsewhere": elsewhere,
        "empty": "" if listed.rows else views.nothing(con, wanted.filter, scope, elsewhere),
        "baseline": baseline,
        "guest": guest,
        "rows": body,
    }


def snapshot(found: dict[str, Any], most: int = _SNAPSHOT_BYTES) -> dict[str, Any]:
    """What is saved of it: as many of the first rows as fit into ``most`` bytes, all columns while they do."""
    rows = found["rows"][:_SNAPSHOT_ROWS]
    saved = {**found, "rows": rows}
    while len(rows) > 5 and len(json.dumps(plain(saved))) > most:
        rows = rows[: len(rows) * 2 // 3]
        saved["rows"] = rows
    if len(json.dumps(plain(saved))) > most:
        kept = [index for index, column in enumerate(found["columns"]) if column["shown"]][:20]
        saved["columns"] = [found["columns"][index] for index in kept]
        saved["rows"] = [{**row, "cells": [row["cells"][index] for index in kept]} for row in rows]
        while len(saved["rows"]) > 1 and len(json.dumps(plain(saved))) > most:
            saved["rows"] = saved["rows"][:-1]
    return saved


def _order(con: duckdb.DuckDBPyConnection, stamp: object, wanted: Recipe) -> Order:
    recipe.listed(con, wanted, queries.known_names(con))
    found = con.execute("SELECT run_id, attempts FROM listed ORDER BY place").fetchall()
    groups = {run: sorted(runs, reverse=True) for run, runs in found if runs and len(runs) > 1}
    return Order(stamp, wanted, [run for run, _ in found], groups)


def page_data(con: duckdb.DuckDBPyConnection, args: Args, wanted: Recipe, order: Order | None = None) -> dict[str, Any]:
    """Some rows of the table."""
    order = order or _order(con, None, wanted)
    offset, limit = asked.whole(args, "offset", 0, 10**9), asked.whole(args, "limit", PAGE, MOST_PAGE)
    ids = order.ids[offset : offset + limit]
    groups = {run: order.attempts[run] for run in ids if run in order.attempts}
    rows = queries.Page(queries.heads(con, ids), len(order.ids), groups)
    return {"offset": offset, "total": len(order.ids), "rows": _rows(con, wanted, rows, args)}


def attempts_data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """The other attempts at the same thing as a row's run, newest first."""
    wanted = recipe.from_args(con, args)
    run = asked.run_id(args)
    recipe.listed(con, wanted, queries.known_names(con))
    found = con.execute("SELECT attempts FROM listed WHERE run_id = $run", {"run": run}).fetchone()
    ids = sorted(found[0] or [], reverse=True)[1 : MOST_PAGE + 1] if found else []
    rows = queries.Page(queries.heads(con, ids), len(ids))
    return {"run": run, "rows": _rows(con, wanted, rows, args)}


def _rows(con: duckdb.DuckDBPyConnection, wanted: Recipe, rows: queries.Page, args: Args) -> list[dict[str, Any]]:
    """Rows of the columns that a browser has already."""
    have = asked.texts(args, "have", columns.MOST_SENT + recipe.MOST_CHOSEN) or []
    nothing = keys.Keys(0, {}, {}, {}, 0, False)
    wide = columns.of_keys(have, nothing)
    place = wanted.place()
    baseline = args.get("baseline") if place is None else queries.pinned(con, place)
    drawn = asked.text(args, "drawn") if args.get("drawn") is not None else None
    return lines.read(con, rows, wide, drawn=drawn, baseline=str(baseline) if baseline else None)


def choices_data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """Every column that there is to choose, and how many runs have it."""
    wanted = recipe.from_args(con, args)
    recipe.listed(con, wanted, queries.known_names(con))
    found = keys.read(con)
    metrics = found.ranked_metrics(queries.goals_of(con, queries.experiments(con)))

    def rows(kind: str, names: list[str], among: Mapping[str, keys.Key]) -> list[dict[str, Any]]:
        return [
            {"key": f"{kind}.{name}", "label": name, "uses": among[name].uses, "equal": among[name].is_equal}
            for name in names
        ]

    return {
        "runs": found.runs,
        "fields": [{"key": name, "label": label} for name, (label, _) in columns.FIELDS.items()],
        "metrics": rows("metric", metrics, found.metrics),
        "params": rows("param", found.ranked_params(), found.params),
        "tags": rows("tag", sorted(found.tags), found.tags),
    }


def _described(
    column: Column,
    is_shown: bool,
    choice: columns.Choice,
    found: keys.Keys,
    defined: dict[str, str],
    base: Any,
) -> dict[str, Any]:
    """A column as the browser knows it; ``base`` is the baseline's cell."""
    kind, _, key = column.key.partition(".")
    said: dict[str, Any] = {"key": column.key, "label": column.label, "kind": column.kind, "shown": is_shown}
    if kind == "metric":
        wanted = goal(key, defined)
        said |= {"kind": "metric", "goal": wanted.direction if wanted else None}
        said |= {"guess": True} if wanted and wanted.by_name else {}
        said |= {"drawn": True} if key == choice.drawn else {}
        said |= {"base": base} if base is not None else {}
    if kind == "param" and key in found.params and found.runs > 1 and found.params[key].is_equal:
        said["equal"] = True
    return said


def _sorted_by(wanted: Recipe, listed: listing.Listing) -> dict[str, Any] | None:
    """What the rows are sorted by: what was clicked, else what the filter says."""
    if wanted.sort is not None:
        return dict(wanted.sort)
    first = listed.query.sorted_by
    if first is None:
        return None
    kind, key, descending = first
    name = {"number": "run"}.get(key, key) if kind == "run" else f"{kind}.{key}"
    return {"key": name, "descending": descending}


def _elsewhere(con: duckdb.DuckDBPyConnection, wanted: Recipe, listed: listing.Listing, scope: str | None) -> int:
    """How many runs of other experiments match."""
    if scope is None or wanted.current is None or scope != wanted.current:
        return 0
    unlimited = dataclasses.replace(listed.query, limit=None)
    return queries.count_runs(con, unlimited) - queries.count_runs(con, unlimited, experiment=scope)
