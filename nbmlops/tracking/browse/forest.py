"""Importance by a random forest, of the runs that are looked at."""

from __future__ import annotations

from typing import Any, Final

from nbmlops.tracking import forest
from nbmlops.tracking.axes import Axis
from nbmlops.tracking.browse import asked, explore
from nbmlops.ui.desk import Args, Desk

MOST_PARAMS: Final = 30  # the strongest by themselves; each costs a second look of the forest at every run


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Grow a forest for a browser: of the runs of the filter, or of those in ``runs``."""
    wanted = explore.Wanted.of(args)
    ids = set(asked.run_ids(args, explore.MOST_RUNS)) if args.get("runs") is not None else None
    found: explore.Found = desk.store.read(lambda con: explore.gather(con, wanted))
    return grown(found, ids)


def grown(found: explore.Found, ids: set[str] | None = None) -> dict[str, Any]:
    """What the forest needed of the strongest params."""
    metric = explore.chosen_metric(found)
    if metric is None:
        return {"params": [], "r_squared": None, "runs": 0, "left_out": 0, "why": "no metric"}
    places = [at for at, head in enumerate(found.heads) if ids is None or head["run_id"] in ids]
    ranked, _ = explore.strengths(found, metric)
    keys = [each.key for each in ranked]
    axes = {key: Axis.of(found.params[key]).part(places) for key in keys[:MOST_PARAMS]}
    told = forest.forest(axes, [found.last[metric][at] for at in places])
    return {
        "params": [
            {"key": key, "loss": round(loss, 4), "spread": round(told.spreads[key], 4)}
            for key, loss in told.losses.items()
        ],
        "r_squared": None if told.r_squared is None else round(told.r_squared, 4),
        "runs": told.runs,
        "left_out": max(0, len(keys) - MOST_PARAMS),
        "why": told.why,
    }
