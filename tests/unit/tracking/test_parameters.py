"""Parameters that are found in cells, and how they are written."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import json
import math
import sys
import types
from collections import OrderedDict, namedtuple
from enum import Enum
from pathlib import Path
from typing import ClassVar
from unittest.mock import MagicMock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.errors import UsageError
from nbmlops.tracking.parameters import (
    LiteralHistory,
    Param,
    after_cell,
    before_cell,
    check_choice,
    choose,
    configs,
    encode,
    estimators,
    literals,
    reads,
)
from nbmlops.tracking.parameters.bindings import bound
from nbmlops.tracking.parameters.cells import parse_cell
from nbmlops.tracking.parameters.encoding import MAX_BYTES
from nbmlops.tracking.parameters.overrides import plan


class Notebook:
    """Runs cells one after the other and keeps what is found in each."""

    def __init__(self) -> None:
        self.namespace: dict[str, object] = {"__name__": "__main__"}
        self.history = LiteralHistory()

    def run(self, source: str, **overrides: object) -> dict[str, tuple[object, str]]:
        tree = ast.parse(source)
        before = before_cell(tree, self.namespace, self.history, overrides)
        exec(compile(tree, "cell", "exec"), self.namespace)
        self.namespace.update(overrides)
        self.history.observe(tree, overrides)
        params = before + after_cell(tree, self.namespace, before)
        assert len({param.key for param in params}) == len(params)
        return {param.key: (param.value, param.origin) for param in params}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("lr = 1e-3", {"lr": 1e-3}),
        ("lr: float = .1; n: int", {"lr": 0.1}),
        ("lr, (wd, b) = 1, (-2, 2**10)", {"lr": 1, "wd": -2, "b": 1024}),
        ("a = b = 5", {"a": 5, "b": 5}),
        ("x = 1 / 3; y = 1 << 4; z = -(2 + 3)", {"x": 1 / 3, "y": 16, "z": -5}),
        (
            "t = (1, 'a', None, True); s = {1, 2}; d = {'a': [1]}",
            {"t": (1, "a", None, True), "s": {1, 2}, "d": {"a": [1]}},
        ),
        ("text = 'a' 'b'", {"text": "ab"}),
        ("lr = 1\nlr = 2", {"lr": 2}),
        ("lr = 1\nlr = f()", {}),
        ("lr = f()\nlr = 1", {"lr": 1}),
        ("_lr = 1; __x = 2", {}),
        ("results = []; history = {}", {}),
        ("best = 0\nfor i in x:\n    best = i", {}),
        ("n = 0\nn += 1", {}),
        ("lr = 1\ndel lr", {}),
        ("f = 1\ndef f(): pass", {}),
        ("np = 1\nimport numpy as np", {}),
        ("f = 1\nwith open(p) as f: pass", {}),
        ("layers = [1]\nlayers.append(2)", {}),
        ("cfg = {'a': 1}\ncfg['a'] = 2", {}),
        ("n = 1\nprint(n := 2)", {}),
        ("n = 1\n[n for n in x]", {"n": 1}),
        ("n = 1\ndef f():\n    n = 2", {"n": 1}),
        ("n = 1\ndef f():\n    global n\n    n = 2", {}),
        ("if fast:\n    n = 1", {}),
        ("a, *b = 1, 2", {}),
        ("big = 10**10**10; shift = 1 << 10**10; line = '-' * 80; zero = 1 / 0; late = ...; f = f'{x}'", {}),
        ("x = [a, 1]; y = f(1); z = {**d}; w = {[]}", {}),
    ],
)
def test_literals(source: str, expected: dict[str, object]) -> None:
    assert literals(ast.parse(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = lr; lr = 1", "lr"),
        ("lr = 1; x = lr", ""),
        ("x += 1; del y; a[i] = b.c", "x y a i b"),
        ("def f(x, y=d): return x * lr + g(x)", "d lr g"),
        ("def f(x): return x * lr\nlr = 2\nf(1)", ""),
        ("def f(x): return x * lr\nf(1)\nlr = 2", "lr"),
        ("def f():\n    z = 1\n    def g(): return z + w\n    return g", "w"),
        ("def f():\n    global n\n    n = n + 1", "n"),
        ("def f(): return g()\ndef g(): return lr\nlr = 1\nf()", ""),
        ("lambda x, y=d: x + z", "d z"),
        ("[i * lr for i in xs if (w := i)]; w", "lr xs"),
        ("[j for i in xs for j in i]", "xs"),
        ("class M(Base):\n    h = hid\n    k = h\n    def go(self): return h2", "Base hid h2"),
        ("for e in r(n):\n    loss = t(e)\nprint(loss)", "r n t print loss"),
        ("if a:\n    x = 1\nelse:\n    x = 2\nx", "a"),
        ("if a:\n    x = 1\nx", "a x"),
        ("while go:\n    go = step()", "go step"),
        ("with o(p) as f:\n    f.read()", "o p"),
        ("try:\n    x = 1\nexcept E as e:\n    x = e\nx", "E"),
        ("try:\n    x = 1\nexcept E:\n    pass\nx", "E x"),
        ("match c:\n    case {'a': k, **r}: k, r, u\n    case V.x: pass", "c u V"),
        ("import a.b; a.b.c", ""),
        ("@deco\ndef f() -> T: pass", "deco T"),
        ("f'{a:{b}}'", "a b"),
        ("await go(x)", "go x"),
    ],
)
def test_reads(source: str, expected: str) -> None:
    assert reads(ast.parse(source)) == set(expected.split())


def test_a_literal_of_an_earlier_cell_is_inherited_when_it_is_read() -> None:
    book = Notebook()
    book.run("lr, unused = .1, 3")
    assert book.run("y = lr * 2") == {"lr": (0.1, "inherited")}
    assert book.run("lr = 5; y = lr") == {"lr": (5, "literal")}
    assert book.run("y = lr", lr=7) == {"lr": (7, "override")}


@pytest.mark.parametrize(
    "between",
    [
        "lr = float('0.1')",
        "for lr in [.1]: pass",
        "lr *= 1",
        "import math as lr",
        "def lr(): pass",
        "from os.path import *",
        "lr = 1\ndel lr\nlr = int('3')",
        "globals()['lr'] = 3",
        "if True:\n    lr = .1",
    ],
)
def test_a_literal_is_forgotten_when_the_name_is_bound_otherwise(between: str) -> None:
    book = Notebook()
    book.run("lr = .1")
    book.run(between)
    assert book.run("y = lr") == {}


def test_a_list_changed_behind_our_back_is_not_inherited() -> None:
    book = Notebook()
    book.run("layers = [1]")
    book.run("def grow(x): x.append(2)\ngrow(layers)")
    assert book.run("y = layers") == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("with c():\n    lr = .1; depth: int = 3", {"lr": 0.1, "depth": 3}),
        ("if True:\n    lr = .1\nelse:\n    lr = .2", {"lr": 0.1}),
        ("if False:\n    lr = .1\nelif True:\n    lr = .2\nelse:\n    lr = .3", {"lr": 0.2}),
        ("lr = .1\nif True:\n    lr = .2", {"lr": 0.2}),
        ("lr = .1\nif False:\n    lr = .2", {"lr": 0.1}),
        ("try:\n    lr = 1 / 0\nexcept ZeroDivisionError:\n    lr = .5", {"lr": 0.5}),
        ("try:\n    lr = .1; int('x')\nexcept ValueError:\n    pass\nfinally:\n    n = 2", {"lr": 0.1, "n": 2}),
        ("with c():\n    if True:\n        a, b = 1, 2", {"a": 1, "b": 2}),
        ("with c():\n    cfg = {'lr': .1}", {"cfg/lr": 0.1}),
        ("with c():\n    n = 1\nn = int('1')", {}),
        ("with c():\n    n = 1\nn = 2", {"n": 2}),
        ("with c():\n    n = 0\n    for i in range(2):\n        n = i", {}),
        ("with c():\n    n = 0\n    n += 1", {}),
        ("with c():\n    xs = []; ys = [1]; ys.append(2); _z = 1", {}),
        ("with c() as f:\n    g = f", {}),
        ("for i in range(2):\n    n = 1", {}),
        ("while True:\n    n = 1\n    break", {}),
        ("def f():\n    n = 1\nf()", {}),
        ("if int('0'):\n    n = 1", {}),
        ("if (n := 1):\n    pass", {}),
    ],
)
def test_literals_inside_blocks(source: str, expected: dict[str, object]) -> None:
    book = Notebook()
    book.run("from contextlib import nullcontext as c")
    assert book.run(source) == {key: (value, "literal") for key, value in expected.items()}


def test_an_override_and_what_a_failed_cell_did_not_reach_stay_out_of_block_literals() -> None:
    tree = ast.parse("print(lr)\nwith c():\n    lr = .1\n    n = 1")
    known = [Param("lr", 0.1, "override")]
    assert after_cell(tree, {"lr": 0.1, "n": 1}, known, {"n"}) == []
    assert after_cell(tree, {"lr": 0.1, "n": 1}, known) == [Param("n", 1, "literal")]


def test_an_overridden_literal_is_inherited_as_it_was() -> None:
    book = Notebook()
    book.run("lr = .1", lr=0.5)
    assert book.run("y = lr") == {"lr": (0.5, "inherited")}


def test_names_behind_functions_classes_and_partials() -> None:
    book = Notebook()
    book.run("lr, hidden, wd, rate, far, other = 1, 2, 3, 4, 5, 6")
    book.run(
        "import functools\n"
        "def inner(): return [lr for _ in range(1)]\n"
        "def step(self=None): return inner() + [wd]\n"
        "class Net:\n    rate = 9\n    def forward(self): return hidden + self.rate\n"
        "half = functools.partial(step)\n"
        "net = Net()\n"
        "def four(): return far\n"
        "def three(): return four()\n"
        "def two(): return three()\n"
        "def one(): return two()\n"
    )
    assert set(book.run("half()")) == {"lr", "wd"}
    assert set(book.run("net.forward()")) == {"hidden"}, "an attribute called rate is not the variable"
    assert set(book.run("three()")) == {"far"}
    assert set(book.run("one()")) == set(), "three calls deep"


@dataclasses.dataclass
class Optim:
    name: str = "adam"
    betas: tuple[float, float] = (0.9, 0.99)


@dataclasses.dataclass
class Train:
    lr: float = 0.1
    optim: Optim = dataclasses.field(default_factory=Optim)
    data: object = None


class Colour(Enum):
    RED = 1


LARGE = {
    "assignments": "\n".join(f"v{at} = {at}" for at in range(2000)),
    "numbers": f"x = {[-at / 2 for at in range(20_000)]}",
    "dict": f"x = {dict.fromkeys(map(str, range(20_000)), 1)}",
    "matrix": f"x = {[[1, 2, 3]] * 7000}",
    "argument": f"x = f({[1] * 20_000}, lr)",
    "frame": f"x = f({{'a': {[1] * 20_000}, 'b': {[2] * 20_000}}}, lr)",
    "text": f"x = {'y' * 200_000!r}",
}


def calls(source: str) -> int:
    """How many functions are called for a cell, however fast the machine."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    namespace: dict[str, object] = dict.fromkeys(bound(ast.parse(source)), 0)
    history = LiteralHistory()
    sys.setprofile(note)
    try:
        tree = parse_cell(source, str)
        plan(tree, {}, namespace)
        before = before_cell(tree, namespace, history)
        check_choice(before, None, tree)
        history.observe(tree)
        after_cell(tree, namespace, before)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", sorted(set(LARGE) - {"assignments"}))
