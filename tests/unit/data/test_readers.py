"""Libraries that open files by themselves: what they read and write in a run is noticed, and nothing else changes."""

from __future__ import annotations

import importlib
import inspect
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.feather
import pyarrow.json
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

import nbmlops as ml
from nbmlops.data import watched, watching, wrapping

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    table = pa.table({"a": [1, 2]})
    pq.write_table(table, "x.parquet")
    pa.csv.write_csv(table, "x.csv")
    pa.feather.write_feather(table, "x.feather")
    pa.orc.write_table(table, "x.orc")
    Path("x.json").write_text('[{"a": 1}]')
    Path("x.jsonl").write_text('{"a": 1}\n')
    for month in (1, 2):
        Path(f"parts/month={month}").mkdir(parents=True)
        pq.write_table(table, f"parts/month={month}/p.parquet")
    yield
    watching.leave()


def seen() -> list[tuple[str, str]]:
    edges = ml.sql("SELECT role, source FROM data_edges WHERE source IS NOT NULL ORDER BY ALL").values.tolist()
    here = f"{os.getcwd()}/"
    return [(role, source.removeprefix(here)) for role, source in edges]


def with_connection(method: str, *args: Any) -> None:
    with duckdb.connect() as con:
        getattr(con, method)(*args).fetchall()


X = "x.parquet"
READERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "pandas parquet": (X, lambda: pd.read_parquet(X)),
    "pandas parquet by Path": (X, lambda: pd.read_parquet(Path(X))),
    "pandas parquet by keyword": (X, lambda: pd.read_parquet(path=X)),
    "pandas feather": ("x.feather", lambda: pd.read_feather("x.feather")),
    "pandas orc": ("x.orc", lambda: pd.read_orc("x.orc")),
    "pandas csv": ("x.csv", lambda: pd.read_csv(Path("x.csv"))),
    "pandas csv by pyarrow": ("x.csv", lambda: pd.read_csv("x.csv", engine="pyarrow")),
    "pandas json": ("x.json", lambda: pd.read_json("x.json")),
    "polars read_parquet": (X, lambda: pl.read_parquet(X)),
    "polars scan_parquet": (X, lambda: pl.scan_parquet(Path(X)).collect()),
    "polars read_csv": ("x.csv", lambda: pl.read_csv("x.csv")),
    "polars scan_csv": ("x.csv", lambda: pl.scan_csv("x.csv").collect()),
    "polars read_ipc": ("x.feather", lambda: pl.read_ipc("x.feather")),
    "polars scan_ndjson": ("x.jsonl", lambda: pl.scan_ndjson("x.jsonl").collect()),
    "pyarrow read_table": (X, lambda: pq.read_table(X)),
    "pyarrow file URL": (X, lambda: pl.scan_parquet(f"file://{os.path.abspath(X)}")),
    "pyarrow ParquetFile": (X, lambda: pq.ParquetFile(X).read()),
    "pyarrow memory_map": (X, lambda: pa.memory_map(X).close()),
    "pyarrow csv": ("x.csv", lambda: pa.csv.read_csv("x.csv")),
    "pyarrow json": ("x.jsonl", lambda: pa.json.read_json("x.jsonl")),
    "pyarrow feather": ("x.feather", lambda: pa.feather.read_table("x.feather")),
    "pyarrow orc": ("x.orc", lambda: pa.orc.read_table("x.orc")),
    "pyarrow dataset of a folder": ("parts", lambda: pa.dataset.dataset("parts", partitioning="hive").to_table()),
    "duckdb sql": (X, lambda: duckdb.sql(f"FROM '{X}'").fetchall()),
    "duckdb sql by identifier": (X, lambda: duckdb.sql(f'FROM "{X}"').fetchall()),
    "duckdb query": (X, lambda: duckdb.query(f"FROM read_parquet(['{X}'])").fetchall()),
    "duckdb execute with values": (X, lambda: duckdb.execute("FROM read_parquet(?)", [X]).fetchall()),
    "duckdb execute with named values": (X, lambda: duckdb.execute("FROM read_parquet($f)", {"f": X}).fetchall()),
    "duckdb read_parquet": (X, lambda: duckdb.read_parquet(X).fetchall()),
    "duckdb from_parquet": (X, lambda: duckdb.from_parquet(X).fetchall()),
    "duckdb read_csv": ("x.csv", lambda: duckdb.read_csv("x.csv").fetchall()),
    "duckdb read_json": ("x.json", lambda: duckdb.read_json("x.json").fetchall()),
    "connection sql": (X, lambda: with_connection("sql", f"FROM '{X}'")),
    "connection execute": (X, lambda: with_connection("execute", "FROM read_parquet(?)", [X])),
    "connection read_parquet": (X, lambda: with_connection("read_parquet", X)),
}


@pytest.mark.parametrize("name", READERS)
def test_what_libraries_read_is_an_input(name: str) -> None:
    source, read = READERS[name]
    with ml.run("reads"):
        read()
    assert seen() == [("in", source)]
    content = ml.sql("SELECT content_id FROM data_edges")["content_id"][0]
    assert content.startswith("nb1:")


