"""A view that looks at a store which was deleted makes no new one, and goes on when there is one again."""

from __future__ import annotations

import shutil
from typing import Any

import nbmlops as ml
from nbmlops.tracking.desk import here
from nbmlops.ui.desk import answer
from tests.unit.live.conftest import Live


def test_looking_at_a_store_that_is_gone(live: Live) -> None:
    with ml.run("first"):
        ml.log(loss=1)
    desk = here()

    def ask() -> dict[str, Any]:
        return answer(desk, {"id": 1, "kind": "view", "name": "runs", "args": {}})

    assert ask()["ok"]
    away = live.path.with_name("away.duckdb")
    shutil.move(live.path, away)
    refused = ask()["error"]
    assert (refused["kind"], refused["message"]) == ("StoreGone", "mlops.duckdb is no longer there")
    assert "put it back" in refused["hint"]
    assert not live.path.exists()
    shutil.move(away, live.path)
    assert ask()["ok"]


def test_a_store_that_is_still_to_come_is_no_loss(live: Live) -> None:
    found = answer(here(), {"id": 1, "kind": "view", "name": "runs", "args": {}})
    assert found["ok"], found
