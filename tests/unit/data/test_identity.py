"""The canonical form: equal for equal values, and frozen."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from nbmlops.data.identity import PREFIX, identify
from nbmlops.data.tabular import to_arrow
from nbmlops.errors import RecordError

D = decimal.Decimal
CASES: dict[str, Callable[[], pa.Array]] = {
    "null": lambda: pa.array([None, None], pa.null()),
    "bool": (lambda: pa.array([True, None, False])),
    **{
        str(k): (lambda k=k: pa.array([1, None, 3], k))
        for k in (
            pa.int8(),
            pa.int16(),
            pa.int32(),
            pa.int64(),
            pa.uint8(),
            pa.uint16(),
            pa.uint32(),
            pa.uint64(),
            pa.float32(),
            pa.float64(),
        )
    },
    "special floats": lambda: pa.array([0.0, -0.0, float("nan"), float("inf"), float("-inf")]),
    "halffloat": lambda: pa.array([1.0, None, 2.5], pa.float32()).cast(pa.float16()),
    "decimal": lambda: pa.array([D("1.10"), None], pa.decimal128(5, 2)),
    "wide decimal": lambda: pa.array([D("1.10"), None], pa.decimal256(60, 2)),
    "string": lambda: pa.array(["a", None, "", "é", "e\u0301"]),
    "binary": lambda: pa.array([b"a", None, b""]),
    "fixed binary": lambda: pa.array([b"ab", None], pa.binary(2)),
    "date32": lambda: pa.array([dt.date(2020, 1, 1), None]),
    "date64": lambda: pa.array([dt.date(2020, 1, 1), None], pa.date64()),
    **{
        f"timestamp {u} {z}": (
            lambda u=u, z=z: pa.array([dt.datetime.fromisoformat("2020-01-01"), None], pa.timestamp(u, z))
        )
        for u in ("s", "ms", "us", "ns")
        for z in (None, "UTC", "Europe/Berlin")
    },
    "time32": lambda: pa.array([dt.time(1, 2), None], pa.time32("s")),
    "time64": lambda: pa.array([dt.time(1, 2), None], pa.time64("us")),
    "duration": lambda: pa.array([dt.timedelta(seconds=3), None], pa.duration("ms")),
    "interval": lambda: pa.array([pa.MonthDayNano([1, 2, 3]), None], pa.month_day_nano_interval()),
    "list": lambda: pa.array([[1, None], None, [], [3]]),
    "fixed list": lambda: pa.array([[1, 2], None], pa.list_(pa.int64(), 2)),
    "struct": lambda: pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}]),
    "map": lambda: pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "nested": lambda: pa.array([[{"x": [1, None]}, None], None, []]),
    "union": lambda: pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["a", "b"])]),
    "uuid": lambda: pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"a" * 16, None], pa.binary(16))),
    "period": lambda: pa.array(pd.PeriodIndex(["2020-01", None], freq="M")),
    "pandas interval": lambda: pa.array(pd.arrays.IntervalArray.from_tuples([(0, 1), None])),
    "tensor": lambda: pa.ExtensionArray.from_storage(
        pa.fixed_shape_tensor(pa.int32(), (2, 1)), pa.array([[1, 2], None], pa.list_(pa.int32(), 2))
    ),
    "empty": lambda: pa.array([], pa.string()),
}

GOLDEN = {
    "null": "ee5f4cee777ac960",
    "bool": "5bee882f770d0800",
    "int8": "2d3fee6f97f7f2c6",
    "int16": "8b4b7d66405efa2b",
    "int32": "c975f4f999e24af5",
    "int64": "b94a05afea127243",
    "uint8": "9ce5d476ebfa4f23",
    "uint16": "951b65bdeedb4b1c",
    "uint32": "39463a769ab83e10",
    "uint64": "112ce1876333c4db",
    "float": "f8e9a064e7ad756f",
    "double": "522a2cf38a96c263",
    "special floats": "a5d3d37599991ae1",
    "halffloat": "2b8868fdd4c2bd2c",
    "decimal": "4e79b61d94251a52",
    "wide decimal": "9a8c84e1907ca765",
    "string": "704ed392a1595621",
    "binary": "df0d82e2a4a1e3b5",
    "fixed binary": "0af27cf98b9121b8",
    "date32": "5cd8fd934232ecd1",
    "date64": "e70c205939c6aa10",
    "timestamp s None": "92fd2c304e7962ee",
    "timestamp s UTC": "f22616d31f03775a",
    "timestamp s Europe/Berlin": "1dd8ccc97e6df62b",
    "timestamp ms None": "eca798ee9f61fc4c",
    "timestamp ms UTC": "f6a330b4555512e7",
    "timestamp ms Europe/Berlin": "b7103edbc5ca0227",
    "timestamp us None": "d80a15db63ff0004",
    "timestamp us UTC": "e44233c25f0ed3aa",
    "timestamp us Europe/Berlin": "8b86c0e0c7602044",
    "timestamp ns None": "2d0aa8a7f64192c5",
    "timestamp ns UTC": "1024a9b860152850",
    "timestamp ns Europe/Berlin": "3390a21a0af9a7dc",
    "time32": "b31d85123065fc9a",
    "time64": "25ef00eff9da0dd2",
    "duration": "177b76278071b29d",
    "interval": "19a4c59f75d22ad8",
    "list": "dde657b843d064f0",
    "fixed list": "26a24f1fceb9ab80",
    "struct": "0fcd23722789841e",
    "map": "bb380a014a92d327",
    "nested": "bf0ed9ae01cf9bfe",
    "union": "40733c26ee898c89",
    "uuid": "33eb0d5ba1a5774d",
    "period": "950480cb31e69626",
    "pandas interval": "b998fed304aa018f",
    "tensor": "c26b20499c03c888",
    "empty": "f33ac5de7f1d7975",
}
"""Of every type, the first digits of the id of its column above. They never change: ids are kept in stores."""


def column_id(array: pa.Array) -> str:
    return identify(pa.table({"x": array})).column_id(0)


@pytest.mark.parametrize("name", CASES)
def test_the_form_of_every_type_is_frozen(name: str) -> None:
    assert column_id(CASES[name]())[len(PREFIX) :][:16] == GOLDEN[name]


@pytest.mark.parametrize("name", [name for name in CASES if name != "empty"])
def test_a_slice_is_what_it_shows(name: str) -> None:
    array = CASES[name]()
    twice = pa.chunked_array([array, array])
    assert column_id(twice.slice(len(array)).chunk(0)) == column_id(array)
    assert column_id(pa.concat_arrays([array, array]).slice(len(array))) == column_id(array)


TEXTS = ["a", None, "bcd", "", "a"]


@pytest.mark.parametrize(
    "same",
    [
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS, pa.string_view()),
        pa.array(TEXTS).dictionary_encode(),
        pa.DictionaryArray.from_arrays(pa.array([1, None, 0, 2, 1], pa.int8()), ["bcd", "a", "", "unused"]),
        pa.chunked_array([pa.array(TEXTS[:2]), pa.array(TEXTS[2:])]),
    ],
)
def test_encodings_of_the_same_text_are_the_same(same: pa.Array) -> None:
    assert column_id(same) == column_id(pa.array(TEXTS))


def test_what_lies_under_a_null_does_not_count() -> None:
    import numpy as np

    hidden = pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(np.array([1, 99, 3]).tobytes())])
    assert column_id(hidden) == column_id(pa.array([1, None, 3]))
    lists = pa.ListArray.from_arrays([0, 1, 3, 4], [1, 7, 8, 2], mask=pa.array([False, True, False]))
    assert column_id(lists) == column_id(pa.array([[1], None, [2]]))


def test_chunks_of_rows_make_no_difference() -> None:
    column = pa.array(range(300_000))
    parts = pa.chunked_array([column.slice(0, 1), column.slice(1, 200_000), column.slice(200_001)])
    assert column_id(parts) == column_id(column)


def test_pandas_duckdb_and_arrow_agree() -> None:
    frame = pd.DataFrame(
        {
            "i": [1, 2, 3],
            "f": [1.5, float("nan"), float("inf")],
            "s": ["a", None, "c"],
            "c": pd.Categorical(["x", "y", "x"]),
        }
    )
    table = to_arrow(frame)
    assert identify(table).content_id == identify(to_arrow(duckdb.from_arrow(table))).content_id


def test_names_types_order_and_values_count() -> None:
    base = pa.table({"a": [1, 2], "b": [3, 4]})
    others = [
        pa.table({"a": [1, 2], "c": [3, 4]}),
        pa.table({"b": [3, 4], "a": [1, 2]}),
        pa.table({"a": [2, 1], "b": [4, 3]}),
        pa.table({"a": pa.array([1, 2], pa.int32()), "b": [3, 4]}),
        pa.table({"a": [1, None], "b": [3, 4]}),
        pa.table({"a": [1], "b": [3]}),
        pa.table({}),
    ]
    ids = {identify(table).content_id for table in (base, *others)}
    assert len(ids) == len(others) + 1


def test_an_index_with_a_name_becomes_a_column() -> None:
    frame = pd.DataFrame({"v": [1, 2]}, index=pd.Index(["a", "b"], name="who"))
    assert to_arrow(frame).column_names == ["who", "v"]
    assert to_arrow(frame.reset_index(drop=True)).column_names == ["v"]


def test_mixed_columns_are_refused_by_name() -> None:
    with pytest.raises(RecordError, match=r"column 'x' holds int, str"):
        to_arrow(pd.DataFrame({"x": [1, "a"]}))
