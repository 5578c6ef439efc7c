"""What cells show is recorded and still shown: every kind of message, in time or late."""

from __future__ import annotations

import hashlib
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from nbmlops.ui.shown import MIME
from tests.kernel.conftest import Kernel


def outputs(kernel: Kernel, where: str = "") -> list[dict[str, Any]]:
    query = "SELECT o.*, e.cell_id FROM outputs o JOIN executions e USING (execution_id)"
    return kernel.records(f"{query} {where} ORDER BY e.started_at, seq, mime, updates")


def stream(rows: list[dict[str, Any]], name: str = "stdout") -> str:
    return "".join(r["text"] for r in rows if r["kind"] == "stream" and r["name"] == name)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("print('out')", "out\n"),
        ("import os; os.system('echo system')", "system\n"),
        ("import os; _ = os.write(1, b'fd\\n')", "fd\n"),
        ("import subprocess; subprocess.run('echo sub', shell=True)", "sub\n"),
        ("!echo bang", "bang\r\n"),
        ("import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()", "thread\n"),
        ("from IPython.display import display\nprint('a'); display(1); print('b')", "a\nb\n"),
    ],
)
def test_streams(kernel: Kernel, code: str, shown: str) -> None:
    reply = kernel.run(f"%mlrun\n{code}")
    if "os.write" in code or "os.system" in code or "subprocess" in code:
        kernel.run("import time; time.sleep(.3)")  # the pipe is read by a thread of the kernel, when it likes
    rows = outputs(kernel, "WHERE kind = 'stream'")
    assert stream(rows).replace("\r\n", "\n") == shown.replace("\r\n", "\n")
    assert reply.status == "ok"


def test_stderr_logging_and_warnings(kernel: Kernel) -> None:
    reply = kernel.run(
        "%mlrun\nimport sys, logging, warnings\nprint('err', file=sys.stderr)\n"
        "logging.getLogger().warning('logged')\nwarnings.warn('warned')"
    )
    text = stream(outputs(kernel), "stderr")
    for word in ("err", "logged", "warned"):
        assert word in text
        assert word in reply.stderr


def test_results_displays_figures_and_errors(kernel: Kernel) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("pandas")
    reply = kernel.run(
        "%mlrun\n%matplotlib inline\nimport matplotlib.pyplot as plt, pandas as pd\n"
        "plt.plot([1, 2]); plt.show()\ndisplay(pd.DataFrame({'a': [1]}))\n1 / 0",
        cellId="a",
    )
    kernel.run("%mlrun\n[1, 2]", cellId="b")
    rows = outputs(kernel)
    figure = next(r for r in rows if r["mime"] == "image/png")
    blob = blob_of(kernel, figure["sha256"])
    assert blob.startswith(b"\x89PNG")
    assert hashlib.sha256(blob).hexdigest() == figure["sha256"]
    assert figure["size_bytes"] == len(blob)
    assert [r["mime"] for r in rows if r["seq"] == figure["seq"] and r["cell_id"] == "a"] == ["image/png", "text/plain"]
    assert any(r["mime"] == "text/html" and "<table" in r["text"] for r in rows)
    error = next(r for r in rows if r["kind"] == "error")
    assert error["name"] == "ZeroDivisionError"
    assert "\x1b" not in error["text"]
    assert "division by zero" in error["text"]
    assert next(r for r in rows if r["kind"] == "result")["text"] == "[1, 2]"
    # a slow machine shows the live view of the run, too
    own = [each for each in reply.outputs if each[1].get("data", {}).get(MIME, {}).get("view") != "live"]
    assert [kind for kind, _ in own if kind in ("display_data", "error")] == [
        "display_data",
        "display_data",
        "error",
        "display_data",
    ]


def blob_of(kernel: Kernel, sha256: str) -> bytes:
    (path,) = [
        p for p in Path(kernel.folder, ".nbmlops").rglob("*") if p.is_file() and sha256[2:] in p.name.replace("/", "")
    ]
    return path.read_bytes()


def test_update_display_from_this_cell_and_a_later_one(kernel: Kernel) -> None:
    kernel.run(
        "%mlrun\nh = display('epoch 0', display_id=True)\nfor i in range(1, 100): h.update(f'epoch {i}')", cellId="a"
    )
    kernel.run("h.update('from elsewhere')", cellId="b")
    rows = [(r["cell_id"], r["name"], r["text"], r["updates"], r["is_late"]) for r in outputs(kernel)]
    assert rows == [("a", None, "'epoch 0'", 0, False), ("a", "last", "'from elsewhere'", 100, True)]


def test_clear_output_at_once_and_waiting(kernel: Kernel) -> None:
    kernel.run(
        "%mlrun\nfrom IPython.display import clear_output\nprint('one'); clear_output(); print('two')", cellId="a"
    )
    kernel.run("%mlrun\nprint('three'); clear_output(wait=True); print('four'); clear_output(wait=True)", cellId="b")
    rows = [(r["cell_id"], r["text"], r["is_cleared"]) for r in outputs(kernel)]
    assert rows == [("a", "one\n", True), ("a", "two\n", False), ("b", "three\n", True), ("b", "four\n", False)]


