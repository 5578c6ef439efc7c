"""One real JupyterLab and one real browser for all browser tests.

Every request to another host is refused and counted. Screenshots land in
``NBMLOPS_SCREENSHOTS`` if that is set, else in pytest's temporary folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

TOKEN = "browser-tests"
AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
START_S = 90
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@dataclass
class Lab:
    """A running JupyterLab, serving one folder."""

    url: str
    root: Path
    env: dict[str, str]
    stop: Callable[[], None]


@dataclass
class Visit:
    """A page, and every foreign host that it asked for."""

    page: Page
    lab: Lab
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, notebook: str) -> None:
        """Open a notebook of the lab's root and wait until its cells are there."""
        self.open_path(notebook)
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady === true")

    def open_path(self, notebook: str) -> None:
        """Open a notebook, whatever becomes of its kernel."""
        self.page.goto(f"{self.lab.url}/lab/tree/{quote(notebook)}?reset&token={TOKEN}")
        self.page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=60_000)

    def command(self, name: str, arguments: str = "{}") -> None:
        """Run a command of JupyterLab; what it promises is not waited for."""
        self.page.evaluate(f"() => {{ window.jupyterapp.commands.execute({json.dumps(name)}, {arguments}); }}")

    def dark(self) -> None:
        """Turn JupyterLab dark."""
        self.command("apputils:change-theme", '{theme: "JupyterLab Dark"}')
        self.page.wait_for_selector('body[data-jp-theme-name="JupyterLab Dark"]', state="attached")

    def wait_idle(self, timeout_s: float = 180) -> None:
        """Wait until no cell is running or waiting."""
        self.page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const prompts = [...panel.node.querySelectorAll('.jp-InputPrompt')].map(node => node.textContent);
                return panel.sessionContext.session?.kernel?.status === 'idle'
                    && prompts.some(text => /\\d/.test(text)) && !prompts.some(text => text.includes('*'));
            }""",
            timeout=timeout_s * 1000,
        )


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of this Python on a free port of the loopback interface."""
    with serving(tmp_path_factory.mktemp("lab")) as found:
        yield found


@contextmanager
def serving(home: Path, port: int = 0) -> Iterator[Lab]:
    """A JupyterLab whose whole state is in a folder; without a port it takes a free one."""
    root, runtime = home / "root", home / "runtime"
    root.mkdir(parents=True, exist_ok=True)
    for plugin, values in SETTINGS.items():
        path = home / "settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    env = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
    ]
    command += [f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}", "--ServerApp.allow_root=True"]
    command += ["--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None"]
    log = (home / "lab.log").open("wb")
    server = subprocess.Popen(command, cwd=root, env=env, stdout=log, stderr=subprocess.STDOUT)

    def stop() -> None:
        server.terminate()
        server.wait(30)

    try:
        yield Lab(_address(server, runtime, home / "lab.log"), root, env, stop)
    finally:
        stop()
        log.close()


def _address(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """The server writes its address into the runtime folder once it listens."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(path.read_text())["url"]).rstrip("/")
            except json.JSONDecodeError:
                pass
        time.sleep(0.05)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright in this environment")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@contextmanager
def visiting(browser: Browser, lab: Lab) -> Iterator[Visit]:
    """A fresh page that can reach the lab and nothing else."""
    themes = (
        Path(lab.env["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    )
    themes.unlink(missing_ok=True)  # what another test left dark
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    seen = Visit(context.new_page(), lab)

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost", None):
            route.continue_()
        else:
            seen.foreign.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.set_default_timeout(30_000)
    yield seen
    context.close()


@pytest.fixture
def visit(browser: Browser, lab: Lab) -> Iterator[Visit]:
    """A fresh page that can reach the lab and nothing else."""
    with visiting(browser, lab) as seen:
        yield seen


@pytest.fixture
def shoot(visit: Visit, tmp_path: Path) -> Callable[[str], Path]:
    """Take a screenshot of all that a very tall window shows."""
    folder = Path(os.environ.get("NBMLOPS_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str, height: int = 900) -> Path:
        visit.page.set_viewport_size({"width": 1280, "height": height})
        visit.page.wait_for_timeout(300)  # the layout follows the window by animation frames
        visit.page.screenshot(path=folder / f"{name}.png")
        return folder / f"{name}.png"

    return take


@pytest.fixture
def barriers(visit: Visit) -> Callable[[str], list[str]]:
    """What axe finds within what a selector finds, all but trifles; an empty list is good."""
    if not AXE.exists():
        pytest.skip("no axe-core (npm ci in js/)")

    def look(selector: str) -> list[str]:
        visit.page.add_script_tag(path=AXE)
        found = visit.page.evaluate(
            "selector => axe.run({include: [[selector]]}, {resultTypes: ['violations']})", selector
        )
        return [
            f"{each['id']}: {each['help']}: {node['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in ("moderate", "serious", "critical")
            for node in each["nodes"]
        ]

    return look
