"""What `nbmlops.ui.format` writes, as a table that the front end is tested with.

python -m tests.unit.ui.samples            # writes the table anew
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from nbmlops.ui import format as fmt
from nbmlops.ui.plain import plain

TABLE: Final = Path(__file__).parents[2] / "assets" / "format.json"
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)

_FLOATS = (
    0.0, -0.0, 1.0, 0.1, 0.97153, 1.0625, -1.0625, 2.5, 12345.678, 123456.5, 99999.5, 0.00012345, 0.00009999, 1e-5,
    -3.2e-7, 999999.9, 123456789.0, 1e9, 1.2345e9, 1.5e300, 5e-324, 1234.5, 0.99995, 9.9999, math.nan, math.inf,
    -math.inf,
)  # fmt: skip
_COUNTS = (0, 1, -1, 12, 999, 1000, 51020, -1234567, 999999999, 1234567890, 2**53 - 1)
_TEXTS = (
    "", "plain", "two\nlines", "tab\tand\x00null", "del\x7f", "\x9bcontrol", "\u202eright to left", "abcdefgh" * 12,
    "e\u0301" * 50, "👩\u200d👩\u200d👧" * 20, "  spaces  ", "漢字" * 40, "a   " * 30,
)  # fmt: skip
_KEYS = ("val_acc", "gradientboosting__learning_rate", "gradientboosting__max_depth", "a/b", "x" * 17, "😀" * 20, "")
_SECONDS = (
    0.0, 0.0421, 0.00994, 0.00995, 0.0125, 0.0005, 0.9994, 0.9995, 1.23, 9.94, 9.95, 59.49, 59.5, 61.0, 185.0, 90.5,
    3599.4, 3599.5, 7500.0, 86369.0, 86370.0, 90000.0, 1e7, -5.0, math.nan, math.inf, None,
)  # fmt: skip
_BYTES = (0, 812, 999, 1000, 12_345, 99_950, 999_500, 1_200_000_000, 5e18, None)
_AGES = (-3600, -61, -59, 0, 4, 5, 59, 60, 3599, 3600, 86399, 86400, 14 * 86400 - 1)
_COLUMNS = ((0.5, 1, 10.25), (1, 2, 3), (None, 0.1, math.nan, "text"), (1e-9, 0.5), (1234.5, 0.125), ())
_RUNS = (
    {"number": 12, "name": "adam"}, {"number": 12, "name": None}, {"number": None, "name": "adam"},
    {"number": None, "name": None, "id": "01abcdef"}, {"number": 1, "name": ""},
)  # fmt: skip


def table() -> dict[str, list[list[Any]]]:
    """Pairs of what is written and how, by function."""

    def pairs(write: Callable[[Any], Any], values: Any) -> list[list[Any]]:
        return [[plain(value), write(value)] for value in values]

    return {
        "number": pairs(fmt.number, (*_COUNTS, True, None, "text")),
        "measured": pairs(fmt.number, _FLOATS),
        "signed": pairs(fmt.signed, [value for value in _FLOATS if abs(value) < 1e9]),
        "duration": pairs(fmt.duration, _SECONDS),
        "size": pairs(fmt.size, _BYTES),
        "ago": [[seconds, fmt.ago(NOW - timedelta(seconds=seconds), NOW)] for seconds in _AGES],
        "short": pairs(fmt.short, _TEXTS),
        "heading": pairs(fmt.heading, _KEYS),
        "headings": [[list(_KEYS), fmt.headings(_KEYS)]],
        "column": pairs(fmt.number_column, _COLUMNS),
        "run_label": pairs(fmt.run_label, _RUNS),
    }


if __name__ == "__main__":
    TABLE.write_text(json.dumps(table(), ensure_ascii=True, indent=1) + "\n", encoding="utf-8")
