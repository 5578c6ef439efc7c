"""The data of the table of runs: the first page with what is said of the whole, further pages, what to choose from."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Final

from nbmlops.tracking import listing, queries, saved_views
from nbmlops.tracking.browse import asked, columns, keys, lines, recipe
from nbmlops.tracking.browse.recipe import Recipe
from nbmlops.tracking.goals import goal
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.plain import plain
from nbmlops.ui.view import Column

if TYPE_CHECKING:
    import duckdb

PAGE: Final = 200
MOST_COLUMNS: Final = 60  # sent at once; what is not shown can be chosen without asking again
MOST_PAGE: Final = 1_000
_SNAPSHOT_BYTES: Final = 80_000
_SNAPSHOT_ROWS: Final = 60


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The first page, and what is known of the whole."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    return found


def page(desk: Desk, args: Args) -> dict[str, Any]:
    """Further rows, of the columns that the browser has: ``{offset, limit, have: [...], drawn}``."""
    found: dict[str, Any] = desk.store.read(lambda con: _page(con, args))
    return found


def attempts(desk: Desk, args: Args) -> dict[str, Any]:
    """The attempts that a row stands for: ``{run, have: [...], drawn}``."""
    found: dict[str, Any] = desk.store.read(lambda con: _attempts(con, args))
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
    found: dict[str, Any] = desk.store.read(lambda con: _choices(con, args))
    return found


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the table is drawn from."""
    wanted = recipe.from_args(con, args)
    listed, scope = _listed(con, wanted)
    found = keys.read(con)
    limit = asked.whole(args, "limit", PAGE, MOST_PAGE) or PAGE
    rows = listing.page(con, 0, limit)
    experiments = queries.experiments(con)
    place = wanted.place() or (experiments[0] if len(experiments) == 1 else None)
    baseline = queries.pinned(con, place) if place else None
    defined = queries.goals_of(con, [scope] if scope else experiments)
    if wanted.columns:
        choice = columns.chosen(wanted.columns, found, defined, wanted.metric)
        wanted = dataclasses.replace(wanted, columns=tuple(column.key for column in choice.shown))
    else:
        choice = columns.choose(con, found, defined, wanted.metric)
    shown, hidden = _columns(choice, found, wanted)
    guest = None
    if baseline is not None and rows.rows and baseline not in rows.ids:
        head = queries.Page(queries.heads(con, [baseline]), 1)
        guest = next(iter(lines.read(con, head, shown + hidden, drawn=choice.drawn, baseline=baseline)), None)
    body = lines.read(con, rows, shown + hidden, drawn=choice.drawn, baseline=baseline)
    base = guest or next((row for row in body if row["run"]["is_baseline"]), None)
    by = recipe.group_of(wanted, queries.known_names(con))
    return {
        "asked": wanted.args(),
        "experiment": scope,
        "place": place,
        "experiments": experiments[:100],
        "views": list(saved_views.all_of(con)),
        "sort": _sorted_by(wanted, listed),
        "total": listed.rows,
        "runs": listed.runs,
        "columns": [
            _described(column, index < len(shown), choice, found, defined, base, index)
            for index, column in enumerate(shown + hidden)
        ],
        "equal": len(choice.equal),
        "more": max(0, len(choice.more) + len(shown) + len(choice.equal) - len(shown + hidden)),
        "twins": [list(pair) for pair in list(choice.twins.items())[:3]],
        "metric": choice.main,
        "drawn": choice.drawn,
        "groups": [dataclasses.asdict(each) for each in listing.groups(con, by[1], choice.main)] if by else None,
        "elsewhere": _elsewhere(con, wanted, listed, scope),
        "baseline": baseline,
        "guest": guest,
        "offset": 0,
        "rows": body,
    }


