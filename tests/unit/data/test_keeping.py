"""What a save must never do: lose a version, damage the store, or say that it kept what it did not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import folders, place, remote_refs, saving
from nbmlops.data.manifests import VersionManifest
from nbmlops.errors import RecordError, StoreBusy, UsageError
from nbmlops.storage import session
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store

pytestmark = pytest.mark.usefixtures("store")


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"id": range(rows)})


def blobs(store: Path) -> list[Path]:
    return [path for path in (store.parent / ".nbmlops" / "mlops" / "blobs").rglob("*") if path.is_file()]


# -- the store itself

OPENS = """
import duckdb, sys
try:
    duckdb.connect(sys.argv[1])
    print("opened")
except duckdb.IOException:
    print("refused")
"""


@pytest.mark.parametrize("pattern", [".", "*", "**"])
def test_a_folder_that_has_the_store_is_saved_without_it(
    store: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.chdir(store.parent)
    Path("a.txt").write_text("a")
    Path("log.wal").write_text("of somebody else")
    Path("linked.duckdb").symlink_to(store)
    ml.data.save(frame(2), "before")
    session.close()
    assert store.exists()
    first = ml.data.save(pattern, "project", mode="keep")
    assert first.files == 2
    if pattern == ".":
        assert first.note == "left out: .nbmlops, linked.duckdb, mlops.duckdb"
    assert sorted(path.name for path in ml.data.load("project").iterdir()) == ["a.txt", "log.wal"]
    assert not ml.data.save(pattern, "project").is_new


def test_the_lock_on_the_store_survives_a_look_at_its_folder(store: Path) -> None:
    ml.data.save(frame(2), "before")
    with place.session().store.lease(5.0):
        other = threading.Thread(target=lambda: folders.manifest(store.parent))
        other.start()
        other.join()
        found = subprocess.run([sys.executable, "-c", OPENS, str(store)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "refused"


@pytest.mark.parametrize("name", ["mlops.duckdb", ".nbmlops", ".nbmlops/mlops/blobs", ".nbmlops/mlops/store.json"])
def test_the_store_is_no_data(store: Path, name: str) -> None:
    ml.data.save(frame(2), "before")
    with pytest.raises(UsageError, match="is the store, or part of it"):
        ml.data.save(store.parent / name, "own")


@pytest.mark.parametrize("path", ["", " "])
def test_an_empty_path_is_none(path: str) -> None:
    with pytest.raises(UsageError, match="an empty path names nothing"):
        ml.data.save(path, "own")


# -- several at once

SAVES = """
import sys, nbmlops as ml, pandas as pd
ml.data.list()
print("ready", flush=True)
sys.stdin.readline()
for turn in range(4):
    ml.data.save(pd.DataFrame({"x": [turn, int(sys.argv[1])]}), "train")
