"""Configs and estimators that a cell uses, and which parameters are chosen."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import types
from collections import OrderedDict, namedtuple
from pathlib import Path
from typing import ClassVar
from unittest.mock import MagicMock

import numpy as np
import pandas as pd
import pytest

from nbmlops.errors import UsageError
from nbmlops.tracking.parameters import Param, check_choice, choose, configs, encode, estimators
from tests.unit.tracking.notebook_cells import Colour, Notebook, Raises


@dataclasses.dataclass
class Optim:
    name: str = "adam"
    betas: tuple[float, float] = (0.9, 0.99)


@dataclasses.dataclass
class Train:
    lr: float = 0.1
    optim: Optim = dataclasses.field(default_factory=Optim)
    data: object = None


class Pydantic:
    """Quacks as a pydantic model does."""

    model_fields: ClassVar[dict[str, object]] = {"lr": None}

    def model_dump(self) -> dict[str, object]:
        return {"lr": 0.1, "sub": {"n": 1}}


class Container:
    def to_container(self) -> dict[str, object]:
        return {"a": 1}


class Broken:
    model_fields: ClassVar[dict[str, object]] = {}

    def model_dump(self) -> dict[str, object]:
        raise RuntimeError("not now")


def test_configs() -> None:
    namespace: dict[str, object] = {
        "cfg": {
            "lr": 0.1,
            "opt": {"name": "sgd", "deep": {"a": {"b": {"c": 1}}}},
            "model": object(),
            "ids": [1, "a", None],
        },
        "train": Train(data=np.zeros(3)),
        "args": argparse.Namespace(bs=np.int64(8), out=Path("x")),
        "simple": types.SimpleNamespace(colour=Colour.RED),
        "model": Pydantic(),
        "box": Container(),
        "broken": Broken(),
        "vocabulary": {f"word{i}": i for i in range(1000)},
        "numbers": {1: 2},
        "_hidden": {"a": 1},
        "text": "abc",
        "kind": Train,
        "mock": MagicMock(),
    }
    assert configs(namespace, namespace) == {
        "args/bs": 8,
        "args/out": Path("x"),
        "box/a": 1,
        "cfg/lr": 0.1,
        "cfg/opt/name": "sgd",
        "cfg/ids": [1, "a", None],
        "model/lr": 0.1,
        "model/sub/n": 1,
        "simple/colour": Colour.RED,
        "train/lr": 0.1,
        "train/optim/name": "adam",
        "train/optim/betas": [0.9, 0.99],
    }


class Bag(dict[str, object]):
    """As scikit-learn's Bunch."""


@dataclasses.dataclass
class Dataset:
    x: object
    y: object
    name: str = "iris"


LINES = "first line\nsecond line"


@pytest.mark.parametrize(
    "value",
    [
        Bag(lr=0.1),
        OrderedDict(lr=0.1),
        {"lr": 0.1, "x": np.zeros(3)},
        {"name": "iris", "frame": pd.DataFrame({"a": [1]}), "a": 1, "b": 2, "c": 3, "d": 4},
        {"a": 1, "b": "x" * 201},
        {"a": 1, "b": 2, "c": 3, "d": 4, "e": ["x" * 201]},
        {"a": 1, "b": LINES},
        {"model": Raises(), "acc": 0.9},
        {"acc": 0.9, "loss": [0.5] * 17},
        {"red": "#e41a1c", "blue": "#377eb8"},
        {"train": {"x": np.zeros(3)}, "n": 3},
        types.SimpleNamespace(x=np.zeros(3), lr=0.1, a=1, b=2),
        Dataset(np.zeros(3), np.zeros(3)),
        namedtuple("Result", "statistic pvalue")(0.5, 0.1),
    ],
)
def test_data_and_results_are_no_configs(value: object) -> None:
    assert configs(["data"], {"data": value}) == {}


def test_data_inside_a_config_is_left_out_alone() -> None:
    cfg = {"lr": 0.1, "bs": 8, "n": 3, "data": {"x": np.zeros(3)}, "loss": len, "kind": Optim}
    assert configs(["cfg"], {"cfg": cfg}) == {"cfg/lr": 0.1, "cfg/bs": 8, "cfg/n": 3}


def test_a_bunch_is_no_config() -> None:
    book = Notebook()
    book.run("from sklearn.datasets import load_iris\niris = load_iris()")
    assert book.run("X = iris.data\nlr = .1") == {"lr": (0.1, "literal")}


@pytest.mark.parametrize("dict_", ['{"a": "short", "b": "%s"}' % ("x" * 8000), '{"red": "#f00"}', '{"a": "x\\ny"}'])
def test_a_dict_that_holds_data_counts_only_where_it_is_written(dict_: str) -> None:
    book = Notebook()
    assert {key.partition("/")[0] for key in book.run(f"data = {dict_}")} == {"data"}
    assert book.run("print(len(data))") == {}


def test_a_small_dict_with_numbers_for_keys_is_one_value() -> None:
    book = Notebook()
    book.run("weights = {0: 1., 1: 5.}; labels = {0: '%s'}" % ("x" * 300))
    assert book.run("print(weights, labels)") == {"weights": ({0: 1.0, 1: 5.0}, "inherited")}


def test_a_dict_full_of_itself_is_given_up_soon() -> None:
    loop: dict[str, object] = {}
    loop.update({f"k{i}": loop for i in range(60)})
    assert configs(["loop"], {"loop": loop}) == {}  # looking at every path would never end


