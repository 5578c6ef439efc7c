"""The built front end that is committed: of these sources, small, offline, of no machine in particular."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

SOURCES = ("src", "style", "schema")
FILES = ("package.json", "package-lock.json", "tsconfig.json", "build.mjs")
BUILD = "cd js && npm ci && npm run build"
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink"}
CEILING = 450_000  # bytes of each half; all views, charts and the panel are 250 and 370 kB


def digest(js: Path) -> str:
    """The hash that ``js/build.mjs`` leaves beside what it built."""
    found = [
        path.relative_to(js).as_posix()
        for folder in SOURCES
        for path in (js / folder).rglob("*")
        if path.is_file() and not path.name.endswith(".test.ts") and not path.name.startswith(".")
    ]
    whole = hashlib.sha256()
    for name in sorted([*found, *FILES]):
        whole.update(f"{name}\0".encode() + (js / name).read_bytes() + b"\0")
    return whole.hexdigest()


@pytest.fixture(scope="module")
def built(root: Path) -> list[Path]:
    """Every built file."""
    folders = (root / "nbmlops" / "static", root / "nbmlops" / "labextension")
    found = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    assert len(found) > 5
    return found


def test_assets_are_of_these_sources(root: Path) -> None:
    noted = (root / "nbmlops" / "static" / "sources.sha256").read_text().strip()
    assert noted == digest(root / "js"), f"the front end was changed and not built: {BUILD}"


def test_the_extension_is_whole_and_nothing_is_left_of_older_builds(root: Path, built: list[Path]) -> None:
    folder = root / "nbmlops" / "labextension"
    package = json.loads((folder / "package.json").read_text())
    entry = folder / package["jupyterlab"]["_build"]["load"]
    assert entry.exists()
    assert [path for path in built if path.name.startswith("remoteEntry.")] == [entry]
    text = entry.read_text()
    chunks = [path for path in folder.glob("static/*.*.js") if path != entry]
    assert chunks
    assert [path.name for path in chunks if path.name.split(".")[1] not in text] == []


def test_assets_name_no_other_host(built: list[Path]) -> None:
    address = re.compile(r"""(?:https?|wss?)://[^\s"'`)<>\\]+|["'`(]//[a-z0-9-]+\.[^\s"'`)]+|@import\s+(?:url)?[^;]+""")
    found = {
        (path.name, text)
        for path in built
        if path.suffix in (".js", ".css")
        for text in address.findall(path.read_text())
    }
    assert {(name, text) for name, text in found if text not in NAMESPACES} == set()


def test_assets_name_no_folder_of_a_machine(root: Path, built: list[Path]) -> None:
    folder = re.compile(rf"{re.escape(str(root))}|(?:file://|/home/|/Users/|/root/|/tmp/|[A-Z]:\\\\)\w+")
    assert {path.name: match[0] for path in built if (match := folder.search(path.read_text()))} == {}


@pytest.mark.parametrize("half", ["static", "labextension"])
def test_assets_are_small(root: Path, built: list[Path], half: str) -> None:
    size = sum(path.stat().st_size for path in built if path.is_relative_to(root / "nbmlops" / half))
    assert 10_000 < size < CEILING, f"nbmlops/{half} has {size:,} bytes"
