"""The columns of both sides in comparable form, whole or a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbmlops.data.canonical import ROWS
from nbmlops.data.differences.comparable import two_comparable
from nbmlops.data.differences.schema import Pair
from nbmlops.data.differences.sides import Side
from nbmlops.data.identity import Identity

if TYPE_CHECKING:
    import pyarrow as pa


def pieces(left: Side, right: Side, pairs: Sequence[Pair], number: int) -> tuple[pa.Table, pa.Table]:
    """One chunk of the columns of both."""
    columns = [two_comparable(left.piece(pair.left, number), right.piece(pair.right, number)) for pair in pairs]
    return _labelled(columns)


def whole(left: Side, right: Side, pairs: Sequence[Pair]) -> tuple[pa.Table, pa.Table]:
    """Whole columns, called ``c0``, ``c1`` ..."""
    if not pairs:  # rows are still counted
        return _empty(left.identity.rows), _empty(right.identity.rows)
    before = left.columns([pair.left for pair in pairs])
    after = right.columns([pair.right for pair in pairs])
    return _labelled([two_comparable(a, b) for a, b in zip(before, after, strict=True)])


def _empty(rows_: int) -> pa.Table:
    import pyarrow as pa

    return pa.table({"c": pa.nulls(rows_, pa.int8())}).select([])


def _labelled(columns: Sequence[tuple[pa.ChunkedArray, pa.ChunkedArray]]) -> tuple[pa.Table, pa.Table]:
    import pyarrow as pa

    names = [f"c{place}" for place in range(len(columns))]
    return pa.table([a for a, _ in columns], names=names), pa.table([b for _, b in columns], names=names)


def dirty(one: Identity, two: Identity, pairs: Sequence[Pair]) -> list[int]:
    """The chunks in which any of the columns differs."""
    last = -(-min(one.rows, two.rows) // ROWS)
    return [
        number
        for number in range(last)
        if any(
            one.types[pair.left] != two.types[pair.right]
            or one.digests[pair.left][number] != two.digests[pair.right][number]
            for pair in pairs
        )
    ]