def test_progress_bars_leave_their_last_state(kernel: Kernel) -> None:
    kernel.run("%mlrun\nimport sys\nfor i in range(2001):\n    sys.stderr.write(f'\\r{i} of 2000'); sys.stderr.flush()")
    (row,) = outputs(kernel)
    assert (row["name"], row["text"], row["is_truncated"]) == ("stderr", "2000 of 2000", False)


def test_long_output_is_bounded_and_says_so(kernel: Kernel) -> None:
    reply = kernel.run("%mlrun\nfor i in range(40_000): print('line', i)")
    (row,) = outputs(kernel)
    assert row["size_bytes"] == len(reply.stdout.encode())
    assert row["is_truncated"]
    assert len(row["text"]) < 66_000
    assert row["text"].startswith("line 0\n")
    assert row["text"].endswith("line 39999\n")


def test_large_outputs_keep_their_order_and_are_there_for_the_next_cell(kernel: Kernel) -> None:
    big = "display({'text/html': '<p>big</p>' * 40_000, 'text/plain': f'big {i}'}, raw=True)"
    sent = [
        kernel.send(f"%mlrun big\nprint('before')\nfor i in range(2):\n    {big}\nprint('after')", cellId="a"),
        kernel.send("import nbmlops as ml\n[(o.kind, o.size_bytes, o.is_late) for o in ml.get(1).outputs]", cellId="b"),
    ]
    _, asked = kernel.wait(*sent)
    displays = [("display", 400_000, False), ("display", 5, False)]
    assert asked.result is not None
    assert eval(asked.result) == [("stream", 7, False), *displays, *displays, ("stream", 6, False)]
    html = next(r for r in outputs(kernel) if r["mime"] == "text/html")
    assert blob_of(kernel, html["sha256"]) == b"<p>big</p>" * 40_000


def test_a_large_output_is_updated_by_a_later_cell(kernel: Kernel) -> None:
    big = "{'text/html': '<p>big</p>' * 40_000}"
    kernel.wait(
        kernel.send(f"%mlrun\nh = display({big}, raw=True, display_id=True)\nh.update({big}, raw=True)", cellId="a"),
        kernel.send("h.update({'text/html': 'small'}, raw=True)", cellId="b"),
    )
    rows = [(r["name"], r["size_bytes"], r["updates"], r["is_late"]) for r in outputs(kernel)]
    assert rows == [(None, 400_000, 0, False), ("last", 5, 2, True)]


def test_what_a_killed_kernel_had_printed_is_there(own_kernel: Kernel) -> None:
    kernel = own_kernel
    sent = kernel.send(
        "%mlrun long\nimport time\nfor i in range(2600): print('line', i)\nbegan = time.monotonic()\n"
        "while time.monotonic() < began + 60: time.sleep(.05); print('.', end='', flush=True)"
    )
    kernel.wait_for_output(sent, "line 2599")
    journals = kernel.folder / ".nbmlops"
    for _ in range(120):  # 20 a second at most
        if any(b"line 2599" in p.read_bytes() for p in journals.rglob("*") if p.is_file()):
            break
        kernel.wait_for_output(sent, ".")
    kernel.manager.signal_kernel(signal.SIGKILL)
    told = kernel.told_by_another_process("SELECT status FROM runs")
    assert "lost" in told
    (row,) = kernel.rows("FROM outputs")
    assert row["text"].startswith("line 0\nline 1\n")
    assert "line 2599\n" in row["text"]


def test_a_cell_that_was_looked_at_while_it_ran_is_recorded_once(kernel: Kernel) -> None:
    kernel.run(
        "%mlrun\nimport time\nprint('early', flush=True)\nbegan = time.monotonic()\n"
        "while time.monotonic() < began + 2.6: time.sleep(.1)\nprint('end')"
    )
    assert [(r["text"], r["is_late"]) for r in outputs(kernel)] == [("early\nend\n", False)]


def test_captured_output_is_not_shown_and_not_recorded(kernel: Kernel) -> None:
    reply = kernel.run("%mlrun quiet\n%%capture grabbed\nprint('hidden'); lr = 1; display(2)")
    assert reply.stdout == ""
    assert kernel.run("grabbed.stdout").result == "'hidden\\n'"
    assert outputs(kernel) == []
    assert [r["status"] for r in kernel.rows("FROM runs")] == ["finished"]
    assert [(r["key"], r["value"]) for r in kernel.rows("FROM params")] == [("lr", "1")]


def test_widgets_are_recorded_by_their_text(kernel: Kernel) -> None:
    pytest.importorskip("ipywidgets")
    kernel.run("%mlrun\nimport ipywidgets\nipywidgets.IntSlider(value=3)")
    (row,) = outputs(kernel)
    assert (row["mime"], row["kind"]) == ("text/plain", "result")
    assert "IntSlider(value=3)" in row["text"]


