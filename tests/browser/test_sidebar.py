"""The panel beside the notebook, as a person uses it: by mouse, by keyboard, and when something is wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator

Shoot = Callable[..., Path]
Barriers = Callable[[str], list[str]]

PANEL = ".nbm-panel"
ROWS = f"{PANEL} .nbm-panel-run"
SAID = f"{PANEL} .nbm-said"
MAIN = ".nbm-main:visible"
SEEN_S = 3

MADE = """
import nbmlops as ml
for n, name in enumerate(["adam", "sgd", "forest", "<img src=x onerror='window.hacked=1'>"]):
    with ml.run(name, experiment=["wine", "vision/vit", "vision/resnet", "wine"][n], params={"lr": n / 10}):
        ml.log(val_acc=[0.7, 0.95, 0.8, 0.6][n])
"""
HOLD = """
import duckdb, sys
while True:  # the panel may be reading right now
    try:
        con = duckdb.connect(sys.argv[1])
        break
    except duckdb.IOException:
        pass
print("held", flush=True)
sys.stdin.read()
"""
SLOW = """%mlrun slow
import time
for step in range(100_000):
    ml.log(loss=1 / (step + 1), step=step)
    time.sleep(0.01)"""


@pytest.fixture
def folder(visit: Visit) -> Path:
    """A folder of the test's own, with a notebook."""
    place = visit.lab.root / f"sidebar{len(list(visit.lab.root.iterdir()))}"
    place.mkdir()
    write(
        place / "train.ipynb",
        ["%load_ext nbmlops\nimport nbmlops as ml", "%mlrun in-a-cell lr=0.5\nlr = 0.1\nml.log(val_acc=0.9)"],
    )
    return place


def write(path: Path, sources: list[str]) -> None:
    notebook = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [new_code_cell(source) for source in sources]
    nbformat.write(notebook, path)


@pytest.fixture
def stored(visit: Visit, folder: Path) -> Path:
    """The same with a store of four runs."""
    env = visit.lab.env | {"NBMLOPS_STORE": str(folder / "mlops.duckdb")}
    subprocess.run([sys.executable, "-c", MADE], cwd=folder, env=env, check=True)
    return folder


@pytest.fixture(autouse=True)
def nothing_is_wrong(visit: Visit) -> Iterator[None]:
    yield
    assert visit.foreign == []
    assert visit.errors == []
    assert visit.page.evaluate("window.hacked") is None


def enter(visit: Visit, folder: Path, notebook: str = "train.ipynb") -> None:
    """Open a notebook and the panel."""
    visit.open(f"{folder.name}/{notebook}")
    visit.command("nbmlops:show-panel")
    visit.page.wait_for_selector(f"{PANEL}[data-ready]")


def ready(visit: Visit) -> None:
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )


def names(visit: Visit) -> list[str]:
    return visit.page.locator(f"{ROWS} .nbm-name").all_text_contents()


def until_names(visit: Visit, *wanted: str) -> None:
    """Wait until the list shows these runs and no others, in this order; each name by what it begins with."""
    try:
        visit.page.wait_for_function(
            "([rows, wanted]) => { const found = [...document.querySelectorAll(rows)].map(each => each.textContent);"
            " return found.length === wanted.length && wanted.every((name, at) => found[at].startsWith(name)); }",
            arg=[f"{ROWS} .nbm-name", list(wanted)],
            timeout=10_000,
        )
    except Exception:
        assert names(visit) == list(wanted)
        raise


def row(visit: Visit, name: str) -> Locator:
    return visit.page.locator(ROWS).filter(has_text=name)


def menu(visit: Visit, name: str, entry: str) -> None:
    """Choose an entry of the menu of a run."""
    row(visit, name).click(button="right")
    visit.page.locator(".lm-Menu-item").filter(has_text=entry).click()


def cells(visit: Visit) -> list[str]:
    """The sources of the notebook's cells."""
    found: list[str] = visit.page.evaluate(
        "() => [...window.jupyterapp.shell.widgets('main')].find(each => each.content?.model?.cells)"
        ".content.model.sharedModel.cells.map(cell => cell.source)"
    )
    return found


