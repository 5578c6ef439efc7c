"""SQL about one run: its curves, cells, outputs, files and surroundings. Values are bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbmlops.tracking.downsample import downsample
from nbmlops.tracking.filter import Compiled
from nbmlops.tracking.queries import Row, bound_ids, of_ids, rows, runs_page

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def history(con: duckdb.DuckDBPyConnection, run_id: str, key: str | None) -> pd.DataFrame:
    """Every point of one metric as step, value, logged_at; with no key every metric's, and the key in front."""
    if key is None:
        sql = "SELECT key, step, value, logged_at FROM _nbm.metrics WHERE run_id = $run ORDER BY key, step, logged_at"
        return con.execute(sql, {"run": run_id}).df()
    sql = """
        SELECT step, value, logged_at FROM _nbm.metrics WHERE run_id = $run AND key = $key ORDER BY step, logged_at"""
    return con.execute(sql, {"run": run_id, "key": key}).df()


def curve(
    con: duckdb.DuckDBPyConnection, run_id: str, key: str, points: int, *, x: str = "step"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps (or, for x logged_at, seconds since the first point) and values, down-sampled."""
    import numpy as np

    # points are stored as they were logged, so mostly in order: sorting is only done where it is needed
    place = "step" if x == "step" else "epoch(logged_at)"
    sql = f"SELECT {place} AS x, value FROM _nbm.metrics WHERE run_id = $run AND key = $key"
    found = con.execute(sql, {"run": run_id, "key": key}).fetchnumpy()
    steps, values = (np.ma.filled(found[name].astype(np.float64), np.nan) for name in ("x", "value"))
    if len(steps) > 1 and not (steps[1:] >= steps[:-1]).all():
        order = np.argsort(steps, kind="stable")
        steps, values = steps[order], values[order]
    if x != "step" and len(steps):
        steps = steps - steps[0]
    return downsample(steps, values, points)


def series(con: duckdb.DuckDBPyConnection, run_id: str, key: str | None) -> list[Row]:
    """What was logged under a key that is no number; with no key, under any."""
    sql = """
        SELECT key, step, kind, text, sha256, mime, size_bytes, logged_at FROM series
        WHERE run_id = $run AND ($key IS NULL OR key = $key) ORDER BY key, step, logged_at"""
    return rows(con, sql, {"run": run_id, "key": key})


def media_frame(con: duckdb.DuckDBPyConnection, runs: Sequence[str], keys: Sequence[str] | None) -> pd.DataFrame:
    """Every entry of these runs that is no number, without its content."""
    sql = f"""
        SELECT h.number, coalesce(f.name, b.name) AS name, s.run_id, s.key, s.step, s.kind, s.mime, s.size_bytes,
            s.logged_at
        FROM _nbm.series s LEFT JOIN _nbm.run_numbers h USING (run_id) LEFT JOIN _nbm.runs_begun b USING (run_id)
        LEFT JOIN _nbm.run_latest_fields f USING (run_id)
        WHERE {of_ids("s.run_id")} AND ($keys IS NULL OR list_contains($keys, s.key))
        ORDER BY s.run_id, s.key, s.step, s.logged_at"""
    return con.execute(sql, bound_ids(runs) | {"keys": None if keys is None else list(keys)}).df()


def runs_with_media(
    con: duckdb.DuckDBPyConnection, ids: Sequence[str], keys: Sequence[str] | None, most: int
) -> list[str]:
    """Those of these runs that logged anything but numbers, in their order."""
    sql = f"""
        SELECT DISTINCT run_id FROM _nbm.series
        WHERE {of_ids()} AND ($keys IS NULL OR list_contains($keys, key))"""
    chosen = [keys] if isinstance(keys, str) else keys
    values = bound_ids(ids) | {"keys": None if chosen is None else list(chosen)}
    found = {row["run_id"] for row in rows(con, sql, values)}
    return [run for run in ids if run in found][:most]


def series_keys(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """Keys of what is no number."""
    sql = "SELECT DISTINCT key FROM series WHERE run_id = $run ORDER BY key"
    return [str(row["key"]) for row in rows(con, sql, {"run": run_id})]


def cells(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Row]:
    """The executions of a run in the order they began, with the source of their cells."""
    sql = """
        SELECT x.execution_id, cell_id, execution_count, source, source_sha256, started_at, duration_s, status,
            error_name, error_message
        FROM executions x
        WHERE execution_id IN (SELECT execution_id FROM _nbm.run_executions WHERE run_id = $run)
        ORDER BY started_at, execution_id"""
    return rows(con, sql, {"run": run_id})


def outputs(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Row]:
    """The outputs of a run in order; those of one display in several mime types stand together."""
    sql = """
        SELECT o.execution_id, o.seq, o.kind, o.name, o.mime, o.text, o.sha256, o.size_bytes, o.is_truncated, o.is_late,
            o.is_cleared, o.updates, b.cell_id
        FROM (
            FROM _nbm.outputs WHERE run_id = $run
            QUALIFY row_number() OVER (PARTITION BY execution_id, seq, mime, name ORDER BY ns DESC, n DESC) = 1
        ) o LEFT JOIN _nbm.executions_begun b ON b.execution_id = o.execution_id
        ORDER BY b.ns, o.execution_id, o.seq, o.mime, o.name"""
    return rows(con, sql, {"run": run_id})


def artifacts(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Row]:
    """The files of a run by their path in it."""
    sql = "SELECT path, sha256, size_bytes, mime FROM artifacts WHERE run_id = $run ORDER BY path"
    return rows(con, sql, {"run": run_id})


def counts(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, int]:
    """How much there is of a run beside its numbers: cells, outputs, series and their entries, artifacts."""
    sql = """
        SELECT (SELECT count(DISTINCT execution_id) FROM _nbm.run_executions WHERE run_id = $run) AS cells,
            (SELECT count(DISTINCT (execution_id, seq)) FROM _nbm.outputs WHERE run_id = $run) AS outputs,
            (SELECT count(DISTINCT key) FROM _nbm.series WHERE run_id = $run) AS series,
            (SELECT count(*) FROM _nbm.series WHERE run_id = $run) AS entries,
            (SELECT count(DISTINCT path) FROM _nbm.artifacts WHERE run_id = $run) AS artifacts"""
    (found,) = rows(con, sql, {"run": run_id})
    return {name: int(str(count)) for name, count in found.items()}


def environment(con: duckdb.DuckDBPyConnection, environment_id: str) -> Row | None:
    """Python, platform and packages."""
    sql = "SELECT python, platform, packages, extra FROM environments WHERE environment_id = $id"
    found = rows(con, sql, {"id": environment_id})
    return found[0] if found else None


def children(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """Runs nested in a run, oldest first."""
    sql = """
        SELECT run_id FROM _nbm.runs_begun b LEFT JOIN (
            SELECT run_id, arg_max(value, (ns, session_id, n)) AS deleted FROM _nbm.run_fields
            WHERE field = 'deleted' GROUP BY run_id
        ) f USING (run_id) WHERE b.parent_run_id = $run AND deleted IS DISTINCT FROM 'true' ORDER BY b.ns, run_id"""
    return [str(row["run_id"]) for row in rows(con, sql, {"run": run_id})]


def attempts(con: duckdb.DuckDBPyConnection, head: Row) -> list[str]:
    """The attempts at what a run does, oldest first, the run included."""
    run_id = str(head["run_id"])
    if head["cell_id"] is None:
        return [run_id]
    same = Compiled("_nbm.run_heads r", "r.cell_id = $cell", "r.started_at DESC", None, {"cell": head["cell_id"]})
    groups = runs_page(con, same, fold=True).attempts.values()
    return sorted(next((group for group in groups if run_id in group), [run_id]))
