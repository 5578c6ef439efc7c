"""A server that several people share asks its authorizer who may do what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import Server, start, stop

CONFIG = """
from jupyter_server.auth import Authorizer

class Only(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return resource != "nbmlops" or action in {allowed}

c = get_config()
c.ServerApp.authorizer_class = Only
"""


@pytest.fixture
def shared(tmp_path: Path) -> Any:
    """Starts a server on which only so much is allowed."""
    running: list[Server] = []

    def go(*allowed: str) -> Server:
        (tmp_path / ".git").mkdir(exist_ok=True)
        config = tmp_path / f"only-{len(running)}.py"
        config.write_text(CONFIG.format(allowed=allowed))
        running.append(start(tmp_path, None, f"--config={config}"))
        return running[-1]

    yield go
    for server in running:
        stop(server)


def test_who_may_only_read_changes_nothing(
    shared: Callable[..., Server], log: Callable[..., None], tmp_path: Path
) -> None:
    server = shared("read")
    log(server.root / "mlops.duckdb", "with ml.run('mine'):\n    ml.log(loss=1)")
    key = server.key("train.ipynb")
    (row,) = server.answer(key, "runs")["data"]["rows"]
    run = row["run"]["id"]
    request = {"store": key, "id": 1, "kind": "action", "name": "tag", "args": {"run": run, "key": "x", "value": "1"}}
    refused = server.ask("POST", "answer", request)
    assert refused.status == 403
    assert refused.json["error"]["message"] == "this server does not let you change the runs"
    log(server.root / "mlops.duckdb", "assert ml.get('mine').tags == {}")


def test_who_may_do_nothing_is_told_nothing(shared: Callable[..., Server]) -> None:
    server = shared()
    for method, route in [("GET", "stores"), ("GET", "stamp"), ("GET", "artifact"), ("POST", "answer")]:
        assert server.ask(method, route, body={} if method == "POST" else None).status == 403
