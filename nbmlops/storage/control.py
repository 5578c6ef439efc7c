"""Small files by which processes tell each other something at once: stop a run, a choice was made anew."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from nbmlops.storage.layout import Layout, unwritable, write_private

_CHOICES: Final = "choices"


def request_stop(layout: Layout, run_id: str, by: str = "") -> None:
    """Ask the process of a run to stop it at its next log call."""
    layout.make()
    path = layout.control / f"{run_id}.stop"
    try:
        write_private(path, by.encode())
    except OSError as error:
        raise unwritable(path, error) from None


def stops(layout: Layout, run_ids: Collection[str]) -> set[str]:
    """Return those of ``run_ids`` that somebody asked to stop."""
    return {run_id for run_id in run_ids if (layout.control / f"{run_id}.stop").exists()}


def clear_stop(layout: Layout, run_id: str) -> None:
    """Take the intent away, once it was acted on or the run is over."""
    try:
        (layout.control / f"{run_id}.stop").unlink(missing_ok=True)
    except OSError:
        pass  # a folder that became read-only: it is only an intent


def tell_choice(layout: Layout) -> None:
    """Tell every process that a choice was made which it may remember otherwise: a baseline, a deletion, a goal."""
    try:
        layout.control.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(layout.control / _CHOICES, b"")
    except OSError:
        pass  # a folder that became read-only: others learn of it when they read the store


def choices(layout: Layout) -> tuple[int, int] | None:
    """Return what is another value after every `tell_choice`; some microseconds."""
    try:
        found = (layout.control / _CHOICES).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
