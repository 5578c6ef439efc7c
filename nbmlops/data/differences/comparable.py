"""Columns in a form that DuckDB compares as people do: NULL is NULL, NaN is NaN, -0.0 is 0.0, NULL is not NaN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbmlops.data.canonical import plain
from nbmlops.data.differences import nested, numbers, times

if TYPE_CHECKING:
    import pyarrow as pa

    Both = tuple[pa.ChunkedArray, pa.ChunkedArray]


def comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column, or what stands for it where DuckDB does not take its type; equal exactly where it is."""
    import pyarrow as pa

    column = _bare(column)
    kind = column.type
    is_ = pa.types
    if is_.is_float16(kind):
        return column.cast(pa.float32())
    if is_.is_duration(kind):
        return column.cast(pa.int64())
    if is_.is_null(kind):
        return column.cast(pa.int8())
    if numbers.is_wide(kind):
        return pa.chunked_array([chunk.field("exact") for chunk in numbers.exact(column).chunks], type=pa.string())
    if is_.is_nested(kind) or is_.is_union(kind) or is_.is_interval(kind):
        return nested.comparable(column)
    return column


def two_comparable(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Both:
    """Two columns that can be compared with each other: by their values, of types with none in common by their text."""
    import pyarrow as pa

    left, right = _bare(left), _bare(right)
    if pa.types.is_null(left.type) or pa.types.is_null(right.type):
        return _with_nulls(left, right)
    one, two = _family(left.type), _family(right.type)
    if one != two:
        return nested.as_text(left), nested.as_text(right)
    if one == "number":
        return numbers.two_numbers(left, right)
    if one in ("time", "time of a zone", "duration", "time of day"):
        return times.two_times(left, right)
    if one == "nested":
        return nested.two_nested(left, right)
    if one == "binary" and left.type != right.type:
        return left.cast(pa.large_binary()), right.cast(pa.large_binary())
    if one in ("text", "binary") or left.type == right.type:
        return comparable(left), comparable(right)
    return nested.as_text(left), nested.as_text(right)


def is_by_text(left: pa.DataType, right: pa.DataType) -> bool:
    """Whether two types have no values in common, so that texts are compared."""
    import pyarrow as pa

    left, right = _bare_type(left), _bare_type(right)
    if left == right or pa.types.is_null(left) or pa.types.is_null(right):
        return False
    one, two = _family(left), _family(right)
    return one != two or one == "other" or (one == "nested" and nested.common(left, right) is None)


def _bare(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without extension, dictionary and run-end coding at the top; DuckDB reads dictionaries of text by itself."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _bare(pa.chunked_array([chunk.storage for chunk in column.chunks], type=kind.storage_type))
    if pa.types.is_dictionary(kind) and _family(kind.value_type) == "text":
        return plain(column) if pa.types.is_string_view(kind.value_type) else column
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return _bare(plain(column))
    return column


def _bare_type(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return _bare_type(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return _bare_type(kind.value_type)
    return kind


def _family(kind: pa.DataType) -> str:
    """Types whose values can be equal."""
    import pyarrow as pa

    is_ = pa.types
    kind = _bare_type(kind)
    if is_.is_boolean(kind) or is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind):
        return "number"
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return "text"
    if is_.is_timestamp(kind):
        return "time of a zone" if kind.tz else "time"
    if is_.is_date(kind):
        return "time"
    if is_.is_duration(kind):
        return "duration"
    if is_.is_time(kind):
        return "time of day"
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_binary_view(kind) or is_.is_fixed_size_binary(kind):
        return "binary"
    if is_.is_nested(kind) and not is_.is_union(kind):
        return "nested"
    return "other"


def _with_nulls(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Both:
    """One side has no value at all: its nulls get the type of the other."""
    import pyarrow as pa

    def nulls(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
        return pa.chunked_array([pa.nulls(len(column), kind)], type=kind)

    if pa.types.is_null(left.type):
        right = rows_form(right)
        return nulls(left, right.type), right
    left = rows_form(left)
    return left, nulls(right, left.type)


def rows_form(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as it is compared with one of its own type."""
    return comparable(plain(column))
