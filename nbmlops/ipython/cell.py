"""A cell while it runs."""

from __future__ import annotations

from contextvars import Token
from dataclasses import dataclass
from typing import Any

from nbmlops.ipython.identity import CellFacts
from nbmlops.ipython.recorder import Shown
from nbmlops.ipython.runcell import CellRun
from nbmlops.tracking.executions import Execution


@dataclass(eq=False)
class Cell:
    """One cell while it runs."""

    info: Any
    raw: str
    facts: CellFacts
    outer: Cell | None
    execution: Execution | None = None
    run: CellRun | None = None
    shown: Shown | None = None
    rejection: BaseException | None = None
    was_rejected: bool = False
    token: Token[Any] | None = None

    def has_run_outside(self, text: str) -> bool:
        """Whether an outer cell has the run that this nested one names: ``%%time`` above ``%mlrun``."""
        outer = self.outer
        while outer is not None:
            if outer.run is not None and outer.run.text == text and outer.raw.lstrip().startswith("%%"):
                return True
            outer = outer.outer
        return False
