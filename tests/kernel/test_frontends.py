"""Who executes the notebook, and where it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import duckdb
import nbformat
import pytest

from nbmlops.ipython import batches
from tests.kernel.conftest import ROOT, Kernel

CELLS = [
    "%load_ext nbmlops",
    "lr = 0.1",
    "%mlrun adam\nimport nbmlops as ml\nfor i in range(3): ml.log(loss=lr / (i + 1), step=i)\nprint('trained')",
    "pass",
    "pass",
]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook in a folder of its own."""
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    cells[1]["metadata"]["tags"] = ["parameters"]
    (tmp_path / ".git").mkdir()  # the store is looked for no further up
    path = tmp_path / "train.ipynb"
    document = nbformat.v4.new_notebook(cells=cells)
    document["metadata"]["kernelspec"] = {"name": "tests", "display_name": "tests", "language": "python"}
    nbformat.write(document, path)
    spec = tmp_path / "jupyter" / "kernels" / "tests"
    spec.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "tests", "language": "python"}))
    return path


def execute(notebook: Path, *command: str) -> None:
    env = {
        **os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_PATH": str(notebook.parent / "jupyter"),
        "IPYTHONDIR": str(notebook.parent / "ipython"),
    }  # fmt: skip
    env.pop("PYTEST_CURRENT_TEST", None)
    ran = subprocess.run(
        [sys.executable, "-m", *command], env=env, cwd=notebook.parent, capture_output=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()


def rows(notebook: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(notebook.parent / "mlops.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def check(notebook: Path, front_end: str, executed: Path) -> None:
    known = rows(notebook, "SELECT frontend, notebook, notebook_source FROM sessions")
    assert known == [(front_end, str(notebook), "command line")]
    assert rows(notebook, "SELECT name, status, number, experiment FROM runs") == [("adam", "finished", 1, "train")]
    assert rows(notebook, "SELECT count(*) FROM metrics") == [(3,)]
    assert rows(notebook, "SELECT text FROM outputs") == [("trained\n",)]
    ids = rows(notebook, "SELECT cell_id FROM executions WHERE source = 'pass'")
    assert len(set(ids)) == 2, "two cells with the same text are two cells"
    shown = nbformat.read(executed, as_version=4)
    (run_cell,) = [cell for cell in shown.cells if cell.source.startswith("%mlrun")]
    assert [output.output_type for output in run_cell.outputs] == ["stream", "display_data"]
    assert run_cell.outputs[1]["data"]["text/plain"].startswith("#1 adam")


def test_nbclient(notebook: Path) -> None:
    pytest.importorskip("nbclient")
    execute(notebook, "jupyter", "execute", "train.ipynb", "--inplace", "--kernel_name=tests")
    check(notebook, "nbclient", notebook)


def test_nbconvert(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started from a cell of another notebook, whose name is in the environment."""
    pytest.importorskip("nbconvert")
    monkeypatch.setenv("JPY_SESSION_NAME", "/elsewhere/other.ipynb")
    options = ("--ExecutePreprocessor.kernel_name=tests", "--output", "done.ipynb")
    execute(notebook, "jupyter", "nbconvert", "--to", "notebook", "--execute", "train.ipynb", *options)
    check(notebook, "nbclient", notebook.parent / "done.ipynb")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("python -m papermill in.ipynb out.ipynb -p lr 0.5", ("papermill", "in.ipynb")),
        ("python /bin/papermill --log-output s3://a/in.ipynb -", ("papermill", "s3://a/in.ipynb")),
        ("python /bin/jupyter-nbconvert --execute --output=b.ipynb a.ipynb", ("nbclient", "a.ipynb")),
        ("jupyter-nbconvert.exe --execute --output b.ipynb a.ipynb", ("nbclient", "a.ipynb")),
        ("python /bin/jupyter-nbconvert --execute a.ipynb b.ipynb", ("nbclient", None)),
        ("python /bin/jupyter-execute", ("nbclient", None)),
        ("python /bin/jupyter-lab nbconvert.ipynb", None),
        ("python train.py in.ipynb", None),
    ],
)
def test_what_a_command_line_says(words: str, found: tuple[str, str | None] | None) -> None:
    assert batches.named(words.split()) == found
    assert batches.named([]) is None


def test_papermill(notebook: Path) -> None:
    pytest.importorskip("papermill")
    execute(notebook, "papermill", "train.ipynb", "out.ipynb", "-k", "tests", "-p", "lr", "0.5")
    check(notebook, "papermill", notebook.parent / "out.ipynb")
    assert rows(notebook, "SELECT key, value, origin FROM params") == [("lr", "0.5", "inherited")]


def test_the_notebook_of_a_jupyter_server(tmp_path: Path) -> None:
    path = tmp_path / "experiment one.ipynb"
    kernel = Kernel(tmp_path, JPY_SESSION_NAME=str(path), JUPYTER_RUNTIME_DIR=str(tmp_path / "runtime"))
    try:
        kernel.run("%load_ext nbmlops")
        kernel.run("%mlrun\n1")
        (session,) = kernel.records("FROM sessions")
        assert (session["frontend"], session["notebook"]) == ("jupyter", str(path))
        assert session["notebook_source"] == "JPY_SESSION_NAME"
        assert [r["notebook"] for r in kernel.rows("FROM runs")] == [str(path)]
    finally:
        kernel.stop()


def test_vscode_names_its_notebook(bare_kernel: Kernel) -> None:
    path = bare_kernel.folder / "in vscode.ipynb"
    bare_kernel.run(f"__vsc_ipynb_file__ = {str(path)!r}")
    bare_kernel.run("%load_ext nbmlops")
    (session,) = bare_kernel.records("FROM sessions")
    assert (session["frontend"], session["notebook"], session["notebook_source"]) == ("vscode", str(path), "vscode")


class _Sessions(BaseHTTPRequestHandler):
    """The sessions API of a Jupyter server that knows where a renamed notebook is now."""

    kernel_id = ""
    path_now = "moved/renamed.ipynb"
    asked: threading.Event
    authorization: str | None = None

    def do_GET(self) -> None:
        type(self).authorization = self.headers.get("Authorization")
        found = [{"kernel": {"id": self.kernel_id}, "path": self.path_now, "type": "notebook"}]
        body = json.dumps(found if self.path == "/lab/api/sessions" else {}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
        self.asked.set()

    def log_message(self, format: str, *args: object) -> None:
        """No lines in the test's output."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    _Sessions.asked, _Sessions.path_now = threading.Event(), "moved/renamed.ipynb"
    found = HTTPServer(("127.0.0.1", 0), _Sessions)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    thread.join()


def test_a_renamed_notebook_is_found_by_the_sessions_api(tmp_path: Path, server: HTTPServer) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    stale = {"url": "http://127.0.0.1:9/", "token": "other", "root_dir": "/nowhere", "pid": 1}
    (runtime / "jpserver-1.json").write_text(json.dumps(stale))
    (runtime / "jpserver-2.json").write_text("not json")
    mine = {"url": f"http://127.0.0.1:{server.server_port}/lab/", "token": "t0ken", "root_dir": str(tmp_path), "pid": 2}
    (runtime / "jpserver-3.json").write_text(json.dumps(mine))
    kernel = Kernel(tmp_path, JPY_SESSION_NAME=str(tmp_path / "old.ipynb"), JUPYTER_RUNTIME_DIR=str(runtime))
    try:
        _Sessions.kernel_id = kernel.id
        kernel.run("%load_ext nbmlops")
        kernel.run("import threading\n[t.join() for t in threading.enumerate() if t.name == 'nbmlops-notebook-path']")
        assert _Sessions.authorization == "token t0ken"
        kernel.run("%mlrun\n1")
        (session,) = kernel.records("FROM sessions")
        assert session["notebook"] == str(tmp_path / "moved" / "renamed.ipynb")
        assert session["notebook_source"] == "sessions"
        assert [r["experiment"] for r in kernel.rows("FROM runs")] == ["renamed"]
        _Sessions.path_now = "moved/again.ipynb"
        for _ in range(300):  # a look every 10 s, while runs begin
            kernel.run("%mlrun --quiet\nimport time; time.sleep(.1)")
            if "again" in (kernel.run("%mluse").result or ""):
                break
        kernel.run("%mlrun final\npass")
        assert [r["experiment"] for r in kernel.records("FROM runs WHERE name = 'final'")] == ["again"]
        now = str(tmp_path / "moved" / "again.ipynb")
        assert [r["notebook"] for r in kernel.rows("FROM runs WHERE name = 'final'")] == [now]
        journals = b"".join(p.read_bytes() for p in (tmp_path / ".nbmlops").rglob("*") if p.is_file())
        assert b"t0ken" not in journals + kernel.store.read_bytes()
    finally:
        kernel.stop()
