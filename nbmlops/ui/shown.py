"""One thing shown in a notebook, in every form it may be met in: live, saved, static, as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbmlops.ui.plain import plain

MIME = "application/vnd.nbmlops.view+json"
VERSION = 1
SNAPSHOT_BYTES = 100_000
"""A saved picture above this is left out: the static HTML stands for it."""


@dataclass(frozen=True)
class Shown:
    """What a front end draws, and what stands for it where nothing can draw.

    Parameters
    ----------
    view
        Name of the view, on both sides.
    args
        What the view asks with when it asks again.
    data
        What it draws first, as the view's function answers.
    html, text
        The static picture: no script, at most 90 KB; and as text.
    snapshot
        The part of ``data`` that is saved in the notebook, if the whole is too much.
    """

    view: str
    args: Mapping[str, Any]
    data: Any
    html: str
    text: str
    snapshot: Any = field(default=None)

    def state(self) -> dict[str, Any]:
        """What the live view starts from."""
        return {"v": VERSION, "view": self.view, "args": plain(self.args), "data": plain(self.data)}

    def saved(self) -> dict[str, Any] | None:
        """What is saved to be drawn without a kernel; None if it would be too much."""
        data = self.data if self.snapshot is None else self.snapshot
        found = {"v": VERSION, "view": self.view, "args": plain(self.args), "data": plain(data)}
        return found if len(json.dumps(found)) <= SNAPSHOT_BYTES else None

    def bundle(self, model_id: str | None = None) -> dict[str, Any]:
        """The mime bundle without a widget; ``model_id`` names the widget that a saved picture stands for."""
        found: dict[str, Any] = {"text/plain": self.text, "text/html": self.html}
        saved = self.saved()
        if saved is not None:
            found[MIME] = saved | ({"model_id": model_id} if model_id else {})
        return found
