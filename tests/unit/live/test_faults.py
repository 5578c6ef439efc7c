"""A fault in the background that nobody foresaw: told with its place, once, and nothing is lost."""

from __future__ import annotations

import pytest

import nbmlops as ml
from nbmlops.storage import session
from nbmlops.storage.ingest import Report
from nbmlops.storage.store import Store
from tests.unit.live.conftest import Live
from tests.unit.storage.stores import wait_for


def test_it_is_told_once_with_its_place(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    ml.begin("r").log(loss=1)
    calls = list[None]()

    def ingest(self: Store, *, wait: float = 0.0, budget_s: float = 0.05) -> Report:
        calls.append(None)
        raise RuntimeError("the weather")

    monkeypatch.setattr(Store, "ingest", ingest)
    for count in (1, 2):
        session.current().ingest_soon()
        wait_for(lambda count=count: len(calls) >= count)
    wait_for(lambda: live.told)
    (told,) = live.told
    assert told.startswith("background work failed in ingest (test_faults.py:")
    assert "the weather" in told
    monkeypatch.undo()
    assert live.one("SELECT count(*) FROM metrics") == 1, "the journal has it"
