"""Notebooks of the browser tests: made in a folder of the lab's root, executed there, opened in every state."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.conftest import Lab, Visit

SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output.nbm-cell"
SPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
BAD = ("Loading widget", "Error displaying widget", "Javascript Error", "model not found")


def write(lab: Lab, folder: str | Path, sources: Sequence[str]) -> Path:
    """A notebook in a folder of its own, not executed."""
    path = lab.root / folder / "notebook.ipynb"
    path.parent.mkdir()
    notebook = new_notebook(metadata={"kernelspec": SPEC})
    notebook.cells = [new_code_cell(source) for source in sources]
    nbformat.write(notebook, path)
    return path


def variant(
    path: Path,
    name: str,
    lab: Lab,
    *,
    kernel: str = "python3",
    is_trusted: bool = True,
    each: Sequence[Mapping[str, Any]] = (),
) -> str:
    """A copy beside an executed notebook, as the path in the lab; ``each`` changes the snapshots one by one."""
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {"name": kernel, "display_name": kernel, "language": kernel.rstrip("3")}
    notebook["metadata"].pop("language_info", None)  # else another kernel of the language is taken
    notebook["cells"].append({"cell_type": "markdown", "id": name, "metadata": {}, "source": f"variant {name}"})
    for saved, changes in zip(snapshots(notebook), each, strict=False):
        inside = json.loads(saved["packed"])
        inside |= {key: value for key, value in changes.items() if key in inside}
        saved |= {key: value for key, value in changes.items() if key not in inside}
        saved["packed"] = json.dumps(inside)
    copy = path.with_name(f"{name}.ipynb")
    copy.write_text(json.dumps(notebook))
    if is_trusted:
        subprocess.run([sys.executable, "-m", "jupyter", "trust", str(copy)], env=lab.env, check=True, timeout=60)
    return str(copy.relative_to(lab.root))


def snapshots(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """What is saved of each view."""
    mime = "application/vnd.nbmlops.view+json"
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    return [output["data"][mime] for output in outputs if mime in output.get("data", {})]


def run_all(visit: Visit, *, wait: bool = True) -> None:
    """Run every cell of the open notebook."""
    visit.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    visit.command("notebook:run-all-cells")
    if wait:
        visit.wait_idle()


def save(visit: Visit) -> None:
    """Save the open notebook, and wait until it is."""
    visit.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    visit.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
