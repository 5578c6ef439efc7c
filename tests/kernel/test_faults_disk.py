"""Full disks, read-only folders, things deleted and replaced under a running session: the code goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbmlops.storage.store import Store
from tests.unit.storage.processes import finish, heard, run, start, tell
from tests.unit.storage.stores import begin, log, new_store, rows, values, wait_for, write

# Logs whenever it is told to, and says how far it is; what is wrong shows in its notices only.
LOGGER = """
import nbmlops as ml
from nbmlops.storage import session
run = ml.begin("user", params={"a": 1})
ml.log(loss=0.0)
ml.sql("SELECT 1")
say(run.id)
i = 1
while (order := wait().strip()) != "end":
    for _ in range(int(order)):
        ml.log(loss=float(i)); i += 1
    if len(sys.argv) > 1 and sys.argv[1] == "blobs":
        ml.log(text="x" * 50_000 + str(i))
    if len(sys.argv) > 1 and sys.argv[1] == "ingest":
        session.current().ingest_soon()
    say(i)
ml.end()
"""


def points(store: Path) -> list[float]:
    return [row[0] for row in rows(Store(store), "SELECT value FROM metrics ORDER BY step")]


def goes_on(logger: subprocess.Popen[str], count: int) -> int:
    """The user's code runs on."""
    tell(logger, str(count))
    return int(heard(logger))


