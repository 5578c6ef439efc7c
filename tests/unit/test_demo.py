"""The demo's parts that need no kernel; the whole of it is run by tests/kernel and by README's command."""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path

import pytest

from nbmlops import demo
from nbmlops.errors import UsageError


def test_the_notebook_is_found_and_is_the_one_in_the_working_copy(root: Path) -> None:
    assert demo.source_text() == (root / "notebooks" / demo.NOTEBOOK).read_text(encoding="utf-8")


def test_the_first_cell_is_the_one_of_the_readme() -> None:
    cells = [cell for cell in json.loads(demo.source_text())["cells"] if cell["cell_type"] == "code"]
    assert "".join(cells[0]["source"]) == "%load_ext nbmlops\nimport nbmlops as ml"


def test_every_cell_is_python_once_its_magics_are_taken_away() -> None:
    for cell in json.loads(demo.source_text())["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code" and not text.startswith("%%"):
            ast.parse("\n".join(line for line in text.splitlines() if not line.startswith("%")))


def test_only_the_cell_that_is_meant_to_fail_may_fail() -> None:
    cells = json.loads(demo.source_text())["cells"]
    tagged = [cell["id"] for cell in cells if "raises-exception" in cell["metadata"].get("tags", [])]
    assert tagged == ["svm-fails"]


def test_files_are_listed_with_the_size_of_all_they_hold(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"12345")
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "b").write_bytes(b"123")
    (tmp_path / "folder" / "deep" / "c").write_bytes(b"1234")
    assert demo.files(tmp_path) == ((Path("a.txt"), 5), (Path("folder"), 7))


@pytest.mark.parametrize("folder", [".venv", "a folder"])
def test_lines_to_copy_name_the_command_as_it_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    program = tmp_path / folder / "nbmlops"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    done = demo.Demo(tmp_path, tmp_path / "n", tmp_path / "mlops.duckdb", "", ((Path("n"), 1),))
    assert f"open it:    {shlex.quote(f'{folder}/nbmlops')} demo --open" in str(done)
    monkeypatch.setenv("PATH", str(program.parent))
    assert "open it:    nbmlops demo --open" in str(done)
    monkeypatch.setattr("sys.argv", ["somewhere/nbmlops/__main__.py"])
    assert " -m nbmlops demo --open" in str(done)


def test_opening_what_was_never_run_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no 00_quickstart\.ipynb") as caught:
        demo.open_in_lab(tmp_path)
    assert "nbmlops demo" in caught.value.hint
