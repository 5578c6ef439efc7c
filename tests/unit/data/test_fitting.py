"""What a run passes to ``fit`` is an input of it: by its name, as it was at that moment."""

# ruff: noqa: N803, N806 - X is what everybody calls it
from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nbmlops as ml
from nbmlops.data import callers, fitting, passed, place, watching
from nbmlops.data.lineage_graph import around
from nbmlops.data.things import look

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    watching.leave()


def _cloudpickle() -> Any:
    """What joblib sends objects with: its own copy, or in newer releases the package."""
    try:
        return importlib.import_module("cloudpickle")
    except ModuleNotFoundError:
        return importlib.import_module("joblib.externals.cloudpickle")


def frame() -> pd.DataFrame:
    return pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0)[::-1], "y": [0, 1] * 10})


def inputs() -> list[tuple[Any, ...]]:
    """(variable, rows, columns, content) of what was fitted, in the order in which it was seen."""
    edges = ml.sql(
        "SELECT variable, rows, columns, content_id FROM data_edges"
        " WHERE role = 'in' AND source IS NULL ORDER BY seen_at, variable"
    )
    return [tuple(row) for row in edges.astype(object).where(edges.notna(), None).values.tolist()]


def test_frames_and_columns_are_inputs_by_their_names() -> None:
    X_train = frame()[["a", "b"]]
    y_train = frame()["y"]
    with ml.run("fits"):
        LogisticRegression().fit(X_train, y_train)
        LinearRegression().fit(X_train, y=y_train.to_numpy())
    assert sorted(inputs()) == sorted(
        [
            ("X_train", 20, 2, look(X_train).content_id),
            ("y_train", 20, 1, look(y_train.to_frame()).content_id),
            ("y_train.to_numpy()", 20, 1, look(y_train.to_numpy()).content_id),
        ]
    )
    assert "X_train, 20 × 2, not saved" in str(ml.data.lineage(1))


def test_what_is_changed_after_the_fit_is_known_as_it_was() -> None:
    X = np.arange(20.0).reshape(10, 2)
    was = look(X.copy()).content_id
    with ml.run("fits"):
        StandardScaler().fit_transform(X)
        X[:] = 0
    assert inputs() == [("X", 10, 2, was)]


def test_libraries_that_pass_it_on_are_not_counted_again() -> None:
    X, y = frame()[["a", "b"]], frame()["y"]
    with ml.run("fits"):
        make_pipeline(StandardScaler(), PCA(), LogisticRegression()).fit(X, y)
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(X, y)
        cross_val_score(LogisticRegression(), X, y, cv=2)  # only parts of them are fitted
    assert [name for name, *_ in inputs()] == ["X", "y"]


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_a_frame_that_is_saved_is_its_version(kind: str) -> None:
    plain = frame()[["a", "b"]]
    X = {"pandas": plain, "polars": pl.from_pandas(plain), "arrow": pl.from_pandas(plain).to_arrow()}[kind]
    ml.data.save(plain, "train")
    if kind == "arrow":  # no estimator takes one: passed to one that does not look

        class Takes(BaseEstimator):
            def fit(self, X: Any) -> Takes:
                return self

        model: Any = Takes()
        arguments = (X,)
    else:
        model, arguments = LinearRegression(), (X, frame()["y"].tolist())
    with ml.run("fits"):
        model.fit(*arguments)
    graph = ml.data.lineage(1)
    assert [node.label for node in graph.nodes if node.kind != "run"] == ["train@v1"]
    assert [node.label for node in ml.data.lineage("train").nodes if node.kind == "run"] == ["#1 fits"]
    edges = ml.sql("SELECT version_id, dataset FROM data_edges JOIN data_versions USING (version_id)").values.tolist()
    assert [dataset for _, dataset in edges] == ["train"]


