"""Versions in other places: folders, fsspec's memory, and an S3 server over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import remote_places, remote_refs, remotes
from nbmlops.errors import MLError, RecordError, StoreUnwritable
from nbmlops.storage import session
from tests.unit.data.remote_parts import back, blobs, breaking, elsewhere, frame

pytestmark = pytest.mark.usefixtures("store")

KEYS = {
    "AWS_ACCESS_KEY_ID": "anybody",
    "AWS_SECRET_ACCESS_KEY": "a-secret-key",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server on this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A new bucket, reached by what the environment says."""
    import boto3
    import s3fs

    for name, value in {**KEYS, "AWS_ENDPOINT_URL": s3}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)  # a server that is gone is not asked five times
    s3fs.S3FileSystem.clear_instance_cache()
    name = "b-" + "".join(char for char in tmp_path.name.lower() if char.isalnum())[-40:]
    boto3.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture(params=["folder", "file", "memory", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place of every kind, with nothing in it."""
    if request.param == "s3":
        return f"s3://{request.getfixturevalue('bucket')}/some/where"
    return {
        "folder": str(tmp_path / "remote"), "file": f"file://{tmp_path}/remote", "memory": f"memory://{tmp_path.name}"
    }[request.param]  # fmt: skip


def test_versions_go_elsewhere_and_come_back(url: str, tmp_path: Path) -> None:
    ml.data.save(frame(3), "train", message="first", key="id")
    ml.data.save(frame(4), "train")
    ml.data.tag("train@v1", "gold")
    first = ml.data.push("train", url)
    assert (first.versions, first.there) == (2, 0)
    again = ml.data.push("train", url)
    assert (again.blobs, again.size_bytes, again.there) == (0, 0, first.blobs)
    ml.data.save(frame(4).assign(more=1), "train")
    assert ml.data.push("train", url).blobs == 2  # one column, and what the version is
    elsewhere(tmp_path)
    assert ml.data.pull("train", url).versions == 3
    assert ml.data.pull("train", url).versions == 0
    pd.testing.assert_frame_equal(ml.data.load("train@gold"), frame(3))
    pd.testing.assert_frame_equal(ml.data.load("train~1"), frame(4))
    page = ml.data.show("train@v1")
    assert page.version.message == "first"
    assert page.df()["column"].tolist() == ["id", "name"]
    assert ml.data.diff("train@v1", "train@v2").summary["key"] == ["id"]
    assert ml.data.verify()


def test_files_go_elsewhere_and_come_back(url: str, tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "large.bin").write_bytes(os.urandom(3 << 20))
    (root / "empty").touch()
    ml.data.save(root, "files")
    ml.data.push("files", url)
    elsewhere(tmp_path)
    ml.data.pull("files", url)
    found = ml.data.load("files")
    assert (found / "sub" / "large.bin").read_bytes() == (root / "sub" / "large.bin").read_bytes()
    assert (found / "empty").read_bytes() == b""


@pytest.mark.parametrize("allowed", range(6))
def test_a_remote_that_fails_in_the_middle_is_gone_on_with(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    ml.data.save(frame(3), "train")  # two columns, the manifest, the version, the branch: five that move
    with monkeypatch.context() as patched:
        breaking(patched, allowed)
        if allowed < 5:
            with pytest.raises(RecordError, match=r"connection reset by peer\nhint: run it again"):
                ml.data.push("train", url)
        else:
            ml.data.push("train", url)
    if allowed < 4:
        assert remotes.at(url).list("data/train") == []
    assert ml.data.push("train", url).there == min(allowed, 3)
    here = elsewhere(tmp_path)
    with monkeypatch.context() as patched:
        breaking(patched, allowed)
        if allowed < 3:
            with pytest.raises(RecordError, match="connection reset by peer"):
                ml.data.pull("train", url)
            assert ml.data.list().rows == ()
            assert not [path for path in blobs(here) if path.suffix == ".tmp"]
        else:
            ml.data.pull("train", url)
    assert ml.data.pull("train", url).blobs == max(3 - allowed, 0)
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(3))
    assert ml.data.verify()


def test_a_server_that_goes_away_and_comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import boto3
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    s3fs.S3FileSystem.clear_instance_cache()
    boto3.client("s3").create_bucket(Bucket="goes-away")
    ml.data.save(frame(3), "train")
    real = remote_places.System.write
    calls = []

    def stopping(self: Any, name: str, data: bytes) -> None:
        calls.append(name)
        server.stop()
        real(self, name, data)

    with monkeypatch.context() as patched:
        patched.setattr(remote_places.System, "write", stopping)
        with pytest.raises(RecordError, match="the remote failed") as caught:
            ml.data.push("train", "s3://goes-away/x")
    assert calls
    assert "a-secret-key" not in str(caught.value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        s3fs.S3FileSystem.clear_instance_cache()
        assert ml.data.push("train", "s3://goes-away/x").there == 3
        elsewhere(tmp_path)
        ml.data.pull("train", "s3://goes-away/x")
        pd.testing.assert_frame_equal(ml.data.load("train"), frame(3))
    finally:
        server.stop()


def test_credentials_and_endpoint_are_given_and_kept_nowhere(
    s3: str, bucket: str, monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    options = {"key": "anybody", "secret": "very-secret-words", "endpoint_url": s3}
    for name in KEYS:
        if name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    ml.data.save(frame(3), "train")
    assert ml.data.push("train", f"s3://{bucket}/x", storage_options=options).versions == 1
    assert ml.data.pull("train", f"s3://{bucket}/x", storage_options=options).versions == 0
    session.close()
    kept = [path for path in store.parent.rglob("*") if path.is_file()]
    assert len(kept) > 3
    for word in (b"very-secret-words", bucket.encode(), s3.encode()):
        assert not [path for path in kept if word in path.read_bytes()]
    with pytest.raises(MLError, match="nonsense"):
        ml.data.push("train", f"s3://{bucket}/x", storage_options={"nonsense": object()})


def test_a_bucket_that_is_not_there_is_said_and_not_made(bucket: str) -> None:
    import boto3

    ml.data.save(frame(3), "train")
    with pytest.raises(MLError, match=r"the remote failed: .*bucket"):
        ml.data.push("train", f"s3://{bucket}-other/x")
    assert f"{bucket}-other" not in {each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]}
    with pytest.raises(MLError):
        ml.data.pull("train", f"s3://{bucket}-other/x")


@pytest.mark.parametrize("what", ["other bytes", "half of them", "gone"])
def test_a_damaged_value_of_the_remote_is_noticed(url: str, tmp_path: Path, what: str, store: Path) -> None:
    ml.data.save(frame(3), "train")
    ml.data.push("train", url)
    (victim,) = [path for path in blobs(store) if b"n1" in path.read_bytes() and path.read_bytes()[:4] == b"PAR1"]
    remote: Any = remotes.at(url)
    name = f"blobs/{victim.name[:2]}/{victim.name}"
    data = victim.read_bytes()
    if what == "gone":
        if isinstance(remote, remote_places.Folder):
            (remote._root / name).unlink()
        else:
            remote._system.rm_file(f"{remote._root}/{name}")
    else:
        remote.write(name, data[:-1] + b"?" if what == "other bytes" else data[: len(data) // 2])
    elsewhere(tmp_path)
    with pytest.raises(RecordError, match="gone from the remote" if what == "gone" else "of the remote is damaged"):
        ml.data.pull("train", url)
    assert ml.data.list().rows == ()
    back(store)
    if what != "other bytes":  # of that length it cannot be told without reading it
        assert ml.data.push("train", url).blobs == 1
        elsewhere(tmp_path)
        assert ml.data.pull("train", url).versions == 1
        pd.testing.assert_frame_equal(ml.data.load("train"), frame(3))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"dataset": "train"', '"dataset": "other"'),
        lambda text: text.replace('"mode": "keep"', '"mode": "all"'),
        lambda text: json.dumps({**json.loads(text), "blobs": ["../../../../evil"]}),
        lambda text: json.dumps({**json.loads(text), "profiles": [[1]]}),
    ],
)
def test_what_a_remote_says_of_a_version_is_looked_at(tmp_path: Path, change: Callable[[str], str]) -> None:
    ml.data.save(frame(3), "train")
    ml.data.push("train", tmp_path / "remote")
    (file,) = (tmp_path / "remote" / "data" / "train").iterdir()
    file.write_text(change(file.read_text()))
    elsewhere(tmp_path)
    with pytest.raises(RecordError, match="damaged; nothing of that version was taken"):
        ml.data.pull("train", tmp_path / "remote")
    assert ml.data.list().rows == ()


def test_what_a_newer_version_pushed_is_refused(tmp_path: Path) -> None:
    ml.data.save(frame(3), "train")
    ml.data.push("train", tmp_path / "remote")
    (file,) = (tmp_path / "remote" / "data" / "train").iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    elsewhere(tmp_path)
    with pytest.raises(RecordError, match="newer nbmlops"):
        ml.data.pull("train", tmp_path / "remote")


def test_one_version_alone_is_pushed_with_what_it_needs(tmp_path: Path) -> None:
    before = pd.DataFrame({"id": range(600_000), "v": 0.5, "w": 1.5})
    after = before.copy()
    after.loc[::50_000, ["v", "w"]] = 7.0
    ml.data.save(before, "train", key="id")
    assert ml.data.save(after, "train").new_bytes < 10_000
    ml.data.push("train@v2", tmp_path / "remote")
    elsewhere(tmp_path)
    ml.data.pull("train", tmp_path / "remote")
    pd.testing.assert_frame_equal(ml.data.load("train@v1"), after)


def test_a_damaged_value_here_is_not_pushed(tmp_path: Path, store: Path) -> None:
    ml.data.save(frame(3), "train")
    victim = next(path for path in blobs(store) if path.read_bytes()[:4] == b"PAR1")
    victim.write_bytes(b"else")
    with pytest.raises(RecordError, match="is damaged here"):
        ml.data.push("train", tmp_path / "remote")
    assert not (tmp_path / "remote" / "data").exists()


def test_pulling_brings_back_what_is_missing_or_damaged(store: Path, tmp_path: Path) -> None:
    ml.data.save(frame(3), "train")
    ml.data.push("train", tmp_path / "remote")
    first, second, third = blobs(store)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1] + b"?")
    third.write_bytes(b"")
    assert not ml.data.verify()
    assert ml.data.pull("train", tmp_path / "remote").blobs == 3
    assert ml.data.verify()
    pd.testing.assert_frame_equal(ml.data.load("train"), frame(3))


def test_pulling_brings_back_what_was_collected(tmp_path: Path, store: Path) -> None:
    import shutil

    for rows in (1, 2, 3):
        ml.data.save(frame(rows), "train")
    ml.data.push("train", tmp_path / "remote")
    ml.data.gc(keep=1, dry_run=False)
    shutil.rmtree(store.parent / ".nbmlops" / "mlops" / "trash")
    with pytest.raises(RecordError, match="were collected"):
        ml.data.load("train@v2")
    ml.data.push("train", tmp_path / "remote")  # takes nothing away from the remote
    assert ml.data.pull("train", tmp_path / "remote").versions == 2
    for rows in (1, 2, 3):
        pd.testing.assert_frame_equal(ml.data.load(f"train@v{rows}"), frame(rows))
    assert ml.data.verify()
    ml.data.gc(keep=1, dry_run=False)
    with pytest.raises(RecordError, match="were collected"):
        ml.data.load("train@v2")
    elsewhere(tmp_path)
    ml.data.pull("train", tmp_path / "remote")
    pd.testing.assert_frame_equal(ml.data.load("train@v2"), frame(2))


def test_what_was_collected_before_it_was_pushed_is_known_as_that(tmp_path: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.gc(keep=1, dry_run=False)
    ml.data.push("train", tmp_path / "remote")
    elsewhere(tmp_path)
    ml.data.pull("train", tmp_path / "remote")
    with pytest.raises(RecordError, match="were collected"):
        ml.data.load("train@v1")
    assert len(ml.data.show("train@v1").df()) == 2
    assert ml.data.verify()


def test_a_full_disk_here_is_not_the_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    ml.data.save(frame(3), "train")
    ml.data.push("train", tmp_path / "remote")
    here = elsewhere(tmp_path)

    def full(self: Any, name: str, file: Path) -> None:
        file.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(remote_places.Folder, "get", full)
        with pytest.raises(StoreUnwritable, match="No space left"):
            ml.data.pull("train", tmp_path / "remote")
    assert blobs(here) == []
    assert ml.data.list().rows == ()
    assert ml.data.pull("train", tmp_path / "remote").versions == 1


# -- tags and branches


def test_a_branch_that_went_on_differently_stays(url: str, tmp_path: Path, store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.push("train", url)
    elsewhere(tmp_path)
    ml.data.pull("train", url)
    ml.data.save(frame(2), "train")
    ml.data.push("train", url)
    back(store)
    ml.data.save(frame(3), "train")
    with pytest.raises(RecordError, match=r"'main' went on differently at the remote[^\0]*main-pulled"):
        ml.data.push("train", url)
    assert "main-pulled" in str(ml.data.pull("train", url))
    assert len(ml.data.load("train")) == 3
    assert len(ml.data.load("train@main-pulled")) == 2
    ml.data.push("train@main", url, force=True)
    elsewhere(tmp_path)
    ml.data.pull("train", url)
    assert len(ml.data.load("train")) == 2
    assert len(ml.data.load("train@main-pulled")) == 3


def test_refs_follow_also_where_the_versions_are_known(url: str, tmp_path: Path, store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.push("train", url)
    elsewhere(tmp_path)
    ml.data.pull("train", url)
    back(store)
    ml.data.tag("train@v1", "gold")
    ml.data.branch("train@v1", "trial")
    ml.data.push("train", url)
    ml.data.save(frame(3), "train", branch="trial")
    elsewhere(tmp_path)
    ml.data.pull("train", url)
    assert (len(ml.data.load("train@gold")), len(ml.data.load("train@trial"))) == (1, 1)
    ml.data.save(frame(4), "train")
    back(store)
    ml.data.push("train", url)
    elsewhere(tmp_path)
    assert ml.data.pull("train", url).note == ""
    assert len(ml.data.load("train@trial")) == 3
    assert len(ml.data.load("train")) == 4  # ours is further
    ml.data.push("train", url)
    back(store)
    ml.data.push("train", url)  # theirs is further: it stays
    ml.data.pull("train", url)
    assert len(ml.data.load("train")) == 4


def test_tags_do_not_move(tmp_path: Path, store: Path) -> None:
    url = tmp_path / "remote"
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.tag("train@v1", "gold")
    ml.data.push("train", url)
    elsewhere(tmp_path)
    ml.data.pull("train", url)
    ml.data.tag("train@v1", "gold", remove=True)
    ml.data.tag("train@v2", "gold")
    with pytest.raises(RecordError, match="the tag 'gold' of the remote is at another version"):
        ml.data.push("train", url)
    assert "gold-pulled" in str(ml.data.pull("train", url))
    assert (len(ml.data.load("train@gold")), len(ml.data.load("train@gold-pulled"))) == (2, 1)
    ml.data.push("train", url, force=True)
    assert remote_refs.refs_of(remotes.at(url), "train")["gold"].number == 2


def test_of_two_who_move_a_branch_at_once_one_is_told(url: str, tmp_path: Path, store: Path) -> None:
    ml.data.save(frame(1), "train")
    ml.data.push("train", url)
    elsewhere(tmp_path)
    ml.data.pull("train", url)
    theirs = ml.data.save(frame(2), "train")
    ml.data.push("train@v2", url)
    back(store)
    mine = ml.data.save(frame(3), "train")
    remote = remotes.at(url)
    stale = remote_refs.RemoteRef("main", "branch", ml.data.show("train@v1").version.id, 1)
    parents = {mine.id: [stale.version], theirs.id: [stale.version], stale.version: []}.__getitem__
    with pytest.raises(RecordError, match="went on differently"):  # what was read is old by now
        remote_refs.move(remote, "train", ("main", "branch", mine.id), stale, parents, force=False)
    assert remote_refs.refs_of(remote, "train")["main"].version == theirs.id
    after = {mine.id: [theirs.id], theirs.id: [stale.version], stale.version: []}.__getitem__
    assert remote_refs.move(remote, "train", ("main", "branch", mine.id), stale, after, force=False)
    assert remote_refs.refs_of(remote, "train")["main"] == remote_refs.RemoteRef("main", "branch", mine.id, 3)


PUSHES = """
import sys, pandas as pd, nbmlops as ml
from nbmlops.errors import RecordError
version = ml.data.save(pd.DataFrame({"n": [sys.argv[1]]}), "train")
print(version.id, flush=True)
sys.stdin.readline()
try:
    ml.data.push("train", sys.argv[2])
    print("pushed")
except RecordError as error:
    print("refused", error.message)
"""


def test_of_several_processes_that_push_a_branch_at_once_one_has_it(tmp_path: Path) -> None:
    url = tmp_path / "remote"
    ours = []
    for name in "abc":
        (tmp_path / name).mkdir()
        line = [sys.executable, "-c", PUSHES, name, str(url)]
        env = {**os.environ, "NBMLOPS_STORE": str(tmp_path / name / "mlops.duckdb")}
        ours.append(subprocess.Popen(line, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env))
    ids = []
    for process in ours:
        assert process.stdout is not None
        ids.append(process.stdout.readline().strip())
    for process in ours:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0].strip() for process in ours]
    (winner,) = [at for at, text in enumerate(said) if text == "pushed"]
    assert sum("went on differently" in text for text in said) == 2
    refs = remote_refs.refs_of(remotes.at(url), "train")
    assert refs["main"].version == ids[winner]
    assert refs["main"].number == 1
    elsewhere(tmp_path)
    assert ml.data.pull("train", url).versions == 3  # what the others pushed is there all the same
    assert ml.data.verify()
    assert not list(url.rglob("*.tmp"))


# -- what is said
