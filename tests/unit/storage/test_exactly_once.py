"""Any records, split over any journals, taken in by anybody in any order with crashes between: the same tables."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nbmlops.storage.journal import Journal
from nbmlops.storage.liveness import Presence
from tests.unit.storage.stores import START_NS, Table, header

RUNS = ("01kdw1000000000000", "01kdw1000000000001", "01kdw1000000000002")
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking takes minutes here: do it by hand
KEYS = st.sampled_from(["loss", "acc", "a/b", "ключ", "'\"\\{}#"])
NUMBERS = st.one_of(st.floats(width=64), st.integers(-(2**70), 2**70)).map(
    lambda x: (
        x if isinstance(x, float) and abs(x) < float("inf") else str(x).replace("inf", "Infinity").replace("nan", "NaN")
    )
)
VIEWS = {
    "metrics": "SELECT * FROM metrics ORDER BY ALL",
    "summary": "SELECT run_id, key, count, last, last_step, min, max, non_finite FROM metric_summary ORDER BY ALL",
    "params": "SELECT * FROM params ORDER BY ALL",
    "tags": "SELECT * FROM tags ORDER BY ALL",
    "series": "SELECT * FROM series ORDER BY ALL",
    "runs": "SELECT run_id, name, experiment, kind, parent_run_id, note, started_at, seed FROM runs ORDER BY ALL",
    "ends": "SELECT run_id, ended_at, duration_s, error_name FROM runs ORDER BY ALL",
    "goals": "SELECT * FROM metric_defs ORDER BY ALL",
}
GARBAGE = st.sampled_from(
    [
        b"",
        b"{",
        b"garbage",
        b'{"t":"tracking.log"}',
        b"\xff\x00",
        b'{"t":"tracking.log","v":1,"n":1,"ns":1,"m":{"a":1}}',
    ]
)


@st.composite
def payloads(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    run = draw(st.sampled_from(RUNS))
    kind = draw(
        st.sampled_from(["log", "log", "log", "batch", "params", "tags", "set", "begin", "end", "series", "goal"])
    )
    key = draw(KEYS)
    if kind == "log":
        values = draw(st.dictionaries(KEYS, NUMBERS, min_size=1, max_size=3))
        return "tracking.log", {"run": run, "s": draw(st.integers(0, 9)), "m": values}
    if kind == "batch":
        column = draw(st.lists(NUMBERS, min_size=1, max_size=4))
        return "tracking.batch", {"run": run, "s": list(range(len(column))), "c": {key: column}}
    if kind == "params":
        return "tracking.params", {"run": run, "p": [{"k": key, "v": draw(st.text(max_size=5)), "x": None, "o": "log"}]}
    if kind == "tags":
        return "tracking.tags", {"run": run, "tags": {key: draw(st.none() | st.text(max_size=5))}}
    if kind == "set":
        return "tracking.run.set", {
            "run": run,
            "field": draw(st.sampled_from(["note", "name"])),
            "value": draw(st.text(max_size=3)),
        }
    if kind == "begin":
        return "tracking.run.begin", {"run": run, "name": key, "experiment": "e", "kind": "run", "seed": 1}
    if kind == "end":
        return "tracking.run.end", {"run": run, "status": "finished", "duration": 1.5}
    if kind == "goal":
        return "tracking.goal", {"experiment": "e", "key": key, "goal": draw(st.sampled_from(["min", "max"]))}
    return "tracking.series", {"run": run, "key": key, "s": 0, "kind": "text", "text": draw(st.text(max_size=5))}


class Crash(BaseException):
    """The process ends here."""


class Dying:
    """A connection whose process ends at its n-th statement."""

    def __init__(self, con: duckdb.DuckDBPyConnection, statements: int) -> None:
        self.con = con
        self.left = statements

    def execute(self, *arguments: Any) -> duckdb.DuckDBPyConnection:
        self.left -= 1
        if self.left < 0:
            raise Crash
        return self.con.execute(*arguments)


def encoded(records: list[tuple[str, dict[str, Any]]]) -> list[bytes]:
    """Lines in the order of their times, no two at the same one; a run begins once."""
    import orjson

    lines, begun = [], set()
    for n, (kind, payload) in enumerate(records):
        if kind == "tracking.run.begin":
            if payload["run"] in begun:
                continue
            begun.add(payload["run"])
        record = {"t": kind, "v": 1, "n": n, "ns": START_NS + n * 1_000_000, **payload}
        lines.append(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    return lines


def tables(table: Table) -> dict[str, list[Any]]:
    return {name: [tuple(map(repr, row)) for row in table.all(sql)] for name, sql in VIEWS.items()}


@settings(max_examples=20, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(records=st.lists(payloads(), min_size=1, max_size=40), data=st.data())
def test_the_same_tables_whatever_happens(records: list[tuple[str, dict[str, Any]]], data: st.DataObject) -> None:
    lines = encoded(records)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        plain = Table(Path(one))
        Journal(plain.layout.journals / "all-1.jsonl", header(plain.id, "all")).extend(b"".join(lines))
        plain.ingest()
        assert plain.all("SELECT count(*) FROM _nbm.quarantine") == [(0,)]

        table = Table(Path(two))
        count = data.draw(st.integers(1, 4), label="journals")
        journals = [Journal(table.layout.journals / f"s{i}-1.jsonl", header(table.id, f"s{i}")) for i in range(count)]
        presences = [Presence(table.layout, f"s{i}") for i in range(count)]
        homes = data.draw(st.lists(st.integers(0, count - 1), min_size=len(lines), max_size=len(lines)), label="homes")
        quarantined = 0
        for line, home in zip(lines, homes, strict=True):
            torn = data.draw(st.none() | st.integers(1, len(line) - 2), label="seen while half written")
            if torn is not None:
                journals[home].extend(line[:torn])
                disturb(table, data)
            journals[home].extend(line[torn or 0 :])
            if data.draw(st.integers(0, 4), label="garbage?") == 0:
                garbage = data.draw(GARBAGE, label="garbage")
                journals[home].extend(garbage + b"\n")
                quarantined += garbage != b""
            if data.draw(st.integers(0, 3), label="somebody ingests?") == 0:
                disturb(table, data)
        journals[0].extend(lines[0][: len(lines[0]) // 2])  # its writer dies in the middle of a line
        for presence in presences:
            presence.release()
        table.ingest()
        assert tables(table) == tables(plain)
        assert table.all("SELECT count(*) FROM _nbm.quarantine") == [(quarantined + 1,)]


def disturb(table: Table, data: st.DataObject) -> None:
    """Somebody takes in: all, some, or dies over it."""
    chunk = data.draw(st.sampled_from([1, 50, 200, 1 << 20]), label="chunk")
    how = data.draw(st.sampled_from(["whole", "late", "dies"]), label="how")
    if how == "dies":
        try:
            table.ingest(Dying(table.con, data.draw(st.integers(0, 40), label="after")), chunk=chunk)
        except Crash:
            try:
                table.con.execute("ROLLBACK")
            except duckdb.TransactionException:
                pass
    else:
        deadline = time.monotonic() - 1 if how == "late" else float("inf")
        own = {f"s{data.draw(st.integers(0, 3), label='own')}-1"}
        table.ingest(own=own, deadline=deadline, chunk=chunk)


@settings(max_examples=12, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(points=st.lists(st.tuples(st.sampled_from(RUNS), KEYS, st.integers(0, 5)), max_size=60), order=st.randoms())
def test_every_point_is_there_as_often_as_it_was_logged(points: list[tuple[str, str, int]], order: Any) -> None:
    """Against a count made without any SQL."""
    records = [("tracking.log", {"run": run, "s": step, "m": {key: step}}) for run, key, step in points]
    lines = encoded(records)
    with tempfile.TemporaryDirectory() as folder:
        table = Table(Path(folder))
        numbers = itertools.count()
        while lines:
            size = order.randint(1, len(lines))
            piece, lines = lines[:size], lines[size:]
            name = f"s{next(numbers)}"
            Journal(table.layout.journals / f"{name}-1.jsonl", header(table.id, name)).extend(b"".join(piece))
            if order.random() < 0.5:
                table.ingest(chunk=order.choice([1, 100, 1 << 20]))
        table.ingest()
        found = Counter((run, key, step) for run, key, step in table.all("SELECT run_id, key, step FROM metrics"))
        assert found == Counter((run, key, float(step)) for run, key, step in points)
        # whole numbers add up to the same in every order
        summary = table.all("SELECT run_id, key, count, count * mean FROM metric_summary")
        assert {(run, key): count for run, key, count, _ in summary} == Counter((run, key) for run, key, _ in points)
        sums: Counter[tuple[str, str]] = Counter()
        for run, key, step in points:
            sums[run, key] += step
        assert {(run, key): round(total) for run, key, _, total in summary} == sums