def test_our_own_footer_and_tables_are_not_recorded(kernel: Kernel) -> None:
    assert kernel.run("%mlrun named\npass").footer is not None
    kernel.run("%mlrun\nget_ipython().run_line_magic('ml', '')")
    assert outputs(kernel) == []


def test_a_thread_that_outlives_its_cell(kernel: Kernel) -> None:
    kernel.run(
        "%mlrun first\nimport threading\ngo, done = threading.Event(), threading.Event()\n"
        "def work():\n    go.wait(30)\n    display('shown late')\n    done.set()\n"
        "threading.Thread(target=work).start()\nprint('in time')",
        cellId="a",
    )
    kernel.run("%mlrun second\ngo.set(); _ = done.wait(30); print('second')", cellId="b")
    rows = [(r["cell_id"], r["text"], r["is_late"]) for r in outputs(kernel)]
    assert rows == [("a", "in time\n", False), ("a", "'shown late'", True), ("b", "second\n", False)]


def test_prints_of_a_thread_that_outlives_its_cell_are_marked(kernel: Kernel) -> None:
    kernel.run(
        "%mlrun first\nimport sys, threading\ngo, done = threading.Event(), threading.Event()\n"
        "def work():\n    go.wait(30)\n    print('stranger', flush=True)\n    done.set()\n"
        "threading.Thread(target=work).start()",
        cellId="a",
    )
    kernel.run(
        "%mlrun second\nprint('own', flush=True)\ngo.set(); _ = done.wait(30)\nprint('own again')\n"
        "t = threading.Thread(target=print, args=('own thread',)); t.start(); t.join()",
        cellId="b",
    )
    rows = outputs(kernel)
    late = [r["text"] for r in rows if r["is_late"]]
    in_time = "".join(r["text"] for r in rows if not r["is_late"])
    assert late == ["stranger\n"]
    assert in_time == "own\nown again\nown thread\n"


def test_prints_that_come_after_the_cell_are_late(kernel: Kernel) -> None:
    """A print under the id of an ended cell, as of ipykernel 6 or a stream that was flushed late."""
    kernel.run("%mlrun first\nprint('in time')\nparent = get_ipython().get_parent()", cellId="a")
    kernel.quietly(
        "_k = get_ipython().kernel\n"
        "_k.session.send(_k.iopub_socket, 'stream', {'name': 'stdout', 'text': 'too late'}, parent=parent)"
    )
    rows = [(r["cell_id"], r["text"], r["is_late"]) for r in outputs(kernel)]
    assert rows == [("a", "in time\n", False), ("a", "too late", True)]


def test_outputs_of_all_cells_or_of_none_by_config(kernel: Kernel) -> None:
    kernel.run("print('plain one')")
    kernel.run("%config NbMlops.capture_outputs = 'all'")
    kernel.run("print('plain two')")
    kernel.run("%config NbMlops.capture_outputs = 'none'")
    kernel.run("%mlrun\nprint('run one')")
    kernel.run("%config NbMlops.capture_outputs = 'runs'")
    kernel.run("%mlrun\nprint('run two')")
    assert [r["text"] for r in outputs(kernel)] == ["plain two\n", "run two\n"]


def test_runs_by_function_record_the_outputs_of_their_cell(kernel: Kernel) -> None:
    kernel.run("import nbmlops as ml\nwith ml.run('by function'):\n    print('inside')")
    kernel.run("%mlrun begin span")
    kernel.run("print('spanned')")
    kernel.run("%mlrun end")
    kernel.run("print('after')")
    assert [r["text"] for r in outputs(kernel, "WHERE o.run_id IS NOT NULL")] == ["inside\n", "spanned\n"]


def test_forty_thousand_prints_are_all_shown(kernel: Kernel) -> None:
    reply = kernel.run("%mlrun\nfor i in range(40_000): print(i)")
    assert re.findall(r"\d+", reply.stdout) == [str(i) for i in range(40_000)]


def test_the_public_hooks_see_the_same_where_send_cannot_be_wrapped(bare_kernel: Kernel) -> None:
    kernel = bare_kernel
    kernel.quietly(
        "from nbmlops.ipython.capture import HookTap\n"
        "_tap = HookTap(get_ipython(), get_ipython().kernel); _ = _tap.install()"
    )
    kernel.run("import sys\nprint('out'); print('err', file=sys.stderr); display('shown')\n'result'")
    seen = kernel.run("_tap.end(flush=True)\nsorted({m.msg_type for m in _tap.queue})").result or ""
    kernel.quietly("_tap.remove(); _tap.queue.clear()")
    kernel.run("print('unseen'); display('unseen')")
    assert "'display_data'" in seen
    assert "'stream'" in seen
    assert kernel.run("len(_tap.queue)").result == "0"
