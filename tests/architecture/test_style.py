"""Style, types and size of the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy --strict": ["mypy"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_checker(root: Path, name: str) -> None:
    done = subprocess.run([sys.executable, "-m", *CHECKS[name]], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def modules(root: Path) -> list[Path]:
    found = sorted((root / "nbmlops").rglob("*.py"))
    assert len(found) > 5
    return found


def test_no_module_is_over_500_lines(root: Path) -> None:
    lengths = {str(path.relative_to(root)): len(path.read_text().splitlines()) for path in modules(root)}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_module_is_named_for_nothing(root: Path) -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [path for path in modules(root) if path.stem in vague] == []


def test_migrations_are_numbered_without_gaps(root: Path) -> None:
    for folder in root.glob("nbmlops/*/sql/migrations"):
        names = sorted(path.name for path in folder.glob("*.sql"))
        assert [int(name.split("_")[0]) for name in names] == list(range(1, len(names) + 1)), folder


def test_no_config_holds_the_address_of_a_package_registry(root: Path) -> None:
    address = re.compile(
        r"https?://[^\s\"']*(pypi|pythonhosted|npmjs|registry|simple/)|--(extra-)?index[-]url|resolved\""
    )
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True)
    if tracked.returncode != 0:
        pytest.skip("not a git working copy, so nobody can say which files are part of it")
    kinds = (".toml", ".json", ".lock", ".txt", ".cfg", ".npmrc", ".yml", ".yaml")
    files = [root / name for name in tracked.stdout.split("\0") if name.endswith((*kinds, ".ci/run", "README.md"))]
    assert root / "pyproject.toml" in files
    assert [path for path in files if path.exists() and address.search(path.read_text())] == []


def test_notebooks_are_stripped(root: Path) -> None:
    import nbformat

    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        content = nbformat.read(path, as_version=4)
        nbformat.validate(content)
        code = [cell for cell in content.cells if cell.cell_type == "code"]
        assert code
        assert all(not cell.outputs and cell.execution_count is None for cell in code), path
