"""What a collection and a merge leave of versions: lines without a branch, what is young, names that clash."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import housekeeping, place
from nbmlops.storage import session
from nbmlops.storage.merge import merge
from nbmlops.storage.store import Store

pytestmark = pytest.mark.usefixtures("store")


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"id": range(rows)})


class Clock:
    """Goes ahead of the true one."""

    days = 0

    def now(self, zone: Any) -> Any:
        return datetime.now(zone) + timedelta(days=self.days)


def test_a_line_without_a_branch_is_not_collected_at_once() -> None:
    for rows in range(1, 5):
        ml.data.save(frame(rows), "train")
    ml.data.branch("train@v2", "main", move=True)
    assert ml.data.gc(keep=2).versions == ()
    assert ml.data.gc(keep=1).versions == ("train@v3", "train@v1")
    assert ml.data.gc().versions == ()


def test_what_is_young_is_collected_only_if_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "datetime", clock := Clock())
    for rows in range(1, 13):
        ml.data.save(frame(rows), "train")
    assert ml.data.gc().versions == ()
    assert ml.data.gc(10).versions == ("train@v2", "train@v1")
    clock.days = 2
    assert ml.data.gc().versions == ("train@v2", "train@v1")


def test_a_merge_leaves_no_version_without_its_name(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ml.data.save(frame(1), "shared")
    ml.data.save(frame(1), "theirs further")
    ml.data.save(frame(1), "ours further")
    session.close()
    other = tmp_path / "other" / "mlops.duckdb"
    other.parent.mkdir()
    shutil.copytree(store.parent, other.parent, dirs_exist_ok=True)
    for path, rows, further in ((store, 2, "ours further"), (other, 3, "theirs further")):
        monkeypatch.setenv("NBMLOPS_STORE", str(path))
        ml.data.save(frame(rows), "shared")
        ml.data.tag("shared", "gold")
        ml.data.save(frame(rows), further)
        ml.data.save(frame(rows), "new")
        session.close()
    for _ in range(2):
        merge(Store(store), other)
        monkeypatch.setenv("NBMLOPS_STORE", str(store))
        found = {ref: len(ml.data.load(ref)) for ref in (
            "shared", "shared@main-merged", "shared@gold", "shared@gold-merged", "theirs further", "ours further",
            "new", "new@main-merged",
        )}  # fmt: skip
        assert list(found.values()) == [2, 3, 2, 3, 3, 2, 2, 3]
        refs = place.store().read(lambda con: con.execute("SELECT count(*) FROM data_refs").fetchone())
        assert refs == (8,)
        session.close()
