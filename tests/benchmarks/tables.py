"""Many runs as a table, a long curve, and what a point costs on disk."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.measure import Answer, Row, python

RUNS = 5_000
MANY = 100_000
PAGE = 1_000
POINTS = 1_000_000

FILL = """
import sys
from nbmlops.storage import session
from tests.benchmarks.many_runs import fill
runs, params, metrics = map(int, sys.argv[1:])
with session.current().store.lease(10) as con:
    fill(con, runs, params=params, metrics=metrics)
"""

FRAME = """
import json, time
import nbmlops as ml
import pandas
seconds = []
for _ in range(5):
    begun = time.perf_counter()
    frame = ml.runs("experiment = wine", fold=False).df()
    seconds.append(time.perf_counter() - begun)
print(json.dumps({"best": min(seconds), "first": seconds[0], "shape": list(frame.shape)}))
"""

PAGES = """
import json, resource, sys, time
import nbmlops as ml
page = int(sys.argv[1])
table = ml.runs("experiment = wine order by number", fold=False)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seconds, rows, offset = [], 0, 0
while True:
    begun = time.perf_counter()
    got = table.page(offset, page)
    seconds.append(time.perf_counter() - begun)
    rows += len(got.rows)
    offset += page
    if len(got.rows) < page:
        break
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"rows": rows, "pages": len(seconds), "best": min(seconds), "worst": max(seconds),
                  "grown_mb": (after - before) / 1024}))
"""

CURVE = """
import json, time
import nbmlops as ml
from nbmlops.tracking.curves import curve
with ml.run("curve") as run:
    ml.log_batch({"loss": [((i * 7919) % 1000) / 1000 for i in range(100_000)]}, step=range(100_000))
store = ml.store()
seconds = []
for _ in range(5):
    begun = time.perf_counter()
    points = curve(run.id, "loss", points=2_000)
    seconds.append(time.perf_counter() - begun)
print(json.dumps({"best": min(seconds), "points": len(points)}))
"""

# Two metrics a call, so half as many calls as points; the background thread ingests as it always does.
GROWTH = """
import json, math, sys, time
from pathlib import Path
import nbmlops as ml
from nbmlops.storage import session
from nbmlops.storage.pack import pack
points = int(sys.argv[1])
begun = time.perf_counter()
with ml.run("growth"):
    for i in range(points // 2):
        ml.log(loss=math.exp(-i / 1e5) + math.sin(i * 12.9898) / 50, val_acc=1 - math.exp(-i / 9e4), step=i)
logged = time.perf_counter() - begun
logged_ones = "SELECT count(*) AS n FROM metrics WHERE NOT starts_with(key, 'system/')"
assert ml.sql(logged_ones)["n"][0] == points // 2 * 2
store = session.current().store
grown = store.path.stat().st_size
packed = Path("packed.duckdb")
pack(store, packed)
print(json.dumps({"logged_s": logged, "file": grown, "compacted": packed.stat().st_size}))
"""


def answer(folder: Path, *, runs: int = RUNS, many: int = MANY, points: int = POINTS) -> Answer:
    """All rows about sizes and tables."""
    growth = json.loads(python(GROWTH, _new(folder, "growth"), str(points)))
    wide = _new(folder, "wide")
    python(FILL, wide, str(runs), "20", "20")
    frame = json.loads(python(FRAME, wide))
    long = _new(folder, "many")
    python(FILL, long, str(many), "4", "4")
    pages = json.loads(python(PAGES, long, str(PAGE)))
    curve = json.loads(python(CURVE, _new(folder, "curve")))
    return [
        Row(
            "file growth per metric point",
            growth["compacted"] / points,
            "bytes",
            bar=16,
            note=f"{points:,} points, compacted; {growth['file'] / points:.3g} as they come in",
        ),
        Row(
            f"{runs:,} runs x 40 columns to pandas",
            frame["best"],
            "s",
            bar=0.5,
            note=f"{frame['shape'][0]} x {frame['shape'][1]}, the first time {frame['first']:.2f} s",
        ),
        Row(
            f"{many:,} runs, a page of {PAGE:,}",
            pages["worst"],
            "s",
            note=f"the slowest of {pages['pages']} pages, {pages['rows']:,} runs, memory +{pages['grown_mb']:.0f} MB",
        ),
        Row("100,000-point curve, query and down-sample", curve["best"] * 1e3, "ms", bar=150),
    ]


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made
