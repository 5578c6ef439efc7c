"""Who gets an answer, and to what."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.server.conftest import BASE, TOKEN, Server

ROUTES = [("GET", "stores"), ("GET", "stamp"), ("GET", "artifact"), ("POST", "answer")]

TWO_RUNS = """
import nbmlops as ml
with ml.run("adam", params={"lr": 0.01}):
    ml.log(loss=0.5, step=1)
    open("weights.bin", "wb").write(bytes(range(256)) * 4096)
    from pathlib import Path
    ml.log(weights=Path("weights.bin"))
with ml.run("sgd"):
    ml.log(loss=0.7)
"""


@pytest.fixture(scope="module")
def wine(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two runs beside a notebook."""
    folder = server.root / "wine"
    folder.mkdir()
    (folder / "train.ipynb").write_text("{}")
    env = os.environ | {"NBMLOPS_STORE": str(folder / "mlops.duckdb"), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", TWO_RUNS], cwd=tmp_path_factory.mktemp("cwd"), env=env, check=True)
    return folder


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_without_a_token_nothing_is_told(server: Server, method: str, route: str) -> None:
    assert server.ask(method, route, body=b"{}" if method == "POST" else None, token=None).status == 403
    assert server.ask(method, route, body=b"{}" if method == "POST" else None, token="wrong").status == 403


def test_a_cookie_alone_cannot_do_anything(server: Server) -> None:
    """A page of another site sends the cookies of the browser, but does not know the XSRF token."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", f"{BASE}tree?token={TOKEN}")
    cookies = {}
    answer = connection.getresponse()
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            key, _, rest = value.partition("=")
            cookies[key] = rest.split(";")[0]
    answer.read()
    sent = {"Cookie": "; ".join(f"{key}={value}" for key, value in cookies.items())}
    assert server.ask("GET", "stores", token=None, headers=sent).status == 200, "the cookie is a good one"
    body = {"kind": "view", "name": "runs"}
    assert server.ask("POST", "answer", body, token=None, headers=sent).status == 403
    sent["X-XSRFToken"] = cookies["_xsrf"]
    assert server.ask("POST", "answer", body, token=None, headers=sent).status == 200


def test_the_store_of_a_notebook_is_named_without_its_place(server: Server, wine: Path) -> None:
    found = server.get("stores", notebook="wine/train.ipynb")
    [mine] = [store for store in found["stores"] if store["belongs"]]
    assert mine["key"] == found["belongs"]
    assert (mine["name"], mine["path"], mine["runs"], mine["exists"]) == ("mlops.duckdb", "wine/mlops.duckdb", 2, True)
    assert mine["size_bytes"] == (wine / "mlops.duckdb").stat().st_size
    assert (mine["pending_bytes"], mine["problem"]) == (0, None)
    assert str(server.root) not in str(found)


def test_a_view_is_answered(server: Server, wine: Path) -> None:
    found = server.answer(server.key("wine/train.ipynb"), "runs")
    assert found["ok"] and found["id"] == 1, found
    assert {row["run"]["name"] for row in found["data"]["rows"]} == {"adam", "sgd"}


def test_looking_changes_nothing(server: Server, wine: Path) -> None:
    key = server.key("wine/train.ipynb")
    before = server.get("stamp", store=key)
    server.answer(key, "runs")
    server.get("stores", notebook="wine/train.ipynb")
    assert server.get("stamp", store=key)["stamp"] == before["stamp"]
    assert list((wine / ".nbmlops" / "mlops" / "journal").glob("*.jsonl")) == []


def test_the_stamp_is_quick(server: Server, wine: Path) -> None:
    key = server.key("wine/train.ipynb")
    started = time.monotonic()
    for _ in range(20):
        server.get("stamp", store=key, notebook="wine/train.ipynb")
    assert (time.monotonic() - started) / 20 < 0.1


def test_a_panel_that_looks_does_not_keep_an_idle_server_alive(server: Server, wine: Path) -> None:
    """JupyterHub ends servers without activity; doing something counts, looking does not."""
    key = server.key("wine/train.ipynb")

    def last() -> str:
        return str(server.get("api/status")["last_activity"])

    before = last()
    server.get("stamp", store=key)
    server.answer(key, "panel")
    assert last() == before
    server.answer(key, "note", {"run": "none", "text": ""}, kind="action")
    assert last() > before


@pytest.mark.parametrize(
    "request_body",
    [b"", b"[]", b"null", b'{"store": 3}', b'"x"', b"\xff", b'{"store": {"a": 1}}'],
)
def test_what_is_no_request_is_refused(server: Server, request_body: bytes) -> None:
    found = server.ask("POST", "answer", request_body)
    assert found.status in (400, 404), found.body
    assert b"Traceback" not in found.body
