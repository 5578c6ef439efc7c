"""From a reference to the version that it names."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from nbmlops.data import names, queries
from nbmlops.data.names import MAIN, Reference
from nbmlops.data.records import Version
from nbmlops.errors import UnknownReference

if TYPE_CHECKING:
    import duckdb


def resolve(con: duckdb.DuckDBPyConnection, what: Any) -> Version:
    """The version that is meant.

    Parameters
    ----------
    what
        A text such as ``train@v3``, or a `Version`.

    Raises
    ------
    UsageError
        The text is no reference.
    UnknownReference
        It names nothing; close matches are named.
    """
    if isinstance(what, Version):
        return what
    ref = names.parse(what)
    found = _named(con, ref)
    for step in range(ref.back):
        parent = queries.by_id(con, found.parents[:1]).get(found.parents[0]) if found.parents else None
        if parent is None:
            raise UnknownReference(
                f"{ref} goes {ref.back} versions back; {step} are there", f"ml.data.log({ref.dataset!r}) lists them"
            )
        found = parent
    return found


def tip(con: duckdb.DuckDBPyConnection, dataset: str, branch: str = MAIN) -> Version | None:
    """The version that a branch is at."""
    found = queries.ref(con, dataset, branch)
    return queries.by_id(con, [found[1]]).get(found[1]) if found is not None else None


def must_exist(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Refuse the name of a dataset that is not there.

    Raises
    ------
    UnknownReference
    """
    known = queries.datasets(con)
    if dataset not in known:
        raise UnknownReference(f"there is no dataset {dataset!r}", _close(dataset, known, "ml.data.list() shows all"))


def _named(con: duckdb.DuckDBPyConnection, ref: Reference) -> Version:
    if ref.number is not None:
        found = queries.versions(con, "c.dataset = ? AND n.number = ?", [ref.dataset, ref.number])
        if found:
            return found[0]
    must_exist(con, ref.dataset)
    if not ref.at:
        return tip(con, ref.dataset) or queries.of_dataset(con, ref.dataset, 1)[0]
    if ref.at == "latest":
        return queries.of_dataset(con, ref.dataset, 1)[0]
    if ref.number is not None:
        newest = queries.of_dataset(con, ref.dataset, 1)[0]
        raise UnknownReference(f"there is no version {ref}", f"the newest is {newest.name}")
    if ref.at.startswith("nb1:"):
        found = queries.versions(con, "c.dataset = ? AND starts_with(c.content_id, ?)", [ref.dataset, ref.at])
        if found:
            return found[0]
    elif known := tip(con, ref.dataset, ref.at):
        return known
    others = [name for _, name, _, _ in queries.refs(con, ref.dataset)]
    raise UnknownReference(
        f"{ref.dataset} has no tag or branch {ref.at!r}", _close(ref.at, others, f"it has {', '.join(others[:8])}")
    )


def _close(name: str, known: Sequence[str], otherwise: str) -> str:
    close = get_close_matches(name, known, 3)
    return f"did you mean {', '.join(close)}?" if close else otherwise
