"""Diffs that a view may ask more of: of live objects there is nothing else to ask by."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nbmlops.data.outcome import DataDiff

MOST: Final = 8
_lock = Lock()
_held: OrderedDict[Hashable, DataDiff] = OrderedDict()
_names = itertools.count(1)


def new_name() -> str:
    """A name for a diff that has none."""
    return f"held-{next(_names)}"


def hold(name: Hashable, diff: DataDiff) -> None:
    """Remember a diff, and forget the one that nobody asked for the longest."""
    with _lock:
        _held[name] = diff
        _held.move_to_end(name)
        while len(_held) > MOST:
            _held.popitem(last=False)


def find(name: Hashable) -> DataDiff | None:
    """A diff that is remembered."""
    with _lock:
        if name in _held:
            _held.move_to_end(name)
        return _held.get(name)