def settles(condition: object) -> None:
    wait_for(condition)  # type: ignore[arg-type]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, text=True
    ) if os.geteuid() == 0 and shutil.which("mount") else None  # fmt: skip
    if done is None or done.returncode:
        pytest.skip("no right to mount a small file system (root in a container with CAP_SYS_ADMIN)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk(small_disk: Path) -> None:
    path = small_disk / "mlops.duckdb"
    logger = start(LOGGER, path)
    heard(logger)
    goes_on(logger, 100)
    ballast = small_disk / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    assert goes_on(logger, 3000) == 3101, "more than the last block of the journal holds"
    ballast.unlink()
    journal = next((small_disk / ".nbmlops" / "mlops" / "journal").glob("*.jsonl"))
    settles(lambda: b'"s":3100,' in journal.read_bytes())
    tell(logger, "end")
    _, notices = finish(logger)
    assert len(notices) == 1, notices
    assert notices[0].startswith("records are not being kept on disk: cannot write")
    assert "No space left" in notices[0] and "Free space" in notices[0]
    assert points(path) == [float(i) for i in range(3101)]


LIMITED = """
import resource
from nbmlops.config import settings
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
settings().ingest_every_s = 3600.0
""" + LOGGER.replace(
    "say(run.id)",
    """say(run.id)
session.current().store.ingest(wait=10)
resource.setrlimit(resource.RLIMIT_FSIZE, (session.current().writer.journal.written + 2000, resource.RLIM_INFINITY))""",
).replace("ml.end()", "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\nml.end()")


def test_a_quota_that_ends_in_the_middle_of_a_record(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    logger = start(LIMITED, path)
    heard(logger)
    goes_on(logger, 200)
    tell(logger, "end")
    _, notices = finish(logger)
    assert len(notices) == 1 and notices[0].startswith("records are not being kept on disk"), notices
    assert points(path) == [float(i) for i in range(201)], "held in memory and written at the end"


def test_blobs_on_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "mlops.duckdb"
    logger = start(LOGGER, path, "blobs")
    heard(logger)
    for _ in range(100):
        goes_on(logger, 1)
    for blob in (small_disk / ".nbmlops" / "mlops" / "blobs").glob("*/*"):
        blob.unlink()
    tell(logger, "end")
    _, notices = finish(logger)
    assert 1 <= len(notices) <= 2, notices
    assert any("figures and files are not being kept" in text for text in notices)
    assert len(points(path)) == 101


@pytest.fixture
def closed_folder(small_disk: Path) -> Path:
    """A folder that nobody can write into, not even root."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    return small_disk


def test_a_folder_that_was_never_writable(closed_folder: Path) -> None:
    logger = start(LOGGER.replace('ml.sql("SELECT 1")', ""), closed_folder / "mlops.duckdb")
    heard(logger)
    assert goes_on(logger, 50) == 51
    tell(logger, "end")
    _, notices = finish(logger)
    assert "records are not being kept on disk: cannot write" in notices[0]
    assert "Read-only file system" in notices[0]
    assert ["could not be kept on disk and are lost" in text for text in notices[1:]] == [True]
    assert list(closed_folder.iterdir()) == []


def test_a_store_in_a_folder_that_became_read_only_can_still_be_read(small_disk: Path) -> None:
    """A colleague's share, an archive: what is in the file is shown."""
    store = new_store(small_disk)
    write(store, [begin(), log(1)])
    store.ingest(wait=5, budget_s=30)
    before = store.path.read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert values(Store(store.path)) == [(1.0, 0.5)]
    assert store.path.read_bytes() == before


def test_the_state_folder_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    logger = start(LOGGER, path)
    run_id = heard(logger)
    goes_on(logger, 100)
    shutil.rmtree(tmp_path / ".nbmlops")
    assert goes_on(logger, 100) == 201
    state = Store(path).state
    settles(lambda: list((state / "journal").glob("*.jsonl")))
    goes_on(logger, 100)
    tell(logger, "end")
    _, notices = finish(logger)
    assert len(notices) == 1, notices
    assert notices[0].startswith(f"{state} was deleted or changed by another program")
    assert points(path) == [float(i) for i in range(301)], "also what was logged before the folder was back"
    assert rows(Store(path), "SELECT run_id, status FROM runs") == [(run_id, "finished")]


def test_the_store_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    logger = start(LOGGER, path, "ingest")
    heard(logger)
    goes_on(logger, 100)
    path.unlink()
    assert goes_on(logger, 100) == 201
    settles(path.exists)
    tell(logger, "end")
    _, notices = finish(logger)
    assert len(notices) == 1, notices
    assert notices[0].startswith(f"{path} was deleted; a new one was made from the journals")
    assert points(path) == [float(i) for i in range(201)]


def test_store_and_state_are_deleted(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    logger = start(LOGGER, path, "ingest")
    heard(logger)
    goes_on(logger, 100)
    shutil.rmtree(tmp_path / ".nbmlops")
    path.unlink()
    settles(lambda: list((Store(path).state / "journal").glob("*.jsonl")))
    goes_on(logger, 100)
    tell(logger, "end")
    _, notices = finish(logger)
    assert 1 <= len(notices) <= 2, notices
    assert points(path) == [float(i) for i in range(201)]
    assert not any("replaced" in text for text in notices)


def test_the_store_is_replaced_and_put_back(tmp_path: Path) -> None:
    """Each store has what was logged, once, whichever of them was there meanwhile."""
    path = tmp_path / "mlops.duckdb"
    (tmp_path / "other").mkdir()
    other = new_store(tmp_path / "other")
    logger = start(LOGGER, path, "ingest")
    heard(logger)
    goes_on(logger, 100)
    settles(lambda: len(points(path)) == 101)
    kept = tmp_path / "kept.duckdb"
    path.rename(kept)
    other.path.rename(path)
    goes_on(logger, 100)
    settles(lambda: len(points(path)) == 201)
    path.rename(other.path)
    kept.rename(path)
    goes_on(logger, 100)
    tell(logger, "end")
    _, notices = finish(logger)
    assert points(path) == [float(i) for i in range(301)]
    assert [text for text in notices if "was replaced by another store" not in text] == []
    assert 1 <= len(notices) <= 2, "once for each store"


def test_a_stranger_takes_the_stores_place(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    logger = start(LOGGER, path, "ingest")
    heard(logger)
    goes_on(logger, 10)
    settles(lambda: len(points(path)) == 11)
    kept = tmp_path / "kept.duckdb"
    path.rename(kept)
    path.write_text("not a database at all")
    goes_on(logger, 10)
    goes_on(logger, 10)
    tell(logger, "end")
    _, notices = finish(logger)
    assert len(notices) == 1, notices
    assert f"{path} is no longer a DuckDB file" in notices[0]
    assert path.read_text() == "not a database at all"
    kept.rename(path)
    assert points(path) == [float(i) for i in range(31)]


def test_a_store_without_its_state_folder_that_somebody_holds(tmp_path: Path) -> None:
    """Nobody can ask the file for its id; a kill -9 before anybody could loses nothing either."""
    store = new_store(tmp_path)
    shutil.rmtree(tmp_path / ".nbmlops")
    code = """
import duckdb, nbmlops as ml
con = duckdb.connect(sys.argv[1])
with ml.run("a"):
    for i in range(10): ml.log(loss=float(i))
    sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    with start(code, store.path, str(store.path)) as victim:
        assert victim.stdin is not None and victim.stderr is not None
        victim.stdin.close()
        assert victim.stderr.read() == ""
    assert points(store.path) == [float(i) for i in range(10)]
    out, notices = run(
        "import nbmlops as ml\nwith ml.run('b'): ml.log(loss=99.0)\nprint(len(ml.sql('FROM metrics')))", store.path
    )
    assert (out, notices) == ("11\n", [])
