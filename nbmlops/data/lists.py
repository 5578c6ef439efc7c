"""What ``ml.data.list`` and ``ml.data.log`` return: a table that shows itself, live where a front end can."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import listing, place, queries, resolving
from nbmlops.ui.desk import Desk
from nbmlops.ui.html import view_html
from nbmlops.ui.plain import plain
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

PAGE: Final = 50
_ROOM: Final = 80_000  # bytes of what is saved with a notebook, of the static picture and of the live one each


class DataList(Showable):
    """Datasets, or the versions of one; the value of ``ml.data.list`` and ``ml.data.log``.

    It is a sequence of rows, ``.values("message")`` is one column, ``.df()`` a pandas frame of all.
    """

    def __init__(self, view: View, rows: Sequence[Mapping[str, Any]], dataset: str | None) -> None:
        self._view = view
        self._rows = rows
        self._dataset = dataset

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns."""
        return self._view.columns

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """The rows."""
        return self._view.rows

    def values(self, key: str) -> list[object]:
        """The cells of one column, None where missing."""
        return self._view.values(key)

    def df(self) -> pd.DataFrame:
        """All rows as a pandas frame."""
        return self._view.df()

    def __len__(self) -> int:
        return len(self._view)

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        return iter(self._view)

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return view_text(self._view)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _shown(self) -> Shown:
        args = {} if self._dataset is None else {"dataset": self._dataset}
        data = plain(answer_of(self._rows[:PAGE], len(self._rows), len(self._rows), self._dataset))
        saved = dict(data, rows=data["rows"][: _fitting(data["rows"])])
        name = "datasets" if self._dataset is None else "dataset"
        return Shown(name, args, data, html=self._html(), text=str(self), snapshot=saved)

    def _html(self) -> str:
        """The static picture of the first rows, of as many as there is room for."""
        count = PAGE
        while True:
            html = view_html(replace(self._view, rows=self._view.rows[:count], total=len(self._view)))
            if count == 1 or len(html.encode()) <= _ROOM:
                return html
            count //= 2

    def _desk(self) -> Desk:
        return place.desk()


def datasets() -> DataList:
    """All datasets of the store."""
    rows = place.store().read(listing.datasets, key=("data", "list"))
    return DataList(listing.datasets_view(rows), rows, None)


def versions(dataset: str) -> DataList:
    """The versions of a dataset."""

    def read(con: duckdb.DuckDBPyConnection) -> list[listing.VersionRow]:
        resolving.must_exist(con, dataset)
        return listing.versions(con, queries.of_dataset(con, dataset))

    rows = place.store().read(read, key=("data", "log", dataset))
    return DataList(listing.versions_view(dataset, rows), rows, dataset)


def answer_of(rows: Sequence[Mapping[str, Any]], total: int, every: int, dataset: str | None = None) -> dict[str, Any]:
    """What a browser draws a list from: the first rows, how many match, and how many there are at all."""
    named = {} if dataset is None else {"dataset": dataset}
    return {**named, "rows": list(rows), "total": total, "all": every}


def _fitting(rows: Sequence[Any]) -> int:
    """How many of the first rows there is room for in a saved notebook."""
    used = 0
    for at, row in enumerate(rows):
        used += len(json.dumps(row, ensure_ascii=False).encode(errors="replace")) * 5 // 4  # quotes are escaped again
        if used > _ROOM:
            return max(at, 1)
    return len(rows)
