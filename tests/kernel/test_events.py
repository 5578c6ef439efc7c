"""Every way in which a cell can start, end, and be nested is recorded as it happened."""

from __future__ import annotations

import signal

import pytest

from nbmlops.ui.format import duration
from tests.kernel.conftest import TIMEOUT, Kernel

EXECUTIONS = "SELECT * FROM executions ORDER BY started_at, execution_id"


def test_every_cell_is_an_execution_and_the_loading_one_too(bare_kernel: Kernel) -> None:
    kernel = bare_kernel
    kernel.run("before = 1", cellId="a")
    kernel.run("%load_ext nbmlops", cellId="b")
    counts = [kernel.run(code, cellId=cell).count for code, cell in (("x = 1", "c"), ("x + 1", "d"), ("x = 1", "c"))]
    kernel.run("", cellId="e")
    kernel.run("   \n", cellId="e")
    kernel.wait(kernel.send("probe = 1", silent=True))
    rows = kernel.records(EXECUTIONS)
    assert [(r["cell_id"], r["source"], r["status"]) for r in rows] == [
        ("b", "%load_ext nbmlops", "ok"),
        ("c", "x = 1", "ok"),
        ("d", "x + 1", "ok"),
        ("c", "x = 1", "ok"),
    ]
    assert [r["execution_count"] for r in rows[1:]] == counts
    assert {r["cell_id_source"] for r in rows} == {"front end"}


@pytest.mark.parametrize(
    ("code", "status", "error", "run_status"),
    [
        ("1 + 1", "ok", None, "finished"),
        ("import asyncio\nawait asyncio.sleep(0)", "ok", None, "finished"),
        ("%%time\npass", "ok", None, "finished"),
        ("%%bash\ntrue", "ok", None, "finished"),
        ("!true", "ok", None, "finished"),
        ("1 / 0", "error", "ZeroDivisionError", "failed"),
        ("import asyncio\nawait asyncio.sleep(0)\nraise KeyError('k')", "error", "KeyError", "failed"),
        ("raise KeyboardInterrupt", "interrupted", "KeyboardInterrupt", "interrupted"),
        ("import asyncio\nraise asyncio.CancelledError", "interrupted", "CancelledError", "interrupted"),
        # a notebook shows it as an error, whatever its code
        ("raise SystemExit", "error", "SystemExit", "failed"),
        ("import sys\nsys.exit(0)", "error", "SystemExit", "failed"),
        ("raise SystemExit(3)", "error", "SystemExit", "failed"),
        # IPython itself fails to show this one, and reports that
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "error", "ValueError", "failed"),
    ],
)
def test_how_a_cell_ended(kernel: Kernel, code: str, status: str, error: str | None, run_status: str) -> None:
    replies = [kernel.run(code, cellId="plain"), kernel.run(f"%mlrun\n{code}", cellId="run")]
    assert {reply.status for reply in replies} == {"ok" if status == "ok" else "error"}, "what the front end is told"
    plain, run = kernel.records("SELECT * FROM executions WHERE cell_id IN ('plain', 'run') ORDER BY started_at")
    assert (plain["status"], plain["error_name"]) == (status, error)
    assert (run["status"], run["error_name"]) == (status, error)
    assert [(r["status"], r["error_name"]) for r in kernel.rows("FROM runs")] == [(run_status, error)]


def test_a_cell_that_is_no_python_is_recorded_and_makes_no_run(kernel: Kernel) -> None:
    assert kernel.run("%mlrun\ndef f(:", cellId="a").error is not None
    kernel.run("x = (", cellId="b")
    rows = kernel.records("SELECT * FROM executions WHERE cell_id IN ('a', 'b') ORDER BY started_at")
    assert [(r["status"], r["error_name"]) for r in rows] == [("syntax", "SyntaxError"), ("syntax", "SyntaxError")]
    assert kernel.rows("FROM runs") == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import time\nprint('go', flush=True)\ntime.sleep(60)", "KeyboardInterrupt"),
        # ipykernel cancels the cell at the next turn of its event loop, so it has to turn
        ("import asyncio\nprint('go', flush=True)\nwhile True: await asyncio.sleep(.05)", "CancelledError"),
    ],
)
def test_an_interrupted_cell_ends_its_run_cleanly(kernel: Kernel, code: str, name: str) -> None:
    sent = kernel.send(f"%mlrun\n{code}", cellId="a")
    kernel.wait_for_output(sent, "go")
    kernel.manager.interrupt_kernel()
    kernel.wait(sent)
    assert kernel.run("1 + 1").result == "2"
    (execution,) = kernel.records("FROM executions WHERE cell_id = 'a'")
    assert (execution["status"], execution["error_name"]) == ("interrupted", name)
    assert [r["status"] for r in kernel.rows("FROM runs")] == ["interrupted"]


