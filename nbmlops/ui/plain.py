"""Values as a browser can take them: strict JSON, whatever they were in Python."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

_EXACT = 2**53  # beyond it a browser's numbers lose digits


def plain(value: Any) -> Any:
    """A value as strict JSON.

    NaN and infinities become the texts ``NaN``, ``Infinity`` and ``-Infinity``, integers beyond 2^53 text,
    times ISO 8601 in UTC with a ``Z`` (a naive one is UTC), NumPy scalars and arrays plain numbers and lists.

    Examples
    --------
    >>> plain({"loss": float("nan"), "steps": (1, 2)})
    {'loss': 'NaN', 'steps': [1, 2]}
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if -_EXACT <= value <= _EXACT else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _word(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def _word(value: float) -> str:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
