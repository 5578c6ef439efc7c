"""``nbmlops demo``: the quickstart notebook, run in a folder of its own."""

from __future__ import annotations

import importlib.resources
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbmlops
from nbmlops.config import STORE_NAME
from nbmlops.errors import MLError, UsageError

NOTEBOOK = "00_quickstart.ipynb"
NEEDED = ("sklearn", "matplotlib", "nbclient")
TIMEOUT_S = 600
KERNEL = (sys.executable, "-m", "ipykernel_launcher", "--log-level=ERROR")


@dataclass(frozen=True)
class Demo:
    """What a demo left behind."""

    folder: Path
    notebook: Path
    store: Path
    runs_text: str
    files: tuple[tuple[Path, int], ...]

    def __str__(self) -> str:
        from nbmlops.ui.format import size

        width = max(len(str(path)) for path, _ in self.files)
        lines = [self.runs_text, "", f"written to {self.folder}:"]
        lines += [f"  {path!s:<{width}}  {size(n_bytes):>9}" for path, n_bytes in self.files]
        lines += [
            "",
            f"open it:    {called()} demo --open --folder {_short(self.folder)}",
            f"ask it:     {called()} --store {_short(self.store)} runs 'val_acc > .97'",
            f"delete it:  rm -r {_short(self.folder)}",
        ]
        return "\n".join(lines)


def run(folder: Path) -> Demo:
    """Copy the quickstart into ``folder``, execute it with a kernel of this Python, and save it.

    The store is ``folder/mlops.duckdb``, whatever NBMLOPS_STORE says outside.
    """
    _check_needed()
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbformat.sign import NotebookNotary

    folder = folder.absolute()
    notebook = folder / NOTEBOOK
    folder.mkdir(parents=True, exist_ok=True)
    content = nbformat.reads(source_text(), as_version=4)
    client = NotebookClient(
        content,
        timeout=TIMEOUT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
    )
    manager = client.create_kernel_manager()
    if manager.kernel_spec is not None:
        # the kernel of this very Python, whatever "python3" means on this machine
        manager.kernel_spec.argv = [*KERNEL, "-f", "{connection_file}"]
    env = os.environ | {"NBMLOPS_STORE": str(folder / STORE_NAME), "JPY_SESSION_NAME": str(notebook)}
    try:
        client.execute(env=env)
    except CellExecutionError as error:
        raise MLError(
            f"the quickstart stopped at a cell that should work: {error.ename}: {error.evalue}",
            f"open {notebook} to see the cell, and please report it",
        ) from error
    finally:
        nbformat.write(content, notebook)
        # executed here, by this user: JupyterLab may show its outputs as they are
        NotebookNotary().sign(content)
    os.environ["NBMLOPS_STORE"] = str(folder / STORE_NAME)
    return Demo(folder, notebook, folder / STORE_NAME, str(nbmlops.runs(experiment="*")), files(folder))


def open_in_lab(folder: Path) -> int:
    """Start JupyterLab on this machine only, on the notebook in ``folder``; return its exit code."""
    folder = folder.absolute()
    notebook = folder / NOTEBOOK
    if not notebook.exists():
        raise UsageError(f"there is no {NOTEBOOK} in {folder}", f"run `{called()} demo` first, or name its --folder")
    command = [
        *(sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"),
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK}",  # where the printed address leads, with and without a browser
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return subprocess.call(command, cwd=folder, env=os.environ | {"NBMLOPS_STORE": str(folder / STORE_NAME)})


def source_text() -> str:
    """Text of the quickstart notebook: inside the installed package, else beside it in the working copy."""
    inside = importlib.resources.files("nbmlops") / "notebooks" / NOTEBOOK
    beside = Path(nbmlops.__file__).resolve().parent.parent / "notebooks" / NOTEBOOK
    if inside.is_file():
        return inside.read_text(encoding="utf-8")
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    raise MLError(f"{NOTEBOOK} is missing from this installation", "install nbmlops again")


def files(folder: Path) -> tuple[tuple[Path, int], ...]:
    """Files and the state folder directly in ``folder``, with their sizes in bytes."""
    found = []
    for path in sorted(folder.iterdir()):
        inner = path.rglob("*") if path.is_dir() else (path,)
        found.append((path.relative_to(folder), sum(file.stat().st_size for file in inner if file.is_file())))
    return tuple(found)


def _check_needed() -> None:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the demo needs packages that are not installed: {', '.join(missing)}",
            f'{Path(sys.executable).name} -m pip install "nbmlops[demo]"',
        )


def called() -> str:
    """The command as it was called, for lines to copy: ``nbmlops`` only where the shell finds it."""
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{_short(Path(sys.executable))} -m nbmlops"
    found = shutil.which("nbmlops")
    if found is not None and program.exists() and os.path.samefile(found, program):
        return "nbmlops"
    return _short(program) if program.exists() else "nbmlops"


def _short(path: Path) -> str:
    """Relative where that is shorter, quoted as a shell needs it."""
    relative = os.path.relpath(path)
    text = relative if not relative.startswith("..") else str(path.absolute())
    return shlex.quote(text)
