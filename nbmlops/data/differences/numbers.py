"""Numbers of two types, brought to one in which they are equal exactly where they are the same number.

DuckDB would compare a whole number with a float as floats, where 2**53 + 1 is 2**53. Where no single type holds both
sides, a number is a struct: ``near`` is the closest float, which a tolerance is applied to; ``exact`` tells numbers
apart that are closer than floats are.
"""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.differences.nested import written

if TYPE_CHECKING:
    import pyarrow as pa

    Both = tuple[pa.ChunkedArray, pa.ChunkedArray]

NEAR: Final = "near"
_DIGITS: Final = 38  # of the decimals of DuckDB
_FLOAT_DIGITS: Final = 15  # so many are never lost in a float


def is_number(kind: pa.DataType) -> bool:
    """Whether a comparable column holds numbers, as they are or as structs."""
    import pyarrow as pa

    is_ = pa.types
    return bool(is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind) or is_pair(kind))


def is_pair(kind: pa.DataType) -> bool:
    """Whether the numbers are structs; a column of somebody's own structs has not these very fields."""
    import pyarrow as pa

    return pa.types.is_struct(kind) and [field.name for field in kind] == ["exact", NEAR] and kind[0].metadata == _MARK


_MARK: Final = {b"nbmlops": b"number"}


def is_wide(kind: pa.DataType) -> bool:
    """Whether it is a decimal that DuckDB has not."""
    import pyarrow as pa

    return bool(pa.types.is_decimal256(kind) or (pa.types.is_decimal(kind) and kind.scale < 0))


def two_numbers(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Both:
    """Two columns of numbers, logical values included."""
    import pyarrow as pa

    is_ = pa.types
    if left.type == right.type and not is_wide(left.type) and not is_.is_float16(left.type):
        return left, right
    left, right = _simple(left), _simple(right)
    one, two = left.type, right.type
    if is_.is_decimal(one) or is_.is_decimal(two):
        return _decimals(left, right)
    if is_.is_floating(one) == is_.is_floating(two):
        return left, right
    if is_.is_floating(one):
        found = _whole_and_float(right, left)
        return found[1], found[0]
    return _whole_and_float(left, right)


def exact(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as structs of their digits and the closest float."""
    import pyarrow as pa

    values = column.to_pylist()
    return _structs(
        pa.array([None if value is None else written(value) for value in values], pa.string()),
        pa.array([None if value is None else _near(value) for value in values], pa.float64()),
    )


def _simple(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8())
    if pa.types.is_float16(column.type):
        return column.cast(pa.float32())
    return column


def _whole_and_float(whole: pa.ChunkedArray, number: pa.ChunkedArray) -> Both:
    """Whole numbers and floats, in this order."""
    import pyarrow as pa

    number = number.cast(pa.float64())
    try:
        return whole, number.cast(whole.type if pa.types.is_uint64(whole.type) else pa.int64())
    except pa.ArrowInvalid:  # not all are whole
        pass
    try:
        return whole.cast(pa.float64()), number
    except pa.ArrowInvalid:  # some are beyond 2**53
        return _exact_whole(whole), _exact_float(number, whole.type)


def _exact_whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    kind = column.type if pa.types.is_uint64(column.type) else pa.int64()
    array = pa.concat_arrays(column.chunks)
    return _structs(array.cast(kind), array.cast(pa.float64(), safe=False))


def _exact_float(column: pa.ChunkedArray, whole: pa.DataType) -> pa.ChunkedArray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.concat_arrays(column.chunks)
    values = pc.fill_null(array, 0.0).to_numpy(zero_copy_only=False)
    kind, low, high = (np.uint64, 0.0, 2.0**64) if pa.types.is_uint64(whole) else (np.int64, -(2.0**63), 2.0**63)
    with np.errstate(invalid="ignore"):
        is_whole = (values >= low) & (values < high) & (np.trunc(values) == values)
    digits = np.where(is_whole, values, 0.0).astype(kind)
    is_missing = array.is_null().to_numpy(zero_copy_only=False)
    return _structs(pa.array(digits, mask=~is_whole | is_missing), pa.array(values + 0.0, mask=is_missing))


def _decimals(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Both:
    import pyarrow as pa

    is_ = pa.types
    if is_.is_floating(left.type) or is_.is_floating(right.type):
        # a decimal is what is written: 0.1 is the float 0.1, whose digits go on
        try:
            return _read_as_float(left), _read_as_float(right)
        except pa.ArrowInvalid:
            return exact(left), exact(right)
    one, two = (_width(column.type) for column in (left, right))
    scale = max(one[1], two[1])
    digits = max(one[0], two[0]) + scale
    if digits > _DIGITS:
        return exact(left), exact(right)
    kind = pa.decimal128(max(digits, 20), scale)
    return left.cast(kind), right.cast(kind)


def _read_as_float(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals as the floats that are written so; raises where two could become one."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        if column.type.precision > _FLOAT_DIGITS:
            column = column.cast(pa.decimal256(_FLOAT_DIGITS, min(column.type.scale, _FLOAT_DIGITS)))
        column = column.cast(pa.string())
    return column.cast(pa.float64())


def _width(kind: pa.DataType) -> tuple[int, int]:
    """Digits before and after the point."""
    import pyarrow as pa

    return (kind.precision - kind.scale, max(kind.scale, 0)) if pa.types.is_decimal(kind) else (20, 0)


def _near(value: Any) -> float:
    try:
        return float(value) + 0.0
    except (OverflowError, decimal.InvalidOperation):
        return float("inf") if value > 0 else float("-inf")


def _structs(digits: pa.Array, near: pa.Array) -> pa.ChunkedArray:
    """Null where the float is."""
    import pyarrow as pa

    fields = [pa.field("exact", digits.type, metadata=_MARK), pa.field(NEAR, near.type)]
    mask = near.is_null() if near.null_count else None
    return pa.chunked_array([pa.StructArray.from_arrays([digits, near], fields=fields, mask=mask)])
