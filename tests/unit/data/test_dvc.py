"""What DVC tracks; the repository and its cache in ``tests/assets/dvc`` were made by DVC 3.67."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.errors import MLError, RecordError, UsageError

pytestmark = pytest.mark.usefixtures("store")

ASSETS = Path(__file__).parents[2] / "assets" / "dvc"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone of a repository of DVC 3, with its cache as after ``dvc fetch -A``."""
    root = tmp_path / "repository"
    subprocess.run(["git", "clone", "-q", "-b", "main", ASSETS / "repository.bundle", root], check=True)
    shutil.copytree(ASSETS / "files", root / ".dvc" / "cache" / "files")
    return root


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """As DVC 2 left it: no algorithm is named, the cache has no ``files/md5``, line ends of texts do not count."""
    root = tmp_path / "old"
    (root / ".dvc").mkdir(parents=True)

    def put(data: bytes, suffix: str = "") -> str:
        digest = hashlib.md5(data.replace(b"\r\n", b"\n")).hexdigest() + suffix
        path = root / ".dvc" / "cache" / digest[:2] / digest[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return digest

    listed = [{"md5": put(b"a\n"), "relpath": "a.txt"}, {"md5": put(b"b\n"), "relpath": "sub/b.txt"}]
    folder = put(json.dumps(listed).encode(), ".dir")
    (root / "images.dvc").write_text(f"outs:\n- md5: {folder}\n  size: 4\n  nfiles: 2\n  path: images\n")
    table = put(b"id,v\r\n1,2\r\n")
    (root / "train.csv.dvc").write_text(f"outs:\n- md5: {table}\n  size: 11\n  path: train.csv\n")
    return root


def objects(root: Path) -> list[Path]:
    return [path for path in (root / ".dvc" / "cache").rglob("*") if path.is_file()]


def test_a_file_that_dvc_tracks(repository: Path) -> None:
    version = ml.data.from_dvc(repository / "data" / "train.csv.dvc", "train")
    assert (version.rows, version.columns) == (2, 2)
    assert version.message == "from train.csv.dvc (md5 f03a4d7006f3)"
    assert ml.data.load("train").read_bytes() == b"id,v\n1,2\n3,4\n"
    assert not ml.data.from_dvc(repository / "data" / "train.csv", "train").is_new


def test_a_folder_that_dvc_tracks(repository: Path) -> None:
    version = ml.data.from_dvc(repository / "data" / "some images", "images")
    assert version.files == 2
    assert (ml.data.load("images") / "sub" / "deep" / "b.txt").read_text() == "b\n"


@pytest.mark.parametrize("rev", ["first", "HEAD~1"])
def test_what_was_tracked_at_a_revision(repository: Path, rev: str) -> None:
    ml.data.from_dvc(repository / "data" / "train.csv", "train")
    then = ml.data.from_dvc(repository / "data" / "train.csv", "train", rev=rev)
    assert then.rows == 1
    assert f"at {rev}" in then.message
    assert ml.data.diff("train@v2", "train@v1").summary["rows"]["added"] == 1


def test_a_revision_from_before_it_was_taken_away(repository: Path) -> None:
    shutil.rmtree(repository / "data")
    assert ml.data.from_dvc(repository / "data" / "some images", "images", rev="first").files == 2


def test_outputs_of_stages(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ml.data.from_dvc(repository / "out.csv", "out").rows == 1
    monkeypatch.chdir(repository)
    assert ml.data.from_dvc("outd", "folder").files == 1
    with pytest.raises(UsageError, match="names no output 'nothing'"):
        ml.data.from_dvc(repository / "nothing", "x")
    with pytest.raises(RecordError, match=r"no dvc\.lock names"):
        ml.data.from_dvc(repository / "out.csv", "out", rev="first")


@pytest.mark.parametrize("rev", ["nothing", "-x", "", "HEAD~99", "first:data"])
def test_a_revision_that_is_not_there(repository: Path, rev: str) -> None:
    with pytest.raises(UsageError, match="git knows no revision"):
        ml.data.from_dvc(repository / "data" / "train.csv", "x", rev=rev)


def test_a_revision_without_a_repository(old: Path) -> None:
    with pytest.raises(UsageError, match="git knows no revision"):
        ml.data.from_dvc(old / "train.csv", "x", rev="HEAD")


def test_the_cache_of_an_older_dvc(old: Path) -> None:
    assert ml.data.from_dvc(old / "images", "images").files == 2
    ml.data.from_dvc(old / "train.csv", "train")
    assert ml.data.load("train").read_bytes() == b"id,v\r\n1,2\r\n"


@pytest.mark.parametrize("name", ["config", "config.local"])
def test_a_cache_in_another_place(repository: Path, tmp_path: Path, name: str) -> None:
    (repository / ".dvc" / "cache").rename(tmp_path / "shared")
    (repository / ".dvc" / name).write_text("['remote \"x\"']\n    url = s3://b\n[cache]\n    dir = ../../shared\n")
    assert ml.data.from_dvc(repository / "data" / "train.csv", "train").rows == 2


@pytest.mark.parametrize("what", ["gone", "damaged"])
@pytest.mark.parametrize("name", ["train.csv", "some images"])
def test_what_the_cache_does_not_have_whole_is_said(repository: Path, what: str, name: str) -> None:
    for path in objects(repository):
        if what == "gone":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RecordError, match=r"damaged: .*[^\0]*dvc pull" if what == "damaged" else "dvc pull"):
        ml.data.from_dvc(repository / "data" / name, "x")
    assert ml.data.list().rows == ()


def test_a_folder_of_which_one_file_is_gone_is_not_taken_in_part(repository: Path) -> None:
    (one,) = [path for path in objects(repository) if path.read_bytes() == b"b\n"]
    one.unlink()
    with pytest.raises(RecordError, match="dvc pull"):
        ml.data.from_dvc(repository / "data" / "some images", "x")
    assert ml.data.list().rows == ()


@pytest.mark.parametrize(
    "text",
    ["outs:\n- path: x\n", "", "- 1\n", "outs: 5\n", "{", "outs:\n- md5: ../../etc\n  path: x\n", "\0"],
)
def test_what_is_no_file_of_dvc(repository: Path, text: str) -> None:
    (repository / "bad.dvc").write_text(text)
    with pytest.raises(MLError, match=r"by md5|no file of DVC") as caught:
        ml.data.from_dvc(repository / "bad.dvc", "x")
    assert caught.value.hint


def test_what_is_not_there(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be read"):
        ml.data.from_dvc(tmp_path / "none.dvc", "x")
    shutil.rmtree(repository / ".dvc")
    with pytest.raises(UsageError, match=r"no \.dvc folder"):
        ml.data.from_dvc(repository / "data" / "train.csv", "x")


@pytest.mark.parametrize(
    "listing",
    [
        [{"md5": "0" * 32, "relpath": "../../evil"}],
        [{"md5": "0" * 32, "relpath": "/evil"}],
        [{"md5": "../../../../etc/passwd", "relpath": "a"}],
        [{"relpath": "a"}],
        {"a": 1},
    ],
)
def test_a_listing_that_leads_elsewhere_is_refused(old: Path, listing: object) -> None:
    data = json.dumps(listing).encode()
    digest = hashlib.md5(data).hexdigest()
    path = old / ".dvc" / "cache" / digest[:2] / f"{digest[2:]}.dir"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    (old / "evil.dvc").write_text(f"outs:\n- md5: {digest}.dir\n  path: evil\n")
    with pytest.raises(RecordError, match=r"outside|not known"):
        ml.data.from_dvc(old / "evil.dvc", "x")
    assert ml.data.list().rows == ()


def test_the_frame_is_the_same_as_read_by_hand(repository: Path) -> None:
    ml.data.from_dvc(repository / "data" / "train.csv", "train")
    pd.testing.assert_frame_equal(
        ml.data.load("train", as_="pandas"), pd.DataFrame({"id": [1, 3], "v": [2, 4]}), check_dtype=False
    )
