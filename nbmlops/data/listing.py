"""Tables of datasets and of the versions of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.data import queries, resolving
from nbmlops.data.records import Version
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb

_MODES = {"keep": "kept", "hash": "not kept", "sample": "sample"}


def datasets(con: duckdb.DuckDBPyConnection) -> View:
    """All datasets, the one that was changed last first."""
    known = queries.refs(con)
    rows = []
    for name in queries.datasets(con):
        versions = queries.of_dataset(con, name)
        newest = versions[0]
        tip = resolving.tip(con, name) or newest
        rows.append({
            "dataset": name, "newest": f"v{tip.number}", "count": len(versions), "shape": tip.shape,
            "size": tip.size_bytes, "changed": newest.created_at, "message": tip.message,
            "refs": [ref for dataset, ref, kind, _ in known if dataset == name and (kind, ref) != ("branch", "main")],
        })  # fmt: skip
    columns = (
        Column("dataset", "dataset"), Column("newest", "at"), Column("count", "versions", "number"),
        Column("shape", "rows × columns"), Column("size", "size", "bytes"), Column("changed", "changed", "time"),
        Column("refs", "refs", "tags"), Column("message", "message"),
    )  # fmt: skip
    empty = 'No dataset yet. ml.data.save(df, "train"), or %mldata save df train, makes the first version of one.'
    return View("datasets", "datasets", columns, tuple(rows), empty=empty)


def versions(con: duckdb.DuckDBPyConnection, dataset: str) -> View:
    """The versions of a dataset, the newest first."""
    resolving.must_exist(con, dataset)
    found = queries.of_dataset(con, dataset)
    named: dict[str, list[str]] = {}
    for _, name, _, version in queries.refs(con, dataset):
        named.setdefault(version, []).append(name)
    numbers = {version.id: version.number for version in found}
    runs = queries.run_names(con, sorted({version.run_id for version in found if version.run_id}))
    rows = tuple(_row(version, named, numbers, runs) for version in found)
    columns = (
        Column("version", "version"), Column("refs", "refs", "tags"), Column("at", "saved", "time"),
        Column("run", "run", "run"), Column("shape", "rows × columns"), Column("size", "size", "bytes"),
        Column("new", "added", "bytes"), Column("kept", "values"), Column("parents", "from"),
        Column("message", "message"), Column("content", "content", "code"),
    )  # fmt: skip
    shown = tuple(column for column in columns if any(row.get(column.key) not in (None, "", []) for row in rows))
    return View("versions", dataset, shown, rows)


def _row(
    version: Version, named: dict[str, list[str]], numbers: dict[str, int], runs: dict[str, dict[str, Any]]
) -> dict[str, object]:
    return {
        "version": f"v{version.number}",
        "refs": named.get(version.id, []),
        "at": version.created_at,
        "run": runs.get(version.run_id or ""),
        "shape": version.shape,
        "size": version.size_bytes,
        "new": version.new_bytes,
        "kept": "collected" if version.is_dropped else _MODES[version.mode],
        "parents": ", ".join(f"v{numbers[parent]}" for parent in version.parents if parent in numbers),
        "message": version.message,
        "content": version.content_id[:12],
    }
