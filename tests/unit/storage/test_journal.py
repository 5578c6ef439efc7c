from __future__ import annotations

import errno
import json
import math
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nbmlops.errors import RecordError
from nbmlops.storage import journal
from nbmlops.storage.journal import Journal, encode, parse_header
from tests.unit.storage.stores import header, line, log


def made(folder: Path) -> Journal:
    return Journal(folder / "s1-abc.jsonl", header("store1"))


def test_the_first_line_is_the_header(tmp_path: Path) -> None:
    written = made(tmp_path)
    found = parse_header(written.path.read_bytes())
    assert found is not None
    assert found["format"] == "nbmlops-journal" and found["version"] == 1
    assert (found["store_id"], found["session_id"]) == ("store1", "s1")
    assert os.stat(written.path).st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"format":"other"}', '{"format":"nbmlops-journal","version":"1"}']
)
def test_what_is_no_header(text: str) -> None:
    assert parse_header(text.encode()) is None


def test_a_record_is_one_line_with_its_order(tmp_path: Path) -> None:
    found = json.loads(encode("a.b", {"x": 1}, 7, 2))
    assert {key: found[key] for key in ("t", "v", "n", "x")} == {"t": "a.b", "v": 2, "n": 7, "x": 1}
    assert isinstance(found["ns"], int)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (2**64, str(2**64)),
        ("a\ud800b", "a?b"),
        ("\x00\n\"'\\", "\x00\n\"'\\"),
        (None, None),
        (object(), "<object>"),
        ([1.5, math.nan, {"k": -math.inf}], [1.5, "NaN", {"k": "-Infinity"}]),
        ({1: "x"}, {"1": "x"}),
        ((1, 2), [1, 2]),
        (5e-324, 5e-324),
        (1.7976931348623157e308, 1.7976931348623157e308),
    ],
    ids=repr,
)
def test_what_json_cannot_say_travels_as_text(value: object, kept: object) -> None:
    assert json.loads(encode("a.b", {"x": value}, 0))["x"] == kept


def test_arrays_with_nan() -> None:
    numpy = pytest.importorskip("numpy", exc_type=ImportError)
    found = json.loads(encode("a.b", {"x": numpy.array([1.0, math.nan]), "y": numpy.float32(2)}, 0))
    assert found["x"] == [1.0, "NaN"] and found["y"] == 2.0


def test_a_record_may_be_one_mebibyte_and_no_longer() -> None:
    bare = len(encode("a.b", {"x": ""}, 0))
    assert len(encode("a.b", {"x": "y" * (journal.MAX_LINE - bare)}, 0)) == journal.MAX_LINE
    with pytest.raises(RecordError, match="longer than a journal line") as error:
        encode("a.b", {"x": "y" * (journal.MAX_LINE - bare + 1)}, 0)
    assert error.value.hint


LIMITED = """
import resource, signal, sys
from pathlib import Path
from nbmlops.storage.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]), {"store_id": "x", "session_id": "s", "host": "h"})
resource.setrlimit(resource.RLIMIT_FSIZE, (journal.written + 5, resource.RLIM_INFINITY))
try:
    journal.write(b'{"t":"first"}\\n')
except OSError as error:
    print(error.errno)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.write(b'{"t":"second"}\\n')
journal.write(b'{"t":"third"}\\n')
"""


def test_after_a_short_write_the_next_record_begins_a_line(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "s.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "28\n"
    assert path.read_bytes().splitlines()[1:] == [b'{"t":', b'{"t":"second"}', b'{"t":"third"}']


def test_a_disk_that_takes_a_piece_and_then_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record that follows a torn piece begins a line, however often the disk said no in between."""
    written = made(tmp_path)
    answers = [lambda fd, data: os.write(fd, data[:5]), *[_no_space] * 2]
    monkeypatch.setattr(journal, "_write", lambda fd, data: (answers.pop(0) if answers else os.write)(fd, data))
    for _ in range(3):
        with pytest.raises(OSError, match="No space left"):
            written.write(encode("a", {"x": 1}, 1, 1))
    lines = [encode("a", {"x": 1}, 1, 1), encode("a", {"x": 2}, 2, 2)]
    for each in lines:
        written.write(each)
    _, piece, *records = written.path.read_bytes().splitlines(keepends=True)
    assert len(piece) == 6
    assert records == lines


def _no_space(fd: int, data: bytes) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    written = made(tmp_path)

    def work(worker: int) -> None:
        for i in range(500):
            written.write(log(i, worker, key="k" * (worker * 300 + 1)))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = written.path.read_bytes().splitlines()[1:]
    assert len(lines) == 2000
    assert all(json.loads(text)["t"] == "tracking.log" for text in lines)
    assert written.written == os.path.getsize(written.path)


def test_what_became_of_the_file(tmp_path: Path) -> None:
    written = made(tmp_path)
    written.write(line("a.b", {}))
    assert written.condition() == "intact"
    os.truncate(written.path, 10)
    assert written.condition() == "cut"
    written.path.unlink()
    assert written.condition() == "cut"
    other = Journal(tmp_path / "other.jsonl", header("x"))
    other.path.rename(tmp_path / "moved.jsonl")
    assert other.condition() == "gone"
    other.path.write_bytes(b"somebody else's")
    assert other.condition() == "gone"


def test_a_deleted_journal_is_put_back_byte_by_byte(tmp_path: Path) -> None:
    written = made(tmp_path)
    for i in range(3):
        written.write(log(i))
    before = written.path.read_bytes()
    written.path.unlink()
    again = Journal.again(written)
    assert (again.id, again.path.read_bytes()) == (written.id, before)
    again.write(log(3))
    assert again.condition() == "intact"
    assert again.path.read_bytes()[: len(before)] == before


def test_nothing_is_written_into_a_strangers_file(tmp_path: Path) -> None:
    """A descriptor must not be closed while a writer may still hold its number."""
    written = made(tmp_path)
    fd = written.fd
    writer = written.write  # another thread is about to call
    del written
    stranger = os.open(tmp_path / "stranger", os.O_WRONLY | os.O_CREAT)
    try:
        assert stranger != fd
        writer(line("a.b", {}))
        assert os.path.getsize(tmp_path / "stranger") == 0
    finally:
        os.close(stranger)
