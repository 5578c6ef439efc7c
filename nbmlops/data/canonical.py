"""The canonical form of Arrow data: the same bytes for the same values, whoever produced them.

A column is cut into chunks of `ROWS` rows. The bytes of a chunk are: the name of its canonical type, its length, which
slots are null, and the values with null slots zeroed. How data is chunked, sliced, dictionary-coded, or given 32-bit or
64-bit offsets does not matter; its type, time unit and zone do. Floats count bit by bit: ``-0.0`` is not ``0.0``.

This form is frozen under the prefix ``nb1``: a change of any byte needs another prefix.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.bare import bare, is_list, plain, structure, with_items
from nbmlops.data.type_names import type_name

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from blake3 import blake3
    from numpy.typing import NDArray

__all__ = ["ROWS", "chunks", "feed", "plain", "type_name"]

ROWS: Final = 131_072
_WIDE: Final = 2**32 - 1


def chunks(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    """The rows of a column in pieces of `ROWS`, each one array; an empty column has none."""
    import pyarrow as pa

    for start in range(0, len(column), ROWS):
        piece = column.slice(start, ROWS)
        yield piece.chunk(0) if piece.num_chunks == 1 else pa.concat_arrays(piece.chunks)


def feed(hasher: blake3, array: pa.Array) -> None:
    """Feed the canonical bytes of one array."""
    hasher.update(f"{type_name(array.type)}\0{len(array)}\0".encode())
    _values(hasher, bare(array))


def _values(hasher: blake3, array: pa.Array) -> None:
    import pyarrow as pa

    kind = array.type
    is_ = pa.types
    if is_.is_null(kind):
        return
    if is_.is_union(kind):
        _union(hasher, array)
        return
    validity = _validity(hasher, array)
    if is_.is_boolean(kind):
        hasher.update(_bits(_filled(array, False)))
    elif type_name(kind) in ("string", "binary"):
        _text(hasher, array)
    elif is_.is_struct(kind):
        for place in range(kind.num_fields):
            _values(hasher, _masked(array.field(place), validity))
    elif is_.is_map(kind) or is_list(kind):
        _lists(hasher, array)
    elif is_.is_fixed_size_list(kind):
        _values(hasher, _fixed_items(array, validity))
    else:
        hasher.update(_fixed_width(array, validity))


def _validity(hasher: blake3, array: pa.Array) -> NDArray[np.bool_] | None:
    """Feed which slots are valid; None if all are."""
    import numpy as np

    if array.null_count == 0:
        hasher.update(b"\0")
        return None
    valid = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    hasher.update(b"\1")
    hasher.update(np.packbits(valid, bitorder="little").tobytes())
    return valid


def _text(hasher: blake3, array: pa.Array) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    wide = pa.large_binary()
    if pa.types.is_fixed_size_binary(array.type):
        wide = array.type
    plain = array.cast(pa.large_string()) if type_name(array.type) == "string" else array.cast(wide)
    if plain.null_count:
        plain = pc.fill_null(plain, "" if pa.types.is_large_string(plain.type) else b"")
    offsets = np.frombuffer(plain.buffers()[1], dtype="<i8")[plain.offset : plain.offset + len(plain) + 1]
    lengths = np.diff(offsets) if len(plain) else np.zeros(0, dtype=np.int64)
    _lengths(hasher, lengths)
    data = plain.buffers()[2]
    if data is not None and len(plain):
        hasher.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])


def _lengths(hasher: blake3, lengths: NDArray[Any]) -> None:
    """Lengths as 32-bit numbers; as 64-bit ones, and marked, where one is longer."""
    is_wide = bool(len(lengths)) and int(lengths.max()) > _WIDE
    hasher.update(b"\1" if is_wide else b"\0")
    hasher.update(lengths.astype("<u8" if is_wide else "<u4").tobytes())


def _lists(hasher: blake3, array: pa.Array) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_map(array.type):
        lengths, items = _map_entries(array)
    else:
        lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        items = array.flatten()  # without what lies under null slots
    _lengths(hasher, lengths)
    hasher.update(f"{len(items)}\0".encode())
    _values(hasher, items)


def _map_entries(array: pa.MapArray) -> tuple[NDArray[np.int64], pa.StructArray]:
    """How many entries every slot has, and all entries in order, without what lies under null slots."""
    import numpy as np
    import pyarrow as pa

    # of a sliced map the offsets are cut to the slice, keys and items are not
    offsets = array.offsets.to_numpy().astype(np.int64)
    lengths = np.diff(offsets)
    lengths[array.is_null().to_numpy(zero_copy_only=False)] = 0
    ends = np.cumsum(lengths)
    at = np.repeat(offsets[:-1] - (ends - lengths), lengths) + np.arange(ends[-1] if len(ends) else 0)
    keys, items = array.keys.take(_indices(at)), array.items.take(_indices(at))
    fields = [pa.field("key", keys.type, nullable=False), pa.field("value", items.type)]
    return lengths, pa.StructArray.from_arrays([keys, items], fields=fields)


def _fixed_items(array: pa.FixedSizeListArray, valid: NDArray[np.bool_] | None) -> pa.Array:
    """The items of every slot, those of null slots nulled."""
    import numpy as np

    size = array.type.list_size
    items = array.values.slice(array.offset * size, len(array) * size)
    return items if valid is None else _masked(items, np.repeat(valid, size))


def _fixed_width(array: pa.Array, valid: NDArray[np.bool_] | None) -> memoryview | bytes:
    import numpy as np
    import pyarrow as pa

    if pa.types.is_decimal(array.type):
        wide = pa.decimal128 if array.type.precision <= 38 else pa.decimal256
        array = array.cast(wide(array.type.precision, array.type.scale))
    width = array.type.bit_width // 8
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return b""
    view = memoryview(buffer)[array.offset * width : (array.offset + len(array)) * width]
    if valid is None:
        return view
    rows = np.frombuffer(view, dtype=np.uint8).reshape(len(array), width).copy()
    rows[~valid] = 0
    return rows.tobytes()


def _union(hasher: blake3, array: pa.UnionArray) -> None:
    """Per slot which member it is, then the values of each member in order."""
    import numpy as np

    if array.offset:  # what belongs to a slice of a union is not told the same way by every kind
        array = array.take(_indices(np.arange(len(array))))
    codes = np.asarray(array.type_codes.to_numpy(zero_copy_only=False))
    hasher.update(codes.astype("<i1").tobytes())
    for place in range(array.type.num_fields):
        at = np.flatnonzero(codes == array.type.type_codes[place])
        field = array.field(place)
        slots = array.offsets.to_numpy()[at] if array.type.mode == "dense" else at
        hasher.update(f"{len(at)}\0".encode())
        _values(hasher, field.take(_indices(slots)))


def _indices(places: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array(places, type=pa.int64())


def _masked(array: pa.Array, valid: NDArray[np.bool_] | None) -> pa.Array:
    """Null wherever the parent is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if valid is None:
        return array
    if pa.types.is_union(array.type):
        return _masked_union(array, valid)
    if pa.types.is_struct(array.type) and array.type.num_fields:
        fields = [_masked(array.field(place), valid) for place in range(array.type.num_fields)]
        own = array.is_valid().to_numpy(zero_copy_only=False)
        return structure(array, fields, pa.array(~(own & valid)))
    if array.type.num_fields:
        return with_items(array, valid=valid)
    return pc.if_else(pa.array(valid), array, pa.scalar(None, type=array.type))


def _masked_union(array: pa.UnionArray, valid: NDArray[np.bool_]) -> pa.UnionArray:
    """A union has no nulls of its own: its first member is, wherever the parent is."""
    import numpy as np
    import pyarrow as pa

    if array.offset:
        array = array.take(_indices(np.arange(len(array))))
    kind = array.type
    codes = np.array(array.type_codes.to_numpy(zero_copy_only=False))
    fields = []
    for place in range(kind.num_fields):
        mine = (codes == kind.type_codes[place]) & valid
        slots = array.offsets.to_numpy() if kind.mode == "dense" else np.arange(len(codes))
        fields.append(array.field(place).take(pa.array(slots, type=pa.int64(), mask=~mine)))
    codes[~valid] = kind.type_codes[0]
    names = [kind.field(place).name for place in range(kind.num_fields)]
    return pa.UnionArray.from_sparse(pa.array(codes, pa.int8()), fields, names, kind.type_codes)


def _filled(array: pa.Array, value: object) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(array, value) if array.null_count else array


def _bits(array: pa.BooleanArray) -> bytes:
    import numpy as np

    return np.packbits(array.to_numpy(zero_copy_only=False), bitorder="little").tobytes()
