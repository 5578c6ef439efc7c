"""How a cell ended, and how one is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from IPython.core.error import InputRejected

from nbmlops.errors import MLError


@dataclass(frozen=True)
class Ending:
    """How a cell ended."""

    status: str
    error: BaseException | None = None

    @property
    def name(self) -> str | None:
        if self.error is None:
            return None
        # the public name: Python 3.13 raises a private subclass of SyntaxError for a cell that is cut short
        return next(kind.__name__ for kind in type(self.error).__mro__ if not kind.__name__.startswith("_"))

    @property
    def message(self) -> str | None:
        try:
            return None if self.error is None else str(self.error)
        except Exception as inner:  # noqa: BLE001 - a stranger's __str__ must not break the user's cell
            return f"<its text raises {type(inner).__name__}>"


def how_it_ended(result: Any) -> Ending:
    """Status and error of an `ExecutionResult`; None is a cell that was cancelled."""
    if result is None:
        return Ending("interrupted")
    before, error = result.error_before_exec, result.error_in_exec
    if before is not None and not isinstance(before, BaseException):  # older IPython stored the exc_info
        before = before[1] if isinstance(before, tuple) else None
    cause = getattr(before, "cause", before)
    if cause is not None:
        return Ending("syntax" if isinstance(cause, SyntaxError) else "error", cause)
    if error is None:
        return Ending("ok")
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
        return Ending("interrupted", error)
    return Ending("error", error)


class Rejected(InputRejected):
    """The run line is wrong; the cell does not run. Shown as the error itself."""

    def __init__(self, cause: MLError) -> None:
        super().__init__(str(cause))
        self.cause = cause

    def _render_traceback_(self) -> list[str]:
        return self.cause._render_traceback_()


def rejected(cause: MLError) -> Rejected:
    """The rejection under the name of its cause, which is what front ends show."""
    kind: type[Rejected] = type(type(cause).__name__, (Rejected,), {})
    return kind(cause)
