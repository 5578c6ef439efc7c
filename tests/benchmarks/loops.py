"""What a counted loop costs a step, against the bare loop and tqdm, and what sampling the machine takes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.measure import Answer, Lack, Row, python

STEPS, ROUNDS = 1_000_000, 9
SAMPLES = 300

# In turn, so that what disturbs the machine disturbs all alike; the loops say nothing, nobody looks at a terminal.
COUNTED = """
import json, statistics, sys, time
import nbmlops as ml
try:
    from tqdm import tqdm
except ImportError:
    tqdm = None
steps, rounds = int(sys.argv[1]), int(sys.argv[2])

def seconds(items):
    begun = time.perf_counter()
    for _ in items:
        pass
    return (time.perf_counter() - begun) / steps

ways = {"bare": lambda: range(steps), "ours": lambda: ml.progress(range(steps))}
if tqdm is not None:
    ways["tqdm"] = lambda: tqdm(range(steps), file=open("/dev/null", "w"))
found = {}
for _ in range(rounds):
    for way, items in ways.items():
        found.setdefault(way, []).append(seconds(items()))
with ml.run("loops"):
    for _ in range(rounds):
        found.setdefault("in a run", []).append(seconds(ways["ours"]()))
answer = {way: statistics.median(each) for way, each in found.items()}
if tqdm is not None:
    import tqdm as package
    answer["version"] = package.__version__
print(json.dumps(answer))
"""
SAMPLED = """
import json, sys, time
import nbmlops as ml
from nbmlops.config import settings
from nbmlops.storage import session
from nbmlops.tracking import system_use
settings().system_metrics = False  # the background takes none of its own meanwhile
looks, clock = int(sys.argv[1]), time.monotonic
with ml.run("sampled") as run:
    ml.log(loss=1)
    sampler = system_use.Sampler(session.current())
    settings().system_metrics = True
    run.started -= 10
    sampler.look()
    begun = time.thread_time()
    for _ in range(looks):
        sampler.look()
    taken = (time.thread_time() - begun) / looks
    keys = len(sampler.sample())
    # a day of looks, without waiting for it
    recorded, now = 0, 0.0
    sampler.session = type("Counting", (), {"append": lambda self, *args: globals().update(recorded=recorded + 1)})()
    sampler.sample = lambda: {"cpu_percent": 1.0}
    sampler._due.clear()
    system_use.time = type("Time", (), {"monotonic": staticmethod(lambda: now)})
    run.started = 0.0
    for now in range(86_400):
        sampler.look()
    system_use.time = time
    run.started = clock()
    settings().system_metrics = False
print(json.dumps({"look": taken, "keys": keys, "a day": recorded}))
"""


def answer(folder: Path, *, share: float = 1.0) -> Answer:
    """All rows about loops and sampling."""
    folder.mkdir()
    found = json.loads(python(COUNTED, folder, str(int(STEPS * share)), str(ROUNDS)))
    sampled = json.loads(python(SAMPLED, folder, str(max(int(SAMPLES * share), 3))))
    bare = found["bare"]
    note = f"over the bare loop's {bare * 1e9:.3g} ns"
    rows: Answer = [
        Row("ml.progress, a step", (found["ours"] - bare) * 1e9, "ns", note=note),
        Row("ml.progress in a run, a step", (found["in a run"] - bare) * 1e9, "ns", note=note),
    ]
    if "tqdm" in found:
        rows.append(
            Row(
                "tqdm over ml.progress, a step",
                (found["tqdm"] - bare) / (found["ours"] - bare),
                "x",
                note=f"tqdm {found['version']}: {(found['tqdm'] - bare) * 1e9:.3g} ns",
            )
        )
    else:
        rows.append(Lack("tqdm over ml.progress, a step", "tqdm is not installed here"))
    rows += [
        Row(
            "sampling system use, of one core",
            sampled["look"] * 100,
            "%",
            note=f"{sampled['look'] * 1e6:.3g} us a second",
        ),
        Row(
            "system use recorded in a day",
            float(sampled["a day"]),
            "samples",
            note=f"of {sampled['keys']} metrics each",
        ),
    ]
    return rows
