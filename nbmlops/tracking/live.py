"""A run while it goes on, as this process sees it: from its own memory, never from the store."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.tracking import progress
from nbmlops.tracking.downsample import kept
from nbmlops.tracking.goals import HELD_OUT, SYSTEM, goal, words
from nbmlops.tracking.tail import Tail
from nbmlops.ui.packed import pack

if TYPE_CHECKING:
    from nbmlops.storage.session import Session
    from nbmlops.tracking.run import Run

FIRST: Final = 6  # metrics with a plot
MOST: Final = 12  # with those on held-out data, which often come late
POINTS: Final = 300  # a plot is some hundred pixels wide
SYSTEM_POINTS: Final = 120

watches: dict[str, Watch] = {}  # runs that somebody looks at, by id


class Watch:
    """What a live view of one run is drawn from.

    Parameters
    ----------
    session, run
        The run was begun in this session just now; nothing was logged yet.
    """

    def __init__(self, session: Session, run: Run) -> None:
        self.run = run
        self._tail = Tail(session, run.id)
        self._shown: list[str] = []
        self._ended_s: float | None = None
        watches[run.id] = self

    def look(self) -> bool:
        """Take in what was logged; False if nothing was."""
        return self._tail.look(self.run.logged)

    @property
    def is_whole(self) -> bool:
        """Whether every point was seen; of a flood some are."""
        return self._tail.is_whole

    def end(self, duration_s: float) -> None:
        """The run is over."""
        self.look()
        self._ended_s = duration_s

    def leave(self) -> None:
        """Nobody looks any more."""
        watches.pop(self.run.id, None)
        progress.forget(self.run.id)

    def data(self) -> dict[str, Any]:
        """What the view ``live`` is drawn from."""
        run, metrics = self.run, self._tail.metrics
        own = [key for key in dict.fromkeys([*metrics, *run.logged]) if not key.startswith(SYSTEM)]
        self._shown = shown_of([key for key in own if key in metrics], self._shown)
        sent = [self._sent(key, POINTS) for key in self._shown]
        elapsed = time.monotonic() - run.started if self._ended_s is None else self._ended_s
        return {
            "run": {"id": run.id, "number": run.number_hint, "name": run.name, "experiment": run.experiment},
            "status": run.status,
            "error": None,  # the traceback stands below
            "elapsed_s": round(elapsed, 1),
            "is_asked": run.is_asked_to_stop and run.is_open,
            "progress": progress.of_run(run.id),
            "metrics": self._shown,
            "others": len(own) - len(self._shown),
            "series": sent,
            "every": self._every(sent),
            "system": [self._sent(key, SYSTEM_POINTS) for key in metrics if key.startswith(SYSTEM)],
        }

    def _sent(self, key: str, most: int) -> dict[str, Any]:
        points = self._tail.metrics[key]
        return series(key, *points.columns(), most, max(points.count, self.run.logged.get(key, 0)))

    def _every(self, sent: Sequence[Mapping[str, Any]]) -> int | None:
        """Of how many points one was seen, in the metric of which most were passed over; None: all were."""
        if self.is_whole:
            return None
        return max((round(each["count"] / self._tail.metrics[each["key"]].count) for each in sent), default=None)


def shown_of(keys: Sequence[str], before: Sequence[str] = ()) -> list[str]:
    """Which metrics have a plot: the first ones, and those on held-out data; what has one keeps its place."""
    found = list(before)
    for key in keys:
        if key not in found and len(found) < (MOST if HELD_OUT.intersection(words(key)) else FIRST):
            found.append(key)
    return found


def series(key: str, steps: Any, values: Any, most: int, count: int | None = None) -> dict[str, Any]:
    """One metric as it travels: at most so many of its points."""
    chosen = kept(values, most)
    wanted = goal(key)
    return {
        "key": key,
        "x": pack(steps[chosen]),
        "y": pack(values[chosen]),
        "count": len(values) if count is None else count,
        "goal": wanted.direction if wanted else None,
    }
