"""What the panel keeps: over a reload, when saving fails, and by which session; its settings; what commands say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import TOKEN, Visit
from tests.browser.test_sidebar import (
    MAIN,
    PANEL,
    ROWS,
    SAID,
    enter,
    folder,
    menu,
    nothing_is_wrong,
    ready,
    row,
    stored,
    until_names,
    write,
)

__all__ = ["folder", "nothing_is_wrong", "stored"]  # fixtures

COMMANDS = """() => window.jupyterapp.commands.listCommands().filter(id => id.startsWith('nbmlops:'))"""
FILTER = f"{PANEL} .nbm-filter-line input"


def test_filter_and_sort_are_there_after_a_reload(visit: Visit, stored: Path) -> None:
    page = visit.page
    enter(visit, stored)
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    page.locator(FILTER).fill("val_acc > .65")
    page.locator(FILTER).press("Enter")
    page.get_by_label("Order of the runs").select_option("name")
    until_names(visit, "#1 adam", "#3 forest", "#2 sgd")
    page.get_by_role("button", name="Turn the order round").click()
    until_names(visit, "#2 sgd", "#3 forest", "#1 adam")
    page.locator(FILTER).fill("val_acc > ")  # cannot be read: the last one that could is kept
    page.locator(f"{PANEL} .nbm-filter-problem").wait_for()
    page.evaluate("() => window.jupyterapp.restored")
    with page.expect_response(lambda response: "api/workspaces" in response.url and response.request.method == "PUT"):
        visit.command("nbmlops:refresh")
        page.locator(FILTER).fill("val_acc > .75")
        page.locator(FILTER).press("Enter")
        until_names(visit, "#2 sgd", "#3 forest")
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget !== null")
    page.goto(f"{visit.lab.url}/lab?token={TOKEN}")
    page.wait_for_selector(f"{PANEL}[data-ready]", timeout=60_000)
    until_names(visit, "#2 sgd", "#3 forest")
    expect(page.locator(FILTER)).to_have_value("val_acc > .75")
    expect(page.get_by_label("Order of the runs")).to_have_value("name")
    expect(page.get_by_role("button", name="Turn the order round")).to_have_attribute("aria-pressed", "true")


@pytest.fixture
def plain_settings(visit: Visit) -> Iterator[None]:
    """What a test sets is not left to the others."""
    yield
    settings = Path(visit.lab.env["JUPYTERLAB_SETTINGS_DIR"])
    (settings / "nbmlops" / "plugin.jupyterlab-settings").unlink(missing_ok=True)


@pytest.mark.usefixtures("plain_settings")
def test_settings_take_effect_at_once(visit: Visit, stored: Path) -> None:
    page = visit.page
    enter(visit, stored)
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    expect(row(visit, "sgd")).not_to_contain_text("vision")
    visit.command("settingeditor:open", '{query: "nbmlops"}')
    page.locator('[id="jp-SettingsEditor-nbmlops:plugin_columns_1"]').fill("experiment")
    expect(row(visit, "sgd")).to_contain_text("vision/vit")
    page.locator('[id="jp-SettingsEditor-nbmlops:plugin_refreshSeconds"]').fill("0.5")
    with page.expect_response(lambda response: "api/settings/nbmlops" in response.url, timeout=30_000):
        pass
    for _ in range(3):  # by default two seconds lie between them
        with page.expect_request("**/nbmlops/api/stamp**", timeout=1_800):
            pass


def test_a_panel_that_is_early_says_that_it_looks(visit: Visit, stored: Path) -> None:
    page = visit.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/nbmlops/api/st**", hold)
    visit.open_path(f"{stored.name}/train.ipynb")
    visit.command("nbmlops:show-panel")
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("Looking for the store of this notebook")
    expect(panel.locator(".nbm-bar")).to_be_visible()
    assert "choose a store" not in (panel.text_content() or "")
    assert "No store" not in (panel.text_content() or "")
    page.route("**/nbmlops/api/st**", lambda route: route.continue_())
    for route in held:
        route.continue_()
    page.wait_for_selector(ROWS)
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")
    expect(panel).not_to_contain_text("Looking for")


@pytest.fixture
def said(visit: Visit) -> Iterator[Callable[[str, str], str]]:
    """Runs a command, and what the panel says then."""

    def run(name: str, arguments: str) -> str:
        visit.page.evaluate(f"() => {{ document.querySelector('{SAID}').textContent = ''; }}")
        visit.command(name, arguments)
        visit.page.wait_for_function(f"() => document.querySelector('{SAID}').textContent.length > 3")
        return visit.page.locator(SAID).text_content() or ""

    yield run


def test_commands_say_what_is_missing(visit: Visit, stored: Path, said: Callable[[str, str], str]) -> None:
    page = visit.page
    enter(visit, stored)
    ready(visit)
    until_names(visit, "#4 <img", "#3 forest", "#2 sgd", "#1 adam")

    assert "no view was named" in said("nbmlops:open-view", "{}")
    assert 'there is no view "heatmap"' in said("nbmlops:open-view", '{view: "heatmap"}')
    assert "arguments of a view are an object" in said("nbmlops:open-view", '{view: "runs", args: 5}')
    for name in ("nbmlops:open-run", "nbmlops:insert-run", "nbmlops:jump-to-cell"):
        assert "there is no run 99" in said(name, "{run: 99}")
        assert "named by its number or id" in said(name, "{run: {a: 1}}")
    assert "there is no run 99" in said("nbmlops:compare-runs", '{runs: ["1", "99"]}')
    assert "named by its number or id" in said("nbmlops:compare-runs", "{runs: [null]}")
    assert "two runs or more" in said("nbmlops:compare-runs", "{runs: []}")
    assert "an experiment is a name" in said("nbmlops:open-table", "{experiment: 5}")
    for name in ("edit-tags", "edit-note", "delete-run", "restore-run"):
        assert "no run is chosen" in said(f"nbmlops:{name}", "{}")
    assert "only a run that is running" in said("nbmlops:stop-run", "{}")

    # with nothing said, what can be asked for is asked for; every command survives null and nonsense
    for name in ("open-run", "insert-run", "jump-to-cell", "compare-runs"):
        visit.command(f"nbmlops:{name}")
        page.locator(".jp-Dialog").get_by_role("button", name="Cancel").click()
        page.locator(".jp-Dialog").wait_for(state="detached")
    visit.command("nbmlops:open-view", '{view: "run", args: {run: "gone"}, title: "gone"}')
    expect(page.locator(".nbm-main:visible")).to_contain_text("the store holds no run")
    known = page.evaluate(COMMANDS)
    assert len(known) >= 14
    for name in known:
        visit.command(name, "{run: [[]], runs: 7, experiment: [], view: [], args: [], store: 3, title: {}}")
    expect(page.locator(ROWS)).to_have_count(4)


def test_what_is_typed_survives_a_save_that_fails(visit: Visit, stored: Path, shoot: Callable[..., Path]) -> None:
    page = visit.page
    enter(visit, stored)
    line = page.locator(f"{PANEL} .nbm-edit")
    menu(visit, "adam", "Edit note")
    field = page.get_by_label("Note on #1 adam")
    field.fill("one")
    field.press("Shift+Enter")
    field.press_sequentially("two")
    page.route("**/nbmlops/api/answer*", lambda route: route.abort())
    field.press("Enter")
    expect(line.get_by_role("alert")).to_contain_text("the Jupyter server cannot be reached")
    visit.command("nbmlops:stop-run")
    expect(page.locator(SAID)).to_contain_text("only a run that is running")
    expect(field).to_have_value("one\ntwo")
    shoot("panel-edit-failed")
    page.unroute("**/nbmlops/api/answer*")
    field.press("Enter")
    expect(line).to_have_count(0)
    page.wait_for_function(
        "sel => [...document.querySelectorAll(sel)].some(each => each.title.includes('one'))", arg=ROWS
    )

    for text, wanted in (("desc=a, b\nbest", "best, desc=a, b"), (None, "best, desc=a, b, new")):
        menu(visit, "adam", "Edit tags")
        field = page.get_by_label("Tags of #1 adam")
        field.fill(text or field.input_value() + "\nnew")
        field.press("Enter")
        page.wait_for_function(
            "([sel, tags]) => [...document.querySelectorAll(sel)].some(each => each.title.includes(`\\n${tags}\\n`))",
            arg=[ROWS, wanted],
        )
    menu(visit, "adam", "Edit note")
    expect(page.get_by_label("Note on #1 adam")).to_have_value("one\ntwo")


def test_a_copied_output_and_a_console_open_runs_of_their_own_store(visit: Visit, stored: Path) -> None:
    page = visit.page
    other = stored.parent / f"{stored.name}-other"
    other.mkdir()
    write(other / "other.ipynb", ["1"])
    write(stored / "train.ipynb", ["%load_ext nbmlops\nimport nbmlops as ml\nml.runs()"])
    visit.open(f"{stored.name}/train.ipynb")
    ready(visit)
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    page.wait_for_selector(".jp-Notebook .nbm-runs[data-ready]")
    visit.command("notebook:create-output-view")
    page.wait_for_selector(".jp-LinkedOutputView .nbm-runs[data-ready]")
    visit.command("docmanager:open", f'{{path: "{other.name}/other.ipynb", options: {{mode: "split-right"}}}}')
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget.title.label === 'other.ipynb'")
    opened = page.locator(f"{MAIN} .nbm-run[data-ready]")
    page.locator(".jp-LinkedOutputView .nbm-runs").get_by_title("adam: open").first.click()
    expect(opened).to_contain_text("#1 adam")

    at = f'path: "{stored.name}/console"'
    visit.command("console:create", f'{{{at}, kernelPreference: {{name: "python3"}}, insertMode: "split-left"}}')
    page.wait_for_selector(".jp-CodeConsole-promptCell")
    ready(visit)
    page.locator(".jp-CodeConsole-promptCell .cm-content").click()
    page.keyboard.insert_text("%load_ext nbmlops\nimport nbmlops as ml\nml.runs()")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".jp-CodeConsole .nbm-runs[data-ready]")
    page.locator(".jp-CodeConsole .nbm-runs").get_by_title("forest: open").first.click()
    expect(opened.filter(has_text="#3 forest")).to_be_visible()
