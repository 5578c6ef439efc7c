"""Columns in a form that DuckDB compares as people do: NULL is NULL, NaN is NaN, -0.0 is 0.0, NULL is not NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.data.canonical import plain

if TYPE_CHECKING:
    import pyarrow as pa


def comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column, or what stands for it where DuckDB does not take its type; equal exactly where it is."""
    import pyarrow as pa

    kind = column.type
    is_ = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        chunks = [chunk.storage for chunk in column.chunks]
        return comparable(pa.chunked_array(chunks, type=kind.storage_type))
    if is_.is_dictionary(kind) and _is_text(kind.value_type) and not is_.is_string_view(kind.value_type):
        return column  # DuckDB reads it as text
    if is_.is_dictionary(kind) or is_.is_run_end_encoded(kind):
        return comparable(plain(column))
    if is_.is_float16(kind):
        return column.cast(pa.float32())
    if is_.is_duration(kind):
        return column.cast(pa.int64())
    if is_.is_null(kind):
        return column.cast(pa.int8())
    if is_.is_decimal256(kind) or is_.is_union(kind) or is_.is_interval(kind):
        return pa.chunked_array([pa.array([_text(value) for value in column.to_pylist()], pa.string())])
    return column


def two_comparable(left: pa.ChunkedArray, right: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Two columns that can be compared with each other: numbers as they are, of other different types the text."""
    import pyarrow as pa

    left, right = comparable(left), comparable(right)
    if pa.types.is_boolean(left.type) and _is_number(right.type):
        left = left.cast(pa.int8())
    elif pa.types.is_boolean(right.type) and _is_number(left.type):
        right = right.cast(pa.int8())
    if left.type == right.type or (_is_number(left.type) and _is_number(right.type)):
        return left, right
    if _is_text(_inner(left.type)) and _is_text(_inner(right.type)):
        return left, right
    if (
        pa.types.is_timestamp(left.type)
        and pa.types.is_timestamp(right.type)
        and bool(left.type.tz) == bool(right.type.tz)
    ):
        return left, right
    return _as_text(left), _as_text(right)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _inner(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    column = plain(column)
    try:
        return column.cast(pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        texts = pa.array([_text(value) for value in column.to_pylist()], pa.large_string())
        return pa.chunked_array([texts])


def _text(value: Any) -> str | None:
    return None if value is None else repr(value)
