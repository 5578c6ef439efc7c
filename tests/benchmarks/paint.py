"""From the end of a cell until its view is drawn, in real JupyterLab."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Answer, Lack, Row

RUNS, POINTS, LOOKS = 50, 1_000, 5
WHAT = "first paint after the cell ends"
MAKE = """
%load_ext nbmlops
import nbmlops as ml
for number in range({runs}):
    with ml.run("net", params={{"lr": number / 100}}) as run:
        run.log_batch({{"loss": [1 / (step + 1 + number) for step in range({points})]}}, step=range({points}))
"""
SHOW = {
    f"{RUNS} runs x {POINTS:,} points as curves": ("ml.runs().curves()", "curves"),
    "table of runs": ("ml.runs()", "runs"),
}
FLOOR = ("import ipywidgets; ipywidgets.HTML('<p class=\"nbm-floor\" data-ready=1>x</p>')", "floor")
# milliseconds from the kernel's idle to the drawn view; 0 if it is drawn before
WATCH = """
async ([selector, place]) => {
    const panel = window.jupyterapp.shell.currentWidget;
    const session = panel.sessionContext;
    panel.content.activeCellIndex = place;
    let begun = false;
    const ended = new Promise(done => {
        const look = (_, status) => {
            if (status === 'busy') begun = true;
            else if (status === 'idle' && begun) { session.statusChanged.disconnect(look); done(performance.now()); }
        };
        session.statusChanged.connect(look);
    });
    const drawn = new Promise(done => {
        const look = () => {
            if (panel.node.querySelectorAll(selector).length) requestAnimationFrame(() => done(performance.now()));
            else requestAnimationFrame(look);
        };
        look();
    });
    void window.jupyterapp.commands.execute('notebook:run-cell');
    return Math.max(await drawn - await ended, 0);
}
"""


def answer(folder: Path, *, looks: int = LOOKS, runs: int = RUNS) -> Answer:
    """The rows; a lack where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return [Lack(WHAT, "no playwright in this environment")]
    if chromium is None:
        return [Lack(WHAT, "no Chromium")]
    root, server = _lab(folder)
    try:
        (root / "paint.ipynb").write_text(json.dumps(_notebook(looks, runs)))
        address = _address(folder / "runtime", server)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
            figures = _look(browser.new_page(viewport={"width": 1280, "height": 900}), address, looks)
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
    floor = f"an empty widget {figures.pop('floor'):.0f} ms"
    return [
        Row(f"{WHAT}: {what}", value, "ms", bar=1000, note=f"{floor}; median of {looks}")
        for what, value in figures.items()
    ]


def _look(page: Any, address: str, looks: int) -> dict[str, float]:
    page.goto(f"{address}/lab/tree/paint.ipynb?reset&token=bench")
    page.wait_for_selector(".jp-Cell", timeout=90_000)
    page.wait_for_function(
        "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    place, found = 1, {}
    page.evaluate(WATCH, [".jp-Cell", 0])
    for what, (_, view) in [*SHOW.items(), ("floor", FLOOR)]:
        times = []
        for _ in range(looks):
            inside = f".jp-Notebook .jp-Cell[data-windowed-list-index='{place}'] .nbm-{view}[data-ready]"
            times.append(float(page.evaluate(WATCH, [inside, place])))
            place += 1
        found[what] = statistics.median(times)
    return found


def _notebook(looks: int, runs: int) -> dict[str, Any]:
    sources = [MAKE.format(runs=runs, points=POINTS).strip()]
    sources += [code for code, _ in [*SHOW.values(), FLOOR] for _ in range(looks)]
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [empty | {"id": f"c{place}", "source": source} for place, source in enumerate(sources)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _lab(folder: Path) -> tuple[Path, subprocess.Popen[bytes]]:
    root = folder / "root"
    root.mkdir(parents=True)
    (root / ".git").mkdir()
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    env = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    command += [f"--ServerApp.root_dir={root}", "--IdentityProvider.token=bench", "--ServerApp.allow_root=True"]
    command += ["--LabApp.expose_app_in_browser=True"]
    server = subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return root, server


def _address(runtime: Path, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(path.read_text())["url"]).rstrip("/")
            except json.JSONDecodeError:
                pass
        time.sleep(0.05)
    raise RuntimeError("JupyterLab did not start")
