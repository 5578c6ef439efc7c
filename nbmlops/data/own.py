"""What is ours in the user's folders: stores and what lies beside them. Never read as data.

A process that holds a DuckDB file loses its lock on it when it opens and closes that file by another way, so all of
this is told by names, before anything is opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from typing import Final

from nbmlops.errors import UsageError

STATE: Final = ".nbmlops"
_GIVEN: Final = "restored"  # files that ml.data.load gave: data like any other
_BESIDE: Final = re.compile(r"(?:\.(?P<new>.+)\.new|(?P<old>.+?))(?:\.wal)?")


def is_state(folder: str) -> bool:
    """Whether a folder is that of the state of stores, or lies in it."""
    parts = os.path.realpath(folder).split(os.sep)
    if STATE not in parts:
        return False
    below = parts[len(parts) - parts[::-1].index(STATE) :]  # <store>/restored/<version>
    return below[1:2] != [_GIVEN]


def stores(folder: str) -> Collection[str]:
    """What the stores of a folder are called, without ``.duckdb``."""
    try:
        return set(os.listdir(os.path.join(folder, STATE)))
    except OSError:
        return ()


def belongs(name: str, known: Collection[str]) -> bool:
    """Whether a file name is that of a store, its log, or a new one that is being made."""
    found = _BESIDE.fullmatch(name)
    return found is not None and (found["new"] or found["old"]).removesuffix(".duckdb") in known


def is_store(file: str) -> bool:
    """Whether a file is a store, or belongs to one: ``mlops.duckdb`` beside ``.nbmlops/mlops``."""
    folder, name = os.path.split(os.path.realpath(file))
    return belongs(name, stores(folder)) or is_state(folder)


def must_be_other(path: str) -> None:
    """Refuse a store as data.

    Raises
    ------
    UsageError
    """
    if is_state(path) if os.path.isdir(path) else is_store(path):
        raise UsageError(f"{path} is the store, or part of it: no data to save", "copy a store: nbmlops pack")
