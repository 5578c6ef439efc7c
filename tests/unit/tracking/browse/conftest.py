from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.tracking.browse.compared import ComparedStore


@pytest.fixture
def compared_store(tmp_path: Path) -> ComparedStore:
    return ComparedStore(tmp_path)
