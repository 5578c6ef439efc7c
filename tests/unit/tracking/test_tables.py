from __future__ import annotations

import base64
import hashlib
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nbmlops.errors import FilterError, StoreError, UnknownReference, UsageError
from nbmlops.tracking.tables import RunRecord, RunsTable
from nbmlops.ui.view import View
from tests.unit.tracking.tracking_store import TinyStore

NAN = float("nan")


@pytest.fixture
def store() -> TinyStore:
    tiny = TinyStore()
    tiny.run("sgd", params={"lr": 0.003, "depth": 6, "model": "gbm"}, metrics={"acc": [0.5, 0.958], "loss": [1, 0.113]})
    tiny.run(
        "adam",
        params={"lr": 0.01, "depth": 6, "model": "gbm"},
        metrics={"acc": [0.6, 0.972], "loss": [1, 0.2]},
        source="b",
    )
    tiny.run("sgd", params={"lr": 0.003, "depth": 6, "model": "gbm"}, metrics={"acc": [0.5, 0.948], "loss": [1, NAN]})
    return tiny


def table(store: TinyStore, filter: str = "", **options: object) -> RunsTable:
    return RunsTable(lambda question: question(store.con), filter, **options)  # type: ignore[arg-type]


def test_a_wrong_filter_baseline_or_column_list_is_told_at_once(store: TinyStore) -> None:
    with pytest.raises(FilterError, match="close to it: acc"):
        table(store, "ac > .9")
    with pytest.raises(UnknownReference):
        table(store, baseline="nobody")
    with pytest.raises(UsageError, match="columns is a list"):
        table(store, columns="lr")


def test_sequence(store: TinyStore) -> None:
    runs = table(store)
    assert len(runs) == 3
    assert [record.number for record in runs] == [3, 2, 1]
    assert runs[0].number == 3
    assert runs[-1].number == 1
    assert [record.number for record in runs[1:]] == [2, 1]
    with pytest.raises(IndexError, match="there are 3 runs, none at place 7"):
        runs[7]
    assert not table(store, "acc > 5")
    assert len(table(store, "acc > 0 limit 2")) == 2


def test_the_sort_and_the_groups_of_a_saved_view_hold_for_everything_made_of_it(store: TinyStore) -> None:
    best = table(store, settings={"sort": {"key": "metric.acc", "descending": True}}, view="best")
    assert [record.number for record in best] == [2, 1, 3]
    assert best[0].number == 2
    assert best[-1].number == 3
    assert [record.number for record in best[1:]] == [1, 3]
    assert best.df()["number"].tolist() == [2, 1, 3]
    assert best.curves("acc").df()["number"].drop_duplicates().tolist() == [2, 1, 3]
    with pytest.raises(IndexError, match="there are 3 runs, none at place 7"):
        best[7]
    few = table(
        store, "order by number limit 2", settings={"sort": {"key": "metric.acc", "descending": True}}, view="few"
    )
    assert [record.number for record in few] == [2, 1], "the limit of the filter holds before the sort"
    assert few.df()["number"].tolist() == [2, 1]
    grouped = table(store, "order by number", group="name")
    assert [record.number for record in grouped] == [2, 1, 3]
    assert grouped.df()["name"].tolist() == ["adam", "sgd", "sgd"]


def test_a_view_shows_what_differs(store: TinyStore) -> None:
    view = table(store, fold=False).view()
    keys = [column.key for column in view.columns]
    assert "param.lr" in keys
    assert "param.depth" not in keys
    assert "2 columns equal everywhere are hidden" in view.footnotes
    assert view.values("param.lr") == [0.003, 0.01, 0.003]
    assert view.values("spark.acc") == [[0.5, 0.948], [0.6, 0.972], [0.5, 0.958]]
    assert len(table(store, "#1").view().rows) == 1
    assert "param.depth" in [column.key for column in table(store, "#1").view().columns]


