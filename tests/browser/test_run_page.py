"""The page of a run and the grid of media, as a person uses them; whatever a run holds is text."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Lab, Visit

Shoot = Callable[..., Path]

# tells of itself in a view or frame of ours; JupyterLab runs what a trusted cell displays, and there it is quiet
EVIL = (
    """<img src=x onerror='if(self!==top||this.closest(".nbm-view"))top.__pwned=1'>"""
    "<script>top.__pwned=self!==top||top.__pwned</script>"
)
CELLS = (
    f"""%load_ext nbmlops
import nbmlops as ml, numpy as np, pandas as pd, pathlib
import matplotlib; matplotlib.use("agg"); import matplotlib.pyplot as plt
from IPython.display import HTML, Audio, display
EVIL = {EVIL!r}""",
    """with ml.run("base", params={"lr": 0.1}):
    ml.log_batch({"val_acc": [0.5, 0.7], "loss": [2.0, 1.0]})
    for step in range(0, 9, 4):
        ml.log(says=f"base at {step}", step=step)""",
    """%mlrun --tag best --note "first note"
lr = 0.01
ml.params({EVIL: EVIL})
for step in range(3):
    ml.log({"val_acc": step / 3, EVIL: float("nan")}, step=step)
    fig, ax = plt.subplots(figsize=(3, 2)); ax.plot([0, step]); ml.log(roc=fig, step=step * 5); plt.close(fig)
    ml.log(says=f"{step} {EVIL}", step=step * 5)
