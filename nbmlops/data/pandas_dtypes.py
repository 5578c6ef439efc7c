"""Types of pandas columns: how each was held, giving it back from Arrow, and checking that it is what it was."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from nbmlops.data import cells, labels, retyping
from nbmlops.data.bare import plain
from nbmlops.data.tabular import level_series, series_to_arrow
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Spec: TypeAlias = dict[str, Any]


def described(series: pd.Series[Any], column: pa.ChunkedArray) -> Spec:
    """How a column was held, as plain JSON, given what it is in Arrow."""
    import pandas as pd
    import pyarrow as pa

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels = level_series(dtype.categories)
        found = series_to_arrow("categories", levels)
        of = described(levels, found)
        return {"kind": "category", "ordered": bool(dtype.ordered), "of": of, "categories": _packed(found)}
    if isinstance(dtype, pd.ArrowDtype):
        schema = pa.schema([pa.field("c", column.type)])
        return {"kind": "arrow", "type": retyping.packed(schema)}
    if isinstance(dtype, pd.StringDtype):
        return {"kind": "string", "storage": dtype.storage, "na": "NA" if dtype.na_value is pd.NA else "nan"}
    if isinstance(dtype, pd.SparseDtype):
        fill = None if pd.isna(dtype.fill_value) else dtype.fill_value
        return {"kind": "sparse", "of": str(dtype.subtype), "fill": labels.label(fill)}
    if isinstance(dtype, pd.DatetimeTZDtype) and type(dtype.tz).__module__.startswith("dateutil"):
        return {"kind": "named", "name": f"datetime64[{dtype.unit}, dateutil/{column.type.tz}]"}
    if dtype.kind == "O" and str(dtype) == "object":
        return cells.describe(series)
    return {"kind": "named", "name": str(dtype)}


def given_back(
    column: pa.ChunkedArray, spec: Mapping[str, Any], codes: pa.ChunkedArray | None = None
) -> pd.Series[Any]:
    """A column as it was; of objects with several kinds of missing values, which each one is."""
    import pandas as pd
    import pyarrow as pa

    kind = spec["kind"]
    if kind == "category":
        return pd.Series(_categorical(column, spec))
    if kind == "arrow":
        made = retyping.retyped(column, retyping.unpacked(spec["type"]).field(0).type)
        return pd.Series(pd.arrays.ArrowExtensionArray(made))
    if kind == "string":
        na = pd.NA if spec["na"] == "NA" else math.nan
        return pd.Series(pd.StringDtype(spec["storage"], na_value=na).__from_arrow__(column))
    if kind == "object":
        return pd.Series(cells.back(column, spec, None if codes is None else codes.to_pylist()), dtype=object)
    if kind == "sparse":
        values = _numpy(column).astype(spec["of"])
        fill = labels.named(spec["fill"])
        sparse = pd.SparseDtype(values.dtype) if fill is None else pd.SparseDtype(values.dtype, fill)
        return pd.Series(pd.arrays.SparseArray(values, dtype=sparse))
    dtype = pd.api.types.pandas_dtype(spec["name"])
    if isinstance(dtype, pd.Float32Dtype | pd.Float64Dtype):
        return pd.Series(_floats(column, dtype))  # a NaN among them is not a missing value
    if hasattr(dtype, "__from_arrow__"):
        return pd.Series(dtype.__from_arrow__(column))
    if pa.types.is_timestamp(column.type) or pa.types.is_duration(column.type):
        return pd.Series(_numpy(column).astype(dtype))
    return pd.Series(_numpy(column).astype(dtype, copy=True))


def checked(
    name: str, series: pd.Series[Any], column: pa.ChunkedArray, spec: Mapping[str, Any], codes: pa.ChunkedArray | None
) -> str:
    """What of a column does not come back as it was; nothing for types that always do.

    Raises
    ------
    RecordError
        Values would not.
    """
    import numpy as np

    if spec["kind"] in ("string", "arrow") or (spec["kind"] == "named" and isinstance(series.dtype, np.dtype)):
        return ""
    if spec["kind"] == "object" and cells.is_exact(series):
        return ""
    try:
        after = given_back(column, spec, codes)
    except Exception as error:  # types of anybody's making raise anything; it must be said before they are kept
        said = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise RecordError(
            f"column {name[:60]!r} of {str(series.dtype)[:60]} cannot be given back: {said}",
            f"cast it first, for example frame[{name[:60]!r}].astype('str')",
        ) from error
    try:
        said = _compared(series, after, spec)
    except cells.NotTheSame as error:
        raise cells.refusal(name, str(error)) from None
    return f"column {name[:60]!r}: {said}" if said else ""


def _compared(before: pd.Series[Any], after: pd.Series[Any], spec: Mapping[str, Any]) -> str:
    import numpy as np

    if spec["kind"] == "object":
        return cells.compared(before.to_numpy(), after.to_numpy())
    if spec["kind"] == "category":
        one, other = before.array, after.array
        if not np.array_equal(one.codes, other.codes) or len(one.categories) != len(other.categories):
            raise cells.NotTheSame("its categories")
        of: Mapping[str, Any] = spec["of"]
        return _compared(level_series(one.categories), level_series(other.categories), of)
    if str(before.dtype) != str(after.dtype) and not str(spec.get("name", "")).count("dateutil/"):
        raise cells.NotTheSame(f"{before.dtype} as {after.dtype}")
    if not before.reset_index(drop=True).equals(after.astype(before.dtype).reset_index(drop=True)):
        raise cells.NotTheSame(f"values of {before.dtype}")
    return ""


def _categorical(column: pa.ChunkedArray, spec: Mapping[str, Any]) -> pd.Categorical:
    """By the codes: through floats, large numbers would be others, and missing ones none."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    known = plain(_unpacked(spec["categories"]))
    levels = given_back(known, spec["of"])
    kind = pd.CategoricalDtype(pd.Index(levels.array, dtype=levels.dtype, tupleize_cols=False), ordered=spec["ordered"])
    values = plain(column)
    values = values if values.type == known.type else values.cast(known.type)
    if isinstance(known.type, pa.BaseExtensionType):
        known, values = (pa.chunked_array([chunk.storage for chunk in each.chunks]) for each in (known, values))
    if pa.types.is_nested(known.type):
        return pd.Categorical(given_back(plain(column), spec["of"]), dtype=kind)
    found = pc.index_in(values, value_set=known.combine_chunks())
    return pd.Categorical.from_codes(pc.fill_null(found, -1).to_numpy(), dtype=kind)


def _floats(column: pa.ChunkedArray, dtype: Any) -> Any:
    import numpy as np
    import pandas as pd

    mask = column.is_null().to_numpy()
    values = np.array(_numpy(column), dtype=dtype.numpy_dtype)
    values[mask] = 0
    return pd.arrays.FloatingArray(values, np.array(mask))


def _numpy(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    return column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()


def _packed(column: pa.ChunkedArray) -> str:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    table = pa.table({"c": plain(column)})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return base64.b64encode(sink.getvalue().to_pybytes()).decode()


def _unpacked(text: str) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.ipc.open_stream(base64.b64decode(text)).read_all().column(0)
