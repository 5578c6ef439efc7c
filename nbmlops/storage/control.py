"""Stop is an intent: a small file that the run's process looks at, whoever wrote it."""

from __future__ import annotations

from collections.abc import Collection

from nbmlops.storage.layout import Layout, unwritable, write_private


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
