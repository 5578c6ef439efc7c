"""Terminal IPython: a real shell in a process of its own, typed into line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]

DRIVER = """
import sys
from IPython.terminal.interactiveshell import TerminalInteractiveShell
shell = TerminalInteractiveShell.instance(simple_prompt=True, colors="nocolor")
before = (sys.stdout, sys.stderr)
for cell in eval(sys.stdin.read()):
    shell.run_cell(cell, store_history=True)
    assert (sys.stdout, sys.stderr) == before, "the streams are ours only while a cell runs"
import nbmlops.storage.session
nbmlops.storage.session.close()
"""


class Terminal:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ip"), "TERM": "dumb"}

    def run(self, *cells: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", DRIVER], input=repr(list(cells)), env=self.env, cwd=self.folder, text=True,
            capture_output=True, check=True, timeout=120,
        )  # fmt: skip

    def rows(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.folder / "mlops.duckdb"), read_only=True) as con:
            found = con.execute(query)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    (tmp_path / ".git").mkdir()  # the store is looked for no further up
    return Terminal(tmp_path)


def test_a_session_at_the_prompt(terminal: Terminal) -> None:
    done = terminal.run(
        "%load_ext nbmlops",
        "lr = 0.1",
        "%mlrun adam depth=3\ndepth = 2\nprint('printed', depth, lr)\n"
        "import sys; print('err', file=sys.stderr)\ndepth * 2",
        "%mlrun shows\nfrom IPython.display import display, HTML\ndisplay({'a': 1})\ndisplay(HTML('<b>x</b>'))",
        "%mlrun fails\n1 / 0",
        "%mlrun odd zzz=1\npass",
        "print('plain')",
    )
    assert "printed 3 0.1" in done.stdout
    assert "Out[3]: 6" in done.stdout
    assert "#1 adam" in done.stdout
    assert "err" in done.stderr
    assert "UsageError: zzz= cannot be set" in done.stdout
    assert [r["frontend"] for r in terminal.rows("FROM sessions")] == ["terminal"]
    assert [(r["name"], r["status"]) for r in terminal.rows("FROM runs ORDER BY number")] == [
        ("adam", "finished"),
        ("shows", "finished"),
        ("fails", "failed"),
    ]
    query = "SELECT r.name AS run, o.* FROM outputs o JOIN runs r USING (run_id) ORDER BY r.number, seq, mime"
    shown = [(r["run"], r["kind"], r["name"], r["mime"], r["text"]) for r in terminal.rows(query)]
    assert shown[:3] == [
        ("adam", "stream", "stdout", "text/plain", "printed 3 0.1\n"),
        ("adam", "stream", "stderr", "text/plain", "err\n"),
        ("adam", "result", None, "text/plain", "6"),
    ]
    assert ("shows", "display", None, "text/plain", "{'a': 1}") in shown
    assert ("shows", "display", None, "text/plain", "<IPython.core.display.HTML object>") in shown
    errors = [row for row in shown if row[0] == "fails"]
    assert [(row[1], row[2]) for row in errors] == [("error", "ZeroDivisionError")]
    statuses = [r["status"] for r in terminal.rows("FROM executions ORDER BY started_at")]
    assert statuses == ["ok", "ok", "ok", "ok", "error", "error", "ok"]


def test_interrupts_awaits_and_nested_cells_at_the_prompt(terminal: Terminal) -> None:
    terminal.run(
        "%load_ext nbmlops",
        "%mlrun stopped\nraise KeyboardInterrupt",
        "%mlrun awaited\nimport asyncio\nawait asyncio.sleep(0)\nprint('awaited')",
        "%mlrun captured\n%%capture\nprint('hidden')",
        "%mlrun nested\nget_ipython().run_cell('print(5)')\nprint(6)",
    )
    rows = terminal.rows("FROM runs ORDER BY number")
    assert [(r["name"], r["status"]) for r in rows] == [
        ("stopped", "interrupted"),
        ("awaited", "finished"),
        ("captured", "finished"),
        ("nested", "finished"),
    ]
    printed = terminal.rows(
        "SELECT text FROM outputs WHERE kind = 'stream' AND name = 'stdout' ORDER BY execution_id, seq"
    )
    assert [r["text"] for r in printed] == ["awaited\n", "5\n6\n"]


def test_the_experiment_at_the_prompt_is_of_no_notebook(terminal: Terminal) -> None:
    done = terminal.run("%load_ext nbmlops", "%mluse", "%mlrun", "%mlrun adam")
    assert "experiment  default (no notebook is known here)" in done.stdout
    assert "--tag" in done.stdout
    assert "UsageError: %mlrun makes a run of the code below it" in done.stdout
    assert terminal.rows("FROM runs") == []


def test_unloading_at_the_prompt_puts_everything_back(terminal: Terminal) -> None:
    check = (
        "ip = get_ipython()\n"
        "assert 'publish' not in vars(ip.display_pub) and '_showtraceback' not in vars(ip)\n"
        "assert 'write_format_data' not in vars(ip.displayhook)\n"
        "print('clean')"
    )
    done = terminal.run("%load_ext nbmlops", "%mlrun one\n1", "%unload_ext nbmlops", check)
    assert "clean" in done.stdout
    assert "AssertionError" not in done.stdout


def test_a_line_again_is_the_same_cell(terminal: Terminal) -> None:
    terminal.run("%load_ext nbmlops", "%mlrun again\nlr = 1", "%mlrun again\nlr = 1")
    assert [r["attempt"] for r in terminal.rows("FROM runs ORDER BY number")] == [1, 2]


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("%%mlrun adam", "incomplete"),
        ("%%mlrun adam\nlr = 1\n\n", "complete"),
        ("%mlrun adam\nfor i in x:", "incomplete"),
    ],
)
def test_the_prompt_waits_for_the_body(terminal: Terminal, typed: str, status: str) -> None:
    done = terminal.run("%load_ext nbmlops", f"print(get_ipython().check_complete({typed!r}))")
    assert f"'{status}'" in done.stdout
