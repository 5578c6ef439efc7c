"""Which run a call without a handle means, and the runs that are open in this process.

Explicit handle, else the innermost run of this context, else the run whose cell or block started
this thread, else the run that this process was started in (``NBMLOPS_RUN``), else the one open span.
Two candidates are an error, never a guess.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import TYPE_CHECKING

from nbmlops import context
from nbmlops.config import JOIN
from nbmlops.data import place, watching
from nbmlops.errors import AmbiguousRun, NoRun
from nbmlops.tracking import sessions

if TYPE_CHECKING:
    from nbmlops.tracking.run import Run

active: dict[str, Run] = {}  # runs begun here and not ended
spans: list[Run] = []  # runs opened by begin() and resume(), over several cells
_outer: str | None = os.environ.get(JOIN) or None  # as this process was started; later values are for its children
_joined: dict[str, Run] = {}
_guard = threading.RLock()


def current_run() -> Run:
    """Return the run that is meant.

    Raises
    ------
    NoRun, AmbiguousRun
    """
    found = find_run()
    if found is None:
        raise NoRun(
            "there is no current run to log into",
            "put %mlrun on top of the cell, or use `with ml.run():` or ml.begin()",
        )
    return found


def find_run() -> Run | None:
    """Return the run that is meant, or None; two candidates are an error."""
    found: Run | None = context.thread_run()
    if found is not None:
        return found
    if joined := _join():
        return joined
    if len(spans) > 1:
        names = ", ".join(run.label for run in spans)
        raise AmbiguousRun(
            f"{len(spans)} runs are open here and any of them could be meant: {names}",
            "end the others (%mlrun end 12), or log through the handle that ml.begin() returned (run.log(...))",
        )
    return spans[0] if spans else None


def parent_run() -> Run | None:
    """Return the run that a new one is nested in, or None (also when several could be)."""
    found: Run | None = context.thread_run()
    if found is not None and found.is_open:
        return found
    if joined := _join():
        return joined
    return spans[0] if len(spans) == 1 else None


def _join() -> Run | None:
    """Return the run of the process that started this one."""
    if _outer is None:
        return None
    run_id = _outer.partition(":")[0]
    if run_id not in _joined:
        from nbmlops.tracking.run import Run

        with _guard:
            _joined.setdefault(run_id, Run.joined(run_id, _rank_prefix()))
    return _joined[run_id]


def _rank_prefix() -> str:
    """Return the folder of this rank's metrics: rank 0 speaks for the run, others have ``rank/N/``."""
    rank = os.environ.get("RANK") or os.environ.get("SLURM_PROCID") or ""
    return f"rank/{int(rank)}/" if rank.isdigit() and int(rank) > 0 else ""


def opened(run: Run, *, is_span: bool) -> None:
    """Note an open run; processes started from now on join it."""
    with _guard:
        active[run.id] = run
        if is_span:
            spans.append(run)
        _export()
    context.watch_threads()
    watching.begin(run.id)


def closed(run: Run) -> None:
    """Note that a run ended."""
    with _guard:
        active.pop(run.id, None)
        if run in spans:
            spans.remove(run)
        _export()


def _export() -> None:
    """Name the newest open run to processes started from here."""
    if active:
        run = next(reversed(active.values()))
        os.environ[JOIN] = f"{run.id}:{run.session.store.path}"
    elif _outer is not None:
        os.environ[JOIN] = _outer
    else:
        os.environ.pop(JOIN, None)


def _at_exit() -> None:
    """A script that ends has finished its runs, unless an error ended it; a kernel that shuts down interrupts them."""
    status = "interrupted"
    if sessions.is_script():
        status = "failed" if getattr(sys, "last_value", None) is not None else "finished"
    for run in list(active.values()):
        run.end(status)


atexit.register(_at_exit)  # runs before the session's own, which was registered earlier


def _after_fork() -> None:
    """A forked child logs into the runs of its parent and ends none of them."""
    global _guard
    _guard = threading.RLock()
    for run in list(active.values()):
        run.is_mine = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _run_id() -> str | None:
    found = find_run()
    return found.id or None if found is not None else None  # one that is not recorded has no id


place.know(run=_run_id)