def test_attempts_are_folded_with_their_spread(store: TinyStore) -> None:
    view = table(store).view()
    assert [row["run"]["attempts"] for row in view.rows] == [2, 1]  # type: ignore[index]
    spread = view.values("spread.acc")
    assert spread[0] == pytest.approx(0.01 / math.sqrt(2))
    assert spread[1] is None
    assert any(note.startswith("×n") for note in view.footnotes)


def test_deltas_to_the_baseline(store: TinyStore) -> None:
    view = table(store, baseline=1, fold=False).view()
    deltas = view.values("delta.acc")
    assert deltas[0] == {"value": pytest.approx(-0.01), "is_better": False}
    assert deltas[1] == {"value": pytest.approx(0.014), "is_better": True}
    assert deltas[2] is None
    assert view.values("delta.loss")[0] is None, "NaN has no distance"
    assert view.values("delta.loss")[1] == {"value": pytest.approx(0.087), "is_better": False}
    assert [row["run"]["is_baseline"] for row in view.rows] == [False, False, True]  # type: ignore[index]
    words = "guessed from the names: higher is better for acc, lower for loss; ml.goal(...) changes it"
    assert words in view.footnotes
    store.row("metric_goals", "wine", "acc", "min", 1, "s1", 1)
    assert table(store, baseline=1, fold=False).view().values("delta.acc")[1]["is_better"] is False  # type: ignore[index]


def test_a_baseline_that_is_not_on_the_page_stands_first(store: TinyStore) -> None:
    view = table(store, "name = adam", baseline="sgd~1").view()
    assert [row["run"]["number"] for row in view.rows] == [1, 2]  # type: ignore[index]
    assert view.footnotes[0] == "first row: the baseline #1, to compare with; it does not match the filter"
    store.run("far", experiment="beer", metrics={"acc": 1})
    view = table(store, experiment="wine", baseline="far").view()
    assert view.footnotes[0] == "first row: the baseline #4, to compare with; it is of experiment beer"
    assert "baseline" not in str(table(store, "name = adam", baseline=2).view().footnotes)
    assert table(store, "name = nobody", baseline=1).view().rows == ()


def keys(view: View) -> list[str]:
    return [column.key for column in view.columns]


def test_metrics_stand_before_params_and_the_newest_facts_before_both() -> None:
    store = TinyStore()
    for number in range(2):
        params = {f"p{i}": i + number for i in range(9)}
        store.run(params=params, metrics={"acc": [0.5, 0.6 + number], "f1": number}, source=str(number))
    shown = keys(table(store, baseline=1).view())
    assert shown[:3] == ["run", "status", "age"]
    assert shown[3:6] == ["spark.acc", "delta.acc", "metric.f1"]
    assert [key for key in shown if key.startswith("param.")] == [
        "param.p0",
        "param.p1",
        "param.p2",
        "param.p3",
        "param.p4",
    ]
    notes = table(store).view().footnotes
    assert "not shown: p5, p6, p7, p8 (ml.runs(columns=['p5', ...]) chooses)" in notes


def test_a_param_under_two_names_is_shown_once() -> None:
    store = TinyStore()
    for value in (0.1, 0.2):
        store.run(
            params={"params/alpha": value, "reg/alpha": value, "reg__alpha": value, "beta": value}, source=str(value)
        )
    view = table(store).view()
    assert [key for key in keys(view) if key.startswith("param.")] == ["param.beta", "param.params/alpha"]
    assert "the same in every run, shown once: reg/alpha = params/alpha, reg__alpha = params/alpha" in view.footnotes
    store.run(params={"params/alpha": 1, "reg/alpha": 2, "beta": 1}, source="x")
    assert "param.reg/alpha" in keys(table(store).view())


def test_an_interrupt_leaves_no_note() -> None:
    store = TinyStore()
    run = store.run(status=None)
    store.row("runs_ended", run, "s1", 2**60, 1, "interrupted", 1.0, "KeyboardInterrupt", "")
    assert "note" not in keys(table(store).view())


