"""A diff of two versions for a browser, and more of its cells and rows on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import diff_page, held
from nbmlops.data.browse import asked
from nbmlops.data.browse.datasets import known
from nbmlops.data.differences.rows import Tolerance
from nbmlops.data.differing import difference
from nbmlops.data.drawing import frame_data
from nbmlops.data.outcome import DataDiff
from nbmlops.data.parties import VersionParty
from nbmlops.errors import UsageError
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.plain import plain

if TYPE_CHECKING:
    import duckdb

    from nbmlops.data.records import Version

_MOST: Final = 1000


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The diff. ``{before, after, key, tol, rows}``: ids of versions, columns, a tolerance, how many cells."""
    rows = asked.whole(args, "rows", 50, _MOST)
    return plain(diff_page.data(_diff(desk, args), rows, is_cut=True))  # type: ignore[no-any-return]


def cells(desk: Desk, args: Args) -> dict[str, Any]:
    """More cells that changed. ``{before, after, key, tol, place, offset, limit}``

    A column is named by its place after the change: it may be called anything, or nothing.
    """
    diff, column = _diff(desk, args), None
    if args.get("place") is not None:
        column = _column(diff, asked.whole(args, "place", 0, 10**6))
    found = diff.cells(column, limit=_limit(args), offset=_offset(args))
    return plain(frame_data(found, is_cut=True))  # type: ignore[no-any-return]


def rows(desk: Desk, args: Args) -> dict[str, Any]:
    """More rows of one kind. ``{before, after, key, tol, kind, offset, limit}``"""
    kind = asked.text(args, "kind")
    if kind not in ("added", "removed", "changed"):
        raise UsageError(f"there is no kind of rows {kind!r:.40}", "reload the page")
    found = _diff(desk, args).rows(kind, limit=_limit(args), offset=_offset(args))
    return plain(frame_data(found, is_cut=True))  # type: ignore[no-any-return]


def _column(diff: DataDiff, place: int) -> str:
    schema = diff.found.schema
    for pair in schema.pairs if schema is not None else ():
        if pair.right == place:
            return pair.label
    raise UsageError(f"no column of both stands at place {place}", "reload the page")


def _limit(args: Args) -> int:
    return asked.whole(args, "limit", 100, _MOST)


def _offset(args: Args) -> int:
    return asked.whole(args, "offset", 0, 10**12)


def _diff(desk: Desk, args: Args) -> DataDiff:
    """The diff that is asked about; the last few are remembered: versions never change, and live objects are held."""
    if args.get("held") is not None:
        live = held.find(asked.text(args, "held"))
        if live is None:
            raise UsageError("this diff is of objects that are no longer held", "run its cell again")
        return live
    before, after = asked.text(args, "before"), asked.text(args, "after")
    key, tol = asked.texts(args, "key"), asked.number(args, "tol")
    tolerance = Tolerance(tol)
    name = (str(desk.store.path), before, after, tuple(key or ()), tol)
    known_one = held.find(name)
    if known_one is not None:
        return known_one

    def read(con: duckdb.DuckDBPyConnection) -> tuple[Version, Version]:
        return known(con, before), known(con, after)

    one, two = (
        VersionParty(each.name, each.kind, each.content_id, each.size_bytes, desk.store, each)
        for each in desk.store.read(read, key=("data", "diff", before, after))
    )
    found = DataDiff(one, two, difference(one, two, key=key, tolerance=tolerance), key=key, tolerance=tolerance)
    held.hold(name, found)
    return found
