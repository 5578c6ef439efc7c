"""Who is running: the current execution and run of this thread, and where notices go.

Knows no capability: an execution and a run are seen here only as holders of an ``id``.
"""

from __future__ import annotations

import contextvars
import sys
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import Any, Protocol


class Identified(Protocol):
    """Anything with an identifier."""

    id: str


# The execution (one cell being run) and the innermost run of the code that asks.
execution: contextvars.ContextVar[Identified | None] = contextvars.ContextVar("nbmlops_execution", default=None)
run: contextvars.ContextVar[Any] = contextvars.ContextVar("nbmlops_run", default=None)

# Threads do not inherit context variables before Python 3.14: what a thread belongs to is noted when it is started.
_started_by: weakref.WeakKeyDictionary[threading.Thread, tuple[Any, Any]] = weakref.WeakKeyDictionary()
_is_watching = False
_watch_installed = False


def watch_threads() -> None:
    """Note from now on which run and execution start which thread.

    Audit hooks cannot be removed, so there is one for the life of the process, and a flag.
    """
    global _is_watching, _watch_installed
    _is_watching = True
    if not _watch_installed:
        _watch_installed = True
        sys.addaudithook(_on_audit)


def unwatch_threads() -> None:
    """Stop noting; the hook stays and does nothing."""
    global _is_watching
    _is_watching = False


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _is_watching or not event.startswith("_thread.start"):
        return
    thread = getattr(arguments[0], "__self__", None) if arguments else None
    if isinstance(thread, threading.Thread):
        _started_by[thread] = (thread_run(), thread_execution())


def thread_run() -> Any:
    """Return the run of this context, else the one that this thread was started in, else None."""
    found = run.get()
    return found if found is not None else _started_by.get(threading.current_thread(), (None, None))[0]


def thread_execution() -> Any:
    """Return the execution of this context, else the one that this thread was started in, else None."""
    found = execution.get()
    return found if found is not None else _started_by.get(threading.current_thread(), (None, None))[1]


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
    except Exception:  # a notice must never break the user's cell (warnings may be errors there)
        sys.stderr.write(f"nbmlops: {text}\n")


def untell(key: str) -> None:
    """The cause of a notice is gone: if it comes back it may be told again."""
    _told.discard(key)
