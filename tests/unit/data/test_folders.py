"""Files and folders by their bytes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.data.differences.files import diff_files
from nbmlops.data.folders import FileEntry, Manifest, StatCache, manifest
from nbmlops.errors import RecordError


def fill(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_folder_is_its_paths_and_bytes(tmp_path: Path) -> None:
    one = manifest(fill(tmp_path / "one", a="x", sub__b="y"))
    two = manifest(fill(tmp_path / "two", sub__b="y", a="x"))
    assert [file.path for file in one.files] == ["a", "sub/b"]
    assert one.content_id == two.content_id
    assert manifest(fill(tmp_path / "three", a="x", sub__c="y")).content_id != one.content_id
    assert manifest(fill(tmp_path / "four", a="x", sub__b="z")).content_id != one.content_id


def test_times_do_not_count_but_permission_to_run_does(tmp_path: Path) -> None:
    root = fill(tmp_path / "one", a="x")
    before = manifest(root).content_id
    os.utime(root / "a", (1, 1))
    assert manifest(root).content_id == before
    (root / "a").chmod(0o755)
    assert manifest(root).content_id != before


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    root = fill(tmp_path / "one", a="x", b="y")
    for name in "ab":
        os.utime(root / name, (1, 1))
    cache: StatCache = {}
    first = manifest(root, cache)
    path, (stamp, _) = next(iter(cache.items()))
    cache[path] = (stamp, "from the cache")
    assert "from the cache" in {file.digest for file in manifest(root, cache).files}
    (root / Path(path).name).write_text("other")
    assert manifest(root, cache).content_id not in (first.content_id, "")


def test_a_file_written_just_now_is_not_trusted_to_stay(tmp_path: Path) -> None:
    cache: StatCache = {}
    manifest(fill(tmp_path / "one", a="x"), cache)
    assert cache == {}


def test_loops_of_links_end(tmp_path: Path) -> None:
    root = fill(tmp_path / "one", sub__a="x")
    (root / "sub" / "up").symlink_to(root)
    (root / "inside").symlink_to(root / "sub" / "a")
    (root / "outside").symlink_to(tmp_path)
    (root / "nowhere").symlink_to(tmp_path / "nothing")
    found = manifest(root).by_path
    assert sorted(found) == ["inside", "nowhere", "outside", "sub/a", "sub/up"]
    assert found["inside"].digest == found["sub/a"].digest
    assert all(found[name].digest.startswith("link:") for name in ("nowhere", "outside", "sub/up"))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no file or folder"):
        manifest(tmp_path / "nothing")


def test_a_file_that_keeps_changing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nbmlops.data import folders

    file = fill(tmp_path / "one", a="x") / "a"

    def write_and_digest(path: str, size: int) -> str:
        file.write_text(str(time.time_ns()))
        return "0"

    monkeypatch.setattr(folders, "_digest", write_and_digest)
    with pytest.raises(RecordError, match="changes while it is read"):
        manifest(file)


def test_a_large_file_has_the_same_digest_mapped_or_read(tmp_path: Path) -> None:
    from blake3 import blake3

    data = os.urandom((1 << 20) + 17)
    (tmp_path / "large").write_bytes(data)
    assert manifest(tmp_path / "large").files[0].digest == blake3(data).hexdigest()


def folder(files: dict[str, str]) -> Manifest:
    return Manifest(tuple(sorted(FileEntry(path, len(text), False, text or "empty") for path, text in files.items())))


FILES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["", "x", "y", "z"]), max_size=8)


@given(FILES, FILES)
def test_every_file_is_accounted_for(before: dict[str, str], after: dict[str, str]) -> None:
    found = diff_files(folder(before), folder(after))
    assert found.unchanged == sum(before[path] == after[path] for path in before.keys() & after.keys())
    assert len(found.removed) + len(found.modified) + len(found.renamed) + found.unchanged == len(before)
    assert len(found.added) + len(found.modified) + len(found.renamed) + found.unchanged == len(after)
    assert all(one.digest == two.digest and one.path != two.path for one, two in found.renamed)
    assert bool(found) == (before != after)


def test_a_renamed_file_is_one_change() -> None:
    found = diff_files(folder({"old.png": "x", "same": "s"}), folder({"new.png": "x", "same": "s"}))
    assert [(one.path, two.path) for one, two in found.renamed] == [("old.png", "new.png")]
    assert not found.added
    assert not found.removed