def test_the_current_experiment_is_the_default(store: TinyStore) -> None:
    store.run("ale", metrics={"acc": 0.5}, experiment="beer")
    store.run("stout", metrics={"acc": 0.7}, experiment="beer")
    runs = table(store, current="wine", fold=False)
    assert runs.view().title == "runs · wine"
    assert "2 runs of other experiments: experiment='*'" in runs.view().footnotes
    assert (len(runs), len(runs.df()), runs[0].name, len(runs.ids())) == (3, 3, "sgd", 3)
    assert len(rows_of(runs.chart("acc").to_dict())) == 6
    assert "3 runs of other experiments: experiment='*'" in table(store, "acc > .6", current="beer").view().footnotes


@pytest.mark.parametrize(
    ("filter", "experiment", "names"),
    [
        ("", "*", ["stout", "sgd", "adam", "sgd"]),
        ("experiment = '*'", None, ["stout", "sgd", "adam", "sgd"]),
        ("experiment=*", None, ["stout", "sgd", "adam", "sgd"]),
        ("experiment like '%'", None, ["stout", "sgd", "adam", "sgd"]),
        ("experiment = beer", None, ["stout"]),
        ("#4", None, ["stout"]),
        ("", "beer", ["stout"]),
        ("order by number", None, ["sgd", "adam", "sgd"]),
        ("experiment != '*'", None, ["stout", "sgd", "adam", "sgd"]),
    ],
)
def test_other_experiments_are_a_word_away(
    store: TinyStore, filter: str, experiment: str | None, names: list[str]
) -> None:
    store.run("stout", metrics={"acc": 0.7}, experiment="beer")
    assert [run.name for run in table(store, filter, experiment=experiment, current="wine")] == names


def test_an_experiment_without_runs_shows_all_and_says_so(store: TinyStore) -> None:
    view = table(store, current="new").view()
    assert (view.title, len(view.rows)) == ("runs", 2)
    assert "experiment new has no runs yet: these are of all experiments" in view.footnotes
    empty = table(store, experiment="new").view().empty
    assert empty == "no run of experiment new; experiments here: wine"


def test_a_filter_that_only_others_match_says_so(store: TinyStore) -> None:
    store.run("stout", metrics={"acc": 0.2}, experiment="beer")
    empty = table(store, "acc < .3", current="wine").view().empty
    assert empty == "no run of experiment wine matches this filter; 1 run of other experiments: experiment='*'"


def test_pages(store: TinyStore) -> None:
    runs = table(store, fold=False)
    first, second = runs.page(0, 2), runs.page(2, 2)
    assert (len(first), len(second)) == (2, 1)
    assert first.total == 3
    assert "3 runs · page 1 of 2" in first.footnotes
    assert "3 runs · page 2 of 2" in second.footnotes


def test_columns_by_name(store: TinyStore) -> None:
    store.run(params={"acc": 3}, tags={"best": ""})
    view = table(store, columns=["depth", "param.acc", "best", "duration_s"]).view()
    assert [column.key for column in view.columns] == ["run", "param.depth", "param.acc", "tag.best", "duration_s"]
    assert view.values("tag.best")[0] == "✓"
    with pytest.raises(UsageError, match="close to it: depth"):
        table(store, columns=["dept"]).view()


def test_empty_tables_say_what_would_fill_them() -> None:
    store = TinyStore()
    assert "%mlrun" in str(table(store))
    assert table(store).df().empty
    store.run()
    assert "no run matches" in table(store, "name = x").view().empty


def test_shown_as_html_and_text(store: TinyStore) -> None:
    store.run("<script>alert(1)</script>", params={"<b>": "<i>"}, tags={"<u>": "<u>"}, fields={"note": "<img>"})
    bundle, metadata = table(store, baseline=1)._repr_mimebundle_()
    assert metadata == {"nbmlops": True}  # so that capture leaves it out
    assert "<script" not in bundle["text/html"]
    assert "<img>" not in bundle["text/html"]
    assert "adam" in bundle["text/html"]
    assert "★" in bundle["text/plain"]
    assert "#2 adam" in str(table(store))


