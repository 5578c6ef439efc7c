"""Time-ordered identifiers: 48 bits of milliseconds, 40 random bits, base32."""

from __future__ import annotations

import os
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u to misread
LENGTH = 18


def new_id() -> str:
    """Return a new identifier; identifiers of later milliseconds sort later."""
    number = (time.time_ns() // 1_000_000) << 40 | int.from_bytes(os.urandom(5), "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
