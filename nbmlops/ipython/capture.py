"""Seeing what a cell shows without taking any of it away.

In a kernel one function is wrapped, `kernel.session.send`: every stream, display, result and
error passes there, from any thread, with the id of the message that caused it. Where that
cannot be wrapped, the public hooks serve; terminal IPython has a tee.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from nbmlops.ipython.messages import STRANGER, Message, Tap
from nbmlops.ipython.terminal import TerminalTap
from nbmlops.tracking.outputs import MESSAGES

MARK = "_nbmlops_tap"  # found again by any later copy of this module


def tap_for(shell: Any) -> Tap:
    """Install the best tap that this shell allows."""
    kernel = getattr(shell, "kernel", None)
    taps: list[Tap] = [SessionTap(kernel), HookTap(shell, kernel)] if kernel is not None else [TerminalTap(shell)]
    for tap in taps[:-1]:
        if tap.install():
            return tap
    taps[-1].install()
    return taps[-1]


def take_off_leftovers(shell: Any) -> None:
    """Undo what an older copy of this package left behind when it was deleted from `sys.modules`."""
    session = getattr(getattr(shell, "kernel", None), "session", None)
    left = getattr(getattr(session, "send", None), MARK, None)
    if left is not None:
        left.remove()


class SessionTap:
    """Wraps the `send` of the kernel's session, once."""

    def __init__(self, kernel: Any) -> None:
        self.queue: deque[Message] = deque()
        self._session = getattr(kernel, "session", None)
        self._original: Callable[..., Any] | None = None
        self._wrapper: Callable[..., Any] | None = None
        self._is_on = False
        self._writes: list[tuple[Any, Any, Any]] = []

    def install(self) -> bool:
        """Start seeing messages; False where there is nothing to wrap."""
        session = self._session
        if session is None or not callable(getattr(session, "send", None)):
            return False
        original = session.send
        append, pid, getpid, thread = self.queue.append, os.getpid(), os.getpid, threading.current_thread

        def send(*args: Any, **kwargs: Any) -> Any:
            message = original(*args, **kwargs)
            if self._is_on:
                try:
                    msg_type = message["header"]["msg_type"]
                    if msg_type in MESSAGES and getpid() == pid:
                        parent = message["parent_header"].get("msg_id")
                        append(Message(msg_type, parent, message["content"], thread()))
                except (TypeError, KeyError, AttributeError):  # another kind of message; it was sent all the same
                    pass
            return message

        setattr(send, MARK, self)
        try:
            session.send = send
        except (AttributeError, TypeError):
            return False
        self._original, self._wrapper, self._is_on = original, send, True
        return True

    def remove(self) -> None:
        """Stop; when somebody wrapped us in turn, the wrapper stays and only passes on."""
        self._is_on = False
        self._unwatch_writes()
        if self._session is not None and self._wrapper is not None and vars(self._session).get("send") is self._wrapper:
            del self._session.send
            if self._session.send != self._original:
                self._session.send = self._original
        self._wrapper = None

    def begin(self, message_id: str | None) -> None:
        """Messages name their cause; only a thread that outlived its cell writes under a later one's name."""
        if any(hasattr(thread, "_nbmlops_started_by") for thread in threading.enumerate()):
            self._watch_writes()

    def end(self, *, flush: bool) -> None:
        """Send what the streams still hold, so that it counts to this cell; about a millisecond."""
        self._unwatch_writes()
        for stream in (sys.stdout, sys.stderr):
            if flush and stream is not None:
                stream.flush()

    def _watch_writes(self) -> None:
        self._unwatch_writes()
        streams: tuple[tuple[Any, str], ...] = ((sys.stdout, "stdout"), (sys.stderr, "stderr"))
        for stream, name in streams:
            if stream is not None and hasattr(stream, "pub_thread"):
                before = vars(stream).get("write")  # IPython puts one there itself while a cell runs
                stream.write = wrapper = self._watched(stream, name)
                self._writes.append((stream, wrapper, before))

    def _watched(self, stream: Any, name: str) -> Callable[..., Any]:
        write = stream.write

        def watched(*args: Any, **kwargs: Any) -> Any:
            thread = threading.current_thread()
            if hasattr(thread, "_nbmlops_started_by"):
                shown_under = stream.parent_header.get("msg_id")
                self.queue.append(Message(STRANGER, shown_under, {"name": name}, thread))
            return write(*args, **kwargs)

        return watched

    def _unwatch_writes(self) -> None:
        for stream, wrapper, before in self._writes:
            if vars(stream).get("write") is wrapper:
                del stream.write
                if before is not None:
                    stream.write = before
        self._writes.clear()


class HookTap:
    """The public hooks of ipykernel: streams in its IO thread, displays of the thread that installed us."""

    def __init__(self, shell: Any, kernel: Any) -> None:
        self.queue: deque[Message] = deque()
        self._shell = shell
        self._thread = getattr(kernel, "iopub_thread", None)
        self._streams: list[Any] = []

    def install(self) -> bool:
        """Register where there are hooks."""
        for publisher in (self._shell.display_pub, self._shell.displayhook):
            if hasattr(publisher, "register_hook"):
                publisher.register_hook(self._see)
        self._streams = [stream for stream in (sys.stdout, sys.stderr) if hasattr(stream, "register_hook")]
        self._in_io_thread("register_hook")
        return True

    def remove(self) -> None:
        """Take the hooks off again."""
        for publisher in (self._shell.display_pub, self._shell.displayhook):
            if hasattr(publisher, "unregister_hook"):
                publisher.unregister_hook(self._see)
        self._in_io_thread("unregister_hook")

    def begin(self, message_id: str | None) -> None:
        """Nothing to do: messages name their cause."""

    def end(self, *, flush: bool) -> None:
        """Send what the streams still hold."""
        for stream in self._streams:
            if flush:
                stream.flush()

    def _in_io_thread(self, method: str) -> None:
        for stream in self._streams:  # the hooks of a stream belong to the thread that registered them
            schedule = getattr(self._thread, "schedule", None)
            call = getattr(stream, method)
            if schedule is not None:
                schedule(lambda call=call: call(self._see))

    def _see(self, message: Any) -> Any:
        try:
            msg_type = message["header"]["msg_type"]
            if msg_type in MESSAGES:
                parent = message["parent_header"].get("msg_id")
                self.queue.append(Message(msg_type, parent, message["content"], threading.current_thread()))
        except (TypeError, KeyError, AttributeError):
            pass
        return message
