"""``%mlrun lr=0.01``: a variable gets another value for one run of a cell.

A name that the cell assigns is rewritten where it is assigned, in the syntax tree.
A name that the cell only reads is bound while the cell runs and put back afterwards.
"""

from __future__ import annotations

import ast
import difflib
import itertools
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field

from nbmlops.errors import UsageError
from nbmlops.tracking.parameters.bindings import FUNCTIONS, arguments_of, bindings, bound
from nbmlops.tracking.parameters.cells import parse_cell
from nbmlops.tracking.parameters.functions import names_behind
from nbmlops.tracking.parameters.literals import literal_node, unpacks
from nbmlops.tracking.parameters.reading import reads

_count = itertools.count()
_ABSENT = object()


@dataclass
class OverrideTransformer:
    """Overrides of one execution: rewrites its trees, and binds what they cannot hold.

    ``visit`` may be given any number of trees (``%%time`` sends a second one); ``bind`` comes
    before the first and ``restore`` after the last.
    """

    values: Mapping[str, object]
    assigned: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    _hidden: dict[str, str] = field(default_factory=dict)
    _before: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        number = next(_count)
        self._hidden = {name: f"__nbmlops_{number}_{name}" for name in self.values}

    def visit(self, tree: ast.Module) -> ast.Module:
        """Rewrite the top-level assignments of a tree.

        Parameters
        ----------
        tree
            A parsed cell; changed in place, line numbers kept.

        Returns
        -------
        ast.Module
            The same tree.
        """
        if not self.values:
            return tree
        body: list[ast.stmt] = []
        for statement in getattr(tree, "body", []):
            body.extend(self._statement(statement))
        if isinstance(tree, ast.Module):
            tree.body = body
        return tree

    def bind(self, namespace: MutableMapping[str, object]) -> None:
        """Put the values into the namespace before the cell runs.

        Parameters
        ----------
        namespace
            The user's variables.
        """
        for name, value in self.values.items():
            namespace[self._hidden[name]] = value
            if name in self.read:
                self._before[name] = namespace.get(name, _ABSENT)
                namespace[name] = value

    def restore(self, namespace: MutableMapping[str, object]) -> None:
        """Put the namespace back after the cell has run.

        A name that the cell itself bound to another object, or deleted, is left as the cell left it.

        Parameters
        ----------
        namespace
            The user's variables.
        """
        for hidden in self._hidden.values():
            namespace.pop(hidden, None)
        for name, before in self._before.items():
            if namespace.get(name, _ABSENT) is not self.values[name]:
                continue
            if before is _ABSENT:
                del namespace[name]
            else:
                namespace[name] = before
        self._before.clear()

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements that stand for this one."""
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            if isinstance(statement.target, ast.Name) and statement.target.id in self.values:
                statement.value = self._value(statement.target.id, statement.value)
        elif isinstance(statement, ast.Assign):
            return self._assign(statement)
        return [statement]

    def _assign(self, statement: ast.Assign) -> list[ast.stmt]:
        """``a = b = value`` gives each name its own statement only where one is overridden."""
        own = [target for target in statement.targets if isinstance(target, ast.Name) and target.id in self.values]
        others = [target for target in statement.targets if target not in own]
        unpacked = [self._unpack(target, statement.value) for target in others if bound(target) & self.values.keys()]
        if unpacked and len(statement.targets) == 1:
            statement.value = unpacked[0]
            return [statement]
        found: list[ast.stmt] = []
        if others:
            found.append(ast.copy_location(ast.Assign(targets=others, value=statement.value), statement))
        for target in own:
            node = ast.Assign(targets=[target], value=self._value(target.id, statement.value))
            found.append(ast.copy_location(node, statement))
        return found if own else [statement]

    def _unpack(self, target: ast.expr, value: ast.expr) -> ast.expr:
        """The right side of ``a, b = 1, 2`` with the overridden parts replaced."""
        if isinstance(target, ast.Name) and target.id in self.values:
            return self._value(target.id, value)
        if isinstance(target, ast.Tuple | ast.List) and unpacks(value, target):
            value.elts = [self._unpack(inner, part) for inner, part in zip(target.elts, value.elts, strict=True)]
        return value

    def _value(self, name: str, place: ast.expr) -> ast.expr:
        """Expression for an override, standing where the old value stood."""
        value = self.values[name]
        node = literal_node(value) or ast.Name(id=self._hidden[name], ctx=ast.Load())
        for inner in ast.walk(node):
            ast.copy_location(inner, place)
        return node


def plan(
    tree: ast.Module, overrides: Mapping[str, object], namespace: Mapping[str, object] | None = None
) -> OverrideTransformer:
    """Decide for each override how it reaches the cell.

    Parameters
    ----------
    tree
        The parsed cell.
    overrides
        Name to value.
    namespace
        The user's variables; with them, a name counts as read too when one of the notebook's own
        functions that the cell uses reads it.

    Returns
    -------
    OverrideTransformer

    Raises
    ------
    UsageError
        When a name is neither assigned at top level nor read, or assigned in a way that has no one value.
    """
    if not overrides:
        return OverrideTransformer({})
    read = reads(tree)
    behind = names_behind(read, namespace) if namespace is not None else set()
    top, other = _assignments(tree)
    assigned, only_read = set(), set()
    for name in overrides:
        if name in top:
            assigned.add(name)
        elif name in other:
            raise UsageError(f"{name}= cannot be set: in this cell {name} {other[name]}", _move(name))
        elif name in read or name in behind:
            only_read.add(name)
        else:
            raise _unknown(name, tree, read | behind)
    return OverrideTransformer(overrides, frozenset(assigned), frozenset(only_read))


def check(
    source: str,
    overrides: Mapping[str, object],
    transform: Callable[[str], str],
    namespace: Mapping[str, object] | None = None,
) -> OverrideTransformer:
    """Plan the overrides of a cell from its source.

    Parameters
    ----------
    source
        The cell without its ``%mlrun`` line; it may hold magics.
    overrides
        Name to value.
    transform
        Turns IPython's syntax into Python, as ``shell.transform_cell``.
    namespace
        The user's variables.

    Returns
    -------
    OverrideTransformer
        Does nothing for a cell that is no Python: that cell fails by itself.

    Raises
    ------
    UsageError
        As in `plan`.
    """
    try:
        tree = parse_cell(source, transform)
    except (SyntaxError, ValueError):
        return OverrideTransformer({})
    return plan(tree, overrides, namespace)


def _assignments(tree: ast.Module) -> tuple[set[str], dict[str, str]]:
    """Names that can be rewritten, and how each other bound name is bound instead."""
    top: set[str] = set()
    other: dict[str, str] = {}
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = [statement.target]
        found: set[str] = set()
        for target in targets:
            found |= _simple(target, getattr(statement, "value", None), len(targets) == 1)
        top |= found
        for name, kind in bindings(statement):
            # x += 1 reads what it changes: the value it starts from can be set.
            if name not in found and kind != "augmented assignment" and not (kind == "annotation" and not targets):
                other.setdefault(name, _how(kind, statement))
    return top, {name: how for name, how in other.items() if name not in top}


_HOW = {
    "for": "is the variable of a loop",
    "with": "is set by a with statement",
    "import": "is imported",
    "def": "is a function",
    "class": "is a class",
    "except": "is set by an except clause",
    "walrus": "is set by :=",
    "match": "is set by a match",
    "del": "is deleted",
    "global": "is set inside a function",
}


def _how(kind: str, statement: ast.stmt) -> str:
    """How a name is bound, as a user would say it."""
    if kind in ("assignment", "annotation"):
        if isinstance(statement, ast.Assign):
            return "is set by unpacking"
        return f"is set only inside {'a' if not isinstance(statement, ast.If) else 'an'} {_word(statement)} block"
    return _HOW.get(kind, "is not simply assigned")


def _word(statement: ast.stmt) -> str:
    """Keyword of a compound statement."""
    return type(statement).__name__.removeprefix("Async").removesuffix("Star").lower()


def _move(name: str) -> str:
    """What to do about a name that cannot be set."""
    return f"assign it on a line of its own at the top level of the cell: {name} = ..."


def _simple(target: ast.AST, value: ast.AST | None, alone: bool) -> set[str]:
    """Names of a target whose value can be replaced without touching the others."""
    if isinstance(target, ast.Name):
        return {target.id}
    if alone and isinstance(target, ast.Tuple | ast.List) and unpacks(value, target):
        pairs = zip(target.elts, value.elts, strict=True)
        return {name for inner, part in pairs for name in _simple(inner, part, True)}
    return set()


def _unknown(name: str, tree: ast.Module, read: set[str]) -> UsageError:
    """The error for a name that the cell neither assigns nor reads."""
    for function in ast.walk(tree):
        if isinstance(function, FUNCTIONS):
            local = {argument.arg for argument in arguments_of(function.args)}
            if name in local.union(*(bound(statement) for statement in function.body)):
                message = f"{name}= cannot be set: in this cell {name} is local to {function.name}()"
                return UsageError(message, f"read it from a variable at the top level: {name} = ... above the function")
    names = sorted({one for one, _ in bindings(tree)} | read)
    near = difflib.get_close_matches(name, names, 3)
    hint = (
        f"did you mean {' or '.join(near)}?" if near else "an override names a variable that the cell assigns or reads"
    )
    return UsageError(f"{name}= cannot be set: this cell neither assigns nor reads {name}", hint)
