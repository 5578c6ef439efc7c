"""One thread for the work that nobody should wait for."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

TICK_S: Final = 0.25


@dataclass
class _Habit:
    """Something done again and again."""

    action: Callable[[], None]
    seconds: float
    last: float


class Background:
    """Runs tasks soon, habits every so many seconds, and looks four times a second.

    A fault in one of them is reported and stops none of the others.
    """

    def __init__(self, on_fault: Callable[[Exception], None]) -> None:
        self.looks: list[Callable[[], None]] = []
        self._on_fault = on_fault
        self._habits: list[_Habit] = []
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name="nbmlops", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def every(self, seconds: float, action: Callable[[], None]) -> None:
        """Do ``action`` every so many seconds."""
        self._habits.append(_Habit(action, seconds, time.monotonic()))

    def wake(self) -> None:
        """Look now instead of at the next tick."""
        self._wake.set()

    def soon(self, task: Callable[[], None]) -> None:
        """Run ``task`` once, at the next tick: a short cell is over by then."""
        self._tasks.put(task)

    def finish(self, wait: float) -> None:
        """Run the tasks that are left, and end; at most ``wait`` seconds."""
        self._is_closing = True
        self._wake.set()
        if self._thread is not threading.current_thread() and self._thread.is_alive():
            self._thread.join(max(0.1, wait))
        self._run_tasks()

    def _work(self) -> None:
        while not self._is_closing:
            self._wake.wait(TICK_S)
            self._wake.clear()
            self._run_tasks()
            for look in list(self.looks):
                self._guard(look)
            now = time.monotonic()
            for habit in self._habits:
                if now - habit.last >= habit.seconds:
                    habit.last = now
                    self._guard(habit.action)

    def _run_tasks(self) -> None:
        while True:
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return
            self._guard(task)

    def _guard(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - the thread must live: it is what keeps the journal safe
            self._on_fault(error)
