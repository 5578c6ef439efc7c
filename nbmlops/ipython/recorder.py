"""Which message belongs to which execution, also long after its cell has ended."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from nbmlops.config import settings
from nbmlops.ipython.messages import END, STRANGER, Message, Tap
from nbmlops.storage import session as storage_session
from nbmlops.storage.session import Session
from nbmlops.tracking.executions import Execution
from nbmlops.tracking.outputs import OURS, OutputLog

FIRST_LOOK_S = 2.0  # then after as long again as the cell has run
SLOWEST_LOOK_S = 60.0
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
LARGE = 256 * 1024  # more than this to read and redact is nothing to wait for


@dataclass(eq=False)
class Shown:
    """What one execution shows."""

    execution: Execution
    message_id: str | None
    log: OutputLog
    is_over: bool = False
    began: float = field(default_factory=time.monotonic)
    next_look: float = 0.0

    def __post_init__(self) -> None:
        self.next_look = self.began + FIRST_LOOK_S

    @property
    def is_wanted(self) -> bool:
        """Whether outputs of this execution are recorded, as far as can be said by now."""
        wanted = settings().capture_outputs
        return wanted == "all" or (wanted == "runs" and self.execution.run_id is not None)

    def write(self) -> None:
        """Record what is new."""
        for item in self.log.take():
            self.execution.output(item)


class Recorder:
    """Takes messages from the tap to the executions that caused them."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._lock = threading.RLock()
        self._open: dict[str | None, list[Shown]] = {}
        self._over: dict[str | None, Shown] = {}
        self._displays: dict[str, list[Shown]] = {}
        self._session: Session | None = None

    def open(self, execution: Execution, message_id: str | None) -> Shown:
        """An execution begins; what this message shows from now on is its output."""
        with self._lock:
            self.drain()
            shown = Shown(execution, message_id, OutputLog(settings().text_limit))
            self._open.setdefault(message_id, []).append(shown)
            self._watch()
            return shown

    def close(self, shown: Shown) -> None:
        """An execution ends; record its outputs, and be ready for late ones.

        Large outputs are recorded on the background thread, before the next cell at the latest.
        """
        self._tap.queue.append(Message(END, shown.message_id, {"of": shown}, threading.current_thread()))
        session = storage_session.existing()
        if session is None:
            self.drain()
        elif self._is_large() or not self._lock.acquire(blocking=False):
            session.soon(self.drain)
        else:
            try:
                self.drain()
            finally:
                self._lock.release()

    def _is_large(self) -> bool:
        """Whether what has come in takes long to record."""
        size = 0
        for message in list(self._tap.queue):
            if (message.content.get("metadata") or {}).get(OURS):
                continue
            for mime, value in (message.content.get("data") or {}).items():
                if isinstance(value, str | bytes):
                    size += len(value)
                elif mime != WIDGET_VIEW:  # JSON, whose size only writing it out could tell
                    return True
        return size > LARGE

    def _finish(self, shown: Shown) -> None:
        """All that an execution showed has come in; what comes from now on is late."""
        stack = self._open.get(shown.message_id, [])
        if shown in stack:
            stack.remove(shown)
        if not stack:
            self._open.pop(shown.message_id, None)
        shown.is_over = True
        shown.log.end()
        if shown.is_wanted:
            shown.write()
            self._over[shown.message_id] = shown

    def drain(self) -> None:
        """Give every message that has come in to its execution; from any thread."""
        queue = self._tap.queue
        with self._lock:
            late: dict[int, Shown] = {}
            while queue:
                message = queue.popleft()
                if message.msg_type == END:
                    self._finish(message.content["of"])
                    continue
                if message.msg_type == STRANGER:
                    self._expect_late(message)
                    continue
                for shown in self._receivers(message):
                    shown.log.feed(message.msg_type, message.content)
                    if shown.is_over:
                        late[id(shown)] = shown
            for shown in late.values():
                shown.write()

    def tick(self) -> None:
        """On the background thread: late messages, and now and then what long cells have shown so far."""
        if self._tap.queue or self._open:
            with self._lock:
                self.drain()
                now = time.monotonic()
                for shown in [shown for stack in self._open.values() for shown in stack]:
                    if now >= shown.next_look and shown.is_wanted:
                        shown.write()
                        shown.next_look = now + min(now - shown.began, SLOWEST_LOOK_S)

    def _expect_late(self, message: Message) -> None:
        """A thread writes into the cell of this message; mark what comes of it, unless that cell started it."""
        stack = self._open.get(message.message_id)
        if stack and all(shown.execution is not _starter(message.thread) for shown in stack):
            stack[-1].log.expect_late(str(message.content["name"]))

    def leave(self) -> None:
        """Stop looking on the background thread."""
        if self._session is not None and self.tick in self._session.on_tick:
            self._session.on_tick.remove(self.tick)
        self._session = None

    def _watch(self) -> None:
        """Look on the background thread of the session that is open now."""
        session = storage_session.existing()
        if session is not self._session:
            self.leave()
            self._session = session
            if session is not None:
                session.on_tick.append(self.tick)

    def _receivers(self, message: Message) -> list[Shown]:
        display_id = (message.content.get("transient") or {}).get("display_id")
        if message.msg_type == "update_display_data":
            return self._displays.get(str(display_id), [])
        shown = self._shown_by(message)
        if shown is None:
            return []
        if display_id is not None:
            known = self._displays.setdefault(str(display_id), [])
            if shown not in known:
                known.append(shown)
        return [shown]

    def _shown_by(self, message: Message) -> Shown | None:
        """The execution that caused a message: the cell it names, unless a thread of an older cell sent it."""
        stack = self._open.get(message.message_id)
        shown = stack[-1] if stack else self._over.get(message.message_id)
        if message.msg_type != "stream":
            owner = _starter(message.thread)
            if owner is not None and (shown is None or owner is not shown.execution):
                older = next((one for one in self._over.values() if one.execution is owner), None)
                return older or shown
        return shown


def _starter(thread: threading.Thread) -> object:
    """The execution that started a thread."""
    return getattr(thread, "_nbmlops_started_by", (None, None))[1]
