"""Versions of data: identity, differences, growth, folders; against DVC and datacompy in the same run.

CPU seconds, user and system, children included; each piece of work has a process of its own, the best of three counts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import data_tables
from tests.benchmarks.measure import ROOT, Answer, Lack, Row

ROWS = 10_000_000
FILES = 20_000
COLUMNS = 5_000
COMPARED = 2_000_000  # rows that datacompy is given: 10 million do not fit with pandas
TIGHT = 1_000_000_000
BARS = 10_000_000  # rows that the bars are for

Said = dict[str, Any]

WRITE = """
import sys
from pathlib import Path
import pyarrow.parquet
from tests.benchmarks import data_tables
table = data_tables.read(Path(sys.argv[1]), "before")
said, _ = data_tables.cost(lambda: pyarrow.parquet.write_table(table, sys.argv[2]))
print(said["cpu"])
"""


def answer(
    folder: Path, peers: str | None, *, rows: int = ROWS, files: int = FILES, columns: int = COLUMNS, repeat: int = 3
) -> Answer:
    """All rows about versions of data."""
    tables = _tables(folder / "tables", rows, columns)
    cases = _Cases(folder / "cases", repeat)
    found = _of_tables(cases, tables, rows)
    found += _of_many(cases, tables, columns)
    if peers is None:
        found += _of_files(cases, tables, files)
        return [*found, Lack("against DVC and datacompy", "no environment with them (pip could not build one)")]
    found += _of_files(cases, tables, files, _Dvc(folder / "dvc", peers))
    return found + _against_datacompy(cases, folder, tables, rows, peers)


def _of_tables(cases: _Cases, tables: Path, rows: int) -> Answer:
    counts = data_tables.counts(tables)
    size, bar = f"{rows:,} rows x 10, {counts['bytes'] / 1e9:.2g} GB", rows >= BARS
    identity, profile = cases.best("identity", tables), cases.best("profile", tables)
    equal, place = cases.best("equal_ids", tables), cases.best("in_place", tables)
    keyed = cases.best("by_key", tables)
    tight = cases.best("by_key", tables, NBMLOPS_DATA_MEMORY_BYTES=str(TIGHT))
    _must_agree("in place", place["cells"], counts["edited"])
    _must_agree("by key", keyed["cells"], counts["mixed"])
    _must_agree("by key with 1 GB", tight["cells"], counts["mixed"])
    kept = cases.best("keep", tables, repeat=1)
    _must_agree("of kept versions", kept["cells"], counts["edited"])
    return [
        Row("identity of a table", identity["cpu"], "s", bar=0.8 if bar else None, note=size),
        Row("diff of equal ids", equal["cpu"] * 1e3, "ms", bar=10, note="two versions by name"),
        Row("diff of edits in place", place["cpu"], "s", bar=1.5 if bar else None, note=_extra(place)),
        Row("keyed diff, rows added, removed, changed", keyed["cpu"], "s", bar=6 if bar else None, note="exact"),
        Row("its extra memory", keyed["extra"], "GB", bar=2.5, note=f"{keyed['clock']:.2g} s on the clock"),
        Row("the same with a limit of 1 GB", tight["cpu"], "s", note=f"exact; {_extra(tight)}"),
        Row("profile of a table at its commit", profile["cpu"], "s", note=_extra(profile)),
        Row("saving it by its identity alone", equal["saved"]["cpu"], "s", note="with the profile"),
        Row(
            "keeping its values",
            kept["first"]["cpu"],
            "s",
            note=f"{kept['size'] / 1e6:.0f} MB; {_extra(kept['first'])}",
        ),
        Row(
            "growth of the store by 0.1 % scattered edits",
            kept["grown"] * 100,
            "%",
            bar=1 if bar else None,
            note=f"saved in {kept['second']['cpu']:.3g} s",
        ),
        Row(
            "giving it back",
            kept["load"]["cpu"],
            "s",
            note=f"{_extra(kept['load'])}; the edited version {kept['load delta']['cpu']:.3g} s",
        ),
        Row("diff of both kept versions", kept["diff"]["cpu"], "s", note=_extra(kept["diff"])),
        Row("its view, until it is shown", kept["view"]["cpu"], "s", note=_bytes(kept["view bytes"])),
    ]


def _of_many(cases: _Cases, tables: Path, columns: int) -> Answer:
    wide = cases.best("wide", tables, repeat=1)
    said = ", ".join(f"{name} {wide[name]['cpu']:.2g}" for name in ("save", "again", "diff", "view", "show", "load"))
    whole = sum(wide[name]["cpu"] for name in ("save", "again", "diff", "view", "show", "load"))
    return [
        Row(f"{columns:,} columns x 1,000 rows, all verbs", whole, "s", note=f"{said}; {_bytes(wide['view bytes'])}")
    ]


def _of_files(cases: _Cases, tables: Path, files: int, dvc: _Dvc | None = None) -> Answer:
    data_tables.write_folder(tables / "files", files)
    found = cases.each("files", tables)
    first, again, kept = (min(each[name]["cpu"] for each in found) for name in ("first", "again", "kept"))
    bar = files >= FILES
    rows: Answer = [
        Row(
            f"folder of {files:,} files, first",
            first,
            "s",
            bar=1 if bar else None,
            note=f"with its bytes kept {kept:.3g} s",
        ),
        Row(f"folder of {files:,} files, unchanged", again, "s", bar=0.4 if bar else None),
    ]
    if dvc is None:
        return rows
    theirs = dvc.added_twice(tables / "files")
    said = f"DVC {dvc.version}: {theirs[0]:.3g} s, with the bytes kept as we do in {kept:.3g} s"
    rows.append(_times("`dvc add` of the folder over ours, first", theirs[0] / first, 10 if bar else None, said))
    said = f"{theirs[1]:.3g} s"
    rows.append(_times("`dvc add` of the folder over ours, unchanged", theirs[1] / again, 10 if bar else None, said))
    identity = cases.best("identity", tables)["cpu"]
    file = dvc.folder / "table.parquet"
    written = float(_output([sys.executable, "-c", WRITE, str(tables), str(file)]))
    table = dvc.added(file)
    said = f"{written:.3g} s to write the Parquet file that it needs, {table:.3g} s to add it"
    whole = (table + written) / identity
    return [*rows, _times("`dvc add` of the table over its identity", whole, 10 if bar else None, said)]


def _against_datacompy(cases: _Cases, folder: Path, tables: Path, rows: int, peers: str) -> Answer:
    answer: Answer = []
    for engine, few in (("polars", rows), ("pandas", min(rows, COMPARED))):
        place = tables if few == rows else _tables(folder / f"tables {engine}", few, 0)
        ours = cases.best("live", place)
        theirs = json.loads(_output([peers, "-m", "tests.benchmarks.data_peers", engine, str(place)]).splitlines()[-1])
        _must_agree(f"of datacompy on {engine}", theirs["cells"], ours["cells"])
        costs = [f"{said['cpu']:.3g} s and {said['extra']:.2g} GB" for said in (theirs, ours)]
        said = f"datacompy {theirs['version']}, {few:,} rows, the same answer: {costs[0]}, ours {costs[1]}"
        bar = 2 if few >= COMPARED else None
        answer.append(_times(f"datacompy on {engine} over ml.data.diff", theirs["cpu"] / ours["cpu"], bar, said))
    return answer


def _times(what: str, value: float, bar: float | None, note: str) -> Row:
    return Row(what, value, "x", bar=bar, at_least=True, note=note)


class _Cases:
    """Runs the pieces of work of `data_cases`, each in a process and with a store of its own."""

    def __init__(self, folder: Path, repeat: int) -> None:
        self._folder = folder
        self._repeat = repeat

    def each(self, case: str, tables: Path, repeat: int | None = None, **variables: str) -> list[Said]:
        found = []
        for _ in range(repeat or self._repeat):
            self._folder.mkdir(parents=True)
            env = os.environ | {"NBMLOPS_STORE": str(self._folder / "mlops.duckdb")} | variables
            command = [sys.executable, "-m", "tests.benchmarks.data_cases", case, str(tables)]
            found.append(json.loads(_output(command, env=env).splitlines()[-1]))
            shutil.rmtree(self._folder)
        return found

    def best(self, case: str, tables: Path, repeat: int | None = None, **variables: str) -> Said:
        """The one that took the least CPU time."""
        return min(self.each(case, tables, repeat, **variables), key=lambda said: said.get("cpu", 0))


class _Dvc:
    """``dvc add`` in a git repository of its own, with nothing of this machine's."""

    def __init__(self, folder: Path, python: str) -> None:
        folder.mkdir()
        self.folder = folder
        self._python = python
        homes = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR")
        home = folder / "home"
        home.mkdir()
        self._env = os.environ | dict.fromkeys(homes, str(home)) | {
            "DVC_SITE_CACHE_DIR": str(home / "site"), "DVC_NO_ANALYTICS": "1",
        }  # fmt: skip
        _output(["git", "init", "-q", "."], cwd=folder, env=self._env)
        for said in (["init", "-q"], ["config", "core.analytics", "false"], ["config", "core.check_update", "false"]):
            self._dvc(*said)
        self.version = self._dvc("--version").strip()

    def _dvc(self, *arguments: str) -> str:
        return _output([self._python, "-m", "dvc", *arguments], cwd=self.folder, env=self._env)

    def added(self, path: Path) -> float:
        """CPU seconds of one ``dvc add``."""
        begun = data_tables.cpu()
        self._dvc("add", "-q", str(path))
        return data_tables.cpu() - begun

    def added_twice(self, source: Path) -> tuple[float, float]:
        """CPU seconds of adding a folder, and of doing so again while nothing changed."""
        place = self.folder / "files"
        shutil.copytree(source, place)
        return self.added(place), self.added(place)


def _tables(folder: Path, rows: int, columns: int) -> Path:
    folder.mkdir(parents=True)
    data_tables.write_tables(folder, rows, columns)
    return folder


def _must_agree(what: str, found: dict[str, int], wanted: dict[str, int]) -> None:
    if {name: count for name, count in found.items() if count} != {
        name: count for name, count in wanted.items() if count
    }:
        raise RuntimeError(f"the counts {what} are {found}, not {wanted}")


def _extra(said: Said) -> str:
    return f"+{said['extra']:.2g} GB, {said['clock']:.2g} s on the clock"


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def _bytes(said: dict[str, int]) -> str:
    return f"{said['html'] / 1e3:.0f} KB of HTML, {said['snapshot'] / 1e3:.0f} KB of JSON"


def _output(command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:200]}: {done.stderr[-2000:]}")
    return done.stdout
