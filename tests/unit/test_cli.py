"""The command line as a user calls it: a fresh process, in a folder with a store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MAKE = """
import nbmlops as ml
ml.use(experiment="digits")
ml.goal(acc="max")
for name, lr, acc in (("sgd", 0.1, 0.91), ("adam", 0.01, 0.97), ("it's <b>\\N{SNOWMAN}</b>", 0.001, 0.93)):
    with ml.run(name, params={"lr": lr}):
        ml.log_batch({"acc": [acc / 2, acc]})
try:
    with ml.run("broken"):
        raise ZeroDivisionError("division by zero")
except ZeroDivisionError:
    pass
"""


def nbmlops(cwd: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nbmlops", *arguments],
        cwd=cwd,
        env=os.environ | {"COLUMNS": "160"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cli")
    subprocess.run([sys.executable, "-c", MAKE], cwd=made, check=True)
    return made


def test_version_and_help(tmp_path: Path) -> None:
    assert nbmlops(tmp_path, "--version").stdout == "nbmlops 0.1.0\n"
    text = nbmlops(tmp_path, "--help").stdout
    for command in ("runs", "show", "compare", "report", "sql", "export", "pack", "merge", "doctor", "demo"):
        assert f"\n    {command} " in text


def test_a_wrong_call_is_usage(tmp_path: Path) -> None:
    assert nbmlops(tmp_path, "nonsense").returncode == 2
    assert nbmlops(tmp_path).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [["runs"], ["show", "1"], ["compare"], ["report"], ["sql", "FROM runs"], ["export", "out"], ["pack"], ["doctor"]],
)
def test_no_store_is_two_lines_and_leaves_nothing(tmp_path: Path, arguments: list[str]) -> None:
    done = nbmlops(tmp_path, *arguments)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert str(tmp_path / "mlops.duckdb") in lines[0]
    assert lines[1].startswith("hint: ")
    assert list(tmp_path.iterdir()) == []


def test_runs_prints_the_table(folder: Path) -> None:
    done = nbmlops(folder, "runs")
    assert done.returncode == 0, done.stderr
    for expected in ("sgd", "adam", "broken", "failed", "0.97", "it's <b>☃</b>"):
        assert expected in done.stdout


def test_runs_takes_a_filter_in_several_words(folder: Path) -> None:
    done = nbmlops(folder, "runs", "acc", ">", ".92", "order", "by", "acc", "desc", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [row["name"] for row in json.loads(done.stdout)] == ["adam", "it's <b>☃</b>"]


def test_runs_as_csv(folder: Path) -> None:
    done = nbmlops(folder, "runs", "name = adam", "--format", "csv")
    head, row = done.stdout.splitlines()
    cells = dict(zip(head.split(","), row.split(","), strict=True))
    assert (cells["name"], float(cells["lr"]), float(cells["acc"])) == ("adam", 0.01, 0.97)


def test_a_bad_filter_is_underlined(folder: Path) -> None:
    done = nbmlops(folder, "runs", "acc >")
    assert done.returncode == 1
    said, text, caret, hint = done.stderr.splitlines()
    assert said.startswith("nbmlops: the filter cannot be read")
    assert (text, caret.index("^")) == ("  acc >", len(text))
    assert hint == "hint: a value belongs after it: acc > 0.5"


def test_runs_are_those_of_the_newest_experiment(folder: Path, tmp_path: Path) -> None:
    code = "import nbmlops as ml\nfor e in 'ab':\n  with ml.run(f'in-{e}', experiment=e): ml.log(acc=1)"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    out = nbmlops(tmp_path, "runs").stdout
    assert out.startswith("runs · b\n")
    assert "in-b" in out and "in-a" not in out
    assert "1 run of other experiments: experiment='*'" in out
    for arguments in (["--experiment", "*", "runs"], ["runs", "experiment='*'"]):
        out = nbmlops(tmp_path, *arguments).stdout
        assert "in-b" in out and "in-a" in out
    assert "no run of experiment c; experiments here: b, a" in nbmlops(tmp_path, "--experiment", "c", "runs").stdout
    assert "found in experiment a" in nbmlops(tmp_path, "show", "in-a").stdout


def test_show_prints_one_run(folder: Path) -> None:
    done = nbmlops(folder, "show", "adam")
    assert done.returncode == 0, done.stderr
    assert "adam" in done.stdout
    assert "0.01" in done.stdout


def test_show_of_the_best_means_the_experiment_of_the_newest_run(folder: Path) -> None:
    assert "adam" in nbmlops(folder, "show", "best:acc").stdout
    done = nbmlops(folder, "--experiment", "elsewhere", "show", "best:acc")
    assert done.returncode == 1
    assert "elsewhere" in done.stderr


def test_show_of_nobody_names_close_matches(folder: Path) -> None:
    done = nbmlops(folder, "show", "adan")
    assert done.returncode == 1
    assert "adam" in done.stderr


def test_compare_prints_what_differs(folder: Path) -> None:
    done = nbmlops(folder, "compare", "1", "adam")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("#2 adam vs #1 sgd\n")
    for expected in ("+0.06 better", "÷10"):
        assert expected in done.stdout
    table = nbmlops(folder, "compare", "1..3", "--markdown").stdout
    assert table.startswith("**3 runs, compared with `#1 sgd`**\n")
    assert "| `acc` | 0.91 | **0.97** (+0.06 ▲) | 0.93 (+0.02 ▲) |" in table
    assert nbmlops(folder, "compare", "1", "nobody").returncode == 1


def test_report_writes_one_page(folder: Path, tmp_path: Path) -> None:
    done = nbmlops(folder, "report", "acc", ">", ".92", "-o", str(tmp_path / "week.html"), "--title", "Week 1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path / 'week.html'}: 2 runs, ")
    page = (tmp_path / "week.html").read_text()
    assert "<h1>Week 1</h1>" in page and "The best by acc" in page and "sgd" not in page
    assert nbmlops(folder, "report", "acc > 5", "-o", str(tmp_path / "none.html")).returncode == 1


def test_sql_from_the_line_and_from_standard_input(folder: Path) -> None:
    query = "SELECT name FROM runs WHERE status = 'failed'"
    assert json.loads(nbmlops(folder, "sql", query, "--format", "json").stdout) == [{"name": "broken"}]
    assert json.loads(nbmlops(folder, "sql", "-", "--format", "json", stdin=query).stdout) == [{"name": "broken"}]


def test_sql_cannot_write(folder: Path) -> None:
    done = nbmlops(folder, "sql", "DELETE FROM _nbm.runs_begun")
    assert done.returncode == 1
    assert json.loads(nbmlops(folder, "sql", "SELECT count(*) AS n FROM runs", "--format", "json").stdout) == [{"n": 4}]


def test_the_store_can_be_named(folder: Path, tmp_path: Path) -> None:
    done = nbmlops(tmp_path, "--store", str(folder / "mlops.duckdb"), "runs")
    assert "adam" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_seen_enough_is_no_error(folder: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m nbmlops sql 'SELECT * FROM range(100000)' --format csv | head -n 1",
        shell=True, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("range\n", "")


def test_export_writes_parquet(folder: Path, tmp_path: Path) -> None:
    import duckdb

    done = nbmlops(folder, "export", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/out/runs.parquet'").fetchall() == [(4,)]
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/out/metrics.parquet'").fetchall() == [(6,)]


def test_pack_then_merge_keeps_ids_and_doubles_nothing(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.duckdb"
    assert nbmlops(folder, "pack", str(packed)).returncode == 0
    subprocess.run(
        [sys.executable, "-c", "import nbmlops as ml\nwith ml.run('mine'): ml.log(acc=.5)"], cwd=tmp_path, check=True
    )
    for _ in range(2):
        done = nbmlops(tmp_path, "merge", str(packed))
        assert done.returncode == 0, done.stderr
        query = "SELECT run_id, number, name FROM runs ORDER BY number"
        here = json.loads(nbmlops(tmp_path, "sql", query, "--format", "json").stdout)
        assert [row["number"] for row in here] == [1, 2, 3, 4, 5]
    there = json.loads(nbmlops(folder, "sql", "SELECT run_id FROM runs", "--format", "json").stdout)
    assert {row["run_id"] for row in there} <= {row["run_id"] for row in here}


def test_doctor_finds_nothing_wrong(folder: Path) -> None:
    done = nbmlops(folder, "doctor")
    assert done.returncode == 0, done.stderr
    assert str(folder / "mlops.duckdb") in done.stdout


def test_doctor_names_a_file_that_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "mlops.duckdb").write_bytes(b"not a database " * 1000)
    done = nbmlops(tmp_path, "doctor")
    assert "not" in done.stdout + done.stderr
    assert (tmp_path / "mlops.duckdb").read_bytes() == b"not a database " * 1000
