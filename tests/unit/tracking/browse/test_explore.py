"""The data of parallel coordinates, scatter and importance; what is saved of it; and the object that shows it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from nbmlops.errors import FilterError, UsageError
from nbmlops.tracking import param_columns
from nbmlops.tracking.browse import explore, explore_saved, forest
from nbmlops.tracking.exploration import Exploration
from nbmlops.tracking.tables import RunsTable
from nbmlops.ui.plain import plain
from tests.unit.tracking.tracking_store import START_NS, TinyStore

EVIL = "<img src=x onerror=alert(1)>"


def grid(runs: int = 24, **more: Any) -> TinyStore:
    """The learning rate decides; the seed does nothing; the rest is equal."""
    store = TinyStore()
    for i in range(runs):
        params = {"lr": 10.0 ** -(i % 4), "model": ["gbm", "mlp"][i % 2], "seed": i, "opt": "adam", "epochs": 3 + 0.0}
        store.run(f"r{i}", params=params | more, metrics={"val_acc": [0.1, (i % 4) / 4], "loss": 1 - (i % 4) / 4})
    return store


def data(store: TinyStore, **args: Any) -> dict[str, Any]:
    found: dict[str, Any] = plain(explore.data(store.con, args))
    json.dumps(found, allow_nan=False)
    return found


def many(store: TinyStore, runs: list[str], params: list[str], value: str, metrics: list[str]) -> None:
    """Params and metrics of many runs at once; ``value`` is SQL over i (place of the run) and k (of the param)."""
    pairs = "(SELECT unnest($runs) AS run, generate_subscripts($runs, 1) AS i), "
    keys = "(SELECT unnest($keys) AS key, generate_subscripts($keys, 1) AS k)"
    store.con.execute(
        f"INSERT INTO _nbm.params SELECT run, key, to_json({value}), try_cast({value} AS DOUBLE), 'literal', 1, 's1', 1"
        f" FROM {pairs}{keys}",
        {"runs": runs, "keys": params},
    )
    store.con.execute(
        "INSERT INTO _nbm.metric_partials (run_id, key, count, finite, last, last_step, last_ns)"
        f" SELECT run, key, 1, 1, i, 0, 1 FROM {pairs}{keys}",
        {"runs": runs, "keys": metrics},
    )


def table(store: TinyStore, filter: str = "") -> RunsTable:
    return RunsTable(lambda question: question(store.con), filter)


def test_what_varies_is_here_the_strongest_first_and_the_rest_is_counted() -> None:
    found = data(grid())
    assert found["metric"] == "val_acc"
    assert [each["key"] for each in found["params"]] == ["lr", "model", "seed"]
    assert found["params"][0]["strength"] == 1
    assert found["axes"] == ["lr", "model", "seed"]
    assert found["equal"] == 2
    assert found["experiment"] == "wine"
    assert found["runs"]["number"][:2] == [24, 23]
    assert found["columns"]["param.lr"] == {"kind": "number", "values": [10.0 ** -(i % 4) for i in reversed(range(24))]}
    assert found["columns"]["param.model"] == {"kind": "category", "labels": ["gbm", "mlp"], "codes": [1, 0] * 12}
    assert found["columns"]["metric.val_acc"]["values"][0] == 0.75
    assert found["metrics"][0] == {"key": "val_acc", "runs": 24, "goal": "max", "by_name": True}


@pytest.mark.parametrize(
    "written", [["auto", 3], [3, "auto"], [1, "auto", 2.5], ["a", "b"], [True, 4], [2, None], ["x", 3, "y"]]
)
def test_of_a_param_that_was_written_again_the_newest_holds(written: list[Any]) -> None:
    store = TinyStore()
    runs = [store.run(params={"p": written[0]}, metrics={"m": 1}), store.run(params={"p": 99}, metrics={"m": 2})]
    for at, value in enumerate(written[1:], 1):
        number = float(value) if type(value) in (int, float) else None
        store.row("params", runs[0], "p", json.dumps(value), number, "literal", START_NS + 10**15 * at, "s1", 1 + at)
    newest = "None" if written[-1] is None else written[-1]
    assert param_columns.varying(store.con, runs).columns["p"] == [newest, 99]


def test_one_and_one_point_zero_are_equal_and_true_is_not() -> None:
    store = TinyStore()
    for value in (1, 1.0):
        store.run(params={"a": value, "b": value == 1 and isinstance(value, int)}, metrics={"m": 1})
    found = data(store)
    assert [each["key"] for each in found["params"]] == ["b"]
    assert found["equal"] == 1
    assert found["columns"]["param.b"]["kind"] == "flag"


def test_params_that_were_asked_for_are_axes_even_if_equal() -> None:
    found = data(grid(), params=["opt", "seed", "nobody"], metrics=["loss"])
    assert found["axes"] == ["opt", "seed"]
    assert found["columns"]["param.opt"]["labels"] == ["adam"]
    assert "metric.loss" in found["columns"]


def test_a_param_that_repeats_another_is_shown_once() -> None:
    store = TinyStore()
    for i in range(6):
        store.run(params={"params/alpha": i, "reg/alpha": i, "beta": i}, metrics={"m": i})
    found = data(store)
    assert sorted(each["key"] for each in found["params"]) == ["beta", "params/alpha"]
    assert found["twins"] == {"reg/alpha": "params/alpha"}


def test_missing_none_nan_words_and_structures_travel() -> None:
    store = TinyStore()
    values = [0.5, math.nan, math.inf, None, "auto", 2**60]
    for i, value in enumerate([*values, "gone"]):
        params: dict[str, Any] = {} if value == "gone" else {"x": value, "layers": [i, {"a": EVIL}]}
        store.run(params=params, metrics={"m": i})
    found = data(store, experiment="wine")
    assert found["columns"]["param.x"]["kind"] == "number"
    assert found["columns"]["param.x"]["values"] == [None, 1.152922e18, "auto", "None", "Infinity", "NaN", 0.5]
    layers = found["columns"]["param.layers"]
    assert layers["labels"][0] == '[0, {"a": "<img src=x onerror=alert(1)>"}]'
    assert layers["codes"] == [None, 5, 4, 3, 2, 1, 0]


def test_of_a_param_that_was_written_twice_the_newest_holds() -> None:
    store = TinyStore()
    runs = [store.run(params={"lr": i, "late": 1}, metrics={"m": i}) for i in range(3)]
    store.row("params", runs[0], "lr", "7.5", 7.5, "log", 9e18, "s1", 2)
    store.row("params", runs[1], "late", '"x"', None, "log", 9e18, "s1", 3)
    found = data(store)
    assert found["columns"]["param.lr"]["values"] == [2, 1, 7.5]
    assert found["columns"]["param.late"]["values"] == [1, "x", 1]


def test_at_many_runs_fewer_params_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(param_columns, "MOST_CELLS", 12)
    store = TinyStore()
    for i in range(6):
        store.run(params={"a": i, "b": i, "c": i, **({"rare": i} if i else {})}, metrics={"m": i})
    found = data(store)
    assert ([each["key"] for each in found["params"]], found["left_out"]) == (["a", "b"], 2)
    assert data(store, params=["rare", "c", "a"])["axes"] == ["rare", "c", "a"]


@pytest.mark.parametrize("runs", [0, 1, 2])
def test_few_runs_draw(runs: int) -> None:
    found = data(grid(runs))
    assert len(found["runs"]["id"]) == runs
    assert all(each["strength"] is None for each in found["params"])
    assert found["metric"] == ("val_acc" if runs else None)
    if runs == 1:
        assert found["equal"] == 0
        assert len(found["axes"]) == 5


def test_runs_without_a_metric_and_with_disjoint_keys_draw() -> None:
    store = TinyStore()
    for i in range(6):
        store.run(params={f"only{i}": i})
    found = data(store)
    assert found["metric"] is None
    assert len(found["axes"]) == 6
    store.run(metrics={"late": 1})
    assert data(store)["metric"] == "late"


def test_five_hundred_params_and_metrics_stay_small() -> None:
    store = TinyStore()
    runs = [store.run() for _ in range(100)]
    many(store, runs, [f"p{k}" for k in range(520)], "(i + k) % 7", [f"m{k}" for k in range(210)])
    found = data(store, metric="m7")
    assert len(found["params"]) == param_columns.MOST_PARAMS
    assert found["left_out"] == 20
    assert len(found["axes"]) == explore.FIRST_PARAMS
    assert len(found["columns"]) < 420
    assert len(found["metrics"]) == explore.MOST_METRICS
    assert len(json.dumps(found)) < 400_000


def test_the_newest_two_thousand_are_sent_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "MOST_RUNS", 10)
    store = grid(24)
    found = data(store)
    assert (len(found["runs"]["id"]), found["total"], found["is_ordered"]) == (10, 24, False)
    assert found["runs"]["number"][0] == 24
    best = data(store, filter="order  by val_acc desc")
    assert best["is_ordered"] is True
    assert best["columns"]["metric.val_acc"]["values"][0] == 0.75


def test_the_experiment_is_the_newest_one_unless_the_filter_says_which() -> None:
    store = grid(4)
    store.run(params={"lr": 1}, metrics={"m": 1}, experiment="beer")
    assert data(store)["experiment"] == "beer"
    assert data(store, experiment="wine")["total"] == 4
    assert data(store, experiment="*")["total"] == 5
    assert data(store, filter="experiment = 'wine'")["total"] == 4


def test_wrong_arguments_are_told() -> None:
    store = grid(4)
    for wrong in ({"metric": 3}, {"params": "lr"}, {"filter": ["x"]}, {"experiment": {}}, {"metrics": [1]}):
        with pytest.raises(UsageError):
            data(store, **wrong)
    with pytest.raises(UsageError, match="none of these runs has the metric 'accuracy'") as error:
        data(store, metric="accuracy")
    assert "val_acc" in error.value.hint
    with pytest.raises(FilterError):
        data(store, filter="nobody > 3")


def test_a_snapshot_has_the_axes_and_as_many_runs_as_fit() -> None:
    store = grid(100)
    found = explore.data(store.con, {})
    saved = plain(explore_saved.snapshot(found))
    assert len(saved["runs"]["id"]) == 100
    assert set(saved["columns"]) == {"param.lr", "param.model", "param.seed", "metric.val_acc", "duration_s"}
    assert saved["has_forest"] is False
    found["runs"]["name"] = [f"{i}" * 900 for i in range(100)]
    saved = plain(explore_saved.snapshot(found))
    assert len(json.dumps(saved)) <= explore_saved.MOST_BYTES
    kept = len(saved["runs"]["id"])
    assert 0 < kept < 100
    assert {len(each.get("values") or each["codes"]) for each in saved["columns"].values()} == {kept}
    assert saved["total"] == 100


def test_an_output_is_small_at_any_number_of_runs() -> None:
    store = TinyStore()
    runs = [store.run(f"{EVIL} {i}") for i in range(300)]
    many(store, runs, [f"parameter/{k}" for k in range(12)], f"repeat('{EVIL}' || i, 40)", ["m"])
    shown = Exploration(lambda question: question(store.con), {"experiment": "wine"})._shown()
    assert len(shown.html) <= 90_000
    assert shown.snapshot is not None
    assert len(json.dumps(shown.bundle())) <= 200_000
    assert EVIL not in shown.html
    assert "<svg" in shown.html


def test_the_object_tells_the_same_as_frames_and_charts() -> None:
    store = grid()
    found = table(store).explore("val_acc")
    assert found.metric == "val_acc"
    frame = found.df()
    assert list(frame.columns)[:4] == ["number", "name", "run_id", "duration_s"]
    assert {"lr", "model", "seed", "val_acc", "loss"} <= set(frame.columns)
    told = found.importance()
    assert list(told["param"]) == ["lr", "model", "seed"]
    assert told.attrs == {"metric": "val_acc"}
    for kind in ("parallel", "scatter"):
        spec = found.chart(kind).to_dict()  # type: ignore[arg-type]
        assert "val_acc" in json.dumps(spec)
    with pytest.raises(UsageError, match="'parallel' or 'scatter'"):
        found.chart("pie")  # type: ignore[arg-type]
    assert "no proof of a cause" in str(found)
    assert "lr" in str(found)
    assert table(store, "lr < .01").explore(params=["seed"]).df()["number"].size == 6


def test_a_key_that_is_param_and_metric_is_told_apart_in_the_frame() -> None:
    store = TinyStore()
    for i in range(3):
        store.run(params={"x": i, "name": i}, metrics={"x": -i})
    assert {"param.x", "metric.x", "param.name"} <= set(table(store).explore().df().columns)


def test_the_frame_has_every_metric() -> None:
    store = TinyStore()
    for i in range(3):
        store.run(params={"x": i}, metrics={f"m{k}": i * k for k in range(130)})
    frame = table(store).explore().df()
    assert {f"m{k}" for k in range(130)} <= set(frame.columns)
    assert frame["m129"].tolist() == [258, 129, 0]
    assert frame.attrs["left_out"] == 0


def test_why_there_is_no_forest_is_told() -> None:
    pytest.importorskip("sklearn", reason="no scikit-learn in this environment")
    with pytest.warns(RuntimeWarning, match="no forest was grown: a forest needs at least 20 runs"):
        frame = table(grid(12)).explore("val_acc").importance(forest=True)
    assert frame["forest_loss"].isna().all()
    assert frame.attrs["why"] == "a forest needs at least 20 runs"
    assert (frame.attrs["r_squared"], frame.attrs["left_out"]) == (None, 0)


def test_wrong_names_are_told_at_once() -> None:
    with pytest.raises(UsageError, match="has the metric 'acc'"):
        table(grid(4)).explore("acc")
    with pytest.raises(UsageError, match="params is a list"):
        table(grid(4)).explore(params="lr")


@pytest.mark.parametrize(
    ("params", "metrics", "says"),
    [([], [], "no run matches"), ([{"a": 1}], [{}], "none of these runs has a metric"), ([{}], [{"m": 1}], "no param")],
)
def test_where_there_is_nothing_to_show_it_says_so(
    params: list[dict[str, Any]], metrics: list[dict[str, Any]], says: str
) -> None:
    store = TinyStore()
    for param, metric in zip(params, metrics, strict=True):
        store.run(params=param, metrics=metric)
    found = table(store).explore()
    assert says in str(found)
    assert says in found._shown().html
    found.chart()


def test_a_forest_of_the_runs_that_are_kept() -> None:
    pytest.importorskip("sklearn", reason="no scikit-learn in this environment")
    store = grid(60)
    found = explore.gather(store.con, explore.Wanted.of({}))
    told = forest.grown(found)
    assert told["params"][0]["key"] == "lr"
    assert told["r_squared"] > 0.9
    assert told["runs"] == 60
    some = {str(head["run_id"]) for head in found.heads[:12]}
    assert forest.grown(found, some) == {
        "params": [], "r_squared": None, "runs": 12, "left_out": 0, "why": "a forest needs at least 20 runs"
    }  # fmt: skip
    frame = table(store).explore("val_acc").importance(forest=True)
    assert frame["forest_loss"].iloc[0] > 0.5
    assert frame.attrs["r_squared"] > 0.9
