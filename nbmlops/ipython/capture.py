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
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from nbmlops.tracking.outputs import MESSAGES

MARK = "_nbmlops_tap"  # found again by any later copy of this module


class Message(NamedTuple):
    """One message as it was sent."""

    msg_type: str
    message_id: str | None
    content: Mapping[str, Any]
    thread: threading.Thread


class Tap(Protocol):
    """A way to see messages."""

    queue: deque[Message]

    def install(self) -> bool: ...
    def remove(self) -> None: ...
    def begin(self, message_id: str | None) -> None: ...
    def end(self, *, flush: bool) -> None: ...


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
        if self._session is not None and self._wrapper is not None and vars(self._session).get("send") is self._wrapper:
            del self._session.send
            if self._session.send != self._original:
                self._session.send = self._original
        self._wrapper = None

    def begin(self, message_id: str | None) -> None:
        """Nothing to do: messages name their cause."""

    def end(self, *, flush: bool) -> None:
        """Send what the streams still hold, so that it counts to this cell; about a millisecond."""
        for stream in (sys.stdout, sys.stderr):
            if flush and stream is not None:
                stream.flush()


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


class TerminalTap:
    """Terminal IPython: a tee between the beginning and the end of a cell, displays where they are made."""

    def __init__(self, shell: Any) -> None:
        self.queue: deque[Message] = deque()
        self._shell = shell
        self._message_id: str | None = None
        self._tees: list[_Tee] = []
        self._wrapped: list[tuple[Any, str, Any]] = []
        self._is_paused = 0

    def install(self) -> bool:
        """Wrap the places where terminal IPython shows results, displays and errors."""
        hook, publisher = self._shell.displayhook, self._shell.display_pub
        self._wrap(hook, "write_format_data", self._result)
        self._wrap(publisher, "publish", self._display)
        self._wrap(publisher, "clear_output", self._clear)
        self._wrap(self._shell, "_showtraceback", self._error)
        self._wrap(hook, "write_output_prompt", None)
        self._wrap(hook, "finish_displayhook", None)
        return True

    def remove(self) -> None:
        """Put everything back."""
        self.end(flush=True)
        for owner, name, wrapper in self._wrapped:
            if vars(owner).get(name) is wrapper:
                delattr(owner, name)
        self._wrapped.clear()

    def begin(self, message_id: str | None) -> None:
        """Start to listen to the streams."""
        self._message_id = message_id
        if self._tees:
            return
        for name in ("stdout", "stderr"):
            tee = _Tee(getattr(sys, name), name, self._write)
            setattr(sys, name, tee)
            self._tees.append(tee)

    def end(self, *, flush: bool) -> None:
        """Stop listening; a stream that somebody else replaced meanwhile is left alone."""
        for tee in self._tees:
            tee.flush()
            if getattr(sys, tee.stream_name) is tee:
                setattr(sys, tee.stream_name, tee.target)
        self._tees.clear()
        self._is_paused = 0

    def _wrap(self, owner: Any, name: str, see: Callable[..., None] | None) -> None:
        original = getattr(owner, name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            self._is_paused += 1  # what it prints is the same output once more
            try:
                return original(*args, **kwargs)
            finally:
                self._is_paused -= 1
                if see is not None and self._tees:
                    see(*args, **kwargs)

        setattr(owner, name, wrapper)
        self._wrapped.append((owner, name, wrapper))

    def _write(self, name: str, text: str) -> None:
        if not self._is_paused:
            self._put("stream", {"name": name, "text": text})

    def _result(self, format_dict: Any, md_dict: Any = None, *_: Any, **__: Any) -> None:
        self._put("execute_result", {"data": dict(format_dict), "metadata": md_dict or {}})

    def _display(self, data: Any, metadata: Any = None, *_: Any, **options: Any) -> None:
        kind = "update_display_data" if options.get("update") else "display_data"
        content = {"data": dict(data), "metadata": metadata or {}, "transient": options.get("transient") or {}}
        self._put(kind, content)

    def _clear(self, wait: bool = False, *_: Any, **__: Any) -> None:
        self._put("clear_output", {"wait": wait})

    def _error(self, etype: Any, evalue: Any, stb: Any, *_: Any) -> None:
        lines = [stb] if isinstance(stb, str) else list(stb)
        self._put("error", {"ename": etype.__name__, "evalue": str(evalue), "traceback": lines})

    def _put(self, msg_type: str, content: Mapping[str, Any]) -> None:
        self.queue.append(Message(msg_type, self._message_id, content, threading.current_thread()))


class _Tee:
    """A stream that also tells what was written; everything else is the stream itself."""

    def __init__(self, target: Any, stream_name: str, tell: Callable[[str, str], None]) -> None:
        self.target = target
        self.stream_name = stream_name
        self._tell = tell

    def write(self, text: str) -> Any:
        written = self.target.write(text)
        if isinstance(text, str):
            self._tell(self.stream_name, text)
        return written

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)

    def __iter__(self) -> Any:
        return iter(self.target)
