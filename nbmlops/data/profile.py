"""How the values of every column are distributed: taken once at a commit, so that later looks cost nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from nbmlops.data import canonical
from nbmlops.data.bare import is_coded
from nbmlops.data.differences.comparable import comparable

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from nbmlops.data.streams import Rows

BINS: Final = 64
TOP: Final = 20
_SAMPLE: Final = 100_000
_QUANTILES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_LONGEST: Final = 200
_SMALL: Final = 20_000  # numbers: here a query of its own for each column costs more than the column
_FIRST: Final = -62_135_596_800
"""The year 1 and, below, the last second of 9999, in seconds since 1970: others cannot be shown."""
_LAST: Final = 253_402_300_800

Shape = Literal["number", "time", "category", "other"]
Values: TypeAlias = Mapping[str, float]
Ask: TypeAlias = Callable[[str, Values], list[tuple[Any, ...]]]
"""Answers a query of ``profiled``, a table of one column ``v``."""


@dataclass(frozen=True)
class Histogram:
    """Counts of values in bins of equal width; the last bin has both of its edges."""

    low: float
    high: float
    counts: tuple[int, ...]

    def rebinned(self, low: float, high: float, bins: int) -> tuple[float, ...]:
        """Counts in other bins; a bin that is cut gives its values in proportion."""
        found = [0.0] * bins
        if not math.isfinite(max(self.high, high) - min(self.low, low)):  # more than a float holds
            return Histogram(self.low / 4, self.high / 4, self.counts).rebinned(low / 4, high / 4, bins)
        width, other = (self.high - self.low) / len(self.counts), (high - low) / bins
        for place, count in enumerate(self.counts):
            start = self.low + place * width
            if not width or not other:
                found[min(max(int((start - low) / other) if other else 0, 0), bins - 1)] += count
                continue
            first, last = (start - low) / other, (start + width - low) / other
            for target in range(max(math.floor(first), 0), min(math.ceil(last), bins)):
                share = min(last, target + 1) - max(first, target)
                found[target] += count * max(share, 0.0) / (last - first)
        return tuple(found)


@dataclass(frozen=True)
class ColumnProfile:
    """One column.

    Attributes
    ----------
    shape
        What kind of distribution it has: number, time (seconds since 1970, UTC), category or other.
    rows, nulls, non_finite
        How many; NaN and infinities are values, counted apart and in none of what follows.
    distinct
        How many different values; of more than 100,000 rows about how many (HyperLogLog, a few per cent off). None
        where that is not told.
    low, high, mean, sd
        Of finite numbers and of times.
    quantiles
        At 1, 5, 25, 50, 75, 95 and 99 per cent, of a sample of 100,000 rows where there are more.
    histogram
        Of numbers and times, 64 bins.
    top
        Of categories: the most frequent values and their counts.
    """

    name: str
    type: str
    shape: Shape
    rows: int
    nulls: int
    non_finite: int = 0
    distinct: int | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    quantiles: tuple[float, ...] = ()
    histogram: Histogram | None = None
    top: tuple[tuple[str, int], ...] = ()


def profile(table: pa.Table) -> tuple[ColumnProfile, ...]:
    """The profile of every column of a table.

    Examples
    --------
    >>> import pyarrow as pa
    >>> (found,) = profile(pa.table({"x": [1.0, 2.0, None, float("nan")]}))
    >>> found.nulls, found.non_finite, found.low, found.high, found.mean
    (1, 1, 1.0, 2.0, 1.5)
    """
    from nbmlops.data.differences.engine import engine

    with engine() as con:
        columns = zip(table.schema, table.columns, strict=True)
        return tuple(_in_memory(con, field.name, column) for field, column in columns)


def profile_of_stream(rows: Rows, place: int) -> ColumnProfile:
    """The profile of one column of files that are read in pieces: a few times, and never all of it at once."""
    import pyarrow as pa

    from nbmlops.data import streams

    field = rows.schema.field(place)

    def answered(con: duckdb.DuckDBPyConnection, sql: str, values: Values) -> list[tuple[Any, ...]]:
        kind = _readable(pa.chunked_array([], type=field.type)).type
        schema = pa.schema([("v", kind)])
        pieces = (_readable(piece) for piece in rows.column(place))
        batches = (batch for piece in pieces for batch in pa.Table.from_arrays([piece], schema=schema).to_batches())
        con.register("profiled", pa.RecordBatchReader.from_batches(schema, batches))
        return con.execute(sql, values).fetchall()

    with streams.connected() as con:
        ask = partial(answered, con)
        return _column(ask, field.name, field.type, rows.identity.rows, rows.nulls[place])


def _in_memory(con: duckdb.DuckDBPyConnection, name: str, column: pa.ChunkedArray) -> ColumnProfile:
    import pyarrow as pa

    is_plain = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if is_plain and column.null_count < len(column) <= _SMALL:
        return ColumnProfile(
            **_about(name, column.type, len(column), column.null_count), **_few_numbers(column), shape="number"
        )

    def ask(sql: str, values: Values) -> list[tuple[Any, ...]]:
        con.register("profiled", pa.table({"v": _readable(column, is_whole=True)}))
        return con.execute(sql, values).fetchall()

    try:
        return _column(ask, name, column.type, len(column), column.null_count)
    finally:
        con.unregister("profiled")


def _about(name: str, kind: pa.DataType, rows: int, nulls: int) -> dict[str, Any]:
    return {"name": name, "type": canonical.type_name(kind), "rows": rows, "nulls": nulls}


def _column(ask: Ask, name: str, kind: pa.DataType, rows: int, nulls: int) -> ColumnProfile:
    import duckdb
    import pyarrow as pa

    about, shape = _about(name, kind, rows, nulls), shape_of(kind)
    if not rows or nulls == rows or shape == "other":
        return ColumnProfile(**about, shape=shape)
    try:
        if shape == "category":
            return ColumnProfile(**about, **_categories(ask, rows), shape=shape)
        return ColumnProfile(**about, **_numbers(ask, shape, plain_type(kind), rows), shape=shape)
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise  # the machine, not the column
    except (duckdb.Error, pa.ArrowException, OverflowError, ValueError):
        # a column that cannot be described, as times beyond what DuckDB counts, is a version all the same
        return ColumnProfile(**about, shape="other")


def _readable(column: pa.ChunkedArray, *, is_whole: bool = False) -> pa.ChunkedArray:
    """The column in a type that DuckDB counts with; times in microseconds where they fit, as its own are.

    Of a piece of a column without dictionaries, which differ from piece to piece.
    """
    import pyarrow as pa

    kind = plain_type(column.type)
    if pa.types.is_decimal256(kind):
        return canonical.plain(column).cast(pa.float64())
    if pa.types.is_date64(kind) or (pa.types.is_timestamp(kind) and kind.unit in ("s", "ms")):
        return canonical.plain(column).cast(pa.timestamp("us", getattr(kind, "tz", None)))
    return comparable(column if is_whole else canonical.plain(column))


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type of the values of a dictionary or of runs."""
    return plain_type(kind.value_type) if is_coded(kind) else kind