def run_cell(visit: Visit, source: str) -> None:
    """Write into the active cell and run it, without waiting."""
    visit.page.evaluate(
        "source => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(source)", source
    )
    visit.command("notebook:run-cell")


def test_from_an_empty_panel_to_a_run_that_is_stopped_while_it_blocks(visit: Visit, folder: Path, shoot: Shoot) -> None:
    write(folder / "empty.ipynb", [""])
    enter(visit, folder, "empty.ipynb")
    page = visit.page
    assert "No store belongs to this notebook yet" in (page.locator(PANEL).text_content() or "")
    assert not page.locator(f"{PANEL} .nbm-actions").is_visible()
    shoot("sidebar-empty")
    page.get_by_role("button", name="Insert a starter cell").click()
    assert [source.partition("\n")[0] for source in cells(visit)][1:] == ["%load_ext nbmlops", "%mlrun first lr=0.1"]
    ready(visit)
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    until_names(visit, "#1 first")
    page.wait_for_function(
        "sel => /1 run · in step/.test(document.querySelector(sel).textContent)", arg=f"{PANEL} .nbm-store"
    )
    waited: list[float] = []
    while min(waited, default=SEEN_S) >= SEEN_S and len(waited) < 3:  # a busy machine gets three chances
        began = time.monotonic()
        run_cell(visit, "with ml.run('again'):\n    ml.log(loss=1)")
        page.wait_for_function(
            "([rows, count]) => document.querySelectorAll(rows).length > count", arg=[ROWS, len(waited) + 1]
        )
        waited.append(time.monotonic() - began)
    assert min(waited) < SEEN_S, "a run that was logged must be seen soon"

    run_cell(visit, SLOW)
    page.wait_for_selector(f"{ROWS}[data-status='running']")
    assert "running" in (row(visit, "slow").get_attribute("aria-label") or "")
    shoot("sidebar-running")
    row(visit, "slow").click()
    page.get_by_title("At the next logged value").click()
    page.wait_for_selector(f"{ROWS}[data-status='stopped']")
    visit.wait_idle()


def test_sort_filter_choose_compare_and_open(visit: Visit, stored: Path, barriers: Barriers, shoot: Shoot) -> None:
    enter(visit, stored)
    page = visit.page
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    page.get_by_label("Order of the runs").select_option("metric")
    until_names(visit, "#2 sgd", "#3 forest", "#1 adam", "#4 <img")
    page.get_by_role("button", name="Turn the order round").click()
    until_names(visit, "#4 <img", "#1 adam", "#3 forest", "#2 sgd")
    page.get_by_label("Order of the runs").select_option("newest")

    page.get_by_label("Filter runs").fill("val_acc > .75")
    until_names(visit, "#3 forest", "#2 sgd")
    page.get_by_label("Filter runs").fill("val_acc > .75 and nonsense")
    page.wait_for_selector(f"{PANEL} .nbm-filter-problem:visible")
    assert "'nonsense'" in (page.locator(f"{PANEL} .nbm-filter-problem").text_content() or "")
    assert len(names(visit)) == 2, "a filter that cannot be read leaves the list as it is"
    assert page.get_by_label("Filter runs").get_attribute("aria-invalid") == "true"
    shoot("sidebar-filter")
    page.get_by_label("Filter runs").press("Escape")
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")

    page.get_by_role("treeitem", name="wine").click()
    until_names(visit, "#4 <img", "#1 adam")
    page.get_by_role("treeitem", name="All experiments").click()
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")

    row(visit, "forest").click()
    row(visit, "adam").click(modifiers=["Control"])
    page.get_by_role("button", name="Compare (2)").click()
    page.wait_for_selector(f"{MAIN} .nbm-compare[data-ready]")
    assert page.locator(".lm-DockPanel-tabBar .lm-mod-current").text_content() == "Compare #3 #1"
    shoot("sidebar-compare")
    row(visit, "sgd").dblclick()
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")
    assert page.locator(".lm-DockPanel-tabBar .lm-mod-current").text_content() == "#2 sgd"
    assert "#2 sgd" in (page.locator(MAIN).text_content() or "")
    shoot("sidebar-run")

    assert barriers(PANEL) == []
    visit.dark()
    assert barriers(PANEL) == []
    shoot("sidebar-dark")
    visit.command("apputils:change-theme", '{theme: "JupyterLab Light"}')
    page.wait_for_selector('body[data-jp-theme-name="JupyterLab Light"]', state="attached")