def test_configs_end_at_200_keys() -> None:
    namespace: dict[str, object] = {f"c{n}": {f"k{i}": i for i in range(60)} for n in range(5)}
    assert len(configs(namespace, namespace)) == 200


def test_a_dict_that_holds_itself() -> None:
    loop: dict[str, object] = {"a": 1}
    loop["self"] = loop
    assert configs(["loop"], {"loop": loop})["loop/self/self/a"] == 1


def test_a_config_has_the_same_keys_wherever_it_is_assigned() -> None:
    here, above = Notebook(), Notebook()
    keys = {"cfg/lr": 0.1, "cfg/opt/name": "adam"}
    cfg = "cfg = {'lr': .1, 'opt': {'name': 'adam'}}"
    assert here.run(cfg + "\nprint(cfg)") == {key: (value, "literal") for key, value in keys.items()}
    above.run(cfg)
    assert above.run("print(cfg)") == {key: (value, "inherited") for key, value in keys.items()}
    above.run("cfg['lr'] = .2")
    assert above.run("print(cfg)") == {"cfg/lr": (0.2, "config"), "cfg/opt/name": ("adam", "config")}
    assert above.run("print(cfg)", cfg={"lr": 1}) == {"cfg/lr": (1, "override")}


def test_a_result_dict_made_in_the_cell_is_no_config() -> None:
    assert Notebook().run("acc = float('1')\nresults = {'acc': acc}\nresults") == {}


SKLEARN = """
import numpy as np
from sklearn.datasets import load_wine
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
X, y = load_wine(return_X_y=True)
SEED = 42
lr = 1e-2
"""


def test_a_scikit_learn_notebook() -> None:
    book = Notebook()
    book.run(SKLEARN)
    found = book.run(
        "n_estimators = 3\nscores = []\n"
        "model = GradientBoostingClassifier(n_estimators=n_estimators, learning_rate=lr, random_state=SEED)\n"
        "model.fit(X, y)\nfor i in range(2):\n    scores.append(i)\nacc = model.score(X, y)"
    )
    assert found == {
        "n_estimators": (3, "literal"),
        "SEED": (42, "inherited"),
        "lr": (0.01, "inherited"),
        "model": ("GradientBoostingClassifier", "estimator"),
        "model/learning_rate": (0.01, "estimator"),
        "model/n_estimators": (3, "estimator"),
        "model/random_state": (42, "estimator"),
    }
    assert set(book.run("model.predict(X)")) == {
        "model",
        "model/learning_rate",
        "model/n_estimators",
        "model/random_state",
    }


def test_nested_estimators() -> None:
    book = Notebook()
    book.run(SKLEARN)
    found = book.run(
        "pipe = Pipeline([('scale', StandardScaler()), ('svc', SVC(C=10, gamma='auto'))])\n"
        "grid = GridSearchCV(pipe, {'svc__C': [1, 10]}, cv=StratifiedKFold(3))"
    )
    assert {key: encode(value)[0] for key, (value, _) in found.items()} == {
        "grid": '"GridSearchCV"',
        "grid/cv": '"StratifiedKFold(n_splits=3, random_state=None, shuffle=False)"',
        "grid/estimator": '"Pipeline"',
        "grid/estimator__scale": '"StandardScaler"',
        "grid/estimator__svc": '"SVC"',
        "grid/estimator__svc__C": "10",
        "grid/estimator__svc__gamma": '"auto"',
        "grid/param_grid": '{"svc__C": [1, 10]}',
    }


def test_estimators_in_a_dict() -> None:
    book = Notebook()
    book.run(SKLEARN)
    found = book.run(
        "models = {'rf': RandomForestClassifier(50), 'svc': SVC()}\nfor name, m in models.items():\n    pass"
    )
    assert {key for key, (_, origin) in found.items() if origin == "estimator"} == {
        "models/rf",
        "models/rf/n_estimators",
        "models/svc",
    }


class Rude:
    def __init__(self, a: int = 1) -> None:
        self.a = a

    def get_params(self, deep: bool = True) -> dict[str, object]:
        raise RuntimeError


class Polite(Rude):
    def get_params(self, deep: bool = True) -> dict[str, object]:
        return {"a": self.a, "b": float("nan"), "frame": np.zeros(3)}


def test_estimators_that_misbehave_are_left_out() -> None:
    namespace: dict[str, object] = {
        "rude": Rude(),
        "polite": Polite(2),
        "kind": Polite,
        "mock": MagicMock(),
        "_p": Polite(),
    }
    found = estimators(namespace, namespace)
    assert set(found) == {"polite", "polite/a", "polite/b", "polite/frame"}


def test_choose_and_check() -> None:
    params = [
        Param("lr", 1, "literal"),
        Param("cfg/a", 1, "config"),
        Param("cfgx", 1, "literal"),
        Param("o", 1, "override"),
    ]
    assert choose(params, None) == params
    assert [param.key for param in choose(params, ("cfg",))] == ["cfg/a", "o"]
    assert [param.key for param in choose(params, ("lr", "cfg/a"))] == ["lr", "cfg/a", "o"]
    tree = ast.parse("learning_rate = 1; model = GBM()")
    check_choice(params, ("cfg/a", "cfg", "model", "model/depth"), tree)
    with pytest.raises(UsageError, match="learning_rat") as caught:
        check_choice(params, ("learning_rat",), tree)
    assert "learning_rate" in caught.value.hint
