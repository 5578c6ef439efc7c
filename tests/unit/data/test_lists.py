"""Lists of datasets and of versions: what a browser is told, what is saved, and any number of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import listing, place, queries, resolving
from nbmlops.errors import UnknownReference, UsageError
from nbmlops.storage import session
from nbmlops.storage.store import Store
from nbmlops.ui import present
from nbmlops.ui.desk import Desk, answer
from nbmlops.ui.shown import MIME, unpacked

pytestmark = pytest.mark.usefixtures("store")

HOSTILE = "<img src=x onerror='alert(1)'> \" @ ~ %"
MOST_BYTES = 200_000


def frame(value: int) -> pd.DataFrame:
    return pd.DataFrame({"id": [1, 2, 3], "v": [value] * 3})


def ask(name: str, **args: Any) -> dict[str, Any]:
    found = answer(place.desk(), {"id": 1, "kind": "view", "name": name, "args": args})
    json.dumps(found, allow_nan=False)
    return found


def rows(name: str, **args: Any) -> list[dict[str, Any]]:
    found = ask(name, **args)
    assert found["ok"], found
    listed: list[dict[str, Any]] = found["data"]["rows"]
    return listed


def commits(*versions: tuple[str, int], message: str = "") -> None:
    """Records as ``save`` writes them, without the work of saving."""
    writing = session.current()
    for at, (dataset, number) in enumerate(versions):
        writing.append("data.version", {
            "version": f"{dataset}-{number}", "dataset": dataset, "kind": "table", "content": f"nb1:{at:064x}",
            "rows": number, "columns": 2, "size": 100, "mode": "hash", "message": message,
            "parents": [f"{dataset}-{number - 1}"] if number > 1 else [],
        })  # fmt: skip


def test_a_dataset_is_told_with_where_main_is_and_what_is_newer() -> None:
    ml.data.save(frame(1), "raw", message="as it came")
    ml.data.save(frame(1), "train", message="first")
    ml.data.branch("train", "trial")
    ml.data.save(frame(2), "train", message="on trial", branch="trial")
    ml.data.tag("train@v1", "gold")
    train, raw = rows("datasets")
    assert (train["dataset"], train["at"], train["newest"], train["count"]) == ("train", 1, 2, 2)
    assert (train["shape"], train["message"]) == ("3 × 2", "first"), "those of main: that is what the name alone means"
    assert [(ref["name"], ref["kind"], ref["number"]) for ref in train["refs"]] == [
        ("gold", "tag", 1),
        ("trial", "branch", 2),
    ]
    assert (raw["dataset"], raw["at"], raw["newest"], raw["refs"]) == ("raw", 1, 1, [])
    assert train["id"] == ml.data.show("train").version.id


def test_without_a_branch_main_the_newest_stands_for_it() -> None:
    commits(("x", 1), ("x", 2))
    [row] = rows("datasets")
    assert (row["at"], row["newest"], row["id"]) == (2, 2, "x-2")


def test_versions_are_told_with_their_names_parents_and_run() -> None:
    ml.data.save(frame(1), "x", message=HOSTILE)
    with ml.run("cleans"):
        ml.data.save(frame(2), "x")
    ml.data.tag("x@v1", "gold")
    two, one = rows("dataset", dataset="x")
    assert (two["number"], two["parents"], two["run"]["name"]) == (2, [1], "cleans")
    assert [(ref["name"], ref["kind"]) for ref in two["refs"]] == [("main", "branch")]
    assert (one["message"], one["refs"][0]["name"], one["run"]) == (HOSTILE, "gold", None)
    assert ml.data.log("x").values("parents") == ["v1", ""]


def test_a_long_message_is_cut_in_lists() -> None:
    ml.data.save(frame(1), "x", message="ü" * 5000)
    for [row] in (rows("dataset", dataset="x"), rows("datasets")):
        assert len(row["message"]) == 300 and row["message"].endswith("…")


def test_datasets_are_found_by_a_part_of_their_name() -> None:
    for name in ("Train", "train_small", "test"):
        ml.data.save(frame(1), name)
    found = ask("datasets", find=" TRAIN ")["data"]
    assert [row["dataset"] for row in found["rows"]] == ["train_small", "Train"]
    assert (found["total"], found["all"]) == (2, 3)
    assert rows("datasets", find="%") == rows("datasets", find="_' OR 1=1 --") == []


@pytest.mark.parametrize(
    ("find", "numbers"), [("v2", [2]), ("DEDUP", [3, 1]), ("gold", [2]), ("v", []), ("' OR ''='", [])]
)
def test_versions_are_found_by_number_message_and_name(find: str, numbers: list[int]) -> None:
    for value, message in enumerate(("dedup", "", "deduplicated"), 1):
        ml.data.save(frame(value), "x", message=message)
    ml.data.tag("x@v2", "gold-standard")
    ml.data.save(frame(9), "other", message="dedup")
    found = ask("dataset", dataset="x", find=find)["data"]
    assert [row["number"] for row in found["rows"]] == numbers
    assert (found["total"], found["all"]) == (len(numbers), 3)


def test_a_list_that_unfolds_is_one_question() -> None:
    for value in (1, 2, 3):
        ml.data.save(frame(value), "x")
        ml.data.save(frame(value), "y")
    found = {row["dataset"]: row for row in rows("datasets", opened={"x": 2, "gone": 5})}
    assert [row["number"] for row in found["x"]["opened"]["rows"]] == [3, 2]
    assert found["x"]["opened"]["total"] == 3
    assert "opened" not in found["y"]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("datasets", {"find": 3}),
        ("datasets", {"limit": -1}),
        ("datasets", {"limit": "many"}),
        ("datasets", {"opened": ["x"]}),
        ("datasets", {"opened": {"x": None}}),
        ("dataset", {}),
        ("dataset", {"dataset": ["x"]}),
        ("dataset", {"dataset": "x" * 301}),
        ("dataset", {"dataset": HOSTILE}),
        ("dataset", {"dataset": "x", "find": ["v1"]}),
        ("dataversion", {"version": HOSTILE}),
        ("lineage", {"version": HOSTILE}),
        ("datadiff", {"before": HOSTILE, "after": "x"}),
    ],
)
def test_what_cannot_be_asked_is_said_in_two_parts(name: str, args: dict[str, Any]) -> None:
    ml.data.save(frame(1), "x")
    found = ask(name, **args)
    assert not found["ok"]
    assert found["error"]["kind"] in ("UsageError", "UnknownReference"), found
    assert found["error"]["message"] and found["error"]["hint"]


@pytest.mark.parametrize("name", [HOSTILE, 'a"b', "a@b", "<b>", "x" * 200, "", "../x", "a\nb"])
def test_a_name_that_no_dataset_can_have_is_refused_and_nothing_is_kept(name: str) -> None:
    with pytest.raises(UsageError):
        ml.data.save(frame(1), name)
    assert rows("datasets") == []


@pytest.mark.parametrize("name", [HOSTILE, "x" * 200])
def test_a_name_that_another_program_wrote_is_only_text(name: str) -> None:
    ml.data.save(frame(1), "x")
    commits((name, 1), (name, 2))
    found = {row["dataset"]: row for row in rows("datasets", opened={name: 5})}
    assert [row["number"] for row in found[name]["opened"]["rows"]] == [2, 1]
    assert [row["number"] for row in rows("dataset", dataset=name)] == [2, 1]
    assert "<img" not in ml.data.list()._shown().html


def weighed(thing: Any) -> dict[str, Any]:
    """What is saved of something shown, which stays small in a notebook's file."""
    bundle = thing._shown().bundle("0" * 32)
    sizes = {mime: len(json.dumps(part, ensure_ascii=False).encode()) for mime, part in bundle.items()}
    assert sum(sizes.values()) < MOST_BYTES, sizes
    saved: dict[str, Any] = unpacked(bundle[MIME])
    assert saved["data"]["rows"], "the picture is drawn from what is saved"
    return saved


