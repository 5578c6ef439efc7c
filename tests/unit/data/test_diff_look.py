"""What a person sees of a diff of tables: which columns are listed, what is drawn of them, how much is sent."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.data import distributions, place
from nbmlops.data.profile import ColumnProfile
from nbmlops.ui.desk import answer

pytestmark = pytest.mark.usefixtures("store")


def ask(name: str, **args: Any) -> Any:
    found = answer(place.desk(), {"id": 1, "kind": "view", "name": name, "args": args})
    assert found["ok"], found
    return found["data"]


@pytest.mark.parametrize("kind", ["added", "removed"])
def test_rows_with_lists_that_come_or_go_are_shown(kind: str) -> None:
    few = pd.DataFrame(
        {"id": [1, 2], "e": [np.arange(3.0), np.arange(3.0)], "one": [[5], [6]], "t": ["", "x"], "b": [True, False]}
    )
    many = pd.DataFrame(
        {"id": [1, 2, 3], "e": [np.arange(3.0)] * 3, "one": [[5], [6], [7]], "t": ["", "x", ""], "b": [True] * 3}
    )
    found = ml.data.diff(*((few, many) if kind == "added" else (many, few)))
    shown = found._shown()
    assert f"rows {kind}" in shown.text
    assert "true" in shown.text
    assert "[0. 1. 2.]" in shown.text
    assert "[7]" in shown.text
    assert "''" in shown.text


def test_columns_that_only_appended_rows_have_moved_are_listed_quietly_and_last() -> None:
    one = pd.DataFrame({"id": range(100), "x": [float(at % 10) for at in range(100)], "same": "a", "y": range(100)})
    two = pd.concat([one, one.assign(id=range(100, 200), x=one.x + 100)], ignore_index=True)
    two.loc[5, "y"] = 7000
    found = ml.data.diff(one, two, key="id")
    rows = found.data()["changes"]
    assert [(row["name"], row["change"], row["is_quiet"]) for row in rows] == [
        ("y", "1 cell", False),
        ("id", "distribution only", True),
        ("x", "distribution only", True),
        ("same", "distribution only", True),
    ]
    assert found.data()["profiles"]["x"]["said"] == "mean 4.5 → 54.5"
    assert found._shown().html.count("<svg") == 4
    assert found.df()["name"].tolist() == ["y"]  # no cell of the others is known to have changed


def test_of_rows_without_a_key_the_distributions_are_shown() -> None:
    one = pd.DataFrame({"x": [1.0, 2.0, 3.0] * 20, "y": ["a", "b", "a"] * 20})
    two = one.assign(x=[9.0, 2.0, 3.0] * 20)
    found = ml.data.diff(one, two)
    assert found.summary["method"] == "as multisets"
    assert [(row["name"], row["change"]) for row in found.data()["changes"]] == [("x", "distribution")]
    assert "mean 2 → 4.667" in str(found)


def test_rows_in_another_order_move_no_distribution() -> None:
    one = pd.DataFrame({"id": range(50), "x": np.linspace(0, 1, 50)})
    found = ml.data.diff(one, one.iloc[::-1].reset_index(drop=True), key="id")
    assert found.data()["changes"] == []


def category(rows: int, distinct: int, *top: tuple[str, int]) -> ColumnProfile:
    return ColumnProfile("c", "string", "category", rows, 0, distinct=distinct, top=top)


def test_a_category_that_is_not_among_the_most_frequent_may_still_be_there() -> None:
    one = category(300, 30, *((f"c{at:02}", 10) for at in range(20)))
    two = category(300, 30, ("c29", 11), *((f"c{at:02}", 10 - (at == 3)) for at in range(19)))
    assert distributions.facts((one, two)) == "c03 3.33 % → 3 %"
    whole = category(300, 2, ("a", 200), ("b", 100))
    assert distributions.facts((whole, category(300, 1, ("a", 300)))) in ("a 66.7 % → 100 %", "b 33.3 % → 0 %")
    assert distributions.shared(one, category(90, 30, *((f"d{at}", 3) for at in range(20)))) is None
    assert distributions.shared(whole, category(3, 3, ("b", 1), ("z", 1), ("a", 1))) == ([200, 100, 0], [1, 1, 1])


@pytest.mark.parametrize("names", [("x" * 60 + "1", "x" * 60 + "2"), ("line\none", "tab\t"), ("⟨0⟩", "a  b")])
def test_every_column_has_its_own_picture(names: tuple[str, str]) -> None:
    low, high = names
    one = pa.table(
        {"id": range(100), low: [float(at) for at in range(100)], high: [float(at % 2) for at in range(100)]}
    )
    two = one.set_column(1, low, pa.array([50.0, *map(float, range(1, 100))]))
    two = two.set_column(2, high, pa.array([float(at % 2 + at % 3) for at in range(100)]))
    found = ml.data.diff(one, two, key="id")
    html = found._shown().html
    places = [html.find(distributions.svg(found.profiles[name])) for name in (high, low)]  # the most changed first
    assert 0 < places[0] < places[1]
    assert html.count("<svg") == 2


def test_of_columns_of_one_name_each_has_its_own_type_and_distribution() -> None:
    ids, numbers, words = pa.array([1, 2]), pa.array([5, 6]), pa.array(["x", "y"])
    one = pa.table([ids, numbers], names=["id", "a"])
    two = pa.table([ids, numbers, words], names=["id", "a", "a"])
    found = ml.data.diff(one, two)
    assert found.df().values.tolist() == [["a (2)", "added", pd.NA, None, "string"]]
    assert found.profiles["a (2)"][1].shape == "category"  # type: ignore[union-attr]
    gone = ml.data.diff(two, one)
    assert gone.df()[["name", "change", "before"]].values.tolist() == [["a (2)", "removed", "string"]]


def test_a_column_of_the_key_may_be_called_like_one_of_ours() -> None:
    one = pa.table({"column": [10, 20, 30], "row": [7, 8, 9], "x": [1, 2, 3]})
    two = one.set_column(2, "x", pa.array([1, 2, 4]))
    text = str(ml.data.diff(one, two, key=["column", "row"]))
    assert "30      9    x       3       4" in text


@pytest.mark.parametrize("name", ["", "c" * 400, "constructor"])
def test_the_cells_of_a_column_of_any_name_can_be_asked_for(name: str) -> None:
    one = pa.table({"id": [1, 2, 3], name: [1, 2, 3], "z": [1, 2, 3]})
    two = pa.table({"id": [1, 2, 3], name: [1, 2, 4], "z": [0, 2, 3]})
    found = ml.data.diff(one, two)
    args = found._shown().args
    (row,) = (row for row in found.data()["changes"] if row["name"] == name)
    assert ask("datadiff/cells", **args, place=row["place"])["rows"] == [[3, 2, name, 3, 4]]
    refused = answer(place.desk(), {"id": 1, "kind": "view", "name": "datadiff/cells", "args": {**args, "place": 77}})
    assert refused["error"]["kind"] == "UsageError"


def test_a_view_has_the_same_key_as_the_object_however_long() -> None:
    keys = [f"k{at}" for at in range(22)]
    one = pa.table({**{name: [1, 1, 1] for name in keys[:-1]}, keys[-1]: [1, 2, 3], "v": [1, 2, 3]})
    two = one.set_column(22, "v", pa.array([1, 2, 4]))
    ml.data.save(one, "x")
    ml.data.save(two, "x")
    found = ml.data.diff("x@v1", "x@v2", key=keys)
    assert ask("datadiff", **found._shown().args)["summary"]["key"] == keys
    versions = {"before": found.before.version_id, "after": found.after.version_id}
    refused = answer(place.desk(), {"id": 1, "kind": "view", "name": "datadiff", "args": {**versions, "key": keys}})
    assert "at most 20" in refused["error"]["message"]


def test_long_values_and_hundreds_of_columns_are_not_sent_whole() -> None:
    one = pa.table({"id": range(50), "t": ["a" * 100_000] * 50, "e": [[0.5] * 10_000] * 50})
    two = pa.table({"id": range(50), "t": ["b" * 100_000] * 50, "e": [[1.5] * 10_000] * 50})
    found = ml.data.diff(one, two)
    shown = found._shown()
    assert len(json.dumps(shown.state())) < 1_000_000
    assert len(json.dumps(ask("datadiff/cells", **shown.args))) < 1_000_000
    assert len(found.data()["cells"]["rows"][0][-1]) == 100_000  # who asks in Python has everything
    version = ml.data.save(two, "x")
    assert len(json.dumps(ml.data.show("x").data())) < 200_000
    assert len(json.dumps(ask("dataversion", version=version.id))) < 200_000


def test_a_saved_view_and_what_is_asked_later_have_the_columns_in_step() -> None:
    wide = {f"c{at:04}": [1, 2] for at in range(700)}
    one = pa.table({"id": [1, 2], **wide})
    two = pa.table({"id": range(1, 203), **{name: [1, 2, *range(200)] for name in wide}})
    shown = ml.data.diff(one, two, key="id")._shown()
    saved = shown.saved()["data"]["added"]
    more = ask("datadiff/rows", **shown.args, kind="added", offset=50, limit=100)
    assert len(saved["names"]) + saved["left_out"] == len(more["names"]) + more["left_out"] == 701
    assert more["names"][: len(saved["names"])] == saved["names"]
    assert all(len(row) == len(more["names"]) for row in more["rows"])
