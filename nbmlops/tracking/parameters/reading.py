"""Which names a cell reads before it has bound them.

Reading is followed in the order of execution: a name that every way through the
cell has bound before is not read from outside. A function defined in the cell
reads its free names when it is first mentioned, not where it is written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from nbmlops.tracking.parameters.bindings import (
    COMPREHENSIONS,
    FUNCTIONS,
    arguments_of,
    bindings,
    bound,
    constant_name,
    outside,
)


def reads(tree: ast.AST) -> set[str]:
    """Names the cell takes from outside, in functions and comprehensions too.

    Parameters
    ----------
    tree
        A parsed cell.

    Returns
    -------
    set of str
        Builtins are among them: a notebook may well have a variable called ``id``.

    Examples
    --------
    >>> sorted(reads(ast.parse("x = 1; y = x + lr")))
    ['lr']
    """
    walk = _Reads()
    walk.block(getattr(tree, "body", [tree]))
    walk.finish()
    return walk.found


def _free(node: ast.AST) -> set[str]:
    """Global names that a function, lambda, class or comprehension reads when it runs."""
    body: Iterable[ast.AST]
    local: set[str] = set()
    if isinstance(node, (*FUNCTIONS, ast.Lambda)):
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        local = {argument.arg for argument in arguments_of(node.args)}
    else:
        body = getattr(node, "body", [])
    for statement in body:
        local |= bound(statement)
    declared = {name for statement in body for name in _declared(statement)}
    found: set[str] = set()
    for statement in body:
        found |= _loads(statement)
    if isinstance(node, ast.ClassDef):
        # Methods do not see the names of the class around them, and its body reads before it binds.
        own = _Reads()
        own.block(node.body)
        methods = {name for inner in node.body if isinstance(inner, FUNCTIONS) for name in _free(inner)}
        return own.found | methods
    return (found - local) | (found & declared)


def _declared(node: ast.AST) -> set[str]:
    """Names declared global in this scope, functions inside not entered."""
    if isinstance(node, ast.Global):
        return set(node.names)
    if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
        return set()
    return {name for child in ast.iter_child_nodes(node) for name in _declared(child)}


def _loads(node: ast.AST) -> set[str]:
    """Names loaded in a scope, with what the scopes inside it take from outside."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind is ast.Name:
            if type(part.ctx) is ast.Load:  # type: ignore[attr-defined]
                found.add(part.id)  # type: ignore[attr-defined]
        elif kind is ast.Constant:
            pass
        elif isinstance(part, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting += outside(part)
            found |= _free(part)
        elif isinstance(part, COMPREHENSIONS):
            found |= _comprehended(part)
        else:
            if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
                found.add(part.target.id)
            waiting += ast.iter_child_nodes(part)
    return found


def _comprehended(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> set[str]:
    """Names that a comprehension takes from outside."""
    inside: set[str] = set()
    local: set[str] = set()
    for child in ast.iter_child_nodes(node):
        inside |= _loads(child)
    for generator in node.generators:
        local |= bound(generator.target)
    return (inside - local) | _loads(node.generators[0].iter)


class _Reads:
    """One pass over statements in the order of execution."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.done: set[str] = set()  # bound on every way to here
        self.waiting: dict[str, set[str]] = {}  # functions of this cell, and what they read when called

    def block(self, body: Iterable[ast.AST]) -> None:
        """Follow statements one after the other."""
        for statement in body:
            self.statement(statement)

    def finish(self) -> None:
        """Functions that nobody mentioned may still be called from later cells."""
        for name in list(self.waiting):
            self.take({name})

    def take(self, names: set[str]) -> None:
        """Names are read here."""
        for name in names:
            if name in self.waiting:
                self.take(self.waiting.pop(name))
            elif name not in self.done:
                self.found.add(name)

    def branches(self, *bodies: Callable[[], None]) -> None:
        """Only what every branch binds is surely bound afterwards."""
        before, after = set(self.done), []
        for body in bodies:
            self.done = set(before)
            body()
            after.append(self.done)
        self.done = set.intersection(*after)

    def statement(self, node: ast.AST) -> None:
        """Follow one statement."""
        name = constant_name(node)
        if name is not None:
            self.done.add(name)
            self.waiting.pop(name, None)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            for outer in outside(node):
                self.take(_loads(outer))
            self.done.add(node.name)
            self.waiting[node.name] = _free(node) - {node.name}
        elif isinstance(node, ast.If):
            self.take(_loads(node.test))
            self.done |= bound(node.test)
            self.branches(lambda: self.block(node.body), lambda: self.block(node.orelse))
        elif isinstance(node, ast.For | ast.AsyncFor):
            self.take(_loads(node.iter))
            self.branches(lambda: self.loop(node.target, node.body), lambda: None)
            self.block(node.orelse)
        elif isinstance(node, ast.While):
            self.take(_loads(node.test))
            self.branches(lambda: self.block(node.body), lambda: None)
            self.block(node.orelse)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self.take(_loads(item))
                self.done |= bound(item)
            self.block(node.body)
        elif isinstance(node, ast.Try | ast.TryStar):
            self.attempt(node)
        elif isinstance(node, ast.Match):
            self.take(_loads(node.subject))
            self.branches(*(lambda case=case: self.case(case) for case in node.cases), lambda: None)
        else:
            self.take(_loads(node))
            names = {name for name, kind in bindings(node) if kind != "del"} - {"*"}
            if isinstance(node, ast.AnnAssign) and node.value is None:
                names = set()
            self.done |= names
            for name in names:
                self.waiting.pop(name, None)
            if isinstance(node, ast.Delete):
                self.take(bound(node))
                self.done -= bound(node)

    def loop(self, target: ast.AST, body: list[ast.stmt]) -> None:
        """The body of a loop, its target bound."""
        self.take(_loads(target))
        self.done |= bound(target)
        self.block(body)

    def attempt(self, node: ast.Try | ast.TryStar) -> None:
        """A try statement; a handler may run after any part of the body."""
        handlers = [lambda handler=handler: self.handler(handler) for handler in node.handlers]
        self.branches(lambda: self.block([*node.body, *node.orelse]), *handlers)
        self.block(node.finalbody)

    def handler(self, node: ast.ExceptHandler) -> None:
        """One except clause."""
        if node.type is not None:
            self.take(_loads(node.type))
        if node.name:
            self.done.add(node.name)
        self.block(node.body)
        self.done.discard(node.name or "")

    def case(self, node: ast.match_case) -> None:
        """One case of a match."""
        self.done |= bound(node.pattern)
        self.take(_loads(node.pattern) | (_loads(node.guard) if node.guard else set()))
        self.block(node.body)
