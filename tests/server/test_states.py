"""Stores that are held, gone, spoilt, newer, read-only; records that come from the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT
from tests.server.conftest import Server, rows, start, stop, until

Log = Callable[..., None]
Held = Callable[[], subprocess.Popen[str]]

RUNS = """
for name in ("adam", "sgd"):
    with ml.run(name, params={"lr": 0.1}):
        ml.log(loss=0.5)
"""
HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def store(server: Server, log: Log, request: pytest.FixtureRequest) -> Path:
    """A store of two runs, in a folder of the test."""
    folder = server.root / f"states{abs(hash(request.node.name)) % 10**8}"
    folder.mkdir()
    log(folder / "mlops.duckdb", RUNS)
    return folder / "mlops.duckdb"


@pytest.fixture
def key(server: Server, store: Path) -> str:
    return server.key(f"{store.parent.name}/a.ipynb")


@pytest.fixture
def hold(store: Path) -> Iterator[Held]:
    """Hold the file as a DuckDB shell does."""
    holders = []

    def begin() -> subprocess.Popen[str]:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holders.append(holder)
        return holder

    yield begin
    for holder in holders:
        holder.kill()
        holder.communicate()


def ids(server: Server, key: str) -> dict[str, str]:
    """Ids of the runs by name."""
    return {row["run"]["name"]: row["run"]["id"] for row in server.answer(key, "panel")["data"]["rows"]}


def test_while_somebody_holds_the_file_the_last_answer_is_given_with_its_age(
    server: Server, key: str, hold: Held
) -> None:
    before = server.answer(key, "panel")
    assert "age_s" not in before
    holder = hold()
    started = time.monotonic()
    found = server.answer(key, "panel")
    assert time.monotonic() - started < 5
    assert found["ok"] and found["data"] == before["data"]
    assert found["age_s"] > 0
    assert f"(PID {holder.pid})" in found["notice"]
    unknown = server.answer(key, "panel", {"order": "name"})
    assert not unknown["ok"] and unknown["error"]["kind"] == "StoreBusy"
    holder.kill()
    holder.wait()
    assert "age_s" not in server.answer(key, "panel", {"order": "name"})


def test_the_server_goes_on_while_it_waits_for_a_file(server: Server, key: str, hold: Held) -> None:
    hold()
    waiting = threading.Thread(target=server.answer, args=(key, "panel", {"order": "name"}))
    waiting.start()
    times = []
    while waiting.is_alive():
        started = time.monotonic()
        server.ask("GET", "nothing-of-ours")
        times.append(time.monotonic() - started)
    waiting.join()
    assert len(times) > 3
    assert max(times) < 1


def test_a_store_that_vanishes_and_comes_back(server: Server, key: str, store: Path, tmp_path: Path) -> None:
    shutil.move(store.parent, tmp_path / "away")
    found = server.answer(key, "panel")
    assert (found["ok"], found["error"]["kind"]) == (False, "StoreGone")
    assert "no longer there" in found["error"]["message"]
    pulse = server.get("stamp", store=key)
    assert pulse["store"]["exists"] is False
    assert pulse["store"]["problem"]["kind"] == "StoreGone"
    assert str(server.root) not in str(pulse), "a place of the machine is nobody's business"
    assert not store.parent.exists(), "looking at it must not make it anew"
    assert server.answer(key, "tag", {"run": "r", "key": "k", "value": ""}, kind="action")["ok"] is False
    assert not store.parent.exists()
    shutil.move(tmp_path / "away", store.parent)
    assert server.answer(key, "panel")["data"]["total"] == 2
    assert server.get("stamp", store=key)["store"]["problem"] is None


def test_a_file_that_vanishes_alone_is_not_made_anew(server: Server, key: str, store: Path) -> None:
    store.rename(store.with_suffix(".away"))
    assert server.answer(key, "panel")["error"]["kind"] == "StoreGone"
    assert not store.exists()
    store.with_suffix(".away").rename(store)
    assert server.answer(key, "panel")["data"]["total"] == 2


def test_a_spoilt_store_says_so(server: Server, key: str, store: Path) -> None:
    content = store.read_bytes()
    store.write_bytes(b"no database at all, " * 5000)
    found = server.answer(key, "panel")
    assert (found["ok"], found["error"]["kind"]) == (False, "StoreCorrupt")
    assert "doctor --rebuild" in found["error"]["hint"]
    store.write_bytes(content)
    assert server.answer(key, "panel")["ok"]


def test_a_store_of_a_newer_version_is_left_untouched(server: Server, key: str, store: Path) -> None:
    with duckdb.connect(str(store)) as con:
        con.execute("UPDATE _nbm.meta SET value = '99' WHERE key = 'min_reader'")
    before = store.read_bytes()
    found = server.answer(key, "panel")
    assert (found["ok"], found["error"]["kind"]) == (False, "StoreTooNew")
    assert "pip install -U nbmlops" in found["error"]["hint"]
    assert store.read_bytes() == before


def test_what_the_browser_changes_is_there_for_everybody(server: Server, key: str, store: Path) -> None:
    runs = ids(server, key)
    before = server.get("stamp", store=key)["stamp"]
    for name, args in (
        ("tag", {"run": runs["adam"], "key": "team", "value": "vision"}),
        ("note", {"run": runs["adam"], "text": "warm start"}),
        ("delete", {"run": runs["sgd"]}),
    ):
        assert server.answer(key, name, args, kind="action")["ok"]
    assert server.get("stamp", store=key)["stamp"] != before
    [row] = server.answer(key, "panel")["data"]["rows"]
    assert (row["tags"], row["note"]) == ({"team": "vision"}, "warm start")
    assert rows(store, "SELECT name, note FROM runs") == [("adam", "warm start")]
    deleted = server.answer(key, "panel", {"deleted": True})["data"]
    assert ([row["run"]["name"] for row in deleted["rows"]], deleted["deleted"]) == (["sgd"], 1)
    assert server.answer(key, "restore", {"run": runs["sgd"]}, kind="action")["ok"]
    assert set(ids(server, key)) == {"adam", "sgd"}


def test_nothing_is_done_twice_or_from_memory(server: Server, key: str, store: Path, hold: Held) -> None:
    runs = ids(server, key)
    note = {"run": runs["adam"], "text": "once"}
    assert server.answer(key, "note", note, kind="action")["ok"]
    assert server.answer(key, "note", note | {"text": "twice"}, kind="action")["ok"]
    holder = hold()
    found = server.answer(key, "note", note, kind="action")
    assert (found["ok"], found["error"]["kind"]) == (False, "StoreBusy")
    holder.kill()
    holder.wait()
    assert rows(store, "SELECT note FROM runs WHERE name = 'adam'") == [("twice",)]


def test_a_killed_process_changes_the_stamp_and_its_run_is_lost(server: Server, key: str, store: Path) -> None:
    code = "import nbmlops as ml, time; ml.begin('killed'); ml.log(loss=1); print('up', flush=True); time.sleep(600)"
    env = os.environ | {"NBMLOPS_STORE": str(store), "PYTHONPATH": str(ROOT)}
    user = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    assert user.stdout.readline() == "up\n"
    assert until(lambda: status(server, key, "killed") == "running")
    before = server.get("stamp", store=key)["stamp"]
    user.kill()
    user.communicate()
    assert until(lambda: server.get("stamp", store=key)["stamp"] != before)
    assert status(server, key, "killed") == "lost"


def status(server: Server, key: str, name: str) -> Any:
    found = {row["run"]["name"]: row["run"]["status"] for row in server.answer(key, "panel")["data"]["rows"]}
    return found.get(name)


@pytest.fixture
def read_only(store: Path) -> Iterator[Path]:
    """The store's folder, mounted or set so that nothing can be written."""
    folder = store.parent
    is_root = os.geteuid() == 0
    if is_root:
        command = ["mount", "--bind", str(folder), str(folder)]
        if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no way to make a folder read-only here")
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
    else:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o500 if path.is_dir() else 0o400)
    yield store
    if is_root:
        subprocess.run(["umount", str(folder)], check=True)
    else:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)


