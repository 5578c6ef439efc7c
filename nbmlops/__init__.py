"""nbmlops: the MLOps loop inside the notebook, in one DuckDB file.

``%load_ext nbmlops`` and ``import nbmlops as ml``; then ``%mlrun`` on top of a cell makes it a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from nbmlops import data as data
    from nbmlops.errors import MLError, Stopped
    from nbmlops.tracking.api import (
        begin,
        capture,
        compare,
        delete,
        end,
        export,
        forget,
        get,
        goal,
        log,
        log_batch,
        note,
        params,
        progress,
        restore,
        resume,
        run,
        runs,
        sql,
        store,
        tag,
        use,
    )

_HOMES = {
    "MLError": "nbmlops.errors",
    "Stopped": "nbmlops.errors",
    **dict.fromkeys(
        (
            "begin", "capture", "compare", "delete", "end", "export", "forget", "get", "goal", "log", "log_batch",
            "note", "params", "progress", "restore", "resume", "run", "runs", "sql", "store", "tag", "use",
        ),
        "nbmlops.tracking.api",
    ),
}  # fmt: skip

__all__ = [
    "MLError",
    "Stopped",
    "begin",
    "capture",
    "compare",
    "delete",
    "end",
    "export",
    "forget",
    "get",
    "goal",
    "log",
    "log_batch",
    "note",
    "params",
    "progress",
    "restore",
    "resume",
    "run",
    "runs",
    "sql",
    "store",
    "tag",
    "use",
]


def __getattr__(name: str) -> Any:
    """Load a public name at its first use: importing the package costs nothing."""
    from importlib import import_module

    if name == "data":
        import_module("nbmlops.tracking.current")  # it knows which run and notebook versions belong to
        return import_module("nbmlops.data")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'nbmlops' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "data"])


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext nbmlops``."""
    _extension().load_ipython_extension(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext nbmlops``."""
    _extension().unload_ipython_extension(shell)


def _extension() -> Any:
    from importlib import import_module

    return import_module("nbmlops.ipython.extension")
