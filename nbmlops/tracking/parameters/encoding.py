"""Any value as bounded JSON text, and as a number where it is one."""

from __future__ import annotations

import datetime
import json
import math
import re
import types
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import PurePath
from typing import TypeVar

T = TypeVar("T")

MAX_BYTES = 8192
_MAX_LEAVES = 2048
_MAX_DEPTH = 12
_EXACT = 2**53
# An address tells nothing and would make equal values differ.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def encode(value: object) -> tuple[str, float | None]:
    """Write a value as JSON text of at most 8 KiB.

    Parameters
    ----------
    value
        Anything. Never raises: an object whose ``repr`` raises is written as a text that says so.

    Returns
    -------
    text : str
        JSON. NaN and infinities, and integers beyond 2**53, are strings; what was cut is
        ``{"$truncated": true, "head": ..., "length": n}``.
    number : float or None
        For booleans and numbers, NumPy's and 0-d arrays included.

    Examples
    --------
    >>> encode(0.01), encode([1, "a"]), encode(float("inf"))
    (('0.01', 0.01), ('[1, "a"]', None), ('"Infinity"', inf))
    """
    budget = _Budget()
    plain = _plain(value, budget, 0)
    text = json.dumps(plain, ensure_ascii=False)
    if budget.spent or len(text.encode()) > MAX_BYTES:
        text = _cut(plain, text, value)
    return text, _number(value)


class _Budget:
    """How many leaves may still be written."""

    def __init__(self) -> None:
        self.left = _MAX_LEAVES
        self.spent = False

    def take(self) -> bool:
        """Whether one more may be written."""
        self.left -= 1
        self.spent = self.spent or self.left < 0
        return self.left >= 0


def _cut(plain: object, text: str, value: object) -> str:
    """The marked head of what is too long."""
    is_text = isinstance(plain, str)
    head = plain if isinstance(plain, str) else text
    length = len(head)
    if not is_text and not isinstance(value, str):
        try:
            length = len(value)  # type: ignore[arg-type]
        except Exception:  # noqa: BLE001 - a foreign __len__ may raise anything
            length = len(head)
    keep = min(len(head), MAX_BYTES)
    while True:
        marked = json.dumps({"$truncated": True, "head": head[:keep], "length": length}, ensure_ascii=False)
        size = len(marked.encode())
        if size <= MAX_BYTES:
            return marked
        keep = max(0, min(keep - 1, keep * (MAX_BYTES - 64) // size))


def scalar(value: object) -> object:
    """A NumPy or tensor scalar as a Python number; everything else as it is.

    Parameters
    ----------
    value
        Anything; found by its shape, so that nothing is imported.

    Returns
    -------
    object
    """
    kind = type(value)
    if kind.__module__ == "builtins" or not hasattr(kind, "item") or getattr(value, "ndim", None) != 0:
        return value
    return value.item()  # type: ignore[attr-defined]


def _number(value: object) -> float | None:
    """The value as a float when it is a number."""
    try:
        value = scalar(value)
        return float(value) if isinstance(value, bool | int | float) else None
    except OverflowError:
        return math.inf if isinstance(value, int) and value > 0 else -math.inf
    except Exception:  # noqa: BLE001 - a foreign item() or __float__ may raise anything
        return None


def _plain(value: object, budget: _Budget, depth: int) -> object:
    """The value in JSON's own types."""
    try:
        return _known(value, budget, depth)
    except Exception as error:  # noqa: BLE001 - foreign objects may raise anything when looked at
        return _failed(value, error)


def _known(value: object, budget: _Budget, depth: int) -> object:
    """The value in JSON's own types; may raise what foreign objects raise."""
    if not budget.take():
        return None
    value = scalar(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _text(str(value))
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value) if abs(value) <= _EXACT else _integer(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _not_finite(value)
    if depth < _MAX_DEPTH:
        if isinstance(value, dict):
            return {_key(key): _plain(part, budget, depth + 1) for key, part in _while(value.items(), budget)}
        if isinstance(value, list | tuple):
            return [_plain(part, budget, depth + 1) for part in _while(value, budget)]
        if isinstance(value, set | frozenset):
            parts = [_plain(part, budget, depth + 1) for part in _while(value, budget)]
            return sorted(parts, key=lambda part: (type(part).__name__, json.dumps(part)))
        if hasattr(type(value), "tolist") and getattr(value, "size", _MAX_LEAVES) <= 256:
            return _plain(value.tolist(), budget, depth + 1)  # type: ignore[attr-defined]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, PurePath):
        return _text(str(value))
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
        return f"{value.__module__}.{value.__qualname__}".removeprefix("builtins.").removeprefix("__main__.")
    if isinstance(value, bytes | bytearray) and len(value) > MAX_BYTES:
        return repr(bytes(value[:MAX_BYTES])) + "..."
    return _text(_ADDRESS.sub("", repr(value)))


def _while(parts: Iterable[T], budget: _Budget) -> Iterator[T]:
    """The parts, as long as there is room."""
    for part in parts:
        if budget.left <= 0:
            budget.spent = True
            return
        yield part


def _key(key: object) -> str:
    """A JSON key."""
    return _text(key) if isinstance(key, str) else _text(str(key))


def _integer(value: int) -> str:
    """A large integer as text; Python refuses decimals beyond some thousand digits."""
    return str(value) if value.bit_length() < 10_000 else f"{value:#x}"


def _not_finite(value: float) -> str:
    """NaN, Infinity or -Infinity."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _text(text: str) -> str:
    """Text that UTF-8 can hold; more than ever is kept is cut before it costs time."""
    return str(text).encode("utf-8", "replace").decode()


def _failed(value: object, error: Exception) -> str:
    """What is written for an object that cannot be looked at."""
    return f"<{type(value).__name__}: repr raised {type(error).__name__}>"
