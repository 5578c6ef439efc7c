"""Types, style and logic of the front end, and that the committed widget is built from these sources."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CHECKS = {
    "tsc": ["node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"],
    "biome": ["node_modules/@biomejs/biome/bin/biome", "check", "."],
    "vitest": ["node_modules/vitest/vitest.mjs", "run"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_checker(js: Path, name: str) -> None:
    done = subprocess.run(["node", *CHECKS[name]], cwd=js, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]


def test_the_committed_widget_is_built_from_these_sources(js: Path, root: Path, tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", "widget", str(tmp_path)], cwd=js, check=True, timeout=120)
    for name in ("widget.js", "widget.css"):
        assert (tmp_path / name).read_bytes() == (root / "nbmlops" / "static" / name).read_bytes(), (
            f"nbmlops/static/{name} is of other sources: cd js && npm run build"
        )
