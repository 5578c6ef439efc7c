"""Literals inside ``with``, ``if`` and ``try`` blocks: which of them was assigned shows when the cell has run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from nbmlops.tracking.parameters.bindings import bindings, mutated
from nbmlops.tracking.parameters.literals import assigned, same

Choices = dict[str, list[object]]

_BLOCKS = (ast.With, ast.AsyncWith, ast.If, ast.Try, ast.TryStar)


def block_literals(tree: ast.Module, namespace: Mapping[str, object]) -> dict[str, object]:
    """Names whose value after the cell is a literal that one of its blocks assigns.

    As with `literals`, a name that a loop, a function or ``+=`` binds afterwards is state and left out.

    Parameters
    ----------
    tree
        The parsed cell.
    namespace
        The user's variables, after the cell.

    Returns
    -------
    dict
        In the order of the cell.
    """
    if not any(isinstance(statement, _BLOCKS) for statement in tree.body):
        return {}
    changed, missing = mutated(tree), object()
    found: dict[str, object] = {}
    for name, values in _follow(tree.body, {}).items():
        if name.startswith("_") or name in changed:
            continue
        now = namespace.get(name, missing)
        held = [value for value in values if value not in ([], {}, set()) and same(value, now)]
        if held:
            found[name] = held[0]
    return found


def _follow(body: Iterable[ast.stmt], before: Mapping[str, list[object]]) -> Choices:
    """What each name may hold after some statements."""
    found = {name: list(values) for name, values in before.items()}
    for statement in body:
        if isinstance(statement, ast.With | ast.AsyncWith):
            for item in statement.items:
                _forget(item, found)
            found = _follow(statement.body, found)
        elif isinstance(statement, ast.If):
            _forget(statement.test, found)
            found = _either(_follow(statement.body, found), _follow(statement.orelse, found))
        elif isinstance(statement, ast.Try | ast.TryStar):
            whole = _follow([*statement.body, *statement.orelse], found)
            handled = [_follow(handler.body, _either(found, whole)) for handler in statement.handlers]
            found = _follow(statement.finalbody, _either(whole, *handled))
        else:
            _forget(statement, found)
            found.update({name: [value] for name, value in assigned(statement).items()})
    return found


def _forget(node: ast.AST, found: Choices) -> None:
    """What a node binds is no literal any more."""
    for name, kind in bindings(node):
        if not (kind == "annotation" and getattr(node, "value", None) is None):
            found.pop(name, None)


def _either(*ways: Mapping[str, list[object]]) -> Choices:
    """What each name may hold after one of several ways."""
    found: Choices = {}
    for way in ways:
        for name, values in way.items():
            known = found.setdefault(name, [])
            known += [value for value in values if not any(same(value, one) for one in known)]
    return found
