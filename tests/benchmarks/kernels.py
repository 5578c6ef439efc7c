"""What a notebook feels: loading the extension, a run cell, and every other cell."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from tests.benchmarks.measure import Answer, Row, best, python

CELLS = 60
FIRST_SHOWN = ("ml.runs()", "ml.runs().curves()", "ml.compare(1, 2)")
MAKE = """
import nbmlops as ml
for number in range(50):
    with ml.run("net", params={"lr": number / 100}) as run:
        run.log_batch({"loss": [1 / (step + 1 + number) for step in range(1000)]}, step=range(1000))
"""

LARGE = """
import importlib.util
for name in ("torch", "polars", "sklearn", "pandas"):
    if importlib.util.find_spec(name):
        importlib.import_module(name)
"""

LOAD = """
import time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
begun = time.perf_counter()
shell.run_line_magic("load_ext", "nbmlops")
print(time.perf_counter() - begun)
"""


@contextmanager
def kernel(folder: Path) -> Iterator[BlockingKernelClient]:
    """A kernel of this Python, working in ``folder``."""
    manager = KernelManager(kernel_name="python3")
    assert manager.kernel_spec is not None
    manager.kernel_spec.argv = [
        sys.executable,
        "-m",
        "ipykernel_launcher",
        "--log-level=ERROR",
        "-f",
        "{connection_file}",
    ]
    path = os.pathsep.join(filter(None, (os.getcwd(), os.environ.get("PYTHONPATH"))))
    manager.start_kernel(
        cwd=str(folder), env=os.environ | {"PYTHONPATH": path, "NBMLOPS_STORE": str(folder / "mlops.duckdb")}
    )
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def execute(client: BlockingKernelClient, code: str) -> float:
    """Seconds from sending a cell to the kernel being idle again."""
    begun = time.perf_counter()
    reply = client.execute_interactive(code, timeout=60, output_hook=lambda message: None)
    seconds = time.perf_counter() - begun
    if reply["content"]["status"] != "ok":
        raise RuntimeError("\n".join(reply["content"]["traceback"]))
    return seconds


def answer(folder: Path, *, cells: int = CELLS) -> Answer:
    """All rows about cells."""
    folder.mkdir()
    load = best(lambda: float(python(LOAD, folder)), 5)
    with kernel(folder) as plain, kernel(folder) as loaded:
        execute(plain, "pass")
        execute(loaded, "%load_ext nbmlops")
        execute(loaded, "%mlrun first\npass")
        bare, other, run = [], [], []
        for _ in range(cells):
            bare.append(execute(plain, "pass"))
            other.append(execute(loaded, "pass"))
            run.append(execute(loaded, "%mlrun empty\npass"))
        execute(loaded, LARGE)
        large = [execute(loaded, "%mlrun empty\npass") for _ in range(cells)]
    base = statistics.median(bare)
    python(MAKE, folder)
    cold: Answer = [_first_shown(folder, what) for what in FIRST_SHOWN]
    note = f"median of {cells} round trips; a plain cell takes {base * 1e3:.3g} ms"
    return [
        Row("%load_ext nbmlops over plain IPython", load * 1e3, "ms", bar=150),
        Row("%mlrun on an empty cell, overhead", (statistics.median(run) - base) * 1e3, "ms", bar=20, note=note),
        Row("the same with torch, polars and scikit-learn", (statistics.median(large) - base) * 1e3, "ms", bar=20),
        Row("any other cell, overhead", (statistics.median(other) - base) * 1e3, "ms", bar=2, note=note),
        *cold,
    ]


def _first_shown(folder: Path, what: str) -> Row:
    """A view as the first thing that a fresh kernel shows: with the imports that it needs."""
    with kernel(folder) as client:
        execute(client, "%load_ext nbmlops\nimport nbmlops as ml")
        first, again = execute(client, what), execute(client, what)
    note = f"50 runs x 1,000 points, without the browser's part; again {again * 1e3:.3g} ms"
    return Row(f"{what} as the first cell of a kernel", first * 1e3, "ms", bar=1000, note=note)
