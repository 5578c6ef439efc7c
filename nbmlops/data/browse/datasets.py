"""Datasets, their versions, and one version, for a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.data import listing, queries, version_page
from nbmlops.data.browse import asked
from nbmlops.data.records import Version
from nbmlops.errors import UnknownReference
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.view import View

if TYPE_CHECKING:
    import duckdb


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
    return page.data()


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


def _rows(view: View) -> list[dict[str, object]]:
    return [dict(row) for row in view.rows]
