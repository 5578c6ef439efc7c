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


SETTING = """
import pandas as pd, polars as pl, duckdb, pyarrow.parquet as pq
from pathlib import Path
folder = Path("raw")
def named(name):
    return str(folder / f"{name}.parquet")
"""
EVERYTHING = """%mlrun everything
from sklearn.linear_model import LinearRegression
a = pd.read_parquet(named("a"))
b = pl.scan_parquet(named("b")).collect()
query = f"from '{named('c')}'"
c = duckdb.sql(query).df()
joined = duckdb.sql("from a join c using (id)").df()
d = pq.read_table(named("d"))
X_train, y_train = joined[["id", "v"]], d.column("v").to_numpy()
model = LinearRegression().fit(X_train, y_train)
joined.to_parquet(named("pandas"))
b.write_parquet(named("polars"))
duckdb.sql("from joined").write_parquet(named("duckdb"))
pq.write_table(d, named("arrow"))
kept = X_train.copy()
X_train.loc[:, "v"] = 0
"""


def test_the_lineage_of_a_plain_notebook_shows_what_it_read_wrote_and_fitted(kernel: Kernel, tmp_path: Path) -> None:
    kernel.run(
        "import pandas as pd, os\nos.makedirs('raw')\n"
        "for name in 'abcd':\n"
        "    pd.DataFrame({'id': range(50), 'v': range(50)}).add(ord(name)).assign(id=range(50))"
        ".to_parquet(f'raw/{name}.parquet')"
    )
    for cell in (SETTING, EVERYTHING):
        assert kernel.run(cell).error is None, cell
    shown = said(kernel, "%mldata lineage 1")
    before, _, after = shown.partition("#1 everything")
    for name in ("a.parquet", "b.parquet", "c.parquet", "d.parquet", "X_train, 50 × 2, not saved", "y_train, 50 × 1"):
        assert name in before, shown
    for name in ("pandas.parquet", "polars.parquet", "duckdb.parquet", "arrow.parquet"):
        assert name in after, shown
    assert "inputs seen" in shown
    saved = said(kernel, "%mldata save kept train")  # what was fitted, though the cell changed it afterwards
    assert "train@v1" in saved
    assert "train@v1" in said(kernel, "%mldata lineage 1").partition("#1 everything")[0]
    rows = kernel.records("SELECT variable FROM data_edges WHERE role = 'in' AND version_id IS NOT NULL")
    assert rows == [{"variable": "X_train"}]


def test_unloading_leaves_the_libraries_as_they_were(kernel: Kernel) -> None:
    kernel.quietly(
        "import pandas, polars, duckdb, pyarrow.parquet, sys\nfrom sklearn.linear_model import LinearRegression\n"
        "def now():\n"
        "    return [pandas.read_parquet, polars.scan_parquet, duckdb.sql, duckdb.DuckDBPyConnection.execute,\n"
        "            pyarrow.parquet.read_table, LinearRegression.fit, list(sys.meta_path)]\n"
        "before = now()"
    )
    assert kernel.run("%mlrun one\nduring = now()").error is None
    assert said(kernel, "[x is y for x, y in zip(during, before)].count(True)") == "0"
    kernel.run("%unload_ext nbmlops")
    assert said(kernel, "now() == before") == "True"
    kernel.run("%load_ext nbmlops")
