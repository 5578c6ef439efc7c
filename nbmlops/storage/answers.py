"""The last good answers, for the time while another program holds the file."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from typing import Final, NamedTuple

KEPT: Final = 20


class Answer(NamedTuple):
    """An answer and when it was given."""

    value: object
    at: float  # monotonic

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.at


class Answers:
    """A few answers by the question's key, the newest kept; a question without a key is not remembered."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Answer] = {}
        self._guard = threading.Lock()

    def last(self, key: Hashable) -> Answer | None:
        """Return the last answer to a question."""
        return None if key is None else self._kept.get(key)

    def keep(self, key: Hashable, value: object) -> None:
        """Remember an answer."""
        if key is None:
            return
        with self._guard:
            self._kept.pop(key, None)
            self._kept[key] = Answer(value, time.monotonic())
            while len(self._kept) > KEPT:
                self._kept.pop(next(iter(self._kept)))
