"""Names, notes, values, outputs and files that hold HTML and script are text in every view."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import notebooks
from tests.browser.conftest import Lab, Visit
from tests.browser.notebooks import SHOWN

Shoot = Callable[..., Path]

IMG = "<img src=x onerror=top.__pwned=1>"
SCRIPT = "</title></style></textarea></script><script>top.__pwned=2</script>"
SVG = "<svg onload=top.__pwned=3><a href=javascript:top.__pwned=4>x</a></svg>"
QUOTE = "\"'><img src=x onerror=top.__pwned=5>"
LINK = "javascript:top.__pwned=6"
MARKDOWN = f"[x]({LINK}) ${{top.__pwned=7}} ![x](x onerror=top.__pwned=7)"
EVIL = f"{IMG}{SCRIPT}{SVG}{QUOTE}"
FOLDER = "hostile <img src=x onerror=top.__pwned=8>"
PANEL, MAIN = ".nbm-panel", ".jp-MainAreaWidget:not(.lm-mod-hidden) .nbm-main"

MAKE = (
    f"""%load_ext nbmlops
import nbmlops as ml, pandas as pd, numpy as np, pathlib
import matplotlib; matplotlib.use("svg"); import matplotlib.pyplot as plt
from IPython.display import HTML, SVG, Markdown, Javascript, display
IMG, SCRIPT, SVG_, QUOTE, LINK, MARKDOWN, EVIL = {(IMG, SCRIPT, SVG, QUOTE, LINK, MARKDOWN, EVIL)!r}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="top.__pwned=9">'
PICTURE += '<script>top.__pwned=10</script><foreignObject>'
PICTURE += '<img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="top.__pwned=11"/></foreignObject></svg>'
pathlib.Path("picture.svg").write_text(PICTURE)""",
    *(
        f"""with ml.run({name} + "{number}", experiment=IMG + QUOTE,
        params={{EVIL: {number}, "lr": EVIL + "{number}"}}):
    ml.tag(IMG, **{{"team" + QUOTE: EVIL}}); ml.note(EVIL + LINK + MARKDOWN)
    for step in range(5):
        ml.log({{EVIL: step * {number}.0, "loss": 1 / (step + {number}), QUOTE: float("nan")}}, step=step)
        ml.log({{"says" + IMG: EVIL + str({number}), "page": HTML(EVIL + "<p>framed</p>")}}, step=step)
        ml.log(table=pd.DataFrame({{EVIL: [EVIL], "b": [LINK]}}), step=step)
    ml.log({{"hist" + IMG: np.histogram(np.arange(10), bins=4)}})
    pathlib.Path("a<img src=x onerror=top.__pwned=12>.txt").write_text(EVIL)
    ml.log(notes=pathlib.Path("a<img src=x onerror=top.__pwned=12>.txt"))
    ml.log(picture=pathlib.Path("picture.svg"))
    fig, ax = plt.subplots(figsize=(2, 1)); ax.set_title("t{number}"); ml.log(fig=fig); plt.close(fig)
    print(EVIL, {number}); display(HTML(EVIL + "{number}"), SVG(PICTURE), Markdown(MARKDOWN + "{number}"))
    display(Javascript("top.__pwned=13"))
    display({{"text/plain": EVIL, "application/json": {{EVIL: EVIL}}}}, raw=True)"""
        for number, name in enumerate(("IMG", "SCRIPT", "QUOTE"), 1)
    ),
    "%mlrun failing\n'<img src=x onerror=top.__pwned=14>'\nraise ValueError(EVIL)",
)
SHOW = (
    f"%load_ext nbmlops\nimport time, nbmlops as ml\nIMG, QUOTE, EVIL = {(IMG, QUOTE, EVIL)!r}",
    "%mlruns experiment='*'",
    "%mlcompare 1 2",
    "%mlcompare 1 2 3 4",
    "ml.runs(experiment='*').curves()",
    "ml.runs(experiment='*').media()",
    "ml.runs(experiment='*').explore('loss', [f'params.{EVIL}', 'params.lr'])",
    "ml.get(1)",
    "ml.get(4)",
    """%%mlrun '<img src=x onerror=top.__pwned=15>' --live
ml.params({EVIL: EVIL}); ml.tag(IMG); ml.note(EVIL)
for epoch in ml.progress(range(5), desc=EVIL):
    for step in ml.progress(range(3), desc=QUOTE):
        time.sleep(0.05)  # else it is over before anybody could look
        ml.log({EVIL: step, "loss": 1 / (step + 1)}, step=3 * epoch + step)
