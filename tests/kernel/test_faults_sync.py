"""What is pushed to the disk and when, older and newer versions side by side, and stopping from elsewhere."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from nbmlops.storage import control
from nbmlops.storage.store import Store
from tests.unit.storage.processes import finish, heard, run, start, tell
from tests.unit.storage.stores import RUN, begin, line, log, new_store, rows, write

# The child notes in its own process what is synced.
SYNCS = """
import nbmlops as ml
calls = []
def noting(name, plain):
    def sync(fd):
        calls.append((name, time.monotonic(), os.readlink(f"/proc/self/fd/{fd}")))
        plain(fd)
    return sync
os.fsync, os.fdatasync = noting("fsync", os.fsync), noting("fdatasync", os.fdatasync)
with ml.run("a") as run:
    until = time.monotonic() + 3.3
    i = 0
    while time.monotonic() < until:
        ml.log(loss=float(i)); i += 1
        if i == 50: ml.log(text="x" * 50_000)
        time.sleep(0.001)
    say(json.dumps(calls))
"""


def test_the_journal_is_synced_about_once_a_second_after_the_blobs(tmp_path: Path) -> None:
    out, _ = run(SYNCS, tmp_path / "mlops.duckdb")
    calls = [tuple(call) for call in json.loads(out)]
    journal = [at for name, at, path in calls if path.endswith(".jsonl") and name == "fdatasync"]
    assert 2 <= len(journal) <= 5
    assert all(0.7 < later - earlier < 2.5 for earlier, later in pairwise(journal))
    blob = [at for _, at, path in calls if "/blobs/" in path and len(Path(path).name) == 64]
    assert len(blob) == 1 and blob[0] < journal[0]


# An older nbmlops, as far as this store goes: it does not know one of the record types.
OLDER = """
from nbmlops.storage import staging
from nbmlops.storage.store import Store
known = staging.known_types() - {("tracking.goal", 1)}
staging.known_types = lambda: known
store = Store(Path(sys.argv[1]))
report = store.ingest(wait=10, budget_s=30)
say(report.records, len(report.waiting))
"""


def test_an_older_version_waits_and_an_upgrade_goes_on(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    goal = line("tracking.goal", {"experiment": "e", "key": "loss", "goal": "min"}, 2)
    path = write(store, [begin(), log(1), goal, log(3), log(4)])
    for _ in range(2):
        out, notices = run(OLDER, store.path, str(store.path))
        assert notices == [] and out.split()[1] == "1"
        assert path.exists()
    with store.lease(5) as con:
        assert con.execute("SELECT count(*) FROM metrics").fetchone() == (1,)
        assert con.execute("SELECT count(*) FROM _nbm.quarantine").fetchone() == (0,)
    assert rows(store, "SELECT step FROM metrics ORDER BY step") == [(1.0,), (3.0,), (4.0,)]
    assert rows(store, "SELECT goal FROM metric_defs") == [("min",)]
    assert not path.exists()


STOPPABLE = """
import nbmlops as ml
try:
    with ml.run("long") as run:
        say(run.id)
        while True:
            ml.log(loss=1.0)
            time.sleep(0.002)
except ml.Stopped as error:
    say("stopped:", error.message)
"""


def test_a_run_is_stopped_from_another_process(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    runner = start(STOPPABLE, path)
    run_id = heard(runner)
    control.request_stop(Store(path).layout, run_id, "test")
    assert "was asked to stop" in heard(runner)
    _, notices = finish(runner)
    assert notices == []
    assert rows(Store(path), "SELECT run_id, status FROM runs") == [(run_id, "stopped")]
    assert list(Store(path).layout.control.iterdir()) == []


RESTARTED = """
import nbmlops as ml
from nbmlops.storage import session
with ml.run("first"): ml.log(loss=1.0)
session.close()
with ml.run("second"): ml.log(loss=2.0)
say(ml.sql("SELECT count(DISTINCT session_id) AS n FROM runs").n[0]); wait()
"""


def test_a_session_ends_and_another_begins_in_one_process(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    child = start(RESTARTED, path)
    assert heard(child) == "2"
    alive = "SELECT count(*) FILTER (is_alive), count(*) FROM sessions"
    assert rows(Store(path), alive) == [(1, 2)]
    tell(child)
    finish(child)
    assert rows(Store(path), alive) == [(0, 2)]
    assert rows(Store(path), f"SELECT count(*) FROM metrics WHERE run_id <> '{RUN}'") == [(2,)]
