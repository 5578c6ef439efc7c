"""The table of runs as a person uses it: by mouse, by keyboard, with thousands of rows, and with nobody to ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from nbmlops.storage.store import Store
from tests.benchmarks.many_runs import fill
from tests.browser import notebooks
from tests.browser.conftest import Visit

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
MAIN = ".lm-DockPanel .nbm-main:not(.lm-mod-hidden)"
Shoot = Callable[..., Path]
Barriers = Callable[[str], list[str]]

RUNS = """
for n in range(1, 31):
    opt = ["adam", "sgd", "lamb"][n % 3]
    with ml.run(f"{opt}-{n}", params={"lr": [0.1, 0.03, 0.01][n % 3], "optimizer": opt, "depth": n % 5, "epochs": 3}):
        for step in range(4):
            ml.log(val_acc=0.5 + n / 100 + step / 50, loss=1 / (n + step), step=step)
"""
TWICE = """
%mlrun twice
import random; lr = 0.5
ml.log(val_acc=random.random() / 10)
"""
CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml\nml.use(experiment='wine');",
    RUNS,
    TWICE.strip(),
    "found = ml.runs()\nfound",
    "print([run.name for run in found.selection])",
)


def view(visit: Visit) -> Locator:
    return visit.page.locator(f"{PANEL} .jp-OutputArea .nbm-runs[data-ready]").first


def grid(visit: Visit) -> Locator:
    return view(visit).get_by_role("grid")


def rows(visit: Visit) -> Locator:
    return grid(visit).locator(".nbm-line[data-run]")


def names(visit: Visit, count: int = 3) -> list[str]:
    """The first runs in sight."""
    found = grid(visit).evaluate(
        "grid => [...grid.querySelectorAll('.nbm-line[data-line]')].sort((a, b) => a.dataset.line - b.dataset.line)"
        ".map(line => line.querySelector('.nbm-name')?.textContent ?? line.textContent)"
    )
    return [str(name) for name in found[:count]]


def head(visit: Visit, name: str) -> Locator:
    return grid(visit).get_by_role("columnheader", name=re.compile(f"^{name}"))


def run_cell(visit: Visit, place: int) -> Locator:
    """Run one cell by hand; the cell."""
    cell = visit.page.locator(f"{PANEL} .jp-Cell").nth(place)
    cell.locator(".cm-content").click()
    visit.command("notebook:run-cell")
    visit.wait_idle()
    return cell


def test_a_person_at_the_table(visit: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "runs-table", CELLS)
    visit.open(str(path.relative_to(visit.lab.root)))
    page.set_viewport_size({"width": 1280, "height": 2000})
    notebooks.run_all(visit)
    expect(rows(visit).first).to_contain_text("twice")
    run_cell(visit, 2)
    run_cell(visit, 3)
    seen, foot = view(visit), view(visit).locator(".nbm-foot")

    # the last two are ticked; attempts are one row, and unfold
    expect(seen.get_by_role("button", name="Compare (2)")).to_be_visible()
    expect(foot).to_contain_text("31 rows, 32 runs")
    seen.get_by_role("button", name=re.compile("^×2 attempts")).click()
    expect(grid(visit).locator(".nbm-attempt")).to_have_count(1)
    expect(rows(visit).first).to_contain_text("±")
    seen.get_by_role("button", name=re.compile("^×2 attempts")).click()
    expect(grid(visit).locator(".nbm-attempt")).to_have_count(0)

    # sort: better first, the other way, as it was
    head(visit, "loss").click()
    expect(head(visit, "loss")).to_have_attribute("aria-sort", "ascending")
    assert names(visit, 2) == ["#30 adam-30", "#29 lamb-29"]
    head(visit, "loss").click()
    expect(head(visit, "loss")).to_have_attribute("aria-sort", "descending")
    head(visit, "loss").click()
    expect(head(visit, "loss")).to_have_attribute("aria-sort", "none")
    assert names(visit, 1) == ["#32 twice"]

    # filter: wrong, right, cleared
    line = seen.get_by_role("searchbox", name="filter")
    line.fill("val_ac > .9")
    line.press("Enter")
    expect(seen.locator(".nbm-filter-problem")).to_contain_text("close to it: val_acc")
    assert names(visit, 1) == ["#32 twice"], "the table stays as it is"
    line.fill("optimizer = sgd and val_acc > .6")
    line.press("Enter")
    expect(foot).to_contain_text("9 runs · ")
    expect(foot).to_contain_text("3 columns equal everywhere")
    foot.get_by_role("button", name="show", exact=True).click()
    expect(head(visit, "epochs")).to_be_visible()
    line.press("Escape")
    expect(foot).to_contain_text("31 rows, 32 runs")

    # group, fold
    seen.get_by_role("combobox", name="group by").select_option("param.optimizer")
    groups = grid(visit).locator(".nbm-group")
    expect(groups.first).to_contain_text(re.compile(r"optimizer = adam\s*10 runs · val_acc best 0.86 · mean 0.725"))
    shoot("runs-grouped", 2000)
    groups.first.get_by_role("button").click()
    assert names(visit, 3)[1].startswith("▾ optimizer = lamb")
    seen.get_by_role("combobox", name="group by").select_option("")
    expect(groups).to_have_count(0)

    # pin the baseline: the rest says how far it is from it
    row = rows(visit).filter(has_text="adam-30")
    row.hover()
    row.get_by_role("button", name="Pin #30 adam-30 as the baseline").click()
    expect(row).to_contain_text("★ baseline")
    expect(rows(visit).filter(has_text="lamb-29")).to_contain_text("-0.01 ▽worse")
    expect(foot).to_contain_text("higher is better for val_acc, lower for loss (by name)")

    # columns: choose, pin; a pinned one stays while the others scroll
    seen.get_by_role("button", name="Columns").click()
    chooser = page.get_by_role("dialog", name="Columns")
    expect(chooser).to_contain_text("30 runs")
    chooser.get_by_role("searchbox").fill("git")
    chooser.get_by_role("checkbox", name="git").check()
    chooser.get_by_role("searchbox").fill("depth")
    chooser.get_by_role("button", name="Pin left depth").click()
    assert barriers(".nbm-popover") == []
    page.keyboard.press("Escape")
    expect(head(visit, "git")).to_be_attached()
    before = head(visit, "depth").bounding_box()
    grid(visit).evaluate("grid => { grid.scrollLeft = 1000; }")
    page.wait_for_function("grid => grid.scrollLeft > 50", arg=grid(visit).element_handle())
    assert head(visit, "depth").bounding_box() == before

    # a note in place: markup is text
    row = rows(visit).filter(has_text="lamb-29")
    row.locator("[data-key=note]").dblclick()
    page.get_by_role("textbox", name="Note of #29 lamb-29").fill('<img src=x onerror="window.hit = 1">')
    page.keyboard.press("Enter")
    expect(row.locator("[data-key=note]")).to_contain_text("<img src=x")
    assert page.evaluate("window.hit") is None
    assert seen.locator("img").count() == 0
    assert barriers(f"{PANEL} .jp-OutputArea .nbm-runs") == []
    shoot("runs-light", 2000)

    # keep it as a view, and come back to it
    seen.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="name of the view").fill("weekly")
    page.get_by_role("button", name="Save this view").click()
    expect(seen.get_by_role("button", name="View: weekly")).to_be_visible()
    cell = page.locator(f"{PANEL} .jp-Cell").nth(4)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("%mlruns --view weekly")
    visit.command("notebook:run-cell")
    visit.wait_idle()
    expect(cell.get_by_role("columnheader", name="git")).to_be_attached()

    # on the dark theme, then to the pages that it leads to
    visit.dark()
    shoot("runs-dark", 2000)
    visit.command("apputils:change-theme", '{theme: "JupyterLab Light"}')
    page.wait_for_selector('body[data-jp-theme-name="JupyterLab Light"]', state="attached")
    seen.get_by_role("button", name="Compare (2)").click()
    page.wait_for_selector(f"{MAIN} .nbm-compare[data-ready]")
    assert visit.foreign == []
    assert visit.errors == []


def test_by_keyboard_with_thousands_of_rows(visit: Visit, shoot: Shoot) -> None:
    page = visit.page
    cells = ("%load_ext nbmlops\nimport nbmlops as ml", "found = ml.runs()\nfound", CELLS[-1])
    path = notebooks.write(visit.lab, "runs-many", cells)
    with Store(path.parent / "mlops.duckdb").lease(10) as con:
        fill(con, 5_000, points=3)
    visit.open(str(path.relative_to(visit.lab.root)))
    notebooks.run_all(visit)
    expect(view(visit).locator(".nbm-foot")).to_contain_text("5 000 runs")
    expect(grid(visit)).to_have_attribute("aria-rowcount", "5001")
    assert rows(visit).count() < 60, "only what is in sight is drawn"

    # down to the last row: its page is asked for when it comes into sight
    grid(visit).focus()
    page.keyboard.press("Control+End")
    expect(rows(visit).filter(has_text=re.compile(r"#1 adam"))).to_be_visible()
    active = grid(visit).locator(".nbm-active")
    expect(active).to_be_visible()
    assert grid(visit).get_attribute("aria-activedescendant") == active.get_attribute("id")
    shoot("runs-many")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Space")
    expect(view(visit).get_by_role("button", name="Compare (4)")).to_be_visible()
    cell = run_cell(visit, 2)
    expect(cell.locator(".jp-OutputArea-output").last).to_have_text("['adam', 'sgd', 'adam', 'sgd']")

    # sorted as a whole: the best of all 5,000 stands first
    grid(visit).focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(grid(visit).locator(".nbm-active")).to_have_text("metric_0")
    page.keyboard.press("Enter")
    expect(head(visit, "metric_0")).to_have_attribute("aria-sort", "descending")
    best = visit.page.evaluate(
        'grid => Number([...grid.querySelectorAll(\'.nbm-line[data-line="0"] [data-key="metric.metric_0"]'
        " .nbm-last')][0].textContent)",
        grid(visit).element_handle(),
    )
    assert best == 0.999
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")
    assert visit.foreign == []
    assert visit.errors == []


def test_saved_rows_are_sorted_and_chosen_from_with_nobody_to_ask(visit: Visit) -> None:
    page = visit.page
    cells = ("%load_ext nbmlops\nimport nbmlops as ml\nml.use(experiment='wine');", RUNS, "%mlruns")
    path = notebooks.write(visit.lab, "runs-saved", cells)
    visit.open(str(path.relative_to(visit.lab.root)))
    notebooks.run_all(visit)
    expect(rows(visit).first).to_contain_text("adam-30")
    notebooks.save(visit)
    visit.open(notebooks.variant(path, "untrusted", visit.lab, is_trusted=False))
    page.set_viewport_size({"width": 1280, "height": 1600})
    expect(rows(visit).first).to_contain_text("adam-30")
    head(visit, "val_acc").click()
    expect(head(visit, "val_acc")).to_have_attribute("aria-sort", "descending")
    head(visit, "val_acc").click()
    expect(rows(visit).first).to_contain_text("sgd-1")
    view(visit).get_by_role("button", name="Columns").click()
    chooser = page.get_by_role("dialog", name="Columns")
    expect(chooser).to_contain_text("These are the saved columns; the others need the kernel.")
    chooser.get_by_role("checkbox", name="epochs").check()
    page.keyboard.press("Escape")
    expect(head(visit, "epochs")).to_be_attached()
    view(visit).get_by_role("button", name="Refresh").click()
    expect(view(visit).locator(".nbm-foot")).to_contain_text("this needs the kernel")
    assert visit.foreign == []
    assert visit.errors == []