def test_of_several_equal_versions_it_is_the_newest_that_was_there() -> None:
    X = frame()
    ml.data.save(X, "one")
    ml.data.save(X, "two")
    with ml.run("fits"):
        LinearRegression().fit(X, [0.0] * 20)
    ml.data.save(X, "three")
    found = ml.sql("SELECT dataset FROM data_edges JOIN data_versions USING (version_id)")["dataset"].tolist()
    assert found == ["two"]


def test_what_is_saved_later_is_found_later_and_what_the_run_saved_is_no_input_of_it() -> None:
    X = frame()
    with ml.run("fits"):
        LinearRegression().fit(X, [0.0] * 20)
    assert "X, 20 × 3, not saved" in str(ml.data.lineage(1))
    ml.data.save(X, "train")
    assert "train@v1" in str(ml.data.lineage(1))
    other = frame() * 2
    with ml.run("both"):
        LinearRegression().fit(other, [0.0] * 20)
        ml.data.save(other, "made")
    labels = {node.id: node.label for node in ml.data.lineage(2).nodes}
    assert [(labels[one], labels[two]) for one, two in ml.data.lineage(2).edges] == [("#2 both", "made@v1")]


def test_two_runs_with_equal_frames_meet_in_one_node() -> None:
    for name in ("one", "two"):
        X = frame()
        with ml.run(name):
            LinearRegression().fit(X, [0.0] * 20)
    (one,), (two,) = ([edge[0] for edge in ml.data.lineage(run).edges] for run in (1, 2))
    assert one == two
    runs = place.store().read(lambda con: around(con, one)).nodes.values()
    assert sorted(node.label for node in runs) == ["#1 one", "#2 two", "X, 20 × 3, not saved"]


def test_a_comparison_shows_the_frames_that_differ() -> None:
    for value in (1, 2):
        X_train, same = frame() * value, frame()["y"]
        with ml.run(f"times {value}"):
            LogisticRegression().fit(X_train, same)
    found = ml.compare(1, 2).df()
    rows = found[found["section"] == "data"].values.tolist()
    assert [row[1] for row in rows] == ["X_train"]
    assert rows[0][2].startswith("20 × 3 · nb1:")
    assert rows[0][2] != rows[0][3]


def test_large_ones_are_looked_at_behind_the_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    from nbmlops.storage import session

    monkeypatch.setattr(fitting, "_FOREGROUND_S", 0.0005)
    X = pl.DataFrame({"a": np.arange(20.0)})
    model = LinearRegression()
    with ml.run("fits"):
        model.fit(X, [0.0] * 20)
    session.close()
    assert inputs() == [("X", 20, 1, look(X).content_id)]


def test_later_is_as_it_was_or_not_said() -> None:
    array = np.arange(1000.0)
    was = look(array.copy()).content_id
    same, changed = passed.of(array).later(1.0), passed.of(array).later(1.0)
    assert same is not None
    assert changed is not None
    assert same() == was
    array[500] = -1
    assert changed() is None
    table = frame()
    content, later = look(table).content_id, passed.of(table).later(1.0)
    assert later is not None
    table.loc[0, "a"] = -1.0
    table["new"] = 1
    assert later() == content
    assert passed.of(array).later(0.0) is None  # even the sum of it would take too long
    assert passed.of(array[::2]).later(1.0) is None


def test_what_is_too_large_is_said_to_be_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "_FOREGROUND_S", -1.0)
    X = np.arange(20.0).reshape(10, 2)
    for name in ("one", "two"):
        with ml.run(name):
            LinearRegression().fit(X, [0.0] * 10)
    assert {content for *_, content in inputs()} == {None}
    assert "X, 10 × 2, not hashed" in str(ml.data.lineage(1))
    assert "#2 two" not in str(ml.data.lineage(1))  # nobody knows whether it was the same
    found = ml.compare(1, 2).df()
    assert found[found["section"] == "data"].empty


def test_what_has_no_identity_breaks_nothing() -> None:
    class Takes(BaseEstimator):
        def fit(self, X: Any) -> Takes:
            return self

    odd = pd.DataFrame({"a": [1, "x", object()]})
    with ml.run("fits"):
        Takes().fit(odd)
        Takes().fit(None)
        Takes().fit("X")
    assert inputs() == [("odd", 3, 1, None)]


