"""What a cell showed: messages of one execution, put together into output items.

An item is one mime type of one output. A display with a figure and its text gives two items of
the same `seq`. What was shown first keeps ``name=None``; after updates of the same display the
newest content is a further item named ``last`` with the number of updates.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbmlops.tracking.outputs.streams import TEXT_LIMIT, Budget, StreamText, bounded, utf8

MESSAGES = frozenset({"stream", "display_data", "update_display_data", "execute_result", "error", "clear_output"})
CELL_BYTES = 8 * 1024 * 1024
CELL_ITEMS = 1000
CLEARED_ITEMS = 50
OURS = "nbmlops"  # metadata key of what we show ourselves; it is in the store already
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_RICH = re.compile(r"image/[\w.+-]+|text/(html|markdown|latex)|application/(pdf|json|geo\+json|vnd\.[\w.-]+\+json)")
_NOISE = re.compile(r"application/vnd\.(jupyter\.|bokehjs_load|holoviews_load)")


@dataclass(frozen=True)
class OutputItem:
    """One mime type of one output of an execution; either text or data, neither when it was too large."""

    seq: int
    kind: str
    name: str | None
    mime: str
    text: str | None
    data: bytes | None
    size_bytes: int
    is_truncated: bool = False
    is_late: bool = False
    is_cleared: bool = False
    updates: int = 0
    display_id: str | None = None


@dataclass(frozen=True)
class _Piece:
    """One value of a mime bundle; neither text nor data when it did not fit."""

    text: str | None
    data: bytes | None
    size_bytes: int
    is_truncated: bool = False


@dataclass
class _Output:
    """One output while it may still change."""

    seq: int
    kind: str
    name: str | None = None
    stream: StreamText | None = None
    bundle: dict[str, _Piece] = field(default_factory=dict)
    last: dict[str, _Piece] | None = None
    display_id: str | None = None
    updates: int = 0
    is_late: bool = False
    is_update_late: bool = False
    is_cleared: bool = False
    is_taken: bool = False  # the first content was handed out, its memory may be free
    is_changed: bool = True


class OutputLog:
    """Puts the messages of one execution together.

    Feed it messages in the order in which they were sent; `take` hands out what is new or
    has changed since the last call, so that a long cell can be recorded while it runs.
    Everything is bounded: text by `text_limit` per stream, all content by 8 MiB.
    """

    def __init__(self, text_limit: int = TEXT_LIMIT) -> None:
        self.clears = 0  # how often what was shown so far is taken away, at once or with what comes next
        self._limit = text_limit
        self._outputs: list[_Output] = []
        self._cleared: list[_Output] = []
        self._by_display_id: dict[str, list[_Output]] = {}
        self._budgets: dict[str, Budget] = {}
        self._next_seq = 0
        self._bytes = 0
        self._beyond = 0
        self._is_over = False
        self._clear_is_due = False
        self._strangers: set[str] = set()

    def feed(self, msg_type: str, content: Mapping[str, Any]) -> None:
        """Take in one message; unknown types are ignored."""
        if msg_type == "clear_output":
            self.clears += 1
            if content.get("wait"):
                self._clear_is_due = True
            else:
                self._clear()
            return
        if msg_type == "update_display_data":
            self._update(content)
            return
        if msg_type not in MESSAGES or (content.get("metadata") or {}).get(OURS):
            return
        if self._clear_is_due:
            self._clear()
        if msg_type == "stream":
            self._stream(str(content.get("name", "stdout")), str(content.get("text", "")))
        elif msg_type == "error":
            lines = "\n".join(str(line) for line in content.get("traceback") or ())
            text = _ANSI.sub("", lines) or f"{content.get('ename')}: {content.get('evalue')}"
            self._add(_Output(self._seq(), "error", str(content.get("ename"))), {"text/plain": text})
        else:
            display_id = (content.get("transient") or {}).get("display_id")
            kind = "result" if msg_type == "execute_result" else "display"
            self._add(_Output(self._seq(), kind, display_id=display_id), content.get("data") or {})

    def expect_late(self, name: str) -> None:
        """What this stream tells next holds text that an earlier cell is the author of."""
        self._strangers.add(name)

    def end(self) -> None:
        """The cell is over; what comes from now on is late."""
        self._is_over = True

    def take(self) -> list[OutputItem]:
        """Hand out the items that are new or changed since the last call."""
        items = [item for output in (*self._cleared, *self._outputs) if output.is_changed for item in _items(output)]
        for output in (*self._cleared, *self._outputs):
            output.is_changed = False
            output.is_taken = True
        if self._is_over:
            self._release()
        return items

    def _seq(self) -> int:
        self._next_seq += 1
        return self._next_seq - 1

    def _stream(self, name: str, text: str) -> None:
        is_late = self._is_over or name in self._strangers
        self._strangers.discard(name)
        newest = self._outputs[-1] if self._outputs else None
        if newest is None or newest.name != name or newest.stream is None or newest.is_late != is_late:
            newest = self._new_stream(name, is_late)
        if newest is not None and newest.stream is not None:
            newest.stream.write(text)
            newest.is_changed = True

    def _new_stream(self, name: str, is_late: bool) -> _Output | None:
        """A new piece of a stream; beyond the bound on outputs its newest piece goes on."""
        if len(self._outputs) >= CELL_ITEMS:
            same = (output for output in reversed(self._outputs) if output.name == name and output.stream)
            newest = next(same, None)
            if newest is None:
                self._is_full()
            return newest
        budget = self._budgets.setdefault(name, Budget(self._limit))
        output = _Output(self._seq(), "stream", name, StreamText(budget), is_late=is_late)
        self._outputs.append(output)
        return output

    def _add(self, output: _Output, data: Mapping[str, Any]) -> None:
        if self._is_full():
            return
        output.is_late = self._is_over
        output.bundle = self._kept(data)
        self._outputs.append(output)
        if output.display_id is not None:
            self._by_display_id.setdefault(output.display_id, []).append(output)

    def _update(self, content: Mapping[str, Any]) -> None:
        display_id = (content.get("transient") or {}).get("display_id")
        for output in self._by_display_id.get(str(display_id), ()):
            self._bytes -= _weight(output.last or {})
            output.last = self._kept(content.get("data") or {})
            output.updates += 1
            output.is_update_late = self._is_over
            output.is_changed = True

    def _is_full(self) -> bool:
        """Beyond the bound on outputs only their number is kept, in one last line."""
        if len(self._outputs) < CELL_ITEMS:
            return False
        rest = self._outputs[-1]
        if rest.name != "beyond":
            rest = _Output(self._seq(), "display", "beyond", is_late=self._is_over)
            self._outputs.append(rest)
            self._beyond = 0
        self._beyond += 1
        rest.bundle = {"text/plain": _Piece(f"{self._beyond} further outputs not kept", None, 0, True)}
        rest.is_changed = True
        return True

    def _kept(self, data: Mapping[str, Any]) -> dict[str, _Piece]:
        """The pieces of a mime bundle worth keeping, within the bound of the cell."""
        kept: dict[str, _Piece] = {}
        if "text/plain" in data:
            room = self._limit if self._bytes < CELL_BYTES else 1024
            kept["text/plain"] = _piece("text/plain", data["text/plain"], room)
        if _WIDGET_VIEW not in data:
            for mime, value in data.items():
                if _RICH.fullmatch(mime) and not _NOISE.match(mime):
                    kept[mime] = _piece(mime, value, CELL_BYTES - self._bytes - _weight(kept))
        self._bytes += _weight(kept)
        return kept

    def _clear(self) -> None:
        self._clear_is_due = False
        for output in self._outputs:
            output.is_cleared = True
            output.is_changed = not (self._is_over and output.is_taken)
        self._cleared += self._outputs
        # A plot redrawn a thousand times must not use up the room of what stays on the screen.
        weights = [_weight(output.bundle) + _weight(output.last or {}) for output in self._cleared]
        while len(weights) > CLEARED_ITEMS or sum(weights) > CELL_BYTES // 4:
            del self._cleared[0]
            self._bytes -= weights.pop(0)
        self._outputs = []
        self._by_display_id.clear()
        self._budgets.clear()

    def _release(self) -> None:
        """Free what was handed out; displays can still be updated, streams begin anew."""
        self._cleared.clear()
        self._outputs = [output for output in self._outputs if output.display_id is not None]
        self._budgets.clear()
        for output in self._outputs:
            output.bundle, output.last = {}, None
        self._bytes = 0


def _weight(bundle: Mapping[str, _Piece]) -> int:
    return sum(len(piece.data or b"") + len(piece.text or "") for piece in bundle.values())


def _piece(mime: str, value: Any, room: int) -> _Piece:
    """One value of a mime bundle; rich content that does not fit is marked, never cut."""
    if mime == "text/plain":
        text, size, is_truncated = bounded(_text(value), room)
        return _Piece(text, None, size, is_truncated)
    data = _binary(mime, value)
    if data is not None:
        return _Piece(None, data, len(data)) if len(data) <= room else _Piece(None, None, len(data), True)
    text = _text(value)
    size = len(utf8(text))
    return _Piece(utf8(text).decode(), None, size) if size <= room else _Piece(None, None, size, True)


def _binary(mime: str, value: Any) -> bytes | None:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str) and (mime == "application/pdf" or (mime.startswith("image/") and "svg" not in mime)):
        try:
            return base64.b64decode(value)
        except (binascii.Error, ValueError):
            return None
    return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return json.dumps(value, default=str, ensure_ascii=False)


def _items(output: _Output) -> list[OutputItem]:
    """The items of an output that still have something to say."""
    if output.stream is not None:
        text, size, is_truncated = output.stream.text()
        piece = _Piece(text, None, size, is_truncated)
        return [_item(output, piece, "text/plain", output.name, output.is_late)]
    items = [_item(output, piece, mime, output.name, output.is_late) for mime, piece in output.bundle.items()]
    is_late = output.is_late or output.is_update_late
    for mime, piece in (output.last or {}).items():
        items.append(_item(output, piece, mime, "last", is_late, output.updates))
    return items


def _item(output: _Output, piece: _Piece, mime: str, name: str | None, is_late: bool, updates: int = 0) -> OutputItem:
    return OutputItem(
        output.seq, output.kind, name, mime, piece.text, piece.data, piece.size_bytes,
        piece.is_truncated, is_late, output.is_cleared, updates, output.display_id,
    )  # fmt: skip
