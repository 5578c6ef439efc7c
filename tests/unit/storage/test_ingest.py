"""What a journal holds is in the tables, once, whatever else it holds."""

from __future__ import annotations

import math
import struct
import time
from pathlib import Path

import pytest

from nbmlops.storage import journal, liveness
from nbmlops.storage.ids import new_id
from nbmlops.storage.journal import Journal, encode
from nbmlops.storage.liveness import Presence
from nbmlops.storage.store import Store
from tests.unit.storage.stores import RUN, Table, begin, header, line, log, new_store, rows, values, write

NUMBERS = [
    0.0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 2**53 + 1, -(2**53) - 1, 2**63, 2**70, 1e22,
    123456789.123456789, math.nan, math.inf, -math.inf,
]  # fmt: skip
KEYS = [
    "'", '"', "\\", "a\nb", "\t\r", "{}", "{x}", "#", "%", "/", "a/b/c", "🦆", "é", "日本", "a b", "$1", "?", "NaN",
    "<script>alert(1)</script>", "'; DROP TABLE runs; --", "k" * 5000, "null", "\x01", "\x7f", "\u2028", "\ufeff",
]  # fmt: skip


def as_logged(value: float) -> object:
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else str(value)
    return (
        value
        if math.isfinite(value)
        else {True: "NaN"}.get(math.isnan(value), "Infinity" if value > 0 else "-Infinity")
    )


def bits(value: float) -> bytes:
    return b"nan" if math.isnan(value) else struct.pack("<d", value)


def test_numbers_come_back_exactly(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    batch = line(
        "tracking.batch",
        {"run": RUN, "s": list(range(100, 100 + len(NUMBERS))), "c": {"b": [as_logged(v) for v in NUMBERS]}},
        50,
    )
    write(store, [begin(), *(log(i, as_logged(value)) for i, value in enumerate(NUMBERS)), batch])
    for key in ("loss", "b"):
        found = rows(store, f"SELECT value FROM metrics WHERE key = '{key}' ORDER BY step")
        assert [bits(row[0]) for row in found] == [bits(float(value)) for value in NUMBERS]
    summary = rows(store, "SELECT count, non_finite, min, max FROM metric_summary WHERE key = 'loss'")
    assert summary == [(len(NUMBERS), 3, float(-(2**53) - 1), 1.7976931348623157e308)]


def test_hostile_keys_and_texts_come_back_exactly(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    lines = [begin(name="".join(KEYS[:20]))]
    for n, key in enumerate(KEYS, 1):
        lines.append(log(n, 1.0, key))
        lines.append(line("tracking.tags", {"run": RUN, "tags": {key: key}}, n + 100))
        lines.append(
            line("tracking.params", {"run": RUN, "p": [{"k": key, "v": f'"{n}"', "x": None, "o": "log"}]}, n + 200)
        )
        lines.append(
            line("tracking.series", {"run": RUN, "key": key, "s": n, "kind": "text", "text": key + "\0x"}, n + 300)
        )
    write(store, lines)
    assert sorted(row[0] for row in rows(store, "SELECT key FROM metrics")) == sorted(KEYS)
    assert dict(rows(store, "SELECT key, value FROM tags")) == {key: key for key in KEYS}
    assert sorted(row[0] for row in rows(store, "SELECT key FROM params")) == sorted(KEYS)
    assert dict(rows(store, "SELECT key, text FROM series")) == {key: key + "\0x" for key in KEYS}
    assert rows(store, "SELECT name FROM runs") == [("".join(KEYS[:20]),)]


def test_steps_are_numbers_not_counts(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), *(log(i, 1.0, step=step) for i, step in enumerate([0, -1, 0.5, 1e300, 2**53]))])
    assert [row[0] for row in values(store)] == [-1.0, 0.0, 0.5, float(2**53), 1e300]