def test_a_search_does_not_look_at_the_same_thing_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = frame()[["a"]], frame()["y"]
    looked: list[int] = []
    monkeypatch.setattr(passed, "of", lambda thing, of=passed.of: looked.append(1) or of(thing))
    with ml.run("search"):
        for strength in range(1, 40):
            LogisticRegression(C=strength).fit(X, y)
    assert len(looked) == 2 * fitting.MOST_LOOKS
    assert len(inputs()) == 2


def test_a_fault_of_ours_never_reaches_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(callers, "names_of", broken)
    with ml.run("fits"):
        assert LinearRegression().fit(frame(), [0.0] * 20).n_features_in_ == 3
        with pytest.raises(ValueError, match="NaN"):
            LinearRegression().fit(np.array([[np.nan]]), [1.0])
    assert inputs() == []


def test_estimators_are_as_they_were() -> None:
    before = LogisticRegression.fit
    with ml.run("fits"):
        assert LogisticRegression.fit is not before
        assert inspect.isfunction(LogisticRegression.fit)
        assert inspect.signature(LogisticRegression.fit) == inspect.signature(before)
        assert LogisticRegression.fit.__doc__ == before.__doc__
        assert LogisticRegression.__name__ == "LogisticRegression"
    LogisticRegression().fit(frame()[["a"]], frame()["y"])
    watching.leave()
    assert LogisticRegression.fit is before
    assert inputs() == []


def test_an_estimator_of_the_notebook_can_be_sent_to_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    cloudpickle = _cloudpickle()
    notebook = ModuleType("a_notebook")  # what stands in no file is sent with its code
    exec(
        "from sklearn.base import BaseEstimator\n"
        "class Mine(BaseEstimator):\n    def fit(self, X, y=None):\n        self.n_ = len(X)\n        return self",
        vars(notebook),
    )
    monkeypatch.setitem(sys.modules, "a_notebook", notebook)
    X = frame()
    with ml.run("fits"):
        assert hasattr(notebook.Mine.fit, "__wrapped__")
        cloudpickle.register_pickle_by_value(notebook)
        sent = cloudpickle.dumps(notebook.Mine())
        cloudpickle.unregister_pickle_by_value(notebook)
        assert b"nbmlops.data.watched" not in sent
    monkeypatch.delitem(sys.modules, "nbmlops.data.fitting")  # there it is not loaded
    assert cloudpickle.loads(sent).fit(X).n_ == 20


def test_data_sets_of_boosting_libraries_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ModuleType("lightgbm")

    class Dataset:
        def __init__(self, data: Any, label: Any = None) -> None:
            self.data = data

    library.Dataset = Dataset  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lightgbm", library)
    X, y = frame(), frame()["y"]
    with ml.run("boosts"):
        Dataset(X, label=y)
    assert [name for name, *_ in inputs()] == ["X", "y"]


def test_names_come_from_the_call_or_from_the_variables() -> None:
    def called(*args: Any, **kwargs: Any) -> dict[int | str, str]:
        return callers.names_of(sys._getframe(1), [*enumerate(args), *kwargs.items()], ())

    table = frame()
    assert called(table, table["a"], y=table[table.y > 0]) == {0: "table", 1: "table['a']", "y": "table[table.y > 0]"}
    assert called(
        table,
        # split over lines
        y=table,
    ) == {0: "table", "y": "table"}
    assert called(*[table], y=1)[0] == "table"
    assert len(called(table.assign(a=1).assign(b=2).assign(c=3).assign(d=4).assign(e=5).assign(f=6))[0]) == 60
    space: dict[str, Any] = {"called": called, "hidden": table}
    exec("found = called(hidden, 1)", space)  # without a source
    assert space["found"] == {0: "hidden", 1: "argument 2"}