def test_cells_run_by_cells_are_nested_and_leave_the_outer_one_intact(kernel: Kernel) -> None:
    kernel.run("%mlrun outer\nget_ipython().run_cell('inner = 1\\n1/0')\nprint(inner)", cellId="a")
    outer, inner = kernel.records("FROM executions WHERE source NOT LIKE '%load_ext%' ORDER BY started_at")
    assert (outer["cell_id"], outer["status"]) == ("a", "ok")
    assert (inner["cell_id"], inner["status"]) == (None, "error")
    assert inner["parent_execution_id"] == outer["execution_id"]
    (run,) = kernel.rows("FROM runs")
    assert (run["name"], run["status"]) == ("outer", "finished")
    outputs = kernel.rows(f"FROM outputs WHERE execution_id = '{outer['execution_id']}' ORDER BY seq")
    assert [r["kind"] for r in outputs] == ["error", "stream"]
    assert outputs[1]["text"] == "1\n"


def test_a_run_inside_a_run_is_nested_with_its_own_outputs(kernel: Kernel) -> None:
    code = "print('before')\nget_ipython().run_cell('%mlrun inner lr=2\\nlr = 1\\nprint(lr)')\nprint('after')"
    kernel.run(f"%mlrun outer\n{code}")
    outer, inner = kernel.records("FROM runs ORDER BY started_at")
    assert (outer["name"], inner["name"], inner["parent_run_id"]) == ("outer", "inner", outer["run_id"])
    assert [r["text"] for r in kernel.rows(f"FROM outputs WHERE run_id = '{inner['run_id']}'")] == ["2\n"]
    texts = kernel.rows(f"SELECT text FROM outputs WHERE run_id = '{outer['run_id']}' ORDER BY seq")
    assert "".join(r["text"] for r in texts) == "before\nafter\n"


def test_subshells_run_at_the_same_time_and_do_not_mix(own_kernel: Kernel) -> None:
    kernel = own_kernel
    info = kernel.client.kernel_info(reply=True, timeout=TIMEOUT)["content"]
    if "kernel subshells" not in info.get("supported_features", []):
        pytest.skip("this ipykernel has no subshells")
    subshell = kernel.control("create_subshell_request")["subshell_id"]
    kernel.run("import threading, nbmlops as ml\nfirst, second = threading.Event(), threading.Event()")
    main = kernel.send(
        "%mlrun main lr=1\nlr = 0\nprint('main', lr)\nfirst.set(); second.wait(30)\nml.log(m=1)\nprint('main ends')",
        cellId="main",
    )
    other = kernel.send(
        "%mlrun sub\ndepth = 3\nfirst.wait(30)\nprint('sub', depth)\nml.log(s=2)\nsecond.set()\n1/0",
        subshell=subshell,
        cellId="sub",
    )
    kernel.wait(main, other)
    runs = {r["name"]: r for r in kernel.records("FROM runs")}
    assert (runs["main"]["status"], runs["sub"]["status"]) == ("finished", "failed")
    for name, metric, value, text in (("main", "m", 1.0, "main 1\nmain ends\n"), ("sub", "s", 2.0, "sub 3\n")):
        run_id = runs[name]["run_id"]
        assert [(r["key"], r["value"]) for r in kernel.rows(f"FROM metrics WHERE run_id = '{run_id}'")] == [
            (metric, value)
        ]
        printed = kernel.rows(f"FROM outputs WHERE run_id = '{run_id}' AND kind = 'stream' ORDER BY seq")
        assert "".join(r["text"] for r in printed) == text
        assert {r["cell_id"] for r in kernel.rows(f"FROM executions WHERE run_id = '{run_id}'")} == {name}
    (sub,) = kernel.rows("FROM executions WHERE cell_id = 'sub'")
    assert sub["thread"] is not None


