"""What runs saw of data, and the graph of it."""

from __future__ import annotations

import ast
import os
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import nbmlops as ml
from nbmlops.config import settings
from nbmlops.data import place, watching
from nbmlops.errors import UnknownReference, UsageError
from nbmlops.ui.desk import answer

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)


def frame(value: int) -> pd.DataFrame:
    return pd.DataFrame({"id": [1, 2, 3], "v": [value] * 3})


def chain() -> None:
    """raw -> clean -> train, each by a run."""
    ml.data.save(frame(1), "raw")
    with ml.run("cleaning"):
        ml.data.save(ml.data.load("raw").assign(v=2), "clean")
    with ml.run("training"):
        ml.data.save(ml.data.load("clean").assign(v=3), "train")


def seen(run: str) -> list[tuple[str, str]]:
    edges = ml.sql(f"SELECT role, source FROM data_edges JOIN runs USING (run_id) WHERE name = '{run}' ORDER BY ALL")
    return [(role, Path(source).name) for role, source in edges.values.tolist() if isinstance(source, str)]


def test_files_that_a_run_opens_are_its_inputs_and_outputs() -> None:
    frame(1).to_csv("in.csv")
    with ml.run("reads"):
        pd.read_csv("in.csv").to_csv("out.csv")
        Path("gone.txt").write_text("x")
        Path("gone.txt").unlink()
    assert seen("reads") == [("in", "in.csv"), ("out", "out.csv")]
    content = ml.sql("SELECT content_id FROM data_edges WHERE role = 'in'")["content_id"][0]
    assert content.startswith("nb1:")


def test_code_libraries_and_hidden_files_are_no_data() -> None:
    Path(".hidden").write_text("x")
    Path("code.py").write_text("x = 1")
    with ml.run("reads"):
        Path(".hidden").read_text()
        Path("code.py").read_text()
        Path(pd.__file__).with_name("py.typed").exists()
        ml.data.save(frame(1), "x")
    assert seen("reads") == []


def test_nothing_is_noticed_outside_of_runs_or_when_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    frame(1).to_csv("in.csv")
    pd.read_csv("in.csv")
    monkeypatch.setattr(settings(), "capture_data", False)
    with ml.run("reads"):
        pd.read_csv("in.csv")
    assert seen("reads") == []


CELL = """
table = read("a.parquet")
duckdb.sql("FROM 'b.parquet' JOIN 'c*.parquet'")
scan(path)
write("new.parquet")
"no/such.parquet", "just a text.", "https://example.org/x.csv", "/"
"""


def test_files_that_a_cell_names_are_seen_also_where_python_does_not_open_them() -> None:
    table = __import__("pyarrow").table({"a": [1]})
    for name in ("a", "b", "c1", "c2", "d"):
        pq.write_table(table, f"{name}.parquet")
        __import__("os").utime(f"{name}.parquet", (1, 1))
    with ml.run("reads") as run:
        pq.write_table(table, "new.parquet")
        watching.names_in(run.id, ast.parse(CELL), {"path": Path("d.parquet")})
    inputs = [name for role, name in seen("reads") if role == "in"]
    assert inputs == ["a.parquet", "b.parquet", "c1.parquet", "c2.parquet", "d.parquet"]
    assert ("out", "new.parquet") in seen("reads")


def test_large_files_are_hashed_behind_the_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    from nbmlops.storage import session

    monkeypatch.setattr(watching, "_AT_ONCE", 10)
    Path("large.bin").write_bytes(b"x" * 1000)
    with ml.run("reads"):
        Path("large.bin").read_bytes()
    session.close()
    assert seen("reads") == [("in", "large.bin")]


def test_what_is_hashed_for_one_run_is_no_input_of_another() -> None:
    Path("inner.bin").write_bytes(b"x")
    with ml.run("outer"), ml.run("inner"):
        Path("inner.bin").read_bytes()
    assert seen("inner") == [("in", "inner.bin")]
    assert seen("outer") == []


def test_large_files_of_a_run_are_no_input_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    from nbmlops.storage import session

    monkeypatch.setattr(watching, "_AT_ONCE", 10)
    Path("large.bin").write_bytes(b"x" * 1000)
    with ml.run("reads"):
        Path("large.bin").read_bytes()
    done = threading.Event()
    with ml.run("next"):
        place.session().soon(done.set)  # after what the first run left to be done
        assert done.wait(30)
    session.close()
    assert seen("reads") == [("in", "large.bin")]
    assert seen("next") == []


