"""Configuration objects as flat parameters: ``cfg/optimizer/lr``."""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
import types
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import PurePath
from typing import cast

from nbmlops.tracking.parameters.encoding import scalar

MAX_DEPTH = 4
MAX_KEYS = 200
_MAX_LIST = 16
# A dict with more entries than this is data: a vocabulary, a label map.
_MAX_ENTRIES = 64
_MAX_VISITS = 2000
_MAX_TEXT = 200
# How much of a configuration may be no simple value: a handle in a dict, a dataset in a dataclass.
_STRANGE_IN_DICT = 0.25
_STRANGE = 0.5
_CODE = (type, types.FunctionType, types.BuiltinFunctionType)
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def configs(names: Iterable[str], namespace: Mapping[str, object], *, dicts: bool = True) -> dict[str, object]:
    """Flatten the configuration objects behind some names.

    Known are plain dicts with text keys, dataclasses, ``argparse.Namespace``, ``SimpleNamespace``,
    attrs, pydantic models and OmegaConf. Only simple values are kept: numbers, texts, booleans,
    None, paths, enums and short lists of these. A dict that holds arrays, tables or long texts, or
    much else that is not simple, is data or a result, on whatever level it stands.

    Parameters
    ----------
    names
        Variables to look at.
    namespace
        The user's variables.
    dicts
        Whether plain dicts count. A dict that a cell has just made is as often a result.

    Returns
    -------
    dict
        ``"cfg/lr"`` to value; at most 4 levels and 200 keys in all. What raises is left out.
    """
    found: dict[str, object] = {}
    for name in sorted(set(names)):
        value = namespace.get(name)
        if name.startswith("_") or (isinstance(value, dict) and not dicts):
            continue
        for key, leaf in flatten(name, value).items():
            if len(found) == MAX_KEYS:
                return found
            found[key] = leaf
    return found


def flatten(name: str, value: object, depth: int = MAX_DEPTH, *, is_written: bool = False) -> dict[str, object]:
    """One configuration object as ``name/key`` to value.

    Parameters
    ----------
    name
        Start of the keys.
    value
        The object; anything that is no configuration gives an empty dict.
    depth
        Levels to go down.
    is_written
        Whether the user wrote the dict out in the cell itself; then it is kept whatever it holds.

    Returns
    -------
    dict
        In the object's own order; empty when it holds more than 200 values, which makes it data.
    """
    walk = _Walk(is_written)
    try:
        found = walk.leaves(name, value, depth)
    except Exception:  # noqa: BLE001 - a foreign object may raise anything when looked at
        return {}
    return found or {}


class _TooMuch(Exception):
    """More values than any configuration has."""


class _Walk:
    """Goes down one object, and tells settings from data."""

    def __init__(self, is_written: bool) -> None:
        self.is_written = is_written
        self.left = MAX_KEYS
        self.visits = _MAX_VISITS

    def leaves(self, name: str, value: object, depth: int) -> dict[str, object] | None:
        """Simple values of a configuration object; None when it is data or no such object."""
        entries = _entries(value)
        if entries is None or len(entries) > _MAX_ENTRIES or not all(map(_is_key, entries)):
            return None
        if depth == 0:
            return {}
        is_dict = type(value) in (dict, types.SimpleNamespace) and not self.is_written
        if is_dict and (any(map(_is_data, entries.values())) or _is_palette(entries.values())):
            return None
        found: dict[str, object] = {}
        strange = 0
        for key, part in entries.items():
            self.visits -= 1
            leaf = _leaf(part)
            if leaf is not None:
                found[f"{name}/{key}"] = leaf[0]
                self.left -= 1
            else:
                inner = self.leaves(f"{name}/{key}", part, depth - 1)
                found.update(inner or {})
                strange += inner is None and not isinstance(part, _CODE)
            if self.left < 0 or self.visits < 0:
                raise _TooMuch
        most = len(entries) if self.is_written else len(entries) * (_STRANGE_IN_DICT if is_dict else _STRANGE)
        return found if strange <= most else None


def _is_data(value: object) -> bool:
    """Whether a value is an array, a table, or a text that nobody would call a setting."""
    if isinstance(value, str):
        return len(value) > _MAX_TEXT or "\n" in value.strip()
    if type(value) in (list, tuple) and isinstance(value, list | tuple):
        return any(isinstance(part, str) and _is_data(part) for part in value[:_MAX_LIST])
    kind = type(value)
    if kind.__module__ == "builtins" or scalar(value) is not value:
        return False
    return any(hasattr(kind, mark) for mark in ("__array__", "__dataframe__", "iloc", "numel"))


def _is_palette(values: Iterable[object]) -> bool:
    """Whether all values are colours."""
    texts = list(values)
    return bool(texts) and all(isinstance(text, str) and _COLOUR.fullmatch(text) for text in texts)


def is_small(value: Mapping[object, object]) -> bool:
    """Whether a dict that is no configuration is still one value: ``{0: 1.0, 1: 5.0}``.

    Parameters
    ----------
    value
        A dict, of keys of any kind.

    Returns
    -------
    bool
    """
    parts = value.values()
    return (
        len(value) <= _MAX_LIST and not _is_palette(parts) and all(_leaf(part) and not _is_data(part) for part in parts)
    )


def _is_key(key: object) -> bool:
    """Whether a key reads as the name of a setting."""
    return isinstance(key, str) and 0 < len(key) <= 200 and not key.startswith("_")


def _entries(value: object) -> dict[str, object] | None:
    """Fields of a configuration object, or None."""
    kind = type(value)
    if isinstance(value, dict):  # no Bunch, no ModelOutput: what has a class of its own is what a library gave back
        return cast("dict[str, object]", value) if kind is dict else None
    if kind.__module__ == "builtins" or isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        fields = (field.name for field in dataclasses.fields(value))
        return {name: getattr(value, name) for name in fields if hasattr(value, name)}
    if isinstance(value, argparse.Namespace | types.SimpleNamespace):
        return dict(vars(value))
    if hasattr(kind, "model_dump") and hasattr(kind, "model_fields"):
        return cast("dict[str, object]", value.model_dump())  # type: ignore[attr-defined]
    if hasattr(kind, "__attrs_attrs__"):
        return {field.name: getattr(value, field.name) for field in kind.__attrs_attrs__}
    return _container(value, kind)


def _container(value: object, kind: type) -> dict[str, object] | None:
    """OmegaConf and its like, which turn themselves into plain containers."""
    own = getattr(kind, "to_container", None)
    module = sys.modules.get(kind.__module__.partition(".")[0])
    if own is not None:
        plain = own(value)
    elif kind.__module__.startswith("omegaconf.") and module is not None:
        try:
            plain = module.OmegaConf.to_container(value, resolve=True)
        except Exception:  # noqa: BLE001 - an interpolation that cannot be resolved yet
            plain = module.OmegaConf.to_container(value, resolve=False)
    elif kind.__module__.startswith("ml_collections."):
        plain = value.to_dict()  # type: ignore[attr-defined]
    else:
        return None
    return plain if isinstance(plain, dict) else None


def _leaf(value: object) -> tuple[object] | None:
    """A simple value in a tuple of one, or None."""
    value = scalar(value)
    if value is None or isinstance(value, bool | int | float | str | Enum | PurePath):
        return (value,)
    if type(value) in (list, tuple) and isinstance(value, list | tuple) and len(value) <= _MAX_LIST:
        parts = [scalar(part) for part in value]
        if all(part is None or isinstance(part, bool | int | float | str) for part in parts):
            return (parts,)
    return None