def test_frame_types(store: TinyStore) -> None:
    store.run(params={"lr": "auto", "on": True, "opts": [1], "big": 2**70}, metrics={"new": 1}, tags={"team": "a"})
    frame = table(store).df()
    assert frame["number"].tolist() == [4, 3, 2, 1]
    assert frame["lr"].tolist() == ["auto", 0.003, 0.01, 0.003]
    assert str(frame["depth"].dtype) == "Int64"
    assert str(frame["on"].dtype) == "boolean"
    assert frame["model"].dtype == "str"
    assert frame["model"].isna().tolist() == [True, False, False, False]
    assert frame["opts"].tolist()[0] == [1]
    assert frame["big"].tolist()[0] == 2**70
    assert frame["new"].tolist()[0] == 1.0
    assert frame["team"].tolist()[0] == "a"
    complete = table(store, "name = adam").df()
    assert str(complete["depth"].dtype) == "int64"
    assert complete["acc"].tolist() == [0.972]


def test_frame_keeps_nan_and_text_apart() -> None:
    store = TinyStore()
    store.run(params={"x": NAN})
    store.run(params={"x": "NaN"})
    values = table(store, "order by number").df()["x"].tolist()
    assert math.isnan(values[0])
    assert values[1] == "NaN"


def test_frame_names_that_clash() -> None:
    store = TinyStore()
    store.run(
        "a", params={"name": "p", "loss": 1, "param.name": 2}, metrics={"loss": 2.0}, tags={"loss": "t", "status": "s"}
    )
    frame = table(store).df()
    assert frame.columns.is_unique
    assert frame["name"].tolist() == ["a"]
    assert frame["param.loss"].tolist() == [1]
    assert frame["metric.loss"].tolist() == [2.0]
    assert frame["tag.loss"].tolist() == ["t"]
    assert frame["tag.status"].tolist() == ["s"]
    assert sorted(frame.filter(like="param.name").iloc[0].map(str)) == ["2", "p"]


