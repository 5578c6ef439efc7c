"""The comparison as a person uses it: in a cell and in the main area, by mouse and by keyboard."""

from __future__ import annotations

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

OUTPUT = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output"
MAIN = ".nbm-main:visible"
EVIL = "<img src=x onerror='window.hacked=1'>"
TRAIN = """%mlrun {name} lr={lr}
# {name}
lr = 1.0
evil = "{evil}"
depth = 6
layers = [64, 64, {width}]
for step in range(20):
    ml.log(loss=1 / (1 + lr * step), val_acc=1 - 1 / (2 + lr * step), step=step)
fig, ax = plt.subplots(figsize=(3, 2))
ax.plot([{width}, step])
plt.show()
print("done with {name} {evil}")
ml.log(confusion=pd.DataFrame({{"class": ["a", "b"], "hits": [{width}, 10]}}))
"""
CELLS = (
    "%load_ext nbmlops\nimport matplotlib.pyplot as plt, pandas as pd, nbmlops as ml\nml.goal(val_acc='max')",
    *(
        TRAIN.format(name=name, lr=lr, width=width, evil=EVIL)
        for name, lr, width in (("sgd", 0.3, 32), ("adam", 1.0, 64), ("lion", 3.0, 64))
    ),
    "%mlcompare 1 2",
    "found = ml.compare('1..3')\nfound",
)


@pytest.fixture
def ran(visit: Visit) -> Iterator[Visit]:
    """The notebook, run by hand."""
    notebook = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [new_code_cell(source) for source in CELLS]
    folder = visit.lab.root / f"compare{len(list(visit.lab.root.iterdir()))}"
    folder.mkdir()
    nbformat.write(notebook, folder / "compare.ipynb")
    visit.open(f"{folder.name}/compare.ipynb")
    visit.page.set_viewport_size({"width": 1280, "height": 4000})
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    yield visit
    visit.command("apputils:change-theme", '{theme: "JupyterLab Light"}')
    visit.page.wait_for_selector('body[data-jp-theme-name="JupyterLab Light"]', state="attached")


def keys(view: Locator) -> list[str]:
    """What the rows are called."""
    return view.locator("tbody th[scope=row]").all_text_contents()


def is_innocent(visit: Visit) -> None:
    assert visit.page.evaluate("window.hacked") is None, "logged text was executed"
    assert visit.foreign == []
    assert visit.errors == []


def test_two_runs_in_a_cell(ran: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = ran.page
    view = page.locator(f"{OUTPUT} .nbm-live.nbm-compare").first
    assert view.locator(".nbm-cmp-tools-title").text_content() == "#2 adam vs #1 sgd"
    metrics = view.locator("[data-section=metrics]")
    assert "better" in (metrics.locator("tr", has_text="val_acc").text_content() or "")
    assert {"val_acc", "loss", "lr", "layers"} <= set(keys(view))
    assert "depth" not in keys(view)
    assert view.locator("[data-section=curves] canvas").count() >= 2

    view.get_by_role("button", name="2 parameters equal").click()
    assert "depth" in keys(view)
    view.get_by_label("Only differences").uncheck()
    assert "status" in keys(view)
    view.get_by_label("Only differences").check()
    assert "status" not in keys(view)

    code = view.locator("[data-section=code]")
    assert "sgd" in code.locator("del").all_text_contents()
    code.get_by_role("button", name="Side by side").click()
    assert code.locator("table.nbm-diff-split").count() == 1

    outputs = view.locator("[data-section=outputs]")
    assert "32 → 64" in (outputs.locator(".nbm-cmp-merged").text_content() or "")
    images = outputs.locator("[data-kind=image]")
    images.locator("figure img").nth(1).wait_for()
    images.get_by_role("button", name="Swipe").click()
    slider = images.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    assert images.locator(".nbm-cmp-stack").evaluate("node => node.style.getPropertyValue('--nbm-at')") == "0%"
    images.get_by_role("button", name="Difference").click()
    share = images.locator("canvas[data-share]")
    share.wait_for()
    assert 0 < float(share.get_attribute("data-share") or 0) < 1

    assert barriers(f"{OUTPUT} .nbm-live.nbm-compare") == []
    shoot("compare-light", 4000)
    ran.dark()
    shoot("compare-dark", 4000)

    view.get_by_role("button", name="Swap").click()
    view.locator(".nbm-cmp-tools-title", has_text="#1 sgd vs #2 adam").wait_for()
    assert "worse" in (metrics.locator("tr", has_text="val_acc").text_content() or "")
    is_innocent(ran)


def test_many_runs_the_footer_and_the_main_area(ran: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = ran.page
    view = page.locator(f"{OUTPUT} .nbm-live.nbm-compare").last
    row = view.locator("[data-section=metrics] tr", has_text="val_acc")
    assert row.locator(".nbm-cmp-best").text_content() == f"{row.locator('td').nth(3).text_content()}"
    view.get_by_label("code: the run beside the reference").select_option(label="#3 lion")
    view.locator("[data-section=code] ins", has_text="lion").first.wait_for()
    view.get_by_role("button", name="Make reference: #2 adam").click()
    view.locator(".nbm-cmp-tools-title", has_text="compared with #2 adam").wait_for()
    view.get_by_role("button", name="Remove: #3 lion").click()
    view.locator(".nbm-cmp-tools-title", has_text="#1 sgd vs #2 adam").wait_for()

    footer = page.locator(f"{OUTPUT} .nbm-live.nbm-footer").nth(1)
    assert "#2 adam" in (footer.text_content() or "")
    assert page.locator(f"{OUTPUT} .nbm-live.nbm-footer").count() == 3
    assert barriers(f"{OUTPUT} .nbm-live.nbm-footer") == []
    footer.get_by_role("button", name="Compare #2 adam").focus()
    page.keyboard.press("Enter")
    opened = page.locator(f"{MAIN} .nbm-compare")
    opened.locator(".nbm-cmp-tools-title", has_text="#2 adam vs #1 sgd").wait_for()
    opened.locator("[data-section=curves] canvas").first.wait_for()
    page.set_viewport_size({"width": 700, "height": 900})
    shoot("compare-main", 900)
    opened.get_by_role("button", name="#2 adam", exact=True).click()
    page.locator(f"{MAIN} .nbm-run").wait_for()
    is_innocent(ran)
