"""Real processes that use the package, for tests of what happens between them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# Notices go to standard error, a line each, so that a test can count them.
PREAMBLE = """
import json, os, signal, sys, time
from pathlib import Path
from nbmlops import context
context.install_notices(lambda text: print("notice:", text.replace("\\n", " "), file=sys.stderr, flush=True))
def say(*words): print(*words, flush=True)
def wait(): return sys.stdin.readline()
"""


def start(
    code: str, store: Path, *arguments: str, python: str = sys.executable, **options: object
) -> subprocess.Popen[str]:
    """A Python that runs ``code``; it talks through its standard input and output."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "NBMLOPS_STORE": str(store),
        "PYTHONWARNINGS": "default,ignore:This process:DeprecationWarning",
    }
    environment.pop("NBMLOPS_RUN", None)
    return subprocess.Popen(
        [python, "-c", PREAMBLE + code, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=store.parent, env=environment, **options,  # type: ignore[call-overload]
    )  # fmt: skip


def finish(process: subprocess.Popen[str], timeout: float = 60) -> tuple[str, list[str]]:
    """Let it end; return what it said, and its notices. Anything else on its standard error is a failure."""
    with process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.close()
        out = process.stdout.read()  # communicate() would miss what heard() has buffered
        err = process.stderr.read()
        process.wait(timeout)
    notices = [text.removeprefix("notice: ") for text in err.splitlines() if text.startswith("notice: ")]
    rest = "\n".join(text for text in err.splitlines() if not text.startswith("notice: "))
    assert process.returncode == 0, rest
    assert not rest, rest
    return out, notices


def run(code: str, store: Path, *arguments: str, **options: object) -> tuple[str, list[str]]:
    """Run ``code`` to its end."""
    return finish(start(code, store, *arguments, **options))  # type: ignore[arg-type]


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that it says."""
    assert process.stdout is not None
    text = process.stdout.readline()
    assert text, process.communicate()[1]
    return text.strip()


def tell(process: subprocess.Popen[str], text: str = "") -> None:
    """Let it go on."""
    assert process.stdin is not None
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


@contextmanager
def holding(path: Path, *, read_only: bool = False, python: str = sys.executable) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the file open with plain DuckDB."""
    code = f"import duckdb; con = duckdb.connect({str(path)!r}, read_only={read_only}); say('open'); wait()"
    process = start(code, path, python=python)
    try:
        assert heard(process) == "open"
        yield process
    finally:
        process.communicate("\n", timeout=20)
