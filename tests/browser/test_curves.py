"""Curves and the live view of a run as a person uses them: what is drawn, said, hidden, zoomed and stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import notebooks
from tests.browser.conftest import Visit

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea"
Shoot = Callable[..., Path]
Barriers = Callable[[str], list[str]]

CELLS = (
    "%load_ext nbmlops\nimport nbmlops as ml, math, numpy as np\nml.use(experiment='wine');",
    """
for n, lr in enumerate((0.1, 0.1, 0.01)):
    with ml.run(f"<b>run</b> {n}", params={"lr": lr}):
        for step in range(100):
            value = math.nan if n == 1 and 40 <= step < 60 else 1 + n - step / 200
            ml.log({"val/loss": value, "acc": step / 100}, step=step)
        ml.log(once=n, step=50)
with ml.run("long", experiment="long"):
    values = np.sin(np.arange(300_000) / 20_000)
    values[123_456] = 7
    for at in range(0, 300_000, 100_000):
        ml.log_batch({"loss": values[at : at + 100_000]}, step=np.arange(at, at + 100_000))
""",
    "ml.runs().curves(['val/loss', 'acc', 'once'])",
    "ml.runs(experiment='long').curves()",
)
HELD = """%mlrun held
import time
for epoch in ml.progress(range(100_000), desc="epochs"):
    ml.log(loss=1 / (epoch + 1))
    time.sleep(0.01)
