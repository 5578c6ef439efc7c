"""Who is running: the current execution and run of this thread, and where notices go.

Knows no capability: an execution and a run are seen here only as holders of an ``id``.
"""

from __future__ import annotations

import contextvars
import functools
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any, Protocol


class Identified(Protocol):
    """Anything with an identifier."""

    id: str


# The execution (one cell being run) and the innermost run of the code that asks.
execution: contextvars.ContextVar[Identified | None] = contextvars.ContextVar("nbmlops_execution", default=None)
run: contextvars.ContextVar[Any] = contextvars.ContextVar("nbmlops_run", default=None)

is_capturing = True  # what %mlcapture switches

# Threads do not inherit context variables before Python 3.14: what a thread belongs to is noted when it is started.
_is_watching = False


def watch_threads() -> None:
    """Note from now on which run and execution start which thread."""
    global _is_watching
    if _is_watching:
        return
    _is_watching = True
    if sys.version_info >= (3, 12):
        _install_audit()
    else:
        threading.Thread.start = _noting_start  # type: ignore[method-assign]


def unwatch_threads() -> None:
    """Stop noting, and leave nothing behind that does anything."""
    global _is_watching
    _is_watching = False
    if threading.Thread.start is _noting_start:
        threading.Thread.start = _plain_start  # type: ignore[method-assign]


@functools.cache
def _install_audit() -> None:
    """Audit hooks cannot be removed, so there is one for the life of the process, and a flag."""
    sys.addaudithook(_on_audit)


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _is_watching and event.startswith("_thread.start") and arguments:
        thread = getattr(arguments[0], "__self__", None)
        if isinstance(thread, threading.Thread):
            _note(thread)


# Python 3.11 raises no audit event for a new thread
_plain_start = threading.Thread.start


def _noting_start(self: threading.Thread) -> None:
    _note(self)
    _plain_start(self)


def _note(thread: threading.Thread) -> None:
    started_by = (thread_run(), thread_execution())
    if started_by != (None, None):
        thread._nbmlops_started_by = started_by  # type: ignore[attr-defined]


def thread_run() -> Any:
    """Return the run of this context, else the one that this thread was started in, else None."""
    found = run.get()
    return found if found is not None else _started_by()[0]


def thread_execution() -> Any:
    """Return the execution of this context, else the one that this thread was started in, else None."""
    found = execution.get()
    return found if found is not None else _started_by()[1]


def _started_by() -> tuple[Any, Any]:
    return getattr(threading.current_thread(), "_nbmlops_started_by", (None, None))


_sink: Callable[[str], None] | None = None
_told: set[str] = set()


def install_notices(sink: Callable[[str], None] | None) -> None:
    """Send notices to ``sink`` (None: to Python's warnings)."""
    global _sink
    _sink = sink


def tell_once(key: str, text: str) -> None:
    """Tell the user something that must be seen, once per ``key``."""
    if key in _told:
        return
    _told.add(key)
    tell(text)


def tell(text: str) -> None:
    """Tell the user something that must be seen; never raises."""
    try:
        if _sink is not None:
            _sink(text)
        else:
            warnings.warn(f"nbmlops: {text}", RuntimeWarning, stacklevel=2)
    except Exception:  # noqa: BLE001 - a notice must never break the user's cell (warnings may be errors there)
        sys.stderr.write(f"nbmlops: {text}\n")


def untell(key: str) -> None:
    """The cause of a notice is gone: if it comes back it may be told again."""
    _told.discard(key)