O = "out.parquet"  # noqa: E741
WRITERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "pandas parquet": (O, lambda: pd.DataFrame({"a": [1]}).to_parquet(Path(O))),
    "pandas feather": ("o.feather", lambda: pd.DataFrame({"a": [1]}).to_feather("o.feather")),
    "pandas csv": ("o.csv", lambda: pd.DataFrame({"a": [1]}).to_csv("o.csv")),
    "pandas json": ("o.json", lambda: pd.DataFrame({"a": [1]}).to_json("o.json")),
    "polars write_parquet": (O, lambda: pl.DataFrame({"a": [1]}).write_parquet(O)),
    "polars write_csv": ("o.csv", lambda: pl.DataFrame({"a": [1]}).write_csv("o.csv")),
    "polars sink_parquet": (O, lambda: pl.LazyFrame({"a": [1]}).sink_parquet(O)),
    "pyarrow write_table": (O, lambda: pq.write_table(pa.table({"a": [1]}), O)),
    "pyarrow write_table by keyword": (O, lambda: pq.write_table(where=O, table=pa.table({"a": [1]}))),
    "pyarrow write_to_dataset": ("d", lambda: pq.write_to_dataset(pa.table({"a": [1], "b": [2]}), "d", ["b"])),
    "pyarrow write_dataset": ("d", lambda: pa.dataset.write_dataset(pa.table({"a": [1]}), "d", format="parquet")),
    "pyarrow csv": ("o.csv", lambda: pa.csv.write_csv(pa.table({"a": [1]}), "o.csv")),
    "pyarrow feather": ("o.feather", lambda: pa.feather.write_feather(pa.table({"a": [1]}), "o.feather")),
    "duckdb copy": (O, lambda: duckdb.execute(f"COPY (SELECT 1 AS a) TO '{O}'")),
    "duckdb relation": (O, lambda: duckdb.sql("SELECT 1 AS a").write_parquet(O)),
    "duckdb relation as csv": ("o.csv", lambda: duckdb.sql("SELECT 1 AS a").to_csv("o.csv")),
}


@pytest.mark.parametrize("name", WRITERS)
def test_what_libraries_write_is_an_output(name: str) -> None:
    source, write = WRITERS[name]
    with ml.run("writes"):
        write()
    assert seen() == [("out", source)]
    assert ml.sql("SELECT content_id FROM data_edges")["content_id"][0].startswith("nb1:")


def test_patterns_are_the_files_that_they_match() -> None:
    with ml.run("reads"):
        pl.scan_parquet("parts/*/*.parquet").collect()
        duckdb.sql("FROM 'parts/**/*.parquet'").fetchall()
        pl.read_parquet(["x.parquet", "parts/month=1/p.parquet"])
    found = [("in", "parts/month=1/p.parquet"), ("in", "parts/month=2/p.parquet"), ("in", "x.parquet")]
    assert seen() == found


def test_addresses_are_noted_without_what_may_be_secret_and_nothing_is_fetched() -> None:
    with ml.run("reads"):
        pl.scan_parquet("s3://bucket/far.parquet")
        pl.scan_parquet("https://user:secret@localhost:1/a/far.parquet?token=secret#secret")
    assert seen() == [("in", "https://localhost:1/a/far.parquet"), ("in", "s3://bucket/far.parquet")]
    assert ml.sql("SELECT content_id FROM data_edges")["content_id"].isna().all()
    assert "far.parquet" in str(ml.data.lineage(1))
    with ml.run("again"):
        pl.scan_parquet("s3://bucket/far.parquet")
    table = ml.compare(1, 2).df()
    assert "far.parquet" not in table[table["section"] == "data"]["key"].tolist()


def test_a_path_of_another_file_system_is_no_local_file() -> None:
    fsspec = importlib.import_module("fsspec")
    memory = fsspec.filesystem("memory")
    with memory.open("/x.parquet", "wb") as file:
        file.write(Path(X).read_bytes())
    with ml.run("reads"):
        pq.read_table("x.parquet", filesystem=pa.fs.PyFileSystem(pa.fs.FSSpecHandler(memory)))
    assert ("in", "x.parquet") not in seen()


def test_quoted_words_that_are_no_files_are_nothing() -> None:
    with ml.run("reads"):
        duckdb.execute("SELECT 'parts', 'a.b', 'x' WHERE ? = './parts'", ["parts"]).fetchall()
        pd.read_json(__import__("io").StringIO('{"a": [1]}'))
    assert seen() == []


@pytest.mark.parametrize("connect", [lambda: duckdb, duckdb.connect], ids=["module", "connection"])
def test_duckdb_finds_the_variables_of_its_caller(connect: Callable[[], Any]) -> None:
    def within() -> list[Any]:
        mine = pd.DataFrame({"a": [7]})
        con = connect()

        def deeper() -> Any:
            return con.sql("FROM mine"), mine

        direct = con.execute("FROM mine").fetchall() + con.query("SELECT a + 1 FROM mine").fetchall()
        relation = deeper()[0]
        return direct + relation.fetchall() + relation.filter("a = 7").fetchall()

    expected = within()
    with ml.run("reads"):
        assert within() == expected == [(7,), (8,), (7,), (7,)]
        assert type(duckdb.connect()) is duckdb.DuckDBPyConnection
        with pytest.raises(duckdb.CatalogException, match="nothing_of_that_name"):
            duckdb.sql("FROM nothing_of_that_name")
    assert within() == expected


