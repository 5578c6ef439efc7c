"""5,000 runs with 40 columns: whatever shows them stays small, as a picture and as a whole output."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nbmlops.tracking.browse.compare import Request
from nbmlops.tracking.comparing import Comparison
from nbmlops.tracking.record import RunRecord
from nbmlops.tracking.tables import RunsTable
from nbmlops.ui.showable import Showable
from tests.benchmarks.many_runs import fill
from tests.unit.tracking.tracking_store import TinyStore

RUNS = 5_000
IDS = [f"run{number:015}" for number in range(RUNS)]

SHOWN: dict[str, Callable[[TinyStore], Showable]] = {
    "runs": lambda store: table(store),
    "curves": lambda store: table(store).curves(),
    "explore": lambda store: table(store).explore(),
    "media": lambda store: table(store).media(),
    "run": lambda store: RunRecord(lambda ask: ask(store.con), IDS[-1], blobs=Path),
    "compare": lambda store: Comparison(lambda ask: ask(store.con), Request(tuple(IDS)), Path),
}


def table(store: TinyStore) -> RunsTable:
    columns = [f"{kind}_{n}" for kind in ("param", "metric") for n in range(20)]
    return RunsTable(lambda ask: ask(store.con), experiment="wine", columns=columns, metric="metric_0", blobs=Path)


@pytest.fixture(scope="module")
def store() -> TinyStore:
    tiny = TinyStore()
    fill(tiny.con, RUNS, params=20, metrics=20, points=3)
    return tiny


@pytest.mark.parametrize("name", SHOWN)
def test_an_output_is_small(store: TinyStore, name: str) -> None:
    shown = SHOWN[name](store)._shown()
    assert 500 < len(shown.html.encode()) <= 90_000
    bundle = {mime: len(json.dumps(part, ensure_ascii=False).encode()) for mime, part in shown.bundle("0" * 32).items()}
    assert sum(bundle.values()) < 200_000, bundle
