"""A view: what a person is shown, as plain data. No HTML, no store, no widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["run", "text", "number", "delta", "duration", "bytes", "time", "status", "spark", "tags", "code"]
"""What a column holds; it decides alignment and how a cell is written.

run       RunCell, or None
text      str
number    int or float, bool, or text where a column is mixed
delta     DeltaCell, or None
duration  seconds
bytes     bytes
time      datetime (naive means UTC)
status    str
spark     sequence of floats
tags      mapping name -> value (None for a bare tag), or a sequence of names
code      str
"""


class RunCell(TypedDict, total=False):
    """How a run is named in a table."""

    number: int | None
    id: str
    name: str | None
    is_baseline: bool
    attempts: int


class DeltaCell(TypedDict):
    """A difference to the baseline; ``is_better`` is None where no direction is known."""

    value: float
    is_better: bool | None


@dataclass(frozen=True)
class Column:
    """One column: the key into the rows, its heading, and the kind of its cells."""

    key: str
    label: str
    kind: Kind = "text"


@dataclass(frozen=True)
class View:
    """A table with what must be said about it.

    Parameters
    ----------
    name
        What kind of view this is ("runs", "params"); becomes a CSS class and the snapshot's name.
    title
        Quiet heading above the table, may be empty.
    columns, rows
        A row need not have every key; a missing key and None are shown as a dot.
    footnotes
        Lines under the table ("5 columns equal everywhere are hidden").
    total
        How many rows there are, when ``rows`` holds only the first of them.
    empty
        What to say instead of a table without rows: what would fill it and how.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, object], ...]
    footnotes: tuple[str, ...] = ()
    total: int | None = None
    empty: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return True

    def column(self, key: str) -> Column | None:
        """The column of that key, or None."""
        return next((column for column in self.columns if column.key == key), None)

    def values(self, key: str) -> list[object]:
        """The cells of one column, None where missing."""
        return [row.get(key) for row in self.rows]

    def df(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame of plain values.

        Returns
        -------
        pandas.DataFrame
            One column per key. A run cell becomes ``number``, ``name`` and ``run_id`` (further run
            columns get their key as a prefix), a delta its signed value, tags a dict.
        """
        import pandas as pd

        data: dict[str, list[object]] = {}
        taken = {column.key for column in self.columns if column.kind != "run"}
        for column in self.columns:
            cells = self.values(column.key)
            if column.kind == "run":
                runs = [cell if isinstance(cell, Mapping) else {} for cell in cells]
                for field, source in (("number", "number"), ("name", "name"), ("run_id", "id")):
                    key = f"{column.key}_{field}" if field in data or field in taken else field
                    data[key] = [run.get(source) for run in runs]
            elif column.kind == "delta":
                data[column.key] = [cell.get("value") if isinstance(cell, Mapping) else cell for cell in cells]
            else:
                data[column.key] = cells
        return pd.DataFrame(data)

    def _repr_html_(self) -> str:
        from nbmlops.ui.html import view_html

        return view_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from nbmlops.ui.text import view_text

        printer.text(f"View({self.name!r})" if cycle else view_text(self))

    def __str__(self) -> str:
        from nbmlops.ui.text import view_text

        return view_text(self)
