"""Datasets, their versions, and one version, for a browser."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nbmlops.data import listing, queries, version_page
from nbmlops.data.browse import asked
from nbmlops.data.drawing import column_facts, heights
from nbmlops.data.records import Version
from nbmlops.errors import MLError, UnknownReference
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.view import View

if TYPE_CHECKING:
    import duckdb

_MOST_COLUMNS = 500


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """All datasets."""
    return {"rows": _rows(desk.store.read(listing.datasets, key=("data", "list")))}


def one(desk: Desk, args: Args) -> dict[str, Any]:
    """The versions of a dataset. ``{dataset}``"""
    name = asked.text(args, "dataset")
    found = desk.store.read(lambda con: listing.versions(con, name), key=("data", "log", name))
    return {"dataset": name, "rows": _rows(found)}


def version(desk: Desk, args: Args) -> dict[str, Any]:
    """One version: schema, profile, first rows, where it came from. ``{version}``"""
    which = asked.text(args, "version")

    def read(con: duckdb.DuckDBPyConnection) -> version_page.Facts:
        return version_page.read(con, known(con, which))

    page = version_page.VersionPage(desk.store.read(read, key=("data", "show", which)), desk.store)
    found: dict[str, Any] = {"version": _plain(page.version), "line": page.facts_line()}
    found["columns"] = [
        {"name": each.name, "type": each.type, "nulls": each.nulls, "rows": each.rows, "distinct": each.distinct,
         "bars": heights(each), "said": column_facts(each)}
        for each in page.profile[:_MOST_COLUMNS]
    ]  # fmt: skip
    try:
        head = page.head()
        found["head"] = {"names": [str(name) for name in head.columns], "rows": head.astype(object).values.tolist()}
    except MLError as error:
        found["head"] = {"missing": error.message}
    return found


def known(con: duckdb.DuckDBPyConnection, which: str) -> Version:
    """A version by its id.

    Raises
    ------
    UnknownReference
    """
    found = queries.by_id(con, [which]).get(which)
    if found is None:
        raise UnknownReference(f"the store holds no version {which[:40]}", "it may be in another store: ml.store()")
    return found


def _plain(found: Version) -> dict[str, Any]:
    said = asdict(found)
    for name in ("manifest", "note", "is_new"):
        said.pop(name)
    return said | {"name": found.name, "shape": found.shape}


def _rows(view: View) -> list[dict[str, object]]:
    return [dict(row) for row in view.rows]
