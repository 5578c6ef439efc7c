from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from nbmlops.errors import RecordError, StoreCorrupt, StoreUnwritable, UsageError
from nbmlops.storage import export, merge, migrate, pack
from nbmlops.storage.store import Store
from tests.unit.storage.stores import RUN, begin, line, log, new_store, rows, write

FIGURE = b"figure" * 20_000
SHA = "SELECT sha256 FROM artifacts"


def filled(folder: Path, run: str = RUN, name: str = "mlops.duckdb", points: int = 20) -> Store:
    """A store with a run, a large value and every kind of record that merge treats."""
    folder.mkdir(exist_ok=True)
    store = new_store(folder, name)
    sha256 = store.blobs.put_bytes(FIGURE)
    environment = {"environment": "env1", "python": "3", "platform": "p", "packages": {"duckdb": "2"}, "extra": None}
    lines = [
        begin(run),
        *(log(i, float(i), run=run) for i in range(points)),
        line("tracking.params", {"run": run, "p": [{"k": "lr", "v": "0.1", "x": 0.1, "o": "log"}]}, 100),
        line("tracking.tags", {"run": run, "tags": {"best": ""}}, 101),
        line("tracking.environment", environment, 102),
        line("tracking.artifact", {"run": run, "path": "a.png", "sha256": sha256, "size": len(FIGURE)}, 103),
        line("tracking.execution.begin", {"execution": "e1", "source": "fit()", "tags": ["x"]}, 104),
    ]
    write(store, lines, f"s{run[-2:]}")
    store.ingest(wait=5, budget_s=30)
    return store


def facts(store: Store) -> dict[str, list[object]]:
    names = ["metrics", "metric_summary", "params", "tags", "artifacts", "environments", "executions", "runs"]
    return {name: rows(store, f"SELECT * FROM {name} ORDER BY ALL") for name in names}


# -- pack


