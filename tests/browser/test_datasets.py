"""Datasets as lists in the notebook and as a tab of the panel: by mouse, by keyboard, and when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser import notebooks
from tests.browser.conftest import TOKEN, Visit
from tests.browser.test_sidebar import cells

Shoot = Callable[..., Path]
Barriers = Callable[[str], list[str]]
MAIN = ".nbm-main:visible"
PANEL = ".nbm-panel"
TREE = f"{PANEL} .nbm-data-list"

CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml, numpy as np, pandas as pd",
    """rng = np.random.default_rng(0)
raw = pd.DataFrame({"id": np.arange(2000), "price": rng.gamma(2, 6, 2000), "city": "Berlin"})
ml.data.save(raw, "raw prices", message="<img src=x onerror='window.hacked=1'>");
for version in range(60):
    ml.data.save(raw.head(100).assign(price=version), "many", message=f"attempt {version}")""",
    """%mlrun clean
clean = ml.data.load("raw prices").query("price > 2").copy()
ml.data.save(clean, "train", message="dear ones only");""",
    """ml.data.tag("train@v1", "gold"); ml.data.branch("train", "trial")
clean.loc[clean.index[:300], "price"] *= 2
ml.data.save(clean, "train", message="twice as dear");""",
    "%mldata list",
    "%mldata log train",
    "ml.data.log('many')",
)


def shown(visit: Visit, view: str, place: int = 0) -> Locator:
    """A live view in the notebook."""
    return visit.page.locator(f".jp-Notebook .nbm-{view}.nbm-live[data-ready]").nth(place)


def line(visit: Visit, name: str) -> Locator:
    """A line of the panel by the beginning of what is said of it."""
    return visit.page.get_by_role("tree", name="Datasets").locator(f'[role="treeitem"][aria-label^="{name}"]')


def chosen(visit: Visit) -> list[str]:
    found = visit.page.locator(f'{TREE} [aria-selected="true"]')
    return [str(each.get_attribute("aria-label")).split(",")[0] for each in found.all()]


def notebook(visit: Visit, path: Path) -> None:
    visit.command("docmanager:open", f"{{path: {str(path.relative_to(visit.lab.root))!r}}}")
    visit.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden)")


def test_lists_in_the_notebook(visit: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "lists", CELLS)
    visit.open(str(path.relative_to(visit.lab.root)))
    notebooks.run_all(visit)

    # all datasets, the one that was changed last first; a click opens its versions
    listed = shown(visit, "datasets")
    rows = listed.get_by_role("table", name="datasets").locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("train")
    expect(rows.last).to_contain_text("<img src=x")
    rows.first.get_by_role("button", name="train", exact=True).press("Enter")
    versions = page.locator(f"{MAIN} .nbm-dataset[data-ready]")
    expect(versions).to_contain_text("2 versions")

    # two versions are ticked and compared, one is opened, its lineage is drawn
    expect(versions.get_by_role("button", name="Compare")).to_be_disabled()
    for name in ("Choose v2", "Choose v1"):
        versions.get_by_label(name).check()
    versions.get_by_role("button", name="Compare (2)").click()
    diff = page.locator(f"{MAIN} .nbm-datadiff[data-ready]")
    expect(diff).to_contain_text("train@v1 → train@v2")
    expect(diff.get_by_role("table", name="columns that differ")).to_contain_text("price")
    notebook(visit, path)
    log = shown(visit, "dataset")
    expect(log.get_by_text("gold", exact=True)).to_have_attribute("title", "tag gold, at v1")
    log.get_by_role("button", name="v1", exact=True).click()
    expect(page.locator(f"{MAIN} .nbm-dataversion[data-ready]")).to_contain_text("train@v1")
    notebook(visit, path)
    log.get_by_label("Choose v1").check()
    log.get_by_role("button", name="Lineage").click()
    expect(page.locator(f"{MAIN} .nbm-lineage[data-ready]")).to_contain_text("raw prices@v1")
    notebook(visit, path)

    # page by page, and found by a part of what was said
    many = shown(visit, "dataset", 1)
    lines = many.get_by_role("table", name="versions of many").locator("tbody tr")
    expect(lines).to_have_count(50)
    many.get_by_role("button", name="More").press("Enter")
    expect(lines).to_have_count(60)
    field = many.get_by_label("Filter by message, tag or v12")
    field.press_sequentially("attempt 5")
    expect(lines).to_have_count(11)
    expect(field).to_be_focused()
    field.fill("no such thing")
    expect(many).to_contain_text("No version has this")
    field.press("Escape")
    expect(lines).to_have_count(50)

    views = [".jp-Notebook .nbm-datasets", ".jp-Notebook .nbm-dataset"]
    assert [barriers(view) for view in views] == [[], []]
    shoot("datasets-light", 2400)
    visit.dark()
    assert [barriers(view) for view in views] == [[], []]
    shoot("datasets-dark", 2400)

    # without a kernel the same picture, and the server answers
    notebooks.save(visit)
    visit.open(notebooks.variant(path, "lists-untrusted", visit.lab, is_trusted=False))
    expect(page.locator(".jp-Notebook .nbm-datasets").first).to_contain_text("raw prices")
    assert page.evaluate("window.hacked") is None
    assert visit.foreign == []
    assert visit.errors == []


def test_datasets_in_the_panel(visit: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "panel-of-data", CELLS[:4])
    page.set_viewport_size({"width": 1280, "height": 900})
    visit.open(str(path.relative_to(visit.lab.root)))
    visit.command("nbmlops:show-panel")
    run_first(visit)  # a store without a dataset
    page.get_by_role("tab", name="Runs", exact=True).press("ArrowRight")
    expect(page.get_by_role("tab", name="Datasets", exact=True)).to_be_focused()
    expect(page.locator(f"{PANEL} .nbm-data-body")).to_contain_text("%mldata save df train")
    assert barriers(PANEL) == []
    shoot("datasets-panel-empty")

    # it fills by itself, without another click
    notebooks.run_all(visit)
    expect(page.locator(f"{TREE} .nbm-data-dataset .nbm-name")).to_have_text(["train", "many", "raw prices"])
    expect(line(visit, "train, v2")).to_contain_text("1\u202f914 × 3")
    narrow(visit, 250)

    # by keyboard alone: unfold, choose two versions, compare, insert
    page.get_by_label("Filter datasets").press("ArrowDown")
    tree = page.get_by_role("tree", name="Datasets")
    for key in ("Home", "ArrowRight", "ArrowRight", "Shift+ArrowDown"):
        tree.press(key)
        if key == "ArrowRight":
            expect(line(visit, "v2, branch main")).to_be_visible()
    assert chosen(visit) == ["v2", "v1"]
    expect(line(visit, "v1, tag gold, branch trial")).to_be_visible()
    shoot("datasets-panel-light")
    assert barriers(PANEL) == []
    page.get_by_role("button", name="Compare (2)").press("Enter")
    expect(page.locator(f"{MAIN} .nbm-datadiff[data-ready]")).to_contain_text("train@v1 → train@v2")
    notebook(visit, path)
    tree.focus()
    tree.press("ArrowDown")
    tree.press("ArrowUp")
    assert chosen(visit) == ["v1"]
    tree.press("Enter")
    assert cells(visit)[-1] == 'train = ml.data.load("train@v1")'
    tree.press("Alt+Enter")
    expect(page.locator(f"{MAIN} .nbm-dataversion[data-ready]")).to_contain_text("train@v1")
    notebook(visit, path)

    # by mouse: a page of versions and the next one, the menu, lineage, the filter
    line(visit, "many").locator(".nbm-twist").click()
    expect(page.locator(f"{TREE} .nbm-data-version")).to_have_count(22)
    line(visit, "Show more of 60 versions").click()
    expect(page.locator(f"{TREE} .nbm-data-version")).to_have_count(62)
    line(visit, "raw prices").click(button="right")
    page.locator(".lm-Menu-item").filter(has_text="Open all versions").click()
    expect(page.locator(f"{MAIN} .nbm-dataset[data-ready]")).to_contain_text("<img src=x")
    notebook(visit, path)
    line(visit, "raw prices").click()
    page.get_by_role("button", name="Lineage").click()
    expect(page.locator(f"{MAIN} .nbm-lineage[data-ready]")).to_contain_text("raw prices@v1")
    notebook(visit, path)
    page.get_by_label("Filter datasets").fill("RAW")
    expect(page.locator(f"{TREE} .nbm-data-dataset")).to_have_count(1)
    expect(page.locator(f"{PANEL} .nbm-data-body .nbm-count")).to_have_text("1 of 3 datasets")
    page.get_by_label("Filter datasets").fill("none of them")
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator(f"{TREE} .nbm-data-dataset")).to_have_count(3)
    drag(visit, line(visit, "raw prices"))
    assert 'raw_prices = ml.data.load("raw prices@v1")' in cells(visit)

    # commands say what they do not find, and the tab comes back with the layout
    visit.command("nbmlops:open-version", '{version: "train@gold"}')
    expect(page.locator(f"{MAIN} .nbm-dataversion[data-ready]")).to_contain_text("train@v1")
    visit.command("nbmlops:open-version", '{version: "train@<b>"}')
    expect(page.locator(f"{PANEL} .nbm-data-body .nbm-said")).to_contain_text('there is no version "train@<b>"')
    visit.dark()
    assert barriers(PANEL) == []
    shoot("datasets-panel-dark")
    page.evaluate("() => window.jupyterapp.restored")
    with page.expect_response(lambda found: "api/workspaces" in found.url and found.request.method == "PUT"):
        page.get_by_role("tab", name="Runs", exact=True).click()
        page.get_by_role("tab", name="Datasets", exact=True).click()
    page.goto(f"{visit.lab.url}/lab?token={TOKEN}")
    expect(page.locator(f"{TREE} .nbm-data-dataset")).to_have_count(3, timeout=60_000)
    assert page.evaluate("window.hacked") is None
    assert visit.foreign == []
    assert visit.errors == []


def run_first(visit: Visit) -> None:
    """Load nbmlops and make a run, so that there is a store."""
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-cell")
    visit.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute("
        "{code: 'import nbmlops as ml\\nwith ml.run(\"first\"): pass'}).done.then(() => {})"
    )
    visit.page.wait_for_selector(f"{PANEL} .nbm-panel-run")


def narrow(visit: Visit, width: int) -> None:
    """Make the left side of JupyterLab so wide."""
    handle = visit.page.locator("#jp-main-split-panel > .lm-SplitPanel-handle:visible").first
    box, panel = handle.bounding_box(), visit.page.locator(PANEL).bounding_box()
    assert box is not None and panel is not None
    mouse = visit.page.mouse
    mouse.move(box["x"] + 1, box["y"] + 200)
    mouse.down()
    mouse.move(panel["x"] + width, box["y"] + 200, steps=4)
    mouse.up()
    found = visit.page.locator(PANEL).bounding_box()
    assert found is not None and found["width"] <= width
    is_wider = visit.page.evaluate(
        "selector => [...document.querySelectorAll(selector)].some(each => each.scrollWidth > each.clientWidth + 1)",
        f"{TREE}, {PANEL} .nbm-data-body",
    )
    assert not is_wider, "nothing sticks out at this width"


def drag(visit: Visit, what: Locator) -> None:
    """Drag a line of the panel onto the first cell of the notebook."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    cell = visit.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first.bounding_box()
    assert box is not None and cell is not None
    mouse = visit.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 8)
    mouse.down()
    mouse.move(box["x"] + 80, box["y"] + 12, steps=4)
    mouse.move(cell["x"] + 200, cell["y"] + 10, steps=8)
    visit.page.wait_for_selector(".jp-mod-dropTarget")
    mouse.up()
    visit.page.wait_for_function(
        "count => window.jupyterapp.shell.currentWidget.content.widgets.length > count", arg=len(CELLS[:4]) + 1
    )
