"""Identity of coded, nested and extended types: equal however they are coded, different where values differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from nbmlops.data.identity import identify
from nbmlops.data.tabular import to_arrow


def column_id(array: pa.Array) -> str:
    return identify(pa.table({"x": array})).column_id(0)


def within(child: pa.Array) -> list[pa.Array]:
    """A child of two values in a struct, a list, a list of fixed size and a map, the second of them null."""
    mask = pa.array([False, True])
    return [
        pa.StructArray.from_arrays([child], names=["x"], mask=mask),
        pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), child, mask=mask),
        pa.FixedSizeListArray.from_arrays(child, 1, mask=mask),
        pa.StructArray.from_arrays(
            [pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), child)], names=["x"], mask=mask
        ),
    ]


TEXT = pa.array(["a", "b"])
CODED: dict[str, tuple[pa.Array, pa.Array]] = {
    "text view": (TEXT, TEXT.cast(pa.string_view())),
    "bytes view": (pa.array([b"a", b"b"]), pa.array([b"a", b"b"], pa.binary_view())),
    "dictionary": (TEXT, TEXT.dictionary_encode()),
    "dictionary of views": (
        TEXT,
        pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.uint8()), TEXT.cast(pa.string_view()), ordered=True),
    ),
    "dictionary of structs": (
        pa.array([{"x": 1}, {"x": 2}]),
        pa.DictionaryArray.from_arrays(pa.array([1, 0]), pa.array([{"x": 2}, {"x": 1}])),
    ),
    "run ends": (pa.array([1, 1]), pc.run_end_encode(pa.array([1, 1]))),
    "run ends of views": (
        pa.array(["a", "a"]),
        pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array(["a"], pa.string_view())),
    ),
    "unions": (
        pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), TEXT]),
        pa.UnionArray.from_dense(
            pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array(["b"])]
        ),
    ),
}


@pytest.mark.parametrize("name", CODED)
def test_codings_make_no_difference_at_any_depth(name: str) -> None:
    plain, coded = CODED[name]
    assert column_id(plain) == column_id(coded)
    for one, other in zip(within(plain), within(coded), strict=True):
        assert column_id(one) == column_id(other)
        assert column_id(one.slice(1)) == column_id(other.slice(1))


def test_what_lies_under_a_null_struct_does_not_count_in_a_union() -> None:
    def struct(second: int) -> pa.Array:
        union = pa.UnionArray.from_sparse(pa.array([0, second], pa.int8()), [pa.array([1, 7]), TEXT])
        return pa.StructArray.from_arrays([union], names=["x"], mask=pa.array([False, True]))

    assert column_id(struct(0)) == column_id(struct(1))


@pytest.mark.parametrize(
    "frame",
    [
        lambda: pl.DataFrame({"a": [{"x": "a"}, None]}),
        lambda: pl.DataFrame({"a": pl.Series([{"x": "a"}, None], dtype=pl.Struct({"x": pl.Enum(["a"])}))}),
        lambda: pl.DataFrame({"a": [[{"x": "a"}, None], None]}),
        lambda: pl.DataFrame({"a": pl.Series([["a", "b"], None], dtype=pl.Array(pl.String, 2))}),
    ],
)
def test_nested_texts_of_polars_have_the_id_of_arrow(frame: Callable[[], Any]) -> None:
    made = frame()
    again = pa.array(made["a"].to_list())
    if isinstance(made.schema["a"], pl.Array):
        again = again.cast(pa.list_(pa.string(), 2))
    assert identify(to_arrow(made)).content_id == identify(pa.table({"a": again})).content_id


PARAMETERS: dict[str, tuple[pa.Array, pa.Array]] = {
    "period": (
        pa.array(pd.PeriodIndex.from_ordinals([1, 2], freq="M")),
        pa.array(pd.PeriodIndex.from_ordinals([1, 2], freq="D")),
    ),
    "interval": tuple(  # type: ignore[dict-item]
        pa.array(pd.arrays.IntervalArray.from_tuples([(0, 1)], closed=side)) for side in ("left", "both")
    ),
    "tensor": tuple(  # type: ignore[dict-item]
        pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(6.0).reshape(shape)) for shape in ((1, 2, 3), (1, 3, 2))
    ),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_extensions_of_other_parameters_are_others(name: str) -> None:
    one, other = (identify(pa.table({"x": array})) for array in PARAMETERS[name])
    assert one.types != other.types
    assert one.digests != other.digests  # blobs are found by them
    assert one.content_id != other.content_id


def test_the_zone_utc_has_many_names_and_is_one() -> None:
    ids = {column_id(pa.array([1], pa.timestamp("us", zone))) for zone in ("UTC", "Etc/UTC", "+00:00", "Zulu")}
    assert len(ids) == 1
    assert column_id(pa.array([1], pa.timestamp("us", "Europe/Berlin"))) not in ids
    assert column_id(pa.array([1], pa.timestamp("us"))) not in ids
