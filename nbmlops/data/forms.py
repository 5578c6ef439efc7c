"""How an object was held, and giving it back that way: the library, its types, the index."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.data import pandas_form
from nbmlops.data.tabular import engine
from nbmlops.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ENGINES = ("pandas", "polars", "arrow", "duckdb")


def describe(thing: Any, table: pa.Table) -> dict[str, Any]:
    """The form of a table, as plain JSON; its values are not in it."""
    kind = engine(thing)
    if kind == "pandas":
        return pandas_form.describe(thing)
    if kind in ("polars", "lazy"):
        return {"engine": "polars", "is_lazy": kind == "lazy", "schema": _polars_schema(thing), "arrow": _schema(table)}
    return {"engine": "duckdb" if kind == "relation" else "arrow", "arrow": _schema(table)}


def hidden(thing: Any) -> list[pa.ChunkedArray]:
    """What belongs to the object and is no column of its content: levels of a pandas index without a name."""
    return pandas_form.hidden(thing) if engine(thing) == "pandas" else []


def restore(form: Mapping[str, Any], table: pa.Table, levels: Sequence[pa.ChunkedArray]) -> Any:
    """The object as it was."""
    kind = form["engine"]
    if kind == "pandas":
        return pandas_form.restore(form, table, levels)
    table = _retyped(table, _read_schema(form["arrow"]))
    if kind == "duckdb":
        import duckdb

        return duckdb.from_arrow(table)
    if kind == "polars":
        return _to_polars(form, table)
    return table


def convert(table: pa.Table, wanted: str) -> Any:
    """A table for another library."""
    if wanted == "pandas":
        return table.to_pandas()
    if wanted == "polars":
        return _polars().from_arrow(table)
    if wanted == "duckdb":
        import duckdb

        return duckdb.from_arrow(table)
    if wanted != "arrow":
        raise UsageError(f"a table cannot be given as {wanted!r:.40}", f"one of {', '.join(ENGINES)}")
    return table


def _to_polars(form: Mapping[str, Any], table: pa.Table) -> Any:
    import io

    pl = _polars()
    empty = pl.read_ipc_stream(io.BytesIO(base64.b64decode(form["schema"])))
    frame = pl.from_arrow(table) if table.num_columns else empty
    frame = frame.with_columns([pl.col(name).cast(kind) for name, kind in empty.schema.items()])
    return frame.lazy() if form["is_lazy"] else frame


def _polars_schema(thing: Any) -> str:
    import io

    sink = io.BytesIO()
    (thing.head(0).collect() if hasattr(thing, "collect") else thing.head(0)).write_ipc_stream(sink)
    return base64.b64encode(sink.getvalue()).decode()


def _polars() -> Any:
    try:
        import polars
    except ModuleNotFoundError:
        raise UsageError(
            "this table is a polars frame, and polars is not installed here", "pip install polars, or as_='pandas'"
        ) from None
    return polars


def _schema(table: pa.Table) -> str:
    return base64.b64encode(table.schema.serialize().to_pybytes()).decode()


def _read_schema(text: str) -> pa.Schema:
    import pyarrow as pa

    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))


def _retyped(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table in exactly this schema: dictionaries and views are kept in plain form."""
    import pyarrow as pa

    columns = []
    for column, field in zip(table.columns, schema, strict=True):
        if column.type != field.type and pa.types.is_dictionary(field.type):
            plain = column if column.type == field.type.value_type else column.cast(field.type.value_type)
            coded = plain.dictionary_encode()
            columns.append(coded if coded.type == field.type else coded.cast(field.type))
        else:
            columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)
