"""What a person sees of a widget whose store, server or kernel went away, and how it comes back."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

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