def test_a_large_literal_is_looked_at_once(kind: str) -> None:
    assert calls(LARGE[kind]) < 7 * 20_000  # six for each element; analysis after that would be dozens


def test_a_long_cell_costs_as_much_a_line_as_a_short_one() -> None:
    lines = LARGE["assignments"].splitlines()
    assert calls("\n".join(lines)) < 12 * calls("\n".join(lines[:200]))


@pytest.mark.parametrize("kind", ["numbers", "dict", "matrix", "argument", "frame"])
def test_a_large_literal_is_data(kind: str) -> None:
    tree = parse_cell(LARGE[kind] + "\nn = 1", str)
    assert literals(tree) == {"n": 1}
    assert sum(1 for _ in ast.walk(tree)) < 40
    assert ("lr" in reads(tree)) == ("lr" in LARGE[kind])
    assert literals(ast.parse(LARGE[kind])) == {}


def test_a_large_literal_hides_no_name_beside_it() -> None:
    large = [1] * 300
    tree = parse_cell(f"lr, x = .1, {large}\ny = [{', '.join(['lr2'] * 300)}, {large}, (z := 3)]", str)
    assert literals(tree) == {"lr": 0.1}
    assert reads(tree) == {"lr2"}
    assert bound(tree) == {"lr", "x", "y", "z"}
    assert plan(tree, {"lr": 1, "x": 2}).assigned == {"lr", "x"}


