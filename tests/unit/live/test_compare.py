"""`ml.compare` on a real store: which runs are meant, and what the answer becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbmlops as ml
from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import report
from nbmlops.ui.shown import unpacked
from tests.unit.live.conftest import Live


@pytest.fixture
def runs(live: Live) -> Live:
    ml.use(experiment="wine")
    for name, lr, acc in (("sgd", 0.003, 0.958), ("adam", 0.01, 0.972), ("lion", 0.1, 0.5)):
        with ml.run(name, params={"lr": lr, "depth": 6}):
            for step in range(3):
                ml.log(acc=acc - (2 - step) / 10, loss=1 / (step + 1), step=step)
    return live


def numbers(*refs: int | str) -> list[int | None]:
    return [record.number for record in ml.compare(*refs).runs]


def test_which_runs_are_meant(runs: Live) -> None:
    assert numbers() == [2, 3]
    assert numbers(3, 1) == [3, 1]
    assert numbers("1..3") == [1, 2, 3]
    assert numbers("3..1", "adam") == [3, 2, 1]
    assert numbers("best:acc", 3) == [2, 3]
    assert numbers(3) == [2, 3]
    assert numbers("sgd") == [2, 1]


def test_one_run_is_compared_with_the_pinned_baseline(runs: Live) -> None:
    ml.runs(baseline=1)
    assert numbers(3) == [1, 3]
    assert numbers(2, 1) == [1, 2]
    assert numbers() == [2, 3]


def test_what_a_choice_was_made_among_is_said(runs: Live) -> None:
    assert "max acc 0.972 of 3 finished runs" in str(ml.compare("best:acc", 1))


def test_faults_say_what_to_do(live: Live) -> None:
    with pytest.raises(UnknownReference):
        ml.compare()
    with ml.run("alone"):
        pass
    for refs in ((), (1,)):
        with pytest.raises(UsageError) as caught:
            ml.compare(*refs)
        assert caught.value.hint
    with pytest.raises(UnknownReference, match="99"):
        ml.compare(1, 99)


def test_the_frame_has_what_differs_a_column_a_run(runs: Live) -> None:
    frame = ml.compare(1, 2).df()
    assert list(frame.columns) == ["section", "key", "#1 sgd", "#2 adam"]
    rows = {row.key: (row[3], row[4]) for row in frame.itertuples()}
    assert rows["lr"] == (0.003, 0.01)
    assert rows["acc"] == (0.958, 0.972)
    assert "depth" not in rows
    assert "depth" in list(ml.compare(1, 2).df(equal=True)["key"])


def test_the_chart_is_of_the_first_metric_that_differs(runs: Live) -> None:
    chart = ml.compare(1, 2).chart().to_dict()
    assert chart["title"]["text"] == "acc"
    assert ml.compare(1, 2).chart("loss", x="time").to_dict()["title"]["text"] == "loss"


def test_it_shows_itself_and_what_it_shows_is_ours(runs: Live) -> None:
    data, metadata = ml.compare(1, 2)._repr_mimebundle_()
    assert metadata == {"nbmlops": True}
    assert data["text/plain"].startswith("#2 adam vs #1 sgd")
    assert "<svg" in data["text/html"]
    saved = unpacked(data["application/vnd.nbmlops.view+json"])
    assert (saved["view"], len(saved["args"]["runs"])) == ("compare", 2)


def test_a_report_is_one_page_without_script_or_address(runs: Live, tmp_path: Path) -> None:
    ml.runs(baseline=1)
    said = report.write_report("acc > .9", tmp_path / "week.html", title="<Monday>")
    page = (tmp_path / "week.html").read_text()
    assert said.startswith(f"{tmp_path / 'week.html'}: 2 runs")
    assert "&lt;Monday&gt;" in page and "<Monday>" not in page
    assert "default-src 'none'" in page
    assert "<script" not in page and "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    assert "The best by acc, beside the baseline" in page
    assert "#2 adam" in page and "lion" not in page
    assert page.count("<svg") >= 2
    assert str(tmp_path) not in page


def test_a_report_of_one_run_and_of_none(runs: Live, tmp_path: Path) -> None:
    report.write_report("name = lion", tmp_path / "one.html")
    assert "#3 lion" in (tmp_path / "one.html").read_text().replace("\xa0", " ")
    with pytest.raises(UnknownReference, match="no run matches 'acc > 5'"):
        report.write_report("acc > 5", tmp_path / "none.html")
    assert not (tmp_path / "none.html").exists()
    with pytest.raises(UsageError, match="cannot be written"):
        report.write_report("", tmp_path / "no" / "folder.html")
