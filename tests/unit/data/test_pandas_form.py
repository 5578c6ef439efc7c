"""Frames of pandas come back equal, or a sentence says what does not; never with other values."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.tseries.offsets import CustomBusinessDay, DateOffset

import nbmlops as ml
from nbmlops.errors import RecordError

pytestmark = pytest.mark.usefixtures("store")

D = decimal.Decimal
BERLIN = ZoneInfo("Europe/Berlin")
NAIVE = dt.datetime(2020, 1, 1, 5)  # noqa: DTZ001 - the case is that it has no zone


def objects(*values: Any) -> pd.DataFrame:
    cells = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        cells[at] = value
    return pd.DataFrame({"o": pd.Series(cells, dtype=object)})


def indexed(index: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": range(len(index))}, index=index)


def column(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": values})


EQUAL: dict[str, Callable[[], pd.DataFrame]] = {
    "period index": lambda: indexed(pd.period_range("2020-01", periods=3, freq="M")),
    "period index with a name": lambda: indexed(pd.period_range("2020-01", periods=3, freq="M", name="m")),
    "frequency": lambda: indexed(pd.date_range("2020-01-31", periods=3, freq="ME")),
    "business hours": lambda: indexed(pd.date_range("2020-01-01", periods=3, freq="bh")),
    "durations": lambda: indexed(pd.timedelta_range("1h", periods=3, freq="h")),
    "categories": lambda: indexed(pd.CategoricalIndex(["b", "a"], categories=["b", "a", "z"], ordered=True)),
    "one level": lambda: indexed(pd.MultiIndex.from_arrays([[1, 2]], names=["k"])),
    "levels with missing values": lambda: indexed(
        pd.MultiIndex.from_arrays([["a", None], [1, np.nan]], names=["k", "k"])
    ),
    "tuples": lambda: indexed(pd.Index([(1, 2), (3, 4)], tupleize_cols=False)),
    "mixed missing values of an index": lambda: indexed(pd.Index(["a", None, np.nan], dtype=object)),
    "dateutil zone": lambda: column(pd.to_datetime(["2020-01-01"]).tz_localize("dateutil/Europe/Berlin")),
    "sparse times": lambda: column(pd.arrays.SparseArray(pd.to_datetime(["2020", None]))),
    "sparse numbers": lambda: column(pd.arrays.SparseArray([0, 0, 1])),
    "big-endian": lambda: column(np.array([1, 2], dtype=">i4")),
    "NaN and NA": lambda: column(pd.arrays.FloatingArray(np.array([np.nan, 1, 2.0]), np.array([False, False, True]))),
    "categories of bool": lambda: column(pd.Categorical([True, None, False])),
    **{
        f"categories of {kind}": lambda kind=kind: column(  # type: ignore[misc]
            pd.Categorical.from_codes([0, -1, 1], categories=pd.Index([0, 1], dtype=kind))
        )
        for kind in ("int8", "uint8", "int16", "int64", "float64", "datetime64[s]")
    },
    "categories of large numbers": lambda: column(pd.Categorical([2**60 + 1, None, 2**60 + 3])),
    "intervals": lambda: column(pd.cut([1, 5, np.nan, 9], 3)),
    "categories of periods": lambda: column(pd.Categorical(pd.period_range("2020-01", periods=3, freq="M"))),
    "no rows of categories": lambda: column(pd.Categorical([], categories=["a"])),
    "categories of tuples": lambda: column(pd.Categorical([(1, 2), (3, 4)])),
    "category names": lambda: pd.DataFrame(
        [[1, 2]], columns=pd.CategoricalIndex(["b", "a"], categories=["z", "b", "a"], ordered=True, name="c")
    ),
    "crosstab": lambda: pd.crosstab(pd.Categorical(["x", "y"]), pd.Categorical(["q", "p"], categories=["q", "p"])),
    "pivot": lambda: pd.DataFrame({"a": [1, 1], "b": pd.Categorical(["x", "y"]), "v": [1.0, 2]}).pivot_table(
        index="a", columns="b", values=["v"], aggfunc=["mean", "sum"], observed=False
    ),
    "dates as names": lambda: pd.DataFrame([[1]], columns=[dt.date(2020, 1, 1)]),
    "times as names": lambda: pd.DataFrame(
        [[1, 2]], columns=pd.date_range("2020-01-01", periods=2, tz="Europe/Berlin")
    ),
    "intervals as names": lambda: pd.crosstab(pd.cut([1, 5, 9], 2), pd.cut([2, 4, 8], 3)),
    "periods as names": lambda: pd.DataFrame([[1, 2]], columns=pd.period_range("2020-01", periods=2, freq="M")),
    "durations as names": lambda: pd.DataFrame([[1, 2]], columns=pd.timedelta_range("1h", periods=2)),
    "tuples as names": lambda: pd.DataFrame([[1, 2]], columns=pd.Index([("a", 1), ("b", 2)], tupleize_cols=False)),
    "no names of two levels": lambda: pd.DataFrame(
        index=[1, 2], columns=pd.MultiIndex.from_tuples([], names=["a", "b"])
    ),
    **{
        f"Arrow {kind}": lambda kind=kind, values=values: column(pd.array(values, dtype=pd.ArrowDtype(kind)))  # type: ignore[misc]
        for kind, values in {
            pa.dictionary(pa.int32(), pa.string()): ["a", None],
            pa.timestamp("s"): [1, None],
            pa.large_string(): ["a", None],
        }.items()
    },
    "None and nan": lambda: objects("a", None, np.nan),
    "None, NaT and NA": lambda: objects(pd.Timestamp("2020"), None, pd.NaT),
    "NA": lambda: objects(1, pd.NA),
    "only NaN": lambda: objects(np.nan, np.nan),
    "decimal NaN": lambda: objects(D("NaN"), D("2")),
    "tuples of objects": lambda: objects((1, 2), (3,), None),
    "arrays": lambda: objects(np.array([1, 2.5], "f4"), np.array([3.0], "f4")),
    "arrays of one length": lambda: objects(np.array([1, 2]), np.array([3, 4])),
    "arrays of texts": lambda: objects(np.array(["a", "b"], dtype=object), np.array([], dtype=object)),
    "nanoseconds": lambda: objects(pd.Timestamp("2020-01-01 00:00:00.123456789"), pd.Timestamp("2020")),
    "short durations": lambda: objects(pd.Timedelta(1, "ns"), None),
    "numbers of NumPy": lambda: objects(np.int8(1), np.int8(2)),
    "dicts": lambda: objects({"a": 1, "b": [1, 2]}, {"a": 2, "b": []}),
    "lists of texts": lambda: objects(["a"], np.nan),
    "times of day": lambda: objects(dt.time(1, 2, 3), None),
}


@pytest.mark.parametrize("name", EQUAL)
def test_a_frame_comes_back_equal(name: str) -> None:
    before = EQUAL[name]()
    saved = ml.data.save(before, "d")
    after = ml.data.load("d")
    pd.testing.assert_frame_equal(after, before, check_exact=True, check_freq=True, check_column_type="equiv")
    assert (type(after.index), type(after.columns)) == (type(before.index), type(before.columns))
    for at in range(before.shape[1]):
        assert repr(list(after.iloc[:, at])) == repr(list(before.iloc[:, at]))
    assert "comes back" not in str(saved)


def test_string_views_come_back() -> None:
    before = column(pd.array(["a", None], dtype=pd.ArrowDtype(pa.string_view())))
    ml.data.save(before, "d")
    assert ml.data.load("d").dtypes.tolist() == before.dtypes.tolist()


@pytest.mark.parametrize(
    ("frame", "said", "back"),
    [
        (objects(1, 2.5), "int comes back as float", [1.0, 2.5]),
        (objects({"a": 1}, {"b": 2}), "keys that a dict lacks", [{"a": 1, "b": None}, {"a": None, "b": 2}]),
        (objects(D("1.10"), D("2")), "2 comes back as 2.00", [D("1.10"), D("2.00")]),
        (objects([(1, 2)]), "tuple comes back as list", [[[1, 2]]]),
        (objects(np.str_("a"), "b"), "str_ comes back as str", ["a", "b"]),
        (
            objects(dt.datetime(2020, 1, 1, tzinfo=BERLIN), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
            "one time zone",
            [dt.datetime(2020, 1, 1, tzinfo=BERLIN), dt.datetime(2020, 1, 1, 1, tzinfo=BERLIN)],
        ),
    ],
)
def test_what_comes_back_in_another_form_is_said(frame: pd.DataFrame, said: str, back: list[Any]) -> None:
    assert said in str(ml.data.save(frame, "d"))
    assert repr(list(ml.data.load("d")["o"])) == repr(back)


@pytest.mark.parametrize("freq", [CustomBusinessDay(holidays=["2020-01-02"]), DateOffset(months=1, days=2)])
def test_a_frequency_that_no_text_tells_is_said_to_be_lost(freq: Any) -> None:
    before = indexed(pd.date_range("2020-01-01", periods=3, freq=freq))
    assert "without its frequency" in str(ml.data.save(before, "d"))
    pd.testing.assert_frame_equal(ml.data.load("d"), before, check_freq=False)


def test_attrs_come_back_or_are_said_to_be_lost() -> None:
    before = column([1])
    before.attrs = {"unit": "m", "range": [0, 1.5]}
    assert "attrs" not in str(ml.data.save(before, "d"))
    assert ml.data.load("d").attrs == before.attrs
    before.attrs = {"when": dt.date(2020, 1, 1)}
    assert "attrs are not kept" in str(ml.data.save(before, "d"))


@pytest.mark.parametrize(
    "frame",
    [
        objects("y", b"x"),
        objects(b"x", "y"),
        objects(dt.date(2020, 1, 1), NAIVE),
        objects(NAIVE, dt.datetime(2020, 1, 1, 5, tzinfo=BERLIN)),
        objects(2**60 + 1, 0.5),
        objects("\ud800"),
        objects(np.zeros((2, 2))),
        column(np.array([1j])),
    ],
)
def test_what_would_come_back_as_other_values_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(RecordError, match=r"column '[ox]'") as caught:
        ml.data.save(frame, "d")
    assert caught.value.hint
    assert not len(ml.data.list().df())


def test_intervals_of_zoned_times_come_back_or_are_refused() -> None:
    """What pandas makes of them on the way through Arrow differs from one version to the next."""
    before = column(pd.interval_range(pd.Timestamp("2020", tz="Europe/Berlin"), periods=2))
    try:
        ml.data.save(before, "d")
    except RecordError as error:
        assert error.hint
    else:
        pd.testing.assert_frame_equal(ml.data.load("d"), before)
