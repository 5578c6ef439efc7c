"""A process ends in the middle of ingest, migration, pack or merge: as if it had not begun, or complete.

The child counts the statements it gives to DuckDB and kills itself before the n-th; the tests go over
as many n as the work has.
"""

from __future__ import annotations

import hashlib
import signal
from pathlib import Path

import duckdb
import pytest

from nbmlops.errors import StoreTooNew
from nbmlops.storage import merge, pack
from nbmlops.storage.ids import new_id
from nbmlops.storage.slices import slices
from nbmlops.storage.store import Store
from tests.unit.storage.processes import start
from tests.unit.storage.stores import RUN, begin, line, log, new_store, rows, values, write

# The child replaces DuckDB's connection in its own process only.
DYING = """
from nbmlops.storage import lease

class Dying:
    left = int(sys.argv[1])
    def __init__(self, con): self.con = con
    def __getattr__(self, name): return getattr(self.con, name)
    def step(self, name, *arguments):
        Dying.left -= 1
        if Dying.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self.con, name)(*arguments)
    def execute(self, *arguments): return self.step("execute", *arguments)
    def executemany(self, *arguments): return self.step("executemany", *arguments)

plain, replace = lease.connect, os.replace
lease.connect = lambda: Dying(plain())
def dying_replace(*arguments):
    Dying.left -= 1
    if Dying.left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*arguments)
os.replace = dying_replace
"""
STORE = "from nbmlops.storage.store import Store; store = Store(Path(sys.argv[2]));"
INGEST = f"{STORE} store.ingest(wait=10, budget_s=60)"
PACK = f"{STORE} from nbmlops.storage.pack import pack; pack(store, Path(sys.argv[3]))"
COMPACT = f"{STORE} from nbmlops.storage.pack import pack; pack(store, in_place=True)"
MERGE = f"{STORE} from nbmlops.storage.merge import merge; merge(store, Path(sys.argv[3]))"


def dies(code: str, at: int, path: Path, *arguments: str) -> bool:
    """Run the work, killed before its n-th step; False when it has fewer steps and ended well."""
    with start(DYING + code, path, str(at), str(path), *arguments) as child:
        assert child.stdin is not None and child.stderr is not None
        child.stdin.close()
        error = child.stderr.read()
        code_ = child.wait(60)
    assert code_ in (0, -signal.SIGKILL), error
    return code_ != 0


def steps(code: str, path: Path, *arguments: str) -> int:
    """How many steps the work has: counted on a run that is allowed to finish."""
    counting = DYING + code + "\nsay(int(sys.argv[1]) - Dying.left)"
    with start(counting, path, "1000000", str(path), *arguments) as child:
        assert child.stdin is not None and child.stdout is not None and child.stderr is not None
        child.stdin.close()
        text = child.stdout.read()
        assert child.wait(60) == 0, child.stderr.read()
    return int(text)


def some(count: int, wanted: int = 7) -> list[int]:
    """Points spread over the work, both ends among them."""
    return sorted({round(i * (count - 1) / (wanted - 1)) for i in range(wanted)})


def filled(folder: Path, points: int = 300) -> Store:
    folder.mkdir()
    store = new_store(folder)
    write(store, [begin(), *(log(i, float(i)) for i in range(points))])
    return store


def test_crash_in_the_middle_of_ingest(tmp_path: Path) -> None:
    count = steps(INGEST, filled(tmp_path / "count").path)
    assert count > 10
    for at in some(count):
        store = filled(tmp_path / f"at{at}")
        assert dies(INGEST, at, store.path)
        assert values(store) == [(float(i), float(i)) for i in range(300)]
        assert rows(store, "SELECT count, last, mean FROM metric_summary") == [(300, 299.0, 149.5)]
        assert rows(store, "SELECT number FROM runs") == [(1,)]


def test_crash_while_the_store_is_made(tmp_path: Path) -> None:
    (tmp_path / "count").mkdir()
    count = steps(INGEST, tmp_path / "count" / "mlops.duckdb")
    for at in some(count, 9):
        folder = tmp_path / f"at{at}"
        folder.mkdir()
        assert dies(INGEST, at, folder / "mlops.duckdb")
        store = Store(folder / "mlops.duckdb")
        assert rows(store, "SELECT count(*) FROM runs") == [(0,)]
        assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == ["mlops.duckdb"]


def older(folder: Path) -> Path:
    """A store of a time when only the storage itself had tables: all of tracking is a migration away."""
    folder.mkdir()
    path = folder / "mlops.duckdb"
    part = slices()[0]
    con = duckdb.connect()
    con.execute(f"ATTACH '{path}' AS old (STORAGE_VERSION 'v1.5.0'); USE old")
    for step in part.migrations:
        con.execute(step.sql)
        row = [step.slice, step.number, step.name, step.checksum, "0.0.1"]
        con.execute("INSERT INTO _nbm.migrations VALUES (?, ?, ?, ?, ?, '2026-01-01')", row)
    meta = [("store_id", new_id()), ("min_reader", "1"), ("min_writer", "1"), ("schema", "older")]
    con.executemany("INSERT INTO _nbm.meta VALUES (?, ?)", meta)
    con.execute("INSERT INTO _nbm.quarantine VALUES ('j', 1, 2, 'kept over the migration', '2026-01-01')")
    con.close()
    return path