def test_insert_drag_and_jump(visit: Visit, stored: Path, shoot: Shoot) -> None:
    enter(visit, stored)
    page = visit.page
    ready(visit)
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    until_names(visit, "#5 in-a-cell", "#4 <img", "#3 forest", "#2 sgd", "#1 adam")

    row(visit, "sgd").click()
    page.get_by_role("button", name="Insert", exact=True).click()
    assert cells(visit).count("run = ml.get(2)") == 1
    source = row(visit, "adam").bounding_box()
    target = page.locator(".jp-Notebook .jp-Cell").nth(1).bounding_box()
    assert source is not None
    assert target is not None
    page.mouse.move(source["x"] + 60, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(source["x"] + 200, source["y"] + 10, steps=4)
    page.mouse.move(target["x"] + 200, target["y"] + 10, steps=8)
    page.wait_for_selector(".jp-mod-dropTarget")
    page.mouse.up()
    assert cells(visit)[1] == "run = ml.get(1)"

    menu(visit, "in-a-cell", "Go to its cell")
    made = page.locator(".jp-Cell.nbm-made-here")
    made.wait_for()
    assert "%mlrun in-a-cell" in (made.text_content() or "")
    shoot("sidebar-jump")
    page.evaluate(
        "() => { const model = window.jupyterapp.shell.currentWidget.content.model.sharedModel;"
        " model.deleteCell(model.cells.findIndex(cell => cell.source.startsWith('%mlrun in-a-cell'))); }"
    )
    menu(visit, "in-a-cell", "Go to its cell")
    page.wait_for_selector(f"{SAID}:has-text('no longer in')")
    menu(visit, "adam", "Go to its cell")
    page.wait_for_selector(f"{SAID}:has-text('was not made in a cell')")


def test_another_store_and_other_columns(visit: Visit, stored: Path) -> None:
    other = stored / "other"
    other.mkdir()
    env = visit.lab.env | {"NBMLOPS_STORE": str(other / "mlops.duckdb")}
    code = "import nbmlops as ml\nwith ml.run('elsewhere', params={'depth': 6}):\n    ml.log(loss=0.25)"
    subprocess.run([sys.executable, "-c", code], cwd=other, env=env, check=True)
    settings = Path(visit.lab.env["JUPYTERLAB_SETTINGS_DIR"]) / "nbmlops" / "plugin.jupyterlab-settings"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('{"columns": ["depth", "metric"]}')
    try:
        enter(visit, stored)
        until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
        visit.page.get_by_label("Store").select_option(f"{stored.name}/other/mlops.duckdb")
        until_names(visit, "#1 elsewhere")
        assert row(visit, "elsewhere").locator(".nbm-panel-cols").text_content() == "60.25"
        row(visit, "elsewhere").click()
        visit.page.get_by_role("button", name="Insert", exact=True).click()
        visit.page.wait_for_selector(f"{SAID}:has-text('another store than this notebook')")
        assert not any("ml.get" in source for source in cells(visit))
    finally:
        settings.unlink()


def test_tags_delete_restore_and_what_is_there_after_a_reload(visit: Visit, stored: Path) -> None:
    enter(visit, stored)
    page = visit.page
    menu(visit, "adam", "Edit tags")
    page.get_by_label("Tags of #1 adam").fill("best, team=vision")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "sel => [...document.querySelectorAll(sel)].some(each => each.title.includes('team=vision'))", arg=ROWS
    )

    row(visit, "sgd").click()
    page.keyboard.press("Delete")
    until_names(visit, "#4 <img", "#3 forest", "#1 adam")
    page.get_by_role("button", name="Undo").click()
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    menu(visit, "sgd", "Delete")
    page.get_by_role("button", name="Show 1 deleted").click()
    until_names(visit, "#2 sgd")
    menu(visit, "sgd", "Restore")
    page.get_by_role("button", name="Back to the runs").click()
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")

    row(visit, "forest").dblclick()
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")
    page.wait_for_timeout(1500)  # JupyterLab saves its layout a second after it changed
    page.goto(page.url.split("?")[0])
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]", timeout=60_000)
    assert "#3 forest" in (page.locator(MAIN).text_content() or "")
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")