"""


def test_two_processes_that_save_at_once_make_one_history(store: Path) -> None:
    ml.data.save(frame(1), "train")
    run = [sys.executable, "-c", SAVES]
    both = [subprocess.Popen([*run, str(at)], stdin=-1, stdout=-1, text=True) for at in (10, 20)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in both:
        one.communicate()
        assert one.returncode == 0
    assert len(history("train")) == 9
    assert ml.data.gc(keep=100).versions == ()


def history(dataset: str) -> list[str]:
    """The ids from the tip of main back to the first version."""
    versions = {row.id: row for row in place.store().read(lambda con: _versions(con, dataset))}
    at, found = ml.data.show(dataset).version, []
    while at is not None:
        found.append(at.id)
        at = versions[at.parents[0]] if at.parents else None
    assert set(found) == set(versions)
    return found


def _versions(con: Any, dataset: str) -> Any:
    from nbmlops.data import queries

    return queries.of_dataset(con, dataset)


def test_what_another_saved_meanwhile_is_not_saved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(1), "train")
    meanwhile(monkeypatch, lambda: ml.data.save(frame(2), "train"))
    found = ml.data.save(frame(2), "train")
    assert (found.name, found.is_new) == ("train@v2", False)


def meanwhile(monkeypatch: pytest.MonkeyPatch, action: Any) -> None:
    """Do something once, when the values of a version are kept and it is not on record yet."""
    real = saving._Saving._manifest

    def meddling(*values: Any) -> Any:
        monkeypatch.setattr(saving._Saving, "_manifest", real)
        action()
        return real(*values)

    monkeypatch.setattr(saving._Saving, "_manifest", meddling)


def test_a_branch_that_is_taken_away_meanwhile_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(1), "train")
    ml.data.branch("train", "trial")
    meanwhile(monkeypatch, lambda: ml.data.branch("train", "trial", remove=True))
    with pytest.raises(UsageError, match="has no branch 'trial'"):
        ml.data.save(frame(2), "train", branch="trial")
    assert len(ml.data.log("train").rows) == 1


@pytest.mark.parametrize("last", ["data.columns", "data.blobs", "data.version"])
def test_whoever_dies_while_a_version_is_recorded_leaves_all_of_it_or_nothing(
    monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    ml.data.save(frame(1), "train")
    real = Session.append

    def dying(self: Session, kind: str, *values: Any) -> None:
        real(self, kind, *values)
        if kind == last:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Session, "append", dying)
        with pytest.raises(KeyboardInterrupt):
            ml.data.save(frame(2), "train")
    assert len(ml.data.load("train")) == (2 if last == "data.version" else 1)
    ml.data.save(frame(3), "train")
    assert len(history("train")) == (3 if last == "data.version" else 2)


def test_a_branch_that_moves_while_a_pull_goes_on_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    ml.data.save(frame(1), "train")
    ml.data.push("train", tmp_path / "remote")
    session.close()
    monkeypatch.setenv("NBMLOPS_STORE", str(tmp_path / "mlops.duckdb"))
    ml.data.pull("train", tmp_path / "remote")
    ml.data.save(frame(2), "train")
    ml.data.push("train", tmp_path / "remote")
    session.close()
    monkeypatch.setenv("NBMLOPS_STORE", str(store))
    real = remote_refs.refs_of

    def meddling(*values: Any) -> Any:
        ml.data.save(frame(3), "train")  # all values are here, main is still where it was
        return real(*values)

    monkeypatch.setattr(remote_refs, "refs_of", meddling)
    assert "main-pulled" in ml.data.pull("train", tmp_path / "remote").note
    assert len(ml.data.load("train")) == 3
    assert len(ml.data.load("train@main-pulled")) == 2


def test_a_tag_is_no_branch_to_save_on() -> None:
    ml.data.save(frame(1), "train")
    ml.data.tag("train@v1", "gold")
    with pytest.raises(UsageError, match="'gold' is a tag of train"):
        ml.data.save(frame(2), "train", branch="gold")
    assert len(ml.data.load("train@gold")) == 1
    assert len(ml.data.log("train").rows) == 1


def test_a_version_on_record_is_given_though_the_store_is_held_now(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ml.data.save(frame(1), "train", key="id", message="one")
    real = Store.read

    def busy(self: Store, *values: Any, **more: Any) -> Any:
        raise StoreBusy("held", "wait")

    record = saving._Saving._record

    def held_from_now_on(*values: Any) -> None:
        record(*values)
        monkeypatch.setattr(Store, "read", busy)

    monkeypatch.setattr(saving._Saving, "_record", held_from_now_on)
    found = ml.data.save(frame(2), "train", message="two")
    monkeypatch.setattr(Store, "read", real)
    assert (found.name, found.parents, found.key) == ("train@v2", (first.id,), ("id",))
    there = ml.data.show("train@v2").version
    assert {**vars(found), "created_at": 0} == {**vars(there), "created_at": 0}


# -- links, empty folders, names


def test_what_links_lead_to_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "x").write_text("weights")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "y").write_text("more")
    snapshot = tmp_path / "snapshot"
    (snapshot / "nothing" / "below").mkdir(parents=True)
    (snapshot / "model.bin").symlink_to("../cache/x")
    (snapshot / "folder").symlink_to(tmp_path / "others")
    (snapshot / "nowhere").symlink_to(tmp_path / "gone")
    (snapshot / "up").symlink_to(tmp_path)
    saved = ml.data.save(snapshot, "snapshot", mode="keep")
    assert "links that lead nowhere or in a circle: nowhere, up" in saved.note
    with pytest.warns(RuntimeWarning, match="nowhere, up"):
        loaded = ml.data.load("snapshot")
    assert (loaded / "model.bin").read_text() == "weights"
    assert (loaded / "folder" / "y").read_text() == "more"
    assert (loaded / "nothing" / "below").is_dir()
    assert not (loaded / "nowhere").is_symlink()
    (tmp_path / "cache" / "x").write_text("others")
    assert ml.data.save(snapshot, "snapshot").is_new


def test_an_empty_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "f" / "a").mkdir(parents=True)
    (tmp_path / "f" / "x").write_text("x")
    before = folders.manifest(tmp_path / "f")
    (tmp_path / "f" / "a").rename(tmp_path / "f" / "b")
    after = folders.manifest(tmp_path / "f")
    (tmp_path / "f" / "b").rmdir()
    without = folders.manifest(tmp_path / "f")
    assert len({found.content_id for found in (before, after, without)}) == 3
    assert [found.empty for found in (before, after, without)] == [("a",), ("b",), ()]


@pytest.mark.parametrize(
    "change",
    [{"files": [["../up", 1, False, "0"]]}, {"files": [["/etc/x", 1, False, "0"]]},
     {"files": [["a//b", 1, False, "0"]]}, {"empty": ["a/../.."]}, {"form": {"name": "../x"}},
     {"form": {"name": ".."}}, {"form": {"name": "/x"}}],
)  # fmt: skip
def test_a_manifest_that_leads_elsewhere_is_refused(change: dict[str, Any]) -> None:
    import json
    import zlib

    said = {"format": 1, "form": {"name": "f"}, "schema": "", "files": [["a/b", 1, False, "0"]]}
    assert VersionManifest.unpack(zlib.compress(json.dumps(said).encode())).files is not None
    with pytest.raises(RecordError, match="outside of its folder"):
        VersionManifest.unpack(zlib.compress(json.dumps({**said, **change}).encode()))


# -- what is known of files


def test_a_file_that_was_changed_with_its_old_time_put_back_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "f" / "x"
    file.parent.mkdir()
    file.write_text("one")
    cache: folders.StatCache = {}
    os.utime(file, (1, 1))
    first = folders.manifest(file, cache)
    assert cache
    file.write_text("two")
    os.utime(file, (1, 1))
    assert folders.manifest(file, cache) != first


def test_what_is_known_of_a_file_and_not_true_any_more_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system that tells nothing of a change."""
    real = folders._stamp
    monkeypatch.setattr(folders, "_stamp", lambda found: (found.st_size, 1, 1, real(found)[3]))
    monkeypatch.setattr(folders, "_now_ns", lambda: 1 << 62)
    (tmp_path / "x").write_text("one")
    ml.data.save(tmp_path / "x", "x", mode="hash")
    (tmp_path / "x").write_text("two")
    saved = ml.data.save(tmp_path / "x", "x", mode="keep")
    assert saved.is_new
    assert ml.data.load(saved).read_text() == "two"


