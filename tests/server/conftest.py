"""A real Jupyter server on the loopback interface, and a store below its root."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from nbmlops.storage.store import Store
from tests.conftest import ROOT

TOKEN = "server-tests"
BASE = "/user/ada/"
START_S = 60


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    root: Path
    home: Path
    env: dict[str, str]

    @property
    def announced(self) -> Path:
        """Where kernels say which store they write to."""
        folder = self.home / "runtime" / "nbmlops"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def ask(
        self, method: str, route: str, body: Any = None, *, token: str | None = TOKEN, headers: Any = None, **query: Any
    ) -> Reply:
        """One request to a route of ours."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Authorization": f"token {token}"} if token else {}
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        address = f"{BASE}{'' if route.startswith('api/') else 'nbmlops/api/'}{route}"
        if query:
            address += "?" + urlencode(query)
        connection.request(method, address, data, sent | (headers or {}))
        answer = connection.getresponse()
        found = Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        connection.close()
        return found

    def get(self, route: str, **query: Any) -> Any:
        """An answer that must be there."""
        found = self.ask("GET", route, **query)
        assert found.status == 200, found.body
        return found.json

    def answer(self, key: str | None, name: str, args: Any = None, kind: str = "view", **more: Any) -> Any:
        """What the desk of a store says."""
        request = {"store": key, "id": 1, "kind": kind, "name": name, "args": args or {}, **more}
        found = self.ask("POST", "answer", request)
        assert found.status == 200, found.body
        return found.json

    def key(self, notebook: str) -> str:
        """The key of the store that belongs to a notebook."""
        found = self.get("stores", notebook=notebook)["belongs"]
        assert found is not None
        return str(found)


def start(home: Path, env: dict[str, str] | None = None, *more: str) -> Server:
    """Start a server in ``home``; its root is ``home/root``."""
    root = home / "root"
    root.mkdir(exist_ok=True)
    place = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_CONFIG_PATH": str(home / "installed"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    place |= env or {}
    enabled = home / "installed" / "jupyter_server_config.d"  # where pip puts it, below etc/jupyter
    enabled.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "jupyter-config" / "server.json", enabled / "nbmlops.json")
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--ServerApp.ip=127.0.0.1"]
    command += ["--ServerApp.port=0", f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"]
    command += ["--ServerApp.allow_root=True", f"--ServerApp.base_url={BASE}", *more]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=home, env=place, stdout=log, stderr=subprocess.STDOUT)
    return Server(process, _port(process, home), root, home, place)


def _port(process: subprocess.Popen[bytes], home: Path) -> int:
    """The server writes its address into the runtime folder, and listens soon after."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            said = json.loads((home / "runtime" / f"jpserver-{process.pid}.json").read_text())
            port = int(urlsplit(said["url"]).port or 0)
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return port
        except (OSError, ValueError):
            time.sleep(0.05)
    pytest.fail(f"the server did not start:\n{(home / 'server.log').read_text()[-3000:]}")


def stop(server: Server) -> None:
    """End a server as its owner would."""
    server.process.terminate()
    server.process.wait(30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that leave it as it is."""
    home = tmp_path_factory.mktemp("server")
    (home / ".git").mkdir()
    running = start(home, None, f"--NbMlopsServer.stores={home / 'listed'}")
    yield running
    stop(running)


@pytest.fixture
def log(tmp_path: Path) -> Callable[..., None]:
    """Run code of a user in a process of its own, with ``NBMLOPS_STORE`` set."""

    def run(store: Path, code: str, python: str = sys.executable) -> None:
        env = os.environ | {"PYTHONPATH": str(ROOT), "NBMLOPS_STORE": str(store)}
        command = [python, "-c", f"import nbmlops as ml\n{code}"]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    return run


def rows(path: Path, sql: str) -> list[Any]:
    """Ask a store directly."""
    return Store(path).read(lambda con: con.execute(sql).fetchall())


def until(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail("it did not happen in time")
        time.sleep(0.02)
    return found
