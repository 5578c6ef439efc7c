"""Node and the packages that the front end is built and tested with."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

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
    here = json.loads(installed.read_text())["packages"]
    wanted = {
        name: entry
        for name, entry in json.loads((folder / "package-lock.json").read_text())["packages"].items()
        if name
    }
    return (
        all(
            here[name]["version"] == entry["version"] if name in here else entry.get("optional", False)
            for name, entry in wanted.items()
        )
        and here.keys() <= wanted.keys()
    )
