"""Parameters of a run, found without being asked for.

Before the cell runs: literals it assigns, literals of earlier cells it reads, and configs it reads.
After it: estimators it used, and configs it made.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from nbmlops.errors import UsageError
from nbmlops.tracking.parameters.bindings import bound
from nbmlops.tracking.parameters.blocks import block_literals
from nbmlops.tracking.parameters.configs import configs, flatten, is_small
from nbmlops.tracking.parameters.encoding import encode
from nbmlops.tracking.parameters.estimators import estimators
from nbmlops.tracking.parameters.history import LiteralHistory
from nbmlops.tracking.parameters.literals import literals
from nbmlops.tracking.parameters.reading import reads

__all__ = [
    "LiteralHistory",
    "Param",
    "after_cell",
    "before_cell",
    "choose",
    "configs",
    "encode",
    "estimators",
    "flatten",
    "literals",
    "reads",
]


@dataclass(frozen=True)
class Param:
    """One parameter; the origin is literal, override, inherited, config, estimator or log."""

    key: str
    value: object
    origin: str


def before_cell(
    tree: ast.Module,
    namespace: Mapping[str, object],
    history: LiteralHistory,
    overrides: Mapping[str, object] | None = None,
) -> list[Param]:
    """Parameters that are known before the cell runs.

    Parameters
    ----------
    tree
        The parsed cell, as the user wrote it.
    namespace
        The user's variables, before the overrides are bound.
    history
        Literals of earlier cells.
    overrides
        The ``k=v`` of the line; they win over everything.

    Returns
    -------
    list of Param
        Sorted by where they come from: overrides, literals, inherited, configs. A dict becomes one
        parameter for each entry, whichever way it got here, so that moving it to another cell
        changes no key.
    """
    overrides = overrides or {}
    read = reads(tree)
    here, inherited = literals(tree), history.inherited(read, namespace)
    found: dict[str, Param] = {}
    for origin, values in (("override", overrides), ("literal", here), ("inherited", inherited)):
        taken = {key.partition("/")[0] for key in found}
        for name, value in values.items():
            if name in taken or (origin == "inherited" and name in here):
                continue
            flat = flatten(name, value, is_written=origin != "inherited")
            if not flat and origin == "inherited" and isinstance(value, dict) and not is_small(value):
                continue  # a dict of an earlier cell that holds data
            for key, leaf in (flat or {name: value}).items():
                found[key] = Param(key, leaf, origin)
    for key, value in configs(read - overrides.keys() - inherited.keys(), namespace).items():
        found.setdefault(key, Param(key, value, "config"))
    return list(found.values())


def after_cell(
    tree: ast.Module, namespace: Mapping[str, object], known: Iterable[Param] = (), unmade: Collection[str] = ()
) -> list[Param]:
    """Parameters that can be seen only when the cell has run.

    Parameters
    ----------
    tree
        The parsed cell.
    namespace
        The user's variables, after the cell.
    known
        Parameters that were found before.
    unmade
        Names that the cell would have assigned and did not, because it failed before: what they
        hold is an earlier cell's.

    Returns
    -------
    list of Param
        Literals of its ``with``, ``if`` and ``try`` blocks, estimators it made or used, and configs
        (no plain dicts: those are as often results) it made.
    """
    made = bound(tree) - set(unmade)
    names = made | (reads(tree) - set(unmade))
    found = {param.key for param in known}
    taken = {key.partition("/")[0] for key in found}
    new = [
        Param(key, leaf, "literal")
        for name, value in block_literals(tree, namespace).items()
        if name not in unmade and name not in taken
        for key, leaf in (flatten(name, value, is_written=True) or {name: value}).items()
    ]
    new += [Param(key, value, "config") for key, value in configs(made, namespace, dicts=False).items()]
    new += [Param(key, value, "estimator") for key, value in estimators(names, namespace).items()]
    return [param for param in new if param.key not in found]


def choose(params: Iterable[Param], names: tuple[str, ...] | None) -> list[Param]:
    """Keep only the parameters of ``--params a,b``.

    Parameters
    ----------
    params
        Parameters found.
    names
        Names or keys to keep; ``cfg`` keeps all of ``cfg/...``. None keeps everything. Overrides
        and what was logged by hand are always kept: the user named them.

    Returns
    -------
    list of Param
    """
    if names is None:
        return list(params)
    return [
        param
        for param in params
        if param.origin in ("override", "log") or any(_under(param.key, name) for name in names)
    ]


def check_choice(params: Iterable[Param], names: tuple[str, ...] | None, tree: ast.Module) -> None:
    """Refuse a name of ``--params`` that the cell cannot give.

    Parameters
    ----------
    params
        Parameters found before the cell runs.
    names
        What stands behind ``--params``.
    tree
        The parsed cell; any name in it may still turn out to be an estimator or a config.

    Raises
    ------
    UsageError
        With close matches.
    """
    if not names:
        return
    keys = {param.key for param in params}
    words = bound(tree) | reads(tree) | {key.partition("/")[0] for key in keys}
    for name in names:
        if name.partition("/")[0] not in words and not any(_under(key, name) for key in keys):
            near = difflib.get_close_matches(name, [*keys, *words], 3)
            hint = f"did you mean {' or '.join(near)}?" if near else "--params takes names that stand in the cell"
            raise UsageError(f"--params {name}: the cell has no {name}", hint)


def _under(key: str, name: str) -> bool:
    """Whether a key is the name, or an entry of it."""
    return key == name or key.startswith(name + "/")