def shape_of(kind: pa.DataType) -> Shape:
    """How a column of a type is looked at."""
    import pyarrow as pa

    is_ = pa.types
    kind = plain_type(kind)
    if is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind) or is_.is_duration(kind):
        return "number"
    if is_.is_timestamp(kind) or is_.is_date(kind):
        return "time"
    if is_.is_boolean(kind) or is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return "category"
    return "other"


def _categories(ask: Ask, rows: int) -> dict[str, Any]:
    ((distinct,),) = ask(f"SELECT {_distinct(rows)} FROM profiled", {})
    sql = (
        f"SELECT v::VARCHAR, count(*) AS n FROM profiled WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT {TOP}"
    )
    top = tuple((str(value)[:_LONGEST], int(count)) for value, count in ask(sql, {}))
    return {"distinct": len(top) if len(top) < TOP else int(distinct), "top": top}


def _few_numbers(column: pa.ChunkedArray) -> dict[str, Any]:
    """As `_numbers`, without DuckDB: of thousands of short columns each costs a tenth."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = column.drop_null()
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    values = column.cast(pa.float64(), safe=False).to_numpy()
    x = values[np.isfinite(values)]
    found: dict[str, Any] = {"non_finite": len(values) - len(x), "distinct": pc.count_distinct(column).as_py()}
    if not len(x):
        return found
    low, high = float(x.min()), float(x.max())
    width = high / BINS - low / BINS
    at = np.clip(np.floor(x / width - low / width), 0, BINS - 1).astype(int) if width > 0 else np.zeros(len(x), int)
    scale = 1 if math.isfinite(high - low) else 2
    with np.errstate(over="ignore", invalid="ignore"):
        # of large numbers even the sum is more than a float holds; a power of two changes no digit
        total = float(x.mean()) if math.isfinite(x.sum()) else float((x / 2**40).mean() * 2**40)
        told = [total, float(x.std(ddof=1)) if len(x) > 1 else math.nan]
    mean, sd = (each if math.isfinite(each) else None for each in told)
    return found | {
        "low": low, "high": high, "mean": _finite(mean), "sd": _finite(sd),
        "histogram": Histogram(low, high, tuple(map(int, np.bincount(at, minlength=BINS)))),
        "quantiles": tuple(map(float, np.quantile(x / scale, _QUANTILES) * scale)),
    }  # fmt: skip


def _distinct(rows: int) -> str:
    """An estimate can lie above the number of values, which nobody would believe of a key."""
    return "count(DISTINCT v)" if rows <= _SAMPLE else "least(approx_count_distinct(v), count(v))"


def _numbers(ask: Ask, shape: Shape, kind: pa.DataType, rows: int) -> dict[str, Any]:
    import pyarrow as pa

    value = "epoch(v)" if shape == "time" else "v::DOUBLE"
    finite = f"isfinite({value})" if shape == "number" and (pa.types.is_floating(kind)) else "v IS NOT NULL"
    facts = ask(
        # of large numbers even the sum is more than a float holds; a power of two changes no digit
        f"SELECT count(v), {_distinct(rows)}, min(x), max(x), CASE WHEN isfinite(avg(x)) THEN avg(x) "
        f"ELSE avg(x / 1024) * 1024 END, stddev_samp(x), count(x) FROM "
        f"(SELECT v, CASE WHEN {finite} THEN {value} END AS x FROM profiled)",
        {},
    )
    ((valid, distinct, low, high, mean, sd, count),) = facts
    found: dict[str, Any] = {"non_finite": int(valid - count), "distinct": int(distinct)}
    if not count:
        return found
    if shape == "time" and not _FIRST <= low <= high <= _LAST:
        raise ValueError("beyond the calendar")
    histogram = _histogram(ask, value, finite, float(low), float(high))
    return found | {
        "low": float(low), "high": float(high), "mean": _finite(mean), "sd": _finite(sd),
        "histogram": histogram, "quantiles": _quantiles(ask, value, finite),
    }  # fmt: skip


def _finite(value: Any) -> float | None:
    """A number that a float holds."""
    return None if value is None or not math.isfinite(value) else float(value)


def _histogram(ask: Ask, value: str, finite: str, low: float, high: float) -> Histogram:
    counts = [0] * BINS
    width = high / BINS - low / BINS
    place = f"least(greatest(floor({value} / $width - $low / $width), 0), {BINS - 1})::INTEGER"
    sql = f"SELECT {place} AS b, count(*) FROM profiled WHERE {finite} GROUP BY b"
    values = {"low": low, "width": width}
    if not width > 0:
        sql, values = f"SELECT 0, count(*) FROM profiled WHERE {finite}", {}
    for at, count in ask(sql, values):
        counts[int(at)] += int(count)
    return Histogram(low, high, tuple(counts))


def _quantiles(ask: Ask, value: str, finite: str) -> tuple[float, ...]:
    asked = ", ".join(map(str, _QUANTILES))
    sample = f"SELECT {value} AS x FROM profiled WHERE {finite} USING SAMPLE reservoir({_SAMPLE} ROWS) REPEATABLE (0)"
    sql = f"SELECT quantile_cont(x, [{asked}]) FROM ({sample})"
    ((found,),) = ask(sql, {})
    return tuple(float(each) for each in found or ())
