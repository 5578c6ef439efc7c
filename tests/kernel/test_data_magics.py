"""``%mldata`` in a kernel: what it does, how it says what is wrong, what it completes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.conftest import Kernel


@pytest.fixture
def frames(kernel: Kernel) -> Kernel:
    """A frame, saved twice."""
    kernel.run("import nbmlops as ml, pandas as pd\ndf = pd.DataFrame({'id': [1, 2, 3], 'name': list('abc')})")
    kernel.run('%mldata save df train -m "first one"')
    kernel.run("%mldata save {df[df.id > 1]} train")
    return kernel


def said(kernel: Kernel, code: str) -> str:
    reply = kernel.run(code)
    assert reply.error is None, reply.error
    return reply.result or reply.footer or reply.stdout


def test_save_load_list_log_show(frames: Kernel) -> None:
    assert "train@v2 was there already" in said(frames, "%mldata save {df[df.id > 1]} train")
    assert "first one" in said(frames, "%mldata log train")
    assert "train" in said(frames, "%mldata list")
    assert "distribution" in said(frames, "%mldata show train@v1")
    assert said(frames, "old = %mldata load train@v1\nold.equals(df)") == "True"
    assert said(frames, "t = %mldata load train --as arrow\nt.num_rows") == "2"
    assert "train@v1" in said(frames, "%mldata tag train@v1 gold")
    assert said(frames, "len(ml.data.load('train@gold'))") == "3"
    said(frames, "%mldata branch train@v1 trial")
    assert "rows +0 −1 ~0" in said(frames, "%mldata diff train@v1 train@v2")
    assert "identical" in said(frames, "%mldata diff df train@v1 --key id --tol 0.1")
    assert "pushed 2 versions" in said(frames, "%mldata push train there")
    assert "pulled 0 versions" in said(frames, "%mldata pull train there")
    assert "would collect" in said(frames, "%mldata gc --keep 5")
    assert "all whole" in said(frames, "%mldata verify")
    assert "--mode" in said(frames, "%mldata --help")
    assert "--mode" in said(frames, "%mldata save -h")


def test_a_version_names_the_run_that_made_it_and_the_variable(frames: Kernel) -> None:
    frames.run("%mlrun cleaning\nget_ipython().run_line_magic('mldata', 'save df clean')")
    rows = frames.records(
        "SELECT r.name, e.role, e.variable FROM data_edges e JOIN runs r USING (run_id)"
        " JOIN data_versions v USING (version_id) WHERE v.dataset = 'clean'"
    )
    assert rows == [{"name": "cleaning", "role": "out", "variable": "df"}]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("save", "--help"),
        ("save nothing train", "a variable, a path"),
        ("save df 'a@b'", "for example 'a-b'"),
        ("save df train --mode copy", "hash"),
        ("save df train --bogus", "--help"),
        ("load trane", "did you mean train"),
        ("bogus", "one of save"),
        ("save df[0] train", "into braces: {df[0]}"),
        ("save nothing*.csv train", "a variable, a path"),
        ("load 'train", "close the quote"),
    ],
)
def test_what_is_wrong_is_said_in_two_lines(frames: Kernel, line: str, hint: str) -> None:
    error = frames.run(f"%mldata {line}").error
    assert error is not None
    assert hint in error["traceback"][-1]
    assert error["traceback"][-1].startswith("hint: ")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('save df t -m "use {x} now"', " · use {x} now"),
        ("save {pd.DataFrame({'a': [1]} )} t", "t@v1 · 1 × 1"),
        ("save {pd.DataFrame({'}': [1, 2]} )} t", "t@v1 · 2 × 1"),
        ('save df t -m "-5%"', " · -5%"),
        ("save df t --mode hash -m -5%", " · -5%"),
        ('save "SELECT 1 AS a" t', "t@v1 · 1 × 1"),
        ("save {df[df.id > 1]} t --key id", "t@v1 · 2 × 2"),
    ],
)
def test_words_are_what_is_meant(frames: Kernel, line: str, expected: str) -> None:
    assert expected in said(frames, f"%mldata {line}")


def test_files_by_path(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run("import nbmlops as ml\nopen('notes.txt', 'w').write('a')")
    assert "1 file" in said(kernel, "%mldata save notes.txt notes")


def test_completion(frames: Kernel) -> None:
    assert {"save", "load", "show"} <= set(frames.complete("%mldata "))
    assert {"train", "train@v1", "train@main"} <= set(frames.complete("%mldata load tr"))
    assert frames.complete("%mldata log t") == ["train"]
    assert "--mode" in frames.complete("%mldata save df train --")
    assert "train@v2" in frames.complete('ml.data.load("train@')


def test_a_run_knows_the_files_that_its_cell_reads(kernel: Kernel) -> None:
    kernel.run("import pandas as pd, duckdb\npd.DataFrame({'a': [1]}).to_parquet('a.parquet')")
    kernel.run("import os; os.utime('a.parquet', (1, 1))")
    kernel.run("%mlrun reads\nduckdb.sql(\"FROM 'a.parquet'\").df().to_csv('b.csv')")
    rows = kernel.records("SELECT role, parse_filename(source) AS file FROM data_edges ORDER BY role")
    assert rows == [{"role": "in", "file": "a.parquet"}, {"role": "out", "file": "b.csv"}]
    assert "a.parquet" in said(kernel, "%mldata lineage 1")
