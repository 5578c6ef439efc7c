"""Remotes, collection, verification, DVC."""

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


def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str = "other") -> Path:
    """Go on in another, empty store."""
    session.close()
    path = tmp_path / name / "mlops.duckdb"
    path.parent.mkdir(exist_ok=True)
    monkeypatch.setenv("NBMLOPS_STORE", str(path))
    return path


@pytest.mark.parametrize("scheme", ["", "file://", "memory://"])
def test_versions_go_elsewhere_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    if scheme == "memory://":
        pytest.importorskip("fsspec")
    url = f"memory://{tmp_path.name}" if scheme == "memory://" else f"{scheme}{tmp_path / 'remote'}"
    ml.data.save(frame(3), "train", message="first", key="id")
    ml.data.save(frame(4), "train")
    ml.data.tag("train@v1", "gold")
    first = ml.data.push("train", url)
    assert (first.versions, first.there) == (2, 0)
    again = ml.data.push("train", url)
    assert (again.blobs, again.size_bytes, again.there) == (0, 0, first.blobs)
    elsewhere(tmp_path, monkeypatch)
    assert ml.data.pull("train", url).versions == 2
    assert ml.data.pull("train", url).versions == 0
    pd.testing.assert_frame_equal(ml.data.load("train@gold"), frame(3))
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(4))
    page = ml.data.show("train@v1")
    assert page.version.message == "first"
    assert page.df()["column"].tolist() == ["id", "name"]
    assert ml.data.diff("train@v1", "train@v2").summary["key"] == ["id"]


def test_one_version_alone_is_pushed_with_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pd.DataFrame({"id": range(600_000), "v": 0.5, "w": 1.5})
    after = before.copy()
    after.loc[::50_000, ["v", "w"]] = 7.0
    ml.data.save(before, "train", key="id")
    assert ml.data.save(after, "train").new_bytes < 10_000
    ml.data.push("train@v2", tmp_path / "remote")
    elsewhere(tmp_path, monkeypatch)
    ml.data.pull("train", tmp_path / "remote")
    pd.testing.assert_frame_equal(ml.data.load("train@v1"), after)


def test_a_remote_that_fails_in_the_middle_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tmp_path / "remote"
    ml.data.save(frame(3), "train")
    real = remotes._Folder.write
    calls = []

    def failing(self: Any, name: str, data: bytes) -> None:
        calls.append(name)
        if len(calls) > 1:
            raise OSError("connection reset")
        real(self, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(remotes._Folder, "write", failing)
        with pytest.raises(RecordError, match="connection reset"):
            ml.data.push("train", url)
    assert not list((url / "data").rglob("*.json")) if (url / "data").exists() else True
    assert ml.data.push("train", url).there == 1
    elsewhere(tmp_path, monkeypatch)

    def cut(self: Any, name: str) -> bytes:
        if name.startswith("blobs"):
            raise OSError("timed out")
        return (url / name).read_bytes()

    with monkeypatch.context() as patched:
        patched.setattr(remotes._Folder, "read", cut)
        with pytest.raises(RecordError, match="timed out"):
            ml.data.pull("train", url)
    assert ml.data.list().rows == ()
    ml.data.pull("train", url)
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(3))


def test_a_damaged_remote_gives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tmp_path / "remote"
    ml.data.save(frame(3), "train")
    ml.data.push("train", url)
    for path in (url / "blobs").rglob("*"):
        if path.is_file():
            path.write_bytes(b"else")
    elsewhere(tmp_path, monkeypatch)
    with pytest.raises(RecordError, match="damaged"):
        ml.data.pull("train", url)
    assert ml.data.list().rows == ()


def test_a_branch_that_went_on_differently_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tmp_path / "remote"
    ml.data.save(frame(1), "train")
    ml.data.push("train", url)
    here = os.environ["NBMLOPS_STORE"]
    elsewhere(tmp_path, monkeypatch)
    ml.data.pull("train", url)
    ml.data.save(frame(2), "train")
    ml.data.push("train", url)
    session.close()
    monkeypatch.setenv("NBMLOPS_STORE", here)
    ml.data.save(frame(3), "train")
    ml.data.pull("train", url)
    assert len(ml.data.load("train")) == 3
    assert len(ml.data.load("train@main-pulled")) == 2


def test_what_cannot_be_pushed_or_pulled_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownReference):
        ml.data.push("nothing", tmp_path)
    with pytest.raises(UsageError, match="has no dataset"):
        ml.data.pull("nothing", tmp_path)
    ml.data.save(frame(1), "x")
    with pytest.raises(UsageError, match=r"fsspec|cannot be reached"):
        ml.data.push("x", "nosuch://place")


def test_pulling_brings_back_what_is_missing(store: Path, tmp_path: Path) -> None:
    ml.data.save(frame(3), "train")
    ml.data.push("train", tmp_path / "remote")
    for path in blobs(store):
        path.unlink()
    assert not ml.data.verify()
    assert ml.data.pull("train", tmp_path / "remote").blobs == 3
    assert ml.data.verify()
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(3))


# -- collection


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


# -- DVC


def tracked(root: Path, files: dict[str, bytes], name: str) -> Path:
    """What DVC leaves of a file or folder that was added."""

    def put(data: bytes, suffix: str = "") -> str:
        digest = hashlib.md5(data).hexdigest() + suffix
        path = root / ".dvc" / "cache" / "files" / "md5" / digest[:2] / digest[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return digest

    if list(files) == [""]:
        digest = put(files[""])
    else:
        listed = [{"md5": put(data), "relpath": path} for path, data in files.items()]
        digest = put(json.dumps(listed).encode(), ".dir")
    file = root / f"{name}.dvc"
    file.write_text(f"outs:\n- md5: {digest}\n  size: 4\n  hash: md5\n  path: {name}\n")
    return file


def test_a_file_that_dvc_tracks(tmp_path: Path) -> None:
    file = tracked(tmp_path, {"": b"id,v\n1,2\n"}, "train.csv")
    version = ml.data.from_dvc(file, "train")
    assert (version.rows, version.columns) == (1, 2)
    assert "from train.csv.dvc" in version.message
    assert not ml.data.from_dvc(tmp_path / "train.csv", "train").is_new


def test_a_folder_that_dvc_tracks(tmp_path: Path) -> None:
    file = tracked(tmp_path, {"a.txt": b"a", "sub/b.txt": b"b"}, "images")
    assert ml.data.from_dvc(file, "images").files == 2
    assert (ml.data.load("images") / "sub" / "b.txt").read_text() == "b"


def test_what_dvc_does_not_have_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be read"):
        ml.data.from_dvc(tmp_path / "none.dvc", "x")
    file = tracked(tmp_path, {"": b"x"}, "a.bin")
    for path in (tmp_path / ".dvc" / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(RecordError, match="dvc pull"):
        ml.data.from_dvc(file, "x")
    (tmp_path / "bad.dvc").write_text("outs:\n- path: x\n")
    with pytest.raises(UsageError, match="by md5"):
        ml.data.from_dvc(tmp_path / "bad.dvc", "x")
    evil = tracked(tmp_path, {"../../evil": b"x", "b": b"y"}, "evil")
    with pytest.raises(RecordError, match="outside"):
        ml.data.from_dvc(evil, "x")
