"""Arrow arrays without any coding: no dictionaries, run ends, views of text or extensions, at any depth.

Only this plain form is known to every function of Arrow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without dictionary and run-end coding and without views, at the top: what all of Arrow can work on."""
    import pyarrow as pa

    kind = column.type
    is_ = pa.types
    if not (is_coded(kind) or is_.is_string_view(kind) or is_.is_binary_view(kind)):
        return column
    chunks = [_uncoded(chunk) for chunk in column.chunks]
    return pa.chunked_array(chunks, type=chunks[0].type if chunks else _uncoded(pa.array([], kind)).type)


def is_coded(kind: pa.DataType) -> bool:
    """Whether a type is a dictionary or run-end coded."""
    import pyarrow as pa

    return bool(pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind))


def is_list_view(kind: pa.DataType) -> bool:
    """Whether it is a list by offset and size."""
    import pyarrow as pa

    is_ = pa.types
    return bool(is_.is_list_view(kind) or is_.is_large_list_view(kind)) if hasattr(is_, "is_list_view") else False


def is_list(kind: pa.DataType) -> bool:
    """Whether it is a list of any number of items."""
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or is_list_view(kind))


def bare(array: pa.Array) -> pa.Array:
    """The array without any coding, at any depth; itself where there is none."""
    import pyarrow as pa

    array = _uncoded(array)
    kind = array.type
    is_ = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return bare(array.storage)
    if is_bare(kind):
        return array
    if is_.is_struct(kind):
        return structure(array, [bare(array.field(place)) for place in range(kind.num_fields)])
    if is_.is_map(kind) or is_.is_fixed_size_list(kind) or is_list(kind):
        return with_items(array, bare)
    if is_.is_union(kind):
        fields = [bare(array.field(place)) for place in range(kind.num_fields)]
        names, codes = [kind.field(place).name for place in range(kind.num_fields)], kind.type_codes
        if kind.mode == "sparse":
            return pa.UnionArray.from_sparse(array.type_codes, fields, names, codes)
        return pa.UnionArray.from_dense(array.type_codes, array.offsets, fields, names, codes)
    return array


def is_bare(kind: pa.DataType) -> bool:
    """Whether nothing in a type is coded."""
    import pyarrow as pa

    is_ = pa.types
    if is_coded(kind) or is_.is_string_view(kind) or is_.is_binary_view(kind):
        return False
    if isinstance(kind, pa.BaseExtensionType):
        return False
    return all(is_bare(kind.field(place).type) for place in range(kind.num_fields))


def structure(array: pa.StructArray, fields: list[pa.Array], mask: pa.Array | None = None) -> pa.StructArray:
    """A struct with other fields, null where it was, or where a mask says."""
    import pyarrow as pa

    if not fields:
        return array
    named = [
        pa.field(array.type.field(at).name, field.type, array.type.field(at).nullable)
        for at, field in enumerate(fields)
    ]
    return pa.StructArray.from_arrays(fields, fields=named, mask=array.is_null() if mask is None else mask)


def with_items(
    array: pa.Array, change: Callable[[pa.Array], pa.Array] | None = None, valid: NDArray[np.bool_] | None = None
) -> pa.Array:
    """A list of any kind with its items changed, and null wherever it is not said to be valid too."""
    import numpy as np
    import pyarrow as pa

    kind, is_ = array.type, pa.types
    if is_.is_map(kind):
        items = _entries(*(part if change is None else change(part) for part in (array.keys, array.items)))
        made, own = pa.map_(items.type.field(0).type, items.type.field(1).type), 2
    else:
        items = array.values if change is None else change(array.values)
        made, own = _list_of(kind, items.type)
    buffers = array.buffers()[:own]
    if valid is not None:
        both = array.is_valid().to_numpy(zero_copy_only=False) & valid
        bits = np.packbits(np.concatenate([np.zeros(array.offset, np.bool_), both]), bitorder="little")
        buffers[0] = pa.py_buffer(bits.tobytes())
    return pa.Array.from_buffers(made, len(array), buffers, offset=array.offset, children=[items])


def _list_of(kind: pa.DataType, item: pa.DataType) -> tuple[pa.DataType, int]:
    """The same kind of list with other items, and how many buffers are its own."""
    import pyarrow as pa

    is_ = pa.types
    if is_.is_fixed_size_list(kind):
        return pa.list_(item, kind.list_size), 1
    if is_list_view(kind):
        return (pa.list_view if is_.is_list_view(kind) else pa.large_list_view)(item), 3
    return (pa.list_ if is_.is_list(kind) else pa.large_list)(item), 2


def _uncoded(array: pa.Array) -> pa.Array:
    """Without dictionary, run-end coding and views at the top; what is within is bare where it had to be taken out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_ = pa.types
    kind = array.type
    if is_.is_dictionary(kind):
        values = _uncoded(array.dictionary)
        if not is_bare(values.type) and not isinstance(values.type, pa.BaseExtensionType):
            values = bare(values)
        if values.type == kind.value_type:
            return array.dictionary_decode()
        return values.take(array.indices)
    if is_.is_run_end_encoded(kind):
        values = _uncoded(array.values)
        if values.type == kind.value_type:
            return _uncoded(pc.run_end_decode(array))
        whole = pc.run_end_decode(pa.RunEndEncodedArray.from_arrays(array.run_ends, values))
        return whole.slice(array.offset, len(array))
    if is_.is_string_view(kind):
        return array.cast(pa.large_string())
    if is_.is_binary_view(kind):
        return array.cast(pa.large_binary())
    return array


def _entries(keys: pa.Array, items: pa.Array) -> pa.StructArray:
    import pyarrow as pa

    fields = [pa.field("key", keys.type, nullable=False), pa.field("value", items.type)]
    return pa.StructArray.from_arrays([keys, items], fields=fields)
