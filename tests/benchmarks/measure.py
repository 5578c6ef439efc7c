"""Timing, and a row of the table of results."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Row:
    """One figure, the bar it has to keep, and what it was compared with."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_kept(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def cells(self) -> tuple[str, str, str, str]:
        verdict = {None: "", True: "kept", False: "MISSED"}[self.is_kept]
        bar = "" if self.bar is None else f"{'>=' if self.at_least else '<='} {self.bar:g} {self.unit}"
        return self.what, f"{self.value:.3g} {self.unit}", bar, " · ".join(filter(None, (verdict, self.note)))


@dataclass(frozen=True)
class Lack:
    """Something this machine does not have, so that a figure is missing."""

    what: str
    reason: str


Answer = list[Row | Lack]


def best(call: Callable[[], float], repeat: int) -> float:
    """Smallest of several figures: the one that was disturbed least."""
    return min(call() for _ in range(repeat))


def median(call: Callable[[], float], repeat: int) -> float:
    return statistics.median(call() for _ in range(repeat))


def python(code: str, cwd: Path, *arguments: str, executable: str = sys.executable) -> str:
    """Standard output of a fresh Python running ``code`` in ``cwd``."""
    env = os.environ | {"NBMLOPS_STORE": str(cwd / "mlops.duckdb")}
    done = subprocess.run([executable, "-c", code, *arguments], cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout
