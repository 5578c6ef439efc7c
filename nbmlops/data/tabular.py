"""Any table as Arrow: pandas, polars, DuckDB, pyarrow, Parquet, CSV and JSON files, and whatever streams Arrow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_LOOKED_AT: Final = 1_000_000  # cells of an object column


def is_table(thing: object) -> bool:
    """Whether it is a table in memory or a query: anything with an Arrow stream, or a DuckDB relation."""
    return engine(thing) != ""


def to_arrow(thing: Any) -> pa.Table:
    """A table as one `pyarrow.Table`.

    Parameters
    ----------
    thing
        A pandas or polars frame (eager or lazy), a pyarrow table, batch, reader or dataset, a DuckDB relation, or any
        object with ``__arrow_c_stream__``.

    Returns
    -------
    pyarrow.Table
        No copy where the object is Arrow already. A named pandas index becomes columns in front, one without a name
        is left out.

    Raises
    ------
    RecordError
        A column cannot be told as Arrow: it holds Python objects of several types, or others than Arrow knows.
    """
    import pyarrow as pa

    kind = engine(thing)
    if kind == "":
        raise RecordError(
            f"{type(thing).__name__} is no table",
            "a frame (pandas, polars, pyarrow, DuckDB), a file, a folder or an array can be versioned",
        )
    if kind == "pandas":
        return _from_pandas(thing)
    if kind in ("lazy", "polars"):
        return _from_polars(thing)
    if kind == "relation":
        return in_utc(_from_relation(thing))
    try:
        if kind == "dataset":
            return thing.to_table()
        if isinstance(thing, pa.RecordBatch):
            return pa.Table.from_batches([thing])
        return thing if isinstance(thing, pa.Table) else pa.table(thing)
    except (pa.ArrowException, OSError, ValueError, TypeError, NotImplementedError) as error:
        raise _unreadable(f"this {type(thing).__name__}", error, "make a pyarrow.Table of it first") from error


def _from_polars(frame: Any) -> pa.Table:
    import polars as pl
    import pyarrow as pa

    if isinstance(frame, pl.LazyFrame):
        try:
            frame = frame.collect()
        except Exception as error:  # what a function of the user raises comes through too
            raise _unreadable("this lazy frame", error, "its .collect() shows the whole error") from error
    for name, kind in frame.schema.items():
        if _holds_objects(kind):
            raise RecordError(
                f"column {name[:60]!r} holds Python objects ({kind}): what is stored of them are addresses in memory",
                f"give it a type of polars first, for example pl.col({name[:60]!r}).map_elements(str, pl.String)",
            )
    try:
        return pa.table(frame)
    except (pa.ArrowException, ValueError, TypeError, NotImplementedError) as error:
        for name, kind in frame.schema.items():
            try:
                pa.table(frame.select(name))
            except (pa.ArrowException, ValueError, TypeError, NotImplementedError):
                raise RecordError(
                    f"column {name[:60]!r} of {kind} cannot be told as Arrow: {str(error).splitlines()[0][:120]}",
                    f"cast it first, for example pl.col({name[:60]!r}).cast(pl.String)",
                ) from error
        raise _unreadable("this polars frame", error, "its .to_arrow() shows the whole error") from error


def _holds_objects(kind: Any) -> bool:
    import polars as pl

    if kind == pl.Object:
        return True
    inner = getattr(kind, "inner", None)
    fields = getattr(kind, "fields", ())
    return (inner is not None and _holds_objects(inner)) or any(_holds_objects(field.dtype) for field in fields)


def _from_relation(relation: Any) -> pa.Table:
    import duckdb
    import pyarrow as pa

    try:
        found = relation.to_arrow_table() if hasattr(relation, "to_arrow_table") else relation.arrow()
        return found if isinstance(found, pa.Table) else found.read_all()
    except (duckdb.Error, pa.ArrowException) as error:
        raise _unreadable("this relation", error, "its .fetchall() shows the whole error") from error


def _unreadable(what: str, error: Exception, hint: str) -> RecordError:
    lines = str(error).splitlines() or [type(error).__name__]
    return RecordError(f"{what} cannot be read: {lines[0][:160]}", hint)


def in_utc(table: pa.Table) -> pa.Table:
    """A table of DuckDB with all its times in UTC: it has no zones, and names that of the session on the way out."""
    import pyarrow as pa

    fields = [field.with_type(_in_utc(field.type)) for field in table.schema]
    schema = pa.schema(fields, metadata=table.schema.metadata)
    return table if schema == table.schema else table.cast(schema)


def _in_utc(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    is_ = pa.types
    if is_.is_timestamp(kind) and kind.tz is not None:
        return pa.timestamp(kind.unit, "UTC")
    if is_.is_struct(kind):
        return pa.struct([field.with_type(_in_utc(field.type)) for field in kind])
    if is_.is_map(kind):
        return pa.map_(_in_utc(kind.key_type), _in_utc(kind.item_type))
    if is_.is_fixed_size_list(kind):
        return pa.list_(_in_utc(kind.value_type), kind.list_size)
    if is_.is_list(kind):
        return pa.list_(_in_utc(kind.value_type))
    return kind


def engine(thing: object) -> str:
    """Whose table it is: pandas, polars, lazy, relation, dataset, stream; empty if it is none."""
    if _is_of(thing, "polars", "Series") or _is_of(thing, "pandas", "Series"):
        return ""
    if _is_of(thing, "pandas", "DataFrame"):
        return "pandas"
    if _is_of(thing, "polars", "LazyFrame"):
        return "lazy"
    if _is_of(thing, "polars", "DataFrame"):
        return "polars"
    if _is_of(thing, "duckdb", "DuckDBPyRelation"):
        return "relation"
    if _is_of(thing, "pyarrow.dataset", "Dataset"):
        return "dataset"
    return "stream" if hasattr(thing, "__arrow_c_stream__") and not isinstance(thing, type) else ""


def _is_of(thing: object, module: str, name: str) -> bool:
    """Whether it is of a class of a module that is loaded; loading it would be for nothing."""
    found = getattr(sys.modules.get(module), name, None)
    return isinstance(found, type) and isinstance(thing, found)


def _from_pandas(frame: pd.DataFrame) -> pa.Table:
    import pyarrow as pa

    names = [str(name) for name in frame.columns]
    levels = [
        (str(name), frame.index.get_level_values(at)) for at, name in enumerate(frame.index.names) if name is not None
    ]
    columns = [(name, level_series(values)) for name, values in levels]
    columns += [(name, frame.iloc[:, at]) for at, name in enumerate(names)]  # by place: names may stand twice
    arrays = [series_to_arrow(name, series) for name, series in columns]
    return pa.Table.from_arrays(arrays, names=[name for name, _ in columns])


def level_series(level: pd.Index[Any]) -> pd.Series[Any]:
    """A level of an index as a column of the same type; ``to_series`` would guess another for objects."""
    import pandas as pd

    return pd.Series(level.array, dtype=level.dtype)


def series_to_arrow(name: str, series: pd.Series[Any]) -> pa.ChunkedArray:
    """One column of pandas.

    Raises
    ------
    RecordError
        There is no one Arrow type for it.
    """
    import pyarrow as pa

    if series.dtype == object and (odd := _sets(series)):
        raise RecordError(
            f"column {name[:60]!r} holds values of {odd}: in Arrow they would be lists",
            f"make lists of them first: frame[{name[:60]!r}].map(sorted)",
        )
    try:
        found = _in_arrow(series)
    except UnicodeEncodeError:
        raise RecordError(
            f"column {name[:60]!r} holds text that is no valid Unicode: half of a surrogate pair",
            f"mend it first: frame[{name[:60]!r}].str.encode('utf-8', 'replace').str.decode('utf-8')",
        ) from None
    except (pa.ArrowException, TypeError, ValueError, OverflowError, NotImplementedError) as error:
        kinds = list(_kinds(series))
        held = f"holds {', '.join(kinds[:4])}" if kinds else str(error).splitlines()[0]
        raise RecordError(
            f"column {name[:60]!r} {held}: there is no one Arrow type for it",
            f"give it one type first, for example frame[{name[:60]!r}].astype('str')",
        ) from None
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _in_arrow(series: pd.Series[Any]) -> Any:
    import numpy as np
    import pyarrow as pa

    if hasattr(series.dtype, "fill_value"):
        series = series.sparse.to_dense()
    if isinstance(series.dtype, np.dtype) and series.dtype.byteorder == ">":
        series = series.astype(series.dtype.newbyteorder("="))
    # NaN of a NumPy float column is a value: only what pandas itself holds as missing is null
    found = pa.array(series, from_pandas=series.dtype.kind != "f" or not hasattr(series.dtype, "itemsize"))
    is_time = pa.types.is_timestamp(found.type) or pa.types.is_duration(found.type)
    if series.dtype == object and is_time and any(map(_has_nanoseconds, series)):
        kind = pa.duration("ns") if pa.types.is_duration(found.type) else pa.timestamp("ns", found.type.tz)
        return pa.array(series, type=kind, from_pandas=True)
    return found


def _has_nanoseconds(value: Any) -> bool:
    """Whether it is a time of pandas that Python's own would cut."""
    return bool(getattr(value, "nanosecond", 0) or getattr(value, "nanoseconds", 0))


def _sets(series: pd.Series[Any]) -> str:
    """The name of the first type of sets that a column of objects holds."""
    for value in series.iloc[:_LOOKED_AT]:
        if isinstance(value, set | frozenset):
            return type(value).__name__
    return ""


def _kinds(series: pd.Series[Any]) -> Iterator[str]:
    if series.dtype != object:
        return
    seen: set[str] = set()
    for value in series:
        kind = type(value).__name__
        if value is not None and kind not in seen:
            seen.add(kind)
            yield kind
