"""All benchmarks in one run, against their bars.

python -m tests.benchmarks              # the table; builds environments with MLflow, Trackio, DVC and datacompy once
python -m tests.benchmarks --no-peers   # without them
python -m tests.benchmarks --json out.json --only calls kernels
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import calls, data, floods, kernels, loops, paint, tables
from tests.benchmarks.measure import ROOT, Answer, Row
from tests.benchmarks.peers import peers_python

PARTS = ("calls", "kernels", "floods", "loops", "tables", "data", "paint")


def main() -> int:
    """Measure, print the table, and return how many bars were missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--quick", action="store_true", help="a hundredth of everything: figures mean nothing")
    said = "Pythons with mlflow and trackio, with dvc and datacompy (default: they are built)"
    parser.add_argument("--peers", metavar="PYTHON", nargs="+", default=[], help=said)
    parser.add_argument("--rows", type=int, default=data.ROWS, help="of the tables whose versions are measured")
    parser.add_argument("--no-peers", action="store_true", help="measure nothing but nbmlops")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    arguments = parser.parse_args()

    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    for name in ("NBMLOPS_STORE", "NBMLOPS_RUN", "PYTHONDONTWRITEBYTECODE"):  # the last: modules are compiled once
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="nbmlops-benchmarks-"))
    answer: Answer = []
    cache = ROOT / ".pytest_cache" / "peers"
    try:
        if "calls" in arguments.only:
            peers = None if arguments.no_peers else peers_python("tracking", arguments.peers, cache)
            answer += calls.answer(folder, peers, share=0.01 if arguments.quick else 1.0)
        if "kernels" in arguments.only:
            cells = 2 if arguments.quick else kernels.CELLS
            answer += kernels.answer(folder / "kernels", cells=cells)
        if "floods" in arguments.only:
            short = {"seconds": 0.5, "turns": 2} if arguments.quick else {}
            answer += floods.answer(folder / "floods", **short)
        if "loops" in arguments.only:
            answer += loops.answer(folder / "loops", share=0.01 if arguments.quick else 1.0)
        if "tables" in arguments.only:
            sizes = {"runs": 50, "many": 2_000, "points": 10_000} if arguments.quick else {}
            answer += tables.answer(folder, **sizes)
        if "data" in arguments.only:
            peers = None if arguments.no_peers else peers_python("data", arguments.peers, cache)
            little = {"files": 200, "columns": 50, "repeat": 1} if arguments.quick else {}
            rows = min(arguments.rows, 20_000) if arguments.quick else arguments.rows
            answer += data.answer(folder / "data", peers, rows=rows, **little)
        if "paint" in arguments.only:
            small = {"looks": 1, "runs": 3} if arguments.quick else {}
            answer += paint.answer(folder / "paint", **small)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _print(answer)
    if arguments.json:
        arguments.json.write_text(json.dumps(_document(answer), indent=1) + "\n")
    return sum(isinstance(row, Row) and row.is_kept is False for row in answer)


def _print(answer: Answer) -> None:
    table = [("what", "measured", "bar", "")]
    table += [row.cells() if isinstance(row, Row) else (row.what, "not measured", "", row.reason) for row in answer]
    widths = [max(len(line[column]) for line in table) for column in range(3)]
    for what, value, bar, note in table:
        print(f"{what:<{widths[0]}}  {value:>{widths[1]}}  {bar:>{widths[2]}}  {note}".rstrip())


def _document(answer: Answer) -> dict[str, object]:
    rows = [asdict(row) | ({"is_kept": row.is_kept} if isinstance(row, Row) else {}) for row in answer]
    return {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count(), "rows": rows}


if __name__ == "__main__":
    sys.exit(main())