raise ValueError(EVIL)""",
)
VIEWS = ("runs", "compare", "curves", "media", "explore", "run", "live", "footer")

# what only markup that came from a run could have brought in
FOREIGN = """selector => [...document.querySelectorAll(selector)].flatMap(root => [root, ...root.querySelectorAll('*')])
    .filter(node => node.matches('script, base, object, embed, link, meta')
        || (node.matches('iframe') && node.getAttribute('sandbox') !== '')
        || [...node.attributes].some(({name, value}) => name.startsWith('on')
            || (/href|src|action/.test(name) && /^\\s*javascript:/i.test(value))))
    .map(node => node.outerHTML.slice(0, 200))"""
FOLDED = ('[aria-expanded="false"]', "details:not([open]) > summary")


@pytest.fixture(scope="module")
def made(lab: Lab) -> Path:
    """A folder with runs of the worst names, made without a browser."""
    path = notebooks.write(lab, FOLDER, MAKE)
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        "--allow-errors",
        "--inplace",
    ]
    done = subprocess.run([*command, str(path)], env=lab.env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    errors = [
        output["evalue"]
        for cell in json.loads(path.read_text())["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "error"
    ]
    assert len(errors) == 1, errors
    assert IMG in errors[0]
    return path.parent


def is_text(page: Page, selector: str) -> None:
    """Nothing was executed, nothing could be, and it is there as text."""
    assert page.evaluate(FOREIGN, selector) == []
    assert page.evaluate("window.__pwned") is None
    for shown in page.locator(selector).all():
        expect(shown).to_contain_text("onerror=top.__pwned")


def open_all(page: Page, selector: str) -> None:
    """Unfold whatever can be unfolded."""
    folded = ", ".join(f"{selector} {each}" for each in FOLDED)
    for _ in range(4):
        page.evaluate("folded => { for (const node of document.querySelectorAll(folded)) node.click(); }", folded)
        page.wait_for_timeout(300)  # what unfolds asks for its content, and may hold more


def test_all_views_show_it_as_text(visit: Visit, made: Path, lab: Lab, shoot: Shoot) -> None:
    page, dialogs = visit.page, []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    path = notebooks.write(lab, made / "shown", SHOW)
    visit.open(str(path.relative_to(lab.root)))
    page.set_viewport_size({"width": 1280, "height": 6000})
    notebooks.run_all(visit)
    expect(page.locator(f"{SHOWN}[data-shows=live]")).to_have_count(len(SHOW) - 1)
    for view in VIEWS:
        expect(page.locator(f'{SHOWN} [data-view="{view}"]').first).to_contain_text("onerror=top.__pwned")
    open_all(page, SHOWN)
    is_text(page, SHOWN)
    for plot in page.locator(f"{SHOWN} .u-over:visible").all():
        plot.hover()  # values of all runs
    page.locator(f"{SHOWN} .nbm-explore-parallel").scroll_into_view_if_needed()
    box = page.locator(f"{SHOWN} .nbm-explore-parallel").bounding_box()
    tip = page.locator(f"{SHOWN} .nbm-explore-tip:visible")
    assert box is not None
    for share in range(1, 60):  # across the lines, until one is near enough
        page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * share / 60)
        if tip.count():
            break
    expect(tip).to_contain_text("onerror=top.__pwned")
    is_text(page, SHOWN)
    frames = page.locator(f"{SHOWN} iframe")
    assert frames.count() > 0
    shoot("hostile", 6000)
    notebooks.save(visit)

    visit.command("nbmlops:show-panel")
    run = page.locator(f"{PANEL} .nbm-panel-run").filter(has_text=IMG)
    expect(run.first).to_be_visible()
    is_text(page, PANEL)
    shoot("hostile-panel")
    run.first.dblclick()
    page.wait_for_selector(f"{MAIN} .nbm-run[data-ready]")
    open_all(page, MAIN)
    is_text(page, MAIN)
    visit.command("nbmlops:open-table")
    page.wait_for_selector(f"{MAIN} .nbm-runs[data-ready]")
    is_text(page, MAIN)
    assert dialogs == []
    assert visit.foreign == []

    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", str(path)],
        env=lab.env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    page.goto(path.with_suffix(".html").as_uri())
    is_text(page, ".jp-OutputArea-output:has(.nbm-view)")
    assert page.locator(".nbm-view").count() >= len(SHOW)