def test_lineage_goes_both_ways() -> None:
    chain()
    graph = ml.data.lineage("clean")
    labels = {node.id: node.label for node in graph.nodes}
    edges = [(labels[one], labels[two]) for one, two in graph.edges]
    assert set(edges) == {
        ("raw@v1", "#1 cleaning"),
        ("#1 cleaning", "clean@v1"),
        ("clean@v1", "#2 training"),
        ("#2 training", "train@v1"),
    }
    assert set(ml.data.lineage(2).edges) == set(graph.edges)
    assert str(graph).splitlines()[2:5] == ["clean@v1", "    → #2 training", "        → train@v1"]
    assert "inputs seen" in str(graph)


def test_what_is_upstream_of_a_branch_that_moved_is_stale() -> None:
    chain()
    assert not any(node.stale for node in ml.data.lineage("train").nodes)
    ml.data.save(frame(9), "raw")
    stale = {node.label: node.stale for node in ml.data.lineage("train").nodes if node.stale}
    assert set(stale) == {"#1 cleaning", "clean@v1", "#2 training", "train@v1"}
    assert stale["train@v1"] == "raw has moved on to v2"
    assert "stale: raw has moved on to v2" in ml.data.lineage("train")._shown().html


def test_a_run_that_moved_the_branch_itself_is_up_to_date() -> None:
    ml.data.save(frame(1), "train")
    with ml.run("cleaning"):
        ml.data.save(ml.data.load("train").assign(extra=1), "train")
    assert not any(node.stale for node in ml.data.lineage("train").nodes)
    ml.data.save(frame(2), "train")
    assert {node.label for node in ml.data.lineage("train@v2").nodes if node.stale} == {"#1 cleaning", "train@v2"}


def test_opening_never_fails_for_being_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kept.txt").write_text("x")
    folder, gone = os.open(".", os.O_RDONLY), tmp_path / "gone"
    gone.mkdir()
    with ml.run("reads"):
        monkeypatch.chdir(gone)
        gone.rmdir()  # what is relative to it leads nowhere now
        with open(os.open("kept.txt", os.O_RDONLY, dir_fd=folder)) as found:
            assert found.read() == "x"
        monkeypatch.undo()
    os.close(folder)


def test_a_text_that_cannot_be_read_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Odd(str):
        def __str__(self) -> str:
            raise RuntimeError("odd")

    with ml.run("reads") as run:
        watching.names_in(run.id, ast.parse("load(path)"), {"path": Odd("a.csv")})
    assert "odd" in caplog.text
    assert ml.get(1).status == "finished"


def test_files_are_in_the_graph() -> None:
    frame(1).to_csv("in.csv")
    with ml.run("reads"):
        ml.data.save(pd.read_csv("in.csv"), "x")
    assert [node.label for node in ml.data.lineage("x").nodes if node.kind == "file"] == ["in.csv"]


@pytest.mark.parametrize("what", ["nothing", "#9", 9, 1.5, None, True])
def test_what_has_no_lineage_is_said(what: Any) -> None:
    ml.data.save(frame(1), "x")
    with pytest.raises((UsageError, UnknownReference)) as caught:
        ml.data.lineage(what)
    assert caught.value.hint


def test_a_forgotten_run_is_named_by_no_data() -> None:
    chain()
    ml.forget("cleaning")
    assert ml.sql("SELECT count(*) AS n FROM data_edges e WHERE run_id NOT IN (SELECT run_id FROM runs)")["n"][0] == 0
    assert ml.sql("SELECT run_id FROM data_versions WHERE dataset = 'clean'")["run_id"].isna().all()


def test_a_comparison_of_runs_names_the_data_that_differ() -> None:
    ml.data.save(frame(1), "raw")
    with ml.run("one"):
        ml.data.load("raw")
        ml.data.save(frame(5), "same")
    ml.data.save(frame(2), "raw")
    with ml.run("two"):
        ml.data.load("raw")
        ml.data.save(frame(5), "same")
    found = ml.compare(1, 2).df()
    rows = found[found["section"] == "data"].values.tolist()
    assert rows == [["data", "raw", "raw@v1", "raw@v2"]]
    page = answer(place.desk(), {"id": 1, "kind": "view", "name": "run/sections", "args": {"run": ml.get(2).id}})
    assert [section["title"] for section in page["data"]["sections"]] == ["data versions"]
    version = ml.data.show("raw").version.id
    graph = answer(place.desk(), {"id": 1, "kind": "view", "name": "lineage", "args": {"version": version}})
    assert len(graph["data"]["edges"]) == 2
