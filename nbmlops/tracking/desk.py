"""The desk of this process: its own store, written into through its own session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbmlops.tracking import sessions
from nbmlops.ui.desk import Desk


def here() -> Desk:
    """Who answers the views of this kernel."""
    store = sessions.store()
    return Desk(store, _append, check=store.must_be_here)


def _append(kind: str, payload: Mapping[str, Any]) -> None:
    sessions.current().append(kind, payload)
