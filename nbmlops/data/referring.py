"""Tags that stay and branches that move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.data import names, place, queries, resolving, turns
from nbmlops.data.records import Version
from nbmlops.errors import UsageError

if TYPE_CHECKING:
    import duckdb


def tag(what: Any, name: str, *, remove: bool = False) -> Version:
    """Name a version for good; see ``ml.data.tag``."""
    return _set(what, name, "tag", may_move=False, remove=remove)


def branch(what: Any, name: str, *, move: bool = False, remove: bool = False) -> Version:
    """Begin a branch at a version, or move it there; see ``ml.data.branch``."""
    return _set(what, name, "branch", may_move=move, remove=remove)


def _set(what: Any, name: str, kind: str, *, may_move: bool, remove: bool) -> Version:
    label = names.label(name, kind)

    def look(con: duckdb.DuckDBPyConnection) -> tuple[Version, tuple[str, str] | None]:
        version = resolving.resolve(con, what)
        return version, queries.ref(con, version.dataset, label)

    dataset = place.store().read(lambda con: resolving.resolve(con, what)).dataset
    store = place.session().store
    with turns.turn(store, dataset):
        version, known = turns.read(store, look)
        if known is not None and known[0] != kind:
            raise UsageError(
                f"{version.dataset} has a {known[0]} {label!r} already", f"choose another name for the {kind}"
            )
        if remove:
            if known is None:
                raise UsageError(f"{version.dataset} has no {kind} {label!r}", f"ml.data.log({version.dataset!r})")
            if (kind, label) == ("branch", names.MAIN):
                raise UsageError("main cannot be taken away", "it is where versions are saved when nothing is said")
        elif known is not None and known[1] != version.id and not may_move:
            hint = "take it away first: remove=True" if kind == "tag" else "move=True moves it"
            raise UsageError(f"the {kind} {label!r} of {version.dataset} is at another version", hint)
        if known is None or remove or known[1] != version.id:
            said = {"dataset": version.dataset, "name": label, "kind": kind, "version": None if remove else version.id}
            place.session().append("data.ref", said)
    return version
