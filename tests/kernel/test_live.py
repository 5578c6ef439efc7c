"""The live view of a run cell: when it comes, where it lands, how a run is stopped, what the notebook keeps."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from nbmlops.ui.shown import MIME, unpacked
from tests.kernel.conftest import TIMEOUT, Kernel, Reply

WIDGET = "application/vnd.jupyter.widget-view+json"
# goes on until its view is there, however slow the machine is
SLOW = """%mlrun {name}
import itertools, time
from nbmlops.ipython.extension import loaded
view = loaded(get_ipython()).hooks.current().run._live
for i in itertools.count():
    ml.log(loss=1 / (i + 1)); time.sleep(0.02)
    if i > 20 and (view is None or view._widget is not None): break
"""


@pytest.fixture
def ml(kernel: Kernel) -> Kernel:
    """A kernel in which a view is due after a tenth of a second."""
    kernel.run("import nbmlops as ml\n%config NbMlops.live_after_s = 0.1\n%config NbMlops.quiet = False")
    return kernel


def views(reply: Reply, kind: str = "display_data") -> list[dict[str, Any]]:
    """What was shown of ours with a live form or a picture of one, in the order of messages."""
    return [content for each, content in reply.outputs if each == kind and is_live(content)]


def is_live(content: dict[str, Any]) -> bool:
    """Whether it is the live view of a run, rather than the line under it."""
    return bool(content["data"].get(MIME, {}).get("view") == "live")


def saved(content: dict[str, Any]) -> dict[str, Any]:
    """The picture that the notebook keeps."""
    return dict(unpacked(content["data"][MIME])["data"])


def wait_for_view(kernel: Kernel, message_id: str) -> dict[str, Any]:
    """Wait until the view of a running cell is shown."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=TIMEOUT)
        is_ours = message["parent_header"].get("msg_id") == message_id
        if is_ours and message["msg_type"] == "display_data" and is_live(message["content"]):
            return dict(message["content"])


def end(kernel: Kernel, message_id: str) -> Reply:
    return kernel.wait(message_id)[0]


def test_a_cell_that_takes_long_shows_itself_and_keeps_its_last_state(ml: Kernel) -> None:
    reply = ml.run(SLOW.format(name="slow"))
    (shown,) = views(reply)
    (last,) = views(reply, "update_display_data")
    assert saved(shown)["status"] == "running"
    data = saved(last)
    assert (data["status"], data["run"]["name"]) == ("finished", "slow")
    assert data["series"][0]["count"] > 20
    assert shown["transient"]["display_id"] == last["transient"]["display_id"]
    assert {WIDGET, "text/html", "text/plain"} <= set(last["data"])
    assert "<svg" in last["data"]["text/html"]
    assert "Loading widget" not in last["data"]["text/html"]
    assert len(json.dumps(last["data"])) < 200_000
    kinds = [kind for kind, _ in reply.outputs]
    assert "execute_result" not in kinds
    assert reply.outputs[-1][1]["data"]["text/plain"] == reply.footer
    assert "#" in (reply.footer or "")


def test_a_quick_cell_shows_nothing(ml: Kernel) -> None:
    ml.run("%config NbMlops.live_after_s = 2.0")
    reply = ml.run("%mlrun quick\nml.log(loss=1)")
    assert views(reply) == []
    assert [kind for kind, _ in reply.outputs if kind != "execute_input"] == ["display_data"]


@pytest.mark.parametrize("line", ["--quiet", "off", "all quiet"])
def test_it_can_be_kept_off(ml: Kernel, line: str) -> None:
    if line == "off":
        ml.run("%config NbMlops.live_after_s = -1.0")
    if line == "all quiet":
        ml.run("%config NbMlops.quiet = True")
    name = "still --quiet" if line == "--quiet" else "still"
    reply = ml.run(SLOW.format(name=name))
    assert reply.status == "ok"
    assert views(reply) == []
    ml.run("%config NbMlops.quiet = False")


