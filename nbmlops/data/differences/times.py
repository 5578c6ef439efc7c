"""Moments, days and spans of two units, as counts that are equal exactly where they are the same.

DuckDB gets all counts as if they were microseconds: it only compares them, and no tolerance is applied to moments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

    Both = tuple[pa.ChunkedArray, pa.ChunkedArray]

_PER_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY: Final = 86_400


def two_times(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Both:
    """Two columns of one kind; a day is its midnight."""
    import pyarrow as pa

    if left.type == right.type or (
        pa.types.is_timestamp(left.type) and pa.types.is_timestamp(right.type) and left.type.unit == right.type.unit
    ):
        return _carried(_counts(left)), _carried(_counts(right))
    one, two = _unit(left.type), _unit(right.type)
    finer = max(one, two)
    try:
        return _carried(_finer(left, finer)), _carried(_finer(right, finer))
    except pa.ArrowInvalid:  # too long ago for that unit
        return _split(left), _split(right)


def _counts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return column.cast(pa.int32() if column.type.bit_width == 32 else pa.int64()).cast(pa.int64())


def _carried(counts: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return counts.cast(pa.timestamp("us"))


def _unit(kind: pa.DataType) -> float:
    """How many of its units are a second."""
    import pyarrow as pa

    if pa.types.is_date32(kind):
        return 1 / _DAY
    return 1000 if pa.types.is_date64(kind) else _PER_SECOND[kind.unit]


def _finer(column: pa.ChunkedArray, unit: float) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    factor = round(unit / _unit(column.type))
    counts = _counts(column)
    return counts if factor == 1 else pc.multiply_checked(counts, factor)


def _split(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Seconds, and nanoseconds within one."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.concat_arrays(_counts(column).chunks)
    mask = array.is_null()
    values = pc.fill_null(array, 0).to_numpy(zero_copy_only=False)
    unit = _unit(column.type)
    seconds, rest = np.divmod(values, round(unit)) if unit >= 1 else (values * _DAY, np.zeros_like(values))
    parts = [pa.array(seconds), pa.array(rest * (10**9 // max(round(unit), 1)))]
    return pa.chunked_array([pa.StructArray.from_arrays(parts, ["seconds", "ns"], mask=mask)])
