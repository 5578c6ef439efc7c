"""Parameters that are found in cells."""

from __future__ import annotations

import ast
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.tracking.parameters import (
    LiteralHistory,
    Param,
    after_cell,
    before_cell,
    check_choice,
    literals,
    reads,
)
from nbmlops.tracking.parameters.bindings import bound
from nbmlops.tracking.parameters.cells import parse_cell
from nbmlops.tracking.parameters.overrides import plan
from tests.unit.tracking.notebook_cells import Notebook


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