def test_two_thousand_versions_are_listed_page_by_page() -> None:
    commits(*(("x", number) for number in range(1, 2001)), message=HOSTILE * 200)
    listed = ml.data.log("x")
    assert len(listed) == len(listed.df()) == 2000
    assert weighed(listed)["data"]["total"] == 2000
    assert "of 2\u202f000 rows" in listed._shown().html
    found = ask("dataset", dataset="x")["data"]
    assert ([row["number"] for row in found["rows"]], found["total"]) == (list(range(2000, 1950, -1)), 2000)
    assert len(rows("dataset", dataset="x", limit=10**9)) == 2000
    [row] = rows("datasets", opened={"x": 20})
    assert (row["count"], len(row["opened"]["rows"]), row["opened"]["total"]) == (2000, 20, 2000)


def test_five_hundred_datasets_are_listed_page_by_page() -> None:
    commits(*((f"set {number:03}", 1) for number in range(500)), message="ü" * 300)
    listed = ml.data.list()
    assert len(listed) == 500
    assert weighed(listed)["data"]["total"] == 500
    found = ask("datasets")["data"]
    assert (len(found["rows"]), found["total"], found["rows"][0]["dataset"]) == (50, 500, "set 499")


def test_it_is_live_where_widgets_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(1), "x", message=HOSTILE)
    asked: list[tuple[str, Any]] = []

    def widget(shown: Any, desk: Desk) -> None:
        asked.append((shown.view, shown.args))

    monkeypatch.setattr(present, "widget", widget)
    for listed in (ml.data.list(), ml.data.log("x")):
        data, _ = listed._repr_mimebundle_()
        assert {"text/plain", "text/html", MIME} <= data.keys()
        assert "x" in data["text/plain"] and "<img" not in data["text/html"]
    assert asked == [("datasets", {}), ("dataset", {"dataset": "x"})]


def test_a_store_of_before_there_were_datasets_has_none(store: Path) -> None:
    with ml.run("old"):
        ml.log(loss=1.0)
    session.close()
    with Store(store).lease(5) as con:
        names = "SELECT {0}_name FROM duckdb_{0}s() WHERE {0}_name LIKE 'data\\_%' ESCAPE '\\' AND schema_name = '{1}'"
        for kind, schema in (("view", "main"), ("view", "_nbm"), ("table", "_nbm")):
            for (name,) in con.execute(names.format(kind, schema)).fetchall():
                con.execute(f"DROP {kind} {schema}.{name}")
        con.execute("DELETE FROM _nbm.migrations WHERE slice = 'data'")
        con.execute("DELETE FROM _nbm.meta WHERE key IN ('schema', 'views:data')")
    with duckdb.connect(str(store), read_only=True) as con:  # an archive stays as it is, and is read all the same
        assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'data%'").fetchall() == [(0,)]
        assert (listing.datasets(con), queries.count_datasets(con), queries.page(con, "x", "", 5)) == ([], 0, ([], 0))
        with pytest.raises(UnknownReference):
            resolving.must_exist(con, "x")
    assert rows("datasets") == []
    assert len(ml.data.list()) == 0 and "No dataset yet" in str(ml.data.list())
    ml.data.save(frame(1), "x")
    assert [row["dataset"] for row in rows("datasets")] == ["x"]
