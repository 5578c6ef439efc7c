"""Whatever is shown in a notebook stays small in the file, at any number of runs and any size of what they hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.storage import session
from nbmlops.tracking.tables import RunsTable
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import MIME, unpacked
from tests.unit.live.conftest import Live

MOST_BYTES = 200_000
RUNS, METRICS, PARAMS = 200, 80, 40
LONG = "ein sehr langer Name mit ü und 漢字 <b>&amp;\"'</b> " * 3

SHOWN: dict[str, Callable[[], Showable]] = {
    "RunsTable": lambda: ml.runs(experiment="*"),
    "Comparison": lambda: ml.compare(*range(1, RUNS + 1)),
    "Curves": lambda: ml.runs(experiment="*").curves(),
    "RunRecord": lambda: ml.get(RUNS),
    "Exploration": lambda: ml.runs(experiment="*").explore(),
    "RunsTable with charts": lambda: _charted(),
    "MediaGrid": lambda: ml.runs(experiment="*").media(),
    "DataDiff": lambda: ml.data.diff("weighed@v1", "weighed@v2"),
    "VersionPage": lambda: ml.data.show("weighed"),
    "Lineage": lambda: ml.data.lineage("weighed"),
    "DataList": lambda: ml.data.list(),
    "DataList of versions": lambda: ml.data.log("weighed"),
}


def _wide(number: int) -> pd.DataFrame:
    """A frame with many columns of long names and long values."""
    rows = range(1000)
    columns = {f"{LONG} {key}": [f"{row} {number} {LONG * 20}" for row in rows] for key in range(20)}
    numbers = {f"{LONG} number {key}": [row / (key + number + 1) for row in rows] for key in range(80)}
    return pd.DataFrame({"id": rows, **columns, **numbers})


def _charted() -> RunsTable:
    """A table as a saved view with as many charts as it may hold brings it back."""
    curves = [{"kind": "curves", "metrics": [f"{key} curve {LONG}", f"{key} {LONG}"]} for key in range(4)]
    explored = {"kind": "explore", "metric": f"1 {LONG}", "params": [f"{LONG}{key}" for key in range(PARAMS)]}
    table = ml.runs(experiment="*")
    charts = (*curves, {"kind": "curves"}, explored, {"kind": "explore"}, *curves)
    table.recipe = replace(table.recipe, charts=charts)
    return table


def fill(folder: Path) -> None:
    """Runs with many long values of every kind."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=20_000)
    picture = folder / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + rng.bytes(300_000))
    page = "<p>" + LONG * 2000
    ml.data.save(_wide(0), "weighed", message=LONG * 20)
    for number in range(RUNS):
        with ml.run(f"{number} {LONG}", experiment=f"{number % 40} {LONG}"):
            ml.params({f"{LONG}{key}": f"{key * number} {LONG * 20}" for key in range(PARAMS)})
            ml.tag(**{f"tag{key} {LONG}": LONG * 10 for key in range(20)})
            ml.note(LONG * 300)
            ml.log({f"{key} {LONG}": float(key * number) for key in range(METRICS)}, step=0)
            ml.log({f"{key} {LONG}": 1 / (key + number + 1) for key in range(METRICS)}, step=1)
            if number % 10 == 9:
                ml.log_batch({f"{key} curve {LONG}": noise for key in range(4)})
                ml.log(**{f"text{key}": LONG * 500 for key in range(10)}, picture=picture)
                ml.log(html=page)
            if number % 5 == 0:
                ml.data.load("weighed")
            if number == 0:
                ml.data.save(_wide(1), "weighed")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sizes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBMLOPS_STORE", str(folder / "mlops.duckdb"))
        session.close()
        fill(folder)
        assert len(ml.runs(experiment="*")) == RUNS  # all is in the store
        session.close()
    return folder / "mlops.duckdb"


def kinds() -> set[str]:
    """Names of everything that shows itself."""
    import nbmlops

    for module in walk_packages(nbmlops.__path__, "nbmlops."):
        if not module.name.startswith(("nbmlops.ipython", "nbmlops.server", "nbmlops.__main__")):
            import_module(module.name)
    return {kind.__name__ for kind in Showable.__subclasses__()}


def test_every_kind_is_weighed() -> None:
    assert kinds() == {name.split()[0] for name in SHOWN}


@pytest.mark.parametrize("name", SHOWN)
def test_an_output_stays_small(live: Live, filled: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NBMLOPS_STORE", str(filled))
    bundle = SHOWN[name]()._shown().bundle("0" * 32)
    sizes = {mime: in_a_file(part) for mime, part in bundle.items()}
    assert sum(sizes.values()) < MOST_BYTES, sizes
    assert unpacked(bundle[MIME])["data"], "the picture is drawn from what is saved"
    assert len(bundle["text/html"]) > 1000


def in_a_file(part: object) -> int:
    """Bytes that a part of an output takes in a notebook's file."""
    return len(json.dumps({"cells": [{"outputs": [{"data": part}]}]}, indent=1, ensure_ascii=False).encode())
