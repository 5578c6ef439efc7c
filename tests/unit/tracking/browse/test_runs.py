"""The data of the table of runs: what a browser asks and gets."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from nbmlops.tracking.browse import runs
from nbmlops.ui.plain import plain
from tests.benchmarks.many_runs import fill
from tests.unit.tracking.browse.desks import Asked
from tests.unit.tracking.tracking_store import START_NS, TinyStore

NAN = float("nan")


@pytest.fixture
def store() -> TinyStore:
    tiny = TinyStore()
    tiny.run("sgd", params={"lr": 0.003, "depth": 6}, metrics={"acc": [0.5, 0.958], "loss": [1, 0.113]}, source="a")
    tiny.run("adam", params={"lr": 0.01, "depth": 6}, metrics={"acc": [0.6, 0.972], "loss": 0.2}, source="b")
    tiny.run("sgd", params={"lr": 0.003, "depth": 6}, metrics={"acc": [0.5, 0.948], "loss": NAN}, source="a")
    tiny.run("lamb", params={"lr": 0.1}, tags={"best": "", "team": "vision"}, source="d", status="failed")
    return tiny


@pytest.fixture
def ask(store: TinyStore, tmp_path: Path) -> Asked:
    asked = Asked(store, tmp_path)
    asked.store.stamp = lambda: store.con.execute("SELECT count(*) FROM _nbm.runs_begun").fetchone()  # type: ignore[attr-defined]
    return asked


def names(found: dict[str, Any]) -> list[str]:
    return [row["run"]["name"] for row in found["rows"]]


def shown(found: dict[str, Any]) -> list[str]:
    return [column["key"] for column in found["columns"] if column["shown"]]


def cells(found: dict[str, Any], key: str) -> list[Any]:
    place = next(index for index, column in enumerate(found["columns"]) if column["key"] == key)
    return [row["cells"][place] for row in found["rows"]]


def test_the_first_page(ask: Asked) -> None:
    found = ask("runs")
    assert names(found) == ["lamb", "sgd", "adam"]
    assert (found["total"], found["runs"], found["empty"]) == (3, 4, "")
    assert [row["run"].get("attempts", 1) for row in found["rows"]] == [1, 2, 1]
    assert shown(found)[:2] == ["status", "age"]
    assert shown(found)[-2:] == ["tags", "note"]
    assert cells(found, "param.lr") == [0.1, 0.003, 0.01]
    assert cells(found, "metric.acc") == [None, 0.948, 0.972]
    assert cells(found, "metric.loss") == [None, "NaN", 0.2]
    assert cells(found, "tags")[0] == {"best": None, "team": "vision"}
    assert found["rows"][1]["spark"] == [0.5, 0.948]
    assert found["rows"][1]["spread"]["acc"] == pytest.approx(0.01 / math.sqrt(2), rel=1e-4)
    assert "loss" not in found["rows"][1]["spread"], "one finite value has no spread"


def test_what_is_equal_is_equal_in_all_runs_not_only_on_the_page(store: TinyStore, ask: Asked) -> None:
    found = ask("runs", limit=1)
    assert len(found["rows"]) == 1
    assert "param.lr" in shown(found)
    assert found["equal"] == 0, "one run has no depth"
    found = ask("runs", filter="depth = 6")
    assert found["equal"] == 1
    assert next(column for column in found["columns"] if column["key"] == "param.depth") == {
        "key": "param.depth",
        "label": "depth",
        "kind": "number",
        "shown": False,
        "equal": True,
    }
    assert "param.depth" in shown(ask("runs", filter="depth = 6", hide_equal=False))


def test_the_order_is_that_of_the_whole(store: TinyStore, ask: Asked) -> None:
    up = ask("runs", sort={"key": "metric.acc", "descending": False}, fold=False, limit=2)
    assert cells(up, "metric.acc") == [0.948, 0.958]
    assert up["sort"] == {"key": "metric.acc", "descending": False}
    down = ask("runs", sort={"key": "metric.acc", "descending": True}, fold=False)
    assert cells(down, "metric.acc") == [0.972, 0.958, 0.948, None], "what is missing goes last, either way"
    by_number = ask("runs", sort={"key": "run", "descending": False}, fold=False)
    assert [row["run"]["number"] for row in by_number["rows"]] == [1, 2, 3, 4]
    assert ask("runs", filter="order by loss desc")["sort"] == {"key": "metric.loss", "descending": True}
    assert names(ask("runs", sort={"key": "status", "descending": False}))[0] == "lamb"


def test_the_limit_of_a_filter_holds_before_the_sort(ask: Asked) -> None:
    found = ask("runs", filter="order by acc desc limit 2", sort={"key": "metric.acc", "descending": False}, fold=False)
    assert cells(found, "metric.acc") == [0.958, 0.972]
    assert (found["total"], found["runs"]) == (2, 2)


def test_attempts_count_in_the_group_of_their_row(store: TinyStore, ask: Asked) -> None:
    store.run("again", params={"lr": 7}, metrics={"acc": 0.25}, source="z", status="failed")
    store.run("again", params={"lr": 7}, metrics={"acc": 0.75}, source="z")
    found = ask("runs", filter="lr = 7", group="status", metric="acc")
    assert [(group["text"], group["rows"], group["runs"]) for group in found["groups"]] == [("finished", 1, 2)]
    assert (found["groups"][0]["min"], found["groups"][0]["max"], found["groups"][0]["mean"]) == (0.25, 0.75, 0.5)
    plain_rows = ask("runs", filter="lr = 7", group="status", fold=False)
    assert [(group["text"], group["runs"]) for group in plain_rows["groups"]] == [("failed", 1), ("finished", 1)]


def test_groups(store: TinyStore, ask: Asked) -> None:
    found = ask("runs", group="param.depth", sort={"key": "metric.acc", "descending": True})
    assert [(group["text"], group["rows"], group["runs"]) for group in found["groups"]] == [("6", 2, 3), (None, 1, 1)]
    assert found["metric"] == "acc"
    assert found["groups"][0]["max"] == 0.972
    assert found["groups"][0]["mean"] == pytest.approx((0.958 + 0.972 + 0.948) / 3)
    assert found["groups"][1]["mean"] is None
    assert names(found) == ["adam", "sgd", "lamb"]
    assert [group["text"] for group in ask("runs", group="experiment", fold=False)["groups"]] == ["wine"]
    numbers = [group["text"] for group in ask("runs", group="lr")["groups"]]
    assert numbers == ["0.003", "0.01", "0.1"], "numbers in their order"
    refused = ask("runs", group="metric.acc")
    assert "not grouped by 'acc'" in refused["message"]
    assert "there is no such key" in ask("runs", group="nothing")["message"]


def test_pages_hold_every_row_once(store: TinyStore, ask: Asked) -> None:
    first = ask("runs", fold=False, limit=3)
    have = [column["key"] for column in first["columns"]]
    rest = ask("runs/page", fold=False, offset=3, limit=3, have=have, drawn=first["drawn"])
    assert (rest["offset"], rest["total"]) == (3, 4)
    assert [row["run"]["number"] for row in first["rows"] + rest["rows"]] == [4, 3, 2, 1]
    assert rest["rows"][0]["spark"] == [0.5, 0.958]
    assert [len(row["cells"]) for row in rest["rows"]] == [len(have)]
    store.run("new", params={"lr": 1})
    again = ask("runs/page", fold=False, offset=0, limit=1, have=["param.lr"])
    assert (again["total"], again["rows"][0]["cells"]) == (5, [1]), "what changed is seen"


def test_attempts_unfold(ask: Asked) -> None:
    leader = ask("runs")["rows"][1]["run"]
    found = ask("runs/attempts", run=leader["id"], have=["metric.acc"])
    assert [(row["run"]["number"], row["cells"]) for row in found["rows"]] == [(1, [0.958])]
    assert ask("runs/attempts", run="nobody")["rows"] == []


def test_deltas_need_the_pinned_baseline(store: TinyStore, ask: Asked) -> None:
    found = ask("runs")
    assert (found["baseline"], found["place"]) == (None, "wine")
    adam = next(row["run"]["id"] for row in found["rows"] if row["run"]["name"] == "adam")
    store.row("settings", "baseline/wine", adam, START_NS, "s1", 1)
    found = ask("runs")
    column = next(column for column in found["columns"] if column["key"] == "metric.acc")
    assert (column["base"], column["goal"], column["guess"]) == (0.972, "max", True)
    assert [row["run"]["is_baseline"] for row in found["rows"]] == [False, False, True]
    assert found["guest"] is None
    far = ask("runs", filter="lr < .005")
    assert far["guest"]["run"]["name"] == "adam", "it stands on top where it is not among the rows"
    assert next(column for column in far["columns"] if column["key"] == "metric.acc")["base"] == 0.972


def test_columns_are_chosen_pinned_and_listed(ask: Asked) -> None:
    found = ask("runs", columns=["metric.loss", "param.depth", "param.gone", "team"], pinned=["seed"])
    assert shown(found) == ["metric.loss", "param.depth", "param.gone", "tag.team", "seed"]
    assert cells(found, "param.gone") == [None, None, None]
    assert cells(found, "tag.team") == ["vision", None, None]
    assert found["asked"]["columns"] == shown(found)
    assert "param.lr" in [column["key"] for column in found["columns"]], "others can be shown without asking"
    listed = ask("runs/columns")
    assert [each["key"] for each in listed["metrics"]] == ["metric.acc", "metric.loss"]
    assert next(each for each in listed["params"] if each["label"] == "depth")["uses"] == 3
    assert "tags" in [each["key"] for each in listed["fields"]]
    assert not {"host", "user", "notebook"} & {each["key"] for each in listed["fields"]}


def test_a_saved_view_fills_in_what_is_not_said(store: TinyStore, ask: Asked) -> None:
    kept = {"filter": "lr < .05", "group": "param.lr", "columns": ["metric.acc"], "fold": False}
    store.row("settings", "view/weekly", json.dumps(kept), START_NS, "s1", 1)
    found = ask("runs", view="weekly")
    assert (found["total"], len(found["groups"]), shown(found)) == (3, 2, ["metric.acc"])
    assert (found["asked"]["named"], found["views"]) == ("weekly", ["weekly"])
    changed = ask("runs", **{**found["asked"], "group": None})
    assert changed["groups"] is None, "what was taken away stays away"
    assert ask("runs", view="weakly")["hint"] == "there are weekly"


def test_an_empty_table_says_what_would_fill_it(ask: Asked, tmp_path: Path) -> None:
    assert "no run matches" in ask("runs", filter="lr > 5")["empty"]
    assert ask("runs", filter="lr > 5", group="lr")["groups"] == []
    nothing = Asked(TinyStore(), tmp_path)
    assert "%mlrun" in nothing("runs")["empty"]
    assert nothing("runs", experiment="beer")["rows"] == []


def test_one_run_has_no_equal_columns(tmp_path: Path) -> None:
    tiny = TinyStore()
    tiny.run("alone", params={"lr": 1, "a": [1, {"b": 2}]}, metrics={"acc": NAN, "x": float("inf")})
    found = Asked(tiny, tmp_path)("runs")
    assert found["equal"] == 0
    assert cells(found, "param.a") == ['[1, {"b": 2}]']
    assert (cells(found, "metric.acc"), cells(found, "metric.x")) == (["NaN"], ["Infinity"])


def test_markup_travels_as_text_and_long_texts_are_cut(store: TinyStore, ask: Asked) -> None:
    run = store.run(
        "<b>x</b>" * 100,
        params={"<i>": "<script>"},
        tags={"<u>": "<s>"},
        fields={"note": "<img>" * 9999},
        source="m",
    )
    found = ask("runs", columns=["param.<i>", "tags", "note"])
    assert found["rows"][0]["cells"][0] == "<script>"
    assert found["rows"][0]["cells"][1] == {"<u>": "<s>"}
    assert len(found["rows"][0]["cells"][2]) < 300
    assert len(found["rows"][0]["run"]["name"]) < 300
    assert ask("runs/whole", run=run)["note"] == "<img>" * 9999


@pytest.mark.parametrize(
    "args",
    [
        {"filter": 3},
        {"filter": "acc >"},
        {"filter": "'; DROP TABLE runs"},
        {"sort": "acc"},
        {"sort": {"key": "'; DROP TABLE runs"}},
        {"group": ["lr"]},
        {"columns": "lr"},
        {"columns": [1]},
        {"fold": "no"},
        {"limit": -1},
        {"limit": "many"},
        {"view": "../x"},
        {"experiment": {"a": 1}},
    ],
)
def test_what_makes_no_sense_is_refused_in_two_parts(ask: Asked, args: dict[str, Any]) -> None:
    refused = ask("runs", **args)
    assert refused.get("message") and refused["hint"] and refused["kind"] in ("UsageError", "FilterError"), refused
    assert ask("runs")["total"] == 3


def test_many_runs_and_columns_stay_small() -> None:
    tiny = TinyStore()
    fill(tiny.con, 5_000, points=3)
    found = plain(runs.data(tiny.con, {}))
    assert (found["total"], len(found["rows"])) == (5_000, 200)
    assert len(json.dumps(found)) < 300_000
    saved = runs.snapshot(found)
    assert len(json.dumps(saved)) < 90_000
    assert len(saved["rows"]) > 30
    assert len(saved["columns"]) == len(found["columns"]), "columns can be chosen without a kernel, too"


def test_five_hundred_metrics_and_disjoint_keys(tmp_path: Path) -> None:
    tiny = TinyStore()
    for number in range(3):
        metrics = {f"a/long/name/of/a/metric_{number}_{each}": each / 7 for each in range(500)}
        tiny.run(
            "x" * 3000, params={f"p{number}_{each}": "y" * 3000 for each in range(50)}, metrics=metrics, source="z"
        )
    ask = Asked(tiny, tmp_path)
    found = ask("runs")
    assert len(found["columns"]) == 60
    assert found["more"] > 1_000
    assert len(json.dumps(runs.snapshot(found))) < 90_000
    assert len(ask("runs/columns")["metrics"]) == 1_500