def test_live_at_once_whatever_the_setting(ml: Kernel) -> None:
    ml.run("%config NbMlops.live_after_s = -1.0")
    reply = ml.run(SLOW.format(name="now --live"))
    assert len(views(reply)) == 1
    assert saved(views(reply, "update_display_data")[0])["status"] == "finished"


def test_it_lands_under_its_own_cell_in_run_all(ml: Kernel) -> None:
    sent = [ml.send(SLOW.format(name=f"n{place}")) for place in range(3)]
    for place, reply in enumerate(ml.wait(*sent)):
        assert saved(views(reply)[0])["run"]["name"] == f"n{place}"
        assert saved(views(reply, "update_display_data")[0])["status"] == "finished"
        assert f"n{place}" in (reply.footer or "")


def test_it_is_no_output_of_the_user(ml: Kernel) -> None:
    ml.run(SLOW.format(name="slow") + "\nprint('mine')")
    rows = ml.records("FROM outputs")
    assert [(row["kind"], row["text"]) for row in rows] == [("stream", "mine\n")]


def test_what_fails_keeps_its_view_too(ml: Kernel) -> None:
    reply = ml.run(SLOW.format(name="bad") + "\n1 / 0")
    assert reply.status == "error"
    assert saved(views(reply, "update_display_data")[0])["status"] == "failed"
    assert "failed" in (reply.footer or "")


def test_an_interrupt_ends_a_plain_loop_cleanly(ml: Kernel) -> None:
    sent = ml.send("%mlrun plain\nx = 0\nwhile True: x += 1")
    wait_for_view(ml, sent)
    ml.manager.interrupt_kernel()
    reply = end(ml, sent)
    assert saved(views(reply, "update_display_data")[0])["status"] == "interrupted"
    assert "interrupted" in (reply.footer or "")
    assert ml.run("%mlrun next\nml.log(a=1)").status == "ok"
    assert [row["status"] for row in ml.records("FROM runs ORDER BY number")] == ["interrupted", "finished"]


@pytest.mark.parametrize("body", ["ml.log(loss=1)", "pass"], ids=["at a log call", "at a step of a loop"])
def test_a_stop_while_the_cell_blocks(ml: Kernel, body: str) -> None:
    features = ml.client.kernel_info(reply=True, timeout=TIMEOUT)["content"].get("supported_features", ())
    if "kernel subshells" not in features:
        pytest.skip("this ipykernel has no subshells: nothing is delivered while a cell runs")
    code = f"%mlrun held\nimport time\nfor i in ml.progress(range(10_000)):\n    time.sleep(0.02)\n    {body}"
    sent = ml.send(code)
    shown = wait_for_view(ml, sent)
    ask_by_comm(ml, shown, "stop", {"run": saved(shown)["run"]["id"]})
    reply = end(ml, sent)
    assert reply.status == "error"
    assert (reply.error or {})["ename"] == "Stopped"
    assert saved(views(reply, "update_display_data")[0])["status"] == "stopped"
    assert "stopped" in (reply.footer or "")
    (row,) = ml.records("FROM runs")
    assert row["status"] == "stopped"


