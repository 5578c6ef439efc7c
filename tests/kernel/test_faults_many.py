"""Many processes, two DuckDB versions, one store."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nbmlops.storage.store import Store
from tests.unit.storage.processes import finish, heard, run, start, tell
from tests.unit.storage.stores import new_store, rows

POINTS = 20_000
LOGGERS = 4

LOGGER = """
import nbmlops as ml
from nbmlops.config import settings
settings().ingest_bytes = 200_000
name, count = sys.argv[1], int(sys.argv[2])
say("ready"); wait()
slowest = 0.0
with ml.run(name):
    for i in range(count):
        began = time.perf_counter()
        ml.log(loss=float(i), step=i)
        slowest = max(slowest, time.perf_counter() - began)
say(slowest)
"""

READER = """
import nbmlops as ml
ml.sql("SELECT 1 AS n")  # what the first question imports takes as long as the loggers need
say("ready"); wait()
answers, last = 0, 0
while (total := int(ml.sql("SELECT count(*) AS n FROM metrics").n[0])) < int(sys.argv[1]):
    assert total >= last, (total, last)
    last = total
    answers += 1
    ml.sql("SELECT status, count(*) AS n FROM runs GROUP BY status")
say(answers)
"""

STRANGER = """
import duckdb
say("ready"); wait()
opened = refused = 0
while not Path(sys.argv[2]).exists():
    try:
        con = duckdb.connect(sys.argv[1], read_only=bool(opened % 2))
        con.execute("SELECT count(*) FROM metrics").fetchall()
        con.close()
        opened += 1
        time.sleep(0.2)
    except duckdb.Error:
        refused += 1
        time.sleep(0.01)
say(opened)
"""


def test_four_loggers_a_reader_and_a_stranger(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    over = tmp_path / "over"
    loggers = [start(LOGGER, path, f"run{i}", str(POINTS)) for i in range(LOGGERS)]
    reader = start(READER, path, str(LOGGERS * POINTS))
    stranger = start(STRANGER, path, str(path), str(over))
    everybody = [*loggers, reader, stranger]
    for process in everybody:
        assert heard(process) == "ready"
    for process in everybody:
        tell(process)
    slowest = [float(heard(logger)) for logger in loggers]
    answers = int(heard(reader))
    over.touch()
    opened = int(heard(stranger))
    notices = [text for process in everybody for text in finish(process)[1]]
    assert notices == [], "no lock error is ever shown"
    assert max(slowest) < 5
    assert answers > 0 and opened > 0
    store = Store(path)
    counted = rows(
        store,
        "SELECT name, count(*), count(DISTINCT step), sum(value) FROM metrics JOIN runs USING (run_id) GROUP BY name",
    )
    whole = (POINTS, POINTS, POINTS * (POINTS - 1) / 2)
    assert sorted(counted) == [(f"run{i}", *whole) for i in range(LOGGERS)]
    assert rows(store, "SELECT DISTINCT status FROM runs") == [("finished",)]
    assert sorted(rows(store, "SELECT number FROM runs")) == [(i + 1,) for i in range(LOGGERS)]
    assert rows(store, "SELECT sum(count), count(*) FROM metric_summary") == [(LOGGERS * POINTS, LOGGERS)]


# One environment has no front end: the storage alone is what both must agree on.
APPENDER = """
import duckdb
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store
store = Store(Path(sys.argv[1]))
session = Session(store)
run = sys.argv[2]
session.append("tracking.run.begin", {"run": run, "name": run, "experiment": "e", "kind": "run", "ordinal": 1})
for i in range(int(sys.argv[3])):
    session.append("tracking.log", {"run": run, "s": i, "m": {"loss": float(i)}})
    if i % 50 == 0:
        store.read(lambda con: con.execute("SELECT count(*) FROM metrics").fetchone())
session.append("tracking.run.end", {"run": run, "status": "finished", "duration": 1.0})
found = store.read(lambda con: con.execute("SELECT name, status FROM runs ORDER BY name").fetchall())
session.close()
say(json.dumps([duckdb.__version__, found]))
"""


def test_two_duckdb_versions_take_turns(tmp_path: Path, old_duckdb_python: str) -> None:
    """Whichever made the store, the other reads and writes it."""
    import sys

    for first, second in ((old_duckdb_python, sys.executable), (sys.executable, old_duckdb_python)):
        folder = tmp_path / os.path.basename(os.path.dirname(os.path.dirname(first))) / str(first == sys.executable)
        folder.mkdir(parents=True)
        path = folder / "mlops.duckdb"
        versions = set()
        for turn, python in enumerate((first, second, first, second)):
            out, notices = run(APPENDER, path, str(path), f"run{turn}", "60", python=python)
            version, found = json.loads(out)
            versions.add(version.split(".")[0])
            assert found == [[f"run{i}", "finished"] for i in range(turn + 1)]
            assert notices == []
        assert versions == {"1", "2"}
        assert rows(Store(path), "SELECT count(*), sum(value) FROM metrics") == [(240, 4 * 1770.0)]


def test_two_duckdb_versions_at_once(tmp_path: Path, old_duckdb_python: str) -> None:
    path = tmp_path / "mlops.duckdb"
    processes = [
        start(APPENDER, path, str(path), f"run{i}", "400", **({"python": old_duckdb_python} if i % 2 else {}))
        for i in range(4)
    ]
    for process in processes:
        out, notices = finish(process)
        assert json.loads(out) and notices == []
    assert rows(Store(path), "SELECT count(*), count(DISTINCT run_id), sum(value) FROM metrics") == [
        (1600, 4, 4 * 79800.0)
    ]
    assert rows(Store(path), "SELECT count(DISTINCT number) FROM runs") == [(4,)]


def test_pack_and_merge_between_duckdb_versions(tmp_path: Path, old_duckdb_python: str) -> None:
    import sys

    store = "from nbmlops.storage.store import Store; store = Store(Path(sys.argv[1]));"
    packs = f"{store} from nbmlops.storage.pack import pack; pack(store, Path(sys.argv[2]))"
    merges = f"{store} from nbmlops.storage.merge import merge; say(merge(store, Path(sys.argv[2])).runs)"
    for name, packer, merger in (
        ("old", old_duckdb_python, sys.executable),
        ("new", sys.executable, old_duckdb_python),
    ):
        source, target = tmp_path / f"{name}.duckdb", tmp_path / f"{name}.target.duckdb"
        run(APPENDER, source, str(source), "a", "10", python=packer)
        run(packs, source, str(source), str(tmp_path / f"{name}.packed.duckdb"), python=packer)
        out, _ = run(merges, target, str(target), str(tmp_path / f"{name}.packed.duckdb"), python=merger)
        assert out == "1\n"
        assert rows(Store(target), "SELECT count(*) FROM metrics") == [(10,)]


@pytest.mark.parametrize(
    "name", ["runs.duckdb", "nbmlops.duckdb", "with space.duckdb", 'it\'s "q".duckdb', "läufe-🦆.duckdb", "plain.db"]
)
def test_names_of_stores(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    code = """
import nbmlops as ml
with ml.run("a"): ml.log(loss=1.0)
from nbmlops.storage import doctor, pack
store = ml.store()
print(ml.sql("SELECT name FROM runs").name.tolist())
assert doctor.examine(store.path).is_healthy, doctor.examine(store.path)
"""
    out, notices = run(code, path)
    assert (out, notices) == ("['a']\n", [])
    assert path.exists()
