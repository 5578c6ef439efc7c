"""Which names the statements of a cell bind, and which objects they change in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bindings(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Names bound in the scope of a statement, each with the kind of statement that does it.

    Parameters
    ----------
    node
        A statement or a module; functions and classes inside are not entered.

    Yields
    ------
    tuple of str
        Name and kind: assignment, annotation, augmented assignment, for, with, import, star import,
        def, class, except, walrus, del, match or global. The name of a star import is ``*``.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name.partition(".")[0]), "star import" if alias.name == "*" else "import"
        return
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        yield node.name, "class" if isinstance(node, ast.ClassDef) else "def"
        yield from ((name, "global") for name in _rebound_globals(node))
        for outer in outside(node):
            yield from bindings(outer)
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, COMPREHENSIONS):
        # Only a walrus leaves a comprehension.
        yield from (pair for child in ast.iter_child_nodes(node) for pair in bindings(child) if pair[1] == "walrus")
        return
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id, "del" if isinstance(node.ctx, ast.Del) else "assignment"
        return
    if isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name, "except"
    if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, "match"
    if isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, "match"
    for child in ast.iter_child_nodes(node):
        kind = _kind(node, child)
        yield from ((name, kind if old == "assignment" else old) for name, old in bindings(child))


def bound(node: ast.AST) -> set[str]:
    """Names bound in the scope of a statement; ``*`` stands for a star import.

    Parameters
    ----------
    node
        A statement or a module.

    Returns
    -------
    set of str
    """
    return {name for name, _ in bindings(node)}


def mutated(tree: ast.AST) -> set[str]:
    """Names whose object the cell changes in place: ``x[0] = 1``, ``x.append(1)``, ``del x[0]``.

    Parameters
    ----------
    tree
        A parsed cell.

    Returns
    -------
    set of str
    """
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            found.add(_base(node.func.value))
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(_base(node))
    return found - {""}


_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard"}
    | {"update", "setdefault", "popitem", "difference_update", "intersection_update", "symmetric_difference_update"}
)
_KINDS: tuple[tuple[tuple[type[ast.AST], ...], str, str], ...] = (
    ((ast.For, ast.AsyncFor), "target", "for"),
    ((ast.withitem,), "optional_vars", "with"),
    ((ast.AnnAssign,), "target", "annotation"),
    ((ast.AugAssign,), "target", "augmented assignment"),
    ((ast.NamedExpr,), "target", "walrus"),
)


def _base(node: ast.AST) -> str:
    """Name at the root of ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _kind(parent: ast.AST, child: ast.AST) -> str:
    """What a plain store of a name is, seen from the node around it."""
    for types, attribute, kind in _KINDS:
        if isinstance(parent, types) and getattr(parent, attribute) is child:
            return kind
    return "assignment"


def outside(node: ast.AST) -> list[ast.expr]:
    """Parts of a definition that run where it stands: decorators, defaults, bases, annotations.

    Parameters
    ----------
    node
        A function, lambda or class; anything else has no such parts.

    Returns
    -------
    list of expressions
    """
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    if isinstance(node, (*FUNCTIONS, ast.Lambda)):
        defaults = [*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)]
        if isinstance(node, ast.Lambda):
            return defaults
        arguments = arguments_of(node.args)
        annotations = [note for note in (*(argument.annotation for argument in arguments), node.returns) if note]
        return [*node.decorator_list, *defaults, *annotations]
    return []


def arguments_of(args: ast.arguments) -> list[ast.arg]:
    """All parameters of a function.

    Parameters
    ----------
    args
        What stands in its brackets.

    Returns
    -------
    list of ast.arg
    """
    rest = [one for one in (args.vararg, args.kwarg) if one]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *rest]


def _rebound_globals(node: ast.AST) -> set[str]:
    """Names that a function, or one inside it, declares global and so may rebind."""
    return {name for inner in ast.walk(node) if isinstance(inner, ast.Global) for name in inner.names}
