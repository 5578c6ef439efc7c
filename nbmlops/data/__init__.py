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
        diff,
        lineage,
        list,  # noqa: A004 - it is called as ml.data.list
        load,
        log,
        save,
        show,
        tag,
    )

__all__ = ["Version", "branch", "diff", "lineage", "list", "load", "log", "save", "show", "tag"]


def __getattr__(name: str) -> Any:
    """Load a verb at its first use: importing the package costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'nbmlops.data' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("nbmlops.data.api"), name)
    globals()[name] = value
    return value


def __dir__() -> Any:
    return sorted(__all__)
