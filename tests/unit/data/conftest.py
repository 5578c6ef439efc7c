"""A store of its own for every test that saves something."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from nbmlops.storage import session

# torch is too large for an extra of ours: its tests are those of who has it
collect_ignore = [] if find_spec("torch") else ["test_torch.py", "test_torch_arrays.py"]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The path of a store that is not there yet; what the test saves goes there."""
    import nbmlops

    session.close()
    path = tmp_path / "store" / "mlops.duckdb"
    path.parent.mkdir()
    monkeypatch.setenv("NBMLOPS_STORE", str(path))
    nbmlops.data  # noqa: B018 - what it knows of the process is in place
    yield path
    session.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files in it and below it."""
    root = tmp_path / "data"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "sub" / "b.txt").write_text("b" * 100)
    return root
