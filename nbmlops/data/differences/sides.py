"""The two sides of a comparison: columns and chunks of a table in memory, or of one that is kept and read as needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from nbmlops.data.canonical import ROWS
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


def named(side: Side, names: Sequence[str]) -> pa.Table:
    """Some columns by name; each stands once."""
    import pyarrow as pa

    places = [side.identity.names.index(name) for name in names]
    return pa.Table.from_arrays(side.columns(places), names=list(names))


def is_single(side: Side, name: str) -> bool:
    """Whether exactly one column has this name."""
    return side.identity.names.count(name) == 1


def taken(side: Side, place: int, rows: NDArray[np.int64]) -> pa.ChunkedArray:
    """Some rows of a column, in the order asked for; only the chunks that hold them are read."""
    import numpy as np
    import pyarrow as pa

    from nbmlops.data.canonical import plain

    numbers = rows // ROWS
    pieces: list[Any] = []
    order = np.empty(len(rows), dtype=np.int64)
    done = 0
    for number in np.unique(numbers):
        at = np.flatnonzero(numbers == number)
        pieces += plain(side.piece(place, int(number))).take(pa.array(rows[at] - number * ROWS)).chunks
        order[at] = done + np.arange(len(at))
        done += len(at)
    if not pieces:
        return plain(side.piece(place, 0)).slice(0, 0) if side.identity.rows else pa.chunked_array([], pa.null())
    return pa.chunked_array(pieces).take(pa.array(order))
