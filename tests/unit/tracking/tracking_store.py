"""Small stores for the tests of this folder, filled by hand."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping

import duckdb

from tests.benchmarks.many_runs import create_schema

START_NS = 1_767_225_600_000_000_000  # 2026-01-01 00:00 UTC
MINUTE_NS = 60_000_000_000


class TinyStore:
    """A database with the schema; runs are added one by one, a minute apart."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        create_schema(self.con)
        self.counter = itertools.count(1)
        self.row(
            "sessions",
            "s1",
            START_NS,
            1,
            "k1",
            "jupyterlab",
            "box",
            "ada",
            1,
            "train.ipynb",
            "lab",
            "/",
            "3.11",
            None,
            None,
        )
        self.row("journals", "s1", "s1", 0, 0, False, False)

    def row(self, table: str, *values: object) -> None:
        marks = ", ".join("?" for _ in values)
        self.con.execute(f"INSERT INTO _nbm.{table} VALUES ({marks})", list(values))

    def run(
        self,
        name: str | None = None,
        *,
        params: Mapping[str, object] | None = None,
        metrics: Mapping[str, object] | None = None,
        tags: Mapping[str, str] | None = None,
        experiment: str = "wine",
        status: str | None = "finished",
        source: str = "fit()",
        cell: str = "c1",
        fields: Mapping[str, str] | None = None,
        seed: int | None = None,
        run_id: str | None = None,
    ) -> str:
        """Add a run; a metric is its value or the list of its values, a step each."""
        number = next(self.counter)
        run_id = run_id or f"run{number:015d}"
        ns = START_NS + number * MINUTE_NS
        execution = f"e{number}"
        digest = str(hash(source))
        self.row("executions_begun", execution, "s1", ns, cell, "lab", source, digest, None, [], None, None)
        self.row("executions_ended", execution, ns + MINUTE_NS // 2, number, 30.0, "ok", None, None)
        self.row("run_executions", run_id, execution)
        self.row("runs_begun", run_id, "s1", ns, name, experiment, "run", None, execution, cell, None, 1, seed)
        self.row("run_numbers", run_id, number)
        if status is not None:
            self.row("runs_ended", run_id, "s1", ns + MINUTE_NS // 2, 1, status, 30.0, None, None)
        for key, value in (params or {}).items():
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            text = json.dumps(value)
            text = f'"{text}"' if text in ("NaN", "Infinity", "-Infinity") else text
            self.row("params", run_id, key, text, float(value) if is_number else None, "literal", ns, "s1", 1)  # type: ignore[arg-type]
        for key, value in (metrics or {}).items():
            values = [float(v) for v in value] if isinstance(value, list) else [float(value)]  # type: ignore[arg-type]
            self.metric(run_id, key, values, ns)
        for key, text in (tags or {}).items():
            self.row("tags", run_id, key, text, ns, "s1", 1)
        for field, text in (fields or {}).items():
            self.row("run_fields", run_id, field, text, ns, "s1", 1)
        return run_id

    def metric(self, run_id: str, key: str, values: list[float], ns: int = START_NS) -> None:
        self.con.execute(
            "INSERT INTO _nbm.metrics SELECT ?, ?, i - 1, v, make_timestamp(? // 1000 + i)"
            " FROM (SELECT unnest(?::DOUBLE[]) AS v, generate_subscripts(?::DOUBLE[], 1) AS i)",
            [run_id, key, ns, values, values],
        )
        self.con.execute(
            "INSERT INTO _nbm.metric_partials SELECT run_id, key, count(*), count(*) FILTER (isfinite(value)),"
            " arg_max(value, step), max(step), ?,"
            " min(value) FILTER (isfinite(value)), max(value) FILTER (isfinite(value)),"
            " sum(value) FILTER (isfinite(value)) FROM _nbm.metrics WHERE run_id = ? AND key = ? GROUP BY ALL",
            [ns, run_id, key],
        )
