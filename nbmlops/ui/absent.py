"""What stands for a value that is not there, where None is a value like any other."""

from __future__ import annotations

from enum import Enum
from typing import Final


class _Absent(Enum):
    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent.ABSENT
