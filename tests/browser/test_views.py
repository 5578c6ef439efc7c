"""Saved views with charts, as a person makes one and comes back to it: in a cell, from the panel, without a kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser import notebooks
from tests.browser.conftest import Visit
from tests.browser.test_runs import RUNS

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
MAIN = ".nbm-main:visible"
Shoot = Callable[..., Path]
Barriers = Callable[[str], list[str]]

NEWER = json.dumps({"filter": "lr < .05", "heat": 1, "charts": [{"kind": "heatmap<b>"}, {"kind": "curves"}, 7]})
SAVE_NEWER = f"""
from nbmlops.tracking import sessions
sessions.current().append('tracking.setting', {{'name': 'view/newer', 'value': {NEWER!r}}})
"""
SAVE_WEEKLY = """
from nbmlops.tracking import desk, edits
charts = [{"kind": "curves", "metrics": ["loss"], "smoothing": 0.5}, {"kind": "explore", "metric": "val_acc"}]
edits.save_view(desk.here(), {"name": "weekly", "settings": {"filter": "lr < .05", "charts": charts}})
"""
CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml\nml.use(experiment='wine');",
    RUNS,
    "%mlruns",
    SAVE_NEWER,
    "%mlruns --view weekly",
    "ml.runs(view='newer')",
)


def tables(page: Page) -> Locator:
    return page.locator(f"{PANEL} .jp-OutputArea .nbm-runs[data-ready]")


def charts(table: Locator) -> Locator:
    return table.locator(".nbm-chart")


def titles(table: Locator) -> list[str]:
    return table.locator(".nbm-chart > .nbm-place-head > b").all_text_contents()


def is_as_saved(table: Locator) -> None:
    """The exploration first, of what was brushed; the curves beside it, smoothed; both of the view's runs."""
    expect(charts(table).locator(".nbm-view[data-ready]")).to_have_count(2)
    assert titles(table) == ["Exploration of val_acc", "Curves of loss"]
    expect(table.locator(".nbm-explore-count")).to_contain_text(" of 20 runs")
    expect(table.locator(".nbm-curves-weight")).to_have_text("0.50")
    expect(table.get_by_role("checkbox", name="log y")).to_be_checked()
    expect(charts(table).nth(1).get_by_role("button", name="Full width")).to_be_visible()
    expect(charts(table).nth(1)).not_to_contain_text("adam")
    expect(charts(table).nth(1)).to_contain_text("lamb-29")


def run_cell(visit: Visit, place: int) -> None:
    visit.page.locator(f"{PANEL} .jp-Cell").nth(place).locator(".cm-content").click()
    visit.command("notebook:run-cell")
    visit.wait_idle()


def test_charts_are_kept_with_a_view(visit: Visit, shoot: Shoot, barriers: Barriers) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "views", CELLS)
    visit.open(str(path.relative_to(visit.lab.root)))
    page.set_viewport_size({"width": 1280, "height": 2400})
    for place in range(3):
        run_cell(visit, place)
    table = tables(page).first

    # add curves and an exploration, and look at them in one's own way
    table.get_by_role("button", name="Charts", exact=True).click()
    page.get_by_role("button", name="Add curves").click()
    expect(charts(table)).to_have_count(1)
    table.get_by_role("button", name="Charts (1)").click()
    page.get_by_role("button", name="Add exploration").click()
    expect(charts(table).locator(".nbm-explore[data-ready]")).to_have_count(1)
    assert titles(table) == ["Curves of val_acc", "Exploration of val_acc"]
    curves = charts(table).first
    curves.get_by_text("metrics: 1 of 2").click()
    curves.get_by_role("checkbox", name="loss").check()
    expect(curves.locator("b").first).to_have_text("Curves of val_acc, loss")
    curves.get_by_role("checkbox", name="val_acc").uncheck()
    curves.get_by_role("slider", name="smoothing").fill("0.5")
    curves.get_by_role("checkbox", name="log y").check()
    curves.get_by_role("button", name="Half width").click()
    curves.get_by_role("button", name="Down").click()
    assert titles(table) == ["Exploration of val_acc", "Curves of loss"]

    # they follow the filter of the table, and a new run
    search = table.get_by_role("searchbox", name="filter", exact=True)
    search.fill("lr < .05")
    search.press("Enter")
    expect(table.locator(".nbm-explore-count")).to_have_text("20 runs")
    expect(charts(table).nth(1)).not_to_contain_text("adam")
    table.get_by_role("slider", name="depth").first.focus()
    page.keyboard.press("ArrowUp")
    expect(table.locator(".nbm-explore-count")).to_contain_text(" of 20 runs")
    table.get_by_role("button", name="Views").click()
    page.get_by_role("textbox", name="name of the view").fill("weekly")
    page.get_by_role("button", name="Save this view").click()
    expect(table.get_by_role("button", name="View: weekly")).to_be_visible()
    is_as_saved(table)
    assert barriers(f"{PANEL} .nbm-charts") == []
    shoot("views", 2400)
    visit.dark()
    shoot("views-dark", 2400)

    # removed and put back; what is saved stays as it is
    charts(table).first.get_by_role("button", name="Remove").click()
    expect(charts(table)).to_have_count(1)
    table.get_by_role("button", name="Put it back").click()
    is_as_saved(table)

    # the same again in another cell; a view of another version says what it does not understand
    for place in (3, 4, 5):
        run_cell(visit, place)
    is_as_saved(tables(page).nth(1))
    newer = tables(page).nth(2)
    expect(newer.locator(".nbm-foot").first).to_contain_text("not understood are heat")
    expect(charts(newer)).to_have_count(3)
    expect(charts(newer).first).to_contain_text("does not know charts of the kind “heatmap<b>”")
    expect(charts(newer).nth(1).locator(".nbm-curves[data-ready]")).to_be_visible()
    expect(charts(newer).nth(2)).to_contain_text("cannot be read")
    charts(newer).first.get_by_role("button", name="Remove").click()
    expect(charts(newer)).to_have_count(2)

    # and from the panel, in the main area
    notebooks.save(visit)
    visit.command("nbmlops:show-panel")
    page.locator(".nbm-panel").get_by_role("button", name="Views").click()
    page.get_by_role("dialog", name="Saved views").get_by_role("button", name="weekly").click()
    is_as_saved(page.locator(f"{MAIN} .nbm-runs[data-ready]").first)
    shoot("views-main", 1400)
    assert visit.foreign == []
    assert visit.errors == []


def test_a_saved_notebook_shows_the_charts(visit: Visit) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "views-saved", (*CELLS[:2], SAVE_WEEKLY, "%mlruns --view weekly"))
    visit.open(str(path.relative_to(visit.lab.root)))
    notebooks.run_all(visit)
    notebooks.save(visit)
    visit.open_path(notebooks.variant(path, "away", visit.lab, kernel="nobody"))
    shown = page.locator(f"{PANEL} .jp-OutputArea-output.nbm-cell .nbm-runs").first
    expect(charts(shown).locator(".nbm-view[data-ready]")).to_have_count(2)
    expect(shown.locator(".nbm-explore-count")).to_have_text("20 runs")
    expect(shown.locator(".nbm-curves-weight")).to_have_text("0.50")
    expect(charts(shown).first).to_contain_text("lamb-29")
    assert visit.foreign == []
    assert visit.errors == []
