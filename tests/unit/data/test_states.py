"""Nested dicts of arrays: their identity, giving them back, what differs; and what is no data at all."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import nbmlops as ml
from nbmlops.data.things import look
from nbmlops.errors import RecordError, UsageError

pytestmark = pytest.mark.usefixtures("store")


def state() -> dict[str, Any]:
    return {
        "layers": OrderedDict(weight=np.arange(6.0).reshape(2, 3), bias=np.zeros(2, np.float32)),
        "steps": 7, "lr": 0.1, "name": "adam", "best": None, "nan": float("nan"), "betas": (0.9, [np.ones(1)]), 3: {},
    }  # fmt: skip


GOLDEN = "nb1:e41b1fafdf452b6110bdac90783024afdfbe84b02b961dff189d2a941f13fb4f"


def test_the_identity_is_frozen() -> None:
    assert look({"a": np.arange(3, dtype=np.int64), "b": {"c": np.float32([1.5]), "n": 2}}).content_id == GOLDEN


def test_it_comes_back_as_it_was() -> None:
    version = ml.data.save(state(), "model")
    assert version.shape == "3 arrays, 9 values"
    back = ml.data.load("model")
    np.testing.assert_equal(back, state())
    assert [type(back["layers"]), type(back["betas"]), list(back)] == [OrderedDict, tuple, list(state())]
    assert back["layers"]["bias"].dtype == np.float32
    assert ml.data.save(state(), "model").is_new is False
    assert "layers.weight" in str(ml.data.show("model"))
    assert ml.data.show("model")._shown().data["head"]["rows"]


def test_the_order_of_names_does_not_count_but_everything_else_does() -> None:
    content = look(state()).content_id
    assert look(dict(reversed(state().items()))).content_id == content
    others = [
        {**state(), "steps": 8},
        {**state(), "steps": 7.0},
        {**state(), "steps": "7"},
        {**state(), "more": None},
        {**state(), "betas": (0.9, [np.ones(2)])},
        {**state(), "betas": (0.9, [np.ones(1, np.float32)])},
        {**state(), "layers": state()["layers"] | {"bias": np.array([0.0, -0.0], np.float32)}},
        {**state(), 3: {"deep": {}}},
    ]
    assert len({content, *(look(other).content_id for other in others)}) == len(others) + 1
    assert look({"a.b": np.ones(1)}).content_id != look({"a": {"b": np.ones(1)}}).content_id


def test_only_arrays_that_changed_are_kept_again() -> None:
    large = {f"layer {at}": np.random.default_rng(at).random(20_000) for at in range(10)}
    ml.data.save(large, "model")
    second = ml.data.save(large | {"layer 3": large["layer 3"] * 2}, "model")
    assert 160_000 <= second.new_bytes < 170_000
    assert "all whole" in str(ml.data.verify())


def test_a_diff_has_a_row_an_array() -> None:
    before, after = state(), state()
    after["layers"]["weight"] = before["layers"]["weight"] + np.array([0.0, 0.0, 0.25])
    after["layers"]["extra"] = np.zeros(1)
    del after["layers"]["bias"]
    ml.data.save(before, "model")
    found = ml.data.diff("model@v1", after)
    assert found.summary["rows"] == {"before": 3, "after": 3, "added": 1, "removed": 1, "changed": 1}
    assert found.rows("added")["tensor"].tolist() == ["layers.extra"]
    assert found.rows("removed")["tensor"].tolist() == ["layers.bias"]
    assert found.rows("changed")["tensor"].tolist() == ["layers.weight"]
    assert found.cells("norm")[["before", "after"]].values.tolist() == [
        [np.linalg.norm(before["layers"]["weight"]), np.linalg.norm(after["layers"]["weight"])]
    ]
    assert "layers.weight by up to 0.25" in str(found)
    assert found._shown().html


def test_a_tolerance_is_of_the_values() -> None:
    before, after = {"a": np.zeros(3), "b": np.zeros(3)}, {"a": np.full(3, 0.01), "b": np.ones(3)}
    assert ml.data.diff(before, after, tol=0.1).rows("changed")["tensor"].tolist() == ["b"]
    assert ml.data.diff(before, after, tol=2).found.notes == ("no difference above the tolerance",)
    nan = {"a": np.array([np.nan, 1.0]), "b": np.zeros(3)}
    assert ml.data.diff(nan, {**nan, "a": np.array([np.nan, 1.001])}, tol=0.1).rows("changed").empty


def test_values_that_are_not_kept_are_compared_by_their_ids() -> None:
    ml.data.save({"a": np.zeros(3), "b": np.ones(2)}, "model", mode="hash")
    found = ml.data.diff("model", {"a": np.ones(3), "b": np.ones(2)})
    assert found.rows("changed")["tensor"].tolist() == ["a"]
    with pytest.raises(RecordError, match="not kept"):
        ml.data.load("model")


def test_what_stands_beside_the_arrays_is_told() -> None:
    found = ml.data.diff({"a": np.ones(1), "step": 1}, {"a": np.ones(1), "step": 2})
    assert bool(found)
    assert found.found.notes == ("values beside the arrays differ",)


def test_a_table_is_not_compared_with_a_dict_of_arrays() -> None:
    with pytest.raises(UsageError, match="a dict of arrays"):
        ml.data.diff({"a": np.ones(1)}, np.ones(1))


class Odd:
    pass


def itself() -> dict[str, Any]:
    found: dict[str, Any] = {"a": np.ones(1)}
    found["b"] = found
    return found


@pytest.mark.parametrize(
    ("thing", "said", "hint"),
    [
        (LogisticRegression(), "LogisticRegression is a model", "joblib.dump"),
        ({"a": 1}, "dict holds no arrays", "pd.DataFrame"),
        ({"a": np.ones(1), "b": Odd()}, "'b' is a Odd", "leave it out"),
        ({"a": {"b": {1, 2}}, "c": np.ones(1)}, "'a.b' is a set", "leave it out"),
        ({(1, 2): np.ones(1)}, "key of tuple", "texts and numbers"),
        ({1: np.ones(1), "1": np.ones(1)}, "a number and its text", "apart"),
        ({"a": np.array([object()])}, "Python objects", "fixed size"),
        (itself(), "holds itself", "its parts"),
        ([1, 2], "list is no table", "np.array"),
        (Odd(), "Odd is no table", "can be versioned"),
        (Odd, "class", "can be versioned"),
        (None, "NoneType is no table", "can be versioned"),
    ],
)
def test_what_is_no_data_is_said_with_what_to_do(thing: Any, said: str, hint: str) -> None:
    with pytest.raises(RecordError) as caught:
        ml.data.save(thing, "x")
    assert said in caught.value.message
    assert hint in caught.value.hint
    assert ml.data.list().values("dataset") == []


def test_a_model_in_a_file_is_a_version_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model = LogisticRegression(C=0.5)
    joblib.dump(model, "model.joblib")
    version = ml.data.save("model.joblib", "model")
    assert version.kind == "files"
    assert "a pickle" in str(version)
    assert joblib.load(ml.data.load("model")).C == 0.5


@pytest.mark.parametrize(
    "array",
    [
        np.array(["2020-01-01", "NaT"], "M8[D]"),
        np.array([1, 2], "m8[s]"),
        np.zeros((0, 3)),
        np.float64([[1, 2], [3, 4]]).T,
        np.array(1.5),
        np.array(["a", "bcd"]),
        np.array([b"a", b"\0b"]),
        np.ones(2, ">f8"),
        np.zeros(2, [("a", "i4"), ("b", "M8[s]")]),
        np.array([True, False]),
        np.ones(2, np.complex64),
    ],
    ids=lambda array: f"{array.dtype} {array.shape}",
)
def test_arrays_of_any_type_come_back(array: np.ndarray[Any, Any]) -> None:
    version = ml.data.save(array, "array")
    back = ml.data.load("array")
    np.testing.assert_array_equal(back, array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert version.rows == (array.shape[0] if array.ndim else 1)
    assert not ml.data.diff("array", array)


def test_the_shape_of_an_empty_array_is_its_shape() -> None:
    assert ml.data.save(np.zeros((0, 3)), "empty").shape == "0 × 3"
