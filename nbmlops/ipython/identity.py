"""Which cell is being executed, as far as the front end tells."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbmlops.ipython.transform import run_line

SKIP_TAG = "nbmlops-skip"


@dataclass(frozen=True)
class CellFacts:
    """What is known about the cell of an execution."""

    cell_id: str
    cell_id_source: str
    tags: tuple[str, ...]
    deleted_cells: tuple[str, ...]
    message_id: str | None

    @property
    def is_skipped(self) -> bool:
        return SKIP_TAG in self.tags


class Identifier:
    """Tells cells apart; where the front end names none, by their text."""

    def __init__(self, shell: Any, *, counts_repeats: bool) -> None:
        self._shell = shell
        # A program that executes a notebook from top to bottom runs every cell once: the same
        # text again is another cell. A person at a prompt who repeats a line means the same one.
        self._counts_repeats = counts_repeats
        self._seen: Counter[str] = Counter()

    def facts(self, info: Any, raw: str) -> CellFacts:
        """Describe the cell of an `ExecutionInfo`."""
        parent = self.parent()
        metadata = getattr(info, "cell_meta", None) or parent.get("metadata") or {}
        cell_id = getattr(info, "cell_id", None) or metadata.get("cellId")
        source = "front end"
        if not isinstance(cell_id, str) or not cell_id:
            cell_id, source = self._by_text(raw), "text"
        return CellFacts(
            cell_id,
            source,
            _strings(metadata.get("tags")),
            _strings(metadata.get("deletedCells")),
            self.message_id(parent),
        )

    def parent(self) -> Mapping[str, Any]:
        """The message that asked for this execution; empty in a terminal."""
        get_parent = getattr(self._shell, "get_parent", None)
        parent = get_parent() if get_parent is not None else None
        return parent if isinstance(parent, Mapping) else {}

    def message_id(self, parent: Mapping[str, Any] | None = None) -> str | None:
        """Id of that message."""
        header = (self.parent() if parent is None else parent).get("header") or {}
        found = header.get("msg_id")
        return found if isinstance(found, str) else None

    def _by_text(self, raw: str) -> str:
        lines = raw.splitlines(keepends=True)
        found = run_line(lines)
        if found is not None:  # other overrides do not make it another cell
            del lines[found.first : found.after]
        text = "\n".join(line.rstrip() for line in lines).strip()
        digest = hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
        repeat = self._seen[digest]
        self._seen[digest] += self._counts_repeats
        return f"h:{digest}-{repeat}"


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()
