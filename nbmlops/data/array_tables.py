"""Arrays as tables: a column for each of the last axis of a matrix, and for each part of what one number is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_WIDEST: Final = 1000


def tables(one: np.ndarray[Any, Any], two: np.ndarray[Any, Any]) -> tuple[pa.Table, pa.Table] | None:
    """Two arrays of one shape as tables of the same columns; None where their types have other parts."""
    before, after = _table(one), _table(two)
    return (before, after) if before.column_names == after.column_names else None


def _table(array: np.ndarray[Any, Any]) -> pa.Table:
    import pyarrow as pa

    columns = array.shape[1] if array.ndim == 2 and 0 < array.shape[1] <= _WIDEST else 1
    flat = array.reshape(-1, columns) if array.size else array.reshape(0, columns)
    names = ["value"] if columns == 1 else [f"[{at}]" for at in range(columns)]
    parts = [part for at, name in enumerate(names) for part in _parts(flat[:, at], name)]
    return pa.table([column for _, column in parts], names=[name for name, _ in parts])


def _parts(array: np.ndarray[Any, Any], name: str) -> Iterator[tuple[str, pa.Array]]:
    """What the numbers are made of: of complex ones two parts, of records their fields."""
    import numpy as np

    kind = array.dtype
    if kind.names is not None:
        for field in kind.names:
            yield from _parts(array[field], field if name == "value" else f"{name}.{field}")
    elif array.ndim > 1:
        flat = array.reshape(len(array), int(np.prod(array.shape[1:])))
        for at in range(flat.shape[1]):
            yield from _parts(flat[:, at], f"{name}[{at}]")
    elif kind.kind == "c":
        yield from _parts(array.real, f"{name}.real")
        yield from _parts(array.imag, f"{name}.imag")
    else:
        yield name, _column(array)


def _column(array: np.ndarray[Any, Any]) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    kind = array.dtype
    if kind.kind == "V":
        size = kind.itemsize
        return pa.Array.from_buffers(
            pa.binary(size), len(array), [None, pa.py_buffer(np.ascontiguousarray(array).tobytes())]
        )
    if kind.kind in "mM" and np.datetime_data(kind)[0] not in ("s", "ms", "us", "ns"):
        unit = np.datetime_data(kind)[0]
        finer = {"D": "s", "h": "s", "m": "s", "W": "s", "ps": "ns", "fs": "ns", "as": "ns"}
        to = finer.get(unit) if kind.kind == "m" or unit not in ("Y", "M") else "s"
        array = array.astype(f"{kind.kind}8[{to}]") if to in ("s",) else array.view(np.int64)
    return pa.array(array.astype(array.dtype.newbyteorder("="), copy=False))