@pytest.mark.parametrize("logged", ["loss=1 / (i + 1)", "dict.fromkeys(names, 0.5)"], ids=["one metric", "30 metrics"])
def test_a_flood_is_seen_counted_and_stopped(ml: Kernel, logged: str) -> None:
    features = ml.client.kernel_info(reply=True, timeout=TIMEOUT)["content"].get("supported_features", ())
    if "kernel subshells" not in features:
        pytest.skip("this ipykernel has no subshells: nothing is delivered while a cell runs")
    ml.run("import itertools\nnames = [f'layer{n}' for n in range(30)]")
    sent = ml.send(f"%mlrun flood\nfor i in itertools.count():\n    ml.log({logged}, step=i)")
    shown = wait_for_view(ml, sent)
    counts: list[int] = []
    while len(counts) < 3:  # the loop goes on until so many pictures came; what it logged must then be taken in
        content = ml.client.get_iopub_msg(timeout=TIMEOUT)["content"]
        data = content.get("data", {}).get("state", {}).get("state", {}).get("data")
        if data is not None and data["series"]:
            counts.append(data["series"][0]["count"])
    assert counts == sorted(set(counts)), "each has more points"
    ask_by_comm(ml, shown, "stop", {"run": saved(shown)["run"]["id"]})
    reply = end(ml, sent)
    assert (reply.error or {})["ename"] == "Stopped"
    (last,) = views(reply, "update_display_data")
    kept = saved(last)
    (row,) = ml.records("SELECT count(*) AS n FROM metrics GROUP BY key LIMIT 1")
    assert kept["status"] == "stopped"
    assert {each["count"] for each in kept["series"]} == {row["n"]}
    assert kept["every"] is None


def ask_by_comm(kernel: Kernel, shown: dict[str, Any], name: str, args: dict[str, Any]) -> None:
    """Send an action as JupyterLab does: a message of the view's widget, on a subshell."""
    subshell = kernel.control("create_subshell_request")["subshell_id"]
    asked = {"method": "custom", "content": {"id": 1, "kind": "action", "name": name, "args": args}}
    comm = shown["data"][WIDGET]["model_id"]
    message = kernel.client.session.msg("comm_msg", {"comm_id": comm, "data": asked})
    message["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(message)


def test_progress_and_what_is_left_are_part_of_the_picture(ml: Kernel) -> None:
    code = "%mlrun loops\nimport time\nfor i in ml.progress(range(20), desc='epochs'):\n    time.sleep(0.05)"
    reply = ml.run(code)
    (loop,) = saved(views(reply, "update_display_data")[0])["progress"]
    assert (loop["desc"], loop["done"], loop["total"], loop["is_over"]) == ("epochs", 20, 20, True)
    assert "epochs 20 / 20" in views(reply, "update_display_data")[0]["data"]["text/html"]


def test_a_loop_outside_of_run_cells_has_one_line(ml: Kernel) -> None:
    reply = ml.run("import time\nfor i in ml.progress(range(30), desc='files'):\n    time.sleep(0.05)")
    shown = [(kind, content) for kind, content in reply.outputs if kind != "execute_input"]
    first, *updates = [(kind, content["data"]["text/plain"]) for kind, content in shown]
    assert first[0] == "display_data"
    assert {kind for kind, _ in updates} == {"update_display_data"}
    assert "30 / 30" in updates[-1][1]
    assert len(updates) <= 10


def test_what_the_cell_clears_comes_back_at_its_end(ml: Kernel) -> None:
    clear = "\nfrom IPython.display import clear_output; clear_output(); print('mine')"
    reply = ml.run(SLOW.format(name="cleared") + clear)
    first, last = views(reply)
    assert first["transient"]["display_id"] != last["transient"]["display_id"]
    assert saved(last)["status"] == "finished"
    assert views(reply, "update_display_data") == []


def test_pushes_are_at_most_four_a_second(ml: Kernel) -> None:
    code = "\nt = time.monotonic()\nwhile time.monotonic() - t < 3: ml.log(loss=1); time.sleep(0.01)"
    sent = ml.send(SLOW.format(name="fast") + code)
    pushes = []
    while True:
        message = ml.client.get_iopub_msg(timeout=TIMEOUT)
        if message["msg_type"] == "comm_msg" and "state" in message["content"]["data"].get("state", {}):
            pushes.append(time.monotonic())
        is_mine = message["parent_header"].get("msg_id") == sent
        if is_mine and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            break
    passed = pushes[-1] - pushes[0]
    assert 3 <= len(pushes) <= passed / 0.25 + 3, "with the last state, and one that came late"
