"""The layers of the house, as written in pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True)


def test_imports_go_downwards_only(root: Path) -> None:
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "KEPT" in done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("errors.py", "import nbmlops.storage"),
        ("storage/ids.py", "import nbmlops.tracking"),
        ("tracking/__init__.py", "import nbmlops.catalog"),
        ("tracking/__init__.py", "import IPython"),
        ("ui/__init__.py", "import nbmlops.storage"),
    ],
)
def test_an_import_upwards_is_found(root: Path, tmp_path: Path, module: str, line: str) -> None:
    shutil.copytree(root / "nbmlops", tmp_path / "nbmlops", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    with (tmp_path / "nbmlops" / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
