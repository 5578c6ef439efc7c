"""A script that ends: whatever goes on in the background, it ends as it would have without us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[3]
TIMES = 3
ONE_RUN = "import sys, nbmlops as ml\nwith ml.run('r'): ml.log(loss=1)\n"
BUSY = (
    ONE_RUN
    + """
import threading
from nbmlops.storage import session
store, begun = session.current().store, threading.Event()
def ask(con):
    begun.set()
    {ask}
session.current().soon(lambda: store.read(ask))
begun.wait()
"""
)
QUERY = "con.execute('SELECT sum(i * j) FROM range({rows}) a(i), range({rows}) b(j)').fetchall()"
SCRIPTS = {
    "ends at once": (ONE_RUN, 0, 1),
    "many runs": ("import nbmlops as ml\nfor i in range(50):\n    with ml.run('r'): ml.log(loss=1)", 0, 50),
    "a run is open": ("import nbmlops as ml\nml.begin('r').log(loss=1)", 0, 1),
    "sys.exit": (f"{ONE_RUN}sys.exit(3)", 3, 1),
    "an ingest is under way": (
        "import nbmlops as ml\nrun = ml.begin('r')\nfor i in range(100_000): run.log(loss=i)", 0, 1,
    ),
    "first used at the end": (
        "import atexit\n@atexit.register\ndef last():\n    import nbmlops as ml\n    ml.begin('r').end()", 0, 1,
    ),
}  # fmt: skip


def ended(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"NBMLOPS_STORE": str(folder / "mlops.duckdb"), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, timeout=90)


def runs(folder: Path) -> int:
    """How many ended runs another process finds."""
    found = ended("import nbmlops as ml; print(len(ml.sql(\"FROM runs WHERE status = 'finished'\")))", folder)
    return int(found.stdout)


@pytest.mark.parametrize(("code", "status", "count"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_it_ends_in_order(tmp_path: Path, code: str, status: int, count: int) -> None:
    for _ in range(TIMES):
        done = ended(code, tmp_path)
        assert (done.returncode, done.stderr) == (status, "")
    assert runs(tmp_path) == TIMES * count


def test_an_error_is_the_users_own(tmp_path: Path) -> None:
    done = ended("import nbmlops as ml\nml.begin('r').log(loss=1)\n1 / 0", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert done.stderr.count("Error") == 1


@pytest.mark.parametrize(
    "ask",
    [f"while True: {QUERY.format(rows=200)}", QUERY.format(rows=1_000_000)],
    ids=["many questions", "a question without end"],
)
def test_what_the_background_asks_is_cut_short(tmp_path: Path, ask: str) -> None:
    """A thread inside DuckDB while Python ends would abort the process."""
    done = ended(BUSY.format(ask=ask), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    with duckdb.connect(str(tmp_path / "mlops.duckdb"), read_only=True) as con:
        assert con.execute("SELECT status FROM runs").fetchall() == [("finished",)]


def test_what_is_nearly_done_is_waited_for(tmp_path: Path) -> None:
    """DuckDB ends its own work when Python ends, and would do so before we end ours."""
    ask = f"for _ in range(500): {QUERY.format(rows=300)}\n    store.path.with_name('done').touch()"
    done = ended(BUSY.format(ask=ask), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "done").exists()


def test_a_hook_of_the_user_comes_before_ours(tmp_path: Path) -> None:
    code = (
        "import atexit, time, nbmlops as ml\nrun = ml.begin('r')\nrun.log(loss=1)\n"
        "atexit.register(lambda: run.log(loss=2))\ntime.sleep(1)\nml.runs()"
    )
    done = ended(code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    with duckdb.connect(str(tmp_path / "mlops.duckdb"), read_only=True) as con:
        assert con.execute("SELECT value FROM metrics ORDER BY step").fetchall() == [(1.0,), (2.0,)]
        assert con.execute("SELECT status FROM runs").fetchall() == [("finished",)]
