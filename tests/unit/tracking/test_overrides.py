"""Overrides: what a cell computes with them, and what is refused before anything runs."""

from __future__ import annotations

import ast
import atexit
import math
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from nbmlops.errors import UsageError
from nbmlops.tracking.parameters.overrides import OverrideTransformer, check, plan

Namespace = dict[str, object]


def run(source: str, namespace: Namespace | None = None, /, **overrides: object) -> Namespace:
    """What the cell leaves behind."""
    names: Namespace = {"__name__": "__main__"} if namespace is None else namespace
    tree = ast.parse(source)
    transformer = plan(tree, overrides, names)
    transformer.bind(names)
    try:
        exec(compile(transformer.visit(tree), "cell", "exec"), names)
    finally:
        transformer.restore(names)
    assert not [name for name in names if name.startswith("__nbmlops")]
    return names


@pytest.mark.parametrize(
    ("source", "overrides", "expected"),
    [
        ("lr = 0.1\ny = lr * 2", {"lr": 0.5}, {"lr": 0.5, "y": 1.0}),
        ("lr: float = 0.1\ny = lr", {"lr": -1}, {"lr": -1, "y": -1}),
        ("lr = 0.1\na = lr\nlr = 0.2\nb = lr", {"lr": 3}, {"a": 3, "b": 3}),
        ("a = b = 1", {"a": 2}, {"a": 2, "b": 1}),
        ("a = b = 1", {"b": 2}, {"a": 1, "b": 2}),
        ("a = b = 1", {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        ("a = (b, c) = 1, 2", {"a": 2}, {"a": 2, "b": 1, "c": 2}),
        ("lr, wd = 1, 2", {"wd": 5}, {"lr": 1, "wd": 5}),
        ("(a, [b, c]), d = (1, [2, 3]), 4", {"b": 9, "d": 8}, {"a": 1, "b": 9, "c": 3, "d": 8}),
        ("lr = undefined()", {"lr": 1}, {"lr": 1}),
        ("lr = 1\nlr += 1", {"lr": 5}, {"lr": 6}),
        ("lr: float\nlr = 1", {"lr": 5}, {"lr": 5}),
        ("layers = [1]\nmore = layers + [2]", {"layers": [4, (5, "é")]}, {"more": [4, (5, "é"), 2]}),
        ("x = 1", {"x": {"a": [None, True, b"b"]}}, {"x": {"a": [None, True, b"b"]}}),
        ("x = 1", {"x": "'; \"\\ 🎉"}, {"x": "'; \"\\ 🎉"}),
        ("x = 1", {"x": float("inf")}, {"x": math.inf}),
        ("x = 1", {"x": 10**5000}, {"x": 10**5000}),
        ("x = 1", {"x": 1 + 2j}, {"x": 1 + 2j}),
        ("def f():\n    x = 1\n    return x\nx = 2\ny = f()", {"x": 3}, {"x": 3, "y": 1}),
    ],
)
def test_assigned_names(source: str, overrides: Namespace, expected: Namespace) -> None:
    names = run(source, **overrides)
    assert {name: names[name] for name in expected} == expected


def test_any_object_may_be_inserted() -> None:
    thing = object()
    assert run("x = 1\ny = x", x=thing)["y"] is thing


def test_a_list_is_fresh_each_time_as_the_literal_was() -> None:
    given = [1]
    names = run("for i in 'ab':\n    pass\nx = [0]\nx.append(i)\ny = x\nx = [0]", x=given)
    assert (names["y"], names["x"], given) == ([1, "b"], [1], [1])


def test_a_list_that_holds_itself() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert run("x = 1", x=loop)["x"] is loop


def test_minus_zero() -> None:
    zero = run("x = 1", x=-0.0)["x"]
    assert isinstance(zero, float)
    assert math.copysign(1, zero) == -1


def test_line_numbers_are_kept() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run("\n\na = b = 1\n\nx = [1,\n2]\n1 / 0", a=3, x=[9, 8, 7])
    assert [frame.lineno for frame in traceback.extract_tb(caught.value.__traceback__)][-1] == 7


def test_a_name_only_read_is_bound_and_put_back() -> None:
    names = run("y = lr * 2", {"lr": 0.1}, lr=1)
    assert names["lr"] == 0.1
    assert names["y"] == 2


def test_a_name_only_read_and_absent_is_absent_afterwards() -> None:
    names = run("y = lr * 2", {}, lr=1)
    assert "lr" not in names
    assert names["y"] == 2


def test_a_read_name_is_put_back_after_an_error() -> None:
    names: Namespace = {"lr": 0.1}
    with pytest.raises(ZeroDivisionError):
        run("lr / 0", names, lr=1)
    assert names["lr"] == 0.1


def test_what_the_cell_itself_binds_is_left() -> None:
    assert run("lr += 1", {"lr": 5}, lr=7)["lr"] == 8
    assert run("print(lr)\nglobals()['lr'] = 'mine'", {"lr": 5}, lr=7)["lr"] == "mine"
    assert "lr" not in run("print(lr)\nglobals().pop('lr')", {"lr": 5}, lr=7)


def test_a_name_read_by_a_function_of_an_earlier_cell() -> None:
    names: Namespace = {"__name__": "__main__", "lr": 0.1}
    exec("def inner(): return lr\ndef train(): return inner()", names)
    assert run("y = train()", names, lr=5)["y"] == 5
    assert names["lr"] == 0.1


@pytest.mark.parametrize(
    ("source", "name", "says", "hints"),
    [
        ("learning_rate = 1\nmodel = fit(x)", "learning_rat", "neither assigns nor reads", "learning_rate"),
        ("x = 1", "zzz", "neither assigns nor reads", "assigns or reads"),
        ("", "lr", "neither assigns nor reads", "assigns or reads"),
        ("a, b = f()", "a", "is set by unpacking", "a = ..."),
        ("a, *b = 1, 2, 3", "a", "is set by unpacking", "a = ..."),
        ("x = a, b = 1, 2", "a", "is set by unpacking", "a = ..."),
        ("if fast:\n    lr = 1", "lr", "only inside an if block", "top level"),
        ("try:\n    lr = 1\nexcept E:\n    pass", "lr", "only inside a try block", "top level"),
        ("for lr in [1, 2]:\n    fit(lr)", "lr", "variable of a loop", "lr = ..."),
        ("with open(p) as f:\n    pass", "f", "with statement", "f = ..."),
        ("import numpy as np", "np", "is imported", "np = ..."),
        ("def train(): pass", "train", "is a function", "train = ..."),
        ("class Net: pass", "Net", "is a class", "Net = ..."),
        ("print(n := 3)", "n", ":=", "n = ..."),
        ("def f():\n    global g\n    g = 1", "g", "inside a function", "g = ..."),
        ("def train(epochs):\n    rate = 1\n    return rate", "rate", "local to train()", "top level"),
        ("def train(epochs):\n    return 1", "epochs", "local to train()", "top level"),
    ],
)
def test_refusals(source: str, name: str, says: str, hints: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(ast.parse(source), {name: 1})
    assert says in caught.value.message
    assert caught.value.message.startswith(f"{name}= cannot be set")
    assert hints in caught.value.hint


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[InteractiveShell]:
    config = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=config, ipython_dir=str(tmp_path))
    yield shell
    atexit.unregister(shell.atexit_operations)


def run_in(shell: InteractiveShell, source: str, **overrides: object) -> OverrideTransformer:
    transform: Callable[[str], str] = shell.transform_cell
    transformer = check(source, overrides, transform, shell.user_ns)
    shell.ast_transformers.append(transformer)  # type: ignore[arg-type]
    transformer.bind(shell.user_ns)
    try:
        shell.run_cell(source, silent=True).raise_error()
    finally:
        transformer.restore(shell.user_ns)
        shell.ast_transformers.remove(transformer)  # type: ignore[arg-type]
    return transformer


@pytest.mark.parametrize(
    "source",
    [
        "%%time\nlr = 1\ny = lr * 2",
        "%%capture out\nlr = 1\ny = lr * 2",
        "lr = 1\n%time y = lr * 2",
        "\n%%time\nlr = 1\ny = lr * 2",
    ],
)
@pytest.mark.parametrize("value", [5, object])
def test_through_magics(shell: InteractiveShell, source: str, value: object) -> None:
    shell.user_ns.pop("y", None)
    if value is object:
        source, value = source.replace(" * 2", ""), object()
        run_in(shell, source, lr=value)
        assert shell.user_ns["y"] is value
    else:
        run_in(shell, source, lr=value)
        assert shell.user_ns["y"] == 10


def test_a_name_read_inside_a_magic(shell: InteractiveShell) -> None:
    shell.user_ns["lr"] = 1
    run_in(shell, "%%time\ny = lr * 2", lr=5)
    assert (shell.user_ns["y"], shell.user_ns["lr"]) == (10, 1)
    run_in(shell, "%time z = lr", lr=6)
    assert shell.user_ns["z"] == 6


def test_a_cell_of_another_language_has_no_names(shell: InteractiveShell) -> None:
    with pytest.raises(UsageError, match="neither assigns nor reads"):
        check("%%bash\nlr=1\necho $lr", {"lr": 2}, shell.transform_cell)


def test_a_cell_that_is_no_python_fails_by_itself(shell: InteractiveShell) -> None:
    transformer = check("lr = = 1", {"lr": 2}, shell.transform_cell)
    names: Namespace = {}
    transformer.bind(names)
    assert names == {}


def test_await_is_no_obstacle(shell: InteractiveShell) -> None:
    run_in(shell, "import asyncio\nlr = 1\nawait asyncio.sleep(0)\ny = lr", lr=4)
    assert shell.user_ns["y"] == 4


def test_without_overrides_nothing_is_touched() -> None:
    tree = ast.parse("a = b = 1\nx, y = 1, 2")
    before = ast.dump(tree)
    assert ast.dump(plan(tree, {}).visit(tree)) == before