# -- what is given back


@pytest.mark.parametrize("change", ["write", "remove", "add", "link"])
def test_what_was_changed_in_the_store_is_not_given_again(tmp_path: Path, change: str) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.csv").write_text("id\n1\n")
    (tmp_path / "f" / "b.csv").write_text("id\n2\n")
    ml.data.save(tmp_path / "f" / "*.csv", "f")
    folder = ml.data.load("f")
    file = folder / "a.csv"
    assert not file.stat().st_mode & 0o222
    if change == "write":
        file.chmod(0o644)
        file.write_text("id\n9\n")
    elif change == "add":
        (folder / "c.csv").write_text("id\n3\n")
    else:
        file.unlink()
        if change == "link":
            file.symlink_to(folder / "b.csv")
    with pytest.warns(RuntimeWarning, match=r"files of f@v1 .* were changed"):
        assert ml.data.load("f", as_="arrow").to_pydict() == {"id": [1, 2]}
    assert ml.data.load("f") == folder
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv"]
    (aside,) = folder.parent.parent.glob("*.changed")
    assert (aside / "f" / "c.csv").exists() == (change == "add")


def test_files_are_written_wholly_or_not_at_all(store: Path, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    for at in range(4):
        (tmp_path / "f" / f"{at}.txt").write_text(str(at) * 100)
    ml.data.save(tmp_path / "f", "f")
    (blob,) = (path for path in blobs(store) if path.read_bytes() == b"2" * 100)
    blob.rename(tmp_path / "kept")
    out = tmp_path / "out"
    with pytest.raises(RecordError):
        ml.data.load("f", to=out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f", "kept", "store"]
    (tmp_path / "kept").rename(blob)
    assert ml.data.load("f", to=out) == out
    assert sorted(path.name for path in out.iterdir()) == [f"{at}.txt" for at in range(4)]
    assert out.joinpath("0.txt").stat().st_mode & 0o200
    with pytest.raises(UsageError, match="is there already"):
        ml.data.load("f", to=out)


@pytest.mark.parametrize("name", ["data[1].csv", "st*r.csv", "what?.csv", ".hidden.csv"])
def test_names_that_look_like_patterns_are_names(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "f[1]"
    folder.mkdir()
    for other in ("data1.csv", "star.csv", "whats.csv", "f1.csv"):
        (folder / other).write_text("id\n1\n1\n")
    (folder / name).write_text("id\n7\n")
    assert ml.data.save(folder / name, "one").rows == 1
    assert ml.data.load("one", as_="arrow").to_pydict() == {"id": [7]}


def test_a_store_may_lie_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session.close()
    (tmp_path / "s[1]").mkdir()
    monkeypatch.setenv("NBMLOPS_STORE", str(tmp_path / "s[1]" / "mlops.duckdb"))
    (tmp_path / ".h").mkdir()
    for at in range(2):
        (tmp_path / ".h" / f".{at}.csv").write_text(f"id\n{at}\n")
    ml.data.save(tmp_path / ".h" / ".*.csv", "g")
    assert ml.data.load("g", as_="arrow").to_pydict() == {"id": [0, 1]}


# -- damage


@pytest.mark.parametrize("damage", ["gone", "short"])
def test_saving_the_same_again_mends_what_is_damaged(store: Path, damage: str) -> None:
    one = pd.DataFrame({"a": range(50), "b": [f"n{at}" for at in range(50)]})
    first = ml.data.save(one, "train")
    for blob in [path for path in blobs(store) if path.read_bytes()[:4] == b"PAR1"]:
        blob.unlink() if damage == "gone" else blob.write_bytes(blob.read_bytes()[:-3])
    again = ml.data.save(one, "train")
    assert (again.name, again.is_new) == (first.name, False)
    assert "written again" in again.note
    assert ml.data.verify()
    pd.testing.assert_frame_equal(ml.data.load("train"), one)


def test_damage_of_the_version_before_does_not_go_on(store: Path) -> None:
    one = pd.DataFrame({"a": range(50), "b": [f"n{at}" for at in range(50)]})
    ml.data.save(one, "train")
    for blob in [path for path in blobs(store) if path.read_bytes()[:4] == b"PAR1"]:
        blob.write_bytes(blob.read_bytes()[:-3])
    more = one.assign(c=1)
    assert ml.data.save(more, "train").is_new
    pd.testing.assert_frame_equal(ml.data.load("train"), more)


def test_a_delta_whose_parent_is_damaged_is_written_anew(store: Path) -> None:
    rows = 5 * (1 << 17)
    one = pd.DataFrame({"id": range(rows), "v": range(rows)})
    ml.data.save(one, "train", mode="keep", key="id")
    large = max(blobs(store), key=lambda path: path.stat().st_size)
    large.unlink()
    two = one.copy()
    two.loc[:: 1 << 16, "v"] = -1
    ml.data.save(two, "train", mode="keep")
    pd.testing.assert_frame_equal(ml.data.load("train"), two)


# -- records


def test_a_query_of_any_length_is_saved() -> None:
    query = f"SELECT 1 AS a -- {'x' * (2 << 20)}"
    saved = ml.data.save(query, "long")
    assert saved.source is not None
    assert saved.source.startswith("SELECT 1 AS a")
    assert len(saved.source) < 200_000
    assert len(ml.data.load("long")) == 1


def test_names_and_keys_of_any_length_are_saved_or_refused_before_anything_is_written(store: Path) -> None:
    names = [f"{at}" + "\U0001f600" * 990 for at in range(600)]
    wide = pd.DataFrame([[1] * len(names)], columns=names)
    assert ml.data.save(wide, "wide").columns == 600
    assert ml.data.show("wide@v1").version.columns == 600
    before = ml.data.list().rows
    with pytest.raises(UsageError, match="the key is too long"):
        ml.data.save(wide, "keyed", key=names)
    assert ml.data.list().rows == before


def test_a_key_that_is_declared_later_is_remembered() -> None:
    ml.data.save(frame(2), "train")
    again = ml.data.save(frame(2), "train", key="id")
    assert (again.name, again.is_new, again.key) == ("train@v1", False, ("id",))
    assert ml.data.show("train@v1").version.key == ("id",)
    assert ml.data.save(frame(3), "train").key == ("id",)


# -- lines without a branch


# -- a colleague's store
