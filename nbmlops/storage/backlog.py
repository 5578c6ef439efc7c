"""Records that wait in memory while the disk refuses them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

MAX_RECORDS: Final = 20_000
MAX_BYTES: Final = 16 << 20


class Backlog:
    """A bounded queue of encoded records; what does not fit is counted."""

    def __init__(self) -> None:
        self.lost = 0
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        self._draining = threading.Lock()

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: bytes) -> bool:
        """Keep a record; False when memory for it is full and it is lost."""
        if len(self._lines) >= MAX_RECORDS or self._bytes + len(line) > MAX_BYTES:
            self.lost += 1
            return False
        self._lines.append(line)
        self._bytes += len(line)
        return True

    def drain(self, write: Callable[[bytes], None]) -> bool:
        """Write what waits, in order; False when the disk still refuses."""
        with self._draining:
            while self._lines:
                try:
                    write(self._lines[0])
                except OSError:
                    return False
                self._bytes -= len(self._lines.popleft())
        return True
