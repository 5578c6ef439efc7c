"""The notebooks run from top to bottom as they are, and what they show can be saved."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
MOST_BYTES = 200_000


def test_notebooks_are_kept_without_outputs() -> None:
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text())["cells"]
        assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")], path.name


# the quickstart is run by the demo
@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if not path.name.startswith("00")], ids=lambda path: path.stem
)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="no scikit-learn in this environment")
    (tmp_path / ".git").mkdir()
    shutil.copy(path, tmp_path)
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", path.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    shown = 0
    for cell in json.loads((tmp_path / path.name).read_text())["cells"]:
        for output in cell.get("outputs", ()):
            assert output["output_type"] != "error"
            data = output.get("data", {})
            assert "application/vnd.jupyter.widget-view+json" not in data, f"{cell['id']}: blank without its kernel"
            if "application/vnd.nbmlops.view+json" in data or "nbm-view" in "".join(data.get("text/html", "")):
                shown += 1
                assert len(json.dumps(data)) < MOST_BYTES, cell["id"]
    assert shown >= 5
