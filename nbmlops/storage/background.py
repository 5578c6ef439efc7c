"""Two threads for what nobody should wait for: one works, one only looks."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

TICK_S: Final = 0.25
STUCK_S: Final = 5.0  # what does not end by then, interrupted, is left behind


@dataclass
class _Habit:
    """Something done again and again."""

    action: Callable[[], None]
    seconds: float
    last: float


class Background:
    """Runs tasks soon and habits every so many seconds on one thread; looks four times a second on another.

    What looks takes milliseconds, and what it sees (that a run is asked to stop, how it goes) must not wait for
    an ingest or a slow disk. A fault in one of them is reported and stops none of the others.
    """

    def __init__(self, on_fault: Callable[[Exception], None]) -> None:
        self.looks: list[Callable[[], None]] = []
        self.ticks: list[Callable[[], None]] = []  # as often, among the work
        self._on_fault = on_fault
        self._habits: list[_Habit] = []
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name="nbmlops", daemon=True),
            threading.Thread(target=self._watch, name="nbmlops-looks", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        try:
            for thread in self._threads:
                thread.start()
        except RuntimeError:  # Python is ending: what is written from now on is taken in by the next reader
            pass

    def every(self, seconds: float, action: Callable[[], None]) -> None:
        """Do ``action`` every so many seconds."""
        self._habits.append(_Habit(action, seconds, time.monotonic()))

    def wake(self) -> None:
        """Work now instead of at the next tick."""
        self._wake.set()

    def soon(self, task: Callable[[], None]) -> None:
        """Run ``task`` once, at the next tick: a short cell is over by then."""
        self._tasks.put(task)

    def finish(
        self, wait: float, interrupt: Callable[[], None] = lambda: None, last: Callable[[], None] = lambda: None
    ) -> None:
        """End both threads; run the tasks that are left, what is done at every tick once more, and ``last``.

        Parameters
        ----------
        wait
            Seconds that what they are doing may take.
        interrupt
            Cuts short what takes longer. A thread that is still inside C++ when Python ends takes the process
            with it ("FATAL: exception not rethrown").
        """
        self._closing.set()
        self._wake.set()
        until = time.monotonic() + max(0.1, wait)
        others = [thread for thread in self._threads if thread is not threading.current_thread()]
        for thread in others:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        while any(thread.is_alive() for thread in others) and time.monotonic() < until + STUCK_S:
            interrupt()
            for thread in others:
                if thread.is_alive():
                    thread.join(0.02)
        self._run_tasks(lambda: False)
        for tick in (*self.ticks, last):  # what came late is kept, too
            self._guard(tick)

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.wait(TICK_S)
            self._wake.clear()
            self._run_tasks(self._closing.is_set)
            if self._closing.is_set():
                return
            for tick in list(self.ticks):
                self._guard(tick)
            now = time.monotonic()
            for habit in self._habits:
                if now - habit.last >= habit.seconds:
                    habit.last = now
                    self._guard(habit.action)

    def _watch(self) -> None:
        while not self._closing.wait(TICK_S):
            for look in list(self.looks):
                self._guard(look)

    def _run_tasks(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
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
