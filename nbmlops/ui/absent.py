"""What stands for a value that is not there, where None is a value like any other."""

from __future__ import annotations

from enum import Enum
from typing import Final


class _Absent(Enum):
    ABSENT = "absent"
    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = _Absent.ABSENT
"""There is none."""
UNKNOWN: Final = _Absent.UNKNOWN
"""Nobody looked, so nobody can say whether there is one."""


def is_there(value: object) -> bool:
    """Whether it is a value."""
    return not isinstance(value, _Absent)
