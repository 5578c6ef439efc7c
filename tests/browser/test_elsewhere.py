"""The kernel lives in another environment than JupyterLab: another DuckDB, and no JupyterLab of its own."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.conftest import Visit

CELLS = [
    "import importlib.util, duckdb, sys\n%load_ext nbmlops\nimport nbmlops as ml",
    "print(duckdb.__version__, importlib.util.find_spec('jupyterlab'))",
    "%mlrun first lr=0.5\nlr = 0.1\nfor step in range(20):\n    ml.log(loss=1 / (step + lr), step=step)",
    "%mlrun second lr=0.2\nlr = 0.1\nfor step in range(20):\n    ml.log(loss=1 / (step + lr), step=step)",
    "%mlruns",
]


def test_the_kernel_has_an_environment_of_its_own(visit: Visit, old_duckdb_python: str, root: Path) -> None:
    spec = Path(visit.lab.env["JUPYTER_DATA_DIR"]) / "kernels" / "elsewhere"
    spec.mkdir(parents=True)
    argv = [old_duckdb_python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {"argv": argv, "display_name": "Elsewhere", "language": "python", "env": {"PYTHONPATH": str(root)}}
    (spec / "kernel.json").write_text(json.dumps(described))
    folder = visit.lab.root / "elsewhere"
    folder.mkdir()
    notebook = new_notebook(metadata={"kernelspec": {"name": "elsewhere", "display_name": "Elsewhere"}})
    notebook.cells = [new_code_cell(source) for source in CELLS]
    nbformat.write(notebook, folder / "there.ipynb")

    visit.open("elsewhere/there.ipynb")
    page = visit.page
    visit.command("nbmlops:show-panel")
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    assert "1.5." in page.locator(".jp-OutputArea-output").first.inner_text()
    assert "None" in page.locator(".jp-OutputArea-output").first.inner_text(), "that environment has no JupyterLab"

    # the panel, served by this environment
    page.locator(".nbm-panel .nbm-panel-run .nbm-name", has_text="#2 second").wait_for()
    # the widget, answered by the other one
    table = page.locator(".jp-Notebook .nbm-runs.nbm-live[data-ready]")
    table.wait_for()
    table.get_by_role("button", name="Compare (2)").click()
    page.locator(".nbm-main .nbm-compare[data-ready]", has_text="lr").wait_for()
    assert visit.foreign == []
    assert visit.errors == []
