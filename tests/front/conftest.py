"""Node and the packages that the front end is built and tested with."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = 20


@pytest.fixture(scope="session")
def js(root: Path) -> Path:
    """The folder of the front end with its packages installed, or the test is not run."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip(f"no node with npm (version {NODE} or newer)")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v(\d+)", version)
    if not found or int(found[1]) < NODE:
        pytest.skip(f"node is {version.strip()}, wanted {NODE} or newer")
    folder = root / "js"
    if not has_packages(folder):
        if (folder / "node_modules").is_symlink():
            pytest.skip("js/node_modules is a link, and holds other packages than package-lock.json says")
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, timeout=600
        )
        if done.returncode != 0:
            pytest.skip("js/node_modules is not what package-lock.json says, and npm ci failed (is there a network?)")
    return folder


def has_packages(folder: Path) -> bool:
    """Whether the installed packages are those of the lock file; what is optional may be for other machines."""
    installed = folder / "node_modules" / ".package-lock.json"
    if not installed.exists():
        return False
    here = packages(installed)
    wanted = packages(folder / "package-lock.json")
    missing = [name for name, entry in wanted.items() if name not in here and not entry.get("optional")]
    return not missing and all(name in wanted and wanted[name]["version"] == here[name]["version"] for name in here)


def packages(lock: Path) -> dict[str, dict[str, Any]]:
    """What a lock file lists, without the project itself."""
    return {name: entry for name, entry in json.loads(lock.read_text())["packages"].items() if name}