def snapshot(found: dict[str, Any]) -> dict[str, Any]:
    """What is saved of it: as many of the first rows as fit, all columns while they do."""
    rows = found["rows"][:_SNAPSHOT_ROWS]
    saved = {**found, "rows": rows}
    while len(rows) > 5 and len(json.dumps(plain(saved))) > _SNAPSHOT_BYTES:
        rows = rows[: len(rows) * 2 // 3]
        saved["rows"] = rows
    if len(json.dumps(plain(saved))) > _SNAPSHOT_BYTES:
        kept = [index for index, column in enumerate(found["columns"]) if column["shown"]][:20]
        saved["columns"] = [found["columns"][index] for index in kept]
        saved["rows"] = [{**row, "cells": [row["cells"][index] for index in kept]} for row in rows]
    return saved


def _listed(con: duckdb.DuckDBPyConnection, wanted: Recipe) -> tuple[listing.Listing, str | None]:
    known = queries.known_names(con)
    names_runs = queries.compiled(con, wanted.filter).names_runs if wanted.current and wanted.filter.strip() else False
    scope = wanted.scope(con, names_runs)
    listed = listing.make(
        con,
        wanted.filter,
        experiment=scope,
        sort=recipe.sort_of(wanted, known),
        group=recipe.group_of(wanted, known),
        fold=wanted.fold,
        known=known,
    )
    return listed, scope


def _page(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    wanted = recipe.from_args(con, args)
    listed, _ = _listed(con, wanted)
    offset, limit = asked.whole(args, "offset", 0, 10**9), asked.whole(args, "limit", PAGE, MOST_PAGE)
    rows = listing.page(con, offset, limit)
    return {"offset": offset, "total": listed.rows, "rows": _rows(con, wanted, rows, args)}


def _attempts(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    wanted = recipe.from_args(con, args)
    run = asked.run_id(args)
    _listed(con, wanted)
    found = con.execute("SELECT attempts FROM listed WHERE run_id = $run", {"run": run}).fetchone()
    ids = sorted(found[0] or [], reverse=True)[1 : MOST_PAGE + 1] if found else []
    rows = queries.Page(queries.heads(con, ids), len(ids))
    return {"run": run, "rows": _rows(con, wanted, rows, args)}


def _rows(con: duckdb.DuckDBPyConnection, wanted: Recipe, rows: queries.Page, args: Args) -> list[dict[str, Any]]:
    """Rows of the columns that a browser has already."""
    have = asked.texts(args, "have", MOST_COLUMNS + recipe.MOST_CHOSEN) or []
    nothing = keys.Keys(0, {}, {}, {}, 0, False)
    wide = columns.chosen(have, nothing, {}, None).shown
    place = wanted.place()
    baseline = args.get("baseline") if place is None else queries.pinned(con, place)
    drawn = asked.text(args, "drawn") if args.get("drawn") is not None else None
    return lines.read(con, rows, wide, drawn=drawn, baseline=str(baseline) if baseline else None)


def _choices(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    wanted = recipe.from_args(con, args)
    _listed(con, wanted)
    found = keys.read(con)
    experiments = queries.experiments(con)
    metrics = found.ranked_metrics(queries.goals_of(con, experiments))

    def rows(kind: str, names: list[str], among: Any) -> list[dict[str, Any]]:
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


def _columns(choice: columns.Choice, found: keys.Keys, wanted: Recipe) -> tuple[list[Column], list[Column]]:
    """The columns in sight, and those that are sent along."""
    shown = list(choice.shown[: recipe.MOST_CHOSEN])
    equal = [columns.param_column(key, found) for key in choice.equal]
    if not wanted.hide_equal:
        at = next((i for i, column in enumerate(shown) if column.key == "duration_s"), len(shown))
        shown[at:at] = equal[: max(0, MOST_COLUMNS - len(shown))]
    have = {column.key for column in shown}
    for key in wanted.pinned:
        shown += [column for column in columns.chosen([key], found, {}, None).shown if column.key not in have]
    have = {column.key for column in shown}
    rest = [column for column in [*choice.more, *equal] if column.key not in have]
    return shown, rest[: max(0, MOST_COLUMNS - len(shown))]


def _described(
    column: Column,
    is_shown: bool,
    choice: columns.Choice,
    found: keys.Keys,
    defined: dict[str, str],
    base: dict[str, Any] | None,
    index: int,
) -> dict[str, Any]:
    """A column as the browser knows it."""
    kind, _, key = column.key.partition(".")
    said: dict[str, Any] = {"key": column.key, "label": column.label, "kind": column.kind, "shown": is_shown}
    if kind == "metric":
        wanted = goal(key, defined)
        said |= {"kind": "metric", "goal": wanted.direction if wanted else None}
        said |= {"guess": True} if wanted and wanted.by_name else {}
        said |= {"drawn": True} if key == choice.drawn else {}
        said |= {"base": base["cells"][index]} if base is not None and base["cells"][index] is not None else {}
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
