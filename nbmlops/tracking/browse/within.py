"""Curves inside another view, saved with it: where nobody can be asked, they are drawn all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from nbmlops.tracking.browse import curves
from nbmlops.ui.shown import Known

_POINTS: Final = 2500  # over all series; a picture in a cell shows no more
_RUN_CURVES: Final = 12  # as js/src/views/run/sections.ts has it


def of_run(read: Callable[..., Any], saved: Mapping[str, Any]) -> list[Known]:
    """What the saved data of a run's page asks for at once."""
    keys = [row["key"] for row in saved["metrics"]["rows"] if row["count"] > 1]
    if not keys:
        return []
    args = {"runs": [saved["run"]["id"]], "metrics": keys[:_RUN_CURVES]}
    wanted = curves.Wanted.of(args)
    return [("curves", args, read(lambda con: curves.data(con, wanted, points=_POINTS)))]
