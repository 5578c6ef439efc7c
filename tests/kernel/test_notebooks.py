"""The notebooks run from top to bottom as they are, and what they show can be saved."""

from __future__ import annotations

import json
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
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="no nbclient in this environment")
    pytest.importorskip("sklearn", reason="no scikit-learn in this environment")
    import nbformat

    (tmp_path / ".git").mkdir()
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            data = output.get("data", {})
            if "application/vnd.nbmlops.view+json" in data:
                shown += 1
                assert len(json.dumps(data)) < MOST_BYTES, cell.id
            assert "application/vnd.jupyter.widget-view+json" not in data, f"{cell.id}: blank without its kernel"
    assert shown >= 5
