"""Faults in the background that nobody foresaw: tried once more, then told with their place, once."""

from __future__ import annotations

import pytest

import nbmlops as ml
from nbmlops.storage import session
from nbmlops.storage.ingest import Report
from nbmlops.storage.store import Store
from tests.unit.live.conftest import Live
from tests.unit.storage.stores import wait_for


def ingest_fails(monkeypatch: pytest.MonkeyPatch, times: float) -> list[None]:
    """The background's ingest fails that often; returns one entry for each call."""
    real, calls = Store.ingest, list[None]()

    def ingest(self: Store, *, wait: float = 0.0, budget_s: float = 0.05) -> Report:
        calls.append(None)
        if len(calls) <= times:
            raise RuntimeError("the weather")
        return real(self, wait=wait, budget_s=budget_s)

    monkeypatch.setattr(Store, "ingest", ingest)
    return calls


def test_what_goes_well_at_the_next_tick_is_not_told(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    ml.begin("r").log(loss=1)
    calls = ingest_fails(monkeypatch, 1)
    session.current().ingest_soon()
    wait_for(lambda: len(calls) >= 2)
    session.close()
    assert live.told == []
    assert live.one("SELECT count(*) FROM metrics") == 1


def test_what_fails_again_is_told_once_with_its_place(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    ml.begin("r").log(loss=1)
    calls = ingest_fails(monkeypatch, float("inf"))
    for count in (2, 3):
        session.current().ingest_soon()
        wait_for(lambda count=count: len(calls) >= count)
    wait_for(lambda: live.told)
    (told,) = live.told
    assert told.startswith("background work failed in ingest (test_faults.py:")
    assert "the weather" in told
    monkeypatch.undo()
    assert live.one("SELECT count(*) FROM metrics") == 1, "the journal has it"
