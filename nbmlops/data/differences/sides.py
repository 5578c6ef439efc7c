"""The two sides of a comparison: columns and chunks of a table in memory, or of one that is kept and read as needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from nbmlops.data.canonical import ROWS
from nbmlops.data.differences.comparable import comparable
from nbmlops.data.identity import Identity, identify

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class Side(Protocol):
    """A table whose values can be asked for."""

    @property
    def identity(self) -> Identity:
        """Its digests."""

    def columns(self, places: Sequence[int]) -> list[pa.ChunkedArray]:
        """Whole columns."""

    def piece(self, place: int, number: int) -> pa.ChunkedArray:
        """One chunk of `canonical.ROWS` rows of a column."""


class TableSide:
    """A table in memory."""

    def __init__(self, table: pa.Table, identity: Identity | None = None) -> None:
        self.table = table
        self.identity = identity or identify(table)

    def columns(self, places: Sequence[int]) -> list[pa.ChunkedArray]:
        """Whole columns."""
        return [self.table.column(place) for place in places]

    def piece(self, place: int, number: int) -> pa.ChunkedArray:
        """One chunk of a column."""
        return self.table.column(place).slice(number * ROWS, ROWS)


class LiveSide(TableSide):
    """A table in memory that is large, and that somebody can still write into.

    Rows that differ are kept as they were compared; of others nobody knows once it was written to.
    """

    def __init__(self, table: pa.Table, identity: Identity | None, must_be_unchanged: Callable[[], None]) -> None:
        super().__init__(table, identity)
        self.must_be_unchanged = must_be_unchanged
        self._kept: dict[int, tuple[NDArray[np.int64], pa.ChunkedArray]] = {}

    def keep(self, place: int, rows: NDArray[np.int64]) -> None:
        """Keep some rows of a column."""
        import numpy as np

        rows = np.unique(rows)
        self._kept[place] = rows, _taken(self, place, rows)

    def kept(self, place: int, rows: NDArray[np.int64]) -> pa.ChunkedArray | None:
        """Some rows of a column, if all of them were kept."""
        import numpy as np
        import pyarrow as pa

        known, values = self._kept.get(place, (np.zeros(0, np.int64), None))
        at = np.searchsorted(known, rows)
        if values is None or bool((at >= len(known)).any()) or bool((known[at] != rows).any()):
            return None
        return values.take(pa.array(at))


def is_single(side: Side, name: str) -> bool:
    """Whether exactly one column has this name."""
    return side.identity.names.count(name) == 1


def taken(side: Side, place: int, rows: NDArray[np.int64]) -> pa.ChunkedArray:
    """Some rows of a column, in the order asked for; only the chunks that hold them are read.

    Raises
    ------
    RecordError
        The object was changed since it was compared.
    """
    if isinstance(side, LiveSide):
        if (kept := side.kept(place, rows)) is not None:
            return kept
        side.must_be_unchanged()
    return _taken(side, place, rows)


def _taken(side: Side, place: int, rows: NDArray[np.int64]) -> pa.ChunkedArray:
    import numpy as np
    import pyarrow as pa

    from nbmlops.data.canonical import plain

    numbers = rows // ROWS
    pieces: list[Any] = []
    order = np.empty(len(rows), dtype=np.int64)
    done = 0
    for number in np.unique(numbers):
        at = np.flatnonzero(numbers == number)
        pieces += _picked(side.piece(place, int(number)), pa.array(rows[at] - number * ROWS)).chunks
        order[at] = done + np.arange(len(at))
        done += len(at)
    if not pieces:
        return plain(side.piece(place, 0)).slice(0, 0) if side.identity.rows else pa.chunked_array([], pa.null())
    return pa.chunked_array(pieces).take(pa.array(order))


def _picked(column: pa.ChunkedArray, rows: pa.Array) -> pa.ChunkedArray:
    import pyarrow as pa

    from nbmlops.data.canonical import plain

    try:
        return plain(column).take(rows)
    except pa.ArrowNotImplementedError:  # of lists of views, say, Arrow picks nothing
        return comparable(column).take(rows)