@pytest.mark.parametrize(
    ("source", "transformed"),
    [
        ("x = 1", []),
        ("%mlrun a b=2\nx = 1", []),
        ("%mlrun \\\na\nx = 1", ["%mlrun \\\na\nx = 1"]),
        ("%y", ["%y"]),
        ("  x = 1", ["  x = 1"]),
    ],
)
def test_only_what_is_no_python_is_transformed(source: str, transformed: list[str]) -> None:
    asked: list[str] = []

    def transform(text: str) -> str:
        asked.append(text)
        return "x = 1"

    assert literals(parse_cell(source, transform)) == {"x": 1}
    assert asked == transformed


class Raises:
    def __repr__(self) -> str:
        raise ValueError("no")


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


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        (0.01, "0.01", 0.01),
        (True, "true", 1.0),
        (None, "null", None),
        (np.float64(0.5), "0.5", 0.5),
        (np.int32(7), "7", 7.0),
        (np.bool_(True), "true", 1.0),
        (np.array(2.5), "2.5", 2.5),
        (math.inf, '"Infinity"', math.inf),
        (-math.inf, '"-Infinity"', -math.inf),
        (2**53, "9007199254740992", 2.0**53),
        (2**53 + 1, '"9007199254740993"', 2.0**53),
        (10**400, json.dumps("1" + "0" * 400), math.inf),
        ("é🎉 '\"\n<script>", json.dumps("é🎉 '\"\n<script>", ensure_ascii=False), None),
        ([1, (2, {"a": {3}})], '[1, [2, {"a": [3]}]]', None),
        ({1: "a", None: "b"}, '{"1": "a", "None": "b"}', None),
        ([math.nan, np.float32(0.5)], '["NaN", 0.5]', None),
        (np.array([1, 2]), "[1, 2]", None),
        (Path("a/b"), '"a/b"', None),
        (Colour.RED, '"Colour.RED"', None),
        (len, '"len"', None),
        (b"\x00a", json.dumps(repr(b"\x00a")), None),
        (Raises(), '"<Raises: repr raised ValueError>"', None),
        ([Raises()], '["<Raises: repr raised ValueError>"]', None),
        ("\ud800", '"?"', None),
    ],
)
def test_encode(value: object, text: str, number: float | None) -> None:
    assert encode(value) == (text, number)


