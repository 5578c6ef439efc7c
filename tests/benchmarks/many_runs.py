"""A store's tables filled with many runs by bulk SQL, and what the table of runs costs on them.

python -m tests.benchmarks.many_runs            # JSON: seconds for each question
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import duckdb

PACKAGES = ("nbmlops.storage", "nbmlops.tracking", "nbmlops.data")


def create_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and the public views in an empty database."""
    for package in PACKAGES:
        folder = resources.files(package).joinpath("sql")
        steps = sorted(folder.joinpath("migrations").iterdir(), key=lambda step: step.name)
        for step in [step for step in (*steps, folder.joinpath("views.sql")) if step.name.endswith(".sql")]:
            if step.is_file():
                con.execute(step.read_text(encoding="utf-8"))


def fill(con: duckdb.DuckDBPyConnection, runs: int, *, params: int = 20, metrics: int = 20, points: int = 0) -> None:
    """Insert runs with params and metrics each; with points, that long a curve of every metric too."""
    con.execute(
        """
        INSERT INTO _nbm.sessions
        SELECT 's' || i, 1767225600000000000 + i * 1000000000, 1, 'k' || i, 'jupyterlab', 'box', 'ada', i,
            'train.ipynb', 'lab', '/home/ada', '3.11', NULL, NULL
        FROM range(20) t(i);
        INSERT INTO _nbm.journals SELECT 's' || i, 's' || i, 0, 0, i = 19, false FROM range(20) t(i);
        """
    )
    con.execute(
        """
        INSERT INTO _nbm.executions_begun
        SELECT 'e' || i, 's' || i % 20, 1767225600000000000 + i * 10000000000, 'c' || i % 50, 'lab',
            'fit(' || i % 7 || ')',
            'd' || i % 7, NULL, NULL, NULL, NULL
        FROM range($runs) t(i);
        """,
        {"runs": runs},
    )
    con.execute(
        """
        INSERT INTO _nbm.executions_ended
        SELECT 'e' || i, 1767225600000000000 + i * 10000000000 + 5000000000, i, 5.0, 'ok', NULL, NULL
        FROM range($runs) t(i)
        """,
        {"runs": runs},
    )
    con.execute(
        """
        INSERT INTO _nbm.runs_begun
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), 's' || i % 20, 1767225600000000000 + i * 10000000000,
            ['adam', 'sgd', 'forest'][1 + i % 3], 'wine', 'run', NULL, 'e' || i, 'c' || i % 50, 'train.ipynb', 1, i
        FROM range($runs) t(i)
        """,
        {"runs": runs},
    )
    con.execute(
        """
        INSERT INTO _nbm.runs_ended
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), 's' || i % 20, 1767225600000000000 + i * 10000000000 + 5000000000, 9,
            CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'finished' END, 5.0,
            CASE WHEN i % 10 = 0 THEN 'ZeroDivisionError' END, CASE WHEN i % 10 = 0 THEN 'division by zero' END
        FROM range($runs) t(i)
        """,
        {"runs": runs},
    )
    con.execute(
        "INSERT INTO _nbm.run_numbers SELECT 'run' || lpad(i::VARCHAR, 15, '0'), i + 1 FROM range($runs) t(i)",
        {"runs": runs},
    )
    con.execute(
        """
        INSERT INTO _nbm.run_fields
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), field, value, 1767225600000000000 + i * 10000000000, 's' || i % 20, 2
        FROM range($runs) t(i),
            (VALUES ('git_sha', 'abc'), ('git_dirty', 'false'), ('environment_id', 'env')) f(field, value)
        """,
        {"runs": runs},
    )
    con.execute(
        """
        INSERT INTO _nbm.params
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), 'param_' || k,
            CASE WHEN k % 4 = 3 THEN '"v' || i % 5 || '"' ELSE (i % (k + 2))::VARCHAR END,
            CASE WHEN k % 4 = 3 THEN NULL ELSE i % (k + 2) END,
            'literal', 1767225600000000000 + i * 10000000000, 's' || i % 20, 3
        FROM range($runs) t(i), range($params) p(k)
        """,
        {"runs": runs, "params": params},
    )
    con.execute(
        """
        INSERT INTO _nbm.metric_partials
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), 'metric_' || k, 100, 100, hash(i, k) % 1000 / 1000, 99,
            1767225600000000000 + i * 10000000000, 0, 1, 50
        FROM range($runs) t(i), range($metrics) m(k)
        """,
        {"runs": runs, "metrics": metrics},
    )
    con.execute(
        """
        INSERT INTO _nbm.metrics
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), 'metric_' || k, s, sin(s / 50) + hash(i, k, s) % 100 / 100,
            make_timestamp(1767225600000000 + i * 10000000 + s)
        FROM range($runs) t(i), range($metrics) m(k), range($points) q(s)
        """,
        {"runs": runs, "metrics": metrics, "points": points},
    )
    con.execute(
        """
        INSERT INTO _nbm.tags
        SELECT 'run' || lpad(i::VARCHAR, 15, '0'), 'team', 'vision', 1767225600000000000 + i * 10000000000,
            's' || i % 20, 4
        FROM range($runs) t(i) WHERE i % 4 = 0
        """,
        {"runs": runs},
    )
    con.execute("INSERT INTO _nbm.environments VALUES ('env', '3.11', 'Linux', MAP {'numpy': '2.4'}, NULL)")


def store(path: Path | str, runs: int, **sizes: int) -> duckdb.DuckDBPyConnection:
    """Open a new database at path with so many runs."""
    con = duckdb.connect(str(path))
    create_schema(con)
    fill(con, runs, **sizes)
    con.execute("CHECKPOINT")
    return con


def best(call: Callable[[], object], repeat: int = 5) -> float:
    """Best seconds of several calls: the quiet one."""
    seconds = []
    for _ in range(repeat):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def answers() -> dict[str, float]:
    """Best seconds of every question; the first number in a name is the count of runs."""
    import numpy as np

    from nbmlops.tracking import downsample, frames, queries, views
    from nbmlops.tracking.record import reading

    found: dict[str, float] = {}
    wide = store(":memory:", 5_000)
    everything = queries.compiled(wide, "")
    found["5,000 runs x 40 columns to pandas"] = best(lambda: frames.wide(wide, everything))
    many = store(":memory:", 100_000)
    asked = "metric_3 > .9 and param_3 = v1 order by metric_2 desc"
    for name, query in (("newest", queries.compiled(many, "")), ("filtered and sorted", queries.compiled(many, asked))):
        for fold in (False, True):
            label = f"100,000 runs, 100 {name}{', attempts folded' if fold else ''}"
            found[label] = best(lambda query=query, fold=fold: queries.runs_page(many, query, limit=100, fold=fold))  # type: ignore[misc]
    found["100,000 runs, whole view of 50"] = best(lambda: views.runs_view(many))
    curves = store(":memory:", 20, params=3, metrics=3, points=100_000)
    run = f"run{3:015d}"
    found["100,000 points of 6,000,000, query and down-sample"] = best(
        lambda: reading.curve(curves, run, "metric_1", 2_000)
    )
    values = np.sin(np.arange(100_000.0))
    found["100,000 points, down-sample alone"] = best(lambda: downsample.kept(values))
    return found


if __name__ == "__main__":
    print(json.dumps({name: round(seconds, 4) for name, seconds in answers().items()}, indent=1))
