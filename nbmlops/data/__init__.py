"""Versions of data: what it is, where it came from, what changed.

``ml.data.save(df, "train", message="dedup")``, then ``ml.data.load("train@v1")``, ``ml.data.log("train")``,
``ml.data.show("train@v3")``, ``ml.data.diff("train@v1", "train")``; in a notebook ``%mldata save df train -m "dedup"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbmlops.data.api import (
        Version,
        branch,
        list,  # noqa: A004 - it is called as ml.data.list
        load,
        log,
        save,
        show,
        tag,
    )
    from nbmlops.data.comparing import diff
    from nbmlops.data.dvc import from_dvc
    from nbmlops.data.housekeeping import gc, verify
    from nbmlops.data.lineage_graph import lineage
    from nbmlops.data.remotes import pull, push

__all__ = [
    "Version",
    "branch",
    "diff",
    "from_dvc",
    "gc",
    "lineage",
    "list",
    "load",
    "log",
    "pull",
    "push",
    "save",
    "show",
    "tag",
    "verify",
]

_HOMES = {
    "diff": "comparing", "from_dvc": "dvc", "gc": "housekeeping", "lineage": "lineage_graph", "pull": "remotes",
    "push": "remotes", "verify": "housekeeping",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a verb at its first use: importing the package costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'nbmlops.data' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"nbmlops.data.{_HOMES.get(name, 'api')}"), name)
    globals()[name] = value
    return value


def __dir__() -> Any:
    return sorted(__all__)
