"""A run while it goes on, as seen from memory, and what is sampled of the machine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nbmlops.config import settings
from nbmlops.storage import session as storage_session
from nbmlops.tracking import api, system_use, tail
from nbmlops.tracking.browse import live as view
from nbmlops.tracking.desk import here
from nbmlops.tracking.live import FIRST, MOST, Watch, shown_of
from nbmlops.tracking.run import Run
from nbmlops.ui.desk import answer
from nbmlops.ui.packed import unpack
from tests.unit.live.conftest import Live


def watched() -> tuple[Run, Watch]:
    run = api.begin("train")
    return run, Watch(storage_session.current(), run)


def test_points_are_seen_as_they_are_logged(live: Live) -> None:
    run, watch = watched()
    assert not watch.look()
    for step in range(5):
        api.log(loss=1 / (step + 1), step=step)
    run.log_batch({"acc": [0.1, 0.2]}, step=[10, 20])
    assert watch.look()
    assert not watch.look(), "nothing is new"
    data = watch.data()
    assert data["metrics"] == ["loss", "acc"]
    loss, acc = data["series"]
    assert unpack(loss["y"]) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert unpack(acc["x"]) == [10, 20]
    assert (loss["goal"], acc["goal"]) == ("min", "max")
    assert data["status"] == "running"
    run.end()


def test_what_was_logged_before_or_by_others_is_not_theirs(live: Live) -> None:
    other = api.begin("other")
    other.log(loss=9)
    run = api.run("mine")
    watch = Watch(storage_session.current(), run)
    other.log(loss=8)
    run.log(loss=1)
    watch.look()
    assert [unpack(each["y"]) for each in watch.data()["series"]] == [[1]]
    for each in (run, other):
        each.end()


def test_what_is_not_finite_is_seen_too(live: Live) -> None:
    run, watch = watched()
    for value in (1.0, math.nan, math.inf, -math.inf):
        api.log(loss=value)
    watch.look()
    (loss,) = watch.data()["series"]
    values = unpack(loss["y"])
    assert values[0] == 1
    assert math.isnan(values[1])
    assert values[2:] == [math.inf, -math.inf]
    run.end()


def test_of_a_flood_some_points_are_drawn_all_are_counted_and_what_is_seldom_is_there(live: Live) -> None:
    run, watch = watched()
    for turn in range(3):
        for step in range(20_000):
            run.log(loss=step / 20_000 + turn)
            if step % 5_000 == 0:
                run.log(val_loss=float(turn), step=step + turn * 20_000)
        watch.look()
    assert not watch.is_whole
    data = watch.data()
    loss, val = data["series"]
    assert (loss["count"], val["count"]) == (60_000, 12)
    seen = watch._tail.metrics["loss"].count
    assert 300 < seen < 10_000, "a look stays short"
    assert data["every"] == round(60_000 / seen)
    steps = unpack(loss["x"])
    assert len(steps) <= 300
    assert max(after - before for before, after in itertools.pairwise(steps)) < 2_000, "from everywhere"
    assert steps[-1] == 59_999
    assert unpack(val["y"]) == [float(turn) for turn in range(3) for _ in range(4)]
    run.end()


def test_more_than_one_look_can_read_leaves_the_oldest_out(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "_MOST_BYTES", 300_000)
    run, watch = watched()
    for step in range(10_000):
        run.log(loss=step)
    watch.look()
    (loss,) = watch.data()["series"]
    assert (loss["count"], unpack(loss["x"])[-1]) == (10_000, 9_999)
    assert unpack(loss["x"])[0] > 5_000
    run.end()


def test_what_is_kept_of_a_flood_is_what_the_store_holds(live: Live) -> None:
    run, watch = watched()
    for step in range(20_000):
        run.log(loss=100.0 if step == 12_345 else 0.5)
    watch.look()
    assert watch.data()["every"] > 1
    run.end()
    watch.end(1.0)
    kept = view.last(here(), watch)
    assert kept["every"] is None
    assert kept["series"][0]["count"] == 20_000
    assert max(unpack(kept["series"][0]["y"])) == 100, "its extremes, whatever was seen of it"
    assert kept["status"] == "finished"
    watch.leave()


def test_every_point_of_a_quiet_run_is_seen(live: Live) -> None:
    run, watch = watched()
    for step in range(100):
        run.log(loss=step)
    watch.look()
    data = watch.data()
    assert (data["every"], data["series"][0]["count"]) == (None, 100)
    run.end()


def test_five_hundred_metrics_are_not_all_drawn(live: Live) -> None:
    run, watch = watched()
    run.log({f"layer{n}": n for n in range(500)})
    watch.look()
    data = watch.data()
    assert len(data["metrics"]) == FIRST
    assert data["others"] > 0
    run.end()


def test_held_out_metrics_that_come_late_have_a_plot_and_none_moves() -> None:
    first = [f"m{n}" for n in range(10)]
    before = shown_of(first)
    assert before == first[:FIRST]
    after = shown_of([*first, *(f"val/m{n}" for n in range(10))], before)
    assert after[:FIRST] == before
    assert after[FIRST:] == [f"val/m{n}" for n in range(MOST - FIRST)]


def test_the_journal_may_be_put_in_its_place_again(live: Live) -> None:
    run, watch = watched()
    run.log(loss=1)
    watch.look()
    session = storage_session.current()
    session.scrub(["nobody"])  # rewrites the journal, offsets as they were
    run.log(loss=2)
    watch.look()
    assert unpack(watch.data()["series"][0]["y"]) == [1, 2]
    run.end()


def test_the_end_is_part_of_the_picture(live: Live) -> None:
    run, watch = watched()
    run.log(loss=1)
    run.end("interrupted")
    watch.end(12.3)
    data = watch.data()
    assert (data["status"], data["elapsed_s"]) == ("interrupted", 12.3)
    assert unpack(data["series"][0]["y"]) == [1]
    watch.leave()


def asked(run: str) -> dict[str, Any]:
    return answer(here(), {"id": 1, "kind": "view", "name": "live", "args": {"run": run}})


def test_the_view_answers_from_memory_then_from_the_store(live: Live) -> None:
    run, watch = watched()
    run.log(loss=0.5, step=3)
    watch.look()
    from_memory = asked(run.id)["data"]
    run.end()
    watch.leave()
    from_store = asked(run.id)["data"]
    assert from_memory.keys() == from_store.keys()
    assert from_memory["series"] == from_store["series"]
    assert (from_memory["status"], from_store["status"]) == ("running", "finished")
    assert asked("gone")["error"]["message"].startswith("the store holds no run")


def test_its_picture_is_small_and_harmless(live: Live) -> None:
    evil = "<script>alert(1)</script>"
    run = api.begin(evil)
    watch = Watch(storage_session.current(), run)
    for step in range(2000):
        run.log({f"{evil}{n}": math.sin(step / 50) for n in range(6)}, step=step)
    watch.look()
    shown = view.shown(watch.data())
    assert "<script" not in shown.html
    assert len(shown.html.encode()) <= view.STATIC_BYTES
    assert shown.saved() is not None
    assert "alert" in shown.text
    run.end()
    watch.leave()


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Run, float], None]]:
    """Make a run older than it is; sampling is on, but only when the test takes samples."""

    def age(run: Run, seconds: float) -> None:
        run.started -= seconds

    monkeypatch.setattr(system_use, "watch", lambda session: None)
    settings().system_metrics = True
    yield age
    settings().system_metrics = False


def test_long_runs_record_what_they_take(live: Live, old: Callable[[Run, float], None]) -> None:
    run, watch = watched()
    sampler = system_use.Sampler(storage_session.current())
    sampler.look()
    assert live.rows("SELECT key FROM metrics") == [], "a short run records nothing"
    old(run, 10)
    sampler.look()
    sampler.look()
    keys = [key for (key,) in live.rows("SELECT DISTINCT key FROM metrics ORDER BY key")]
    expected = {"cpu_percent", "memory_percent", "process_cpu_percent", "process_memory_mb"}
    assert {f"system/{key}" for key in expected} <= set(keys)
    assert live.one("SELECT min(value) FROM metrics WHERE key = 'system/process_memory_mb'") > 10
    assert 10 <= live.one("SELECT min(step) FROM metrics") < 60
    watch.look()
    assert {each["key"] for each in watch.data()["system"]} == set(keys)
    assert watch.data()["metrics"] == []
    run.end()
    watch.leave()


def test_a_setting_keeps_it_off(live: Live, old: Callable[[Run, float], None]) -> None:
    settings().system_metrics = False
    run = api.begin()
    old(run, 10)
    sampler = system_use.Sampler(storage_session.current())
    for _ in range(3):
        sampler.look()
    run.end()
    assert live.rows("SELECT key FROM metrics") == []


def test_samples_of_a_long_run_are_further_apart(
    live: Live, old: Callable[[Run, float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    run = api.begin()
    run.started = 0.0
    sampler = system_use.Sampler(storage_session.current())
    monkeypatch.setattr(system_use.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sampler, "sample", lambda: {"cpu_percent": 50.0, "process_memory_mb": now[0]})
    for second in range(8 * 3600):
        now[0] = float(second)
        sampler.look()
    run.end()
    count = live.one("SELECT count(*) FROM metrics WHERE key = 'system/cpu_percent'")
    assert 500 < count < 3000
    assert live.one("SELECT max(value) FROM metrics WHERE key = 'system/process_memory_mb'") > 8 * 3600 - 60, "peaks"


def test_the_first_sample_of_a_later_run_does_not_tell_of_the_time_before_it(
    live: Live, old: Callable[[Run, float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [0.0], [0.0]
    sampler = system_use.Sampler(storage_session.current())

    def sample() -> dict[str, float]:
        passed, asked[0] = now[0] - asked[0], now[0]
        return {"cpu_percent": passed}  # what stands for it: the time that it is of

    monkeypatch.setattr(system_use.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sampler, "sample", sample)
    for begin, every in ((0.0, 1.0), (3600.0, 1.0), (7200.0, 5.0)):  # the last one on a machine that is late
        run = api.begin()
        run.started = begin
        for tick in range(8):
            now[0] = begin + tick * every
            sampler.look()
        run.end()
        now[0] += 1
        sampler.look()
    found = [value for (value,) in live.rows("SELECT value FROM metrics WHERE key = 'system/cpu_percent'")]
    assert len(found) >= 15
    assert max(found) <= 5


def test_they_stay_out_of_the_default_columns_and_of_the_footer(live: Live, old: Callable[[Run, float], None]) -> None:
    from nbmlops.tracking import closing

    run = api.begin("train")
    run.log(loss=1)
    old(run, 10)
    sampler = system_use.Sampler(storage_session.current())
    for _ in range(3):
        sampler.look()
    run.end()
    assert "system/" not in str(api.runs())
    assert [metric.key for metric in closing.footer(run, duration_s=10.0).metrics] == ["loss"]
    assert "system/cpu_percent" in api.get("train").metrics
