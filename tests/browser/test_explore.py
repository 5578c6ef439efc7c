"""Parallel coordinates, scatter and importance as a person uses them: by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
Shoot = Callable[..., Path]

RUNS = """
import math
for i in range(48):
    lr, model = 10.0 ** -(1 + i % 4), ["gbm", "mlp", "svm"][i % 3]
    params = {"lr": lr, "model": model, "fold": i // 12, "opt": "<b>adam</b>"}
    if model != "svm":
        params["depth"] = 2 + i % 5
    with ml.run(f"<i>run</i> {i}", params=params):
        ml.log(val_acc=math.nan if i == 47 else 0.9 - abs(math.log10(lr) + 3) / 10 + (model == "mlp") / 50)
"""
CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml\nml.use(experiment='wine');",
    RUNS,
    "found = ml.runs().explore('val_acc')\nfound",
)


@pytest.fixture
def ran(visit: Visit) -> Iterator[Visit]:
    """The notebook, run by hand."""
    notebook = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [new_code_cell(source) for source in (*CELLS, "print(len(found.selected_ids), 'chosen')")]
    folder = visit.lab.root / f"explore{len(list(visit.lab.root.iterdir()))}"
    folder.mkdir()
    nbformat.write(notebook, folder / "explore.ipynb")
    visit.open(f"{folder.name}/explore.ipynb")
    visit.page.set_viewport_size({"width": 1280, "height": 1600})
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    expect(view(visit).locator(".nbm-explore-count")).to_have_text("48 runs")
    yield visit
    visit.command("apputils:change-theme", '{theme: "JupyterLab Light"}')
    visit.page.wait_for_selector('body[data-jp-theme-name="JupyterLab Light"]', state="attached")


def view(visit: Visit) -> Locator:
    return visit.page.locator(f"{PANEL} .jp-OutputArea .nbm-explore").first


def axis(visit: Visit, key: str) -> Locator:
    return view(visit).locator(f'[data-axis="{key}"]')


def axes(visit: Visit) -> list[str]:
    """Names of the axes from left to right."""
    found: list[str] = view(visit).evaluate(
        "view => [...view.querySelectorAll('[data-axis]')]"
        ".sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)"
        ".map(axis => axis.dataset.axis)"
    )
    return found


def drag(visit: Visit, key: str, top: float, bottom: float) -> None:
    """Draw a brush between two shares of an axis, from above; beyond 1 is the band."""
    box = axis(visit, key).locator("[role=slider]").bounding_box()
    assert box is not None
    x, first = box["x"] + box["width"] / 2, box["y"] + 8
    visit.page.mouse.move(x, first + top * 220)
    visit.page.mouse.down()
    visit.page.mouse.move(x, first + (top + bottom) * 110, steps=3)
    visit.page.mouse.move(x, first + bottom * 220, steps=3)
    visit.page.mouse.up()


def inked(canvas: Locator) -> int:
    """How many pixels of a canvas are drawn on."""
    found: int = canvas.evaluate(
        "canvas => { const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " let n = 0; for (let i = 3; i < data.length; i += 4) if (data[i] > 40) n++; return n; }"
    )
    return found


def test_brushes_filter_every_panel(ran: Visit, shoot: Shoot) -> None:
    page, seen = ran.page, view(ran)
    count, list_ = seen.locator(".nbm-explore-count"), seen.locator(".nbm-explore-list tbody tr")
    assert sorted(axes(ran)) == ["metric.val_acc", "param.depth", "param.fold", "param.lr", "param.model"]
    assert axes(ran)[-2:] == ["param.lr", "metric.val_acc"]
    expect(seen).to_contain_text("1 equal in all runs left out")
    expect(seen.locator(".nbm-explore-list")).to_contain_text("<i>run</i>")
    assert seen.locator("i:text-is('run')").count() == 0
    assert inked(seen.locator(".nbm-explore-parallel canvas").first) > 2000
    dots = seen.locator(".nbm-explore-scatter canvas").first
    before = inked(dots)
    assert before > 300
    shoot("explore-light", 1600)

    drag(ran, "param.lr", -0.03, 0.4)  # the upper two of four
    expect(count).to_have_text("24 of 48 runs")
    expect(list_).to_have_count(24)
    expect(seen.locator(".nbm-explore-importance")).to_contain_text("24 runs")
    drag(ran, "param.model", 0.4, 0.6)  # mlp, the middle one
    expect(count).to_have_text("8 of 48 runs")
    expect(list_).to_have_count(8)
    expect(list_.first).to_contain_text("mlp")
    assert inked(dots) < before
    shoot("explore-brushed", 1600)

    axis(ran, "param.model").locator("[role=slider]").click(position={"x": 14, "y": 8})
    expect(count).to_have_text("24 of 48 runs")
    drag(ran, "metric.val_acc", 1.02, 1.12)  # the band below the axis: NaN
    expect(count).to_have_text("0 of 48 runs")
    seen.get_by_role("button", name="Clear brushes").click()
    expect(count).to_have_text("48 runs")

    drag(ran, "param.depth", 1.02, 1.12)  # runs that have no depth
    expect(count).to_have_text("16 of 48 runs")
    page.wait_for_timeout(600)  # Python is told once the brush rests
    page.locator(f"{PANEL} .jp-Cell").last.locator(".cm-content").click()
    ran.command("notebook:run-cell")
    expect(page.locator(f"{PANEL} .jp-Cell").last).to_contain_text("16 chosen")

    seen.get_by_role("button", name="Compare first 6").click()
    page.wait_for_selector(".lm-DockPanel .nbm-main .nbm-compare[data-ready]")
    assert ran.foreign == []
    assert ran.errors == []


def test_everything_by_keyboard(ran: Visit) -> None:
    page, seen = ran.page, view(ran)
    count = seen.locator(".nbm-explore-count")
    model = axis(ran, "param.model").locator("[role=slider]")
    model.focus()
    page.keyboard.press("ArrowUp")
    expect(count).to_have_text("16 of 48 runs")
    expect(model).to_have_attribute("aria-valuetext", "svm")
    page.keyboard.press("ArrowDown")
    expect(model).to_have_attribute("aria-valuetext", "mlp")
    page.keyboard.press("Shift+ArrowUp")
    expect(count).to_have_text("32 of 48 runs")
    expect(model).to_have_attribute("aria-valuetext", "mlp, svm")
    axis(ran, "param.lr").locator("[role=slider]").focus()
    page.keyboard.press("ArrowUp")
    expect(count).to_have_text("8 of 48 runs")
    page.keyboard.press("Delete")
    expect(count).to_have_text("32 of 48 runs")
    page.keyboard.press("Escape")
    expect(count).to_have_text("48 runs")

    before = axes(ran)
    axis(ran, before[0]).locator(".nbm-explore-name").focus()
    page.keyboard.press("ArrowRight")
    expect(seen.locator(f'[data-axis="{before[0]}"] .nbm-explore-name')).to_be_focused()
    assert axes(ran) == [before[1], before[0], *before[2:]]
    lr = axis(ran, "param.lr")
    assert lr.locator("text=0.01").count() == 1
    lr.get_by_role("button", name="logarithmic axis of lr").press("Enter")
    expect(lr.get_by_role("button", name="logarithmic axis of lr")).to_have_attribute("aria-pressed", "false")
    lr.get_by_role("button", name="hide the axis of lr").press("Enter")
    expect(lr).to_have_count(0)
    seen.locator('.nbm-explore-row[data-param="lr"]').press("Enter")
    expect(axis(ran, "param.lr")).to_have_count(1)

    plot = seen.locator("[aria-roledescription='scatter plot']")
    plot.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lm-DockPanel .nbm-main .nbm-run[data-ready]")
    assert ran.foreign == []
    assert ran.errors == []


def test_moving_an_axis_by_mouse_another_theme_and_a_forest(ran: Visit, shoot: Shoot) -> None:
    page, seen = ran.page, view(ran)
    first, second = axes(ran)[:2]
    handle = axis(ran, first).locator(".nbm-explore-name").bounding_box()
    target = axis(ran, second).bounding_box()
    assert handle is not None
    assert target is not None
    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 14, handle["y"] + 8, steps=6)
    page.mouse.up()
    assert axes(ran)[:2] == [second, first]

    lines = seen.locator(".nbm-explore-parallel canvas").first
    colours = "canvas => canvas.toDataURL()"
    before = lines.evaluate(colours)
    ran.dark()
    page.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[lines.element_handle(), before])
    shoot("explore-dark", 1600)

    method = seen.get_by_label("method of importance")
    if method.is_visible():  # scikit-learn is installed
        method.select_option("forest")
        expect(seen.locator(".nbm-explore-importance")).to_contain_text("on unseen runs", timeout=60_000)
        method.select_option("rank")
    seen.get_by_label("filter of the runs").fill("model = mlp")
    seen.get_by_label("filter of the runs").press("Enter")
    expect(seen.locator(".nbm-explore-count")).to_have_text("16 runs")
    seen.get_by_label("filter of the runs").fill("nobody > 3")
    seen.get_by_label("filter of the runs").press("Enter")
    expect(seen.get_by_role("alert")).to_contain_text("nobody")
    seen.get_by_label("filter of the runs").fill("lr > 5")
    seen.get_by_label("filter of the runs").press("Enter")
    expect(seen).to_contain_text("No run of experiment wine matches")
    assert ran.foreign == []
    assert ran.errors == []
