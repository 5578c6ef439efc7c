"""Collection and verification."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import housekeeping, remotes
from nbmlops.errors import RecordError, UnknownReference, UsageError
from nbmlops.storage import session

pytestmark = pytest.mark.usefixtures("store")


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"id": range(rows), "name": [f"n{at}" for at in range(rows)]})


def blobs(store: Path) -> list[Path]:
    return [path for path in (store.parent / ".nbmlops" / "mlops" / "blobs").rglob("*") if path.is_file()]


def test_nothing_is_collected_before_it_is_meant(store: Path) -> None:
    for rows in range(1, 6):
        ml.data.save(frame(rows), "train")
    ml.data.tag("train@v2", "gold")
    with ml.run("uses"):
        ml.data.load("train@v1")
    before = len(blobs(store))
    dry = ml.data.gc(keep=1)
    assert dry.is_dry
    assert dry.versions == ("train@v4", "train@v3")
    assert len(blobs(store)) == before
    done = ml.data.gc(keep=1, dry_run=False)
    assert (done.versions, done.blobs) == (dry.versions, dry.blobs)
    assert len(blobs(store)) == before - done.blobs
    for number, rows in ((1, 1), (2, 2), (5, 5)):
        assert len(ml.data.load(f"train@v{number}")) == rows
    with pytest.raises(RecordError, match="were collected"):
        ml.data.load("train@v3")
    assert "collected" in str(ml.data.log("train"))
    assert len(ml.data.show("train@v3").df()) == 2
    assert "rows cannot be compared" in str(ml.data.diff("train@v3", "train"))
    assert ml.data.verify()
    assert ml.data.gc(keep=1).versions == ()


def test_what_is_shared_stays() -> None:
    shared = pd.DataFrame({"a": range(1000), "b": range(1000)})
    ml.data.save(shared, "train")
    ml.data.save(shared.assign(b=0), "train")
    ml.data.gc(keep=1, dry_run=False)
    pd.testing.assert_frame_equal(ml.data.load("train"), shared.assign(b=0))


def test_the_trash_is_kept_for_two_weeks(store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.gc(keep=1, dry_run=False)
    trash = store.parent / ".nbmlops" / "mlops" / "trash"
    (today,) = trash.iterdir()
    kept = len(list(today.iterdir()))
    assert kept >= 1
    today.rename(trash / time.strftime("%Y-%m-%d", time.localtime(time.time() - 13 * 86400)))
    ml.data.gc(dry_run=False)
    assert len(list(trash.iterdir())) >= 1
    for day in list(trash.iterdir()):
        if any(day.iterdir()):
            day.rename(trash / "2020-01-01")
    assert ml.data.gc(dry_run=False).purged_bytes > 0
    assert not (trash / "2020-01-01").exists()


@pytest.mark.parametrize("keep", [0, -1, 1.5, True, "3"])
def test_how_many_stay_is_a_number(keep: Any) -> None:
    with pytest.raises(UsageError, match="from 1"):
        ml.data.gc(keep)


def test_collected_content_can_be_saved_again() -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.gc(keep=1, dry_run=False)
    ml.data.save(frame(1), "train")
    pd.testing.assert_frame_equal(ml.data.load("train@v3"), frame(1))


def test_damage_is_named_by_version(store: Path) -> None:
    ml.data.save(frame(3), "train")
    assert str(ml.data.verify()) == "1 versions, 3 values: all whole"
    one, *_ = [path for path in blobs(store) if path.read_bytes().startswith(b"PAR1")]
    one.write_bytes(b"else")
    found = ml.data.verify()
    assert not found
    assert found.damaged == {"train@v1": (one.name,)}
    one.unlink()
    assert "train@v1: 1 values are gone" in str(housekeeping.verify())
