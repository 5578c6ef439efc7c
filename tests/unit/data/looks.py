"""What tests of bad input look at: a small frame, its values, and that nothing half is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import nbmlops as ml


def nothing_half(versions: int) -> None:
    """So many versions are there, all of them whole."""
    assert ml.sql("SELECT count(*) AS n FROM data_versions")["n"][0] == versions
    assert ml.data.verify()
    assert ml.sql("SELECT count(*) AS n FROM data_refs WHERE version_id NOT IN (SELECT version_id FROM data_versions)")[
        "n"
    ][0] == 0  # fmt: skip


def frame(rows: int = 5) -> pd.DataFrame:
    return pd.DataFrame({"id": range(rows), "price": np.linspace(1, 2, rows)})


def values(store: Path) -> list[Path]:
    found = [path for path in (store.parent / ".nbmlops" / "mlops" / "blobs").rglob("*") if path.is_file()]
    return sorted((path for path in found if path.read_bytes()[:4] == b"PAR1"), key=lambda path: path.name)
