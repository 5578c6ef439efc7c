"""Lists, structs and maps in a form that DuckDB compares and Arrow picks rows of; else their values as texts."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

from nbmlops.data.canonical import plain

if TYPE_CHECKING:
    import pyarrow as pa

    Both = tuple[pa.ChunkedArray, pa.ChunkedArray]


def comparable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A nested column of types that DuckDB takes, else its values as texts."""
    import pyarrow as pa

    if not _is_odd(column.type):
        return column
    wanted = _taken(column.type)
    if wanted is not None:
        try:
            return column.cast(wanted)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            pass
    return _written(column)


def two_nested(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Both:
    """Two nested columns: by their values, where a type has those of both."""
    import pyarrow as pa

    if left.type == right.type:
        return comparable(left), comparable(right)
    wanted = common(left.type, right.type)
    if wanted is not None:
        try:
            return left.cast(wanted), right.cast(wanted)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # whole numbers beyond 2**53, say
            pass
    return _written(left), _written(right)


def common(left: pa.DataType, right: pa.DataType) -> pa.DataType | None:
    """A type that has the values of both; None where there is none."""
    import pyarrow as pa

    is_ = pa.types
    one, two = _taken(left), _taken(right)
    if one is None or two is None or left == right:
        return None if two is None else one
    if is_.is_null(one) or is_.is_null(two):
        return two if is_.is_null(one) else one
    if is_.is_temporal(left) or is_.is_temporal(right):
        return None  # counts of two units
    if _is_list(left) and _is_list(right):
        inside = common(left.value_type, right.value_type)
        return None if inside is None else pa.large_list(inside)
    if is_.is_map(left) and is_.is_map(right):
        parts = common(left.key_type, right.key_type), common(left.item_type, right.item_type)
        return None if None in parts else pa.map_(*parts)
    if is_.is_struct(left) and is_.is_struct(right):
        names = [field.name for field in left]
        kinds = [common(a.type, b.type) for a, b in zip(left, right, strict=False)]
        is_alike = names == [field.name for field in right] and None not in kinds
        return pa.struct(list(zip(names, kinds, strict=True))) if is_alike else None
    if is_.is_nested(one) or is_.is_nested(two) or one == two:
        return one if one == two and not is_.is_nested(one) else None
    if is_.is_integer(one) and is_.is_integer(two):
        return None if is_.is_uint64(one) or is_.is_uint64(two) else pa.int64()
    are_numbers = all(is_.is_integer(kind) or is_.is_floating(kind) for kind in (one, two))
    return pa.float64() if are_numbers else None


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values as they are written."""
    import pyarrow as pa

    column = plain(column)
    if not pa.types.is_duration(column.type):
        try:
            return column.cast(pa.large_string())
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            pass
    return _written(column)


def written(value: Any) -> str:
    """A value as text, the same for the same value: numbers without regard to their type."""
    if isinstance(value, float):
        return f"{int(value)}" if value.is_integer() else repr(value)
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            return repr(float(value))
        return f"{int(value)}" if value == value.to_integral_value() else f"{value.normalize(_WIDE):f}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name!r}: {written(each)}' for name, each in value.items())}}}"
    return repr(value)


_WIDE = decimal.Context(prec=100)


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    texts = [None if value is None else written(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def _is_list(kind: pa.DataType) -> bool:
    import pyarrow as pa

    is_ = pa.types
    coded = is_.is_dictionary(kind) or is_.is_run_end_encoded(kind) or is_.is_map(kind)
    return hasattr(kind, "value_type") and not coded


def _is_odd(kind: pa.DataType) -> bool:
    """Whether something stands for a type, or for one inside of it: large values are not copied for nothing."""
    import pyarrow as pa

    is_ = pa.types
    if is_.is_dictionary(kind) or is_.is_run_end_encoded(kind) or isinstance(kind, pa.BaseExtensionType):
        return True
    if is_.is_map(kind):
        return _is_odd(kind.key_type) or _is_odd(kind.item_type)
    if is_.is_struct(kind):
        return any(_is_odd(field.type) for field in kind)
    if is_.is_list(kind) or is_.is_large_list(kind) or is_.is_fixed_size_list(kind):
        return _is_odd(kind.value_type)
    plain_ = is_.is_integer(kind) or is_.is_float32(kind) or is_.is_float64(kind) or is_.is_decimal128(kind)
    texts = is_.is_string(kind) or is_.is_large_string(kind) or is_.is_binary(kind) or is_.is_large_binary(kind)
    return not (plain_ or texts or is_.is_boolean(kind) or is_.is_null(kind) or is_.is_fixed_size_binary(kind))


def _taken(kind: pa.DataType) -> pa.DataType | None:
    """What stands for a type inside of another; None where nothing does."""
    import pyarrow as pa

    is_ = pa.types
    if is_.is_dictionary(kind) or is_.is_run_end_encoded(kind):
        return _taken(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType) or is_.is_union(kind) or is_.is_interval(kind):
        return None
    if is_.is_decimal(kind):
        return kind if is_.is_decimal128(kind) else None
    if is_.is_float16(kind):
        return pa.float32()
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return pa.large_string()
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_binary_view(kind):
        return pa.large_binary()
    if is_.is_temporal(kind):
        return pa.int32() if kind.bit_width == 32 else pa.int64()
    if is_.is_map(kind):
        parts = _taken(kind.key_type), _taken(kind.item_type)
        return None if None in parts else pa.map_(*parts)
    if is_.is_struct(kind):
        named = [(field.name, _taken(field.type)) for field in kind]
        unique = len({name for name, _ in named}) == len(named)
        return pa.struct(named) if unique and all(each is not None for _, each in named) else None
    if is_.is_nested(kind):
        inside = _taken(kind.value_type)
        return None if inside is None else pa.large_list(inside)
    return kind
