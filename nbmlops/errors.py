"""Every error nbmlops raises on purpose.

    MLError
    |-- UsageError            the call or the magic line is wrong
    |   |-- FilterError       a filter expression cannot be read
    |   |-- NoRun             there is no current run to log into
    |   |-- AmbiguousRun      more than one run could be meant
    |   `-- UnknownReference  a reference names no run
    |-- RecordError           a value cannot be recorded
    |-- Stopped               somebody asked this run to stop
    `-- StoreError            the store cannot be used
        |-- StoreBusy         another program holds the file
        |-- StoreOpenHere     this very process holds the file through plain DuckDB
        |-- StoreCorrupt      the file is not readable as a DuckDB database
        |-- StoreForeign      the file is a database, but not one of ours
        |-- StoreTooNew       written by a newer protocol
        |-- StoreGone         the file is no longer there
        `-- StoreUnwritable   folder read-only, disk full, no permission

Every message has the same three parts: what failed, what was found, and
(after ``hint:``) what to do next.
"""

from __future__ import annotations


class MLError(Exception):
    """Base of all nbmlops errors: two lines in IPython, an ordinary class in scripts."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines instead of a traceback."""
        return f"{type(self).__name__}: {self}".splitlines()


class UsageError(MLError):
    """The call or the magic line is wrong."""


class FilterError(UsageError):
    """A filter expression cannot be read."""


class NoRun(UsageError):
    """There is no current run to log into."""


class AmbiguousRun(UsageError):
    """More than one run could be meant; nbmlops never guesses."""


class UnknownReference(UsageError):
    """A reference names no run."""


class RecordError(MLError):
    """A value cannot be recorded."""


class Stopped(MLError):
    """Somebody asked this run to stop; raised at the next log call."""


class StoreError(MLError):
    """The store cannot be used."""


class StoreBusy(StoreError):
    """Another program holds the file."""


class StoreOpenHere(StoreError):
    """This very process holds the file through plain DuckDB."""


class StoreCorrupt(StoreError):
    """The file is not readable as a DuckDB database."""


class StoreForeign(StoreError):
    """The file is a database, but its nbmlops part is not ours."""


class StoreTooNew(StoreError):
    """The store was written by a newer protocol than this version knows."""


class StoreGone(StoreError):
    """The file is no longer there, and whoever asks makes no new one."""


class StoreUnwritable(StoreError):
    """The folder is read-only, the disk is full, or permission is missing."""
