"""What a comparison may take: memory up to a limit, then the disk of the store, and it leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.config import settings
from nbmlops.data.differences import diff_tables
from nbmlops.data.differences.engine import engine
from nbmlops.errors import RecordError

ROWS = 400_000
MUCH = "CREATE TEMP TABLE much AS SELECT i, md5(i::VARCHAR) AS text FROM range(3000000) t(i)"
LIMIT = 48_000_000


def spill(store: Path) -> Path:
    return store.parent / ".nbmlops" / store.stem / "spill"


@pytest.fixture
def limited(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a version, and little memory."""
    monkeypatch.setattr(settings(), "data_memory_bytes", LIMIT)
    ml.data.save(pa.table({"a": [1]}), "one")
    return store


def test_beyond_the_limit_the_disk_of_the_store_is_used_and_left_as_it_was(limited: Path) -> None:
    with engine() as con:
        con.execute(MUCH)
        (folder,) = [path for path in spill(limited).iterdir() if path.is_dir()]
        assert sum(path.stat().st_size for path in folder.iterdir()) > LIMIT
        assert con.execute("SELECT count(*), max(i) FROM much").fetchall() == [(3_000_000, 2_999_999)]
    assert list(spill(limited).iterdir()) == []


def test_counts_are_the_same_with_little_memory(limited: Path) -> None:
    rng = np.random.default_rng(0)
    id_ = rng.permutation(ROWS)
    before = pa.table({"id": id_, "x": id_ * 0.5, "text": [f"comment number {i}" for i in id_]})
    after = before.slice(1000).set_column(1, "x", pa.array(np.where(id_[1000:] % 1000 == 0, -1.0, id_[1000:] * 0.5)))
    after = pa.concat_tables([after, after.slice(0, 500).set_column(0, "id", pa.array(np.arange(500) + ROWS))])
    found = diff_tables(before, after, key="id")
    changed = int(np.count_nonzero(id_[1000:] % 1000 == 0))
    assert [found.count(kind) for kind in ("added", "removed", "changed")] == [500, 1000, changed]
    assert list(spill(limited).iterdir()) == []


def test_what_a_killed_process_spilled_is_taken_away(limited: Path) -> None:
    code = f"""
import os
from nbmlops.config import settings
from nbmlops.data.differences.engine import engine
settings().data_memory_bytes = {LIMIT}
with engine() as con:
    con.execute({MUCH!r})
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    left = [path for path in spill(limited).iterdir() if path.is_dir()]
    assert left
    with engine():
        assert not left[0].exists()


def test_of_two_at_once_neither_takes_the_others_folder(limited: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()
    answers: list[int] = []

    def first() -> None:
        with engine() as con:
            con.execute(MUCH)
            begun.set()
            may_end.wait(60)
            answers.extend(n for (n,) in con.execute("SELECT count(*) FROM much").fetchall())

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(60)
    with engine() as con:
        con.execute("SELECT 1")
    may_end.set()
    thread.join()
    assert answers == [3_000_000]


def test_where_memory_and_disk_do_not_suffice_an_error_says_so(limited: Path) -> None:
    with pytest.raises(RecordError, match="do not suffice") as raised, engine() as con:
        con.execute("SET max_temp_directory_size = '1MB'")
        con.execute(MUCH)
    assert "data_memory_bytes" in raised.value.hint
    assert list(spill(limited).iterdir()) == []


def test_a_question_makes_no_store(store: Path) -> None:
    with engine() as con:
        con.execute("SELECT 1")
    assert list(store.parent.iterdir()) == []


def test_the_limit_is_the_setting(limited: Path) -> None:
    shown = "SELECT current_setting('memory_limit')"
    with duckdb.connect(":memory:") as con:
        everything = con.execute(shown).fetchall()
    with engine() as con:
        assert con.execute(shown).fetchall() == [("45.7 MiB",)]
    settings().data_memory_bytes = 0
    with engine() as con:
        assert con.execute(shown).fetchall() not in (everything, [("45.7 MiB",)])
