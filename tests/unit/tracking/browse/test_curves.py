"""What the overlay of curves is drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import curves
from nbmlops.tracking.overlay import STATIC_BYTES, Curves
from nbmlops.tracking.tables import RunsTable
from nbmlops.ui.packed import unpack
from nbmlops.ui.plain import plain
from nbmlops.ui.shown import SNAPSHOT_BYTES
from tests.unit.tracking.tracking_store import TinyStore


@pytest.fixture
def store() -> TinyStore:
    return TinyStore()


def ask(store: TinyStore, runs: list[str], **args: Any) -> dict[str, Any]:
    wanted = curves.Wanted.of({"runs": runs, **args})
    return curves.drawn(curves.gather(store.con, wanted, queries.heads(store.con, runs)))


def overlay(store: TinyStore, runs: list[str], *metrics: str, **args: Any) -> Curves:
    """What the API gives, without a session."""
    page = queries.Page(queries.heads(store.con, runs), len(runs))
    return Curves(lambda question: question(store.con), lambda con: page, list(metrics) or None, **args)


def lines(found: Mapping[str, Any]) -> dict[tuple[str, int], tuple[list[float], list[float]]]:
    return {
        (found["shown"][each["metric"]], each.get("run", each.get("group"))): (unpack(each["x"]), unpack(each["y"]))
        for each in found["series"]
    }


def long(store: TinyStore, run: str, key: str, count: int, value: str = "sin(i / 1000) + (i % 7) / 10") -> None:
    """A metric of many points, a millisecond apart."""
    store.con.execute(
        f"INSERT INTO _nbm.metrics SELECT ?, ?, i, {value}, make_timestamp((1767225600000000 + i * 1000)::BIGINT)"
        " FROM range(?) t(i)",
        [run, key, count],
    )
    store.row("metric_partials", run, key, count, count, 0.5, count - 1, 1, 0.0, 1.0, 10.0)


def test_each_run_has_its_own_points(store: TinyStore) -> None:
    a = store.run("a", metrics={"loss": [3, 2, 1]})
    b = store.run("b", metrics={"loss": [5, 4], "acc": 0.5})
    found = ask(store, [b, a])
    assert [run["name"] for run in found["runs"]] == ["b", "a"]
    assert lines(found)["loss", 0] == ([0, 1], [5, 4])
    assert lines(found)["loss", 1] == ([0, 1, 2], [3, 2, 1])
    assert lines(found)["acc", 0] == ([0], [0.5])
    assert ("acc", 1) not in lines(found)


def test_metrics_with_curves_come_first_and_six_are_shown(store: TinyStore) -> None:
    run = store.run(metrics={"one": 1, **{f"m{place}": [1, 2] for place in range(500)}, "system/cpu": [1, 2]})
    found = ask(store, [run])
    assert len(found["shown"]) == 6
    assert "one" not in found["shown"]
    assert len(found["metrics"]) == 502
    assert [metric["key"] for metric in found["metrics"]][-2:] == ["one", "system/cpu"]


def test_chosen_metrics_are_shown_even_where_no_run_has_them(store: TinyStore) -> None:
    run = store.run(metrics={"loss": [1, 2]})
    found = ask(store, [run], metrics=["gone", "loss"])
    assert found["shown"] == ["gone", "loss"]
    assert set(lines(found)) == {("loss", 0)}


@pytest.mark.parametrize("x", ["relative", "wall"])
def test_time_is_counted_from_the_start_of_the_run_or_of_the_epoch(store: TinyStore, x: str) -> None:
    run = store.run()
    long(store, run, "loss", 3)
    ((xs, _),) = lines(ask(store, [run], x=x)).values()
    assert np.diff(xs) == pytest.approx([0.001, 0.001], abs=1e-5)
    start = 1767225600.0 if x == "wall" else -60.0  # the first run of the store begins a minute after the points
    assert xs[0] == pytest.approx(start)


def test_what_is_sampled_has_no_steps_and_is_drawn_over_time(store: TinyStore) -> None:
    run = store.run(metrics={"loss": [1, 2]})
    long(store, run, "system/cpu", 3)
    found = ask(store, [run], metrics=["loss", "system/cpu"])
    assert found["axes"] == ["step", "relative"]
    assert lines(found)["system/cpu", 0][0][0] == pytest.approx(-60)


def test_a_million_points_are_thinned_and_can_be_zoomed_to_each_of_them(store: TinyStore) -> None:
    run = store.run()
    long(store, run, "loss", 1_000_000, "CASE WHEN i = 654_321 THEN 99 ELSE sin(i / 1000) END")
    found = ask(store, [run])
    (series,) = found["series"]
    assert series["count"] == 1_000_000
    assert len(unpack(series["x"])) <= 2000
    assert max(unpack(series["y"])) == 99, "an extreme is never lost"
    assert len(unpack(series["mean"]["x"])) <= 2000
    assert max(unpack(series["mean"]["y"])) < 2
    (close,) = ask(store, [run], range=[654_000, 655_000])["series"]
    assert unpack(close["x"]) == list(range(654_000, 655_001))
    assert "mean" not in close
    assert close["count"] == 1001


def test_many_runs_share_the_points(store: TinyStore) -> None:
    runs = [store.run() for _ in range(60)]
    for run in runs:
        long(store, run, "loss", 3000)
        long(store, run, "acc", 3000)
    found = ask(store, runs)
    assert sum(len(unpack(each["x"])) for each in found["series"]) <= curves.ALL_POINTS
    assert len(found["series"]) == 120
    assert len(json.dumps(plain(found))) < 2_000_000


def test_gaps_stay_gaps(store: TinyStore) -> None:
    run = store.run(metrics={"loss": [1, float("nan"), float("inf"), 2]})
    ((_, ys),) = lines(ask(store, [run])).values()
    assert ys[0] == 1
    assert np.isnan(ys[1])
    assert ys[2:] == [np.inf, 2]


def test_groups_are_means_with_a_band(store: TinyStore) -> None:
    runs = [
        store.run(params={"lr": lr}, metrics={"loss": [base, base]}) for lr, base in ((0.1, 1), (0.01, 5), (0.1, 3))
    ]
    found = ask(store, runs, group="param.lr")
    assert [(group["label"], group["runs"]) for group in found["groups"]] == [("lr 0.01", 1), ("lr 0.1", 2)]
    by_group = {each["group"]: each for each in found["series"]}
    assert unpack(by_group[1]["y"]) == [2, 2]
    assert unpack(by_group[1]["low"]) == [1, 1]
    assert unpack(by_group[1]["high"]) == [3, 3]
    assert by_group[1]["members"] == 2
    assert {"key": "param.lr", "label": "lr", "groups": 2} in found["groupable"]


@pytest.mark.parametrize(
    ("values", "called"),
    [
        ([0.00123411, 0.00123449], ["0.00123411", "0.00123449"]),
        ([1, "1"], ["1", "'1'"]),
        ([None, "none"], ["none", "'none'"]),
        (["/data/" + "a" * 60 + "/x.csv", "/data/" + "a" * 60 + "/y.csv"], ["…aaa/x.csv", "…aaa/y.csv"]),
        (["a" * 50 + "x" + "b" * 50, "a" * 50 + "y" + "b" * 50], ["…bbbbbbb", "…bbbbbbb (2)"]),
        ([[1] * 30, [1] * 29 + [2]], ["…1, 1]", "…1, 2]"]),
    ],
)
def test_what_looks_alike_is_not_one_group(store: TinyStore, values: list[Any], called: list[str]) -> None:
    more = [{} if value is None else {"p": value} for value in (*values, *values)]
    runs = [store.run(params=each, metrics={"acc": [1, 2]}) for each in more]
    found = ask(store, runs, group="param.p")
    assert [group["runs"] for group in found["groups"]] == [2, 2]
    for group, label in zip(found["groups"], called, strict=True):
        assert group["label"].startswith("p " + label[0])
        assert group["label"].endswith(label[1:])
        assert len(group["label"]) <= 50
    assert {"key": "param.p", "label": "p", "groups": 2} in found["groupable"]


def test_one_and_one_point_zero_are_one_group(store: TinyStore) -> None:
    runs = [store.run(params={"p": value}, metrics={"acc": [1, 2]}) for value in (1, 1.0, True)]
    assert [group["runs"] for group in ask(store, runs, group="p")["groups"]] == [2, 1]


def test_groups_by_name_and_of_runs_without_the_param(store: TinyStore) -> None:
    runs = [store.run("a", metrics={"loss": [1, 2]}), store.run("b", params={"lr": 1}, metrics={"loss": [1, 2]})]
    runs.append(store.run("a", metrics={"loss": [1, 2]}))
    assert [group["label"] for group in ask(store, runs, group="name")["groups"]] == ["a", "b"]
    assert [group["label"] for group in ask(store, runs, group="lr")["groups"]] == ["lr none", "lr 1"]


def test_no_runs_no_metrics(store: TinyStore) -> None:
    assert ask(store, [])["series"] == []
    run = store.run()
    found = ask(store, [run])
    assert (found["shown"], found["metrics"], found["series"]) == ([], [], [])


def test_forgotten_runs_are_left_out_and_it_is_said_when_none_is_left(store: TinyStore) -> None:
    run = store.run(metrics={"loss": [1, 2]})
    found = ask(store, ["gone", run])
    assert len(found["runs"]) == 1
    assert found["total"] == 2
    with pytest.raises(UnknownReference, match="none of these runs"):
        ask(store, ["gone"])


@pytest.mark.parametrize(
    "args",
    [
        {"runs": None}, {"runs": [1]}, {"runs": "a"}, {"x": "day"}, {"x": 1}, {"metrics": "loss"}, {"metrics": [1]},
        {"range": [1]}, {"range": [1, "2"]}, {"range": [1, float("nan")]}, {"range": "0-1"}, {"range": [True, 2]},
        {"spread": "iqr"}, {"group": ["lr"]},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(store: TinyStore, args: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        curves.Wanted.of({"runs": [], **args})
    assert caught.value.hint


def test_names_from_a_browser_are_only_values(store: TinyStore) -> None:
    run = store.run(metrics={"loss": [1, 2]})
    found = ask(store, [run], metrics=["'; DROP TABLE _nbm.metrics; --"], group="x' OR 1=1 --")
    assert found["series"] == []
    assert ask(store, [run])["series"]


@pytest.mark.parametrize("count", [0, 1, 50, 300])
def test_an_output_is_small_at_any_number_of_runs(store: TinyStore, count: int) -> None:
    runs = [store.run(f"a rather long name of a run that somebody gave {n}") for n in range(count)]
    for run in runs:
        for metric in range(6):
            long(store, run, f"metric number {metric}", 400)
    found = overlay(store, runs)._shown()
    assert len(found.html.encode()) <= STATIC_BYTES
    assert found.saved() is not None
    assert len(json.dumps(found.saved())) <= SNAPSHOT_BYTES
    assert len(found.text) < 20_000
    if count:
        assert "<svg" in found.html
        assert found.saved()["data"]["series"]


def test_a_picture_of_hostile_names_is_text(store: TinyStore) -> None:
    evil = "<script>alert(1)</script>"
    run = store.run(evil, metrics={evil: [1, 2]})
    assert "<script" not in overlay(store, [run])._shown().html


def test_the_table_of_runs_says_of_how_many_it_draws_the_first(store: TinyStore) -> None:
    for _ in range(203):
        store.run(metrics={"loss": [1, 2]})
    found = RunsTable(lambda question: question(store.con)).curves()._shown()
    assert found.data["total"] == 203
    assert len(found.data["runs"]) == 200


def test_df_has_every_point_and_chart_one_metric(store: TinyStore) -> None:
    run = store.run("a", metrics={"loss": [3, 2, 1], "acc": [0, 1]})
    found = overlay(store, [run], "loss")
    assert list(found.df()["value"]) == [3, 2, 1]
    assert set(found.df().columns) >= {"number", "name", "run_id", "metric", "step", "value", "logged_at"}
    assert len(overlay(store, [run]).df()) == 5
    assert found.chart().to_dict()["mark"]["type"] == "line"
    assert "3" not in str(found).split()[-1]


def test_an_unknown_metric_is_said_at_once(store: TinyStore) -> None:
    run = store.run("a", metrics={"val_loss": [3, 2, 1]})
    with pytest.raises(UsageError, match="has the metric 'val_los'") as caught:
        overlay(store, [run], "val_los")
    assert "val_loss" in caught.value.hint
    with pytest.raises(UsageError, match="x is one of"):
        overlay(store, [run], x="epoch")
