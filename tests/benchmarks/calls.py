"""What one call of ``ml.log`` costs the caller, against a bare ``os.write`` and against others."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.measure import Answer, Lack, Row, python

CALLS = 2_000
ROUNDS = 101
DURING_CALLS = 200_000

# Short turns one after the other: what disturbs the machine disturbs both alike.
CALLER = """
import json, os, statistics, sys, time
import nbmlops as ml

calls, rounds = int(sys.argv[1]), int(sys.argv[2])
floors, ours = [], []
with ml.run("calls"):
    ml.log(loss=0.123456789, step=0)
    journal = max(ml.store().state.rglob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    line = journal.read_bytes().splitlines(keepends=True)[-1]
    fd = os.open("floor.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for round in range(rounds):
        begun = time.perf_counter()
        for i in range(calls):
            os.write(fd, line)
        floors.append((time.perf_counter() - begun) / calls)
        begun = time.perf_counter()
        for i in range(calls):
            ml.log(loss=0.123456789 + i, step=i)
        ours.append((time.perf_counter() - begun) / calls)
ratios = [our / floor for our, floor in zip(ours, floors)]
middle = statistics.median
print(json.dumps({"floor": middle(floors), "ours": middle(ours), "ratio": middle(ratios), "bytes": len(line)}))
"""

# A thread asks for everything all the time, so that an ingest is nearly always under way.
# Calls are counted that began while one was.
DURING_INGEST = """
import json, statistics, sys, threading, time
import nbmlops as ml
from nbmlops.storage import session

calls = int(sys.argv[1])
seconds, done, reads = [], threading.Event(), 0
reading = False

def ask(store):
    global reads, reading
    while not done.is_set():
        reading = True
        store.read(lambda con: con.execute("SELECT 1").fetchall())
        reading = False
        reads += 1

with ml.run("ingest"):
    for i in range(100_000):
        ml.log(loss=0.5, step=i)
    thread = threading.Thread(target=ask, args=(session.current().store,))
    thread.start()
    clock = time.perf_counter
    for i in range(calls):
        during = reading
        begun = clock()
        ml.log(loss=0.5, step=i)
        if during:
            seconds.append(clock() - begun)
    done.set()
    thread.join()
seconds.sort()
pick = lambda q: seconds[int(len(seconds) * q)]
print(json.dumps({"p50": pick(0.5), "p99": pick(0.99), "p999": pick(0.999), "max": seconds[-1], "reads": reads,
                  "during": len(seconds)}))
"""

MLFLOW = """
import json, logging, sys, time
import mlflow
calls = int(sys.argv[1])
logging.getLogger("alembic").setLevel(logging.ERROR)
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("calls")
with mlflow.start_run():
    mlflow.log_metric("loss", 0.5, step=0)
    rounds = []
    for _ in range(3):
        begun = time.perf_counter()
        for i in range(calls):
            mlflow.log_metric("loss", 0.5, step=i)
        rounds.append((time.perf_counter() - begun) / calls)
print(json.dumps({"call": min(rounds), "version": mlflow.__version__}))
"""

TRACKIO = """
import json, os, sys, time
os.environ["TRACKIO_DIR"] = os.getcwd()
import trackio
calls = int(sys.argv[1])
trackio.init(project="calls", name="one")
trackio.log({"loss": 0.5})
begun = time.perf_counter()
for i in range(calls):
    trackio.log({"loss": 0.5})
call = (time.perf_counter() - begun) / calls
trackio.finish()
durable = (time.perf_counter() - begun) / calls
sys.stdout.write("\\n" + json.dumps({"call": call, "durable": durable, "version": trackio.__version__}) + "\\n")
"""


def answer(folder: Path, peers: str | None, *, share: float = 1.0) -> Answer:
    """All rows about one call; ``share`` of the usual number of calls."""
    caller = json.loads(python(CALLER, _new(folder, "caller"), str(int(CALLS * share)), str(ROUNDS)))
    ingest = json.loads(python(DURING_INGEST, _new(folder, "ingest"), str(int(DURING_CALLS * share))))
    ours, floor = caller["ours"], caller["floor"]
    rows: Answer = [
        Row(
            "ml.log, caller's time",
            ours * 1e6,
            "us",
            note=f"bare os.write of {caller['bytes']} bytes {floor * 1e6:.3g} us",
        ),
        Row(
            "ml.log over the bare os.write", caller["ratio"], "x", bar=4, note="short turns, the median of their ratios"
        ),
        Row(
            "ml.log, p99 while an ingest runs",
            ingest["p99"] * 1e6,
            "us",
            bar=50,
            note=f"p50 {ingest['p50'] * 1e6:.3g} us, max {ingest['max'] * 1e3:.3g} ms, {ingest['reads']} ingests",
        ),
    ]
    if peers is None:
        return [*rows, Lack("ml.log against MLflow and Trackio", "no environment with them (pip could not build one)")]
    mlflow = _last_json(python(MLFLOW, _new(folder, "mlflow"), "100", executable=peers))
    trackio = _last_json(python(TRACKIO, _new(folder, "trackio"), "2000", executable=peers))
    return [
        *rows,
        Row(
            "MLflow on SQLite over ml.log",
            mlflow["call"] / ours,
            "x",
            bar=100,
            at_least=True,
            note=f"MLflow {mlflow['version']}: {mlflow['call'] * 1e6:.0f} us a call",
        ),
        Row(
            "Trackio over ml.log",
            trackio["call"] / ours,
            "x",
            note=(
                f"Trackio {trackio['version']}: {trackio['call'] * 1e6:.3g} us a call, "
                f"{trackio['durable'] * 1e6:.3g} us until it is on disk"
            ),
        ),
    ]


def _last_json(text: str) -> dict[str, float]:
    return dict(json.loads(text.strip().splitlines()[-1]))


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made
