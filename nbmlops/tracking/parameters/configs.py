"""Configuration objects as flat parameters: ``cfg/optimizer/lr``."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import cast

from nbmlops.tracking.parameters.encoding import scalar

MAX_DEPTH = 4
MAX_KEYS = 200
_MAX_LIST = 16
# A dict with more entries than this is data: a vocabulary, a label map.
_MAX_ENTRIES = 64


def configs(names: Iterable[str], namespace: Mapping[str, object], *, dicts: bool = True) -> dict[str, object]:
    """Flatten the configuration objects behind some names.

    Known are dicts with text keys, dataclasses, ``argparse.Namespace``, ``SimpleNamespace``, named
    tuples, attrs, pydantic models and OmegaConf. Only simple values are kept: numbers, texts,
    booleans, None, paths, enums and short lists of these.

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


def flatten(name: str, value: object, depth: int = MAX_DEPTH) -> dict[str, object]:
    """One configuration object as ``name/key`` to value.

    Parameters
    ----------
    name
        Start of the keys.
    value
        The object; anything that is no configuration gives an empty dict.
    depth
        Levels to go down.

    Returns
    -------
    dict
        In the object's own order; empty when it holds more than 200 values, which makes it data.
    """
    try:
        found = dict(itertools.islice(_leaves(name, value, depth), MAX_KEYS + 1))
    except Exception:  # noqa: BLE001 - a foreign object may raise anything when looked at
        return {}
    return found if len(found) <= MAX_KEYS else {}


def _leaves(name: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    """Simple values of a configuration object."""
    entries = _entries(value)
    if entries is None or depth == 0 or len(entries) > _MAX_ENTRIES or not all(map(_is_key, entries)):
        return
    for key, part in entries.items():
        leaf = _leaf(part)
        if leaf is not None:
            yield f"{name}/{key}", leaf[0]
        else:
            yield from _leaves(f"{name}/{key}", part, depth - 1)


def _is_key(key: object) -> bool:
    """Whether a key reads as the name of a setting."""
    return isinstance(key, str) and 0 < len(key) <= 200 and not key.startswith("_")


def _entries(value: object) -> dict[str, object] | None:
    """Fields of a configuration object, or None."""
    kind = type(value)
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
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
    if isinstance(value, tuple) and hasattr(kind, "_asdict"):
        return cast("dict[str, object]", kind._asdict(value))
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
