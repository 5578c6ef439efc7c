"""How a pandas frame was held, so that it comes back as it was: dtypes, index, names of columns."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from nbmlops.data.tabular import series_to_arrow
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Spec: TypeAlias = dict[str, Any]


def describe(frame: pd.DataFrame) -> Spec:
    """The form of a frame as plain JSON; its values are not in it."""
    index = frame.index
    return {
        "engine": "pandas",
        "labels": _labels(frame.columns),
        "dtypes": [_dtype(frame.iloc[:, at]) for at in range(frame.shape[1])],
        "index": _range(index) or {
            "names": [_label(name) for name in index.names],
            "dtypes": [_dtype(index.get_level_values(at).to_series()) for at in range(index.nlevels)],
            "multi": index.nlevels > 1,
            "freq": getattr(index, "freqstr", None),
        },
    }  # fmt: skip


def hidden(frame: pd.DataFrame) -> list[pa.ChunkedArray]:
    """The levels of the index that are no columns of the content: those without a name."""
    index = frame.index
    if _range(index):
        return []
    return [
        series_to_arrow(f"index {at}", index.get_level_values(at).to_series())
        for at, name in enumerate(index.names)
        if name is None
    ]


def restore(form: Mapping[str, Any], table: pa.Table, levels: Sequence[pa.ChunkedArray]) -> pd.DataFrame:
    """The frame as it was.

    Parameters
    ----------
    form
        What `describe` said.
    table
        Its content, named levels of the index in front.
    levels
        What `hidden` returned.
    """
    import pandas as pd

    said = form["index"]
    in_front = 1 if "range" in said and said["names"] != [["none"]] else 0
    index: pd.Index[Any]
    if "range" in said:
        index = pd.RangeIndex(*said["range"], name=_named(said["names"][0]))
    else:
        names = [_named(name) for name in said["names"]]
        rest = iter(levels)
        parts = []
        for name, dtype in zip(names, said["dtypes"], strict=True):
            column = next(rest) if name is None else table.column(in_front)
            in_front += name is not None
            parts.append(pd.Index(_series(column, dtype), name=name))
        index = pd.MultiIndex.from_arrays(parts, names=names) if said["multi"] else parts[0]
        if said.get("freq") and hasattr(index, "freq"):
            index.freq = said["freq"]
    columns = {
        place: _series(table.column(in_front + place), dtype).set_axis(index)
        for place, dtype in enumerate(form["dtypes"])
    }
    frame = pd.DataFrame(columns, index=index)
    frame.columns = _axis(form["labels"])
    return frame


def _series(column: pa.ChunkedArray, spec: Mapping[str, Any]) -> pd.Series[Any]:
    import pandas as pd
    import pyarrow as pa

    kind = spec["kind"]
    if kind == "category":
        categories = pd.Index(_series(_unpacked(spec["categories"]), spec["of"]))
        values = _series(_plain(column), spec["of"])
        return pd.Series(pd.Categorical(values, categories=categories, ordered=spec["ordered"]))
    if kind == "arrow":
        import pandas

        return pd.Series(pandas.arrays.ArrowExtensionArray(column))
    if kind == "string":
        na = pd.NA if spec["na"] == "NA" else math.nan
        return pd.Series(pd.StringDtype(spec["storage"], na_value=na).__from_arrow__(column))
    if kind == "object":
        missing = {"nan": math.nan, "NA": pd.NA, "NaT": pd.NaT}.get(spec["missing"])
        values = column.to_pylist()
        if missing is not None:
            values = [missing if value is None else value for value in values]
        return pd.Series(values, dtype=object)
    dtype = pd.api.types.pandas_dtype(spec["name"])
    if hasattr(dtype, "__from_arrow__"):
        return pd.Series(dtype.__from_arrow__(column))
    if pa.types.is_timestamp(column.type) or pa.types.is_duration(column.type):
        return pd.Series(column.to_numpy().astype(dtype))
    values = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return pd.Series(values.astype(getattr(dtype, "subtype", dtype), copy=True)).astype(dtype)


def _dtype(series: pd.Series[Any]) -> Spec:
    import pandas as pd

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels = dtype.categories.to_series()
        packed = _packed(series_to_arrow("categories", levels))
        return {"kind": "category", "ordered": bool(dtype.ordered), "of": _dtype(levels), "categories": packed}
    if isinstance(dtype, pd.ArrowDtype):
        return {"kind": "arrow"}
    if isinstance(dtype, pd.StringDtype):
        return {"kind": "string", "storage": dtype.storage, "na": "NA" if dtype.na_value is pd.NA else "nan"}
    if dtype.kind == "O" and str(dtype) == "object":
        return {"kind": "object", "missing": _missing(series)}
    return {"kind": "named", "name": str(dtype)}


def _missing(series: pd.Series[Any]) -> str:
    """What stands for missing values in a column of objects; of several the first."""
    import pandas as pd

    gone = series[series.isna()]
    if not len(gone):
        return "None"
    first = gone.iloc[0]
    return "None" if first is None else "NA" if first is pd.NA else "NaT" if first is pd.NaT else "nan"


def _range(index: pd.Index[Any]) -> Spec | None:
    import pandas as pd

    if not isinstance(index, pd.RangeIndex):
        return None
    return {"range": [index.start, index.stop, index.step], "names": [_label(index.name)]}


def _labels(columns: pd.Index[Any]) -> Spec:
    import pandas as pd

    if isinstance(columns, pd.RangeIndex):
        return {"range": [columns.start, columns.stop, columns.step], "names": [_label(columns.name)]}
    multi = isinstance(columns, pd.MultiIndex)
    return {
        "values": [_label(label) for label in columns],
        "names": [_label(name) for name in columns.names],
        "multi": multi,
        "dtype": None if multi else str(columns.dtype),
    }


def _axis(spec: Mapping[str, Any]) -> pd.Index[Any]:
    import pandas as pd

    names = [_named(name) for name in spec["names"]]
    if "range" in spec:
        return pd.RangeIndex(*spec["range"], name=names[0])
    values = [_named(label) for label in spec["values"]]
    if spec["multi"]:
        return pd.MultiIndex.from_tuples(values, names=names)
    found = pd.Index(values, name=names[0], dtype=object)
    return found if spec["dtype"] == "object" else found.astype(spec["dtype"])


def _label(label: Any) -> list[Any]:
    """A name of a column or level as JSON: its type, and itself."""
    import pandas as pd

    if label is None:
        return ["none"]
    if isinstance(label, tuple):
        return ["tuple", [_label(part) for part in label]]
    if isinstance(label, bool | int | str):
        return ["plain", label]
    if isinstance(label, pd.Timestamp):
        return ["time", label.isoformat()]
    if hasattr(label, "item") and isinstance(label.item(), bool | int | float | str):
        label = label.item()
        return ["float", repr(label)] if isinstance(label, float) else ["plain", label]
    if isinstance(label, float):
        return ["float", repr(label)]
    raise RecordError(
        f"a column is named by a value of {type(label).__name__}: {str(label)[:60]!r}",
        "rename it: texts, numbers and times can name a column",
    )


def _named(spec: Sequence[Any]) -> Any:
    import pandas as pd

    kind = spec[0]
    if kind == "none":
        return None
    if kind == "tuple":
        return tuple(_named(part) for part in spec[1])
    if kind == "time":
        return pd.Timestamp(spec[1])
    return float(spec[1]) if kind == "float" else spec[1]


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _packed(column: pa.ChunkedArray) -> str:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    table = pa.table({"c": column})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return base64.b64encode(sink.getvalue().to_pybytes()).decode()


def _unpacked(text: str) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.ipc.open_stream(base64.b64decode(text)).read_all().column(0)
