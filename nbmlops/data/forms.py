"""How an object was held, and giving it back that way: the library, its types, the index."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.data import pandas_form, retyping
from nbmlops.data.tabular import engine
from nbmlops.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ENGINES = ("pandas", "polars", "arrow", "duckdb")


def describe(thing: Any, table: pa.Table) -> tuple[dict[str, Any], list[pa.ChunkedArray], str]:
    """How a table was held, what belongs to it and is no column of its content, and what does not come back."""
    kind = engine(thing)
    if kind == "pandas":
        return pandas_form.describe(thing, table)
    if kind in ("polars", "lazy"):
        schema = _polars_schema(thing)
        return {"engine": "polars", "is_lazy": kind == "lazy", "schema": schema, "arrow": _schema(table)}, [], ""
    form: dict[str, Any] = {"engine": "duckdb" if kind == "relation" else "arrow", "arrow": _schema(table)}
    if not table.num_columns and table.num_rows:
        form["rows"] = table.num_rows
    return form, [], _other_types(thing, table) if kind == "relation" else ""


def restore(form: Mapping[str, Any], table: pa.Table, levels: Sequence[pa.ChunkedArray]) -> Any:
    """The object as it was."""
    import pyarrow as pa

    kind = form["engine"]
    if kind == "pandas":
        return pandas_form.restore(form, table, levels)
    schema = retyping.unpacked(form["arrow"])
    columns = [retyping.retyped(column, field.type) for column, field in zip(table.columns, schema, strict=True)]
    table = pa.Table.from_arrays(columns, schema=schema)
    if kind == "duckdb":
        import duckdb

        return duckdb.from_arrow(table)
    if kind == "polars":
        return _to_polars(form, table)
    if form.get("rows"):
        table = pa.table({"": pa.nulls(form["rows"])}).select([])
    return table


def _other_types(relation: Any, table: pa.Table) -> str:
    """Which types of a relation are others once they were Arrow."""
    import duckdb

    try:
        after = duckdb.from_arrow(table.slice(0, 0)).types
    except duckdb.Error:
        return ""
    pairs = zip(relation.columns, relation.types, after, strict=True)
    said = [
        f"column {name[:60]!r}: {one} comes back as {other}" for name, one, other in pairs if str(one) != str(other)
    ]
    return "; ".join([*said[:3], *([f"and {len(said) - 3} more"] if len(said) > 3 else [])])


def convert(table: pa.Table, wanted: str) -> Any:
    """A table for another library.

    Raises
    ------
    UsageError
        It does not have such tables: of two columns of one name, or of a type that it does not know.
    """
    if wanted not in ENGINES:
        raise UsageError(f"a table cannot be given as {wanted!r:.40}", f"one of {', '.join(ENGINES)}")
    if wanted == "arrow":
        return table
    polars = _polars() if wanted == "polars" else None
    faults: tuple[type[BaseException], ...] = (Exception,)  # each library has its own, of no common class
    if polars is not None:
        faults = (Exception, polars.exceptions.PanicException)
        for field in table.schema:
            if _is_too_wide(field.type):
                raise UsageError(
                    f"column {field.name[:60]!r} is {field.type}: polars has no decimals of more than 38 digits",
                    "as_='arrow' gives every table",
                )
    try:
        if wanted == "pandas":
            return table.to_pandas()
        if polars is not None:
            return polars.from_arrow(table)
        import duckdb

        return duckdb.from_arrow(table)
    except faults as error:
        said = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise UsageError(f"this table cannot be given as {wanted}: {said}", "as_='arrow' gives every table") from error


def _is_too_wide(kind: pa.DataType) -> bool:
    import pyarrow as pa

    inner = (kind.field(place).type for place in range(kind.num_fields))
    return bool(pa.types.is_decimal256(kind)) or any(map(_is_too_wide, inner))


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
    return retyping.packed(table.schema)
