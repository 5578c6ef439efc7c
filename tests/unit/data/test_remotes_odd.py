"""Two at once, places that cannot be pushed to or pulled from, and those that can do little."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

import nbmlops as ml
from nbmlops.data import remote_places, remotes
from nbmlops.errors import UnknownReference, UsageError
from tests.unit.data.remote_parts import elsewhere, frame

pytestmark = pytest.mark.usefixtures("store")


def test_two_who_pull_at_once_have_each_version_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(3), "train")
    ml.data.push("train", tmp_path / "remote")
    elsewhere(tmp_path)
    real = remotes.records.record

    def twice(said: Any) -> None:
        real(said)
        real(said)

    with monkeypatch.context() as patched:
        patched.setattr(remotes.records, "record", twice)
        ml.data.pull("train", tmp_path / "remote")
    assert len(ml.data.log("train").rows) == 1
    assert len(ml.data.show("train").df()) == 2
    assert ml.sql("SELECT count(*) AS n FROM data_versions")["n"][0] == 1


def test_what_cannot_be_pushed_or_pulled_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownReference):
        ml.data.push("nothing", tmp_path)
    with pytest.raises(UsageError, match="has no dataset"):
        ml.data.pull("nothing", tmp_path)
    ml.data.save(frame(1), "x")
    with pytest.raises(UsageError, match="cannot be reached"):
        ml.data.push("x", "nosuch://place")
    with pytest.raises(UsageError, match="has no dataset") as caught:
        ml.data.pull("nothing", f"file://user:secret@{tmp_path}")
    assert "secret" not in str(caught.value)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(1), "x")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(UsageError, match=r"needs a package[^\0]*pip install 'gcsfs'"):
        ml.data.push("x", "gs://bucket/x")
    assert remote_places._package("s3://bucket/x") == "pip install 'nbmlops[s3]'"


def test_a_shared_folder_stays_shared(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        ml.data.save(frame(1), "x")
        ml.data.push("x", tmp_path / "remote")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "remote").rglob("*") if path.is_file()} == {0o644}


def test_a_file_system_without_links_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def refused(*values: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(remote_places.os, "link", refused)
    place = remote_places.Folder(tmp_path)
    assert place.create("refs/a.json", b"one")
    assert not place.create("refs/a.json", b"two")
    assert place.read("refs/a.json") == b"one"
