"""Datasets, versions, diffs and lineage are answered by the server alone: no kernel, no code, no path."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbmlops.storage.store import Store
from tests.server.conftest import Server

Log = Callable[..., None]

DATA = """
import pandas as pd
raw = pd.DataFrame({"id": range(300), "price": [float(each) for each in range(300)]})
ml.data.save(raw, "train", message="<b>as it came</b>")
with ml.run("clean"):
    clean = ml.data.load("train")
    clean.loc[:199, "price"] += 1
    ml.data.save(clean.tail(290), "train", message="dear ones")
ml.data.tag("train@v1", "gold")
"""
RUN = "with ml.run('old'):\n    ml.log(loss=1.0)"


@pytest.fixture(scope="module")
def place(server: Server) -> Path:
    folder = server.root / "datasets"
    folder.mkdir()
    return folder / "mlops.duckdb"


@pytest.fixture
def key(server: Server, place: Path, log: Log) -> str:
    if not place.exists():
        log(place, DATA)
    return server.key("datasets/a.ipynb")


def rows(server: Server, key: str, name: str, **args: Any) -> list[dict[str, Any]]:
    found = server.answer(key, name, args)
    assert found["ok"], found
    listed: list[dict[str, Any]] = found["data"]["rows"]
    return listed


def test_every_view_of_data_is_answered_without_a_kernel(server: Server, key: str) -> None:
    [dataset] = rows(server, key, "datasets", opened={"train": 10})
    assert (dataset["dataset"], dataset["at"], dataset["count"], len(dataset["opened"]["rows"])) == ("train", 2, 2, 2)
    two, one = rows(server, key, "dataset", dataset="train")
    assert (one["refs"][0]["name"], one["message"], two["run"]["name"]) == ("gold", "<b>as it came</b>", "clean")

    page = server.answer(key, "dataversion", {"version": two["id"]})["data"]
    assert [column["name"] for column in page["columns"]] == ["id", "price"]
    assert page["head"]["names"] == ["id", "price"] and len(page["head"]["rows"]) == 10

    pair = {"before": one["id"], "after": two["id"], "key": ["id"]}
    diff = server.answer(key, "datadiff", pair)["data"]
    assert diff["summary"]["rows"] | {"before": 0, "after": 0} == {
        "before": 0, "after": 0, "added": 0, "removed": 10, "changed": 190
    }  # fmt: skip
    assert len(server.answer(key, "datadiff/cells", {**pair, "offset": 100, "limit": 50})["data"]["rows"]) == 50
    assert len(server.answer(key, "datadiff/rows", {**pair, "kind": "removed"})["data"]["rows"]) == 10

    graph = server.answer(key, "lineage", {"version": two["id"]})["data"]
    assert {"train@v1", "train@v2", "#1 clean"} <= {node["label"] for node in graph["nodes"]}


def test_no_answer_names_a_place_of_the_machine(server: Server, key: str) -> None:
    two, one = rows(server, key, "dataset", dataset="train")
    asked = {
        "datasets": {},
        "dataset": {"dataset": "train"},
        "dataversion": {"version": one["id"]},
        "datadiff": {"before": one["id"], "after": two["id"]},
        "lineage": {"version": two["id"]},
    }
    for name, args in asked.items():
        assert str(server.root) not in json.dumps(server.answer(key, name, args)), name


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("view", "data"),
        ("view", "data.save"),
        ("view", "datadiff/"),
        ("action", "datasets"),
        ("action", "gc"),
        ("view", "sql"),
    ],
)
def test_what_is_not_listed_is_not_answered(server: Server, key: str, kind: str, name: str) -> None:
    found = server.answer(key, name, {"dataset": "train"}, kind)
    assert not found["ok"] and "there is no" in found["error"]["message"]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("dataset", {"dataset": "' OR 1=1 --"}),
        ("dataset", {"dataset": "../train"}),
        ("dataversion", {"version": "/etc/passwd"}),
        ("datadiff", {"before": "train@v1", "after": "SELECT 1"}),
        ("lineage", {"run": ["x"]}),
    ],
)
def test_only_ids_and_names_of_what_is_there_mean_something(
    server: Server, key: str, name: str, args: dict[str, Any]
) -> None:
    found = server.answer(key, name, args)
    assert not found["ok"] and found["error"]["hint"], found


def test_a_diff_of_live_objects_is_only_known_where_they_are(server: Server, key: str) -> None:
    found = server.answer(key, "datadiff", {"held": "held-1"})
    assert not found["ok"] and "no longer held" in found["error"]["message"]


def test_looking_at_data_changes_nothing_and_saving_changes_the_stamp(
    server: Server, key: str, place: Path, log: Log
) -> None:
    before = server.get("stamp", store=key)["stamp"]
    rows(server, key, "datasets", opened={"train": 10})
    assert server.get("stamp", store=key)["stamp"] == before
    log(place, "import pandas as pd\nml.data.save(pd.DataFrame({'n': [1]}), 'other')")
    assert server.get("stamp", store=key)["stamp"] != before
    assert [row["dataset"] for row in rows(server, key, "datasets")] == ["other", "train"]


def forget_data(path: Path) -> None:
    """Make a store as it was before there were datasets."""
    with Store(path).lease(5) as con:
        for kind, schema in (("view", "main"), ("view", "_nbm"), ("table", "_nbm")):
            found = con.execute(
                f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE starts_with({kind}_name, 'data_') AND schema_name = ?",
                [schema],
            ).fetchall()
            for (name,) in found:
                con.execute(f"DROP {kind} {schema}.{name}")
        con.execute("DELETE FROM _nbm.migrations WHERE slice = 'data'")
        con.execute("DELETE FROM _nbm.meta WHERE key IN ('schema', 'views:data')")


def test_a_store_of_before_there_were_datasets_is_read(server: Server, log: Log) -> None:
    path = server.root / "before" / "mlops.duckdb"
    path.parent.mkdir()
    log(path, RUN)
    forget_data(path)
    key = server.key("before/a.ipynb")
    found = server.answer(key, "datasets")
    assert found["ok"] and found["data"] == {"rows": [], "total": 0, "all": 0}
    assert [row["run"]["name"] for row in server.answer(key, "panel")["data"]["rows"]] == ["old"]
    found = server.answer(key, "dataset", {"dataset": "train"})
    assert "there is no dataset 'train'" in found["error"]["message"]
    log(path, DATA)
    assert [row["dataset"] for row in rows(server, key, "datasets")] == ["train"]


def test_thousands_of_versions_and_hundreds_of_datasets_are_listed(server: Server, log: Log) -> None:
    path = server.root / "many" / "mlops.duckdb"
    path.parent.mkdir()
    log(
        path,
        """
from nbmlops.storage import session
names = [("x", n) for n in range(2000)] + [(f"set {n}", 0) for n in range(500)]
for dataset, n in names:
    session.current().append("data.version", {
        "version": f"{dataset}-{n}", "dataset": dataset, "kind": "table", "content": f"nb1:{n:064x}", "rows": 1,
        "columns": 1, "size": 1, "mode": "hash", "message": "m" * 200, "parents": [f"{dataset}-{n - 1}"] if n else []})
ml.data.list()
""",
    )
    key = server.key("many/a.ipynb")
    found = server.answer(key, "datasets", {"limit": 100, "opened": {"x": 20}})["data"]
    assert (len(found["rows"]), found["total"]) == (100, 501)
    assert len(rows(server, key, "datasets", limit=10**6)) == 501
    [x] = rows(server, key, "datasets", find="X", opened={"x": 20})
    assert (x["count"], len(x["opened"]["rows"]), x["opened"]["total"]) == (2000, 20, 2000)
    assert len(rows(server, key, "dataset", dataset="x", limit=2000)) == 2000
