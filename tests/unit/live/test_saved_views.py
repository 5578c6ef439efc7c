"""Saved views: what is kept of a table of runs, how it comes back, and what another version may have kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nbmlops as ml
from nbmlops.errors import UsageError
from nbmlops.tracking import edits, saved_charts, sessions
from nbmlops.tracking.desk import here
from nbmlops.ui.desk import answer
from nbmlops.ui.shown import MIME, unpacked
from tests.unit.live.conftest import Live

CURVES = {"kind": "curves", "metrics": ["loss"], "smoothing": 0.6, "log": True, "half": True}
EXPLORE = {"kind": "explore", "metric": "acc", "params": ["lr"], "look": {"x": "param.lr"}}
NEWER = {"kind": "heatmap<script>", "rows": ["lr"]}


@pytest.fixture
def runs(live: Live) -> list[str]:
    made = []
    for n in range(25):
        with ml.run(f"r{n}", params={"lr": n / 10, "opt": "adam" if n % 2 else "sgd"}) as run:
            for step in range(3):
                ml.log(loss=1 / (n + step + 1), acc=n / 25, step=step)
        made.append(run.id)
    return made


def view(name: str, /, **args: Any) -> Any:
    said = answer(here(), {"id": 1, "kind": "view", "name": name, "args": args})
    assert said["ok"], said
    return said["data"]


def save(name: str, **settings: Any) -> None:
    edits.save_view(here(), {"name": name, "settings": settings})


def put(name: str, value: str) -> None:
    """As another version may have saved it."""
    sessions.current().append("tracking.setting", {"name": f"view/{name}", "value": value})


def test_charts_are_kept_with_the_view_and_come_back(runs: list[str]) -> None:
    save("weekly", filter="lr > 1", charts=[CURVES, EXPLORE])
    assert view("runs", view="weekly")["asked"]["charts"] == [CURVES, EXPLORE]
    table = ml.runs(view="weekly")
    assert list(table.recipe.charts) == [CURVES, EXPLORE]
    table.save("copy")
    assert [dict(each) for each in ml.runs(view="copy").recipe.charts] == [CURVES, EXPLORE]


def test_a_chart_draws_the_runs_of_its_view(runs: list[str]) -> None:
    save("weekly", filter="lr < 1", charts=[CURVES])
    of = view("runs", view="weekly")["of"]
    drawn = view("curves", metrics=["loss"], of=of)
    assert [run["id"] for run in drawn["runs"]] == runs[9::-1]
    assert drawn["total"] == 10
    by_loss = view("runs", view="weekly", sort={"key": "metric.loss", "descending": False})["of"]
    assert view("curves", metrics=["loss"], of=by_loss)["runs"][0]["id"] == runs[9]
    every = view("runs", experiment="*")["of"]
    first = view("curves", metrics=["loss"], of=every)
    assert (len(first["runs"]), first["total"]) == (20, 25)
    grouped = view("curves", metrics=["loss"], of=every, group="param.opt")
    assert [group["runs"] for group in grouped["groups"]] == [13, 12]


@pytest.mark.parametrize(
    "charts",
    [
        "curves",
        [5],
        [{"kind": "curves", "metrics": "loss"}],
        [{"kind": "curves", "smoothing": "much"}],
        [{"kind": "curves", "sql": "DROP"}],
        [{"metrics": ["loss"]}],
        [CURVES] * (saved_charts.MOST + 1),
    ],
)
def test_what_is_no_chart_is_refused(runs: list[str], charts: Any) -> None:
    with pytest.raises(UsageError):
        save("weekly", charts=charts)


def test_a_chart_of_a_newer_version_is_kept(runs: list[str]) -> None:
    save("weekly", charts=[NEWER, CURVES])
    assert view("runs", view="weekly")["asked"]["charts"] == [NEWER, CURVES]


def test_a_view_of_another_version_is_read_as_far_as_it_goes(runs: list[str]) -> None:
    put(
        "odd",
        json.dumps({"filter": "lr < .3", "columns": 5, "heat": 1, "charts": [7, NEWER, {"kind": "curves", "log": 3}]}),
    )
    found = view("runs", view="odd")
    assert found["total"] == 3
    assert found["left_out"] == ["columns", "heat"]
    assert [chart.get("kind") for chart in found["asked"]["charts"]] == [None, "heatmap<script>", "curves"]
    data, _ = ml.runs(view="odd")._repr_mimebundle_()
    assert "does not know charts of the kind &#x27;heatmap&lt;script&gt;&#x27;" in data["text/html"]
    assert "cannot be read" in data["text/plain"]
    put("broken", "{nothing")
    assert view("runs", view="broken")["total"] == 25
    assert view("runs", view="broken")["left_out"] == ["everything"]
    assert len(ml.runs(view="broken")) == 25


def test_the_static_forms_hold_the_charts(runs: list[str]) -> None:
    save("weekly", charts=[CURVES, EXPLORE])
    data, _ = ml.runs(view="weekly")._repr_mimebundle_()
    assert data["text/html"].count("<svg") >= 2
    assert "curves of loss; exploration of acc" in data["text/plain"]
    kept = unpacked(data[MIME])
    of = kept["data"]["of"]
    names = {each["name"]: each for each in kept["known"]}
    assert names["curves"]["args"] == {"metrics": ["loss"], "smoothing": 0.6, "log": True, "of": of}
    assert len(names["curves"]["data"]["series"]) == 20
    assert names["explore"]["args"]["filter"] == of["filter"]
    assert names["explore"]["args"]["experiment"] == of["experiment"]
    assert len(names["explore"]["data"]["runs"]["id"]) == 25


def test_a_chart_of_what_is_gone_says_so(runs: list[str]) -> None:
    save("weekly", charts=[{"kind": "explore", "metric": "gone"}, {"kind": "curves", "x": "sideways"}])
    data, _ = ml.runs(view="weekly")._repr_mimebundle_()
    assert "none of these runs has the metric" in data["text/html"]
    assert "&#x27;x&#x27; is one of" in data["text/html"]
