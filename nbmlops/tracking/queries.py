"""SQL over many runs. Values are bound; listing never scans the points of metrics, only sparklines do.

Every function takes a connection whose current schema is the store's ``main``. Runs that were deleted are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbmlops.tracking.decoding import decode
from nbmlops.tracking.filter import Compiled, KnownNames, compile_filter

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

Row = dict[str, object]

HEAD = (
    "run_id", "number", "name", "experiment", "status", "kind", "parent_run_id", "started_at", "ended_at", "duration_s",
    "notebook", "cell_id", "execution_count", "git_sha", "git_dirty", "session_id", "environment_id", "user", "host",
    "note", "error_name", "error_message", "seed",
)  # fmt: skip
_HEAD_SQL = ", ".join(f'r."{column}"' for column in HEAD)


@dataclass(frozen=True)
class Summary:
    """What is known of a metric of a run without its points; min, max and mean are of the finite ones."""

    count: int
    last: float
    last_step: float | None
    min: float | None
    max: float | None
    mean: float | None
    non_finite: int


@dataclass(frozen=True)
class Page:
    """Rows of the table of runs with the ids of their attempts (newest first, themselves included)."""

    rows: list[Row]
    total: int
    attempts: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """Ids of the rows."""
        return [str(row["run_id"]) for row in self.rows]


def known_names(con: duckdb.DuckDBPyConnection) -> KnownNames:
    """Every key of the store."""
    tables = ("_nbm.params", "_nbm.metric_partials", "_nbm.tags")
    keys = [frozenset(row[0] for row in con.execute(f"SELECT DISTINCT key FROM {t}").fetchall()) for t in tables]
    return KnownNames(*keys)


def compiled(con: duckdb.DuckDBPyConnection, text: str) -> Compiled:
    """A filter looked up in this store."""
    return compile_filter(text, known_names(con) if text.strip() else KnownNames())


def runs_page(
    con: duckdb.DuckDBPyConnection,
    query: Compiled,
    *,
    experiment: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    fold: bool = False,
    is_deleted: bool = False,
) -> Page:
    """The rows of one page, and how many rows there are in all.

    With fold, attempts at the same thing are one row, that of the newest; the limit of the filter counts rows.
    """
    where, values = scope(query, experiment, is_deleted=is_deleted)
    rest = None if query.limit is None else max(0, query.limit - offset)
    size = min((n for n in (limit, rest) if n is not None), default=None)
    window = f" LIMIT {size}" if size is not None else ""
    window += f" OFFSET {offset}" if offset else ""
    if not fold:
        order = query.order_sql
        sql = f"SELECT r.run_id, count(*) OVER () FROM {query.from_sql} WHERE {where} ORDER BY {order}{window}"
        places = con.execute(sql, values).fetchall()
        total = places[0][1] if places else _value(con, f"SELECT count(*) FROM {query.from_sql} WHERE {where}", values)
        page = heads(con, [run for run, _ in places])
        return Page(page, total if query.limit is None else min(total, query.limit))
    found = con.execute(_folded_sql(query, where) + window, values).fetchall()
    total = found[0][2] if found else _value(con, f"SELECT count(*) FROM ({_folded_sql(query, where)})", values)
    attempts = {leader: sorted(runs, reverse=True) for leader, runs, _ in found}
    return Page(heads(con, list(attempts)), total if query.limit is None else min(total, query.limit), attempts)


def _folded_sql(query: Compiled, where: str) -> str:
    """Attempts as the view `runs` counts them.

    Ids ascend with time, so the newest attempt is the largest id.
    """
    return f"""
        WITH matched AS (
            SELECT r.run_id, row_number() OVER (ORDER BY {query.order_sql}) AS place,
                CASE WHEN r.cell_id IS NULL OR x.source_digest IS NULL THEN hash(r.run_id) ELSE
                    hash(r.experiment, r.cell_id, x.source_digest, r.ordinal, r.git_sha, r.environment_id)
                END AS likeness
            FROM {query.from_sql} LEFT JOIN _nbm.executions_begun x ON x.execution_id = r.execution_id WHERE {where}
        ), folded AS (
            SELECT max(run_id) AS run_id, list(run_id) AS attempts, arg_max(place, run_id) AS place
            FROM matched LEFT JOIN _nbm.param_digests USING (run_id) GROUP BY likeness, digest
        )
        SELECT run_id, attempts, count(*) OVER () AS groups FROM folded ORDER BY place"""


def has_runs(con: duckdb.DuckDBPyConnection, experiment: str) -> bool:
    """Whether an experiment has any run."""
    sql = "SELECT 1 FROM _nbm.run_heads WHERE experiment = $experiment AND deleted_at IS NULL LIMIT 1"
    return con.execute(sql, {"experiment": experiment}).fetchone() is not None


def experiments(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Experiments that have runs, the one with the newest run first."""
    sql = "SELECT experiment FROM _nbm.run_heads WHERE deleted_at IS NULL GROUP BY 1 ORDER BY max(started_at) DESC"
    return [str(row[0]) for row in con.execute(sql).fetchall()]


