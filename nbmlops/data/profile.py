"""How the values of every column are distributed: taken once at a commit, so that later looks cost nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from nbmlops.data import canonical
from nbmlops.data.bare import is_coded
from nbmlops.data.differences.comparable import comparable

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

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
        return tuple(
            _column(con, field.name, str(field.type), column)
            for field, column in zip(table.schema, table.columns, strict=True)
        )


def _column(con: duckdb.DuckDBPyConnection, name: str, kind: str, column: pa.ChunkedArray) -> ColumnProfile:
    import duckdb
    import pyarrow as pa

    shape = shape_of(column.type)
    about: dict[str, Any] = {
        "name": name,
        "type": canonical.type_name(column.type),
        "rows": len(column),
        "nulls": column.null_count,
    }
    if not len(column) or column.null_count == len(column):
        return ColumnProfile(**about, shape=shape)
    if shape == "other":
        return ColumnProfile(**about, shape=shape)
    if len(column) <= _SMALL and (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return ColumnProfile(**about, **_few_numbers(column), shape=shape)
    try:
        with _registered(con, column):
            if shape == "category":
                return ColumnProfile(**about, **_categories(con, len(column)), shape=shape)
            return ColumnProfile(**about, **_numbers(con, shape, plain_type(column.type), len(column)), shape=shape)
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise  # the machine, not the column
    except (duckdb.Error, pa.ArrowException, OverflowError, ValueError):
        # a column that cannot be described, as times beyond what DuckDB counts, is a version all the same
        return ColumnProfile(**about, shape="other")


@contextmanager
def _registered(con: duckdb.DuckDBPyConnection, column: pa.ChunkedArray) -> Iterator[None]:
    import pyarrow as pa

    con.register("profiled", pa.table({"v": _taken(column)}))
    try:
        yield
    finally:
        con.unregister("profiled")


def _taken(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in a type that DuckDB counts with; times in microseconds where they fit, as its own are."""
    import pyarrow as pa

    kind = plain_type(column.type)
    if pa.types.is_decimal256(kind):
        return canonical.plain(column).cast(pa.float64())
    if pa.types.is_date64(kind) or (pa.types.is_timestamp(kind) and kind.unit in ("s", "ms")):
        return canonical.plain(column).cast(pa.timestamp("us", getattr(kind, "tz", None)))
    return comparable(column)


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


def _categories(con: duckdb.DuckDBPyConnection, rows: int) -> dict[str, Any]:
    ((distinct,),) = con.execute(f"SELECT {_distinct(rows)} FROM profiled").fetchall()
    sql = (
        f"SELECT v::VARCHAR, count(*) AS n FROM profiled WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT {TOP}"
    )
    top = tuple((str(value)[:_LONGEST], int(count)) for value, count in con.execute(sql).fetchall())
    return {"distinct": len(top) if len(top) < TOP else int(distinct), "top": top}


def _distinct(rows: int) -> str:
    """An estimate can lie above the number of values, which nobody would believe of a key."""
    return "count(DISTINCT v)" if rows <= _SAMPLE else "least(approx_count_distinct(v), count(v))"


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
        mean, sd = float(x.mean()), float(x.std(ddof=1)) if len(x) > 1 else math.nan
    mean = mean if math.isfinite(mean) else float((x / 1024).mean()) * 1024  # as in `_numbers`
    return found | {
        "low": low, "high": high, "mean": _finite(mean), "sd": _finite(sd),
        "histogram": Histogram(low, high, tuple(map(int, np.bincount(at, minlength=BINS)))),
        "quantiles": tuple(map(float, np.quantile(x / scale, _QUANTILES) * scale)),
    }  # fmt: skip


def _numbers(con: duckdb.DuckDBPyConnection, shape: Shape, kind: pa.DataType, rows: int) -> dict[str, Any]:
    import pyarrow as pa

    value = "epoch(v)" if shape == "time" else "v::DOUBLE"
    finite = f"isfinite({value})" if shape == "number" and (pa.types.is_floating(kind)) else "v IS NOT NULL"
    facts = con.execute(
        # of large numbers even the sum is more than a float holds; a power of two changes no digit
        f"SELECT count(v), {_distinct(rows)}, min(x), max(x), CASE WHEN isfinite(avg(x)) THEN avg(x) "
        f"ELSE avg(x / 1024) * 1024 END, stddev_samp(x), count(x) FROM "
        f"(SELECT v, CASE WHEN {finite} THEN {value} END AS x FROM profiled)"
    ).fetchall()
    ((valid, distinct, low, high, mean, sd, count),) = facts
    found: dict[str, Any] = {"non_finite": int(valid - count), "distinct": int(distinct)}
    if not count:
        return found
    if shape == "time" and not _FIRST <= low <= high <= _LAST:
        raise ValueError("beyond the calendar")
    histogram = _histogram(con, value, finite, float(low), float(high))
    return found | {
        "low": float(low), "high": float(high), "mean": _finite(mean), "sd": _finite(sd),
        "histogram": histogram, "quantiles": _quantiles(con, value, finite),
    }  # fmt: skip


def _finite(value: Any) -> float | None:
    """A number that a float holds."""
    return None if value is None or not math.isfinite(value) else float(value)


def _histogram(con: duckdb.DuckDBPyConnection, value: str, finite: str, low: float, high: float) -> Histogram:
    counts = [0] * BINS
    width = high / BINS - low / BINS
    place = f"least(greatest(floor({value} / $width - $low / $width), 0), {BINS - 1})::INTEGER"
    sql = f"SELECT {place} AS b, count(*) FROM profiled WHERE {finite} GROUP BY b"
    values = {"low": low, "width": width}
    if not width > 0:
        sql, values = f"SELECT 0, count(*) FROM profiled WHERE {finite}", {}
    for at, count in con.execute(sql, values).fetchall():
        counts[int(at)] += int(count)
    return Histogram(low, high, tuple(counts))


def _quantiles(con: duckdb.DuckDBPyConnection, value: str, finite: str) -> tuple[float, ...]:
    asked = ", ".join(map(str, _QUANTILES))
    sample = f"SELECT {value} AS x FROM profiled WHERE {finite} USING SAMPLE reservoir({_SAMPLE} ROWS) REPEATABLE (0)"
    sql = f"SELECT quantile_cont(x, [{asked}]) FROM ({sample})"
    ((found,),) = con.execute(sql).fetchall()
    return tuple(float(each) for each in found or ())
