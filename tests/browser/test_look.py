"""What a person sees without scrolling, in both themes, of runs with many parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tests.browser.conftest import Visit

OUTPUT = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output"
Shoot = Callable[..., Path]

TRAIN = """
with ml.run(f"gradient-boosting-{n}", params={"params/alpha": n, "reg/alpha": n}):
    ml.params({f"histgradientboostingclassifier__a_rather_long_name_{i}": i * n for i in range(8)})
    for step in range(3):
        ml.log(val_accuracy=0.8 + n / 50 + step / 100, loss=1 / (n + step + 1), step=step)
    ml.tag("best", team="vision")
    ml.note(f"{n} is a note of some length that says what was tried here and why it did not work out at all")
"""
CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml\nml.use(experiment='wine');",
    f"for n in range(1, 5):{TRAIN.replace(chr(10), chr(10) + '    ')}",
    "with ml.run('other', experiment='beer'):\n    ml.log(val_accuracy=1)",
    "with ml.run('one-point'):\n    ml.log(loss=0.4, step=1)\n    ml.log(says='<b>hello</b>')",
    "%mlruns baseline=1",
    "ml.runs().chart('loss')",
    "ml.runs().chart('loss', x='params/alpha')",
    "ml.get('gradient-boosting-3')",
    "%ml",
    "%mlcompare 3 4",
)


GREYS = """canvas => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const found = [];
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 200 && Math.abs(data[i] - data[i + 1]) < 4 && Math.abs(data[i] - data[i + 2]) < 4)
            found.push(data[i]);
    return found;
}"""


@pytest.fixture
def ran(visit: Visit) -> Iterator[Visit]:
    """The notebook, run by hand."""
    notebook = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    notebook.cells = [new_code_cell(source) for source in CELLS]
    folder = visit.lab.root / f"look{len(list(visit.lab.root.iterdir()))}"
    folder.mkdir()
    nbformat.write(notebook, folder / "look.ipynb")
    visit.open(f"{folder.name}/look.ipynb")
    visit.page.set_viewport_size({"width": 1280, "height": 3000})
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    visit.page.wait_for_selector(f"{OUTPUT} svg.marks, {OUTPUT} canvas.marks")
    yield visit
    visit.command("apputils:change-theme", '{theme: "JupyterLab Light"}')
    visit.page.wait_for_selector('body[data-jp-theme-name="JupyterLab Light"]', state="attached")


def test_the_metrics_are_in_sight_and_the_rest_can_be_scrolled_to(ran: Visit, shoot: Shoot) -> None:
    table = ran.page.locator(f"{OUTPUT} .nbm-runs[data-ready]").first
    seen = table.get_by_role("grid").bounding_box()
    assert seen is not None
    heads = table.get_by_role("columnheader")
    for name in ("val_accuracy", "loss"):
        head = heads.filter(has_text=name).first.bounding_box()
        assert head is not None
        assert head["x"] + head["width"] <= seen["x"] + seen["width"], f"{name} is only seen after scrolling"
    assert heads.filter(has_text=re.compile("^hist")).first.get_attribute("title", timeout=1000)
    assert table.get_by_role("combobox", name="experiment").input_value() == "wine"

    # in a cell of 700 pixels, too, words do not push away what differs
    compared = ran.page.locator(f"{OUTPUT} .nbm-compare[data-ready]")
    width = compared.bounding_box()
    assert width is not None
    ran.page.set_viewport_size({"width": int(1280 - width["width"] + 700), "height": 3000})
    expect(compared.locator(".nbm-cmp-scroller")).to_have_js_property("clientWidth", 700)
    changes = compared.locator("tbody .nbm-cmp-change").evaluate_all(
        "cells => cells.filter(cell => cell.textContent).map(cell => cell.getBoundingClientRect().right)"
    )
    seen = compared.bounding_box()
    assert seen is not None and len(changes) > 2
    assert max(changes) <= seen["x"] + seen["width"]
    assert "1 of other experiments" in (table.text_content() or "")
    text = "\n".join(ran.page.locator(OUTPUT).all_text_contents())
    assert str(ran.lab.root) not in text
    shoot("look-light", 3000)
    assert ran.foreign == []
    assert ran.errors == []


def test_charts_are_read_in_the_theme_that_comes_later(ran: Visit, shoot: Shoot) -> None:
    ran.dark()
    shoot("look-dark", 3000)
    greys = ran.page.locator(f"{OUTPUT} canvas.marks").first.evaluate(GREYS)
    assert len(greys) > 100, "no letters were found"
    assert max(greys) - min(greys) < 10
    assert 100 < min(greys) < 155, "letters are too dark or too light for one of the themes"
