"""Every view at once, as those meet it who do not see or do not use a mouse: axe, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser import notebooks
from tests.browser.conftest import Visit
from tests.browser.notebooks import SHOWN

PANEL = ".nbm-panel"
VIEWS = ("runs", "compare", "curves", "media", "explore", "run", "live", "footer")
CELLS = (
    "%load_ext nbmlops\nimport math, time, nbmlops as ml, pandas as pd\nml.use(experiment='wine');",
    """for i in range(12):
    with ml.run(f"run {i}", params={"lr": 10.0 ** -(i % 4), "model": ["gbm", "mlp"][i % 2], "depth": i % 5}):
        for step in range(4):
            ml.log(loss=1 / (step + i + 1), acc=1 - 1 / (step + i + 2), bad=math.nan, step=step)
        ml.log({"table": pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), "says": f"a text of {i}"})
        ml.tag("best", team="vision"); ml.note(f"what was tried in {i}"); print("trained", i)""",
    "%mlruns baseline=1",
    "%mlcompare 11 12",
    "%mlcompare 9 10 11 12",
    "ml.runs().curves()",
    "ml.runs('number > 9').media()",
    "ml.runs().explore('loss')",
    "ml.get(12)",
    """%%mlrun "slow" --live
for epoch in ml.progress(range(8), desc="epochs"):
    time.sleep(0.05)  # else it is over before anybody could look
    ml.log(loss=1 / (epoch + 1), step=epoch)""",
)


def test_no_view_has_a_barrier(visit: Visit, barriers: Callable[[str], list[str]], shoot: Callable[..., Path]) -> None:
    page = visit.page
    path = notebooks.write(visit.lab, "access", CELLS)
    visit.open(str(path.relative_to(visit.lab.root)))
    page.set_viewport_size({"width": 1280, "height": 5200})
    notebooks.run_all(visit)
    visit.command("nbmlops:show-panel")
    for view in VIEWS:
        expect(page.locator(f'{SHOWN} [data-view="{view}"]').first).to_be_visible()
    page.wait_for_selector(f"{PANEL} .nbm-panel-run")
    expect(page.get_by_text("every value is NaN or infinite").first).to_be_visible()
    page.locator(f'{SHOWN} .nbm-run [aria-expanded="false"]').first.click()
    page.locator(f"{SHOWN} .nbm-curves-menu > summary").first.click()
    shoot("access-light", 5200)
    assert barriers(f"{SHOWN}, {PANEL}") == []
    visit.dark()
    shoot("access-dark", 5200)
    assert barriers(f"{SHOWN}, {PANEL}") == []
    assert visit.foreign == []
    assert visit.errors == []
