"""The benchmark command works and says what it should, on a very small scale; no figure is judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.measure import Row


def test_a_row_knows_whether_its_bar_is_kept() -> None:
    assert Row("a", 3.9, "x", bar=4).is_kept is True
    assert Row("a", 4.1, "x", bar=4).is_kept is False
    assert Row("a", 99, "x", bar=100, at_least=True).is_kept is False
    assert Row("a", 1, "s").is_kept is None
    assert Row("a", 4.1, "x", bar=4).cells() == ("a", "4.1 x", "<= 4 x", "MISSED")


def test_the_command_prints_and_writes_every_row(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.benchmarks",
            "--no-peers",
            "--quick",
            "--only",
            "calls",
            "kernels",
            "floods",
            "loops",
            "tables",
            "data",
            "--json",
            str(out),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert out.exists(), done.stderr
    rows = json.loads(out.read_text())["rows"]
    assert len(rows) == 46
    for row in rows:
        assert row["what"] in done.stdout
        assert row.get("reason") or isinstance(row["value"], float)
    assert done.returncode == sum(row.get("is_kept") is False for row in rows)
