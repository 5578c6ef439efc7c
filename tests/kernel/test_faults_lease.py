"""What other programs, and other code in this process, may do to the file meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from nbmlops import context
from nbmlops.config import settings
from nbmlops.errors import StoreBusy
from nbmlops.storage.store import Store, describe
from tests.unit.storage.processes import finish, heard, holding, run, start, tell
from tests.unit.storage.stores import RUN, begin, log, new_store, rows, values, write

HOLDER = """
from nbmlops.storage.store import Store
store = Store(Path(sys.argv[1]))
with store.lease(10) as con:
    con.execute("BEGIN")
    con.execute("INSERT INTO _nbm.settings VALUES ('a', 'held', 1, 's', 1)")
    say("leased")
    wait()
    open(store.path, "rb").close()  # drops DuckDB's POSIX lock, without an error
    say("closed")
    wait()
    con.execute("COMMIT")
say("left")
"""

SECOND = """
from nbmlops.errors import StoreBusy
from nbmlops.storage.store import Store
store = Store(Path(sys.argv[1]))
try:
    with store.lease(0.3): say("in")
except StoreBusy as error:
    say("waits:", error.message)
with store.lease(20) as con:
    con.execute("INSERT INTO _nbm.settings VALUES ('b', 'second', 2, 's', 2)")
say("in")
"""


def test_open_and_close_by_path_during_a_lease_lets_nobody_in(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    holder = start(HOLDER, path, str(path))
    assert heard(holder) == "leased"
    tell(holder)
    assert heard(holder) == "closed"
    second = start(SECOND, path, str(path))
    assert heard(second) == f"waits: {path} is leased by another nbmlops process"
    tell(holder)
    assert heard(holder) == "left"
    assert heard(second) == "in"
    finish(holder)
    finish(second)
    found = rows(Store(path), "SELECT name, value FROM _nbm.settings ORDER BY ns")
    assert found == [("a", "held"), ("b", "second")]


OPEN_HERE = """
import duckdb, nbmlops as ml
with ml.run("before"):
    ml.log(loss=1.0)
print(len(ml.sql("FROM runs")))
con = duckdb.connect(str(Path(sys.argv[1])))
with ml.run("meanwhile"):
    for i in range(100): ml.log(loss=float(i))
try:
    ml.sql("FROM metrics")
except ml.MLError as error:
    say(type(error).__name__, "|", error.message, "|", error.hint)
con.close()
print(len(ml.sql("FROM metrics WHERE run_id IN (SELECT run_id FROM runs WHERE name = 'meanwhile')")))
"""


def test_the_store_open_in_this_very_process(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    out, notices = run(OPEN_HERE, path, str(path))
    first, error, after = out.splitlines()
    assert (first, after) == ("1", "100")
    assert error.startswith(f"StoreOpenHere | {path} is open in this very process through plain duckdb.connect | ")
    assert "con.close()" in error
    assert notices == [], "logging went on, so there is nothing to tell"


@pytest.mark.parametrize("read_only", [False, True], ids=["writing", "reading"])
def test_another_program_holds_the_file(tmp_path: Path, read_only: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "read_wait_s", 0.3)
    store = new_store(tmp_path)
    write(store, [begin(), log(1)])
    told: list[str] = []
    context.install_notices(told.append)
    count = lambda con: con.execute("SELECT count(*) FROM metrics").fetchone()  # noqa: E731
    try:
        assert store.read(count, key="count") == (1,)
        write(store, [log(2)], "s2")
        with holding(store.path, read_only=read_only) as program:
            assert store.read(count, key="count") == (1,)
            assert len(told) == 1
            assert f"(PID {program.pid})" in told[0] and "this is the answer of" in told[0]
            with pytest.raises(StoreBusy) as error:
                store.read(count)
            assert f"(PID {program.pid})" in error.value.message and error.value.hint
            assert f"(PID {program.pid})" in describe(store).holder
        assert store.read(count, key="count") == (2,)
    finally:
        context.install_notices(None)


def test_a_read_waits_for_a_program_that_holds_the_file_briefly(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), log(1)])
    code = "import duckdb; con = duckdb.connect(sys.argv[1]); say('open'); wait(); time.sleep(0.3); con.close()"
    program = start(code, store.path, str(store.path))
    assert heard(program) == "open"
    tell(program)
    assert values(store) == [(1.0, 0.5)]
    finish(program)


LOGGER = """
import nbmlops as ml
run = ml.begin("free")
ml.log(loss=0.0)
say("begun"); wait()
slowest = total = 0.0
for i in range(10_000):
    began = time.perf_counter()
    ml.log(loss=float(i))
    took = time.perf_counter() - began
    slowest = max(slowest, took); total += took
