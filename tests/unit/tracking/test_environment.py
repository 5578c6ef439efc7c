"""The environment record: fast, complete, the same content the same id."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path

import pytest

from nbmlops.tracking.surroundings.environment import Environment, current, packages


def install(site: Path, folder: str, metadata: str | None = None) -> None:
    (site / folder).mkdir(parents=True)
    if metadata is not None:
        (site / folder / ("METADATA" if folder.endswith("dist-info") else "PKG-INFO")).write_text(metadata)


def test_this_environment_agrees_with_importlib_metadata() -> None:
    slow: dict[str, str] = {}
    for distribution in distributions():
        slow.setdefault(re.sub(r"[-_.]+", "-", distribution.name).lower(), distribution.version)
    assert packages(sys.path) == slow
    assert {"duckdb", "pandas"} <= set(current().packages)


def test_names_that_can_and_cannot_be_parsed(tmp_path: Path) -> None:
    site, editable = tmp_path / "site-packages", tmp_path / "project"
    install(site, "Scikit_Learn-1.9.1.dist-info")
    install(site, "torch-2.9.0+cu121.dist-info")
    install(site, "zope.interface-7.2.dist-info")
    install(site, "old_style-0.3-py3.11.egg-info")
    install(site, "odd.dist-info", "Metadata-Version: 2.1\nName: Odd.Name\nVersion: 3!1.0\n")
    install(site, "leftover.dist-info")
    install(editable, "my_project.egg-info", "Metadata-Version: 2.1\nName: my-project\nVersion: 0.1.dev3\n")
    install(editable, "torch-1.0.dist-info")
    (site / "torch").mkdir()
    assert packages([str(site), str(editable), str(tmp_path / "absent"), str(site)]) == {
        "my-project": "0.1.dev3",
        "odd-name": "3!1.0",
        "old-style": "0.3",
        "scikit-learn": "1.9.1",
        "torch": "2.9.0+cu121",
        "zope-interface": "7.2",
    }


def test_many_packages_are_read_from_their_names(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for number in range(300):
        install(
            site,
            f"package_{number}-1.{number}.dist-info",
            f"Metadata-Version: 2.1\nName: package-{number}\nVersion: 1.{number}\n",
        )
    slow = {found.name: found.version for found in distributions(path=[str(site)])}
    assert packages([str(site)]) == slow
    assert len(slow) == 300


def test_a_data_folder_on_the_path_is_not_read_to_its_end(tmp_path: Path) -> None:
    for number in range(6000):
        (tmp_path / f"{number}.csv").touch()
    assert packages([str(tmp_path)]) == {}


PLAIN = Environment("3.12.1", "CPython", "Linux", {"a": "1", "b": "2"}, 4, 16)


def test_the_id_is_the_content() -> None:
    assert re.fullmatch("[0-9a-f]{16}", PLAIN.environment_id)
    assert replace(PLAIN, packages={"b": "2", "a": "1"}).environment_id == PLAIN.environment_id
    changed = [
        replace(PLAIN, python="3.12.2"),
        replace(PLAIN, packages={"a": "1", "b": "3"}),
        replace(PLAIN, variables={"OMP_NUM_THREADS": "1"}),
        replace(PLAIN, gpus=("A100",)),
    ]
    assert len({environment.environment_id for environment in [PLAIN, *changed]}) == 5


def test_the_payload_is_json_with_everything_in_it() -> None:
    payload = json.loads(json.dumps(PLAIN.payload()))
    assert set(payload) == {"environment_id", "python", "platform", "packages", "extra"}
    assert payload["extra"]["cpu_count"] == 4
    assert payload["packages"] == {"a": "1", "b": "2"}


PROGRAM = """
import json, sys, os
from pathlib import Path
from nbmlops.tracking.surroundings.environment import current
site = Path(sys.argv[1])
sys.path.append(str(site))
first = current()
again = current() is first
(site / "later-1.0.dist-info").mkdir()
second = current()
os.environ["OMP_NUM_THREADS"] = "3"
third = current()
print(json.dumps([again, first.payload(), second.payload(), third.payload()]))
"""


def test_changes_are_seen_and_nothing_else_of_the_variables_is_kept(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    install(site, "early-1.0.dist-info")
    # The clock of the folder must move even where it ticks coarsely.
    os.utime(site, (1, 1))
    environ = {**os.environ, "MY_SECRET_TOKEN": "hunter2-hunter2", "PYTHONHASHSEED": "7", "CUDA_VISIBLE_DEVICES": ""}
    environ.pop("OMP_NUM_THREADS", None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(site)], env=environ, capture_output=True, text=True, check=True
    )
    again, first, second, third = json.loads(done.stdout)
    assert again is True
    assert "early" in first["packages"] and "later" not in first["packages"]
    assert second["packages"]["later"] == "1.0"
    assert first["extra"]["variables"] == {"PYTHONHASHSEED": "7", "CUDA_VISIBLE_DEVICES": ""}
    assert third["extra"]["variables"]["OMP_NUM_THREADS"] == "3"
    assert len({record["environment_id"] for record in (first, second, third)}) == 3
    assert "hunter2" not in done.stdout and str(tmp_path) not in done.stdout


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="the tests do not run in a virtual environment")
def test_the_virtual_environment_has_a_name_without_a_path() -> None:
    environment = current()
    assert environment.kind in ("venv", "conda")
    assert environment.name and os.sep not in environment.name
