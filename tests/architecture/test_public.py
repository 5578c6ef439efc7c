"""What users are promised: names, documentation, a light import."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import nbmlops
from nbmlops import catalog

HEAVY = ("pandas", "pyarrow", "altair", "anywidget", "ipywidgets", "IPython", "jupyter_server", "numpy", "matplotlib")

DOCTEST = """
import doctest, json, sys
import nbmlops
ml = nbmlops
failed = tried = 0
finder = doctest.DocTestFinder(recurse=True)
runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
things = {name: getattr(nbmlops, name) for name in sorted(nbmlops.__all__)}
things |= {f"data.{name}": getattr(nbmlops.data, name) for name in nbmlops.data.__all__}
for name, thing in things.items():
    for test in finder.find(thing, name, globs={"ml": nbmlops, "nbmlops": nbmlops}):
        runner.run(test)
print(json.dumps({"failed": runner.failures, "tried": runner.tries}))
"""


def run_python(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True)


def public() -> dict[str, object]:
    found = {name: getattr(nbmlops, name) for name in nbmlops.__all__ if not name.startswith("__")}
    return found | {f"data.{name}": getattr(nbmlops.data, name) for name in nbmlops.data.__all__}


def test_import_is_light(tmp_path: Path) -> None:
    done = run_python(
        f"import sys, json, nbmlops; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))", tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_every_public_function_is_documented() -> None:
    thin = {name for name, thing in public().items() if callable(thing) and len(inspect.getdoc(thing) or "") < 40}
    assert thin == set()


def test_every_public_function_has_an_example() -> None:
    functions = {name: thing for name, thing in public().items() if inspect.isfunction(thing)}
    assert len(functions) > 10
    assert {name for name, thing in functions.items() if ">>>" not in (inspect.getdoc(thing) or "")} == set()


def test_the_examples_are_true(tmp_path: Path) -> None:
    done = run_python(DOCTEST, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["failed"] == 0, done.stdout
    assert counts["tried"] > 20


def test_no_public_name_is_a_package() -> None:
    packages = {path.name for path in Path(nbmlops.__file__).parent.iterdir() if path.is_dir()}
    assert packages & set(nbmlops.__all__) == set()


def test_the_catalog_lists_what_exists() -> None:
    assert set(catalog.functions()) <= set(public())


def test_every_magic_of_the_catalog_is_registered(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "from IPython.testing.globalipapp import start_ipython\n"
        "shell = start_ipython()\n"
        "shell.run_line_magic('load_ext', 'nbmlops')\n"
        "from nbmlops import catalog\n"
        "cells = [e.magic for e in catalog.ENTRIES if e.magic and e.is_cell_magic]\n"
        "missing = [m for m in catalog.magics() if shell.find_line_magic(m) is None]\n"
        "print(json.dumps(missing + ['%%' + m for m in cells if shell.find_cell_magic(m) is None]))\n"
    )
    done = run_python(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_readme_names_only_what_exists(root: Path) -> None:
    readme = (root / "README.md").read_text()
    # lines about other programs are theirs, up to the column with ours
    ours = re.sub(r"^\| `[^|]*(mlflow|wandb|neptune|run\[)[^|]*\|", "|", readme, flags=re.M | re.I)
    functions = set(re.findall(r"\bml\.((?:data\.)?[a-z_]+)\(", ours))
    magics = set(re.findall(r"%(ml[a-z]*)", ours))
    assert len(functions) >= 8
    assert functions - set(public()) == set()
    assert magics - set(catalog.magics()) == set()
    commands = set(re.findall(r"\bnbmlops (?:--store \S+ )?([a-z]+)\b", "\n".join(re.findall(r"`([^`\n]+)`", ours))))
    assert {"demo", "runs"} <= commands
    assert commands - set(catalog.commands()) == set()


def test_the_readme_lists_every_column_of_the_public_views(root: Path) -> None:
    import duckdb

    con = duckdb.connect()
    folder = root / "nbmlops"
    for path in (
        *sorted((folder / "storage/sql/migrations").glob("*.sql")),
        *sorted((folder / "tracking/sql/migrations").glob("*.sql")),
        folder / "tracking/sql/views.sql",
        *sorted((folder / "data/sql/migrations").glob("*.sql")),
        folder / "data/sql/views.sql",
    ):
        con.execute(path.read_text())
    found: dict[str, list[str]] = {}
    for view, column in con.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'main' ORDER BY ALL"
    ).fetchall():
        found.setdefault(view, []).append(column)
    assert len(found) > 10
    readme = (root / "README.md").read_text()
    for view, columns in found.items():
        row = re.search(rf"^\| `{view}` \|(.*)\|$", readme, flags=re.M)
        assert row, f"README has no row for the view {view}"
        named = set(re.findall(r"\w+", row[1]))
        assert set(columns) - named == set(), view