@pytest.mark.parametrize(
    "garbage",
    [
        b"garbage", b"{", b'{"t":"tracking.log"', b"[]", b"null", b"12", b'"text"', b"{}",
        b'{"t":"tracking.log","v":"x","n":1,"ns":2}', b'{"t":null,"v":1,"n":1,"ns":2}', b'{"v":1,"n":1,"ns":1}',
        b'{"t":"tracking.log","v":1,"n":{},"ns":[]}', b"\xff\xfe\x00\x01", b"\x00" * 40, b'{"t":"a","t":"b"', b"}" * 10,
    ],
)  # fmt: skip
def test_a_garbage_line_is_set_aside_and_named(tmp_path: Path, garbage: bytes) -> None:
    store = new_store(tmp_path)
    first = [begin(), log(1)]
    path = write(store, [*first, garbage + b"\n", log(2), b"\n", log(3)])
    assert [row[0] for row in values(store)] == [1.0, 2.0, 3.0]
    found = rows(store, "SELECT journal_id, byte_offset, bytes FROM _nbm.quarantine")
    journal_id = path.name.removesuffix(journal.SUFFIX)
    head = len((store.layout.done / path.name).read_bytes().splitlines(keepends=True)[0])
    assert found == [(journal_id, head + len(b"".join(first)), len(garbage))]
    piece = store.layout.quarantine / f"{journal_id}-{found[0][1]}.line"
    assert piece.read_bytes() == garbage


@pytest.mark.parametrize(
    "broken",
    [
        line("tracking.log", {"s": 1, "m": {"loss": 1}}, 5),  # no run: a NOT NULL column refuses it
        line("tracking.params", {"run": RUN, "p": [{"k": "a"}]}, 5),
        line("tracking.run.begin", {"run": RUN}, 5),
        line("tracking.run.set", {"run": None, "field": "note"}, 5),
        line("tracking.execution.end", {"execution": "e"}, 5),
    ],
    ids=lambda text: text[6:24].decode(),
)
def test_a_record_whose_sql_fails_is_isolated(tmp_path: Path, broken: bytes) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), *(log(i) for i in range(200)), broken, *(log(i) for i in range(200, 400)), broken, log(400)])
    store.ingest(wait=5, budget_s=60)
    assert [row[0] for row in values(store)] == [float(i) for i in range(401)]
    found = rows(store, "SELECT bytes, reason FROM _nbm.quarantine")
    assert [row[0] for row in found] == [len(broken), len(broken)]
    assert "Constraint" in found[0][1]


def test_a_value_of_another_type_is_isolated_or_null_but_blocks_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    odd = [
        line("tracking.log", {"run": RUN, "s": "abc", "m": {"odd": 1}}, 1),
        line("tracking.log", {"run": RUN, "s": 1, "m": {"odd": {"deep": 1}}}, 2),
        line("tracking.log", {"run": RUN, "s": 1, "m": [1, 2]}, 3),
        line("tracking.log", {"run": {"a": 1}, "s": 1, "m": {"odd": 2}}, 4),
        line("tracking.batch", {"run": RUN, "s": [1, 2], "c": {"odd": [1]}}, 5),
        line("tracking.tags", {"run": RUN, "tags": "x"}, 6),
    ]
    write(store, [begin(), log(10), *odd, log(11)])
    assert rows(store, "SELECT step FROM metrics WHERE key = 'loss' ORDER BY step") == [(10.0,), (11.0,)]


def test_many_refused_records_do_not_hold_the_store(tmp_path: Path) -> None:
    """Each costs a transaction: the deadline holds between them."""
    store = new_store(tmp_path)
    write(store, [begin(), *(line("tracking.log", {"m": {"a": 1}}, i) for i in range(60)), log(1)])
    report = store.ingest(wait=5, budget_s=0.0)
    assert report.pending_bytes > 0 and report.quarantined <= 1
    store.ingest(wait=5, budget_s=60)
    assert values(store) == [(1.0, 0.5)]
    assert rows(store, "SELECT count(*) FROM _nbm.quarantine") == [(60,)]


