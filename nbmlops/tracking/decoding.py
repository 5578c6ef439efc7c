"""Recorded parameters back as Python values."""

from __future__ import annotations

import json


def decode(value: str, number: float | None = None) -> object:
    """The value behind its JSON text.

    Non-finite numbers and integers that JSON cannot hold exactly are recorded as strings with a number beside them.

    Examples
    --------
    >>> decode("[1, 2]"), decode('"NaN"', float("nan")), decode('"3"')
    ([1, 2], nan, '3')
    """
    try:
        decoded: object = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if isinstance(decoded, str) and number is not None:
        try:
            return int(decoded)
        except ValueError:
            return float(number)
    return decoded