def count_runs(con: duckdb.DuckDBPyConnection, query: Compiled, *, experiment: str | None = None) -> int:
    """How many runs a filter finds, its limit included."""
    where, values = scope(query, experiment)
    total = _value(con, f"SELECT count(*) FROM {query.from_sql} WHERE {where}", values)
    return total if query.limit is None else min(total, query.limit)


def runs_frame(con: duckdb.DuckDBPyConnection, query: Compiled, *, experiment: str | None = None) -> pd.DataFrame:
    """The fields of all runs a filter finds, in its order."""
    where, values = scope(query, experiment)
    limit = "" if query.limit is None else f" LIMIT {query.limit}"
    sql = f"SELECT {_HEAD_SQL} FROM {query.from_sql} WHERE {where} ORDER BY {query.order_sql}{limit}"
    return con.execute(sql, values).df()


def heads(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[Row]:
    """The fields of these runs, in this order; deleted ones too."""
    if not ids:
        return []  # the view alone takes a while to be planned
    found = rows(con, f"SELECT {_HEAD_SQL} FROM _nbm.run_heads r WHERE {of_ids('r.run_id')}", bound_ids(ids))
    by_id = {row["run_id"]: row for row in found}
    return [by_id[run] for run in ids if run in by_id]


def of_ids(column: str = "run_id") -> str:
    """Only these runs; the bounds reach the tables under a view and skip what is older, as ids ascend with time."""
    return f"{column} IN (SELECT unnest($ids::VARCHAR[])) AND {column} BETWEEN $first AND $last"


def bound_ids(ids: Sequence[str]) -> dict[str, object]:
    """The values of `of_ids`."""
    return {"ids": list(ids), "first": min(ids, default=""), "last": max(ids, default="")}


PARAMS_SQL = f"""
    SELECT run_id, key, newest.value AS value, newest.number AS number, newest.origin AS origin FROM (
        SELECT run_id, key,
            arg_max({{'value': value, 'number': number, 'origin': origin}}, (ns, session_id, n)) AS newest
        FROM _nbm.params WHERE {of_ids()} GROUP BY run_id, key
    )"""
SUMMARY_SQL = f"""
    SELECT run_id, key, sum(count)::BIGINT AS count, newest.last AS last, newest.step AS last_step,
        min(min) AS min, max(max) AS max, CASE WHEN sum(finite) > 0 THEN sum(sum) / sum(finite) END AS mean,
        (sum(count) - sum(finite))::BIGINT AS non_finite
    FROM (
        SELECT *, first_value({{'last': last, 'step': last_step}}) OVER (
            PARTITION BY run_id, key ORDER BY last_ns DESC) AS newest
        FROM _nbm.metric_partials WHERE {of_ids()}
    ) GROUP BY run_id, key, newest"""
LAST_SQL = f"""
    SELECT run_id, key, arg_max(last, last_ns) AS last
    FROM _nbm.metric_partials WHERE {of_ids()} GROUP BY run_id, key"""


def params_of(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, dict[str, object]]:
    """The params of these runs as Python values, keys in order."""
    found: dict[str, dict[str, object]] = {run: {} for run in ids}
    for run, key, value, number, _ in con.execute(f"{PARAMS_SQL} ORDER BY key", bound_ids(ids)).fetchall():
        found[run][key] = decode(value, number)
    return found


def param_origins(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, str]:
    """Where the params of these runs come from, by key; of several origins the one that comes last in the alphabet."""
    sql = f"SELECT key, max(origin) FROM _nbm.params WHERE {of_ids()} GROUP BY key"
    return dict(con.execute(sql, bound_ids(ids)).fetchall())


def metrics_of(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, dict[str, Summary]]:
    """The metrics of these runs, keys in order."""
    found: dict[str, dict[str, Summary]] = {run: {} for run in ids}
    for run, key, *summary in con.execute(f"{SUMMARY_SQL} ORDER BY key", bound_ids(ids)).fetchall():
        found[run][key] = Summary(*summary)
    return found


def last_values(con: duckdb.DuckDBPyConnection, ids: Sequence[str], key: str) -> dict[str, float]:
    """The last value of one metric for each of these runs that has it."""
    sql = f"""
        SELECT run_id, arg_max(last, last_ns)
        FROM _nbm.metric_partials WHERE key = $key AND {of_ids()} GROUP BY run_id"""
    return dict(con.execute(sql, bound_ids(ids) | {"key": key}).fetchall())


def tags_of(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """The tags of these runs, keys in order."""
    found: dict[str, dict[str, str]] = {run: {} for run in ids}
    sql = f"""
        SELECT run_id, key, arg_max({{'value': value}}, (ns, session_id, n)).value AS value
        FROM _nbm.tags WHERE {of_ids()} GROUP BY run_id, key HAVING value IS NOT NULL ORDER BY key"""
    for run, key, value in con.execute(sql, bound_ids(ids)).fetchall():
        found[run][key] = value
    return found


def goals_of(con: duckdb.DuckDBPyConnection, experiments: Sequence[str]) -> dict[str, str]:
    """Goals given in these experiments; a key with two different ones is left out."""
    sql = """
        SELECT key, min(goal) FROM metric_defs WHERE experiment IN (SELECT unnest($experiments::VARCHAR[]))
        GROUP BY key HAVING min(goal) = max(goal)"""
    return dict(con.execute(sql, {"experiments": list(experiments)}).fetchall())


def pinned(con: duckdb.DuckDBPyConnection, experiment: str) -> str | None:
    """The id of the pinned baseline of an experiment, if that run is still there."""
    row = con.execute(
        "SELECT arg_max({'id': value}, (ns, session_id, n)).id FROM _nbm.settings WHERE name = ?",
        [f"baseline/{experiment}"],
    ).fetchone()
    found = None if row is None or row[0] is None else str(row[0])
    if found is None or deleted_at(con, found) is not None:
        return None
    return found if con.execute("SELECT 1 FROM _nbm.runs_begun WHERE run_id = ?", [found]).fetchone() else None


def deleted_at(con: duckdb.DuckDBPyConnection, run_id: str) -> dt.datetime | None:
    """When a run was taken off the lists, if it is off."""
    row = con.execute(
        "SELECT arg_max({'value': value, 'at': make_timestamp(ns // 1000)}, (ns, session_id, n)) FROM _nbm.run_fields"
        " WHERE run_id = ? AND field = 'deleted'",
        [run_id],
    ).fetchone()
    newest = row[0] if row else None
    return newest["at"] if newest is not None and newest["value"] == "true" else None


def sparks(con: duckdb.DuckDBPyConnection, ids: Sequence[str], key: str, points: int = 24) -> dict[str, list[float]]:
    """A short curve of one metric for each of these runs: the last value of every stretch of its points."""
    sql = f"""
        SELECT run_id, list(value ORDER BY stretch) FROM (
            SELECT run_id, stretch, arg_max({{'v': value}}, place).v AS value FROM (
                SELECT run_id, value, row_number() OVER run AS place,
                    (row_number() OVER run - 1) * $points // count(*) OVER (PARTITION BY run_id) AS stretch
                FROM _nbm.metrics WHERE key = $key AND {of_ids()}
                WINDOW run AS (PARTITION BY run_id ORDER BY step, logged_at)
            ) GROUP BY run_id, stretch
        ) GROUP BY run_id"""
    return dict(con.execute(sql, bound_ids(ids) | {"key": key, "points": points}).fetchall())


def scope(query: Compiled, experiment: str | None, *, is_deleted: bool = False) -> tuple[str, dict[str, object]]:
    """The filter, without deleted runs (or only those) and within one experiment."""
    state = "IS NOT NULL" if is_deleted else "IS NULL"
    where, values = f"r.deleted_at {state} AND {query.where_sql}", dict(query.values)
    if experiment is not None:
        where, values["experiment"] = f"{where} AND r.experiment = $experiment", experiment
    return where, values


def rows(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, object]) -> list[Row]:
    """The rows of a statement by column name."""
    found = con.execute(sql, dict(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _value(con: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, object]) -> int:
    row = con.execute(sql, dict(values)).fetchone()
    return int(row[0]) if row else 0
