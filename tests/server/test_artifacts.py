"""Downloads: the files that a run kept, whole, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.server.conftest import Server

NAMES = ["weights.bin", "page.html", 'a/b/ünïcode "quoted"; name.txt', "empty", "script.svg"]
LOG = f"""
from pathlib import Path
Path("weights.bin").write_bytes(bytes(range(256)) * 20_000)
Path("page.html").write_text("<script>alert(1)</script>" * 3000)
Path("script.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
Path("empty").touch()
folder = Path("a/b"); folder.mkdir(parents=True)
Path({NAMES[2]!r}).write_text("ü" * 10)
with ml.run("kept"):
    ml.log({{"weights.bin": Path("weights.bin"), "page.html": Path("page.html"), "empty": Path("empty"),
        "script.svg": Path("script.svg"), {NAMES[2]!r}: Path({NAMES[2]!r})}})
"""


@pytest.fixture(scope="module")
def kept(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """Key of a store, id of a run with files, and the folder of the store."""
    folder = server.root / "kept"
    folder.mkdir()
    env = os.environ | {"NBMLOPS_STORE": str(folder / "mlops.duckdb"), "PYTHONPATH": str(ROOT)}
    code = "import nbmlops as ml\n" + LOG
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path_factory.mktemp("cwd"), env=env, check=True)
    key = server.key("kept/a.ipynb")
    return key, server.answer(key, "panel")["data"]["rows"][0]["run"]["id"], folder


def test_a_file_comes_whole(server: Server, kept: tuple[str, str, Path]) -> None:
    key, run, _ = kept
    found = server.ask("GET", "artifact", store=key, run=run, path="weights.bin")
    assert found.status == 200
    assert found.body == bytes(range(256)) * 20_000
    assert found.headers["content-length"] == str(len(found.body))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_logged_is_shown_as_a_page(server: Server, kept: tuple[str, str, Path], name: str) -> None:
    key, run, _ = kept
    found = server.ask("GET", "artifact", store=key, run=run, path=name)
    assert found.status == 200, found.body
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment; filename=")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]


def test_a_name_with_everything_in_it_survives(server: Server, kept: tuple[str, str, Path]) -> None:
    key, run, _ = kept
    found = server.ask("GET", "artifact", store=key, run=run, path=NAMES[2])
    assert found.body.decode() == "ü" * 10
    head = found.headers["content-disposition"]
    assert head.endswith("filename*=UTF-8''%C3%BCn%C3%AFcode%20%22quoted%22%3B%20name.txt")


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd", "/etc/passwd", "..", "", "weights.bin/../weights.bin", "./weights.bin",
        ".nbmlops/mlops/store.json", "mlops.duckdb", "' OR 1=1 --", "%2e%2e/passwd",
    ],
)  # fmt: skip
def test_what_is_not_listed_does_not_exist(server: Server, kept: tuple[str, str, Path], path: str) -> None:
    key, run, _ = kept
    assert server.ask("GET", "artifact", store=key, run=run, path=path).status == 404


def test_a_file_whose_content_is_gone_says_so(server: Server, kept: tuple[str, str, Path]) -> None:
    key, run, folder = kept
    blobs = [path for path in (folder / ".nbmlops" / "mlops" / "blobs").rglob("*") if path.is_file()]
    [blob] = [path for path in blobs if path.stat().st_size == 256 * 20_000]
    blob.rename(blob.with_suffix(".away"))
    try:
        found = server.ask("GET", "artifact", store=key, run=run, path="weights.bin")
        assert found.status == 409
        assert "is gone from" in found.json["error"]["message"]
    finally:
        blob.with_suffix(".away").rename(blob)
