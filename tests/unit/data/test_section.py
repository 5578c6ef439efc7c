"""What a comparison of runs says of their data, and the diffs that it opens."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nbmlops as ml
from nbmlops.data import place
from nbmlops.data.section import _labels
from nbmlops.ui.desk import answer

pytestmark = pytest.mark.usefixtures("store")


def ask(name: str, **args: Any) -> Any:
    found = answer(place.desk(), {"id": 1, "kind": "view", "name": name, "args": args})
    assert found["ok"], found
    return found["data"]


def runs(*loaded: tuple[str, ...]) -> list[Any]:
    for value in (1, 2, 3):
        ml.data.save(pd.DataFrame({"id": [1, 2], "x": [0, value]}), "raw")
    for names in loaded:
        with ml.run():
            for name in names:
                ml.data.load(name)
    return [ml.get(at + 1) for at in range(len(loaded))]


def rows(found: list[Any]) -> list[dict[str, Any]]:
    page = ask("compare", runs=[run.id for run in found])
    (section,) = (section for section in page["sections"] if section["name"] == "data")
    return [*section["rows"], *section["equal"]]


def test_all_versions_that_a_run_loaded_are_named() -> None:
    found = runs(("raw@v2", "raw@v1"), ("raw@v3",))
    assert rows(found)[0]["cells"] == ["raw@v1, raw@v2", "raw@v3"]


def test_the_order_in_which_they_were_loaded_is_no_difference() -> None:
    found = runs(("raw@v1", "raw@v2"), ("raw@v2", "raw@v1"))
    (row,) = rows(found)
    assert (row["state"], row["cells"], "links" in row) == ("equal", ["raw@v1, raw@v2"], False)


def test_a_row_opens_the_diff_of_both_versions() -> None:
    (row,) = rows(runs(("raw@v1",), ("raw@v3",), ("raw@v1",)))
    none, link, same = row["links"]
    assert (none, same) == (None, None)
    assert (link["label"], link["view"], link["title"]) == ("Diff", "datadiff", "raw@v1 → raw@v3")
    assert ask(link["view"], **link["args"])["summary"]["cells"] == {"x": 1}


def test_paths_are_told_apart() -> None:
    paths = {"/x/a/d.csv", "/y/a/d.csv", "/y/b/d.csv", "d.csv", "/e.csv"}
    assert _labels(paths) == {
        "/x/a/d.csv": "x/a/d.csv",
        "/y/a/d.csv": "y/a/d.csv",
        "/y/b/d.csv": "b/d.csv",
        "d.csv": "d.csv",
        "/e.csv": "e.csv",
    }
