"""Seeing what terminal IPython shows: there are no messages, so it is seen where it is written."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from nbmlops.ipython.messages import Message


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
