"""Columns in exactly the type that they had: dictionaries, views and run ends are kept in plain form."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def retyped(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """A column in plain form in the type that it had."""
    import pyarrow as pa

    if column.type == kind:
        return column
    if pa.types.is_dictionary(kind):
        return _dictionary(column.cast(kind.value_type) if column.type != kind.value_type else column, kind)
    if pa.types.is_run_end_encoded(kind):
        import pyarrow.compute as pc

        plain = column.cast(kind.value_type) if column.type != kind.value_type else column
        chunks = [pc.run_end_encode(chunk, run_end_type=kind.run_end_type) for chunk in plain.chunks]
        return pa.chunked_array(chunks, type=kind)
    return column.cast(kind)


def _dictionary(plain: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    import numpy as np
    import pyarrow as pa

    try:
        coded = plain.dictionary_encode()
    except pa.ArrowNotImplementedError:  # of structs: every row is its own
        values = plain.combine_chunks()
        at = pa.array(
            np.arange(len(values)), type=kind.index_type, mask=values.is_null().to_numpy(zero_copy_only=False)
        )
        return pa.chunked_array([pa.DictionaryArray.from_arrays(at, values, ordered=kind.ordered)])
    return coded if coded.type == kind else coded.cast(kind)


def packed(schema: pa.Schema) -> str:
    """A schema as text."""
    return base64.b64encode(schema.serialize().to_pybytes()).decode()


def unpacked(text: str) -> pa.Schema:
    """What `packed` made of it."""
    import pyarrow as pa

    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))
