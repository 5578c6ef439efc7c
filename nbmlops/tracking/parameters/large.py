"""Large literals in a syntax tree: data, which nobody needs to look through again and again."""

from __future__ import annotations

import ast

MAX_ELEMENTS = 200
# A literal of more elements than that is longer than this.
_MIN_LENGTH = 2 * MAX_ELEMENTS


def prune(tree: ast.Module) -> None:
    """Put ``...`` in the place of every literal of more than 200 elements.

    For trees that are read, not run: such a literal is neither a parameter nor does it read or bind a name.

    Parameters
    ----------
    tree
        A parsed cell; changed in place.
    """
    for statement in tree.body:
        lines = (statement.end_lineno or 0) - statement.lineno
        if lines == 0 and (statement.end_col_offset or 0) - statement.col_offset < _MIN_LENGTH:
            continue
        waiting: list[ast.AST] = [statement]
        while waiting:
            _prune_children(waiting.pop(), waiting)


def _prune_children(node: ast.AST, waiting: list[ast.AST]) -> None:
    """Replace the large literals right below a node; the other children wait for their turn."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for at, part in enumerate(value):
                if isinstance(part, ast.AST) and not isinstance(part, ast.Constant):
                    if is_large(part):
                        value[at] = ast.copy_location(ast.Constant(...), part)
                    else:
                        waiting.append(part)
        elif isinstance(value, ast.AST) and not isinstance(value, ast.Constant | ast.expr_context):
            if is_large(value) and not _is_unpacked(node):
                setattr(node, name, ast.copy_location(ast.Constant(...), value))
            else:
                waiting.append(value)


def _is_unpacked(node: ast.AST) -> bool:
    """Whether each part of the value has a name of its own: ``lr, data = 0.1, [...]``."""
    return isinstance(node, ast.Assign) and any(isinstance(target, ast.Tuple | ast.List) for target in node.targets)


def is_large(node: ast.AST) -> bool:
    """Whether an expression is a list, tuple, set or dict with more than 200 elements, and all of it constant.

    Parameters
    ----------
    node
        An expression.

    Returns
    -------
    bool
    """
    if not isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
        return False
    if not isinstance(node, ast.Dict | ast.Set) and not isinstance(getattr(node, "ctx", None), ast.Load):
        return False
    count = 0
    waiting: list[ast.AST | None] = [node]
    while waiting:
        part = waiting.pop()
        if type(part) is ast.Constant:
            count += 1
        elif isinstance(part, ast.List | ast.Tuple | ast.Set):
            waiting += part.elts
        elif isinstance(part, ast.Dict):
            waiting += part.keys
            waiting += part.values
        elif isinstance(part, ast.UnaryOp):
            waiting.append(part.operand)
        elif isinstance(part, ast.BinOp):
            waiting += (part.left, part.right)
        else:
            return False
    return count > MAX_ELEMENTS