def test_what_jupyterlab_tells_about_cells(kernel: Kernel) -> None:
    kernel.run("gone = 1", cellId="gone", tags=["setup", "x"])
    kernel.run("kept = 1", cellId="kept", deletedCells=["gone"])
    rows = {r["cell_id"]: r for r in kernel.records(EXECUTIONS)}
    assert rows["gone"]["cell_tags"] == ["setup", "x"]
    assert rows["gone"]["is_cell_deleted"]
    assert not rows["kept"]["is_cell_deleted"]


def test_cells_without_an_id_are_told_apart_by_their_text(kernel: Kernel) -> None:
    for code in ("a = 1", "a = 1  \n", "a = 2", "%mlrun x a=3\na = 2", "%mlrun y a=4\na = 2"):
        kernel.run(code)
    rows = kernel.records("FROM executions WHERE source NOT LIKE '%load_ext%' ORDER BY started_at")
    ids = [r["cell_id"] for r in rows]
    assert {r["cell_id_source"] for r in rows} == {"text"}
    stems = [cell_id.rpartition("-")[0] for cell_id in ids]
    assert stems[0] == stems[1]
    assert stems[2] == stems[3] == stems[4] != stems[0]
    assert len(set(ids)) == 5, "a program that executes a notebook runs each cell once"


def test_skipped_cells_and_switched_off_capture_leave_nothing(kernel: Kernel) -> None:
    kernel.run("secret_one = 1", tags=["nbmlops-skip"])
    assert "not recorded" in kernel.run("%mlrun hidden lr=5\nlr = 1\nprint(lr)", tags=["nbmlops-skip"]).stderr
    kernel.run("%mlcapture off")
    reply = kernel.run("%mlrun hidden lr=7\nimport nbmlops as ml\nlr = 1\nml.log(x=1)\nml.tag('t')\nprint(lr)")
    assert reply.status == "ok", reply.outputs
    assert reply.stdout == "7\n", "what the line sets holds although nothing is recorded"
    kernel.run("secret_two = 2")
    kernel.run("%mlcapture on")
    kernel.run("seen = 3")
    sources = " ".join(r["source"] for r in kernel.records(EXECUTIONS))
    assert "secret" not in sources
    assert "hidden" not in sources
    assert "seen = 3" in sources
    assert kernel.rows("FROM runs") == []
    assert kernel.rows("FROM outputs") == []


def test_a_killed_kernel_leaves_its_cell_as_lost(own_kernel: Kernel) -> None:
    kernel = own_kernel
    sent = kernel.send(
        "%mlrun long\nimport time\nimport nbmlops as ml\nml.log(x=1)\nprint('go', flush=True)\ntime.sleep(60)"
    )
    kernel.wait_for_output(sent, "go")
    kernel.manager.signal_kernel(signal.SIGKILL)
    assert "'status': 'lost'" in kernel.told_by_another_process("SELECT status FROM runs")
    assert [r["status"] for r in kernel.rows("FROM executions WHERE run_id IS NOT NULL")] == ["lost"]
    assert [r["value"] for r in kernel.rows("FROM metrics")] == [1.0]


def test_one_duration_is_told_everywhere(kernel: Kernel) -> None:
    """What is recorded after the cell, however long it takes, is not part of its time."""
    kernel.run(
        "class Slow:\n"
        "    def __init__(self): self.shape = (1,)\n"
        "    def __repr__(self): import time; time.sleep(.3); return 'slow'\n"
        "    def get_params(self, deep=True): import time; time.sleep(.5); return {'depth': 1}\n"
        "    def fit(self): return self"
    )
    footer = kernel.run("%mlrun timed\nmodel = Slow()").footer
    (run,) = kernel.records("FROM runs")
    (execution,) = kernel.rows(f"FROM executions WHERE run_id = '{run['run_id']}'")
    assert [r["value"] for r in kernel.rows("FROM params WHERE key = 'model/depth'")] == ["1"]
    assert run["duration_s"] < 0.3
    assert execution["duration_s"] < 0.3
    assert footer is not None
    assert duration(run["duration_s"]) in footer.splitlines()[0].split(" · ")