def test_parquet(store: TinyStore, tmp_path: Path) -> None:
    store.run(params={"lr": "auto", "opts": {"a": 1}, "big": 2**70})
    path = table(store).to_parquet(tmp_path / "runs.parquet")
    frame = pd.read_parquet(path)
    assert frame["number"].tolist() == [4, 3, 2, 1]
    assert frame["lr"].tolist()[0] == "auto"


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of a chart, wherever Altair puts them."""
    data = spec["data"]
    return list(data["values"] if "values" in data else spec["datasets"][data["name"]])


def test_chart(store: TinyStore) -> None:
    spec = table(store).chart().to_dict()
    points = rows_of(spec)
    assert {point["run"] for point in points} == {"#1 sgd", "#2 adam", "#3 sgd"}
    assert len(points) == 6
    assert rows_of(table(store).chart("loss", x="time").to_dict())[0].keys() >= {"time", "value"}
    with pytest.raises(UsageError, match="close to it: loss"):
        table(store).chart("los")
    with pytest.raises(UsageError, match=r"x is 'step', 'time' .* or a param; found 'dept'\nhint: close to it: depth"):
        table(store).chart("loss", x="dept")
    assert spec["encoding"]["y"]["title"] == "acc"
    assert spec["encoding"]["x"]["axis"]["values"] == [0, 1]
    single = TinyStore()
    single.run("a", metrics={"acc": 1})
    assert table(single).chart().to_dict()["mark"]["type"] == "bar"
    with pytest.raises(UsageError, match=r"ml\.log"):
        table(TinyStore()).chart()


def test_chart_over_a_param(store: TinyStore) -> None:
    spec = table(store).chart("acc", x="lr").to_dict()
    assert spec["mark"]["type"] == "point"
    assert rows_of(spec)[0] == {"x": 0.003, "value": 0.948, "run": "#3 sgd"}
    assert (spec["encoding"]["x"]["title"], spec["encoding"]["y"]["title"]) == ("lr", "acc")
    assert spec["encoding"]["x"]["type"] == "quantitative"
    assert table(store).chart("acc", x="model").to_dict()["encoding"]["x"]["type"] == "nominal"


def test_chart_of_one_run(store: TinyStore) -> None:
    spec = table(store)[0].chart("acc").to_dict()
    assert {point["run"] for point in rows_of(spec)} == {"#3 sgd"}
    with pytest.raises(UsageError, match="this run has not the metric 'los'\nhint: close to it: loss"):
        table(store)[0].chart("los")


@pytest.fixture
def record(store: TinyStore, tmp_path: Path) -> RunRecord:
    blobs = {hashlib.sha256(data).hexdigest(): data for data in (b"\x89PNG", b"long source()", b"weights")}
    for digest, data in blobs.items():
        (tmp_path / digest).write_bytes(data)
    png, source, weights = blobs
    run = store.run(
        "full",
        params={"lr": 0.1, "opts": [1, 2]},
        metrics={"loss": [1, 0.5, NAN]},
        tags={"best": ""},
        fields={"note": "a note", "git_sha": "abcdef123", "git_dirty": "true", "environment_id": "env"},
        status="failed",
    )
    store.row("environments", "env", "3.11", "Linux", {"numpy": "2.4"}, None)
    store.row("executions_begun", "more", "s1", 2**62, "c9", "lab", None, "d", source, [], None, None)
    store.row("run_executions", run, "more")
    store.row(
        "outputs", "more", run, 0, "stream", "stdout", "text/plain", "hello", None, 5, *[False] * 3, 0, None, 1, 1
    )
    store.row("outputs", "more", run, 1, "display", None, "image/png", None, png, 4, *[False] * 3, 0, None, 2, 2)
    store.row("artifacts", run, "model/weights.bin", weights, 7, "application/octet-stream", 1, "s1", 1)
    store.row("artifacts", run, "gone.bin", "0" * 64, 7, None, 1, "s1", 1)
    return RunRecord(lambda question: question(store.con), run, blobs=lambda digest: tmp_path / digest)


def test_record(record: RunRecord) -> None:
    assert (record.number, record.name, record.status, record.experiment) == (4, "full", "failed", "wine")
    assert record.params == {"lr": 0.1, "opts": [1, 2]}
    assert math.isnan(record.metrics["loss"])
    assert record.summary.loc["loss", "min"] == 0.5
    assert record.tags == {"best": ""}
    assert record.note == "a note"
    assert record.history("loss")["value"].tolist()[:2] == [1, 0.5]
    assert record.history().columns[0] == "key"
    assert record.source == "fit()\n\nlong source()"
    assert [cell.status for cell in record.cells] == ["ok", "lost"]
    assert record.environment.packages == {"numpy": "2.4"}
    assert record.git == {"sha": "abcdef123", "dirty": True}
    assert record.children == []
    assert record.attempts == [record]
    with pytest.raises(UsageError, match="close to it: loss"):
        record.history("los")
    with pytest.raises(UsageError, match="has no series 'x'"):
        record.series("x")


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_series_show_themselves(store: TinyStore, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "<script>"]})
    blobs = {"png": PNG, "parquet": frame.to_parquet(), "long": b"a long text"}
    for name, data in blobs.items():
        (tmp_path / name).write_bytes(data)
    run = store.run("art", metrics={"loss": [2, 1]})
    parquet = "application/vnd.apache.parquet"
    for key, step, kind, text, sha, mime in (
        ("roc", 1, "image", None, "png", "image/png"),
        ("roc", 0, "image", None, "gone", "image/png"),
        ("says", 0, "text", "<b>hello</b>", None, "text/plain"),
        ("says", 1, "text", "a lo", "long", "text/plain"),
        ("top", 0, "table", "2 rows", "parquet", parquet),
        ("odd", 0, "table", "3 rows <b>", None, parquet),
        ("page", 0, "html", "<script>alert(1)</script>", None, "text/html"),
    ):
        store.row("series", run, key, step, kind, text, sha, mime, 5, None)
    record = RunRecord(lambda question: question(store.con), run, blobs=lambda digest: tmp_path / digest)
    assert [(entry.key, entry.step) for entry in record.series()] == [
        ("odd", 0), ("page", 0), ("roc", 0), ("roc", 1), ("says", 0), ("says", 1), ("top", 0)
    ]  # fmt: skip
    for shown in (str(record), record._repr_html_()):
        assert "5 series .series(" in shown
    gone, image = record.series("roc")
    assert (image.bytes(), image._repr_png_(), image.image.size) == (PNG, PNG, (1, 1))
    assert image._repr_mimebundle_()[0]["image/png"] == PNG
    with pytest.raises(StoreError, match="not beside this store"):
        gone.bytes()
    with pytest.raises(UsageError, match="no text"):
        _ = image.text
    short, long = record.series("says")
    assert (short.text, long.text, str(long)) == ("<b>hello</b>", "a long text", "a long text")
    with pytest.raises(UsageError, match="no image but of kind text"):
        _ = short.image
    (top,) = record.series("top")
    assert top.frame().equals(frame)
    html = top._repr_html_()
    assert html is not None and "<table" in html and "<script" not in html
    (odd,) = record.series("odd")
    assert odd._repr_html_() == "<pre>3 rows &lt;b&gt;</pre>"
    with pytest.raises(UsageError, match="first rows as text"):
        odd.frame()
    (page,) = record.series("page")
    html = page._repr_html_()
    assert html is not None and "sandbox" in html and "<script" not in html
    with pytest.raises(UsageError, match=r"'roc' has no numbers: it is a series of 2 images\nhint: .series\('roc'\)"):
        record.history("roc")
    with pytest.raises(UsageError, match=r"'loss' is a metric, no series"):
        record.series("loss")


def test_a_bare_tag_is_a_word(store: TinyStore) -> None:
    store.run("tagged", tags={"best": "", "team": "vision"})
    assert "best · team=vision" in str(table(store)[0])
    assert "best=" not in str(table(store)) + str(table(store)[0])


def test_record_outputs(record: RunRecord) -> None:
    text, image = record.outputs
    assert text.text == "hello"
    assert text.bytes() == b"hello"
    assert image.bytes() == b"\x89PNG"
    assert image._repr_mimebundle_()["image/png"] == b"\x89PNG"
    with pytest.raises(UsageError, match="no text"):
        _ = image.text


def test_record_artifacts(record: RunRecord, tmp_path: Path) -> None:
    artifact = record.artifacts["model/weights.bin"]
    assert artifact.bytes() == b"weights"
    assert artifact.text() == "weights"
    assert artifact.save(tmp_path).name == "weights.bin"
    assert artifact.save(tmp_path / "new" / "w.bin").read_bytes() == b"weights"
    with pytest.raises(UsageError, match="exists"):
        artifact.save(tmp_path)
    with pytest.raises(StoreError, match="not beside this store"):
        record.artifacts["gone.bin"].bytes()


def test_record_is_shown(record: RunRecord) -> None:
    text, html = str(record), record._repr_html_()
    for shown in (text, html):
        for piece in ("full", "failed", "wine", "loss", "lr", "a note", "git abcdef1 (dirty)", "2 outputs"):
            assert piece in shown
    assert "<script" not in html
    assert repr(record) == "<run #4 full failed>"


def test_record_that_is_gone(store: TinyStore) -> None:
    with pytest.raises(UnknownReference):
        _ = RunRecord(lambda question: question(store.con), "nothing").name