def test_everything_by_keyboard(visit: Visit, stored: Path) -> None:
    enter(visit, stored)
    page = visit.page
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox", "the command leads into the list"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert chosen(visit) == ["#3 forest"]
    page.keyboard.press("Shift+ArrowDown")
    assert chosen(visit) == ["#3 forest", "#2 sgd"]
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("Space")
    assert chosen(visit) == ["#3 forest", "#2 sgd", "#1 adam"]
    page.keyboard.press("Escape")
    assert chosen(visit) == []
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.jp-Notebook').textContent.includes('run = ml.get(3)')")
    visit.command("nbmlops:show-panel")
    page.keyboard.press("Delete")
    until_names(visit, "#4 <img", "#2 sgd", "#1 adam")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.textContent") != "Undo":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    visit.command("nbmlops:show-panel")
    while page.evaluate("document.activeElement.getAttribute('role')") != "treeitem":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_function("sel => document.querySelectorAll(sel).length < 4", arg=ROWS)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    visit.command("nbmlops:show-panel")
    page.keyboard.press("End")
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")
    assert "#1 adam" in (page.locator(MAIN).text_content() or "")


def chosen(visit: Visit) -> list[str]:
    return visit.page.locator(f"{ROWS}[aria-selected='true'] .nbm-name").all_text_contents()


def test_what_goes_wrong_is_said_and_passes(visit: Visit, stored: Path, shoot: Shoot) -> None:
    enter(visit, stored)
    page = visit.page
    problem = page.locator(f"{PANEL} .nbm-problem")
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    row(visit, "adam").dblclick()
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")

    page.route("**/nbmlops/api/**", lambda route: route.abort())
    problem.filter(has_text="the Jupyter server cannot be reached").wait_for()
    assert len(names(visit)) == 4, "the old picture stays"
    shoot("sidebar-offline")
    page.unroute("**/nbmlops/api/**")
    problem.wait_for(state="hidden")

    page.route("**/nbmlops/api/**", lambda route: route.fulfill(status=403, body="{}"))
    problem.filter(has_text="log in again").wait_for()
    page.unroute("**/nbmlops/api/**")
    problem.wait_for(state="hidden")

    command = [sys.executable, "-c", HOLD, str(stored / "mlops.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        visit.command("nbmlops:refresh")
        problem.filter(has_text=f"(PID {holder.pid})").wait_for()
        assert "this is how it was" in (problem.text_content() or "")
        assert len(names(visit)) == 4
    problem.wait_for(state="hidden")

    away = stored.parent / f"{stored.name}-away"
    shutil.move(stored / "mlops.duckdb", away)
    problem.filter(has_text="no longer there").wait_for()
    shoot("sidebar-gone")
    shutil.move(away, stored / "mlops.duckdb")
    problem.wait_for(state="hidden")

    env = visit.lab.env | {"NBMLOPS_STORE": str(stored / "mlops.duckdb")}
    code = "import nbmlops as ml\nwith ml.run('late'):\n    ml.log(val_acc=1)\nml.delete('adam')"
    subprocess.run([sys.executable, "-c", code], cwd=stored, env=env, check=True)
    until_names(visit, "#5 late", "#4 <img", "#3 forest", "#2 sgd")
    assert "#1 adam" in (page.locator(MAIN).text_content() or ""), "a run that is deleted while shown stays readable"
