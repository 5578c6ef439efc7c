"""A diff of two versions for a browser, and more of its cells and rows on request."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.browse import asked
from nbmlops.data.browse.datasets import known
from nbmlops.data.differences.rows import Tolerance
from nbmlops.data.differing import difference
from nbmlops.data.outcome import DataDiff
from nbmlops.data.parties import VersionParty
from nbmlops.errors import UsageError
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb

    from nbmlops.data.records import Version

_MOST: Final = 1000
_KEPT: Final = 4
_lock = Lock()
_recent: OrderedDict[tuple[Any, ...], DataDiff] = OrderedDict()


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The diff. ``{before, after, key, tol, rows}``: ids of versions, columns, a tolerance, how many cells."""
    return _diff(desk, args).data(asked.whole(args, "rows", 50, _MOST))


def cells(desk: Desk, args: Args) -> dict[str, Any]:
    """More cells that changed. ``{before, after, key, tol, column, offset, limit}``"""
    column = asked.text(args, "column") if args.get("column") is not None else None
    found = _diff(desk, args).cells(column, limit=_limit(args), offset=_offset(args))
    return {"names": [str(name) for name in found.columns], "rows": found.astype(object).values.tolist()}


def rows(desk: Desk, args: Args) -> dict[str, Any]:
    """More rows of one kind. ``{before, after, key, tol, kind, offset, limit}``"""
    kind = asked.text(args, "kind")
    if kind not in ("added", "removed", "changed"):
        raise UsageError(f"there is no kind of rows {kind!r:.40}", "reload the page")
    found = _diff(desk, args).rows(kind, limit=_limit(args), offset=_offset(args))
    return {"names": [str(name) for name in found.columns], "rows": found.astype(object).values.tolist()}


def _limit(args: Args) -> int:
    return asked.whole(args, "limit", 100, _MOST)


def _offset(args: Args) -> int:
    return asked.whole(args, "offset", 0, 10**12)


def _diff(desk: Desk, args: Args) -> DataDiff:
    """The diff that is asked about; the last few are remembered, as versions never change."""
    before, after = asked.text(args, "before"), asked.text(args, "after")
    key, tol = asked.texts(args, "key"), asked.number(args, "tol")
    name = (str(desk.store.path), before, after, tuple(key or ()), tol)
    with _lock:
        if name in _recent:
            _recent.move_to_end(name)
            return _recent[name]

    def read(con: duckdb.DuckDBPyConnection) -> tuple[Version, Version]:
        return known(con, before), known(con, after)

    one, two = (
        VersionParty(each.name, each.kind, each.content_id, each.size_bytes, desk.store, each)
        for each in desk.store.read(read, key=("data", "diff", before, after))
    )
    found = DataDiff(one, two, difference(one, two, key=key, tolerance=Tolerance(tol)))
    with _lock:
        _recent[name] = found
        while len(_recent) > _KEPT:
            _recent.popitem(last=False)
    return found
