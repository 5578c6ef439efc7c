"""The quickstart as a person sees it in JupyterLab: as saved by the demo, and run there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Lab, Visit

NOTEBOOK = "00_quickstart.ipynb"
OUTPUT = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output"
CHART = f"{OUTPUT} svg.marks, {OUTPUT} canvas.marks"
Shoot = Callable[..., Path]


@pytest.fixture(scope="module")
def demo(lab: Lab) -> Path:
    """The folder that ``nbmlops demo`` leaves behind, under the lab's root."""
    folder = lab.root / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "nbmlops", "demo", "--folder", str(folder)],
        env=lab.env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def looks_right(visit: Visit) -> None:
    """What a person looks for in the executed notebook."""
    page = visit.page
    outputs = page.locator(OUTPUT)
    page.wait_for_selector(CHART)
    assert outputs.filter(has_text="val_acc").count() >= 10
    for number, name in enumerate(("sgd", "sgd", "sgd"), 1):
        assert outputs.filter(has_text=f"#{number}").filter(has_text=name).count() >= 1
    table = outputs.get_by_role("grid").first
    assert table.get_by_role("row").count() >= 13
    metric = table.get_by_role("columnheader").filter(has_text="val_acc").first.bounding_box()
    assert metric is not None
    assert metric["x"] + metric["width"] <= 1280, "the metric is only seen after scrolling sideways"
    assert outputs.locator("img").count() >= 1
    failing = outputs.filter(has_text="InvalidParameterError")
    assert failing.count() >= 1
    text = "\n".join(outputs.all_text_contents())
    for wrong in ("Error displaying widget", "Loading widget", "Javascript Error", "VegaLite 6 object", "<IPython"):
        assert wrong not in text


def test_the_saved_notebook_shows_everything(visit: Visit, demo: Path, shoot: Shoot) -> None:
    visit.open(f"demo/{NOTEBOOK}")
    visit.page.set_viewport_size({"width": 1280, "height": 12_000})
    looks_right(visit)
    shoot("quickstart-light", 12_000)
    visit.dark()
    shoot("quickstart-dark", 12_000)
    assert visit.foreign == []
    assert visit.errors == []


def test_run_all_in_jupyterlab_records_the_cells(visit: Visit, demo: Path, lab: Lab, shoot: Shoot) -> None:
    folder = lab.root / "quickstart-live"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[2] / "notebooks" / NOTEBOOK, folder)
    visit.open(f"quickstart-live/{NOTEBOOK}")
    visit.page.set_viewport_size({"width": 1280, "height": 12_000})
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    looks_right(visit)
    shoot("quickstart-live", 12_000)
    assert visit.foreign == []
    assert visit.errors == []
    answer = subprocess.run(
        [sys.executable, "-m", "nbmlops", "--store", str(folder / "mlops.duckdb"), "sql", "--format", "csv", QUERY],
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[1].split(",") == ["14", "1", "digits", NOTEBOOK, "sgd;sgd-override"]


QUERY = """
SELECT count(*) AS runs, count(*) FILTER (status = 'failed') AS failed, any_value(experiment) AS experiment,
    any_value(parse_filename(notebook)) AS notebook,
    string_agg(cell_id, ';' ORDER BY number) FILTER (number <= 2) AS cells
FROM runs
"""
