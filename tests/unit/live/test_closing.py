"""The footer's facts: from memory when that is the whole truth, else from the store; both say the same."""

from __future__ import annotations

import os
import subprocess
import sys

import nbmlops as ml
from nbmlops.tracking.closing import footer
from nbmlops.tracking.executions import begin, start_run
from nbmlops.tracking.parameters import Param
from nbmlops.tracking.run import Run
from nbmlops.ui.footer import footer_text
from tests.unit.live.conftest import Live


def cell(lr: float, acc: float) -> Run:
    """One run cell, as the hooks would run it."""
    execution = begin(source=f"%mlrun lr={lr}", cell_id="c", cell_id_source="frontend")
    run = start_run(
        execution, name="adam", experiment="e", tags={}, note=None, seed=None, params=[Param("lr", lr, "override")]
    )
    run.log(acc=acc)
    run.end()
    execution.end(status="ok")
    return run


def test_memory_and_store_say_the_same(live: Live) -> None:
    first, where = footer_text(footer(cell(0.1, 0.5), duration_s=0.1)).splitlines()
    assert first == "#1 adam · 100 ms · acc 0.5"
    assert where == f"    recorded in {os.path.relpath(live.path)} (new)"  # once a session
    run = cell(0.2, 0.75)
    quick = footer_text(footer(run, duration_s=0.1))
    assert quick == "#2 adam · 100 ms · acc 0.75 (+0.25 vs #1) · lr 0.1 -> 0.2"
    run = cell(0.2, 0.5)
    slow = footer_text(footer(run, duration_s=100.0))
    assert slow == "#3 adam · 1 min 40 s · acc 0.5 (-0.25 vs #2)"


def test_a_footer_that_was_prepared_says_the_same(live: Live) -> None:
    from nbmlops.storage import session
    from nbmlops.tracking import recent, sessions
    from nbmlops.tracking.closing import preload

    ml.use(experiment="e")
    footer(cell(0.1, 0.5), duration_s=0.1)
    session.close()
    recent.forget(sessions.current().store)
    preload(sessions.current())
    assert "acc 0.75 (+0.25 vs #1)" in footer_text(footer(cell(0.1, 0.75), duration_s=0.1))


def test_a_run_over_several_cells_is_not_compared_with_itself(live: Live) -> None:
    ml.use(experiment="e")
    footer(cell(0.1, 0.5), duration_s=0.1)
    for accuracy, change in ((0.75, "+0.25 vs #1"), (1.0, "+0.25 vs #2")):
        run = ml.begin("span")
        ml.log(acc=accuracy)
        ml.end()
        assert change in footer_text(footer(run, duration_s=0.1))


def test_a_pinned_baseline_is_compared_with(live: Live) -> None:
    footer(cell(0.1, 0.5), duration_s=0.1)
    footer(cell(0.1, 0.6), duration_s=0.1)
    ml.use(experiment="e")
    ml.runs(baseline=1)
    for _ in range(2):
        assert "vs #1)" in footer_text(footer(cell(0.1, 0.7), duration_s=0.1))


PIN = """
from nbmlops.tracking import api, edits
from nbmlops.tracking.desk import here
edits.pin(here(), {"experiment": "e", "run": api.get(1).id})
"""
DELETE = """
import nbmlops as ml
ml.delete(3)
"""


def test_a_baseline_that_another_process_pins_is_compared_with(live: Live) -> None:
    def elsewhere(source: str) -> None:
        subprocess.run([sys.executable, "-c", source], check=True, timeout=60)

    ml.use(experiment="e")
    footer(cell(0.1, 0.5), duration_s=0.1)
    footer(cell(0.1, 0.6), duration_s=0.1)
    assert "vs #2)" in footer_text(footer(cell(0.1, 0.7), duration_s=0.1))
    elsewhere(DELETE)
    assert "vs #2)" in footer_text(footer(cell(0.1, 0.7), duration_s=0.1))
    elsewhere(PIN)
    assert "vs #1)" in footer_text(footer(cell(0.1, 0.7), duration_s=0.1))
    run = cell(0.1, 0.7)  # ended, its footer comes after the pin was taken away
    elsewhere(PIN.replace("api.get(1).id", "None"))
    assert "vs #5)" in footer_text(footer(run, duration_s=0.1))


def test_what_a_child_process_logged_is_in_a_long_cells_footer(live: Live) -> None:
    execution = begin(source="%mlrun", cell_id="c", cell_id_source="frontend")
    run = start_run(execution, name=None, experiment="e", tags={}, note=None, seed=None, params=[])
    subprocess.run([sys.executable, "-c", "import nbmlops as ml; ml.log(child_acc=0.5)"], check=True)
    run.end()
    execution.end(status="ok")
    assert "child_acc 0.5" in footer_text(footer(run, duration_s=1.0))


def test_numbers_go_on_without_the_state_folder(live: Live) -> None:
    import shutil

    from nbmlops.storage import session

    for _ in range(3):
        with ml.run():
            pass
    session.close()
    ml.store()
    session.close()
    shutil.rmtree(live.folder / ".nbmlops")
    with ml.run() as run:
        assert run.number == 4
    assert live.rows("SELECT number FROM runs ORDER BY number") == [(1,), (2,), (3,), (4,)]
