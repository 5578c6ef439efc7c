"""Data in the notebook: a diff with its pages, a version, its lineage; live, by keyboard, and with nobody to ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser import notebooks
from tests.browser.conftest import Visit

Shoot = Callable[..., Path]
Barriers = Callable[[str], list[str]]
MAIN = ".nbm-main:visible"

CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml, numpy as np, pandas as pd",
    """rng = np.random.default_rng(0)
raw = pd.DataFrame({"id": np.arange(2000), "price": rng.gamma(2, 6, 2000)})
raw["<img src=x onerror='window.hacked=1'>"] = "a"
ml.data.save(raw, "train", message="as it came");""",
    """%mlrun clean
clean = ml.data.load("train").query("price > 2").copy()
clean.loc[clean.index[:300], "price"] *= 2
clean["city"] = "<script>window.hacked=1</script>"
ml.data.save(clean, "train", message="dear ones only");""",
    'ml.data.diff("train@v1", "train@v2")',
    'ml.data.show("train@v2")',
    'ml.data.lineage("train@v2")',
    'ml.data.diff(raw.head(200), raw.head(200).assign(price=0.0), key="id")',
    """with ml.run("again"):
    ml.data.load("train@v2")
ml.compare(1, 2)""",
)


def shown(visit: Visit, view: str, place: int = 0) -> Locator:
    """A live view in the notebook."""
    return visit.page.locator(f".jp-Notebook .nbm-{view}.nbm-live[data-ready]").nth(place)


def test_data(visit: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "data", CELLS)
    visit.open(str(path.relative_to(visit.lab.root)))
    notebooks.run_all(visit)

    # the diff of two versions: what differs first, pages of cells on request
    diff = shown(visit, "datadiff")
    expect(diff).to_contain_text("train@v1 → train@v2")
    expect(diff).to_contain_text("by id (detected)")
    expect(diff.get_by_role("table", name="columns that differ")).to_contain_text("price")
    cells = diff.get_by_role("table", name="cells changed")
    expect(cells.locator("tbody tr")).to_have_count(50)
    diff.get_by_role("button", name="More").press("Enter")
    expect(cells.locator("tbody tr")).to_have_count(150)
    expect(diff.get_by_role("button", name="More")).to_be_focused()
    diff.get_by_role("button", name="price").click()
    expect(diff).to_contain_text("of price")
    diff.get_by_role("button", name="rows removed").click()
    removed = diff.get_by_role("table", name="rows removed")
    expect(removed.locator("thead")).to_contain_text("<img src=x")

    # of objects in memory, too, as long as the kernel holds them
    live = shown(visit, "datadiff", 1)
    live.get_by_role("button", name="More").click()
    expect(live.get_by_role("table", name="cells changed").locator("tbody tr")).to_have_count(150)

    # a comparison of runs opens the diff of what they loaded
    shown(visit, "compare").get_by_role("button", name="Diff train@v1 → train@v2").click()
    expect(page.locator(f"{MAIN} .nbm-datadiff[data-ready]")).to_contain_text("train@v1 → train@v2")
    visit.command("docmanager:open", f"{{path: {str(path.relative_to(visit.lab.root))!r}}}")

    # a version, and the way from it to its lineage and to the run that made it
    version = shown(visit, "dataversion")
    expect(version.get_by_role("table", name="columns")).to_contain_text("<script>window.hack… 100 %")
    version.get_by_role("button", name="Lineage").click()
    graph = page.locator(f"{MAIN} .nbm-lineage[data-ready]")
    expect(graph.get_by_role("button", name="data, train@v1")).to_be_visible()
    graph.get_by_role("button", name="run, #1 clean").press("Enter")
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")

    visit.command("docmanager:open", f"{{path: {str(path.relative_to(visit.lab.root))!r}}}")
    views = [f".jp-Notebook .nbm-{view}" for view in ("datadiff", "dataversion", "lineage")]
    assert [barriers(view) for view in views] == [[], [], []]
    shoot("data-light", 3600)
    visit.dark()
    assert [barriers(view) for view in views] == [[], [], []]
    shoot("data-dark", 3600)

    # with nobody to ask the picture stays
    notebooks.save(visit)
    visit.open(notebooks.variant(path, "data-untrusted", visit.lab, is_trusted=False))
    saved = page.locator(".jp-Notebook .nbm-datadiff").first
    expect(saved).to_contain_text("train@v1 → train@v2")
    expect(saved).to_contain_text("price")
    assert page.evaluate("window.hacked") is None
    assert visit.foreign == []
    assert visit.errors == []