FRAME_OF_THE_MODULE = pd.DataFrame({"a": [3]})


def test_duckdb_finds_the_variables_of_the_module() -> None:
    with ml.run("reads"):
        assert duckdb.sql("FROM FRAME_OF_THE_MODULE").fetchall() == [(3,)]
        space: dict[str, Any] = {"duckdb": duckdb, "pd": pd}
        exec("top = pd.DataFrame({'a': [4]})\nfound = duckdb.sql('FROM top').fetchall()", space)
    assert space["found"] == [(4,)]


def test_a_function_looks_and_fails_as_before() -> None:
    before = pd.read_parquet, inspect.signature(pd.read_parquet), duckdb.DuckDBPyConnection.execute
    with ml.run("reads"):
        assert pd.read_parquet is not before[0]
        assert inspect.signature(pd.read_parquet) == before[1]
        assert pd.read_parquet.__doc__ == before[0].__doc__
        assert duckdb.DuckDBPyConnection.execute.__doc__ == before[2].__doc__
        assert pickle.loads(pickle.dumps(pd.read_parquet)) is pd.read_parquet
        assert pickle.loads(pickle.dumps(pa.csv.read_csv)) is pa.csv.read_csv
        with pytest.raises(FileNotFoundError):
            pd.read_parquet("gone.parquet")
        with pytest.raises(TypeError):
            pd.read_parquet()
    assert seen() == []


def test_warnings_name_the_line_of_the_user() -> None:
    Path("odd.csv").write_text("a::b\n1::2\n")
    with ml.run("reads"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pd.read_csv("odd.csv", sep="::")
    assert [Path(one.filename).name for one in caught] == [Path(__file__).name]


def test_without_a_run_nothing_is_noted_and_duckdb_is_untouched() -> None:
    execute = duckdb.DuckDBPyConnection.execute
    with ml.run("reads"):
        assert duckdb.DuckDBPyConnection.execute is not execute
    assert duckdb.DuckDBPyConnection.execute is execute
    assert not any(type(finder) is type(wrapping._finder) for finder in sys.meta_path)
    pd.read_parquet(X)
    assert watched.runs == {}
    assert seen() == []


def test_everything_is_taken_off_again() -> None:
    places = [(pd, "read_csv"), (pl, "scan_parquet"), (pl.DataFrame, "write_csv"), (pq, "read_table"), (duckdb, "sql")]
    places += [(pq.ParquetFile, "__init__"), (pa.csv, "read_csv"), (duckdb.DuckDBPyRelation, "write_parquet")]
    before = [vars(owner)[name] for owner, name in places]
    with ml.run("reads"):
        assert all(vars(owner)[name] is not was for (owner, name), was in zip(places, before, strict=True))
        watching.leave()
        assert [vars(owner)[name] for owner, name in places] == before
        pd.read_parquet(X)
    assert [vars(owner)[name] for owner, name in places] == before


def test_what_somebody_else_put_over_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    with ml.run("reads"):
        ours = pd.read_parquet
        monkeypatch.setattr(pd, "read_parquet", lambda path: ours(path))
        theirs = pd.read_parquet
    watching.leave()
    assert pd.read_parquet is theirs
    assert len(pd.read_parquet(X)) == 2


def test_a_library_that_is_loaded_within_the_run_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pyarrow.orc")
    monkeypatch.delattr(pa, "orc")
    with ml.run("reads"):
        importlib.import_module("pyarrow.orc").read_table("x.orc")
    assert seen() == [("in", "x.orc")]


def test_a_fault_of_ours_never_reaches_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(watched, "note", broken)
    with ml.run("reads"):
        assert len(pd.read_parquet(X)) == 2
        assert duckdb.sql(f"FROM '{X}'").fetchall() == [(1,), (2,)]
    assert ml.get(1).status == "finished"


def test_what_a_run_made_itself_is_no_input_of_it() -> None:
    with ml.run("both"):
        pd.DataFrame({"a": [1]}).to_parquet("made.parquet")
        pd.read_parquet("made.parquet")
    assert seen() == [("out", "made.parquet")]


def test_of_a_file_that_is_written_over_nobody_can_say_what_was_read() -> None:
    with ml.run("in place"):
        pd.read_parquet(X).assign(b=[3, 4]).to_parquet(X)
    rows = ml.sql("SELECT role, content_id IS NULL FROM data_edges ORDER BY role").values.tolist()
    assert rows == [["in", True], ["out", False]]


def test_a_query_in_a_variable_names_its_files() -> None:
    ast = importlib.import_module("ast")
    os.utime(X, (1, 1))
    with ml.run("reads") as run:
        watching.names_in(run.id, ast.parse("con.sql(query)"), {"query": f"SELECT *\nFROM '{X}'"})
    assert seen() == [("in", X)]
