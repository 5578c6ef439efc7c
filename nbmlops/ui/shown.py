"""One thing shown in a notebook, in every form it may be met in: live, saved, static, as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nbmlops.ui.plain import plain

MIME = "application/vnd.nbmlops.view+json"
VERSION = 1
SNAPSHOT_BYTES = 100_000
"""Data above this is not saved: the static HTML stands for it."""
OUTPUT_BYTES = 195_000
"""Of all forms together; what is saved gives way."""

Known: TypeAlias = "tuple[str, Mapping[str, Any], Any]"
"""A question that a view asks at once, and its answer: name, arguments, data."""


@dataclass(frozen=True)
class Shown:
    """What a front end draws, and what stands for it where nothing can draw.

    Parameters
    ----------
    view
        Name of the view, on both sides; empty where there is only the static picture.
    args
        What the view asks with when it asks again.
    data
        What it draws first, as the view's function answers.
    html, text
        The static picture: no script, at most 90 KB; and as text.
    snapshot
        The part of ``data`` that is saved in the notebook, if the whole is too much.
    known
        What the saved view asks at once, answered beforehand; left out where there is no room.
    """

    view: str
    args: Mapping[str, Any]
    data: Any
    html: str
    text: str
    snapshot: Any = field(default=None)
    known: Sequence[Known] = ()

    def state(self) -> dict[str, Any]:
        """What the live view starts from."""
        return {"v": VERSION, "view": self.view, "args": plain(self.args), "data": plain(self.data)}

    def saved(self) -> dict[str, Any]:
        """What is saved to be drawn without a kernel; without data (and arguments) where they would be too much."""
        data = self.data if self.snapshot is None else self.snapshot
        found = {"v": VERSION, "view": self.view, "args": plain(self.args), "data": plain(data)}
        known = [{"name": name, "args": plain(args), "data": plain(answer)} for name, args, answer in self.known]
        room = min(SNAPSHOT_BYTES, OUTPUT_BYTES - _written(self.html) - _written(self.text))
        smaller: list[dict[str, Any]] = [{"known": known}, {"known": []}, {"data": None}, {"args": {}}]
        for part in smaller:
            found |= part
            if _written(_packed(found)) <= room:
                break
        return found

    def bundle(self, model_id: str | None = None) -> dict[str, Any]:
        """The mime bundle without a widget; ``model_id`` names the widget that a saved picture stands for."""
        if not self.view:
            return {"text/plain": self.text, "text/html": self.html}
        saved = self.saved()
        # as one text: a notebook's file gives each number of a list a line of its own, and half of it would be blanks
        packed = {"v": saved.pop("v"), "view": saved.pop("view"), "packed": _packed(saved)}
        named = {"model_id": model_id} if model_id else {}
        return {"text/plain": self.text, "text/html": self.html, MIME: packed | named}


def unpacked(mime: Mapping[str, Any]) -> dict[str, Any]:
    """What was saved, as `Shown.saved` had it."""
    found: dict[str, Any] = {"v": mime["v"], "view": mime["view"], **json.loads(mime["packed"])}
    return found


def _packed(saved: Mapping[str, Any]) -> str:
    text = json.dumps(saved, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, which no message could carry
        return json.dumps(saved, separators=(",", ":"))
    return text


def _written(text: str) -> int:
    """Bytes of a text in a notebook's file."""
    return len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))
