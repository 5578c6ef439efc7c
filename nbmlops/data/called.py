"""What the sides of a diff are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from nbmlops.data import files
from nbmlops.ui import format as fmt

_MOST: Final = 60


def label(thing: Any) -> str:
    """A path by its last part, a query by its text, an object by its type."""
    if not isinstance(thing, str | Path):
        return type(thing).__name__
    if files.is_query(thing):
        return fmt.short(" ".join(str(thing).split()), _MOST)
    return Path(thing).name or str(thing)


def apart(one: Path, two: Path) -> tuple[str, str]:
    """Two paths with as many of their folders as tell them apart."""
    parts = [path.absolute().parts for path in (one, two)]
    for count in range(2, max(map(len, parts)) + 1):
        labels = ["/".join(each[-count:]) for each in parts]
        if labels[0] != labels[1]:
            return labels[0], labels[1]
    return one.name, two.name
