"""Files that are read in pieces are the same table as in memory, and never all of it in memory."""

from __future__ import annotations

import decimal
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nbmlops as ml
from nbmlops.data import canonical, profiles, streams, things
from nbmlops.data.identity import identify
from nbmlops.errors import RecordError

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large, and a chunk is small."""
    monkeypatch.setattr(streams, "WHOLE_BYTES", -1)


def numbers(rows: int = 300_000) -> pa.Table:
    rng = np.random.default_rng(0)
    values = rng.normal(size=rows)
    values[::7] = math.nan
    words = pa.array([f"w{at % 900}" for at in range(rows)])
    return pa.table({"id": np.arange(rows), "x": values, "w": words, "d": words.dictionary_encode()})


TABLES: dict[str, Callable[[], pa.Table]] = {
    "numbers": numbers,
    "no rows": lambda: numbers(0),
    "one chunk exactly": lambda: numbers(canonical.ROWS),
    "same names": lambda: pa.table([[1, 2], ["a", "b"]], names=["x", "x"]),
    "names with dots": lambda: pa.table({"a.b": [1, 2], "a": [[1], None], 'q"': ["x", None]}),
    "nested": lambda: pa.table({"n": [[{"x": [1, None]}, None], None], "m": [{"a": 1}, None]}),
    "nulls": lambda: pa.table({"n": pa.nulls(5, pa.int32()), "t": pa.array([None, 1, 2, None, 3], pa.timestamp("us"))}),
    "decimals": lambda: pa.table({"d": pa.array([decimal.Decimal("1.50"), None], pa.decimal128(20, 2))}),
    "zones": lambda: pa.table({"z": pa.array([0, 1, None], pa.timestamp("ns", "Europe/Berlin"))}),
    "floats": lambda: pa.table({"f": [math.nan, -0.0, 0.0, math.inf, -math.inf, None]}),
    "durations": lambda: pa.table({"d": pa.array([1, None], pa.duration("us")), "b": [b"x", None]}),
}


def written(table: pa.Table, path: Path, kind: str) -> Path:
    if kind == "parquet":
        pq.write_table(table, path, row_group_size=70_000)
    elif kind == "csv":
        table.to_pandas().to_csv(path, index=False)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    return path


def about(one: dict[str, Any]) -> dict[str, Any]:
    """What a profile says, but for what goes by the order in which rows come."""
    said = {key: value for key, value in one.items() if key not in ("quantiles", "distinct")}
    return {key: round(value, 9) if key in ("mean", "sd") else value for key, value in said.items()}


@pytest.mark.parametrize("name", TABLES)
def test_a_parquet_file_in_pieces_is_the_same_table(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(TABLES[name](), tmp_path / "x.parquet", "parquet")
    whole = things.look(path, in_pieces=True)
    monkeypatch.setattr(streams, "WHOLE_BYTES", -1)
    found = things.look(path, in_pieces=True)
    assert whole.table is not None
    assert whole.rows is None
    assert found.table is None
    assert found.rows is not None
    assert found.identity == whole.identity == identify(TABLES[name]())
    assert (found.content_id, found.form_id, found.shape) == (whole.content_id, whole.form_id, whole.shape)
    assert whole.identity is not None
    one = profiles.missing(whole.table, whole.identity, {})
    other = profiles.missing(found.rows, whole.identity, {})
    assert one.keys() == other.keys()
    for column in one:
        said = json.loads(one[column])
        assert about(said) == about(json.loads(other[column]))
        assert said.get("distinct", 0) == pytest.approx(json.loads(other[column]).get("distinct", 0), rel=0.1, abs=1)
    at = pa.array(sorted({0, 1, found.rows.identity.rows - 1} & set(range(found.rows.identity.rows))), pa.int64())
    assert identify(found.rows.take(at)) == identify(whole.table.take(at))


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize("files", [1, 3])
def test_texts_in_pieces_are_the_same_table(
    kind: str, files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = numbers(150_000).drop_columns(["d", "x"])
    for at in range(files):
        written(table.slice(at * 1000), tmp_path / f"{at}.{kind}", kind)
    whole = things.look(f"{tmp_path}/*.{kind}", in_pieces=True)
    monkeypatch.setattr(streams, "WHOLE_BYTES", -1)
    found = things.look(f"{tmp_path}/*.{kind}", in_pieces=True)
    assert found.rows is not None
    assert found.identity == whole.identity
    assert whole.identity is not None
    assert whole.table is not None
    one, other = (profiles.missing(rows, whole.identity, {}) for rows in (whole.table, found.rows))
    for column in one:
        assert json.loads(one[column])["rows"] == json.loads(other[column])["rows"]
        assert json.loads(one[column]).get("top") == json.loads(other[column]).get("top")
        assert json.loads(one[column]).get("histogram") == json.loads(other[column]).get("histogram")


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("mode", ["hash", "keep", "sample"])
def test_every_mode_takes_files_in_pieces(mode: str, tmp_path: Path) -> None:
    table = numbers(150_000)
    path = written(table, tmp_path / "x.parquet", "parquet")
    version = ml.data.save(path, "x", mode=mode, key="id")
    assert (version.rows, version.columns, version.files) == (150_000, 4, 1)
    assert version.content_id == ml.data.save(table, "y", mode="hash").content_id
    assert len(ml.data.show("x").df()) == 4
    assert not ml.data.save(path, "x", mode=mode).is_new
    if mode == "keep":
        assert ml.data.load("x").read_bytes() == path.read_bytes()
        assert identify(ml.data.load("x", as_="arrow")) == identify(table)
    if mode == "sample":
        sample = ml.data.load("x", sample=True)
        assert len(sample) == 10_000
        assert sample["id"].is_monotonic_increasing


@pytest.mark.usefixtures("pieces")
@pytest.mark.parametrize("what", ["deleted", "changed", "cut"])
@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_file_that_changes_between_two_looks_makes_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, kind: str
) -> None:
    path = written(numbers(150_000).drop_columns(["d"]), tmp_path / f"x.{kind}", kind)
    data = path.read_bytes()
    real = profiles.profile_of_stream

    def meddling(rows: streams.Rows, place: int) -> Any:
        if place == 1:
            {
                "deleted": path.unlink,
                "changed": lambda: path.write_bytes(data[:-2] + b"9\n"),
                "cut": lambda: os.truncate(path, len(data) // 2),
            }[what]()
        return real(rows, place)

    with monkeypatch.context() as patched:
        patched.setattr(profiles, "profile_of_stream", meddling)
        with pytest.raises(RecordError, match=r"changed while it was being saved|cannot be read any more"):
            ml.data.save(path, "x", mode="hash")
    assert ml.data.list().rows == ()
    path.write_bytes(data)
    assert ml.data.save(path, "x", mode="hash").rows == 150_000


@pytest.mark.usefixtures("pieces")
def test_a_large_file_that_is_no_table_is_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1" + b"x" * 1000)
    assert ml.data.save(path, "x").rows is None
    good = written(numbers(150_000), tmp_path / "y.parquet", "parquet").read_bytes()
    (tmp_path / "y.parquet").write_bytes(good[:5000] + b"\0" * 5000 + good[10_000:])  # the middle is damaged
    version = ml.data.save(tmp_path / "y.parquet", "y")
    assert version.rows is None
    assert "not readable as a table" in str(version)


SAVES = """
import sys, pyarrow as pa, nbmlops as ml
version = ml.data.save(sys.argv[1], "large", mode="hash")
print(version.rows, version.content_id, pa.default_memory_pool().max_memory())
"""


def test_a_file_larger_than_the_memory_it_may_take(tmp_path: Path) -> None:
    rows, groups = 1_000_000, 3
    rng = np.random.default_rng(0)
    table = pa.table({"id": np.arange(rows), "x": rng.normal(size=rows), "y": rng.normal(size=rows)})
    path = tmp_path / "large.parquet"
    with pq.ParquetWriter(path, table.schema, compression="none", use_dictionary=False) as writer:
        for _ in range(groups):
            writer.write_table(table, row_group_size=rows)
    whole = table.nbytes * groups
    assert whole > streams.WHOLE_BYTES
    done = subprocess.run([sys.executable, "-c", SAVES, str(path)], capture_output=True, text=True, check=True)
    count, content, most = done.stdout.split()
    assert int(count) == rows * groups
    assert content == identify(pa.concat_tables([table] * groups)).content_id
    assert int(most) < whole / 3