def test_a_torn_tail_waits_for_its_writer_and_is_set_aside_without_one(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    presence = Presence(store.layout, "s1")
    whole = log(2)
    path = write(store, [begin(), log(1), whole[:20]])
    assert len(values(store)) == 1
    with open(path, "ab") as file:
        file.write(whole[20:])
    assert len(values(store)) == 2
    with open(path, "ab") as file:
        file.write(whole[:30])
    assert rows(store, "SELECT count(*) FROM _nbm.quarantine") == [(0,)]
    presence.release()
    assert rows(store, "SELECT bytes FROM _nbm.quarantine") == [(30,)]
    assert len(values(store)) == 2
    assert not path.exists() and (store.layout.done / path.name).exists()


@pytest.mark.parametrize("record", [{"kind": "tracking.log", "version": 2}, {"kind": "future.thing", "version": 1}])
def test_a_record_of_a_newer_version_stops_its_journal_and_no_other(tmp_path: Path, record: dict[str, object]) -> None:
    store = new_store(tmp_path)
    newer = line(str(record["kind"]), {"run": RUN}, 9, int(str(record["version"])))
    path = write(store, [begin(), log(1), log(2), newer, log(3)])
    write(store, [log(4)], "s2")
    report = store.ingest(wait=5, budget_s=60)  # all of it, however slow the machine
    assert report.waiting == [path.name.removesuffix(journal.SUFFIX)]
    before = path.read_bytes()
    file_before = (store.path.stat().st_mtime_ns, store.path.stat().st_size)
    assert [row[0] for row in values(store)] == [1.0, 2.0, 4.0]
    assert path.read_bytes() == before
    assert (store.path.stat().st_mtime_ns, store.path.stat().st_size) == file_before, "waiting must not write"
    assert rows(store, "SELECT count(*) FROM _nbm.quarantine") == [(0,)]


@pytest.mark.parametrize(
    "more",
    [{"store_id": "another-store-00000"}, {"version": 2}],
    ids=["of another store", "of a newer format"],
)
def test_a_journal_that_is_not_for_us_is_left_alone(tmp_path: Path, more: dict[str, object]) -> None:
    store = new_store(tmp_path)
    path = write(store, [begin(), log(1)], **more)
    before = path.read_bytes()
    assert values(store) == []
    assert path.read_bytes() == before
    assert rows(store, "SELECT count(*) FROM _nbm.journals") == [(0,)]


@pytest.mark.parametrize("content", [b"", b"{", b"not a header\n" + log(1), b"\xff" * 100])
def test_a_journal_without_a_header_is_left_alone(tmp_path: Path, content: bytes) -> None:
    store = new_store(tmp_path)
    path = store.layout.journals / "s9-abc.jsonl"
    path.write_bytes(content)
    write(store, [begin(), log(5)])
    assert values(store) == [(5.0, 0.5)]
    assert path.read_bytes() == content


def test_a_journal_that_was_cut_below_its_offset_brings_nothing_twice(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    presence = Presence(store.layout, "s1")
    path = write(store, [begin(), *(log(i) for i in range(10))])
    assert len(values(store)) == 10
    with open(path, "r+b") as file:
        file.truncate(path.stat().st_size // 2)
    assert len(values(store)) == 10
    presence.release()
    assert len(values(store)) == 10


def test_a_journal_written_before_the_store_could_say_its_id(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), log(1)], store_id=journal.UNKNOWN)
    assert values(store) == [(1.0, 0.5)]


def test_a_finished_journal_that_comes_back_is_not_taken_in_again(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    path = write(store, [begin(), log(1)])
    content = path.read_bytes()
    assert len(values(store)) == 1
    assert not path.exists()
    path.write_bytes(content)
    assert len(values(store)) == 1
    assert not path.exists(), "it is set aside again"
    path.write_bytes(content + log(2))
    assert len(values(store)) == 2, "what is new in it is taken in"


def test_a_dying_writers_last_record_is_not_lost(tmp_path: Path) -> None:
    """Alive when the journals are listed, dead when it is asked about, a record in between."""
    table = Table(tmp_path)
    presence = Presence(table.layout, "s1")
    written = Journal(table.layout.journals / "s1-abc.jsonl", header(table.id))
    written.write(begin())
    written.write(log(1))
    table.ingest()
    written.write(log(2))
    presence.release()
    table.ingest()
    assert table.all("SELECT count(*) FROM metrics") == [(2,)]


def test_another_hosts_writer_lives_by_its_newest_record(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    now = time.time_ns()
    path = write(store, [begin(), log(1)], host="elsewhere", started_ns=now)
    assert rows(store, "SELECT status FROM runs") == [("running",)]
    assert path.exists(), "nobody takes a journal away from a writer that may still be there"
    silent = Table(tmp_path / "old") if (tmp_path / "old").mkdir() is None else None
    assert silent is not None
    old = now - int((liveness.REMOTE_SILENCE_S + 5) * 1e9)
    head = header(silent.id, "s2", "elsewhere", started_ns=old)
    written = Journal(silent.layout.journals / "s2-abc.jsonl", head)
    written.write(begin().replace(b'"ns":', b'"ns":%d,"was":' % old))
    silent.ingest()
    assert silent.all("SELECT status FROM runs") == [("lost",)]
    assert written.path.exists(), "silent is not gone"
    written.write(encode("storage.heartbeat", {}, 1))
    silent.ingest()
    assert silent.all("SELECT status FROM runs") == [("running",)], "a later record revives the run"


def test_another_hosts_journal_is_set_aside_after_a_day_of_silence(tmp_path: Path) -> None:
    table = Table(tmp_path)
    old = time.time_ns() - int((liveness.REMOTE_GONE_S + 60) * 1e9)
    written = Journal(table.layout.journals / "s2-abc.jsonl", header(table.id, "s2", "container-17", started_ns=old))
    table.ingest()
    assert not written.path.exists()
    assert written.condition() == "gone", "if it lives after all, it puts its journal back"
    again = Journal.again(written)
    again.write(log(1))
    table.ingest()
    assert table.all("SELECT count(*) FROM metrics") == [(1,)]


def test_what_is_forgotten_stays_forgotten_in_whatever_order(tmp_path: Path) -> None:
    other = "01kdw1000000000001"
    execution = line("tracking.run.execution", {"run": RUN, "execution": "e1"}, 3)
    output = line("tracking.output", {"execution": "e1", "seq": 0, "kind": "stream", "text": "secret"}, 4)
    forget = line("storage.forget", {"target": RUN, "what": "run"}, 9)
    journals = [[begin(), log(1), execution], [output, log(2)], [forget], [begin(other), log(3, run=other)]]
    for first in range(4):
        store = new_store(tmp_path / str(first)) if (tmp_path / str(first)).mkdir() is None else None
        assert isinstance(store, Store)
        for at in range(4):
            write(store, journals[(first + at) % 4], f"s{at}")
            store.ingest(wait=5, budget_s=60)
        assert rows(store, "SELECT run_id FROM runs") == [(other,)]
        assert rows(store, "SELECT run_id FROM metrics") == [(other,)]
        assert rows(store, "SELECT count(*) FROM outputs") == [(0,)]


def test_a_piece_longer_than_a_line_may_be_is_set_aside(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    write(store, [begin(), log(1), b"x" * (3 * journal.MAX_LINE) + b"\n", log(2)])
    store.ingest(wait=5, budget_s=30)
    assert [row[0] for row in values(store)] == [1.0, 2.0]
    assert sum(row[0] for row in rows(store, "SELECT bytes FROM _nbm.quarantine")) >= 3 * journal.MAX_LINE


def test_the_longest_line_goes_in(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    bare = len(line("tracking.series", {"run": RUN, "key": "k", "s": 0, "kind": "text", "text": ""}, 2))
    longest = "y" * (journal.MAX_LINE - bare)
    write(
        store,
        [
            begin(),
            log(1),
            line("tracking.series", {"run": RUN, "key": "k", "s": 0, "kind": "text", "text": longest}, 2),
            log(3),
        ],
    )
    assert rows(store, "SELECT len(text) FROM series") == [(len(longest),)]
    assert len(values(store)) == 2


def test_own_records_are_in_whatever_the_deadline(tmp_path: Path) -> None:
    table = Table(tmp_path)
    own, other = new_id(), new_id()
    for name in (own, other):
        written = Journal(table.layout.journals / f"{name}.jsonl", header(table.id, name))
        for i in range(100):
            written.write(log(i, key=name))
    report = table.ingest(own={own}, deadline=time.monotonic() - 1, chunk=1000)
    assert table.all("SELECT DISTINCT key FROM metrics") == [(own,)]
    assert table.all("SELECT count(*) FROM metrics") == [(100,)]
    assert report.pending_bytes > 0
