"""Literal values that a cell assigns at its top level."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import TypeGuard

from nbmlops.tracking.parameters.bindings import bindings, constant_name, mutated
from nbmlops.tracking.parameters.large import is_large

_MAX_DEPTH = 40
_MAX_BITS = 4096
_MAX_PARTS = 1000
_MAX_NESTING = 8

_BINARY: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
}
_UNARY: dict[type[ast.unaryop], Callable[..., object]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}


class NotLiteral(ValueError):
    """An expression is no literal."""


def constant(node: ast.AST, depth: int = 0) -> object:
    """Value of a literal, with simple arithmetic on numbers (``2**10``, ``1 / 3``).

    Parameters
    ----------
    node
        An expression.
    depth
        How deep it is nested already.

    Returns
    -------
    object
        A fresh object of builtin types.

    Raises
    ------
    NotLiteral
        For everything else, and for numbers beyond 4096 bits.
    """
    if depth > _MAX_DEPTH:
        raise NotLiteral
    if isinstance(node, ast.Constant) and node.value is not Ellipsis:
        return node.value
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        parts = [constant(part, depth + 1) for part in node.elts]
        try:
            return parts if isinstance(node, ast.List) else tuple(parts) if isinstance(node, ast.Tuple) else set(parts)
        except TypeError:
            raise NotLiteral from None
    if isinstance(node, ast.Dict):
        try:
            return {
                constant(key, depth + 1): constant(value, depth + 1)
                for key, value in zip((key or node for key in node.keys), node.values, strict=True)
            }
        except TypeError:
            raise NotLiteral from None
    if isinstance(node, ast.UnaryOp):
        return _compute(_UNARY[type(node.op)], constant(node.operand, depth + 1))
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = constant(node.left, depth + 1), constant(node.right, depth + 1)
        _bounded(node.op, left, right)
        return _compute(_BINARY[type(node.op)], left, right)
    raise NotLiteral


def _compute(function: Callable[..., object], *parts: object) -> object:
    """Arithmetic on plain numbers."""
    if not all(type(part) in (int, float, complex, bool) for part in parts):
        raise NotLiteral
    try:
        return function(*parts)
    except (ArithmeticError, ValueError, TypeError):
        raise NotLiteral from None


def _bounded(op: ast.operator, left: object, right: object) -> None:
    """Refuse powers and shifts that would fill the memory."""
    if isinstance(op, ast.Pow | ast.LShift) and isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * abs(right) if isinstance(op, ast.Pow) else left.bit_length() + abs(right)
        if bits > _MAX_BITS:
            raise NotLiteral


def literals(tree: ast.Module) -> dict[str, object]:
    """Names whose value after the cell is a literal written at its top level.

    A name that anything else in the cell binds later or changes in place (a loop, ``+=``,
    ``append``) is state rather than a parameter and is left out, as are names that
    start with ``_`` and empty lists, dicts and sets, which are there to be filled.

    Parameters
    ----------
    tree
        A parsed cell.

    Returns
    -------
    dict
        In the order of the cell; the last assignment wins.

    Examples
    --------
    >>> literals(ast.parse("lr, depth = 1e-3, 2**3; model = GBM(lr)"))
    {'lr': 0.001, 'depth': 8}
    """
    return scan(tree)[0]


def scan(tree: ast.Module) -> tuple[dict[str, object], set[str]]:
    """The literals of a cell, and all names it binds or changes in place, in one pass.

    Parameters
    ----------
    tree
        A parsed cell.

    Returns
    -------
    found : dict
        As `literals`.
    touched : set of str
        ``*`` among them for a star import.
    """
    found: dict[str, object] = {}
    touched: set[str] = set()
    for statement in tree.body:
        simple = constant_name(statement)
        if simple is not None:
            touched.add(simple)
            found.pop(simple, None)
        for name, kind in bindings(statement) if simple is None else ():
            touched.add(name)
            if not (kind == "annotation" and getattr(statement, "value", None) is None):
                found.pop(name, None)
        found.update(assigned(statement))
    changed = mutated(tree)
    kept = {
        name: value
        for name, value in found.items()
        if not name.startswith("_") and name not in changed and value not in ([], {}, set())
    }
    return kept, touched | changed


def assigned(statement: ast.stmt) -> dict[str, object]:
    """Literals that one statement assigns.

    Parameters
    ----------
    statement
        Any statement; only a plain or annotated assignment has such.

    Returns
    -------
    dict
    """
    found: dict[str, object] = {}
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            _assign(target, statement.value, found)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        _assign(statement.target, statement.value, found)
    return found


def _assign(target: ast.AST, value: ast.AST, found: dict[str, object]) -> None:
    """Keep a literal under the name it is assigned to; unpacking is followed."""
    if isinstance(target, ast.Name):
        try:
            found[target.id] = _small(value)
        except NotLiteral:
            found.pop(target.id, None)
    elif isinstance(target, ast.Tuple | ast.List) and unpacks(value, target):
        for inner, part in zip(target.elts, value.elts, strict=True):
            _assign(inner, part, found)


def _small(value: ast.AST) -> object:
    """Value of a literal that is not large."""
    if is_large(value):
        raise NotLiteral
    return constant(value)


def unpacks(value: ast.AST | None, target: ast.Tuple | ast.List) -> TypeGuard[ast.Tuple | ast.List]:
    """Whether ``a, b = 1, 2`` gives each name a part of its own.

    Parameters
    ----------
    value, target
        Both sides of the assignment.

    Returns
    -------
    bool
    """
    if not isinstance(value, ast.Tuple | ast.List) or len(target.elts) != len(value.elts):
        return False
    return not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))


def literal_node(value: object, around: tuple[int, ...] = ()) -> ast.expr | None:
    """A fresh syntax tree for a value of builtin types.

    Parameters
    ----------
    value
        Any object.
    around
        Identities of the containers it stands in.

    Returns
    -------
    ast.expr or None
        None when the value has no literal, is large or deep, or holds itself.
    """
    if len(around) > _MAX_NESTING or id(value) in around:
        return None
    if value is None or (isinstance(value, bool | str | bytes) and type(value) in (bool, str, bytes)):
        return ast.Constant(value)
    if isinstance(value, int | float) and type(value) in (int, float):
        if value != value or value in (math.inf, -math.inf):
            return None
        number = ast.Constant(abs(value))
        return ast.UnaryOp(op=ast.USub(), operand=number) if _is_negative(value) else number
    if isinstance(value, list | tuple) and type(value) in (list, tuple) and len(value) <= _MAX_PARTS:
        parts = [literal_node(part, (*around, id(value))) for part in value]
        known = [part for part in parts if part is not None]
        kind = ast.List if isinstance(value, list) else ast.Tuple
        return kind(elts=known, ctx=ast.Load()) if len(known) == len(parts) else None
    if isinstance(value, dict) and type(value) is dict and len(value) <= _MAX_PARTS:
        inner = (*around, id(value))
        pairs = [(literal_node(key, inner), literal_node(part, inner)) for key, part in value.items()]
        keys = [key for key, part in pairs if key is not None and part is not None]
        values = [part for key, part in pairs if key is not None and part is not None]
        return ast.Dict(keys=list(keys), values=values) if len(keys) == len(pairs) else None
    return None


def _is_negative(value: int | float) -> bool:
    """Whether a minus stands before the number; minus zero has one."""
    return math.copysign(1, value) < 0 if isinstance(value, float) else value < 0


def same(left: object, right: object) -> bool:
    """Whether two values of builtin types are equal in type and content.

    Never asks an object of another class whether it is equal: arrays answer with arrays.

    Parameters
    ----------
    left, right
        Any two objects.

    Returns
    -------
    bool
    """
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if type(left) in (list, tuple) and isinstance(right, list | tuple) and isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if type(left) is dict and isinstance(right, dict):
        return len(left) == len(right) and all(key in right and same(value, right[key]) for key, value in left.items())
    if type(left) in (int, bool, str, bytes, complex):
        return bool(left == right)
    if type(left) in (set, frozenset) and isinstance(right, set | frozenset) and isinstance(left, set | frozenset):
        plain = (int, float, bool, str, bytes, complex, type(None))
        return all(type(one) in plain for one in left | right) and left == right
    return False