def test_pack_takes_everything_in_one_file(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    done = pack.pack(store, tmp_path / "a" / ".." / "packed.duckdb")
    assert (done.blobs, done.missing) == (1, 0)
    assert os.stat(done.path).st_mode & 0o777 == 0o600
    moved = Store(tmp_path / "packed.duckdb")
    assert facts(moved) == facts(store)
    (sha256,) = rows(moved, SHA)[0]
    assert not moved.blobs.path(sha256).exists()
    assert moved.fetch(sha256).read_bytes() == FIGURE
    assert moved.fetch(sha256) == moved.blobs.path(sha256)


def test_pack_is_plain_duckdb_of_the_oldest_format(tmp_path: Path) -> None:
    done = pack.pack(filled(tmp_path / "a"))
    assert done.path == tmp_path / "a" / "mlops.packed.duckdb"
    with duckdb.connect(str(done.path), read_only=True) as con:
        assert con.execute("SELECT name, status FROM runs").fetchall() == [("a", "lost")]
        tags = con.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchone()
    assert tags is not None and tags[0]["storage_version"].startswith("v1.5.0")


def test_pack_leaves_large_values_out_on_request_and_names_missing_ones(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    assert pack.pack(store, include_blobs=False).blobs == 0
    (sha256,) = rows(store, SHA)[0]
    store.blobs.path(sha256).unlink()
    done = pack.pack(store)
    assert done.missing == 1 and "1 large values are gone" in str(done)
    with pytest.raises(RecordError, match="is gone"):
        Store(done.path).fetch(sha256)


def test_pack_in_place_makes_the_file_smaller_and_nothing_else(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    for i in range(30):  # many small leases leave many partial sums
        write(store, [log(100 + i, 1.0)], f"t{i}")
        store.ingest(wait=5, budget_s=60)
    before, ident = facts(store), store.id
    done = pack.pack(store, in_place=True)
    assert done.size_bytes < done.before_bytes
    assert facts(Store(store.path)) == before
    assert Store(store.path).layout.trusted_id() == ident
    assert rows(store, "SELECT count(*) FROM _nbm.metric_partials") == [(1,)]
    write(store, [log(999, 1.0)], "late")
    assert rows(store, "SELECT count(*) FROM metrics") == [(51,)]
    assert [path.name for path in store.path.parent.iterdir() if path.suffix == ".tmp"] == []


def test_pack_packed_again(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    once = pack.pack(store, tmp_path / "once.duckdb")
    twice = pack.pack(Store(once.path), tmp_path / "twice.duckdb")
    assert twice.blobs == 1
    (sha256,) = rows(store, SHA)[0]
    assert Store(twice.path).fetch(sha256).read_bytes() == FIGURE


def test_pack_onto_itself_or_nowhere(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    with pytest.raises(UsageError, match="is the store itself"):
        pack.pack(store, store.path)
    with pytest.raises(StoreUnwritable, match="cannot write"):
        pack.pack(store, tmp_path / "no" / "folder" / "x.duckdb")
    assert len(rows(store, "FROM metrics")) == 20


def test_values_of_many_parts(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    large = os.urandom(1000) * 40_000  # more than two parts
    write(
        store,
        [line("tracking.artifact", {"run": RUN, "path": "b", "sha256": store.blobs.put_bytes(large), "size": 1}, 9)],
        "s9",
    )
    write(
        store,
        [line("tracking.artifact", {"run": RUN, "path": "c", "sha256": store.blobs.put_bytes(b""), "size": 0}, 9)],
        "s8",
    )
    done = pack.pack(store)
    assert done.blobs == 3
    moved = Store(done.path)
    by_path = dict(rows(moved, "SELECT path, sha256 FROM artifacts"))
    assert moved.fetch(by_path["b"]).read_bytes() == large
    assert moved.fetch(by_path["c"]).read_bytes() == b""


# -- merge


def test_merge_keeps_ids_and_gives_numbers_anew(tmp_path: Path) -> None:
    mine, theirs = filled(tmp_path / "a", RUN), filled(tmp_path / "b", "01kdw1000000000077")
    done = merge.merge(mine, theirs.path)
    assert (done.runs, done.known_runs, done.points, done.blobs) == (1, 0, 20, 0)
    assert rows(mine, "SELECT run_id, number FROM runs ORDER BY number") == [(RUN, 1), ("01kdw1000000000077", 2)]
    assert rows(mine, "SELECT count(*) FROM environments") == [(1,)]
    assert rows(theirs, "SELECT run_id, number FROM runs") == [("01kdw1000000000077", 1)], "theirs is what it was"


def test_merge_twice_brings_nothing_twice(tmp_path: Path) -> None:
    mine, theirs = filled(tmp_path / "a"), filled(tmp_path / "b", "01kdw1000000000077")
    merge.merge(mine, theirs.path)
    before = facts(mine)
    done = merge.merge(mine, theirs.path)
    assert (done.runs, done.known_runs, done.points) == (0, 1, 0)
    assert facts(mine) == before


def test_merge_takes_what_the_other_has_still_pending(tmp_path: Path) -> None:
    mine, theirs = filled(tmp_path / "a"), filled(tmp_path / "b", "01kdw1000000000077")
    write(theirs, [log(500, run="01kdw1000000000077")], "t1")
    write(mine, [log(501)], "t2")
    merge.merge(mine, theirs.path)
    assert rows(mine, "SELECT count(*) FROM metrics") == [(42,)]


def test_merge_of_diverged_copies(tmp_path: Path) -> None:
    """The same store on two machines, both written on: the union, each fact as often as it happened."""
    mine = filled(tmp_path / "a")
    (tmp_path / "b").mkdir()
    migrate.copy_by_child(mine.path, tmp_path / "b" / "mlops.duckdb")
    theirs = new_store(tmp_path / "b")
    same = log(700, 7.0)
    write(mine, [log(600, 1.0), same, same], "m1")
    write(theirs, [log(601, 2.0), log(602, 3.0)], "t1")
    write(theirs, [begin("01kdw1000000000055", name="new"), log(1, 1.0, run="01kdw1000000000055")], "t2")
    for store in (mine, theirs):
        store.ingest(wait=5, budget_s=60)
    assert mine.id == theirs.id
    done = merge.merge(mine, theirs.path)
    assert (done.runs, done.known_runs, done.points) == (1, 1, 3)
    found = rows(mine, f"SELECT value FROM metrics WHERE run_id = '{RUN}' AND step >= 600 ORDER BY ALL")
    assert [row[0] for row in found] == [1.0, 2.0, 3.0, 7.0, 7.0]
    summary = rows(mine, f"SELECT count, min, max, last FROM metric_summary WHERE run_id = '{RUN}'")
    assert summary == [(25, 0.0, 19.0, 3.0)] or summary[0][0] == 25
    merge.merge(theirs, mine.path)
    assert rows(theirs, "SELECT run_id, key, step, value FROM metrics ORDER BY ALL") == rows(
        mine, "SELECT run_id, key, step, value FROM metrics ORDER BY ALL"
    )


def test_merge_takes_large_values_out_of_a_packed_file(tmp_path: Path) -> None:
    theirs = filled(tmp_path / "b", "01kdw1000000000077")
    packed = tmp_path / "packed.duckdb"
    pack.pack(theirs, packed)
    (tmp_path / "a").mkdir()
    mine = new_store(tmp_path / "a")
    done = merge.merge(mine, packed)
    assert (done.runs, done.blobs) == (1, 1)
    (sha256,) = rows(mine, SHA)[0]
    assert mine.blobs.path(sha256).read_bytes() == FIGURE
    assert rows(mine, "SELECT count(*) FROM _nbm.blobs") == [(0,)]
    assert not (tmp_path / ".nbmlops" / "packed").exists(), "a packed file needs no state folder"


def test_merge_does_not_bring_back_what_was_forgotten(tmp_path: Path) -> None:
    mine, theirs = filled(tmp_path / "a"), filled(tmp_path / "b")
    write(mine, [line("storage.forget", {"target": RUN, "what": "run"}, 0)], "f1")
    mine.ingest(wait=5, budget_s=30)
    assert rows(mine, "SELECT count(*) FROM runs") == [(0,)]
    merge.merge(mine, theirs.path)
    assert rows(mine, "SELECT count(*) FROM runs") == [(0,)]
    assert rows(mine, "SELECT count(*) FROM metrics") == [(0,)]


def test_merge_of_what_is_no_store(tmp_path: Path) -> None:
    mine = filled(tmp_path / "a")
    before = facts(mine)
    with duckdb.connect(str(tmp_path / "other.duckdb")) as con:
        con.execute("CREATE TABLE x AS SELECT 1 AS a")
    (tmp_path / "text.duckdb").write_text("text")
    with pytest.raises(UsageError, match="without runs of nbmlops"):
        merge.merge(mine, tmp_path / "other.duckdb")
    with pytest.raises(StoreCorrupt, match="is not a DuckDB file"):
        merge.merge(mine, tmp_path / "text.duckdb")
    with pytest.raises(UsageError, match="there is no file"):
        merge.merge(mine, tmp_path / "none.duckdb")
    with pytest.raises(UsageError, match="this very store"):
        merge.merge(mine, mine.path)
    assert facts(mine) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "other.duckdb", "text.duckdb"]


# -- export


def test_export_writes_every_view(tmp_path: Path) -> None:
    store = filled(tmp_path / "a")
    write(store, [log(800)], "late")
    done = export.export(store, tmp_path / "it's out")
    names = {path.stem for path in done.files}
    assert {"runs", "metrics", "params", "tags", "artifacts", "environments", "executions", "outputs"} <= names
    with duckdb.connect() as con:
        assert con.execute(
            f"SELECT count(*) FROM '{str(tmp_path / 'it').replace(chr(39), '')}*/metrics.parquet'"
        ).fetchone() == (21,)
    with pytest.raises(StoreUnwritable):
        export.export(store, store.path / "inside a file")
