"""The live view of a run cell: shown when the cell takes long, pushed from a thread, kept at the end."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, Final

from nbmlops.config import settings
from nbmlops.ipython.recorder import Shown
from nbmlops.ipython.showing import Screen
from nbmlops.storage import session as storage_session
from nbmlops.tracking.line import RunLine
from nbmlops.tracking.live import Watch
from nbmlops.tracking.run import Run

SLOWER: Final = 40_000  # what is larger is pushed once a second
_log = logging.getLogger("nbmlops")


class LiveView:
    """What is seen of a run cell while it blocks the kernel.

    Nothing is shown before it is due, and nothing where the front end has no widgets.
    """

    def __init__(self, screen: Screen, shown: Shown | None, run: Run, *, at_once: bool) -> None:
        session = storage_session.current()
        self._screen = screen
        self._place = screen.place()  # while the cell's own message is the current one
        self._shown = shown
        self._watch = Watch(session, run)
        self._session = session
        self._due = run.started + (0.0 if at_once else settings().live_after_s)
        self._lock = threading.Lock()
        self._widget: Any = None
        self._said: Any = None
        self._clears = 0
        self._next_push = 0.0
        self._is_over = False
        session.on_look.append(self.look)

    @classmethod
    def of(cls, screen: Screen, shown: Shown | None, run: Run, line: RunLine) -> LiveView | None:
        """The view of a run that begins now, or None where none is wanted or could be seen."""
        is_wanted = line.live or settings().live_after_s >= 0
        if line.quiet or settings().quiet or not is_wanted or not screen.has_places:
            return None
        return cls(screen, shown, run, at_once=line.live)

    def look(self) -> None:
        """Four times a second, on the thread that only looks."""
        with self._lock:
            if self._is_over:
                return
            try:
                self._watch.look()
                now = time.monotonic()
                if now >= max(self._due, self._next_push):
                    self._push(now)
            except Exception as error:  # noqa: BLE001 - the cell goes on, and so does what keeps its records
                self._give_up(error)

    def finish(self, duration_s: float) -> None:
        """The cell is over: what is seen now is what the notebook keeps."""
        with self._lock:
            if self._is_over:
                return
            self._look_no_more()
        try:
            if self._widget is not None:
                self._watch.end(duration_s)
                self._show_last()
        except Exception as fault:  # noqa: BLE001 - the footer comes next
            self._tell(fault)
        finally:
            self._watch.leave()

    def _push(self, now: float) -> None:
        from nbmlops.tracking.browse import live

        found = self._watch.data()
        said = _gist(found)
        if said == self._said:
            return
        self._said = said
        size = sum(len(str(each)) for each in found["series"])
        self._next_push = now + (1.0 if size > SLOWER else 0.0)
        if self._widget is not None:
            self._widget.refresh(found)
            return
        from nbmlops.tracking.desk import here

        self._widget = self._screen.widget(live.shown(found), here())
        if self._widget is None:
            self._stop()
        else:
            self._clears = self._cleared()
            self._place.show(*self._widget._repr_mimebundle_())

    def _cleared(self) -> int:
        """How often the cell has cleared what it showed, and this view with it."""
        return 0 if self._shown is None else self._shown.log.clears

    def _show_last(self) -> None:
        from nbmlops.tracking.browse import live
        from nbmlops.tracking.desk import here

        if not self._watch.is_whole:  # reading it all can take seconds; that it is over is seen now
            self._widget.refresh(self._watch.data())
        self._widget.update(live.shown(live.last(here(), self._watch)))
        place = self._place if self._cleared() == self._clears else self._place.again()
        (place.update if place.is_shown else place.show)(*self._widget._repr_mimebundle_())

    def _give_up(self, error: Exception) -> None:
        self._tell(error)
        self._stop()

    def _tell(self, error: Exception) -> None:
        _log.warning("the live view of run %s is given up: %r", self._watch.run.label, error)
        _log.debug("", exc_info=error)

    def _stop(self) -> None:
        self._look_no_more()
        self._watch.leave()

    def _look_no_more(self) -> None:
        self._is_over = True
        if self.look in self._session.on_look:
            self._session.on_look.remove(self.look)


def _gist(found: dict[str, Any]) -> Any:
    """What makes a new picture; the time that passes is counted by the view itself."""
    loops = [(loop["desc"], loop["done"], loop["total"], loop["is_over"]) for loop in found["progress"]]
    counts = [(each["key"], each["count"]) for each in (*found["series"], *found["system"])]
    return found["status"], found["is_asked"], loops, counts
