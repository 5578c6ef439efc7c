"""Diffs that a view may ask more of: of live objects there is nothing else to ask by.

A diff is found as long as anybody has it; the last few are held here, and no more: their frames may be large.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from nbmlops.data.outcome import DataDiff

MOST: Final = 8
_lock = Lock()
_alive: WeakValueDictionary[Hashable, DataDiff] = WeakValueDictionary()
_last: OrderedDict[Hashable, DataDiff] = OrderedDict()
_names = itertools.count(1)


def new_name() -> str:
    """A name for a diff that has none."""
    return f"held-{next(_names)}"


def hold(name: Hashable, diff: DataDiff) -> None:
    """Remember a diff, and let go of the one that nobody asked for the longest."""
    with _lock:
        _alive[name] = diff
        _touch(name, diff)


def find(name: Hashable) -> DataDiff | None:
    """A diff that is remembered."""
    with _lock:
        found = _alive.get(name)
        if found is not None:
            _touch(name, found)
        return found


def _touch(name: Hashable, diff: DataDiff) -> None:
    _last[name] = diff
    _last.move_to_end(name)
    while len(_last) > MOST:
        _last.popitem(last=False)
