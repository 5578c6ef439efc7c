"""The SQL of data versions; one function a query, bound values only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.records import Version

if TYPE_CHECKING:
    import duckdb

_FIELDS: Final = (
    "c.version_id, c.dataset, n.number, c.kind, c.content_id, c.schema_id, c.form_id, c.rows, c.columns, c.files, "
    "c.size_bytes, c.new_bytes, c.mode, coalesce(c.message, ''), make_timestamp(c.ns // 1000), c.parents, "
    "coalesce(k.key, c.key), c.source, c.sha256, c.run_id, c.execution_id, "
    "c.version_id IN (SELECT version_id FROM _nbm.data_gone) AS is_dropped"
)
_FROM: Final = (
    "_nbm.data_commits c JOIN _nbm.data_numbers n USING (version_id) LEFT JOIN _nbm.data_key_now k USING (version_id)"
)


def versions(con: duckdb.DuckDBPyConnection, where: str, values: Sequence[object], tail: str = "") -> list[Version]:
    """Versions that fulfil a condition on ``c`` and ``n``, newest number first."""
    sql = f"SELECT {_FIELDS} FROM {_FROM} WHERE {where} ORDER BY c.dataset, n.number DESC {tail}"
    return [_version(row) for row in con.execute(sql, list(values)).fetchall()]


def by_id(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, Version]:
    """These versions by their id."""
    found = versions(con, "c.version_id IN (SELECT unnest(?::VARCHAR[]))", [list(ids)])
    return {version.id: version for version in found}


def of_dataset(con: duckdb.DuckDBPyConnection, dataset: str, limit: int | None = None) -> list[Version]:
    """All versions of a dataset, the newest first."""
    return versions(con, "c.dataset = ?", [dataset], _limited(limit))


def is_there(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the store knows of data: one of before there were datasets may be read-only, and stays as it is."""
    sql = (
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'data_commits'"
    )
    return _count(con, sql, []) > 0


def datasets(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of all datasets, the one that was changed last first."""
    if not is_there(con):
        return []
    rows = con.execute("SELECT dataset FROM _nbm.data_commits GROUP BY dataset ORDER BY max(ns) DESC").fetchall()
    return [str(row[0]) for row in rows]


def count_datasets(con: duckdb.DuckDBPyConnection) -> int:
    """How many datasets there are."""
    return 0 if not is_there(con) else _count(con, "SELECT count(DISTINCT dataset) FROM _nbm.data_commits", [])


def heads(con: duckdb.DuckDBPyConnection, find: str = "", limit: int | None = None) -> list[tuple[str, int, str, str]]:
    """(dataset, how many versions, the newest, where main is) by ids; the one that was changed last first.

    ``find`` is a part of the name; without a branch main the newest stands for it.
    """
    if not is_there(con):
        return []
    sql = (
        "WITH head AS (SELECT c.dataset, count(*) AS versions, arg_max(c.version_id, n.number) AS newest,"
        f" max(c.ns) AS ns FROM {_FROM} WHERE contains(lower(c.dataset), lower(?)) GROUP BY c.dataset)"
        " SELECT h.dataset, h.versions, h.newest, coalesce(r.version_id, h.newest) FROM head h"
        " LEFT JOIN data_refs r ON r.dataset = h.dataset AND r.name = 'main' ORDER BY h.ns DESC, h.dataset"
    )
    return con.execute(sql + _limited(limit), [find]).fetchall()


def page(con: duckdb.DuckDBPyConnection, dataset: str, find: str, limit: int) -> tuple[list[Version], int]:
    """The first versions of a dataset, the newest first, and how many there are.

    ``find`` is a number (``v12``) or a part of a message, tag or branch.
    """
    if not is_there(con):
        return [], 0
    where = (
        "c.dataset = $1 AND ($2 = '' OR 'v' || n.number = lower($2)"
        " OR contains(lower(coalesce(c.message, '')), lower($2)) OR c.version_id IN"
        " (SELECT version_id FROM data_refs WHERE dataset = $1 AND contains(lower(name), lower($2))))"
    )
    values = [dataset, find]
    total = _count(con, f"SELECT count(*) FROM {_FROM} WHERE {where}", values)
    return versions(con, where, values, _limited(limit)), total


def _limited(limit: int | None) -> str:
    return "" if limit is None else f" LIMIT {int(limit)}"


def _count(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> int:
    row = con.execute(sql, list(values)).fetchone()
    return int(row[0]) if row else 0


def refs(con: duckdb.DuckDBPyConnection, dataset: str | None = None) -> list[tuple[str, str, str, str]]:
    """(dataset, name, kind, version id) of every tag and branch."""
    sql = "SELECT dataset, name, kind, version_id FROM data_refs WHERE dataset = coalesce(?, dataset) ORDER BY ALL"
    return con.execute(sql, [dataset]).fetchall()


def ref(con: duckdb.DuckDBPyConnection, dataset: str, name: str) -> tuple[str, str] | None:
    """(kind, version id) of a tag or branch."""
    sql = "SELECT kind, version_id FROM data_refs WHERE dataset = ? AND name = ?"
    row = con.execute(sql, [dataset, name]).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def profiles(con: duckdb.DuckDBPyConnection, column_ids: Sequence[str]) -> dict[str, str]:
    """The profiles (JSON) of columns by their id, where there are any."""
    sql = (
        "SELECT column_id, any_value(profile) FROM _nbm.data_column_profiles"
        " WHERE column_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY column_id"
    )
    return dict(con.execute(sql, [list(column_ids)]).fetchall())


def run_names(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What runs are called, as tables name them."""
    sql = "SELECT run_id, number, name FROM runs WHERE run_id IN (SELECT unnest(?::VARCHAR[]))"
    rows = con.execute(sql, [list(ids)]).fetchall() if ids else []
    return {run: {"id": run, "number": number, "name": name} for run, number, name in rows}


def edges(con: duckdb.DuckDBPyConnection, runs: Sequence[str]) -> list[dict[str, Any]]:
    """What data runs saw, in the order in which they did."""
    found = con.execute(
        "SELECT run_id, version_id, role, variable, source, content_id, rows, columns FROM data_edges"
        " WHERE run_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY seen_at, version_id, source",
        [list(runs)],
    )
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def runs_of(con: duckdb.DuckDBPyConnection, version_ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """(run id, version id, role) of every run that saw one of these versions."""
    sql = "SELECT DISTINCT run_id, version_id, role FROM data_edges WHERE version_id IN (SELECT unnest(?::VARCHAR[]))"
    return con.execute(sql, [list(version_ids)]).fetchall()


def _version(row: Sequence[Any]) -> Version:
    values = list(row)
    values[15], values[16] = tuple(values[15] or ()), tuple(values[16] or ())
    values[10], values[11] = values[10] or 0, values[11] or 0
    return Version(*values)
