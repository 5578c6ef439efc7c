"""Files that are no store, or no longer one: a clear error, the file untouched, and what doctor makes of it."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import duckdb
import pytest

from nbmlops.errors import StoreCorrupt, StoreError, StoreForeign, UsageError
from nbmlops.storage import doctor, journal
from nbmlops.storage.layout import Layout
from nbmlops.storage.store import Store
from tests.unit.storage.stores import RUN, begin, line, log, new_store, rows, values, write


def full_store(folder: Path, points: int = 5000) -> Store:
    store = new_store(folder)
    write(store, [begin(), *(log(i, i / 7) for i in range(points))])
    store.ingest(wait=5, budget_s=30)
    return store


def refused(path: Path, kind: type[StoreError]) -> StoreError:
    """The error of a read; the file stays what it was, with its mode."""
    before = (path.read_bytes(), os.stat(path).st_mode)
    with pytest.raises(kind) as error:
        Store(path).read(lambda con: con.execute("SELECT count(*) FROM metrics").fetchone())
    assert (path.read_bytes(), os.stat(path).st_mode) == before
    assert not path.with_name(f"{path.name}.wal").exists()
    text = str(error.value)
    assert len(text.splitlines()) == 2 and text.splitlines()[1].startswith("hint: ")
    assert str(path) in text
    return error.value


def damage(path: Path, offsets: list[int]) -> None:
    dice = random.Random(3)
    with open(path, "r+b") as file:
        for offset in offsets:
            file.seek(offset)
            file.write(dice.randbytes(64))


@pytest.mark.parametrize("offset", [0, 8, 4096, 8192], ids=["magic", "version", "first header", "second header"])
def test_a_damaged_header(tmp_path: Path, offset: int) -> None:
    store = full_store(tmp_path)
    damage(store.path, [0, 4096, 8192] if offset == 0 else [4096, 8192] if offset >= 4096 else [offset])
    error = refused(store.path, StoreError)
    assert isinstance(error, StoreCorrupt) or "newer" in error.message or "version" in error.message
    report = doctor.examine(store.path)
    assert not report.is_healthy and error.message in str(report)


def test_a_damaged_middle_is_named_and_rebuilt(tmp_path: Path) -> None:
    store = full_store(tmp_path)
    size = store.path.stat().st_size
    damage(store.path, list(range(12_288 + 100, size, 32_768)))
    error = refused(store.path, StoreCorrupt)
    assert f"nbmlops doctor --rebuild {store.path.name}" in error.hint
    report = doctor.examine(store.path)
    assert not report.is_healthy
    done = doctor.rebuild(store.path)
    assert done.aside is not None and done.aside.stat().st_size == size
    assert done.runs == 1
    assert values(Store(store.path)) == [(float(i), i / 7) for i in range(5000)]
    assert doctor.examine(store.path).is_healthy


def test_a_file_cut_in_half(tmp_path: Path) -> None:
    store = full_store(tmp_path)
    os.truncate(store.path, store.path.stat().st_size // 2)
    assert not doctor.examine(store.path).is_healthy
    doctor.rebuild(store.path)
    assert len(values(Store(store.path))) == 5000


@pytest.mark.parametrize("content", [b"hello", b"hello\n" * 5000, b"\0" * 100_000, b"SQLite format 3\0" * 1000])
def test_not_a_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mlops.duckdb"
    path.write_bytes(content)
    os.chmod(path, 0o644)
    assert "is not a DuckDB file" in refused(path, StoreCorrupt).message
    assert "is not a DuckDB file" in str(doctor.examine(path))


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "mlops.duckdb").mkdir()
    with pytest.raises(StoreError) as error:
        Store(tmp_path / "mlops.duckdb").read(lambda con: None)
    assert error.value.hint


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "mlops.duckdb"
    path.touch()
    store = Store(path)
    store.read(lambda con: None)
    write(store, [begin(), log(1)])
    assert values(store) == [(1.0, 0.5)]


@pytest.mark.parametrize(
    "make", ["CREATE TABLE mine AS SELECT 1 AS a", "CREATE VIEW mine AS SELECT 1 AS a", "CREATE TABLE runs (a INT)"]
)
def test_a_strangers_database(tmp_path: Path, make: str) -> None:
    path = tmp_path / "mlops.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(make)
    os.chmod(path, 0o644)
    error = refused(path, StoreForeign)
    assert "none of nbmlops" in error.message and "NBMLOPS_STORE" in error.hint
    assert "none of nbmlops" in str(doctor.examine(path))


def test_an_empty_duckdb_file_becomes_a_store(tmp_path: Path) -> None:
    """Whatever storage version and block size the other program chose."""
    path = tmp_path / "mlops.duckdb"
    duckdb.connect(str(path)).close()
    store = Store(path)
    store.read(lambda con: None)
    write(store, [begin(), log(1)])
    assert values(store) == [(1.0, 0.5)]


def test_a_store_with_a_table_of_the_users_own(tmp_path: Path) -> None:
    store = full_store(tmp_path, 3)
    with duckdb.connect(str(store.path)) as con:
        con.execute("CREATE TABLE notes AS SELECT 'mine' AS text")
    write(store, [log(9)], "s2")
    assert len(values(store)) == 4
    assert rows(store, "FROM notes") == [("mine",)]


def test_our_tables_without_an_id(tmp_path: Path) -> None:
    store = full_store(tmp_path, 3)
    with duckdb.connect(str(store.path)) as con:
        con.execute("DELETE FROM _nbm.meta WHERE key = 'store_id'")
        con.execute("UPDATE _nbm.meta SET value = 'other' WHERE key = 'schema'")
    assert "no store id" in refused(store.path, StoreCorrupt).message


def test_two_stores_in_one_folder(tmp_path: Path) -> None:
    one, two = new_store(tmp_path, "one.duckdb"), new_store(tmp_path, "two.duckdb")
    three = new_store(tmp_path, "one.db")
    assert len({store.state for store in (one, two, three)}) == 3
    for number, store in enumerate((one, two, three)):
        write(store, [begin(), log(number)])
    for number, store in enumerate((one, two, three)):
        assert values(store) == [(float(number), 0.5)]
    assert "two.duckdb" in str(doctor.examine(one.path))


def test_the_error_is_the_files_not_the_folders(tmp_path: Path) -> None:
    """Words in a path are no symptoms."""
    folder = tmp_path / "corrupt checksum permission denied internal error newer version"
    folder.mkdir()
    store = full_store(folder, 3)
    with pytest.raises(duckdb.CatalogException):
        store.read(lambda con: con.execute("FROM nothing"))
    assert len(values(store)) == 3


# -- what doctor names


def test_doctor_names_each_piece(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    journals = store.layout.journals
    garbage = write(store, [begin(), b"garbage\n", log(1)], "s1")
    store.ingest(wait=5, budget_s=60)
    foreign = write(store, [log(2)], "s2", store_id="another-store-0000")
    newer = write(store, [log(3)], "s3", version=9)
    waiting = write(store, [log(4), line("future.thing", {}, 1), log(5)], "s4")
    store.ingest(wait=5, budget_s=60)
    (journals / "s5-x.jsonl").write_bytes(b"no header")
    sha256 = store.blobs.put_bytes(b"x" * 50_000)
    write(store, [line("tracking.artifact", {"run": RUN, "path": "a", "sha256": sha256, "size": 50_000}, 9)], "s6")
    store.ingest(wait=5, budget_s=60)
    store.blobs.path(sha256).unlink()
    text = str(doctor.examine(store.path))
    assert "7 bytes of journal " + garbage.name.removesuffix(journal.SUFFIX) in text
    assert f"{foreign} belongs to another store (another-store-0000" in text
    assert f"{newer} was written by a newer nbmlops" in text
    assert f"{waiting} waits at byte" in text and "record future.thing, version 1" in text
    assert f"{journals / 's5-x.jsonl'} has no readable header" in text
    assert "1 large values are named by records and gone" in text
    assert text.count("  ! ") == 6


def test_doctor_names_a_journal_that_was_cut(tmp_path: Path) -> None:
    from nbmlops.storage.liveness import Presence

    store = new_store(tmp_path)
    presence = Presence(store.layout, "s1")
    path = write(store, [begin(), *(log(i) for i in range(50))])
    store.ingest(wait=5, budget_s=60)
    os.truncate(path, 500)
    assert f"{path} was cut short: 500 bytes are left of" in str(doctor.examine(store.path))
    presence.release()


def test_doctor_finds_nothing_wrong_and_changes_nothing(tmp_path: Path) -> None:
    store = full_store(tmp_path)
    before = store.path.read_bytes()
    report = doctor.examine(store.path)
    assert report.is_healthy and "1 runs" in str(report) and "5,000 points" in str(report)
    assert store.path.read_bytes() == before
    with pytest.raises(UsageError):
        doctor.examine(tmp_path / "none.duckdb")


def test_doctor_names_a_changed_migration(tmp_path: Path) -> None:
    store = full_store(tmp_path, 3)
    with duckdb.connect(str(store.path)) as con:
        con.execute("UPDATE _nbm.migrations SET checksum = 'other' WHERE slice = 'tracking' AND number = 1")
    assert "is not the one known here" in str(doctor.examine(store.path))


# -- rebuilding


def test_rebuild_without_the_file(tmp_path: Path) -> None:
    store = full_store(tmp_path, 100)
    write(store, [log(100)], "s2")
    store.path.unlink()
    report = doctor.examine(store.path)
    assert "the file is gone" in str(report)
    done = doctor.rebuild(store.path)
    assert (done.aside, done.journals, done.runs) == (None, 2, 1)
    again = Store(store.path)
    assert len(values(again)) == 101
    assert again.id == store.id


def test_rebuild_without_the_file_and_its_identity(tmp_path: Path) -> None:
    store = full_store(tmp_path, 10)
    store.path.unlink()
    store.layout.identity.write_text("garbage")
    doctor.rebuild(store.path)
    again = Store(store.path)
    assert len(values(again)) == 10
    assert again.id == store.id


def test_rebuild_keeps_what_only_the_old_file_has_and_the_numbers(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    runs = [f"01kdw10000000000{i:02}" for i in range(4)]
    for number, run in enumerate(runs):
        write(store, [begin(run, name=f"r{number}"), log(number, run=run)], f"s{number}")
        store.ingest(wait=5, budget_s=60)
    numbers = rows(store, "SELECT run_id, number FROM runs ORDER BY number")
    assert [row[0] for row in numbers] == runs
    for old in list(store.layout.done.iterdir())[:2]:
        old.unlink()  # older than what is kept
    write(store, [log(9, run=runs[0])], "s9")
    done = doctor.rebuild(store.path)
    assert done.runs == 4
    again = Store(store.path)
    assert rows(again, "SELECT run_id, number FROM runs ORDER BY number") == numbers
    assert [row[0] for row in values(again)] == [0.0, 1.0, 2.0, 3.0, 9.0]
    assert rows(again, "SELECT run_id, count FROM metric_summary ORDER BY run_id") == [
        (runs[0], 2),
        *((run, 1) for run in runs[1:]),
    ]
    doctor.rebuild(store.path)
    assert [row[0] for row in values(Store(store.path))] == [0.0, 1.0, 2.0, 3.0, 9.0], "again: nothing twice"


def test_rebuild_with_a_damaged_archive(tmp_path: Path) -> None:
    store = full_store(tmp_path, 10)
    store.tidy()
    write(store, [log(10)], "s2")
    store.ingest(wait=5, budget_s=60)
    (archived,) = store.layout.done.glob("s1*.gz")
    archived.write_bytes(archived.read_bytes()[:40])
    store.path.unlink()
    doctor.rebuild(store.path)
    assert values(Store(store.path)) == [(10.0, 0.5)]
    assert archived.exists(), "it is not made worse"


def test_rebuild_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to rebuild"):
        doctor.rebuild(tmp_path / "mlops.duckdb")


def test_a_copied_folder_is_the_same_store(tmp_path: Path) -> None:
    """Copied with its state folder, as a backup is: no new identity, nothing foreign."""
    (tmp_path / "a").mkdir()
    store = full_store(tmp_path / "a", 10)
    write(store, [log(10)], "s2")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    copy = Store(tmp_path / "b" / "mlops.duckdb")
    assert len(values(copy)) == 11
    assert copy.id == store.id
    assert Layout(copy.path).trusted_id() == store.id