"""
# how many pixels of a canvas are about as coloured as this
INK = """(canvas, [r, g, b]) => {
    const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 128 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 60)
            found += 1;
    return found;
}"""
BLUE, ORANGE, GREEN = (0x22, 0x55, 0xCC), (0xFF, 0x99, 0x00), (0x22, 0x77, 0x55)


@pytest.fixture
def page(visit: Visit) -> Iterator[Visit]:
    """A page whose theme is put back."""
    yield visit
    visit.command("apputils:change-theme", '{theme: "JupyterLab Light"}')
    visit.page.wait_for_selector('body[data-jp-theme-name="JupyterLab Light"]', state="attached")


def open_with(visit: Visit, folder: str, *cells: str, wait: bool = True) -> None:
    path = notebooks.write(visit.lab, folder, cells)
    visit.open(str(path.relative_to(visit.lab.root)))
    visit.page.set_viewport_size({"width": 1280, "height": 1900})
    notebooks.run_all(visit, wait=wait)


def view(visit: Visit, place: int = 0) -> Locator:
    return visit.page.locator(f"{PANEL} .nbm-curves").nth(place)


def plot(of: Locator, metric: str) -> Locator:
    return of.locator(f'[data-metric="{metric}"]')


def ink(of: Locator, metric: str, colour: tuple[int, int, int]) -> int:
    found: int = plot(of, metric).locator("canvas").evaluate(INK, list(colour))
    return found


def point_at(visit: Visit, where: Locator, x: float, y: float = 0.5) -> None:
    """Move the pointer to a share of a plot."""
    box = where.locator(".u-over").bounding_box()
    assert box is not None
    visit.page.mouse.move(box["x"] + 3, box["y"] + 3)
    visit.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y, steps=3)


def drag(visit: Visit, where: Locator, start: float, end: float) -> None:
    """Drag over a stretch of x."""
    point_at(visit, where, start)
    visit.page.mouse.down()
    point_at(visit, where, end)
    visit.page.mouse.up()


def said(of: Locator) -> list[str]:
    """Rows of the legend as they are seen, from above."""
    found: list[str] = of.locator(".nbm-curves-row").evaluate_all(
        "rows => rows.sort((a, b) => a.style.order - b.style.order).map(row => row.textContent)"
    )
    return found


def test_curves(page: Visit, shoot: Shoot, barriers: Barriers) -> None:
    open_with(page, "curves", *CELLS)
    of = view(page)
    losses, hits = plot(of, "val/loss"), plot(of, "acc")
    expect(losses.locator("canvas")).to_be_visible()
    expect(of.locator(".nbm-curves-row")).to_have_count(3)

    # each run has its colour, a lone point is a dot, names are text
    for colour in (BLUE, ORANGE, GREEN):
        assert ink(of, "val/loss", colour) > 100
        assert 8 < ink(of, "once", colour) < 200
    assert of.locator("b").count() == 0
    label = losses.locator("[role=img]").get_attribute("aria-label") or ""
    assert label.startswith("Curves of val/loss over step: #3 <b>run</b> 2 ends at 2.505")
    shoot("curves-light", 1900)

    # the values of all runs at the cursor, largest first; what is not finite is named; other plots follow
    point_at(page, losses, 0.5, 0.3)
    expect(of.locator(".nbm-curves-said")).to_have_text(re.compile(r"^val/loss · step (49|50)$"))
    assert [re.sub(r"[\d.]+$", "", row) for row in said(of)] == [
        "#3 <b>run</b> ",
        "#1 <b>run</b> ",
        "#2 <b>run</b> 1NaN",
    ]
    cursor = hits.locator(".u-cursor-x").bounding_box()
    frame = hits.locator(".u-over").bounding_box()
    assert cursor is not None and frame is not None
    assert abs((cursor["x"] - frame["x"]) / frame["width"] - 0.5) < 0.03

    # the legend hides a run, and shows one only
    orange = of.locator(".nbm-curves-row", has_text="run</b> 1")
    orange.click()
    expect(orange).to_have_attribute("aria-pressed", "false")
    page.page.wait_for_function(
        f"canvas => ({INK})(canvas, [255, 153, 0]) === 0", arg=losses.locator("canvas").element_handle()
    )
    orange.press("Shift+Enter")
    expect(of.locator('.nbm-curves-row[aria-pressed="true"]')).to_have_count(1)
    of.get_by_role("button", name="Show all").click()
    expect(of.locator('.nbm-curves-row[aria-pressed="true"]')).to_have_count(3)

    # a log axis has no step 0: what was zoomed to, or panned and widened to by keyboard, is drawn all the same
    drag(page, losses, 0.0, 0.5)
    expect(of.get_by_role("button", name="Reset zoom")).to_be_visible()
    page.page.mouse.move(0, 0)  # the line under the pointer is bold, the others are pale
    of.get_by_label("log x").check()
    drawn_in = f"([canvas, colour]) => ({INK})(canvas, colour) > 40"
    canvas = losses.locator("canvas")
    for keys in ((), ("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowRight"), ("-", "-")):
        for key in keys:
            losses.locator(".nbm-curves-frame").press(key)
        page.page.wait_for_function(drawn_in, arg=[canvas.element_handle(), list(BLUE)])
    of.get_by_label("log x").uncheck()
    losses.locator(".nbm-curves-frame").press("0")
    expect(of.get_by_role("button", name="Reset zoom")).to_be_hidden()

    # smoothing keeps the points pale behind; groups are means with a band that says what it is
    before = ink(of, "val/loss", ORANGE)
    of.get_by_label("smoothing").fill("0.9")
    page.page.wait_for_function(
        f"([canvas, before]) => ({INK})(canvas, [255, 153, 0]) !== before",
        arg=[losses.locator("canvas").element_handle(), before],
    )
    of.get_by_label("smoothing").fill("0")
    of.get_by_label("group").select_option("param.lr")
    expect(of.locator(".nbm-curves-row")).to_have_text(
        [re.compile(r"^lr 0.01 \(1 run\)"), re.compile(r"^lr 0.1 \(2 runs\)")]
    )
    expect(of.locator(".nbm-curves-note")).to_contain_text("band: smallest to largest")
    of.get_by_label("group").select_option("")
    expect(of.locator(".nbm-curves-row")).to_have_count(3)

    # other metrics are found by name, all by keyboard
    of.locator("summary").press("Enter")
    expect(of.get_by_label("find a metric")).to_be_focused()
    page.page.keyboard.type("acc")
    of.get_by_role("checkbox", name="acc").press("Space")
    expect(hits).to_have_count(0)
    expect(of.get_by_role("checkbox", name="acc")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(of.locator("summary")).to_be_focused()
    losses.locator(".nbm-curves-frame").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("ArrowRight")
    expect(losses.locator("[aria-live]")).to_have_text(re.compile(r"^step \d+: #3 <b>run</b> 2 \d"))
    page.page.keyboard.press("+")
    expect(of.get_by_role("button", name="Reset zoom")).to_be_visible()
    page.page.keyboard.press("0")
    expect(of.get_by_role("button", name="Reset zoom")).to_be_hidden()
    assert barriers(".nbm-curves") == []

    # a long series is zoomed to its raw points: the one that sticks out is found and said
    long = view(page, 1)
    expect(long.locator(".nbm-curves-note")).to_contain_text("extremes of up to 300\u202f000 points")
    for start, end in ((0.39, 0.43), (0.25, 0.33), (0.39, 0.42)):
        drag(page, plot(long, "loss"), start, end)
        expect(long.get_by_role("button", name="Reset zoom")).to_be_visible()
    expect(long).to_have_attribute("data-fine", re.compile(r"[1-9]"))  # finer points were asked for and came
    plot(long, "loss").locator(".u-over").dblclick()
    expect(long.get_by_role("button", name="Reset zoom")).to_be_hidden()

    # a theme that comes later reaches what is drawn
    drawn = losses.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    page.dark()
    page.page.wait_for_function(
        "([canvas, drawn]) => canvas.toDataURL() !== drawn", arg=[losses.locator("canvas").element_handle(), drawn]
    )
    shoot("curves-dark", 1900)
    assert page.foreign == []
    assert page.errors == []


def test_a_run_is_stopped_while_its_cell_blocks_and_the_notebook_keeps_its_last_state(
    page: Visit, shoot: Shoot, barriers: Barriers
) -> None:
    open_with(page, "live", CELLS[0], "%config NbMlops.system_metrics = True", HELD, wait=False)
    shown = page.page.locator(f'{PANEL} [data-view="live"]')
    expect(shown.locator("[role=img]").first).to_be_visible()
    expect(shown.locator(".nbm-gauge").first).to_contain_text("CPU")
    expect(shown.locator(".nbm-loop-said")).to_have_text(re.compile(r"^epochs \d+ / 100\u202f000 · .* left$"))
    count = lambda: shown.locator(".nbm-loop-said").text_content()  # noqa: E731
    before = count()
    page.page.wait_for_function(
        "([row, before]) => row.textContent !== before", arg=[shown.locator(".nbm-loop-said").element_handle(), before]
    )
    shoot("live-light", 900)
    assert barriers('[data-view="live"]') == []

    shown.get_by_role("button", name="Stop", exact=True).click()
    expect(shown.locator(".nbm-live-status")).to_have_text("stopped")
    expect(shown.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    page.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    footer = page.page.locator(f"{PANEL}-output").last
    expect(footer).to_contain_text("stopped")

    notebooks.save(page)
    page.page.reload()
    page.page.wait_for_selector(f'{PANEL} [data-view="live"]')
    expect(shown.locator(".nbm-live-status")).to_have_text("stopped")
    expect(shown.locator("[role=img]").first).to_be_visible()
    page.dark()
    shoot("live-dark", 900)
    assert page.foreign == []
    assert page.errors == []
