"""The same rows have the same id in every library that keeps their types; what a library cannot tell is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import nbmlops as ml
from nbmlops.data.things import look
from nbmlops.errors import RecordError, UsageError

pytestmark = pytest.mark.usefixtures("store")

NOW = dt.datetime(2020, 1, 1, 12)  # noqa: DTZ001 - Arrow gives it the zone of the type


def files(table: pa.Table, folder: Path) -> tuple[str, str]:
    """The table as one file, and as two of a glob."""
    pq.write_table(table, folder / "whole.parquet")
    parts = folder / "parts"
    parts.mkdir()
    pq.write_table(table[:1], parts / "1.parquet")
    pq.write_table(table[1:], parts / "2.parquet")
    return str(folder / "whole.parquet"), str(parts / "*.parquet")


def columns(zone: str) -> pa.Table:
    return pa.table(
        {
            "t": pa.array([NOW, None], pa.timestamp("us", zone)),
            "n": pa.array([{"t": NOW}, None], pa.struct([("t", pa.timestamp("us", zone))])),
            "l": pa.array([[NOW], None], pa.list_(pa.timestamp("us", zone))),
            "s": pa.array([{"x": "a"}, None]),
        }
    )


@pytest.mark.parametrize("session", ["UTC", "Etc/UTC", "America/New_York"])
def test_times_in_utc_have_one_id_everywhere(session: str, tmp_path: Path) -> None:
    table = columns("UTC")
    whole, parts = files(table, tmp_path)
    with duckdb.connect() as con:
        con.execute(f"SET TimeZone = '{session}'")
        things = [
            table, whole, parts, pl.from_arrow(table), table.to_pandas(types_mapper=pd.ArrowDtype),
            con.sql(f"FROM '{whole}'"),
        ]  # fmt: skip
        assert len({look(thing).content_id for thing in things}) == 1


def test_a_zone_is_told_by_all_that_keep_it(tmp_path: Path) -> None:
    table = columns("Europe/Berlin")
    whole, parts = files(table, tmp_path)
    things = [table, whole, parts, pl.from_arrow(table), table.to_pandas(types_mapper=pd.ArrowDtype)]
    assert len({look(thing).content_id for thing in things}) == 1
    in_utc = look(duckdb.sql(f"FROM '{whole}'"))
    assert in_utc.content_id == look(columns("UTC")).content_id != look(table).content_id


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2], pa.timestamp("ms")),
        pa.array([1, 2], pa.duration("us")),
        pa.array([1.0, 2.0], pa.float16()),
        pa.array([b"a", b"b"], pa.binary(1)),
        pa.array([[1, 2], [3, 4]], pa.list_(pa.int32(), 2)),
    ],
)
def test_a_glob_has_the_types_of_its_files(values: pa.Array, tmp_path: Path) -> None:
    whole, parts = files(pa.table({"x": values}), tmp_path)
    assert look(parts).content_id == look(whole).content_id


def test_files_that_are_not_alike_are_one_table_all_the_same(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": pa.array([1], pa.int64())}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"x": pa.array([2], pa.int32())}), tmp_path / "2.parquet")
    assert look(str(tmp_path / "*.parquet")).shape[0] == 2


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: pl.DataFrame({"a": pl.Series([object()], dtype=pl.Object)}), "column 'a' holds Python objects"),
        (lambda: pl.DataFrame({"a": pl.Series([2**100], dtype=pl.Int128)}), "column 'a' of Int128"),
        (lambda: pl.LazyFrame({"a": [1]}).select("nope"), "lazy frame cannot be read"),
        (lambda: duckdb.sql("SELECT error('boom') AS a"), "relation cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_hint(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(RecordError, match=said) as caught:
        ml.data.save(make(), "d")
    assert caught.value.hint


@pytest.mark.parametrize(
    "table",
    [
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]),
        pa.table({"x": pa.array([1]).cast(pa.decimal256(60, 2))}),
    ],
)
def test_a_table_that_a_library_does_not_have_is_refused_with_a_hint(table: pa.Table) -> None:
    ml.data.save(table, "d")
    with pytest.raises(UsageError, match="polars") as caught:
        ml.data.load("d", as_="polars")
    assert caught.value.hint


@pytest.mark.parametrize(
    "array",
    [
        pa.array([2**33, None], pa.timestamp("s")),
        pa.array(["a", None], pa.string_view()),
        pa.array(["a", None]).dictionary_encode(),
        pc.run_end_encode(pa.array([1, 1])),
        pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([{"x": 1}, {"x": 2}])),
    ],
)
def test_arrow_comes_back_in_its_types(array: pa.Array) -> None:
    before = pa.table({"a": array})
    saved = ml.data.save(before, "d", mode="keep")
    after = ml.data.load("d")
    assert after.schema == before.schema
    assert after.to_pylist() == before.to_pylist()
    assert look(ml.data.load("d", as_="arrow")).content_id == saved.content_id


def test_nested_dictionaries_of_several_chunks_are_kept() -> None:
    lists = [pa.ListArray.from_arrays([0, 1], pa.array([text]).dictionary_encode()) for text in "ab"]
    before = pa.concat_tables([pa.table({"a": each}) for each in lists])
    ml.data.save(before, "d", mode="keep")
    assert ml.data.load("d").to_pylist() == before.to_pylist()


def test_rows_without_columns_come_back() -> None:
    ml.data.save(pa.table({"a": [1, 2]}).select([]), "d", mode="keep")
    assert ml.data.load("d").shape == (2, 0)


def test_types_that_duckdb_loses_are_said() -> None:
    said = str(ml.data.save(duckdb.sql("SELECT 1::HUGEINT AS a, 'x'::ENUM ('x') AS b, 1 AS c"), "d"))
    assert "'a': HUGEINT comes back as DECIMAL(38,0)" in said
    assert "'b'" in said
    assert "'c'" not in said


def test_the_last_day_of_the_calendar_is_saved() -> None:
    for unit in ("s", "ms", "us"):
        before = pd.DataFrame({"t": np.array(["9999-12-31"], dtype=f"M8[{unit}]")})
        ml.data.save(before, unit)
        pd.testing.assert_frame_equal(ml.data.load(unit), before)