def test_a_store_of_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    path = older(tmp_path / "old")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    store = Store(path)
    assert rows(store, "SELECT count(*) FROM runs") == [(0,)]
    assert rows(store, "SELECT reason FROM _nbm.quarantine") == [("kept over the migration",)]
    done = rows(store, "SELECT slice, number, checksum FROM _nbm.migrations ORDER BY slice, number")
    assert done == sorted((step.slice, step.number, step.checksum) for part in slices() for step in part.migrations)
    backups = list((store.state / "backup").glob("*.duckdb"))
    assert [hashlib.sha256(copy.read_bytes()).hexdigest() for copy in backups] == [before]
    rows(store, "SELECT 1")
    assert len(list((store.state / "backup").glob("*.duckdb"))) == 1, "once is enough"


def test_crash_in_the_middle_of_a_migration(tmp_path: Path) -> None:
    count = steps(INGEST, older(tmp_path / "count"))
    for at in some(count):
        path = older(tmp_path / f"at{at}")
        assert dies(INGEST, at, path)
        con = duckdb.connect(str(path), read_only=not path.with_name(f"{path.name}.wal").exists())
        tables = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        done = con.execute("SELECT count(*) FROM _nbm.migrations WHERE slice = 'tracking'").fetchone()
        con.close()
        assert ("metrics" in tables) == (done != (0,)), "all of it or nothing"
        store = Store(path)
        assert rows(store, "SELECT reason FROM _nbm.quarantine") == [("kept over the migration",)]
        assert rows(store, "SELECT count(*) FROM runs") == [(0,)]


@pytest.mark.parametrize("needs", ["min_reader", "min_writer"])
def test_a_store_of_a_newer_protocol_is_refused_untouched(tmp_path: Path, needs: str) -> None:
    store = new_store(tmp_path)
    con = duckdb.connect(str(store.path))
    con.execute("UPDATE _nbm.meta SET value = '99' WHERE key = ?", [needs])
    con.execute("UPDATE _nbm.meta SET value = 'newer' WHERE key = 'schema'")
    con.close()
    before = store.path.read_bytes()
    path = write(store, [begin(), log(1)])
    with pytest.raises(StoreTooNew) as error:
        store.read(lambda con: None)
    assert "needs store protocol 99" in error.value.message
    assert "pip install -U nbmlops" in error.value.hint
    assert store.path.read_bytes() == before
    assert path.exists()
    assert not (store.state / "backup").exists()


def packed_facts(path: Path) -> list[object]:
    con = duckdb.connect(str(path), read_only=True)
    found = [
        con.execute(f"SELECT count(*), count(DISTINCT run_id) FROM {view}").fetchone() for view in ("metrics", "runs")
    ]
    con.close()
    return found


def test_crash_in_the_middle_of_pack(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    sha256 = store.blobs.put_bytes(b"figure" * 10_000)
    write(
        store, [line("tracking.artifact", {"run": RUN, "path": "a.bin", "sha256": sha256, "size": 60_000}, 900)], "s9"
    )
    store.ingest(wait=5, budget_s=30)
    target = tmp_path / "out.duckdb"
    count = steps(PACK, store.path, str(target))
    whole = packed_facts(target)
    target.unlink()
    for at in some(count):
        assert dies(PACK, at, store.path, str(target))
        assert not target.exists() or packed_facts(target) == whole
        target.unlink(missing_ok=True)
        assert len(values(store)) == 300
    pack.pack(store, target)
    assert packed_facts(target) == whole


def test_crash_in_the_middle_of_compacting(tmp_path: Path) -> None:
    count = steps(COMPACT, filled(tmp_path / "count").path)
    for at in some(count):
        store = filled(tmp_path / f"at{at}")
        store.ingest(wait=5, budget_s=30)
        before = store.id
        assert dies(COMPACT, at, store.path)
        again = Store(store.path)
        assert values(again) == [(float(i), float(i)) for i in range(300)]
        assert again.id == before
        write(again, [log(300, 300.0)], "s2")
        assert len(values(again)) == 301


def test_crash_in_the_middle_of_merge(tmp_path: Path) -> None:
    other = filled(tmp_path / "other", 100)
    sha256 = other.blobs.put_bytes(b"figure" * 10_000)
    write(
        other, [line("tracking.artifact", {"run": RUN, "path": "a.bin", "sha256": sha256, "size": 60_000}, 900)], "s9"
    )
    other.ingest(wait=5, budget_s=30)
    count_folder = tmp_path / "count"
    count_folder.mkdir()
    count = steps(MERGE, new_store(count_folder).path, str(other.path))
    for at in some(count):
        folder = tmp_path / f"at{at}"
        folder.mkdir()
        store = new_store(folder)
        mine = "01kdw1000000000009"
        write(store, [begin(mine, name="mine"), log(5, run=mine)], "s7")
        assert len(values(store)) == 1
        assert dies(MERGE, at, store.path, str(other.path))
        found = rows(store, "SELECT run_id, count(*) FROM metrics GROUP BY run_id ORDER BY run_id")
        assert found in ([(mine, 1)], [(RUN, 100), (mine, 1)])
        merge.merge(store, other.path)
        assert rows(store, "SELECT run_id, count(*) FROM metrics GROUP BY run_id ORDER BY run_id") == [
            (RUN, 100),
            (mine, 1),
        ]
        assert rows(store, "SELECT count(*), count(DISTINCT number) FROM runs") == [(2, 2)]
        assert store.fetch(sha256).read_bytes() == b"figure" * 10_000
