"""Datasets, their versions, and one version, for a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import listing, lists, queries, resolving, version_page
from nbmlops.data.browse import asked
from nbmlops.data.lists import PAGE
from nbmlops.data.records import Version
from nbmlops.errors import UnknownReference, UsageError
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb

MOST: Final = 5000
MOST_OPENED: Final = 50


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Datasets. ``{find, limit, opened}``: a part of the name; of which to send versions, and how many.

    ``opened`` (``{"train": 50}``) is for a list that unfolds: one question, one moment.
    """
    find, limit, opened = _find(args), asked.whole(args, "limit", PAGE, MOST), _opened(args)

    def read(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [dict(row) for row in listing.datasets(con, find, limit)]
        for row in rows:
            if row["dataset"] in opened:
                found, total = queries.page(con, row["dataset"], "", opened[row["dataset"]])
                row["opened"] = {"rows": listing.versions(con, found), "total": total}
        every = queries.count_datasets(con)
        total = every if not find else len(queries.heads(con, find))
        return lists.answer_of(rows, total, every)

    return desk.store.read(read, key=("data", "list", find, limit, str(opened)))  # type: ignore[no-any-return]


def one(desk: Desk, args: Args) -> dict[str, Any]:
    """The versions of a dataset. ``{dataset, find, limit}``: a part of a message or name, how many."""
    name, find, limit = asked.text(args, "dataset"), _find(args), asked.whole(args, "limit", PAGE, MOST)

    def read(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        found, total = queries.page(con, name, find, limit)
        every = total if not find else queries.page(con, name, "", 0)[1]
        if not every:
            resolving.must_exist(con, name)
        return lists.answer_of(listing.versions(con, found), total, every, name)

    return desk.store.read(read, key=("data", "log", name, find, limit))  # type: ignore[no-any-return]


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


def _find(args: Args) -> str:
    """A part of a name; blanks around it are none."""
    value = args.get("find") or ""
    if not isinstance(value, str):
        raise UsageError(f"'find' is a text; found {value!r:.60}", "reload the page")
    return value.strip()[:300]


def _opened(args: Args) -> dict[str, int]:
    value = args.get("opened") or {}
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise UsageError(f"'opened' names datasets; found {value!r:.60}", "reload the page")
    return {name: asked.whole(value, name, PAGE, MOST) for name in [*value][:MOST_OPENED]}