ml.log(table=pd.DataFrame({"a": range(80), "b": EVIL}), page=HTML(EVIL + "<p>hello from the frame</p>"))
ml.log(bars=np.histogram(np.arange(10), bins=4), sound=Audio(np.zeros(800), rate=8000))
pathlib.Path("notes.txt").write_text(EVIL); ml.log(notes=pathlib.Path("notes.txt"))
print("\\x1b[31mred\\x1b[0m", EVIL)
for line in range(100): print("line", line)
display(HTML(EVIL + "<table><tr><td>framed</td></tr></table>"))
1 / 0""",
    "ml.get(2)",
    "ml.runs().media()",
)


def write(path: Path, cells: tuple[str, ...]) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in notebook.cells:
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(notebook, path)


@pytest.fixture
def shown(visit: Visit, lab: Lab) -> Locator:
    """The page of run 2 in a cell of a notebook that has run."""
    folder = lab.root / "page"
    folder.mkdir()
    write(folder / "page.ipynb", CELLS)
    visit.open("page/page.ipynb")
    visit.page.set_viewport_size({"width": 1280, "height": 3000})
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-all-cells")
    visit.wait_idle()
    page = visit.page.locator(".jp-OutputArea .nbm-run.nbm-live").first
    expect(page.get_by_role("heading", name="#2")).to_be_visible()
    return page


def fold(page: Locator, title: str) -> Locator:
    """A section, opened with the keyboard."""
    toggle = page.get_by_role("button", name=title, exact=True)
    toggle.focus()
    toggle.press("Enter")
    section = page.locator(".nbm-section", has=page.page.get_by_role("button", name=title, exact=True)).last
    expect(toggle).to_have_attribute("aria-expanded", "true")
    return section


def asked(lab: Lab, expression: str) -> str:
    """What another process finds in the store."""
    code = f"import nbmlops as ml; print({expression})"
    env = lab.env | {"NBMLOPS_STORE": str(lab.root / "page" / "mlops.duckdb")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_page_of_a_run(
    shown: Locator, visit: Visit, lab: Lab, shoot: Shoot, request: pytest.FixtureRequest
) -> None:
    glance(shown)
    edits(shown, lab)
    sections(shown, visit)
    grid(visit)
    shoot("run-light", 3000)
    visit.dark()
    shoot("run-dark", 3000)
    assert not visit.page.evaluate("window.__pwned")
    assert visit.foreign == []
    assert visit.errors == []
    saved(visit)
    barriers = request.getfixturevalue("barriers")  # last: where it is lacking, all else was looked at
    assert barriers(".jp-OutputArea .nbm-run") == []
    assert barriers(".jp-OutputArea .nbm-media") == []


def glance(page: Locator) -> None:
    """What is there at once."""
    expect(page.locator(".nbm-run-line")).to_contain_text("failed")
    expect(page.locator(".nbm-failure")).to_contain_text("ZeroDivisionError: division by zero")
    expect(page.locator(".nbm-failure pre")).to_contain_text("1 / 0")
    parameters = page.locator(".nbm-run-column", has_text="Parameters").locator("tbody tr")
    assert parameters.filter(has_text="lr").first.inner_text().split() == ["lr", "0.01", "literal"]
    expect(parameters.filter(has_text="onerror")).to_have_count(2)  # logged, and read by the cell
    metric = page.locator(".nbm-run-column", has_text="Metrics").locator("tbody tr").filter(has_text="val_acc")
    assert metric.inner_text().split() == ["val_acc", "0.6667", "0.6667", "0", "0.6667", "3", "·"]
    expect(page.locator(".nbm-figures img")).to_have_count(1)
    page.locator("[data-section=curves]").scroll_into_view_if_needed()
    expect(page.locator(".nbm-curves.nbm-live")).to_be_visible()


def edits(page: Locator, lab: Lab) -> None:
    """Note and tags, with the keyboard; a refresh keeps what is being written."""
    page.get_by_role("button", name="Edit note").press("Enter")
    field = page.get_by_role("textbox", name="note")
    expect(field).to_have_value("first note")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(page.locator(".nbm-note-text")).to_have_text("first note")
    page.get_by_role("button", name="Edit note").press("Enter")
    field.fill(f"better\n{EVIL}")
    page.get_by_role("button", name="Add tag").click()  # saves a tag meanwhile: the page is refreshed
    tag = page.get_by_role("textbox", name="new tag")
    tag.fill("team=vision")
    tag.press("Enter")
    expect(page.locator(".nbm-tag")).to_have_count(2)
    expect(field).to_have_value(f"better\n{EVIL}")
    field.press("Control+Enter")
    expect(page.locator(".nbm-note-text")).to_have_text(f"better\n{EVIL}")
    page.get_by_role("button", name="Remove tag best").press("Enter")
    expect(page.locator(".nbm-tag")).to_have_text(["team=vision×"])
    assert asked(lab, "(ml.get(2).note, ml.get(2).tags)") == str((f"better\n{EVIL}", {"team": "vision"}))


def sections(page: Locator, visit: Visit) -> None:
    """What is asked for when it is opened."""
    outputs = fold(page, "Outputs")
    expect(outputs.locator("pre").first).to_contain_text("red <img")
    expect(outputs.locator(".nbm-ansi-fg-1").first).to_have_text("red")
    expect(outputs).to_contain_text("first 20 of 101 lines")
    outputs.get_by_role("button", name="Show all").first.click()
    expect(outputs.locator("pre").first).to_contain_text("line 99")
    frame = outputs.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    expect(frame.content_frame.locator("td")).to_have_text("framed")
    source = fold(page, "Source")
    expect(source.locator(".nbm-code")).to_contain_text("ml.params({EVIL: EVIL})")
    expect(source.locator(".nbm-py-keyword").first).to_have_text("for")
    files = fold(page, "Artifacts")
    files.get_by_role("button", name="Look inside notes.txt").click()
    expect(files.locator("pre")).to_have_text(EVIL)
    with visit.page.expect_download() as download:
        files.get_by_role("button", name="Download notes.txt").click()
    assert download.value.suggested_filename == "notes.txt"
    assert download.value.path().read_text() == EVIL
    around = fold(page, "Environment")
    around.get_by_role("button", name="packages").click()
    around.get_by_role("searchbox", name="Find a package").fill("duckdb")
    expect(around.locator("tbody tr")).to_have_count(1)
    expect(around.locator("tbody tr")).to_contain_text("duckdb")
    media = fold(page, "Media")
    expect(media.locator(".nbm-media-tile")).to_have_count(6)
    expect(media.locator("audio")).to_have_attribute("src", re.compile("^data:audio/"))
    expect(media.locator("svg.nbm-histogram rect")).to_have_count(4)
    expect(media.locator("table tbody tr")).to_have_count(8)
    expect(media.locator("iframe").content_frame.locator("p")).to_have_text("hello from the frame")


def grid(visit: Visit) -> None:
    """Two runs side by side; the slider shows of each the last step before."""
    media = visit.page.locator(".jp-OutputArea .nbm-media.nbm-live").last
    expect(media.locator(".nbm-media-grid > thead th")).to_have_text(["■ #2", "■ #1 base"])
    says = media.locator("tr[data-key=says] td")
    expect(says.nth(0)).to_contain_text("2 <img")
    expect(says.nth(1)).to_contain_text("base at 8")
    slider = media.get_by_role("slider", name="step")
    slider.focus()
    slider.press("Home")
    expect(says.nth(1)).to_contain_text("base at 0")
    for _ in range(2):
        slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "step 5")
    expect(says.nth(0)).to_contain_text("1 <img")
    expect(says.nth(1)).to_contain_text("base at 4")
    expect(says.nth(1)).to_contain_text("step 4")
    media.get_by_role("button", name="Play").click()
    expect(slider).to_have_attribute("aria-valuetext", "step 10")
    expect(media.get_by_role("button", name="Play")).to_be_visible()
    picture = media.get_by_role("button", name="Enlarge roc, step 10")
    picture.press("Enter")
    dialog = visit.page.get_by_role("dialog")
    expect(dialog).to_contain_text("step 10 of 10")
    visit.page.keyboard.press("ArrowLeft")
    expect(dialog).to_contain_text("step 5 of 10")
    visit.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(picture).to_be_focused()


def saved(visit: Visit) -> None:
    """With no kernel the page is the same, and what was not saved says so or comes from the server."""
    visit.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
    visit.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    visit.open("page/page.ipynb")
    page = visit.page.locator(".jp-OutputArea .nbm-run.nbm-live").first
    glance(page)
    media = visit.page.locator(".jp-OutputArea .nbm-media.nbm-live").last
    expect(media.locator("img").first).to_be_visible()
    expect(media).to_contain_text("as they were saved")
    assert not visit.page.evaluate("window.__pwned")
