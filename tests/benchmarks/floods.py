"""A loop that does nothing but log, in a kernel that shows its live view: what it costs, and what is seen."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from tests.benchmarks.kernels import execute, kernel
from tests.benchmarks.measure import Answer, Row

SECONDS = 8.0
CALLS, TURNS = 2_000, 101

# The view is on all the time; what is measured ends with the cell.
FLOOD = """%mlrun flood --live
import time
clock, seconds = time.perf_counter, []
begun, step = clock(), 0
while clock() - begun < {seconds}:
    before = clock()
    ml.log({logged}, step=step)
    seconds.append(clock() - before)
    step += 1
over = time.time()
"""
# Short turns, as in `calls`: what disturbs the machine disturbs both alike.
TURNS_OF_BOTH = """%mlrun turns --live
import os, statistics, time
ml.log(loss=0.123456789, step=0)
journal = max(ml.store().state.rglob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
line = [each for each in journal.read_bytes().splitlines(keepends=True) if b'"tracking.log"' in each][-1]
fd = os.open("floor.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
ratios = []
for _ in range({turns}):
    begun = time.perf_counter()
    for i in range({calls}):
        os.write(fd, line)
    floor = time.perf_counter() - begun
    begun = time.perf_counter()
    for i in range({calls}):
        ml.log(loss=0.123456789 + i, step=i)
    ratios.append((time.perf_counter() - begun) / floor)
"""
SAY = """
import json
seconds.sort()
pick = lambda share: seconds[int(len(seconds) * share)]
print(json.dumps({"calls": len(seconds), "p50": pick(0.5), "p99": pick(0.99), "p999": pick(0.999),
                  "max": seconds[-1], "mean": sum(seconds) / len(seconds), "over": over}))
"""


def answer(folder: Path, *, seconds: float = SECONDS, turns: int = TURNS) -> Answer:
    """All rows about a flood."""
    folder.mkdir()
    rows: Answer = []
    with kernel(folder) as client:
        execute(client, "import nbmlops as ml\n%load_ext nbmlops")
        execute(client, "%mlrun first --live\nml.log(loss=1)")
        for what, logged in (("one metric", "loss=0.123456789"), ("100 metrics", "dict.fromkeys(names, 0.5)")):
            execute(client, "names = [f'layer{i}' for i in range(100)]")
            rows += _flood(client, what, FLOOD.format(seconds=seconds, logged=logged), seconds)
        execute(client, TURNS_OF_BOTH.format(turns=turns, calls=CALLS))
        ratio = float(_printed(client, "print(statistics.median(ratios))"))
    rows.append(
        Row("ml.log in a flood that is watched, over the bare os.write", ratio, "x", bar=4, note="as without a view")
    )
    return rows


def _flood(client: BlockingKernelClient, what: str, code: str, seconds: float) -> Answer:
    pushes: list[tuple[float, int]] = []

    def see(message: dict[str, Any]) -> None:
        state = message["content"].get("data", {}).get("state", {}).get("state")
        if message["msg_type"] in ("comm_msg", "comm_open") and state:
            series = state["data"]["series"]
            pushes.append((time.time(), series[0]["count"] if series else 0))

    client.execute_interactive(code, timeout=600, output_hook=see)
    ended = time.time()
    cost = json.loads(_printed(client, SAY))
    seen = [when for when, _ in pushes if when <= cost["over"]]
    gaps = [after - before for before, after in itertools.pairwise(seen)]
    is_one = what == "one metric"
    name = f"flood of {what}"
    return [
        Row(
            f"{name}: p99 of ml.log",
            cost["p99"] * 1e6,
            "us",
            bar=50 if is_one else None,
            note=f"p50 {cost['p50'] * 1e6:.3g} us, max {cost['max'] * 1e3:.3g} ms, {cost['calls']:,} calls",
        ),
        Row(
            f"{name}: pictures a second",
            len(seen) / seconds,
            "/s",
            bar=1,
            at_least=True,
            note=f"longest wait {max(gaps, default=seconds):.2g} s",
        ),
        Row(
            f"{name}: points said of points logged",
            100 * pushes[-1][1] / cost["calls"] if pushes else 0.0,
            "%",
            bar=99.9,
            at_least=True,
        ),
        Row(f"{name}: from the last call to the end of the cell", ended - cost["over"], "s"),
    ]


def _printed(client: BlockingKernelClient, code: str) -> str:
    said: list[str] = []
    client.execute_interactive(
        code, timeout=60, output_hook=lambda message: said.append(message["content"].get("text", ""))
    )
    return "".join(said)
