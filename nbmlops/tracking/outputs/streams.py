"""What a stream (stdout, stderr) leaves on the screen, in bounded memory.

Carriage returns and backspaces overwrite, as in a terminal: a progress bar of 10,000 updates
leaves one line. Of each stream the beginning and the end are kept, in the proportion 3 to 1.
"""

from __future__ import annotations

import re
from collections import deque

TEXT_LIMIT = 64 * 1024
_MOVES = re.compile(r"(\r|\x08+)")


def utf8(text: str) -> bytes:
    """Encode what a stream may carry: lone surrogates become question marks."""
    return text.encode("utf-8", "replace")


def bounded(text: str, limit: int = TEXT_LIMIT) -> tuple[str, int, bool]:
    """Cut a text to its beginning and its end.

    Returns
    -------
    tuple
        The text (a line in the middle says how much is missing), its full size in bytes, and
        whether something is missing.
    """
    data = utf8(text)
    if len(data) <= limit:
        return data.decode(), len(data), False
    head, tail = _first(data, limit * 3 // 4), _last(data, limit // 4)
    return _joined(head, tail, len(data) - len(head) - len(tail)), len(data), True


def _first(data: bytes, limit: int) -> bytes:
    """At most `limit` bytes from the beginning, never ending inside a character."""
    end = min(limit, len(data))
    while 0 < end < len(data) and data[end] & 0xC0 == 0x80:
        end -= 1
    return data[:end]


def _last(data: bytes, limit: int) -> bytes:
    """At most `limit` bytes from the end, never beginning inside a character."""
    start = max(0, len(data) - limit)
    while 0 < start < len(data) and data[start] & 0xC0 == 0x80:
        start += 1
    return data[start:]


def _joined(head: bytes, tail: bytes, missing: int) -> str:
    return f"{head.decode()}\n[... {missing} bytes not kept ...]\n{tail.decode()}"


class Budget:
    """What is left of the bounds of one stream, shared by its pieces in one cell."""

    def __init__(self, limit: int = TEXT_LIMIT) -> None:
        self.limit = limit
        self.head_left = limit * 3 // 4
        self.tail_limit = limit // 4
        self._tail_bytes = 0
        self._tails: deque[StreamText] = deque()
        self.newest: StreamText | None = None

    def keep_last(self, owner: StreamText, size: int) -> None:
        """Note `size` more bytes in the tail of a piece; the oldest bytes of all tails go."""
        if not self._tails or self._tails[-1] is not owner:
            self._tails.append(owner)
        self._tail_bytes += size
        while self._tail_bytes > self.tail_limit:
            gone = self._tails[0].let_go(self._tail_bytes - self.tail_limit)
            self._tail_bytes -= gone
            if not self._tails[0].has_tail:
                self._tails.popleft()


class StreamText:
    """One uninterrupted piece of a stream."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._head: list[bytes] = []
        self._tail = bytearray()
        self._missing = 0
        self._bytes = 0
        self._line = ""
        self._cursor: int | None = None  # None: at the end of the line, by far the usual case
        if budget.newest is not None:
            budget.newest._commit()
        budget.newest = self

    @property
    def has_tail(self) -> bool:
        return bool(self._tail)

    def write(self, text: str) -> None:
        """Append text as a terminal would show it."""
        *complete, rest = text.split("\n")
        if complete:
            self._overwrite(complete[0])
            if "\r" in text or "\x08" in text:
                for part in complete[1:]:
                    self._line += "\n"
                    self._commit()
                    self._overwrite(part)
            else:
                self._line = "\n".join((self._line, *complete[1:]))
            self._line += "\n"
            self._commit()
        self._overwrite(rest)
        if len(self._line) > self._budget.limit:  # a line without an end is not held back for ever
            self._commit()

    def text(self) -> tuple[str, int, bool]:
        """The text kept so far, its full size in bytes and whether something is missing."""
        line = utf8(self._line)
        head = b"".join(self._head)
        if not self._missing and not self._tail and len(line) <= self._budget.head_left:
            return (head + line).decode(), self._bytes + len(line), False
        end = bytes(self._tail) + line
        kept = _last(end, self._budget.tail_limit)
        missing = self._missing + len(end) - len(kept)
        text = _joined(head, kept, missing) if missing else (head + kept).decode()
        return text, self._bytes + len(line), missing > 0

    def let_go(self, size: int) -> int:
        """Drop at least `size` bytes from the beginning of the tail, or all of it; say how many."""
        kept = _last(bytes(self._tail), max(0, len(self._tail) - size))
        gone = len(self._tail) - len(kept)
        self._tail = bytearray(kept)
        self._missing += gone
        return gone

    def _overwrite(self, text: str) -> None:
        if not text:
            return
        if self._cursor is None and "\r" not in text and "\x08" not in text:
            self._line += text
            return
        cursor = len(self._line) if self._cursor is None else self._cursor
        for part in _MOVES.split(text):
            if part == "\r":
                cursor = 0
            elif part.startswith("\x08"):
                cursor = max(0, cursor - len(part))
            elif part:
                self._line = self._line[:cursor] + part + self._line[cursor + len(part) :]
                cursor += len(part)
        self._cursor = cursor if cursor < len(self._line) else None

    def _commit(self) -> None:
        data = utf8(self._line)
        self._line, self._cursor = "", None
        self._bytes += len(data)
        budget = self._budget
        if budget.head_left:
            fits = _first(data, budget.head_left)
            budget.head_left = 0 if len(fits) < len(data) else budget.head_left - len(fits)
            self._head.append(fits)
            data = data[len(fits) :]
        if data:
            self._tail += data
            budget.keep_last(self, len(data))