def test_nan_is_a_number_that_is_none() -> None:
    text, number = encode(math.nan)
    assert text == '"NaN"'
    assert number is not None
    assert math.isnan(number)


def test_an_address_is_left_out() -> None:
    assert encode(object()) == encode(object())


@pytest.mark.parametrize(
    ("value", "length"),
    [("é" * 10_000, 10_000), (list(range(100_000)), 100_000), ({str(i): "x" * 100 for i in range(1000)}, 1000)],
)
def test_what_is_too_long_is_cut_and_marked(value: object, length: int) -> None:
    text, _ = encode(value)
    found = json.loads(text)
    assert found["$truncated"] is True
    assert found["length"] == length
    assert MAX_BYTES * 0.9 < len(text.encode()) <= MAX_BYTES


def test_a_list_that_holds_itself_is_bounded() -> None:
    loop: list[object] = [1]
    loop += [loop, loop]
    assert len(encode(loop)[0].encode()) <= MAX_BYTES


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_plain_values_come_back(value: object) -> None:
    assert json.loads(encode(value)[0]) == value


@given(st.text(max_size=60) | st.sampled_from(["lr = 1", "for i in x: y = i", "def f(a, *b): return a + c"]))
def test_any_cell_is_taken(source: str) -> None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    history = LiteralHistory()
    before_cell(tree, {}, history)
    history.observe(tree)
    after_cell(tree, {}, ())
