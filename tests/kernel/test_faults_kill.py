"""Processes killed for real: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from nbmlops.storage.store import Store
from tests.unit.storage.processes import heard, run, start
from tests.unit.storage.stores import rows

VICTIM = """
import nbmlops as ml
from nbmlops.config import settings
if sys.argv[1] == "busy":  # an ingest is nearly always under way
    settings().ingest_every_s = 0.0
    settings().ingest_bytes = 2000
run = ml.begin("victim", params={"lr": 0.1}, tags="hunted")
say(run.id)
i = 0
while True:
    ml.log(loss=float(i), note_length=i)
    os.write(1, b"%d\\n" % i)
    i += 1
    if i % 500 == 0:
        ml.log(remark="x" * 40_000)  # a blob
"""

RESUME = """
import nbmlops as ml
run = ml.resume(sys.argv[1])
ml.log(loss=-1.0)
ml.end()
say("done")
"""


def hunt(store: Path, mode: str, delay: float) -> tuple[str, int]:
    """Start a victim, kill it, return its run and how many points it had acknowledged."""
    victim = start(VICTIM, store, mode)
    run_id = heard(victim)
    time.sleep(delay)  # the moment of the kill: not a way to wait for anything
    os.kill(victim.pid, signal.SIGKILL)
    with victim:
        assert victim.stdout is not None
        return run_id, victim.stdout.read().count("\n")


def test_kill_at_any_moment_loses_nothing(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    kills = int(os.environ.get("NBMLOPS_KILLS") or pytestconfig.getoption("--kills"))
    dice = random.Random(os.environ.get("NBMLOPS_KILL_SEED"))
    path = tmp_path / "mlops.duckdb"
    store = Store(path)
    for kill in range(kills):
        run_id, acknowledged = hunt(path, dice.choice(["calm", "busy"]), dice.random() ** 2 * 0.6)
        found = rows(store, f"SELECT step, value FROM metrics WHERE run_id = '{run_id}' AND key = 'loss' ORDER BY step")
        assert found == [(float(i), float(i)) for i in range(len(found))], f"kill {kill}: a gap, or something twice"
        assert acknowledged <= len(found) <= acknowledged + 1, f"kill {kill}"
        status = rows(store, f"SELECT status, name FROM runs WHERE run_id = '{run_id}'")
        assert status == [("lost", "victim")]
        assert rows(store, f"SELECT value FROM params WHERE run_id = '{run_id}'") == [("0.1",)]
        assert rows(store, f"SELECT key FROM tags WHERE run_id = '{run_id}'") == [("hunted",)]
        for (sha256,) in rows(store, f"SELECT sha256 FROM series WHERE run_id = '{run_id}'"):
            assert store.blobs.path(sha256).stat().st_size == 40_000
        if kill < 3:
            resumed, notices = run(RESUME, path, run_id)
            assert (resumed, notices) == ("done\n", [])
            last = rows(
                store, f"SELECT step, value FROM metrics WHERE run_id = '{run_id}' AND key = 'loss' ORDER BY step"
            )
            assert last[-1] == (float(len(found)), -1.0), "steps go on counting"
            assert rows(store, f"SELECT status FROM runs WHERE run_id = '{run_id}'") == [("finished",)]
    assert rows(store, "SELECT count(DISTINCT number), max(number) FROM runs") == [(kills, kills)]
    torn = rows(store, "SELECT count(*) FROM _nbm.quarantine")
    assert torn == [(0,)], "a record is one write: nothing is ever half there"
