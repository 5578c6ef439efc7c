"""A saved notebook shows what it showed, whatever became of its kernel, its trust and its program."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from nbmlops.ui.shown import unpacked
from tests.browser import notebooks
from tests.browser.conftest import Lab, Visit, visiting
from tests.browser.notebooks import BAD, SHOWN

Shoot = Callable[..., Path]

CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml\nimport pathlib, time",
    "%mlrun first --quiet\nlr = 0.1\nfor step in range(30):\n    ml.log(loss=lr / (step + 1), step=step)",
    "%mlrun second --quiet\nlr = 0.2\nfor step in range(30):\n    ml.log(loss=lr / (step + 1), step=step)",
    "%mlcompare",
    "%mlruns",
    "ml.get(2)",
)
BUSY = "print('busy', flush=True)\nwhile not pathlib.Path('go').exists():\n    time.sleep(0.05)"
VIEWS = ("compare", "runs", "run")


@pytest.fixture(scope="module")
def saved(browser: Browser, lab: Lab) -> Path:
    """The executed notebook as JupyterLab saved it."""
    path = notebooks.write(lab, "static", CELLS)
    with visiting(browser, lab) as visit:
        visit.open(str(path.relative_to(lab.root)))
        notebooks.run_all(visit)
        shows(visit, "live")
        notebooks.save(visit)
    return path


def shows(visit: Visit, how: str, count: int = len(VIEWS)) -> None:
    """Every output of ours is drawn, in that way, and nothing waits for a widget."""
    expect(visit.page.locator(f"{SHOWN}[data-shows={how}]")).to_have_count(count, timeout=60_000)
    for output in visit.page.locator(SHOWN).all():
        expect(output).to_contain_text("second")
        assert (output.bounding_box() or {"height": 0})["height"] > 30
    text = visit.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").inner_text()
    assert [wrong for wrong in BAD if wrong in text] == []


def test_what_is_saved(saved: Path) -> None:
    notebook = json.loads(saved.read_text())
    assert "widgets" not in notebook["metadata"]
    found = notebooks.snapshots(notebook)
    assert [snapshot["view"] for snapshot in found] == list(VIEWS)
    assert all(snapshot["model_id"] and unpacked(snapshot)["data"] for snapshot in found)
    text = saved.read_text()
    assert str(saved.parent) not in text
    assert len(text) < 200_000


def test_live_while_the_kernel_is_busy_after_a_reload_and_not_after_a_restart(visit: Visit, lab: Lab) -> None:
    path = notebooks.write(lab, "alive", (*CELLS, BUSY))
    visit.open(str(path.relative_to(lab.root)))
    notebooks.run_all(visit, wait=False)
    shows(visit, "live")
    # the front end's own word for it does not do: a question to a subshell turns it to idle
    expect(visit.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output").last).to_have_text("busy")
    notebooks.save(visit)
    visit.page.reload()
    shows(visit, "saved")
    path.with_name("go").touch()
    shows(visit, "live")
    visit.page.evaluate("() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }")
    shows(visit, "saved")
    expect(visit.page.locator(".nbm-saved-note")).to_have_count(len(VIEWS))
    assert visit.foreign == []
    assert visit.errors == []


@pytest.mark.parametrize(("kernel", "is_trusted"), [("python3", True), ("gone", True), ("gone", False)])
def test_a_saved_notebook(visit: Visit, saved: Path, lab: Lab, shoot: Shoot, kernel: str, is_trusted: bool) -> None:
    name = f"{kernel}-{is_trusted}"
    visit.page.set_viewport_size({"width": 1280, "height": 2400})
    visit.open_path(notebooks.variant(saved, name, lab, kernel=kernel, is_trusted=is_trusted))
    if kernel == "gone":
        visit.page.locator(".jp-Dialog button.jp-mod-reject").click()
    shows(visit, "saved")
    expect(visit.page.locator(f"{SHOWN} .uplot canvas")).to_have_count(2)  # curves inside the comparison and the page
    assert visit.page.locator(f"{SHOWN} .nbm-problem:visible").all_inner_texts() == []
    shoot(f"static-{name}", 2400)
    assert visit.foreign == []
    assert visit.errors == []


def test_snapshots_of_other_versions(visit: Visit, saved: Path, lab: Lab, shoot: Shoot) -> None:
    older = {"v": 0, "view": "compare", "known": None}
    newer = {"v": 99, "data": {"of": "another form"}}
    broken = {"data": {"of": "another form"}}
    visit.open_path(notebooks.variant(saved, "versions", lab, each=(older, newer, broken), is_trusted=False))
    page = visit.page
    expect(page.locator(f"{SHOWN}[data-shows=saved]")).to_have_count(3)
    expect(page.locator(SHOWN).nth(0).locator(".nbm-compare")).to_contain_text("second")
    for index in (1, 2):  # the static picture stands for what cannot be drawn
        expect(page.locator(SHOWN).nth(index).locator(".jp-RenderedHTMLCommon")).to_contain_text("second")
        expect(page.locator(SHOWN).nth(index).locator(".nbm-live")).to_have_count(0)
    shoot("static-versions", 2400)
    assert visit.errors == []


def test_html_of_a_notebook_that_jupyterlab_saved(visit: Visit, saved: Path, lab: Lab, shoot: Shoot) -> None:
    html_shows(visit, convert(saved, lab), shoot, "static-html")


def test_html_of_a_notebook_that_nbconvert_executed(visit: Visit, lab: Lab, shoot: Shoot) -> None:
    path = notebooks.write(lab, "executed", CELLS)
    html_shows(visit, convert(path, lab, "--execute"), shoot, "static-executed")


def convert(path: Path, lab: Lab, *options: str) -> Path:
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", *options, str(path)]
    done = subprocess.run(command, env=lab.env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return path.with_suffix(".html")


def html_shows(visit: Visit, path: Path, shoot: Shoot, name: str) -> None:
    """The page shows every view, and needs no widget from anywhere."""
    text = path.read_text()
    assert "application/vnd.jupyter.widget-" not in text
    visit.page.goto(path.as_uri())
    shown = visit.page.locator(".jp-OutputArea-output:has(.nbm-view)")
    expect(shown).to_have_count(len(VIEWS))
    for output in shown.all():
        expect(output).to_contain_text("second")
        assert (output.bounding_box() or {"height": 0})["height"] > 30
    assert [wrong for wrong in BAD if wrong in visit.page.inner_text("body")] == []
    shoot(name, 2400)
    assert [address for address in visit.foreign if "widget" in address] == []
    assert visit.errors == []
