"""What a version of data is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from nbmlops.ui import format as fmt

Mode = Literal["hash", "keep", "sample"]
Kind = Literal["table", "files", "array", "state"]
MODES: Final = ("hash", "keep", "sample")


@dataclass(frozen=True)
class Version:
    """One immutable version of a dataset; what ``ml.data.save`` returns.

    Attributes
    ----------
    id, dataset, number
        Its own id, and what it is called: ``train@v3``.
    kind
        ``table``, ``files``, ``array`` or ``state`` (a dict of arrays: ``rows`` arrays of ``columns`` values).
    content_id, schema_id, form_id
        What it holds; equal ids are equal values, whoever produced them. ``form_id`` is of how it was held: index,
        dtypes, the library.
    rows, columns, files
        How many, where it has such.
    size_bytes, new_bytes
        Of the object in memory or on disk, and what keeping it added to the store.
    mode
        ``hash``: identity, schema and profile are kept; ``keep``: the values too; ``sample``: 10,000 rows of them.
    message, created_at, parents, run_id, execution_id
        Why, when, from what, and in which run and cell it was made.
    key
        The columns that tell its rows apart, if they were declared.
    source
        Where it was read from, if it is files or a query.
    is_dropped
        Its values were collected; identity, schema and profile are still there.
    is_new
        False where ``save`` found that this content was there already.
    """

    id: str
    dataset: str
    number: int
    kind: Kind
    content_id: str
    schema_id: str | None
    form_id: str | None
    rows: int | None
    columns: int | None
    files: int | None
    size_bytes: int
    new_bytes: int
    mode: Mode
    message: str
    created_at: datetime
    parents: tuple[str, ...]
    key: tuple[str, ...]
    source: str | None
    manifest: str | None = field(repr=False)
    run_id: str | None
    execution_id: str | None
    is_dropped: bool = False
    is_new: bool = field(default=True, compare=False)
    note: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What it is called: ``train@v3``."""
        return f"{self.dataset}@v{self.number}"

    @property
    def shape(self) -> str:
        """How large it is, in words."""
        if self.kind == "files":
            files = f"{fmt.number(self.files)} file{'' if self.files == 1 else 's'}"
            return files if self.rows is None else f"{files}, {fmt.number(self.rows)} × {fmt.number(self.columns)}"
        if self.kind == "state":
            tensors = f"{fmt.number(self.rows)} array{'' if self.rows == 1 else 's'}"
            return f"{tensors}, {fmt.number(self.columns)} values"
        return f"{fmt.number(self.rows)} × {fmt.number(self.columns)}"

    def __str__(self) -> str:
        what = "" if self.is_new else " was there already"
        kept = {"hash": "values not kept", "keep": "kept", "sample": "a sample kept"}[self.mode]
        if self.is_dropped:
            kept = "values collected"
        elif self.mode == "keep" and self.is_new:
            kept += f" (+{fmt.size(self.new_bytes)})"
        parts = [f"{self.name}{what}", self.shape, fmt.size(self.size_bytes), kept, self.content_id[:12]]
        return " · ".join([*parts, *filter(None, [self.message, self.note])]).replace(fmt.THIN, " ")

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))
