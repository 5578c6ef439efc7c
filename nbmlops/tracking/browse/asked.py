"""What a browser asks with: every argument is checked, since anybody could have sent it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.ui.desk import Args

if TYPE_CHECKING:
    import duckdb

_RELOAD = "the page may be of another version of nbmlops: reload it, and restart the kernel"


def run_id(args: Args) -> str:
    """The one run that is meant."""
    value = args.get("run")
    if not isinstance(value, str) or not value or len(value) > 100:
        raise UsageError(f"'run' is the id of a run; found {value!r:.60}", _RELOAD)
    return value


def run_ids(args: Args, most: int) -> list[str]:
    """The runs that are meant, each once, in order; of more than ``most`` the first ones."""
    value = args.get("runs")
    if not isinstance(value, list) or not all(isinstance(each, str) and len(each) <= 100 for each in value):
        raise UsageError(f"'runs' is a list of ids of runs; found {value!r:.60}", _RELOAD)
    return list(dict.fromkeys(value))[:most]


def texts(args: Args, name: str, most: int = 1000) -> list[str] | None:
    """A list of texts, or None where there is none."""
    value = args.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{name!r} is a list of texts; found {value!r:.60}", _RELOAD)
    return value[:most]


def text(args: Args, name: str, default: str | None = None) -> str:
    """A text."""
    value = args.get(name, default)
    if not isinstance(value, str):
        raise UsageError(f"{name!r} is a text; found {value!r:.60}", _RELOAD)
    return value


def whole(args: Args, name: str, default: int, most: int) -> int:
    """A whole number from 0 to ``most``; a larger one is ``most``."""
    value = args.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise UsageError(f"{name!r} is a whole number from 0; found {value!r:.60}", _RELOAD)
    return min(int(value), most)


def known_run(con: duckdb.DuckDBPyConnection, run: str) -> dict[str, Any]:
    """The fields of a run; says so if there is none.

    Raises
    ------
    UnknownReference
        The store holds no such run.
    """
    from nbmlops.tracking import queries

    found = queries.heads(con, [run])
    if not found:
        raise UnknownReference(
            f"the store holds no run {run[:40]}", "it may have been forgotten, or it is in another store: ml.store()"
        )
    return found[0]
