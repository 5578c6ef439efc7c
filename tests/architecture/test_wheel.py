"""What a person installs: the package and both halves of the front end, each once and where it belongs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

DATA = "share/jupyter/labextensions/nbmlops"
CEILING = 1_500_000  # bytes


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="no hatchling in this environment")
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = out.glob("*.whl")
    return found


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_everything_is_there_once_and_nothing_else(root: Path, wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        quickstart = archive.read("nbmlops/notebooks/00_quickstart.ipynb")
    assert len(names) == len(set(names))
    data = f"{'-'.join(wheel.name.split('-')[:2])}.data/data"
    package = {f"nbmlops/{name}" for name in files(root / "nbmlops") if not name.startswith("labextension/")}
    wanted = package | {f"{data}/{DATA}/{name}" for name in files(root / "nbmlops" / "labextension")}
    wanted |= {f"{data}/{DATA}/install.json", f"{data}/etc/jupyter/jupyter_server_config.d/nbmlops.json"}
    wanted |= {"nbmlops/notebooks/00_quickstart.ipynb"}
    assert {name for name in names if ".dist-info/" not in name} == wanted
    assert {name.split("/", 1)[1] for name in names if ".dist-info/" in name} == {
        "METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE",
    }  # fmt: skip
    assert quickstart == (root / "notebooks" / "00_quickstart.ipynb").read_bytes()


def test_no_sources_of_the_front_end_and_no_tests(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    assert [name for name in names if name.endswith((".ts", ".map")) or "test" in Path(name).parts] == []
    assert [name for name in names if name.endswith("/static/widget.js")] == ["nbmlops/static/widget.js"]
    assert len([name for name in names if "/remoteEntry." in name]) == 1
    assert wheel.stat().st_size < CEILING
