"""Runs: which one is meant, how they end, who joins them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nbmlops as ml
from nbmlops.errors import AmbiguousRun, MLError, NoRun, RecordError, UsageError
from nbmlops.storage import session
from nbmlops.tracking.run import Run
from tests.unit.live.conftest import Live

ROOT = Path(__file__).resolve().parents[3]


def statuses(live: Live) -> list[str]:
    return [row[0] for row in live.rows("SELECT status FROM runs ORDER BY number")]


def test_without_a_run_there_is_a_clear_error(live: Live) -> None:
    with pytest.raises(NoRun, match="no current run") as caught:
        ml.log(x=1)
    assert "%mlrun" in caught.value.hint


def test_after_the_end_there_is_a_clear_error(live: Live) -> None:
    with ml.run("done") as run:
        ml.log(x=1)
    with pytest.raises(RecordError, match="has ended") as caught:
        run.log(x=2)
    assert "resume" in caught.value.hint
    assert live.one("SELECT count(*) FROM metrics") == 1


def test_two_open_spans_are_never_guessed_between(live: Live) -> None:
    first, second = ml.begin("first"), ml.begin("second")
    with pytest.raises(AmbiguousRun, match=r"first.*second"):
        ml.log(x=1)
    with pytest.raises(AmbiguousRun):
        ml.end()
    second.log(x=2)
    second.end()
    ml.log(x=1)
    ml.end()
    assert first.status == second.status == "finished"
    assert sorted(live.rows("SELECT name, value FROM metrics JOIN runs USING (run_id)")) == [
        ("first", 1.0), ("second", 2.0),
    ]  # fmt: skip


def test_runs_end_as_their_block_ended(live: Live) -> None:
    with ml.run():
        pass
    for error in (ValueError("bad"), KeyboardInterrupt(), SystemExit(0), SystemExit(3)):
        with pytest.raises(type(error)), ml.run():
            raise error
    with pytest.raises(ml.Stopped), ml.run() as run:
        run.stop()
        stop_is_seen = threading.Event()
        while not stop_is_seen.wait(0.01):
            ml.log(x=1)
    assert statuses(live) == ["finished", "failed", "interrupted", "finished", "failed", "stopped"]
    assert live.rows("SELECT error_name, error_message FROM runs WHERE status = 'failed' ORDER BY number") == [
        ("ValueError", "bad"), ("SystemExit", "3"),
    ]  # fmt: skip


def test_nested_runs_know_their_parent(live: Live) -> None:
    with ml.run("outer") as outer:
        with ml.run("inner"):
            ml.log(x=1)
        ml.log(x=2)
    found = live.rows("SELECT name, parent_run_id, value FROM runs JOIN metrics USING (run_id) ORDER BY number")
    assert found == [("outer", None, 2.0), ("inner", outer.id, 1.0)]


def test_threads_log_into_the_run_that_started_them(live: Live) -> None:
    with ml.run("a") as run:
        threads = [threading.Thread(target=lambda: ml.log(x=1)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda value: ml.log(y=value), range(10)))
    assert live.rows("SELECT key, count, run_id FROM metric_summary ORDER BY key") == [
        ("x", 4, run.id), ("y", 10, run.id),
    ]  # fmt: skip


def test_a_thread_that_outlives_its_run_gets_an_error_of_its_own(live: Live) -> None:
    release, caught = threading.Event(), []

    def late() -> None:
        release.wait(10)
        try:
            ml.log(x=1)
        except MLError as error:
            caught.append(error.message)

    with ml.run():
        thread = threading.Thread(target=late)
        thread.start()
    with ml.run():
        release.set()
        thread.join()
    assert len(caught) == 1
    assert "has ended" in caught[0]
    assert live.one("SELECT count(*) FROM metrics") == 0


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_child_processes_join_the_run(live: Live, method: str) -> None:
    script = (
        "import multiprocessing as mp, nbmlops as ml\n"
        "def work(value):\n    ml.log(child=value)\n"
        "if __name__ == '__main__':\n"
        f"    context = mp.get_context({method!r})\n"
        "    with ml.run('parent'):\n"
        "        ml.log(parent=1)\n"
        "        with context.Pool(2) as pool:\n            pool.map(work, range(6))\n"
        "        ml.log(parent=2)\n"
    )
    path = live.folder / "train.py"
    path.write_text(script)
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert live.rows("SELECT name, status FROM runs") == [("parent", "finished")]
    assert live.rows("SELECT key, count FROM metric_summary ORDER BY key") == [("child", 6), ("parent", 2)]


def test_a_subprocess_joins_and_ranks_get_folders(live: Live) -> None:
    code = "import nbmlops as ml; ml.log(loss=1.0); print(ml.store().path)"
    with ml.run() as run:
        for rank in ("", "0", "3"):
            env = {**os.environ, "PYTHONPATH": str(ROOT), **({"RANK": rank} if rank else {})}
            del env["NBMLOPS_STORE"]  # found through the run it joins, not through the folder it is in
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd="/")
            assert done.stderr == ""
            assert done.stdout.strip() == str(live.path)
    assert "NBMLOPS_RUN" not in os.environ
    assert live.rows("SELECT run_id, key, count FROM metric_summary ORDER BY key") == [
        (run.id, "loss", 2), (run.id, "rank/3/loss", 1),
    ]  # fmt: skip


def test_resume_goes_on_counting(live: Live) -> None:
    with ml.run("again") as run:
        ml.log(loss=1.0)
        ml.log(loss=2.0)
    resumed = ml.resume("again")
    ml.log(loss=3.0)
    with pytest.raises(RecordError, match="holds numbers"):
        ml.log(loss="text")
    ml.end()
    assert resumed.id == run.id
    assert live.rows("SELECT step, value FROM metrics ORDER BY step") == [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]
    assert statuses(live) == ["finished"]


def test_a_run_of_another_living_process_cannot_be_resumed(live: Live) -> None:
    code = "import nbmlops as ml; ml.begin('theirs'); print('up', flush=True); input()"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    other = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True, env=env)
    assert other.stdin is not None and other.stdout is not None
    assert other.stdout.readline() == "up\n"
    try:
        with pytest.raises(UsageError, match="running in another process"):
            ml.resume("theirs")
        other.kill()
        other.wait()
        assert statuses(live) == ["lost"]
        assert ml.resume("theirs").name == "theirs"
        ml.end()
        assert statuses(live) == ["finished"]
    finally:
        other.kill()
        other.communicate()


def test_a_script_that_ends_without_end_is_not_lost(live: Live) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for code in ("", "; raise ValueError('bad')"):
        subprocess.run(
            [sys.executable, "-c", f"import nbmlops as ml; ml.begin(); ml.log(x=1){code}"], env=env, capture_output=True
        )
    assert statuses(live) == ["finished", "failed"]


def test_delete_and_restore(live: Live) -> None:
    with ml.run("kept"):
        pass
    with ml.run("dropped"):
        ml.log(x=1)
    ml.delete("dropped")
    assert [row[0] for row in live.rows("SELECT name FROM runs")] == ["kept"]
    assert [row[0] for row in live.rows("SELECT name FROM deleted_runs")] == ["dropped"]
    ml.restore("dropped")
    assert [row[0] for row in live.rows("SELECT name FROM runs ORDER BY number")] == ["kept", "dropped"]


def test_forget_erases_from_file_journals_and_blobs(live: Live) -> None:
    secret = "a very private word 4711"
    figure = live.folder / "figure.bin"
    figure.write_bytes(secret.encode() * 10_000)
    with ml.run("private", params={"word": secret}, note=secret):
        ml.log(text=secret, figure=figure)
    with ml.run("public"):
        ml.log(x=1)
    number = live.one("SELECT number FROM runs WHERE name = 'private'")
    ml.forget(int(number))
    assert live.rows("SELECT name FROM runs") == [("public",)]
    assert live.one("SELECT count(*) FROM params") == 0
    session.close()
    figure.unlink()
    leaves = [
        path for path in live.folder.rglob("*")
        if path.is_file() and path.suffix != ".duckdb" and secret.encode() in _content(path)
    ]  # fmt: skip
    assert leaves == []
    assert live.rows("SELECT name FROM runs") == [("public",)]


def _content(path: Path) -> bytes:
    import gzip

    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_everything_is_private_to_the_user(live: Live) -> None:
    with ml.run():
        ml.log(text="t" * 100_000)
    ml.sql("FROM runs")
    modes = {path.name: path.stat().st_mode & 0o777 for path in live.folder.rglob("*")}
    assert all(mode in (0o600, 0o700) for mode in modes.values()), modes


def test_defaults_stick_and_seeds_seed(live: Live) -> None:
    import random

    import numpy as np

    ml.use(experiment="wine", seed=7)
    with ml.run():
        first = (random.random(), np.random.random())
    with ml.run():
        assert (random.random(), np.random.random()) == first
    assert live.rows("SELECT DISTINCT experiment, seed FROM runs") == [("wine", 7)]
    with pytest.raises(UsageError, match="no default called nonsense"):
        ml.use(nonsense=1)
    with pytest.raises(UsageError, match="a seed is a whole number"):
        ml.use(seed="x")


def test_goals_tags_notes_and_environment_are_on_record(live: Live) -> None:
    ml.goal(weird="max")
    with ml.run(tags="quick", note="first"):
        ml.tag("best", team="vision")
        ml.tag(quick=None)
        ml.note("second")
    session.close()  # the surroundings are looked at in the background
    assert dict(live.rows("SELECT key, value FROM tags")) == {"best": "", "team": "vision"}
    assert live.one("SELECT note FROM runs") == "second"
    assert live.one("SELECT goal FROM metric_defs WHERE key = 'weird'") == "max"
    assert live.one("SELECT packages['duckdb'] FROM environments JOIN runs USING (environment_id)")


def test_sql_reads_and_never_writes(live: Live) -> None:
    with ml.run():
        pass
    for query in ("DROP VIEW runs", "DELETE FROM _nbm.runs_begun", "SELECT 1; SELECT 2", "COPY runs TO 'x.csv'", ""):
        with pytest.raises(UsageError):
            ml.sql(query)
    assert live.one("SELECT count(*) FROM runs WHERE number = 1") == 1
    with pytest.raises(UsageError, match=r"Did you mean|not found|does not exist"):
        ml.sql("FROM rums")


def test_a_long_query_goes_on_with_a_private_copy_and_holds_up_nobody(live: Live) -> None:
    with ml.run():
        ml.log_batch({"x": list(range(1000))})
    answers: list[int] = []
    slow = "SELECT count(*) FROM range(30000) a, range(30000) b WHERE (a.range * b.range) % 7 = 3"
    thread = threading.Thread(target=lambda: answers.append(int(ml.sql(slow).iloc[0, 0])))
    thread.start()
    code = "import nbmlops as ml; print(len(ml.sql('FROM runs')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    is_still_running = thread.is_alive()
    thread.join()
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert is_still_running  # the other process had its answer long before
    assert answers[0] > 0


def test_what_is_taken_away_is_gone_and_what_is_replaced_leaves_no_trace(live: Live) -> None:
    with ml.run(note="first", params={"depth": 1}) as run:
        run.note("")
        ml.params(depth="auto")
    assert live.rows("SELECT note FROM runs") == [(None,)]
    assert live.rows("SELECT value, number, origin FROM params") == [('"auto"', None, "log")]


def test_a_pinned_baseline_stays_pinned_and_can_be_taken_off(live: Live) -> None:
    for accuracy in (0.5, 0.75):
        with ml.run(f"acc {accuracy}"):
            ml.log(acc=accuracy)
    assert "+0.25" in str(ml.runs(baseline=1))
    assert "+0.25" in str(ml.runs())
    assert "+0.25" not in str(ml.runs(baseline="none"))
    assert "+0.25" not in str(ml.runs())
    with pytest.raises(MLError, match="17"):
        ml.runs(baseline=17)


def test_of_several_open_runs_one_is_ended_by_its_name_or_number(live: Live) -> None:
    first, second = ml.begin("first"), ml.begin("second")
    with pytest.raises(AmbiguousRun) as caught:
        ml.end()
    assert f"%mlrun end {first.number}" in caught.value.hint
    with pytest.raises(NoRun, match="'third' is not open; open are: #1 first, #2 second"):
        ml.end(ref="third")
    ml.end(ref="second")
    ml.end(ref=first.number)
    assert first.status == second.status == "finished"


def test_forgetting_outputs_leaves_those_of_other_runs_and_later_ones(live: Live) -> None:
    from nbmlops.tracking.executions import begin, start_run
    from nbmlops.tracking.outputs import OutputItem

    def cell(name: str, *spans: Run) -> None:
        execution = begin(source=f"%mlrun {name}", cell_id=name, cell_id_source="frontend")
        for span in spans:
            execution.belongs_to(span.id)
        run = start_run(execution, name=name, experiment="e", tags={}, note=None, seed=None, params=[])
        execution.output(OutputItem(0, "stream", "stdout", "text/plain", f"text of {name}", None, 9))
        run.end()
        execution.end(status="ok")

    cell("before")
    span = ml.begin("span")
    span_cell = begin(source="ml.log", cell_id="s", cell_id_source="frontend")
    span_cell.belongs_to(span.id)
    span_cell.output(OutputItem(0, "stream", "stdout", "text/plain", "text of span", None, 9))
    cell("meanwhile", span)
    ml.forget(span.id, outputs=True)
    cell("after", span)
    span_cell.output(OutputItem(1, "stream", "stdout", "text/plain", "text of span later", None, 9))
    span.end()
    kept = {row[0] for row in live.rows("SELECT text FROM outputs")}
    assert kept == {"text of before", "text of meanwhile", "text of after", "text of span later"}
    ml.forget(span.id)
    kept = {row[0] for row in live.rows("SELECT text FROM outputs")}
    assert kept == {"text of before", "text of meanwhile", "text of after"}
    assert {row[0] for row in live.rows("SELECT source FROM executions")} == {
        "%mlrun before", "%mlrun meanwhile", "%mlrun after",
    }  # fmt: skip


def test_time_before_a_kill_counts(live: Live) -> None:
    code = "import time, nbmlops as ml; ml.begin('r'); time.sleep(1.2); ml.log(x=1); print('up', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=-1, stdout=-1, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert other.stdout is not None and other.stdout.readline() == "up\n"
    other.kill()
    other.communicate()
    ml.resume("r")
    ml.end()
    assert 1.2 < live.one("SELECT duration_s FROM runs") < 60


def test_a_store_is_never_found_in_a_folder_of_everybody(tmp_path: Path) -> None:
    from nbmlops.config import store_path

    shared, mine = tmp_path / "shared", tmp_path / "shared" / "mine"
    mine.mkdir(parents=True)
    (shared / "mlops.duckdb").touch()
    assert store_path(mine) == shared / "mlops.duckdb"
    shared.chmod(0o777)
    assert store_path(mine) == mine / "mlops.duckdb"
    assert store_path(shared) == shared / "mlops.duckdb"  # started there: that is where it belongs
