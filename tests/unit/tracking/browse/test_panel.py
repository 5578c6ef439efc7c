"""The data of the panel: experiments, runs, their main metric, and where they were made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nbmlops.errors import FilterError, UnknownReference, UsageError
from nbmlops.storage.answers import Answers
from nbmlops.tracking.browse import panel, place
from nbmlops.ui.desk import Desk, answer
from nbmlops.ui.plain import plain
from tests.unit.tracking.tracking_store import TinyStore


@pytest.fixture
def store() -> TinyStore:
    made = TinyStore()
    made.run("adam", params={"lr": 0.1}, metrics={"val_acc": 0.7, "loss": 0.3}, tags={"best": ""})
    made.run("sgd", params={"lr": 0.2}, metrics={"val_acc": 0.9}, experiment="vision/vit", status="failed")
    made.run("forest", metrics={"val_acc": float("nan")}, fields={"note": "no idea"})
    return made


def names(data: dict[str, Any]) -> list[str]:
    return [row["run"]["name"] for row in data["rows"]]


def test_everything_that_a_line_shows(store: TinyStore) -> None:
    data = panel.data(store.con, {})
    assert names(data) == ["forest", "sgd", "adam"]
    assert (data["metric"], data["goal"], data["total"], data["deleted"]) == ("val_acc", "max", 3, 0)
    assert [(each["name"], each["runs"], each["running"]) for each in data["experiments"]] == [
        ("wine", 2, 0),
        ("vision/vit", 1, 0),
    ]
    adam = plain(data["rows"][2])
    assert adam["run"] == {
        "id": "run000000000000001", "number": 1, "name": "adam", "status": "finished", "experiment": "wine",
    }  # fmt: skip
    assert (adam["value"], adam["tags"], adam["cell_id"], adam["notebook"]) == (0.7, {"best": ""}, "c1", "train.ipynb")
    assert adam["started_at"].endswith("Z")
    forest = plain(data["rows"][0])
    assert (forest["value"], forest["note"]) == ("NaN", "no idea")
    json.dumps(plain(data), allow_nan=False)


def test_an_experiment_and_a_filter(store: TinyStore) -> None:
    assert names(panel.data(store.con, {"experiment": "wine"})) == ["forest", "adam"]
    assert names(panel.data(store.con, {"experiment": "wine", "filter": "val_acc > .5"})) == ["adam"]
    gone = panel.data(store.con, {"experiment": "that is gone"})
    assert (gone["experiment"], gone["total"]) == ("*", 3)
    named = panel.data(store.con, {"experiment": "wine", "filter": "experiment = 'vision/vit'"})
    assert names(named) == ["sgd"], "a filter that names an experiment means it"
    with pytest.raises(FilterError, match="nonsense"):
        panel.data(store.con, {"filter": "nonsense"})


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("newest", ["forest", "sgd", "adam"]),
        ("oldest", ["adam", "sgd", "forest"]),
        ("name", ["adam", "forest", "sgd"]),
        ("status", ["sgd", "forest", "adam"]),
        ("metric", ["sgd", "adam", "forest"]),
    ],
)
def test_orders(store: TinyStore, order: str, wanted: list[str]) -> None:
    assert names(panel.data(store.con, {"order": order})) == wanted


def test_best_first_is_lowest_first_for_a_loss_and_nan_comes_last(store: TinyStore) -> None:
    store.con.execute("DELETE FROM _nbm.metric_partials WHERE key = 'val_acc'")
    for run, loss in (("run000000000000002", 0.1), ("run000000000000003", float("nan"))):
        store.metric(run, "loss", [loss])
    data = panel.data(store.con, {"order": "metric"})
    assert (data["metric"], data["goal"], names(data)) == ("loss", "min", ["sgd", "adam", "forest"])
    assert names(panel.data(store.con, {"order": "metric", "is_reversed": True})) == ["adam", "sgd", "forest"]


def test_the_order_of_the_filter_wins(store: TinyStore) -> None:
    assert names(panel.data(store.con, {"order": "name", "filter": "order by lr desc limit 2"})) == ["sgd", "adam"]


def test_columns_are_fields_params_metrics_and_tags(store: TinyStore) -> None:
    data = panel.data(store.con, {"columns": ["lr", "loss", "best", "status", "nothing", "duration_s"]})
    assert [row["cells"] for row in data["rows"]][2] == [0.1, 0.3, "", "finished", None, 30.0]
    assert [row["cells"] for row in data["rows"]][1] == [0.2, None, None, "failed", None, 30.0]


def test_deleted_runs_are_counted_and_shown_by_themselves(store: TinyStore) -> None:
    store.run("mistake", fields={"deleted": "true"})
    data = panel.data(store.con, {})
    assert (names(data), data["deleted"], data["experiments"][0]["runs"]) == (["forest", "sgd", "adam"], 1, 2)
    assert names(panel.data(store.con, {"deleted": True})) == ["mistake"]


def test_renamed_experiments_and_running_runs_are_counted_where_they_are(store: TinyStore) -> None:
    store.run("moved", fields={"experiment": "vision/vit"})
    store.con.execute("UPDATE _nbm.journals SET is_alive = true")
    store.run("going", status=None)
    found = {each["name"]: (each["runs"], each["running"]) for each in panel.data(store.con, {})["experiments"]}
    assert found == {"wine": (3, 1), "vision/vit": (2, 0)}


def test_no_runs_and_no_metrics() -> None:
    empty = TinyStore()
    data = panel.data(empty.con, {"order": "metric"})
    assert (data["rows"], data["total"], data["metric"], data["experiments"]) == ([], 0, None, [])
    empty.run("bare")
    assert panel.data(empty.con, {"order": "metric"})["rows"][0]["value"] is None


def test_a_page_says_how_many_there_are(store: TinyStore) -> None:
    data = panel.data(store.con, {"limit": 2})
    assert (names(data), data["total"]) == (["forest", "sgd"], 3)
    assert panel.data(store.con, {"limit": 10**9})["total"] == 3


def test_a_page_says_how_many_runs_it_can_hold_at_most(store: TinyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "MOST", 2)
    data = panel.data(store.con, {"limit": 600})
    assert (len(data["rows"]), data["total"], data["most"]) == (2, 3, 2)


@pytest.mark.parametrize(
    "args",
    [
        {"filter": 3}, {"experiment": ["a"]}, {"order": "'; DROP TABLE runs"}, {"order": 1}, {"columns": "lr"},
        {"columns": [1]}, {"limit": "many"}, {"limit": -1}, {"limit": float("nan")},
    ],
)  # fmt: skip
def test_what_no_page_of_ours_would_send_is_refused(store: TinyStore, args: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        panel.data(store.con, args)


class FakeStore:
    """What a desk needs of a store."""

    def __init__(self, store: TinyStore, path: Path) -> None:
        self.answers = Answers()
        self.path = path
        self.read = lambda question, key=None: question(store.con)


def nowhere(kind: str, payload: Any) -> None:
    raise AssertionError("nothing is written")


def test_a_notebook_is_named_as_the_browser_knows_it(store: TinyStore, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    notebook = tmp_path / "work" / "train.ipynb"
    notebook.touch()
    store.con.execute("UPDATE _nbm.sessions SET notebook = ?", [str(notebook)])
    fake = FakeStore(store, tmp_path / "work" / "mlops.duckdb")
    asked = {"kind": "view", "name": "panel"}

    def told(root: Path | None) -> str | None:
        found = answer(Desk(fake, nowhere, root), asked)
        assert found["ok"], found
        return found["data"]["rows"][0]["notebook"]  # type: ignore[no-any-return]

    assert told(tmp_path) == "work/train.ipynb"
    assert told(tmp_path / "work") == "train.ipynb"
    assert told(tmp_path / "elsewhere") is None, "nothing outside the root is named"
    assert told(None) is None, "a kernel's desk knows no paths"
    store.con.execute("UPDATE _nbm.sessions SET notebook = '/was/somewhere/train.ipynb'")
    assert told(tmp_path) == "work/train.ipynb", "a folder that was moved took its notebook along"
    notebook.unlink()
    assert told(tmp_path) is None


def test_the_place_of_a_run(store: TinyStore, tmp_path: Path) -> None:
    found = place.data(store.con, {"run": "run000000000000001"})
    assert found["run"] == {"id": "run000000000000001", "number": 1, "name": "adam"}
    assert (found["notebook"], found["notebook_name"], found["cell_id"]) == ("train.ipynb", "train.ipynb", "c1")
    with pytest.raises(UnknownReference, match="holds no run"):
        place.data(store.con, {"run": "none"})
    with pytest.raises(UsageError):
        place.data(store.con, {})