def test_a_read_only_folder_is_read_and_says_that_it_cannot_be_written(
    server: Server, key: str, read_only: Path
) -> None:
    found = server.answer(key, "panel")
    assert found["ok"] and found["data"]["total"] == 2
    args = {"run": found["data"]["rows"][0]["run"]["id"], "text": "no"}
    said = server.answer(key, "note", args, kind="action")
    assert (said["ok"], said["error"]["kind"]) == (False, "StoreUnwritable")
    assert "nothing was changed" in said["error"]["message"]


def test_after_a_restart_the_same_key_means_the_same_store(log: Log, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    first = start(tmp_path)
    log(tmp_path / "root" / "mlops.duckdb", RUNS)
    key = first.key("a.ipynb")
    run = ids(first, key)["adam"]
    assert first.answer(key, "note", {"run": run, "text": "kept"}, kind="action")["ok"]
    journals = tmp_path / "root" / ".nbmlops" / "mlops" / "journal"
    assert len(list(journals.glob("*.jsonl"))) == 1, "the server writes one journal of its own"
    stop(first)
    assert list(journals.glob("*.jsonl")) == [], "it ends its session when it ends"
    second = start(tmp_path)
    found = second.answer(key, "panel")["data"]["rows"]
    assert {row["run"]["name"]: row["note"] for row in found} == {"adam": "kept", "sgd": None}
    stop(second)


def test_a_kernel_with_an_older_duckdb_shares_the_store(server: Server, log: Log, old_duckdb_python: str) -> None:
    folder = server.root / "mixed"
    folder.mkdir()
    store = folder / "mlops.duckdb"
    log(store, "with ml.run('old'):\n    ml.log(loss=1)", old_duckdb_python)
    key = server.key("mixed/a.ipynb")
    run = ids(server, key)["old"]
    assert server.answer(key, "tag", {"run": run, "key": "seen", "value": ""}, kind="action")["ok"]
    log(store, "assert ml.get('old').tags == {'seen': ''}; ml.delete('old')", old_duckdb_python)
    assert server.answer(key, "panel")["data"]["total"] == 0
