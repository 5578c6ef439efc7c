"""Stores below the root, on the list, and those that kernels announce; nothing else is opened."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.conftest import Server

Log = Callable[..., None]
RUN = "with ml.run('secret'):\n    ml.log(loss=1)"


@pytest.fixture
def outside(server: Server, log: Log, tmp_path: Path) -> Path:
    """A store that has nothing to do with the server."""
    store = tmp_path / "outside" / "mlops.duckdb"
    store.parent.mkdir()
    log(store, RUN)
    return store


@pytest.fixture
def announce(server: Server) -> Iterator[Callable[..., str]]:
    """Say, as a kernel does, which store it writes to."""
    made = []

    def say(store: object, pid: int | None = None, kernel: str = "11111111-2222-3333-4444-555555555555") -> str:
        path = server.announced / f"{kernel}.json"
        path.write_text(json.dumps({"store": str(store), "session": "s", "pid": os.getpid() if pid is None else pid}))
        made.append(path)
        return kernel

    yield say
    for path in made:
        path.unlink(missing_ok=True)


def key_of(path: Path) -> str:
    """What a store's key would be: knowing it must not help."""
    return hashlib.blake2b(str(path.resolve()).encode(), digest_size=8).hexdigest()


def refused(server: Server, key: str) -> bool:
    """Nothing of a store is told under a key, by any route."""
    answer = server.answer(key, "runs")
    stamp = server.ask("GET", "stamp", store=key)
    artifact = server.ask("GET", "artifact", store=key, run="r", path="p")
    assert answer["ok"] or "not, or no longer, one that this server gives access to" in answer["error"]["message"]
    return not answer["ok"] and stamp.status == 404 and artifact.status == 404


def test_a_store_elsewhere_is_refused(server: Server, outside: Path) -> None:
    assert refused(server, key_of(outside))
    assert refused(server, str(outside))
    assert refused(server, "../outside/mlops.duckdb")
    assert all(store["key"] != key_of(outside) for store in server.get("stores")["stores"])


@pytest.mark.parametrize(
    "notebook",
    [
        "../outside/a.ipynb",
        "a/../../outside/a.ipynb",
        "/../outside/a.ipynb",
        "..",
        "a/../../../../../../../../etc/passwd",
        "../root-but-longer/a.ipynb",
    ],
)
def test_a_notebook_outside_the_root_leads_nowhere(server: Server, log: Log, notebook: str) -> None:
    for name in ("outside", "root-but-longer"):
        (server.home / name).mkdir(exist_ok=True)
        if not (server.home / name / "mlops.duckdb").exists():
            log(server.home / name / "mlops.duckdb", RUN)
    for method, route in (("GET", "stores"), ("GET", "stamp")):
        found = server.ask(method, route, notebook=notebook)
        assert found.status == 404, found.body
        assert "not below the folder" in found.json["error"]["message"]
    for sent in (notebook, "a\0b.ipynb"):
        assert server.answer(None, "runs", notebook=sent)["ok"] is False


def test_an_absolute_path_is_taken_below_the_root(server: Server, outside: Path) -> None:
    assert server.get("stores", notebook=str(outside.parent / "a.ipynb"))["belongs"] is None


def test_a_store_above_the_root_is_not_the_notebooks(server: Server, log: Log) -> None:
    """``nearest_store`` would find it: the server's home is the git root."""
    folder = server.root / "deep"
    folder.mkdir()
    above = server.home / "mlops.duckdb"
    log(above, RUN)
    try:
        assert server.get("stores", notebook="deep/a.ipynb")["belongs"] is None
        assert refused(server, key_of(above))
    finally:
        above.unlink()


def test_a_store_on_the_list_is_served(server: Server, log: Log) -> None:
    store = server.home / "listed" / "mlops.duckdb"
    store.parent.mkdir(exist_ok=True)
    log(store, RUN)
    [found] = [each for each in server.get("stores")["stores"] if each["key"] == key_of(store)]
    assert found["runs"] == 1
    assert server.answer(found["key"], "panel")["data"]["total"] == 1


def test_the_store_of_a_running_kernel_is_served(server: Server, outside: Path, announce: Callable[..., str]) -> None:
    kernel = announce(outside)
    found = server.get("stamp", kernel=kernel, notebook="nowhere.ipynb")
    assert found["belongs"] == found["store"]["key"] == key_of(outside)
    assert server.answer(found["belongs"], "panel")["data"]["total"] == 1
    (server.announced / f"{kernel}.json").unlink()
    assert server.answer(found["belongs"], "panel")["ok"], "a kernel that ended takes its runs from nobody"


def test_a_kernel_that_is_gone_announces_nothing(server: Server, outside: Path, announce: Callable[..., str]) -> None:
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    kernel = announce(outside, pid=over.pid)
    assert server.get("stamp", kernel=kernel)["belongs"] is None
    assert refused(server, key_of(outside))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_what_another_user_announces_is_not_believed(
    server: Server, outside: Path, announce: Callable[..., str]
) -> None:
    kernel = announce(outside)
    os.chown(server.announced / f"{kernel}.json", 12345, -1)
    assert server.get("stamp", kernel=kernel)["belongs"] is None


@pytest.mark.parametrize("kernel", ["../../secret", "a/b", "", "x" * 100, ".", "\0"])
def test_a_kernel_id_is_no_path(server: Server, outside: Path, kernel: str) -> None:
    (server.home / "secret.json").write_text(json.dumps({"store": str(outside), "pid": os.getpid()}))
    assert server.get("stamp", kernel=kernel)["belongs"] is None


@pytest.mark.parametrize(
    "said", [b"", b"[]", b'{"store": "relative.duckdb", "pid": 1}', b'{"pid": 1}', b'{"store": "/x", "pid": "y"}']
)
def test_a_spoilt_announcement_is_passed_over(server: Server, said: bytes) -> None:
    path = server.announced / "spoilt.json"
    path.write_bytes(said)
    try:
        assert server.get("stamp", kernel="spoilt")["belongs"] is None
        assert server.ask("GET", "stores").status == 200
    finally:
        path.unlink()


def test_a_linked_folder_leads_where_the_file_browser_goes(server: Server, outside: Path) -> None:
    link = server.root / "linked"
    link.symlink_to(outside.parent)
    try:
        found = server.get("stores", notebook="linked/a.ipynb")
        assert found["belongs"] == key_of(outside)
    finally:
        link.unlink()


def test_stores_are_found_below_the_root_but_not_in_what_is_no_project(server: Server, log: Log) -> None:
    places = ["found/a", "found/.hidden", "found/node_modules/x", "found/venv", "found/1/2/3/4/5/6/7"]
    for place in places:
        (server.root / place).mkdir(parents=True)
        (server.root / place / "mlops.duckdb").write_bytes(b"")
    (server.root / "found/venv/pyvenv.cfg").touch()
    log(server.root / "found" / "named.duckdb", RUN)
    shown = {store["path"] for store in fresh(server)}
    assert {path for path in shown if path.startswith("found/")} == {"found/a/mlops.duckdb", "found/named.duckdb"}


def fresh(server: Server) -> list[dict[str, object]]:
    """The list of a server that has not looked yet."""
    code = (
        "import sys, json; from pathlib import Path; from nbmlops.server.places import Places\n"
        "print(json.dumps([{'path': p.shown} for p in Places(Path(sys.argv[1]), [], Path('/none')).all()]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(server.root)], capture_output=True, text=True, check=True)
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found