say(json.dumps([slowest, total])); wait()
"""


def test_no_log_call_waits_for_a_lock(tmp_path: Path) -> None:
    """Another process holds the lease all the time that 10,000 points are logged in."""
    import json

    path = new_store(tmp_path).path
    logger = start(LOGGER, path)
    assert heard(logger) == "begun"
    holder = start(HOLDER, path, str(path))
    assert heard(holder) == "leased"
    tell(logger)
    slowest, total = json.loads(heard(logger))  # the lease is held until here: waiting would never end
    tell(holder)
    tell(holder)
    finish(holder)
    finish(logger)
    assert slowest < 2 and total < 10
    assert rows(Store(path), "SELECT count(*) FROM metrics") == [(10_001,)]


FORK = """
import os, threading
import nbmlops as ml
from nbmlops.storage import session
how = sys.argv[1]
run = ml.begin("parent")
ml.log(loss=0.0)
store = session.current().store
store.read(lambda con: None)

def leave():
    # runs the interpreter down: nothing of the parent's may be closed by that, of which DuckDB's binding complains
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.exit(0)

def child(i):
    ml.log(loss=float(i))
    assert len(ml.sql("FROM runs")) == 1
    if how == "exit":
        leave()
    os._exit(0)

pids = []
if how == "lease":
    with store.lease(5) as con:
        con.execute("BEGIN")
        con.execute("INSERT INTO _nbm.settings VALUES ('a', 'x', 1, 's', 1)")
        pid = os.fork()
        if pid == 0:
            ml.log(loss=1.0)
            leave()
        assert os.waitpid(pid, 0)[1] == 0
        con.execute("COMMIT")
else:
    stop = threading.Event()
    def work():
        while not stop.is_set(): store.read(lambda con: con.execute("FROM metrics").fetchall())
    threads = [threading.Thread(target=work) for _ in range(2 if how == "threads" else 0)]
    for thread in threads: thread.start()
    if how == "threads":  # a lease of another thread is under way, and goes on for a while
        held = threading.Event()
        def hold():
            with store.lease(5) as con:
                held.set()
                con.execute("SELECT count(*) FROM range(300000000)").fetchall()
        threads.append(threading.Thread(target=hold))
        threads[-1].start()
        held.wait()
    for i in range(1, 4):
        pid = os.fork()
        if pid == 0: child(i)
        pids.append(pid)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    stop.set()
    for thread in threads: thread.join()
    # DuckDB 1.5 aborts a forked child at the end of its interpreter, with or without us; all is written by then
    assert codes == [0] * 3 or (how == "exit" and set(codes) == {-signal.SIGABRT}), codes
ml.log(loss=9.0)
ml.end()
print(ml.sql("SELECT name, status FROM runs").values.tolist(), sorted(ml.sql("SELECT value FROM metrics").value))
"""


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("lease", [0.0, 1.0, 9.0]),
        ("exit", [0.0, 1.0, 2.0, 3.0, 9.0]),
        ("threads", [0.0, 1.0, 2.0, 3.0, 9.0]),
    ],
)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_forked_children_join_the_run(tmp_path: Path, how: str, expected: list[float]) -> None:
    out, notices = run(FORK, tmp_path / "mlops.duckdb", how)
    assert out == f"[['parent', 'finished']] {expected}\n"
    assert notices == []
    assert rows(Store(tmp_path / "mlops.duckdb"), "SELECT count(*) FROM sessions") == [(len(expected) - 1,)]


POOL = """
import multiprocessing, nbmlops as ml

def work(i):
    ml.log({f"part{i}": float(i)}, step=i)
    return i

if __name__ == "__main__":
    with ml.run("pool") as run:
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(3) as pool:
            assert pool.map(work, range(6)) == list(range(6))
    print(sorted(ml.sql("SELECT key FROM metrics WHERE run_id = ?", [run.id]).key))
    print(ml.sql("SELECT status FROM runs").status.tolist())
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pool_workers_log_into_the_run(tmp_path: Path, method: str) -> None:
    script = tmp_path / "train.py"
    from tests.unit.storage.processes import PREAMBLE

    script.write_text(PREAMBLE + POOL)
    code = "import runpy; sys.argv = [sys.argv[1], sys.argv[2]]; runpy.run_path(sys.argv[0], run_name='__main__')"
    if method == "spawn":  # the children import the main module by its path
        code = "import subprocess; sys.exit(subprocess.run([sys.executable, *sys.argv[1:]]).returncode)"
    out, notices = run(code, tmp_path / "mlops.duckdb", str(script), method)
    assert out == f"{[f'part{i}' for i in range(6)]}\n['finished']\n"
    assert notices == []


def test_two_names_of_one_file_share_one_lock(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    store = new_store(tmp_path / "a")
    link = tmp_path / "b" / "other.duckdb"
    link.symlink_to(store.path)
    assert Store(link).layout == store.layout
    write(store, [begin(), log(1, run=RUN)])
    assert values(Store(link)) == [(1.0, 0.5)]
    assert link.is_symlink()


def test_a_lease_inside_a_lease_is_the_same(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    began = time.monotonic()
    assert store.read(lambda con: store.read(lambda inner: inner is con))
    assert time.monotonic() - began < 5
