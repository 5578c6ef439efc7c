"""Which names the statements of a cell bind, and which objects they change in place."""

from __future__ import annotations

import ast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bindings(node: ast.AST) -> list[tuple[str, str]]:
    """Names bound in the scope of a statement, each with the kind of statement that does it.

    Parameters
    ----------
    node
        A statement or a module; functions and classes inside are not entered.

    Returns
    -------
    list of tuple of str
        Name and kind: assignment, annotation, augmented assignment, for, with, import, star import,
        def, class, except, walrus, del, match or global. The name of a star import is ``*``.
    """
    found: list[tuple[str, str]] = []
    _collect(node, "assignment", found)
    return found


# What a store of a name is, by the field of the node it stands in.
_KINDS = {
    (ast.For, "target"): "for",
    (ast.AsyncFor, "target"): "for",
    (ast.withitem, "optional_vars"): "with",
    (ast.AnnAssign, "target"): "annotation",
    (ast.AugAssign, "target"): "augmented assignment",
    (ast.NamedExpr, "target"): "walrus",
}
_NAMED = {ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name", ast.MatchMapping: "rest"}


def _collect(node: ast.AST, kind: str, found: list[tuple[str, str]]) -> None:
    """Add what a node binds; runs over every cell, so it goes by exact types."""
    own = type(node)
    if own is ast.Constant or isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            found.append((node.id, "del" if isinstance(node.ctx, ast.Del) else kind))
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            found.append((name, "star import" if name == "*" else "import"))
        return
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        found.append((node.name, "class" if isinstance(node, ast.ClassDef) else "def"))
        found.extend((name, "global") for name in sorted(_rebound_globals(node)))
        for outer in outside(node):
            _collect(outer, "assignment", found)
        return
    if isinstance(node, COMPREHENSIONS):
        # Only a walrus leaves a comprehension.
        inner: list[tuple[str, str]] = []
        for child in ast.iter_child_nodes(node):
            _collect(child, "assignment", inner)
        found.extend(pair for pair in inner if pair[1] == "walrus")
        return
    if own in _NAMED and getattr(node, _NAMED[own]):
        found.append((getattr(node, _NAMED[own]), "except" if own is ast.ExceptHandler else "match"))
    rest = kind if own in (ast.Tuple, ast.List, ast.Starred) else "assignment"
    for name in node._fields:
        value = getattr(node, name, None)
        if type(value) is list:
            for part in value:
                if isinstance(part, ast.AST):
                    _collect(part, rest, found)
        elif isinstance(value, ast.AST) and name != "ctx":
            _collect(value, _KINDS.get((own, name), rest), found)


def constant_name(statement: ast.AST) -> str | None:
    """Name that a statement of the commonest kind, ``lr = 0.1``, assigns a constant to; else None.

    Parameters
    ----------
    statement
        Any statement.

    Returns
    -------
    str or None
    """
    if type(statement) is ast.Assign and type(statement.value) is ast.Constant and len(statement.targets) == 1:
        target = statement.targets[0]
        return target.id if type(target) is ast.Name else None
    return None


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
    found: set[str] = set()
    waiting: list[object] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
            found.add(_base(node.func.value))
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(_base(node))
        if not isinstance(node, ast.AST) or type(node) in _LEAVES or constant_name(node) is not None:
            continue
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                waiting += value
            elif isinstance(value, ast.AST) and name != "ctx":
                waiting.append(value)
    return found - {""}


_LEAVES = (ast.Constant, ast.Name)
_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard"}
    | {"update", "setdefault", "popitem", "difference_update", "intersection_update", "symmetric_difference_update"}
)


def _base(node: ast.AST) -> str:
    """Name at the root of ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


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
