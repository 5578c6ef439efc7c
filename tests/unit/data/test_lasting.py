"""A diff stays what it was when its objects and files change later; what it is called, and when it is true."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.data import held, kept_rows, live_parties
from nbmlops.errors import RecordError

pytestmark = pytest.mark.usefixtures("store")


def frames(rows: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    before = pd.DataFrame({"id": range(rows), "x": np.arange(rows) / 2})
    after = before.assign(x=before["x"] + 1)
    after.loc[rows] = [rows, 0.5]
    return before, after.astype({"id": "int64"})


def everything(found: Any) -> list[Any]:
    return [found.cells().values.tolist(), found.rows("added").values.tolist(), found.rows("changed").values.tolist()]


@pytest.mark.parametrize("is_large", [False, True])
def test_what_is_written_into_a_frame_later_is_not_shown(is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_large:
        monkeypatch.setattr(live_parties, "_COPIED", 0)
    before, after = frames()
    found = ml.data.diff(before, after)
    seen = everything(found)
    before.loc[:, "x"] = -7.0
    after.loc[:, "x"] = -8.0
    assert everything(found) == seen
    assert "-8" not in str(found)


def test_of_a_large_frame_what_was_not_kept_is_refused_once_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_parties, "_COPIED", 0)
    monkeypatch.setattr(kept_rows, "_FEWEST", 2)
    monkeypatch.setattr(kept_rows, "ROWS", 2)
    before, after = frames(6)
    found = ml.data.diff(before, after)
    assert len(found.cells()) == 6
    before.loc[5, "x"] = -7.0
    assert found.cells(limit=2)["before"].tolist() == [0.0, 0.5]
    with pytest.raises(RecordError, match="DataFrame was changed since it was compared") as caught:
        found.cells()
    assert caught.value.hint == "diff again"


@pytest.mark.parametrize("is_large", [False, True])
def test_what_is_written_into_an_array_later_is_not_shown(is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_large:
        monkeypatch.setattr(live_parties, "_COPIED", 0)
    one = np.zeros(4)
    two = one.copy()
    two[1] = 5
    found = ml.data.diff(one, two)
    two[:] = 99
    assert found.cells()[["before", "after"]].values.tolist() == [[0.0, 5.0]]


def test_a_file_that_was_written_to_later_is_not_shown(tmp_path: Path) -> None:
    roots = [tmp_path / name for name in ("a", "b")]
    for root, text in zip(roots, ("one\ntwo\n", "one\nTWO\n"), strict=True):
        root.mkdir()
        (root / "a.txt").write_text(text)
    found = ml.data.diff(str(roots[0]), str(roots[1]))
    (roots[1] / "a.txt").write_text("something else\n")
    assert "something else" not in str(found)
    assert "a.txt was changed since it was compared" in str(found)


def test_rows_in_another_order_are_no_difference_and_said_to_be_moved() -> None:
    before = pd.DataFrame({"id": [1, 2, 3], "x": [1.0, 2.0, 3.0]})
    found = ml.data.diff(before, before.iloc[::-1].reset_index(drop=True))
    assert not found
    assert found.summary["notes"] == ["the same rows in another order"]
    keyless = pd.DataFrame({"x": [1.0, 2.0, 2.0], "g": ["a", "b", "b"]})
    moved = keyless.iloc[::-1].reset_index(drop=True)
    assert ml.data.diff(keyless, moved).summary["notes"] == ["the same rows in another order"]
    notes = ml.data.diff(keyless, moved, tol=0.1).summary["notes"]
    assert notes == ["no difference above the tolerance", "the same rows in another order"]


def test_bits_alone_are_no_difference_with_or_without_a_key() -> None:
    for rows in ([0.0, 1.0], [0.0, 1.0, 1.0]):
        one, two = pa.table({"x": rows}), pa.table({"x": [-0.0, *rows[1:]]})
        found = ml.data.diff(one, two)
        assert not found
        assert "only bits differ" in found.summary["notes"][0]
    arrays = ml.data.diff(np.array([0.0, 1.0]), np.array([-0.0, 1.0]))
    assert not arrays
    assert "only bits differ" in str(arrays)


def test_a_type_alone_is_a_difference() -> None:
    assert ml.data.diff(pa.table({"id": [1, 2]}), pa.table({"id": [1.0, 2.0]}))


@pytest.mark.parametrize("key", [0, [0], ("0", 0), "0", np.int64(0)])
def test_a_key_may_be_a_number_or_named_twice(key: Any) -> None:
    one, two = pd.DataFrame({0: [1, 2], 1: [3, 4]}), pd.DataFrame({0: [2, 1], 1: [4, 5]})
    found = ml.data.diff(one, two, key=key)
    assert found.summary["key"] == ["0"]
    assert found.cells()[["before", "after"]].values.tolist() == [[3, 5]]


@pytest.mark.parametrize("kind", [pa.float16(), pa.decimal256(50, 0), pa.list_(pa.int8()), pa.duration("s")])
def test_a_key_may_be_of_any_type(kind: pa.DataType) -> None:
    def keys(values: list[int]) -> pa.Array:
        if pa.types.is_float16(kind):
            return pa.array(np.array(values, "f2"))
        return pa.array([[value] for value in values] if pa.types.is_list(kind) else values, kind)

    found = ml.data.diff(
        pa.table({"k": keys([2, 1]), "x": [1, 2]}), pa.table({"k": keys([3, 1]), "x": [1, 5]}), key="k"
    )
    assert found.summary["method"] == "by key"
    assert found.summary["rows"] == {"before": 2, "after": 2, "added": 1, "removed": 1, "changed": 1}
    assert found.cells()[["before", "after"]].values.tolist() == [[2, 5]]


def test_names_that_differ_in_case_are_two_columns_of_a_key() -> None:
    one = pa.table({"A": [1, 1, 2], "a": [1, 2, 1], "v": [1, 2, 3]})
    two = pa.table({"A": [1, 1, 2, 2], "a": [1, 2, 1, 2], "v": [1, 2, 3, 4]})
    assert ml.data.diff(one, two, key=["A", "a"]).summary["method"] == "by key"


def test_whole_numbers_and_floats_are_one_key_only_where_they_are_equal() -> None:
    large = 2**53 + 1
    one = pa.table({"id": [large, 5, 6], "x": [1, 2, 3]})
    two = pa.table({"id": [float(large), 5.0, 6.5], "x": [1, 9, 3]})
    for before, after in ((one, two), (two, one)):
        found = ml.data.diff(before, after, key="id").summary
        assert (found["method"], found["cells"]) == ("by key", {"x": 1})
        assert found["rows"] == {"before": 3, "after": 3, "added": 2, "removed": 2, "changed": 1}


def test_a_renamed_key_is_a_key() -> None:
    one, two = pa.table({"id": [1, 2, 3], "x": [1.0, 2.0, 3.0]}), pa.table({"key": [1, 2, 3], "x": [1.0, 2.0, 4.0]})
    for key in (None, "id", "key"):
        found = ml.data.diff(one, two, key=key)
        assert found.summary["key"] == ["key"]
        assert found.summary["columns"]["renamed"] == [["id", "key"]]
        assert found.cells()[["key", "before", "after"]].values.tolist() == [[3, 3.0, 4.0]]
        assert "x" in str(found)


ARRAYS = [
    (np.array([1j, 2]), np.array([1j, 3]), {"value.real": 1}),
    (np.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")]),
     np.array([(1, 3)], dtype=[("a", "i4"), ("b", "i4")]), {"b": 1}),
    (np.array([([1, 2], 0)], dtype=[("a", "i4", 2), ("b", "S2")]),
     np.array([([1, 3], 0)], dtype=[("a", "i4", 2), ("b", "S2")]), {"a[1]": 1}),
    (np.array(["2020-01", "NaT"], "M8[M]"), np.array(["2020-02", "NaT"], "M8[M]"), {"value": 1}),
    (np.array([1, 2], "m8[D]"), np.array([1, 3], "m8[D]"), {"value": 1}),
    (np.array([1, 2], "M8[ps]"), np.array([1, 3], "M8[ps]"), {"value": 1}),
    (np.array([b"ab"], "V2"), np.array([b"ac"], "V2"), {"value": 1}),
    (np.array([1, 2], ">i4"), np.array([1, 3], ">i4"), {"value": 1}),
    (np.array([1, 2]), np.array([1.0, 3.0]), {"value": 1}),
    (np.array([[True, False]]), np.array([[True, True]]), {"[1]": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two", "cells"), ARRAYS)
def test_arrays_of_every_type_are_compared_by_their_parts(one: Any, two: Any, cells: dict[str, int]) -> None:
    found = ml.data.diff(one, two)
    assert found.summary["cells"] == cells
    assert found.summary["method"] == "by place"


def test_a_tolerance_is_for_arrays_of_whole_numbers_too() -> None:
    assert not ml.data.diff(np.array([1, 2]), np.array([1, 3]), tol=1)


def test_a_query_is_called_by_its_text_and_a_path_by_what_tells_it_apart(tmp_path: Path) -> None:
    assert ml.data.diff("SELECT 1 AS id, 'a/b' AS x", "SELECT 1 AS id, 'a/c' AS x").data()["title"][0] == (
        "SELECT 1 AS id, 'a/b' AS x → SELECT 1 AS id, 'a/c' AS x"
    )
    paths = []
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "train.csv")
        paths[-1].write_text(f"id\n7\n{len(paths)}\n")
    assert ml.data.diff(*paths).summary["before"] == "old/train.csv"
    assert ml.data.diff(*paths).summary["after"] == "new/train.csv"


def test_a_diff_is_found_as_long_as_somebody_has_it_and_no_longer() -> None:
    made = [ml.data.diff(np.array([1.0]), np.array([value])) for value in np.arange(2.0, 2.0 + held.MOST + 3)]
    names = []
    for at, diff in enumerate(made):
        names.append(f"test-{at}")
        held.hold(names[-1], diff)
    assert [held.find(name) for name in names] == made
    watched = weakref.ref(made[0])
    del diff, made
    gc.collect()
    assert watched() is None
    assert held.find(names[0]) is None
    assert held.find(names[-1]) is not None


def test_columns_that_pandas_has_no_type_for_are_shown() -> None:
    def union(text: str) -> pa.Table:
        members = [pa.array([1, 2]), pa.array(["a", text])]
        return pa.table({"id": [1, 2], "n": pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), members)})

    found = ml.data.diff(union("b"), union("c"))
    assert found.cells()[["before", "after"]].values.tolist() == [["b", "c"]]
    assert len(found.rows("changed")) == 1


FAR = [
    pa.array([10**7, 1], pa.date32()),
    pa.array([10**12, 1], pa.timestamp("s")),
    pa.array([10**14, 1], pa.timestamp("s")),
    pa.array([10**17, 1], pa.duration("s")),
    pa.array([[10**7], None], pa.list_(pa.date32())),
]


@pytest.mark.parametrize("values", FAR)
def test_moments_beyond_the_calendar_are_shown(values: pa.Array) -> None:
    near = pa.concat_arrays([values[1:], values[1:]])
    found = ml.data.diff(pa.table({"id": [1, 2], "x": near}), pa.table({"id": [1, 2], "x": values}))
    assert found.summary["cells"] == {"x": 1}
    assert len(found.cells()) == 1
    assert len(found.rows("changed")) == 1
    assert "x" in str(found)
    assert ml.data.diff(pa.table({"id": [1], "x": near[:1]}), pa.table({"id": [2], "x": values[:1]})).to_json()


def test_rows_of_nested_views_are_shown() -> None:
    def views(rows: int) -> pa.Table:
        values = pa.array([["a"], ["b"], None][:rows], pa.list_(pa.string_view()))
        return pa.table({"id": range(rows), "x": values})

    assert ml.data.diff(views(1), views(3)).rows("added")["id"].tolist() == [1, 2]
