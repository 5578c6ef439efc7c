"""Collection and verification."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import housekeeping, saving, things
from nbmlops.errors import RecordError, StoreError, UsageError
from nbmlops.storage import trash as trashes

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


def trash(store: Path) -> Path:
    return store.parent / ".nbmlops" / "mlops" / "trash"


def test_the_trash_is_kept_for_two_weeks(store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.gc(keep=1, dry_run=False)
    (today,) = trash(store).iterdir()
    kept = len(list(today.iterdir()))
    assert kept >= 1
    young = today.rename(trash(store) / time.strftime("%Y-%m-%d", time.localtime(time.time() - 13 * 86400)))
    assert ml.data.gc(dry_run=False).purged_bytes == 0
    assert len(list(young.iterdir())) == kept
    old = young.rename(trash(store) / time.strftime("%Y-%m-%d", time.localtime(time.time() - 16 * 86400)))
    ml.data.gc()  # says only
    assert old.exists()
    assert ml.data.gc(dry_run=False).purged_bytes > 0
    assert not old.exists()


def test_what_is_named_after_all_is_not_purged(store: Path) -> None:
    ml.data.save(frame(1), "train")
    day = trash(store) / "2020-01-01"
    day.mkdir(parents=True)
    for path in blobs(store):
        path.rename(day / path.name)
    assert ml.data.gc(dry_run=False).purged_bytes == 0
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(1))
    assert ml.data.verify()


@pytest.mark.parametrize("keep", [0, -1, 1.5, True, "3"])
def test_how_many_stay_is_a_number(keep: Any) -> None:
    with pytest.raises(UsageError, match="from 1"):
        ml.data.gc(keep)


def test_collected_content_is_taken_out_of_the_trash_when_it_is_saved_again(store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.gc(keep=1, dry_run=False)
    (day,) = trash(store).iterdir()
    gone = {path.name for path in day.iterdir()}
    assert gone
    again = ml.data.save(frame(1), "train")
    assert not gone & {path.name for path in day.iterdir()}
    assert again.new_bytes < 1000  # the manifest at most
    pd.testing.assert_frame_equal(ml.data.load("train@v3"), frame(1))
    assert ml.data.verify()


def test_what_a_failed_save_left_is_collected_when_it_is_old(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(1), "train")
    before = set(blobs(store))

    def failing(self: Any) -> None:
        raise RecordError("no", "")

    with monkeypatch.context() as patched:
        patched.setattr(things.Thing, "must_be_unchanged", failing)
        with pytest.raises(RecordError):
            ml.data.save(frame(2), "train")
    left = set(blobs(store)) - before
    assert left
    assert ml.data.gc(dry_run=False).blobs == 0
    for path in blobs(store):
        os.utime(path, (1e9, 1e9))
    assert ml.data.gc(dry_run=False).blobs == len(left)
    assert set(blobs(store)) == before
    assert ml.data.save(frame(2), "train").is_new
    assert ml.data.verify()


# -- a collection while something is saved


def collected(monkeypatch: pytest.MonkeyPatch, home: Any, name: str, *, before: bool) -> None:
    """Collect once, as another process may, just before or after a step of a save."""
    real = getattr(home, name)

    def meddling(*values: Any, **more: Any) -> Any:
        monkeypatch.setattr(home, name, real)
        if before:
            ml.data.gc(keep=1, dry_run=False)
            return real(*values, **more)
        found = real(*values, **more)
        ml.data.gc(keep=1, dry_run=False)
        return found

    monkeypatch.setattr(home, name, meddling)


@pytest.mark.parametrize(
    ("name", "before"), [("_manifest", True), ("_manifest", False), ("_record", True), ("_record", False)]
)
def test_a_save_keeps_what_a_collection_takes_meanwhile(
    monkeypatch: pytest.MonkeyPatch, name: str, before: bool
) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    collected(monkeypatch, saving._Saving, name, before=before)
    ml.data.save(frame(1), "train")  # its values are garbage until it is on record
    pd.testing.assert_frame_equal(ml.data.load("train@v3"), frame(1))
    assert ml.data.verify()


def test_a_collection_gives_back_what_is_saved_while_it_looks(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    real = trashes.Trash.put

    def meddling(self: Any, path: Path) -> bool:
        monkeypatch.setattr(trashes.Trash, "put", real)
        ml.data.save(frame(1), "train")  # between the look and the move
        return real(self, path)

    monkeypatch.setattr(trashes.Trash, "put", meddling)
    done = ml.data.gc(keep=1, dry_run=False)
    assert done.blobs == 0
    pd.testing.assert_frame_equal(ml.data.load("train@v3"), frame(1))
    assert ml.data.verify()


def test_a_version_that_is_named_while_a_collection_looks_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    real = housekeeping._purge

    def meddling(store: Any) -> int:
        ml.data.tag("train@v1", "gold")
        return real(store)

    monkeypatch.setattr(housekeeping, "_purge", meddling)
    done = ml.data.gc(keep=1, dry_run=False)
    assert (done.versions, done.blobs) == ((), 0)
    pd.testing.assert_frame_equal(ml.data.load("train@gold"), frame(1))
    assert ml.data.verify()


SAVES = """
import sys, pandas as pd, nbmlops as ml
frames = [pd.DataFrame({"id": range(rows), "name": [f"n{at}" for at in range(rows)]}) for rows in (3, 5, 7)]
for turn in range(int(sys.argv[1])):
    one = frames[turn % 3]
    version = ml.data.save(one, "train")
    assert version.is_new
    pd.testing.assert_frame_equal(ml.data.load("train"), one)
print("saved")
"""


def test_a_process_collects_while_another_saves(store: Path) -> None:
    ml.data.save(frame(2), "train")
    other = subprocess.Popen([sys.executable, "-c", SAVES, "24"], text=True, stdout=subprocess.PIPE)
    moved = 0
    while other.poll() is None:
        moved += ml.data.gc(keep=1, dry_run=False).blobs
    assert other.communicate()[0].strip() == "saved"
    moved += ml.data.gc(keep=1, dry_run=False).blobs
    assert moved > 0
    assert len(ml.data.log("train").rows) == 25
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(7))
    assert ml.data.verify()


def test_a_journal_that_cannot_be_read_stops_a_collection(store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    before = len(blobs(store))
    (store.parent / ".nbmlops" / "mlops" / "journal" / "odd.jsonl").write_text("what is this\n")
    with pytest.raises(StoreError, match="cannot be read here"):
        ml.data.gc(keep=1, dry_run=False)
    assert len(blobs(store)) == before


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
