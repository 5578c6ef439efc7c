"""Datasets, and the versions of one: as plain rows for a browser, and as tables to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypedDict

from nbmlops.data import queries
from nbmlops.data.records import Version
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb

_MODES: Final = {"keep": "kept", "hash": "not kept", "sample": "sample"}
_MOST_REFS: Final = 12
_LONGEST: Final = 300  # of a message: the page of the version has the whole
_EMPTY: Final = 'No dataset yet. ml.data.save(df, "train"), or %mldata save df train, makes the first version of one.'


class Ref(TypedDict):
    """A tag or branch, and the number of the version that it is at."""

    name: str
    kind: str
    number: int | None


class DatasetRow(TypedDict):
    """A dataset; shape, size and message are those of the version that its name alone means."""

    dataset: str
    kind: str
    id: str
    at: int
    newest: int
    count: int
    shape: str
    size_bytes: int
    changed_at: datetime
    message: str
    refs: list[Ref]
    more_refs: int


class VersionRow(TypedDict):
    """A version of a dataset."""

    id: str
    number: int
    kind: str
    refs: list[Ref]
    more_refs: int
    created_at: datetime
    run: dict[str, Any] | None
    shape: str
    size_bytes: int
    new_bytes: int
    kept: str
    parents: list[int]
    message: str
    content: str


def datasets(con: duckdb.DuckDBPyConnection, find: str = "", limit: int | None = None) -> list[DatasetRow]:
    """All datasets, the one that was changed last first."""
    found = queries.heads(con, find, limit)
    if not found:
        return []
    known = queries.by_id(con, list({which for row in found for which in row[2:]}))
    refs = _refs(con, None)
    rows: list[DatasetRow] = []
    for name, count, newest, main in found:
        tip, last = known[main], known[newest]
        named = [ref for ref in refs.get(name, {}).get("", []) if (ref["kind"], ref["name"]) != ("branch", "main")]
        rows.append({
            "dataset": name, "kind": tip.kind, "id": tip.id, "at": tip.number, "newest": last.number, "count": count,
            "shape": tip.shape, "size_bytes": tip.size_bytes, "changed_at": last.created_at,
            "message": _cut(tip.message), "refs": named[:_MOST_REFS], "more_refs": max(0, len(named) - _MOST_REFS),
        })  # fmt: skip
    return rows


def versions(con: duckdb.DuckDBPyConnection, found: Sequence[Version]) -> list[VersionRow]:
    """These versions of one dataset with what names them, and the runs that made them."""
    if not found:
        return []
    named = _refs(con, found[0].dataset)[found[0].dataset]
    numbers = {each.id: each.number for each in found}
    elsewhere = {parent for each in found for parent in each.parents} - numbers.keys()
    numbers |= {each.id: each.number for each in queries.by_id(con, sorted(elsewhere)).values()}
    runs = queries.run_names(con, sorted({version.run_id for version in found if version.run_id}))
    rows: list[VersionRow] = []
    for version in found:
        refs = named.get(version.id, [])
        rows.append({
            "id": version.id, "number": version.number, "kind": version.kind, "refs": refs[:_MOST_REFS],
            "more_refs": max(0, len(refs) - _MOST_REFS), "created_at": version.created_at,
            "run": runs.get(version.run_id or ""), "shape": version.shape, "size_bytes": version.size_bytes,
            "new_bytes": version.new_bytes, "kept": "collected" if version.is_dropped else _MODES[version.mode],
            "parents": [numbers[parent] for parent in version.parents if parent in numbers],
            "message": _cut(version.message), "content": version.content_id[:12],
        })  # fmt: skip
    return rows


def datasets_view(rows: Sequence[DatasetRow]) -> View:
    """Datasets as a table."""
    cells = tuple(
        {
            "dataset": row["dataset"], "newest": f"v{row['at']}", "count": row["count"], "shape": row["shape"],
            "size": row["size_bytes"], "changed": row["changed_at"], "refs": [ref["name"] for ref in row["refs"]],
            "message": row["message"],
        }
        for row in rows
    )  # fmt: skip
    columns = (
        Column("dataset", "dataset"), Column("newest", "at"), Column("count", "versions", "number"),
        Column("shape", "rows × columns"), Column("size", "size", "bytes"), Column("changed", "changed", "time"),
        Column("refs", "refs", "tags"), Column("message", "message"),
    )  # fmt: skip
    return View("datasets", "datasets", columns, cells, empty=_EMPTY)


def versions_view(dataset: str, rows: Sequence[VersionRow]) -> View:
    """The versions of a dataset as a table."""
    cells: tuple[dict[str, object], ...] = tuple(
        {
            "version": f"v{row['number']}", "refs": [ref["name"] for ref in row["refs"]], "at": row["created_at"],
            "run": row["run"], "shape": row["shape"], "size": row["size_bytes"], "new": row["new_bytes"],
            "kept": row["kept"], "parents": ", ".join(f"v{parent}" for parent in row["parents"]),
            "message": row["message"], "content": row["content"],
        }
        for row in rows
    )  # fmt: skip
    columns = (
        Column("version", "version"), Column("refs", "refs", "tags"), Column("at", "saved", "time"),
        Column("run", "run", "run"), Column("shape", "rows × columns"), Column("size", "size", "bytes"),
        Column("new", "added", "bytes"), Column("kept", "values"), Column("parents", "from"),
        Column("message", "message"), Column("content", "content", "code"),
    )  # fmt: skip
    shown = tuple(column for column in columns if any(row.get(column.key) not in (None, "", []) for row in cells))
    return View("versions", dataset, shown, cells)


def _refs(con: duckdb.DuckDBPyConnection, dataset: str | None) -> dict[str, dict[str, list[Ref]]]:
    """Tags and branches by dataset and version; under no version those of the whole dataset."""
    found: dict[str, dict[str, list[Ref]]] = {dataset: {}} if dataset is not None else {}
    known = queries.refs(con, dataset)
    numbers = {each.id: each.number for each in queries.by_id(con, sorted({ref[3] for ref in known})).values()}
    for name, label, kind, version in known:
        ref: Ref = {"name": label, "kind": kind, "number": numbers.get(version)}
        of_dataset = found.setdefault(name, {})
        for place in ("", version):
            of_dataset.setdefault(place, []).append(ref)
    return found


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
