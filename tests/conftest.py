"""What every test needs to know: where it belongs, and what this machine lacks.

A test that cannot run here skips itself with a reason ("no Chromium ...").
The reasons are named in one line each at the end, and NBMLOPS_REQUIRE_ALL=1
turns every one of them into a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
FOLDERS = ("architecture", "unit", "kernel", "server", "front", "browser", "peers", "benchmarks")
REQUIRE_ALL = os.environ.get("NBMLOPS_REQUIRE_ALL") == "1"
LACKS = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("nbmlops")
    group.addoption("--kills", type=int, default=20, help="how often the kill -9 test kills a kernel (default 20)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LACKS] = Counter()
    os.environ.pop("NBMLOPS_STORE", None)
    os.environ.pop("NBMLOPS_RUN", None)
    os.environ["NBMLOPS_SYSTEM_METRICS"] = "0"  # a slow machine must not add metrics to the runs of the tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder in FOLDERS:
            item.add_marker(folder)


def _lack(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    """Count a skip; where everything is required, make it a failure."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    config.stash[LACKS][reason] += 1
    if REQUIRE_ALL:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} cannot run here, and NBMLOPS_REQUIRE_ALL=1: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    _lack(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    _lack(report, collector.config)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason, count in sorted(config.stash[LACKS].items()):
        terminalreporter.write_line(f"not run here: {count} test{'s' * (count != 1)}: {reason}")


@pytest.fixture(scope="session", autouse=True)
def _no_store_above(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A store that somebody left in the temporary folder must not be found from a test's own folder."""
    (tmp_path_factory.getbasetemp() / ".git").mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the working copy."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium-like browser, or the test is not run."""
    found = os.environ.get("NBMLOPS_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        pytest.skip("no Chromium (apt-get install chromium, or NBMLOPS_CHROMIUM=path)")
    return found


@pytest.fixture(scope="session")
def old_duckdb_python(pytestconfig: pytest.Config) -> str:
    """Python of an environment with DuckDB 1.5 and what nbmlops needs in a kernel; it has no JupyterLab.

    Found by NBMLOPS_OLD_DUCKDB_PYTHON, else built once in pytest's cache folder.
    nbmlops itself comes from the working copy: run it with PYTHONPATH=root.
    """
    given = os.environ.get("NBMLOPS_OLD_DUCKDB_PYTHON")
    folder = Path(str(pytestconfig.cache.mkdir("kernel-1.5"))) if pytestconfig.cache else TESTS / ".kernel-1.5"
    python = Path(given) if given else folder / "venv" / "bin" / "python"
    if not given and not (folder / "complete").exists():
        shutil.rmtree(folder / "venv", ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
        wanted = ["duckdb==1.5.*", "filelock", "psutil", "blake3", "orjson", "traitlets", "pandas", "pyarrow"]
        wanted += ["altair", "ipykernel", "ipywidgets", "anywidget"]
        done = subprocess.run(
            [_python_with_pip(), "-m", "pip", "--python", str(python), "install", "-q", *wanted],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            pytest.skip("no environment with DuckDB 1.5: pip could not build one (is there a network?)")
        (folder / "complete").touch()
    version = subprocess.run(
        [str(python), "-c", "import duckdb; print(duckdb.__version__)"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not version.startswith("1.5."):
        pytest.fail(f"{python} has DuckDB {version}, wanted 1.5.*")
    return str(python)


def _python_with_pip() -> str:
    """An environment made with --without-pip has none of its own; the Python under it has."""
    candidates = [sys.executable, getattr(sys, "_base_executable", ""), shutil.which("python3") or ""]
    for python in filter(None, candidates):
        if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0:
            return python
    pytest.skip("no pip to build another environment with")
