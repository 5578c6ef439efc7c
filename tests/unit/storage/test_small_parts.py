"""Blobs, the change stamp, control, archives, the background thread, identities."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from nbmlops.errors import RecordError, StoreError, StoreUnwritable
from nbmlops.storage import archive, changes, control, scrub
from nbmlops.storage.background import Background
from nbmlops.storage.backlog import MAX_RECORDS, Backlog
from nbmlops.storage.blobs import YOUNG_S, Blobs
from nbmlops.storage.ids import LENGTH, new_id
from nbmlops.storage.layout import Layout, file_id
from tests.unit.storage.stores import RUN, begin, log, new_store, rows, wait_for, write


def laid_out(folder: Path) -> Layout:
    layout = Layout(folder / "mlops.duckdb")
    layout.make()
    return layout


# -- identifiers and identities


def test_ids_are_ordered_by_time_and_never_equal() -> None:
    first = new_id()
    deadline = time.time_ns() + 2_000_000
    while time.time_ns() < deadline:
        pass
    assert first < new_id()
    assert len({new_id() for _ in range(10_000)}) == 10_000
    assert len(first) == LENGTH and set(first) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_of_several_threads_one_gives_the_store_its_id(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    found: list[str] = []
    barrier = threading.Barrier(8)

    def claim() -> None:
        barrier.wait()
        found.append(layout.claim_id())

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and found[0] == layout.read_id()
    assert [path.name for path in layout.state.iterdir() if path.is_file()] == ["store.json"]


def test_the_id_is_trusted_for_the_file_it_was_written_for(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    assert layout.trusted_id() is None
    claimed = layout.claim_id()
    assert layout.trusted_id() == claimed
    layout.path.write_bytes(b"x")
    assert layout.trusted_id() is None, "who wrote this file is not known"
    layout.note_id(claimed)
    assert layout.trusted_id() == claimed
    other = tmp_path / "other"
    other.write_bytes(b"y")
    assert file_id(other) != file_id(layout.path)
    os.replace(other, layout.path)
    assert layout.trusted_id() is None
    layout.identity.write_text("garbage")
    assert layout.read_id() is None
    assert layout.claim_id("known") == "known"


def test_the_state_folder_is_private(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    folders = [
        tmp_path / ".nbmlops",
        layout.state,
        layout.journals,
        layout.done,
        layout.blobs,
        layout.control,
        layout.quarantine,
    ]
    assert {os.stat(folder).st_mode & 0o777 for folder in folders} == {0o700}
    assert (tmp_path / ".nbmlops" / ".gitignore").read_text() == "*\n"


# -- blobs


def test_a_blob_is_named_by_its_content_and_kept_once(tmp_path: Path) -> None:
    blobs = Blobs(laid_out(tmp_path))
    data = os.urandom(3_000_000)
    sha256 = blobs.put_bytes(data)
    assert sha256 == hashlib.sha256(data).hexdigest() == blobs.put_bytes(data)
    assert blobs.path(sha256).read_bytes() == data
    assert os.stat(blobs.path(sha256)).st_mode & 0o777 == 0o600
    assert list(blobs.digests()) == [sha256]
    assert [path for path in (tmp_path / ".nbmlops" / "mlops" / "blobs").iterdir() if path.is_file()] == []


def test_a_file_is_kept_as_it_was(tmp_path: Path) -> None:
    blobs = Blobs(laid_out(tmp_path))
    source = tmp_path / "model.bin"
    source.write_bytes(b"first")
    assert blobs.put_file(source) == (hashlib.sha256(b"first").hexdigest(), 5)
    source.write_bytes(b"second")
    assert blobs.path(hashlib.sha256(b"first").hexdigest()).read_bytes() == b"first"
    for wrong in (tmp_path / "none", tmp_path):
        with pytest.raises(RecordError, match="cannot read"):
            blobs.put_file(wrong)


def test_a_blob_that_cannot_be_written(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    blobs = Blobs(layout)
    layout.blobs.rmdir()
    layout.blobs.write_text("a file in its place")
    with pytest.raises(StoreUnwritable):
        blobs.put_bytes(b"x")
    told: list[StoreError] = []
    blobs.on_fault = told.append
    assert blobs.put_bytes(b"x") == hashlib.sha256(b"x").hexdigest(), "the record may name what is missing"
    assert len(told) == 1


def test_strays_are_neither_live_nor_young(tmp_path: Path) -> None:
    blobs = Blobs(laid_out(tmp_path))
    live, dead, young = (blobs.put_bytes(bytes([i]) * 100) for i in range(3))
    old = time.time() - YOUNG_S - 10
    for sha256 in (live, dead):
        os.utime(blobs.path(sha256), (old, old))
    assert blobs.strays({live}) == [dead]
    assert set(blobs.strays(set())) == {live, dead}
    blobs.put_bytes(bytes([0]) * 100)
    assert blobs.strays(set()) == [dead], "put again a moment ago: its record may be on its way"
    assert young in set(blobs.digests())


def test_a_blob_in_the_trash_is_taken_back_on_sight(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    blobs = Blobs(layout)
    sha256 = blobs.put_bytes(b"x" * 100)
    assert blobs.trash.put(blobs.path(sha256))
    assert not blobs.trash.put(blobs.path(sha256))
    assert not blobs.path(sha256).exists()
    assert blobs.find(sha256)
    assert blobs.path(sha256).read_bytes() == b"x" * 100
    assert not blobs.find("0" * 64)


def test_what_is_needed_is_never_purged(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    blobs = Blobs(layout)
    needed, dead = blobs.put_bytes(b"n" * 100), blobs.put_bytes(b"d" * 100)
    for sha256 in (needed, dead):
        blobs.trash.put(blobs.path(sha256))
    (day,) = (layout.state / "trash").iterdir()
    assert not blobs.trash.is_due()
    day.rename(day.with_name("2020-01-01"))
    (layout.state / "trash" / "no-day-of").mkdir()
    assert blobs.trash.is_due()
    assert blobs.trash.purge({needed}) == (100, [needed])
    assert blobs.find(needed)
    assert not blobs.find(dead)


def test_a_blob_of_the_wrong_length_is_replaced(tmp_path: Path) -> None:
    blobs = Blobs(laid_out(tmp_path))
    sha256 = blobs.put_bytes(b"x" * 100)
    blobs.path(sha256).write_bytes(b"x" * 50)
    blobs.put_bytes(b"x" * 100)
    assert blobs.path(sha256).read_bytes() == b"x" * 100


# -- the change stamp


def test_the_stamp_changes_with_whatever_happens(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    seen = [store.stamp()]
    path = write(store, [begin()])
    seen.append(store.stamp())
    with open(path, "ab") as file:
        file.write(log(1))
    seen.append(store.stamp())
    store.ingest(wait=5, budget_s=30)
    seen.append(store.stamp())
    assert len(set(seen)) == len(seen)


def test_the_stamp_stays_while_nothing_happens(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), log(1)])
    store.read(lambda con: None)
    before = store.stamp()
    for _ in range(3):
        rows(store, "SELECT count(*) FROM metrics")
    assert store.stamp() == before, "reading writes nothing"
    assert changes.stamp(Layout(tmp_path / "none" / "x.duckdb")) == (0, 0, 0, 0)


# -- control


def test_a_stop_is_an_intent(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "mlops.duckdb")
    control.request_stop(layout, RUN, "sidebar")
    assert control.stops(layout, (RUN, "other")) == {RUN}
    assert (layout.control / f"{RUN}.stop").read_text() == "sidebar"
    control.clear_stop(layout, RUN)
    control.clear_stop(layout, RUN)
    assert control.stops(layout, (RUN,)) == set()


# -- archives and erasing


def test_finished_journals_are_compressed_and_thinned_out(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    paths = [write(store, [begin(), log(i)], f"s{i}") for i in range(4)]
    contents = [path.read_bytes() for path in paths]
    store.ingest(wait=5, budget_s=30)
    layout = store.layout
    archive.tidy(layout, days=7, limit_bytes=1 << 20)
    kept = sorted(layout.done.iterdir())
    assert [path.suffix for path in kept] == [".gz"] * 4
    assert [gzip.decompress(path.read_bytes()) for path in kept] == contents
    assert {os.stat(path).st_mode & 0o777 for path in kept} == {0o600}
    old = time.time() - 8 * 86400
    os.utime(kept[0], (old, old))
    archive.tidy(layout, days=7, limit_bytes=1 << 20)
    assert sorted(layout.done.iterdir()) == kept[1:]
    for age, path in enumerate(kept[1:]):
        os.utime(path, (time.time() - age, time.time() - age))
    archive.tidy(layout, days=7, limit_bytes=2 * kept[1].stat().st_size + 20)
    assert sorted(layout.done.iterdir()) == kept[1:3], "the newest are kept"


def test_erasing_keeps_every_offset(tmp_path: Path) -> None:
    other = "01kdw1000000000044"
    data = b"".join(
        [begin(), log(1), log(2, run=other), log(3), b'{"t":"storage.forget","target":"%s"}\n' % RUN.encode()]
    )
    erased, count = scrub.blanked(data, [RUN])
    assert count == 3 and len(erased) == len(data)
    assert [text for text in erased.split(b"\n") if text] == [
        text for text in data.split(b"\n") if other.encode() in text or b"storage.forget" in text
    ]
    assert erased.find(other.encode()) == data.find(other.encode())
    assert scrub.blanked(data, [RUN], ["tracking.run.begin"])[1] == 1


def test_erasing_from_archives(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), log(1), log(2, run="01kdw1000000000044")], "s1")
    write(store, [log(3)], "s2")
    store.ingest(wait=5, budget_s=30)
    store.tidy()
    write(store, [log(4)], "s3")
    store.ingest(wait=5, budget_s=30)
    assert scrub.archives(store.layout, [RUN]) == 4
    assert all(RUN.encode() not in archive.read(path) for path in store.layout.done.iterdir())


# -- the background thread and the backlog


def test_a_fault_in_the_background_stops_nothing_else() -> None:
    faults: list[Exception] = []
    background = Background(faults.append)
    looked, done, beaten = threading.Event(), threading.Event(), threading.Event()

    def broken() -> None:
        raise ValueError("broken")

    background.looks.extend([broken, looked.set])
    background.every(0.0, broken)
    background.every(0.0, beaten.set)
    background.soon(broken)
    background.soon(done.set)
    background.start()
    for event in (looked, done, beaten):
        assert event.wait(10)
    late = threading.Event()
    background.soon(late.set)
    background.finish(5)
    assert late.is_set(), "what is left is done at the end"
    assert {type(fault) for fault in faults} == {ValueError}


def test_what_looks_does_not_wait_for_the_work() -> None:
    background = Background(lambda fault: None)
    begun, released, looked = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        released.wait(30)

    background.looks.append(looked.set)
    background.soon(work)
    background.start()
    assert begun.wait(10)
    looked.clear()
    assert looked.wait(10), "four times a second, whatever the work is"
    released.set()
    background.finish(5)


def test_what_does_not_end_is_interrupted() -> None:
    background = Background(lambda fault: None)
    begun, released, late = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        released.wait(30)

    background.soon(work)
    background.start()
    assert begun.wait(10)
    background.soon(late.set)
    last = threading.Event()
    background.ticks.append(last.set)
    background.finish(0.1, released.set)
    assert released.is_set() and late.is_set() and last.is_set()
    assert not any(thread.is_alive() for thread in background._threads)


def test_the_backlog_is_bounded_and_keeps_its_order() -> None:
    backlog = Backlog()
    assert not backlog
    for i in range(MAX_RECORDS):
        assert backlog.add(b"%d" % i)
    assert not backlog.add(b"one too many") and backlog.lost == 1
    written: list[bytes] = []

    def half(line: bytes) -> None:
        if len(written) >= 10:
            raise OSError(28, "full")
        written.append(line)

    assert not backlog.drain(half)
    assert len(backlog) == MAX_RECORDS - 10
    assert backlog.drain(written.append)
    assert written == [b"%d" % i for i in range(MAX_RECORDS)]
    assert not backlog.add(b"x" * (17 << 20)), "and in bytes"


def test_waiting_in_vain_is_told() -> None:
    with pytest.raises(AssertionError):
        wait_for(lambda: False, 0.01)
