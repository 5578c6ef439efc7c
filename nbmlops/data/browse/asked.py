"""What a browser asks with: every argument is checked, since anybody could have sent it."""

from __future__ import annotations

import math
from typing import Final

from nbmlops.errors import UsageError
from nbmlops.ui.desk import Args

MOST_TEXTS: Final = 20
_RELOAD: Final = "the page may be of another version of nbmlops: reload it, and restart the kernel"


def text(args: Args, name: str, default: str | None = None) -> str:
    """A short text."""
    value = args.get(name, default)
    if not isinstance(value, str) or not value or len(value) > 300:
        raise UsageError(f"{name!r} is a short text; found {value!r:.60}", _RELOAD)
    return value


def texts(args: Args, name: str) -> list[str] | None:
    """A list of texts, or None where there is none."""
    value = args.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise UsageError(f"{name!r} is a list of texts; found {value!r:.60}", _RELOAD)
    if len(value) > MOST_TEXTS:
        raise UsageError(f"{name!r} has at most {MOST_TEXTS} texts; found {len(value):,}", _RELOAD)
    return value


def whole(args: Args, name: str, default: int, most: int) -> int:
    """A whole number from 0 to ``most``; a larger one is ``most``."""
    value = args.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise UsageError(f"{name!r} is a whole number from 0; found {value!r:.60}", _RELOAD)
    return min(int(value), most)


def number(args: Args, name: str) -> float:
    """A number from 0; 0 where there is none."""
    value = args.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise UsageError(f"{name!r} is a number from 0; found {value!r:.60}", _RELOAD)
    return float(value)
