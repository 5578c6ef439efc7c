"""What a person sees of a widget whose store, server or kernel went away, and how it comes back."""

from __future__ import annotations

import re
import shutil
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser import notebooks
from tests.browser.conftest import Lab, Visit, serving, visiting
from tests.browser.notebooks import BAD, SHOWN

CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml",
    """for lr in (0.1, 0.2, 0.3):
    with ml.run(f'run at {lr}', params={'lr': lr}):
        ml.log_batch({'loss': [lr / (step + 1) for step in range(20)]})""",
    "%mlruns",
    "ml.runs().curves()",
)


FLOOD = """%mlrun flood
import itertools
for step in ml.progress(itertools.count(), desc="steps"):
    ml.log(loss=1 / (step + 1))
"""
CONNECTION = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.connectionStatus"


def search(page: Page, words: str) -> None:
    """Ask the table something."""
    field = page.locator(SHOWN).get_by_role("searchbox", name="filter").first
    field.fill(words)
    field.press("Enter")


def names(page: Page, *found: str) -> None:
    rows = page.locator(f"{SHOWN} .nbm-runs").get_by_text("run at ")
    expect(rows).to_have_count(len(found))
    for row, name in zip(rows.all(), found, strict=True):
        expect(row).to_contain_text(name)


def test_a_store_that_vanished(visit: Visit, lab: Lab) -> None:
    path = notebooks.write(lab, "vanished", CELLS)
    page = visit.page
    visit.open(str(path.relative_to(lab.root)))
    notebooks.run_all(visit)
    expect(page.locator(f"{SHOWN}[data-shows=live]")).to_have_count(2)
    search(page, "lr > 0.15")
    names(page, "run at 0.3", "run at 0.2")

    away = path.parent / "away"
    away.mkdir()
    for name in ("mlops.duckdb", ".nbmlops"):
        shutil.move(path.parent / name, away / name)
    search(page, "lr > 0.25")
    problem = page.locator(f"{SHOWN} .nbm-runs .nbm-problem:visible")
    expect(problem).to_have_count(1)
    said = problem.inner_text()
    assert "Traceback" not in said and "Errno" not in said, said
    names(page, "run at 0.3", "run at 0.2")  # the old picture stays

    for name in ("mlops.duckdb", ".nbmlops"):
        shutil.rmtree(path.parent / name, ignore_errors=True)
        (path.parent / name).unlink(missing_ok=True)
        shutil.move(away / name, path.parent / name)
    problem.get_by_role("button", name="Try again").click()
    names(page, "run at 0.3")
    assert visit.errors == []


@pytest.fixture
def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_server_that_was_restarted(browser: Browser, tmp_path: Path, free_port: int) -> None:
    with serving(tmp_path / "lab", free_port) as lab, visiting(browser, lab) as visit:
        path = notebooks.write(lab, "restarted", CELLS)
        visit.open(str(path.relative_to(lab.root)))
        notebooks.run_all(visit)
        page = visit.page
        expect(page.locator(f"{SHOWN}[data-shows=live]")).to_have_count(2)
        notebooks.save(visit)
        lab.stop()
        page.wait_for_selector(".jp-Dialog")  # JupyterLab says so itself
        page.locator(".jp-Dialog button").last.click()
        names(page, "run at 0.3", "run at 0.2", "run at 0.1")
        with serving(tmp_path / "lab", free_port):
            expect(page.locator(f"{SHOWN}[data-shows=saved]")).to_have_count(2, timeout=120_000)
            expect(page.locator(".nbm-saved-note")).to_have_count(2)
            names(page, "run at 0.3", "run at 0.2", "run at 0.1")
            search(page, "lr > 0.15")  # answered by the server now
            names(page, "run at 0.3", "run at 0.2")
            text = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").inner_text()
            assert [wrong for wrong in BAD if wrong in text] == []


class Wire:
    """The connection between a page and its kernels, which can be cut and mended; server and kernel live on."""

    def __init__(self, page: Page) -> None:
        self.is_cut = False
        self.made = 0
        self._open: list[WebSocketRoute] = []
        page.route_web_socket(re.compile(r"/api/kernels/.+/channels"), self._join)

    def _join(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close(code=1013)
            return
        self.made += 1
        self._open.append(socket)
        socket.connect_to_server()

    def cut(self) -> None:
        self.is_cut = True
        for each in self._open:
            each.close(code=1013)
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False


def test_a_connection_that_dropped_alone(visit: Visit, lab: Lab) -> None:
    wire, page = Wire(visit.page), visit.page
    path = notebooks.write(lab, "dropped", CELLS)
    visit.open(str(path.relative_to(lab.root)))
    notebooks.run_all(visit)
    expect(page.locator(f"{SHOWN}[data-shows=live]")).to_have_count(2)
    names(page, "run at 0.3", "run at 0.2", "run at 0.1")
    before = wire.made
    assert before > 0
    wire.cut()
    page.wait_for_function(f"{CONNECTION} !== 'connected'")
    search(page, "lr > 0.15")  # asked while nobody can hear it
    names(page, "run at 0.3", "run at 0.2", "run at 0.1")  # the old picture stays
    wire.mend()
    page.wait_for_function(f"{CONNECTION} === 'connected'", timeout=120_000)  # JupyterLab tries ever more seldom
    names(page, "run at 0.3", "run at 0.2")  # answered without anybody doing anything
    assert wire.made > before
    search(page, "lr > 0.25")
    names(page, "run at 0.3")
    expect(page.locator(f"{SHOWN}[data-shows=live]")).to_have_count(2)
    expect(page.locator(f"{SHOWN} .nbm-problem:visible")).to_have_count(0)
    assert visit.errors == []


def test_a_flood_is_watched_and_stopped_while_its_cell_blocks(visit: Visit, lab: Lab) -> None:
    """Also after the connection dropped meanwhile."""
    wire, page = Wire(visit.page), visit.page
    path = notebooks.write(lab, "flood", [CELLS[0], FLOOD])
    visit.open(str(path.relative_to(lab.root)))
    notebooks.run_all(visit, wait=False)
    shown = page.locator(f'{SHOWN} [data-view="live"]')
    said = shown.locator(".nbm-loop-said")
    expect(shown.get_by_text(re.compile("one point in"))).to_be_visible()

    def goes_on() -> None:
        before = said.text_content()
        for _ in range(2):
            expect(said).not_to_have_text(before or "")
            before = said.text_content()

    goes_on()
    wire.cut()
    page.wait_for_function(f"{CONNECTION} !== 'connected'")
    wire.mend()
    page.wait_for_function(f"{CONNECTION} === 'connected'", timeout=120_000)
    goes_on()

    shown.get_by_role("button", name="Stop", exact=True).click()
    expect(shown.locator(".nbm-live-status")).to_have_text("stopped", timeout=30_000)
    visit.wait_idle()
    expect(shown.locator("[role=img]").first).to_be_visible()
    expect(shown.get_by_text(re.compile("one point in"))).to_have_count(0)  # what stays is whole
    expect(page.locator(f"{SHOWN}").last).to_contain_text("stopped")
    assert (visit.errors, visit.foreign) == ([], [])
