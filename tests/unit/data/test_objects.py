"""Objects of every kind come back as they were saved."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.errors import UsageError

pytestmark = pytest.mark.usefixtures("store")


def frame(rows: int = 5) -> pd.DataFrame:
    return pd.DataFrame(
        {"id": range(rows), "price": np.linspace(1, 2, rows), "name": [f"n{at % 3}" for at in range(rows)]}
    )


FRAMES: dict[str, Callable[[], pd.DataFrame]] = {
    "plain": frame,
    "no rows": lambda: frame(0),
    "no columns": lambda: pd.DataFrame(index=pd.RangeIndex(3)),
    "nothing": pd.DataFrame,
    "filtered": lambda: frame()[lambda f: f.id > 2],
    "sorted": lambda: frame().sort_values("id", ascending=False),
    "named index": lambda: frame().set_index("name"),
    "two levels": lambda: frame().set_index(["name", "id"]),
    "one level without a name": lambda: frame().set_index(["name", "id"]).rename_axis([None, "id"]),
    "dates as index": lambda: pd.DataFrame(
        {"x": [1, 2]}, index=pd.date_range("2020-01-01", periods=2, tz="Europe/Berlin")
    ),
    "named range": lambda: frame().rename_axis("row"),
    "stepped range": lambda: frame()[::2],
    "same names": lambda: pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"]),
    "numbers as names": lambda: pd.DataFrame([[1, 2]], columns=[0, 7]),
    "mixed names": lambda: pd.DataFrame([[1, 2, 3]], columns=["a", 1, None]),
    "levels of names": lambda: pd.DataFrame(
        [[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["k", None])
    ),
    "named axis": lambda: frame().rename_axis(columns="what"),
    "categories": lambda: pd.DataFrame(
        {"c": pd.Categorical(["a", "b", None], categories=["z", "b", "a"], ordered=True)}
    ),
    "categories of numbers": lambda: pd.DataFrame({"c": pd.Categorical([3, 1, 3], categories=[1, 2, 3])}),
    "nullable": lambda: pd.DataFrame(
        {
            "i": pd.array([1, None], "Int32"),
            "b": pd.array([True, None], "boolean"),
            "f": pd.array([1.5, None], "Float64"),
        }
    ),
    "strings": lambda: pd.DataFrame(
        {
            "a": pd.array(["x", None], "string"),
            "b": pd.array(["x", None], "str"),
            "c": pd.array(["x", None], pd.StringDtype("python")),
        }
    ),
    "objects": lambda: pd.DataFrame(
        {"o": pd.Series(["x", None, "y"], dtype=object), "n": pd.Series(["x", math.nan, "y"], dtype=object)}
    ),
    "lists": lambda: pd.DataFrame({"l": [[1, 2], [], None]}),
    "decimals": lambda: pd.DataFrame({"d": [decimal.Decimal("1.10"), None]}),
    "bytes": lambda: pd.DataFrame({"b": [b"x", None]}),
    "dates": lambda: pd.DataFrame({"d": [dt.date(2020, 1, 1), None]}),
    "times": lambda: pd.DataFrame(
        {
            "t": pd.to_datetime(["2020-01-01", None]),
            "z": pd.to_datetime(["2020-01-01", None]).tz_localize("UTC"),
            "d": pd.to_timedelta([1, None], unit="s"),
        }
    ),
    "periods": lambda: pd.DataFrame(
        {"p": pd.period_range("2020-01", periods=2, freq="M"), "i": pd.interval_range(0, 2)}
    ),
    "floats": lambda: pd.DataFrame(
        {"f": [math.nan, -0.0, math.inf, -math.inf], "g": np.array([1, 2, 3, 4], np.float32)}
    ),
    "small numbers": lambda: pd.DataFrame(
        {"a": np.array([1, 2], np.int8), "b": np.array([1, 2], np.uint64), "c": [True, False]}
    ),
    "arrow": lambda: pd.DataFrame(
        {"l": pd.array([[1], None], pd.ArrowDtype(pa.list_(pa.int64()))), "t": pd.array([1, None], "int64[pyarrow]")}
    ),
    "sparse": lambda: pd.DataFrame({"s": pd.arrays.SparseArray([0.0, 0.0, 1.0])}),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_pandas_frame_comes_back_as_it_was(name: str) -> None:
    before = FRAMES[name]()
    ml.data.save(before, "x", mode="keep")
    after = ml.data.load("x@v1")
    pd.testing.assert_frame_equal(after, before, check_freq=False)
    assert list(after.columns) == list(before.columns) or name == "mixed names"
    assert type(after.index) is type(before.index)
    if name == "floats":
        assert math.copysign(1, after["f"][1]) == -1


def test_a_frame_of_missing_values_comes_back_with_the_same_ones() -> None:
    ml.data.save(FRAMES["objects"](), "x")
    after = ml.data.load("x")
    assert after["o"][1] is None
    assert isinstance(after["n"][1], float)


ARROW = {
    "plain": lambda: pa.table({"a": [1, None], "s": ["x", "y"]}),
    "dictionary": lambda: pa.table({"c": pa.array(["x", None, "x"]).dictionary_encode()}),
    "nested": lambda: pa.table({"n": [[{"x": [1, None]}, None], None]}),
    "wide": lambda: pa.table(
        {"d": pa.array([decimal.Decimal("1.5")], pa.decimal256(60, 2)), "t": pa.array([1], pa.time32("s"))}
    ),
    "views": lambda: pa.table({"v": pa.array(["x", None], pa.string_view())}),
    "metadata": lambda: pa.table({"a": [1]}).replace_schema_metadata({"k": "v"}),
    "no rows": lambda: pa.schema([("a", pa.int8()), ("d", pa.dictionary(pa.int8(), pa.string()))]).empty_table(),
    "interval": lambda: pa.table({"i": pa.array([pa.MonthDayNano([1, 2, 3]), None])}),
    "halves": lambda: pa.table({"h": pa.array([1.5, None], pa.float32()).cast(pa.float16())}),
}


@pytest.mark.parametrize("name", ARROW)
def test_an_arrow_table_comes_back_as_it_was(name: str) -> None:
    before = ARROW[name]()
    ml.data.save(before, "x")
    after = ml.data.load("x")
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after.to_pylist() == before.to_pylist()


def test_a_polars_frame_comes_back_as_it_was() -> None:
    pl = pytest.importorskip("polars")
    before = pl.DataFrame(
        {
            "a": [1, 2, None],
            "s": ["x", "y", None],
            "e": pl.Series(["u", "v", "u"], dtype=pl.Enum(["v", "u", "w"])),
            "c": pl.Series(["u", None, "u"], dtype=pl.Categorical),
            "l": [[1], [], None],
        }
    )
    ml.data.save(before, "x")
    after = ml.data.load("x")
    assert after.schema == before.schema
    assert after.equals(before)
    ml.data.save(before.lazy(), "y")
    assert ml.data.load("y").collect().equals(before)
    assert ml.data.save(before.to_arrow(), "z").content_id == ml.data.show("x").version.content_id


def test_relations_and_queries_of_duckdb_are_tables() -> None:
    ml.data.save(duckdb.sql("SELECT range AS i, 'x' || range AS t FROM range(3)"), "x")
    assert ml.data.load("x").fetchall() == [(0, "x0"), (1, "x1"), (2, "x2")]
    version = ml.data.save("SELECT 1 AS a", "q")
    assert version.source == "SELECT 1 AS a"
    with pytest.raises(UsageError, match="cannot be run"):
        ml.data.save("SELECT nonsense", "q")
