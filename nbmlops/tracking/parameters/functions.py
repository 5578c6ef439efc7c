"""Global names that functions and classes of the notebook read when they are called."""

from __future__ import annotations

import dis
import functools
import types
from collections.abc import Iterable, Iterator, Mapping

_MAX_FUNCTIONS = 200


def names_behind(names: Iterable[str], namespace: Mapping[str, object], depth: int = 3) -> set[str]:
    """Names that the notebook's own functions read when a cell uses them.

    Parameters
    ----------
    names
        What the cell mentions.
    namespace
        The user's variables.
    depth
        How many calls deep to follow.

    Returns
    -------
    set of str
        Only names of the namespace; a name local to a function or an attribute is none.
    """
    found: set[str] = set()
    seen: set[int] = set()
    level = set(names)
    for _ in range(depth):
        following: set[str] = set()
        for name in level:
            for function in _functions(namespace.get(name), namespace):
                if id(function.__code__) in seen or len(seen) > _MAX_FUNCTIONS:
                    continue
                seen.add(id(function.__code__))
                following |= {read for read in _globals_of(function.__code__) if read in namespace}
        level = following - found
        found |= following
    return found


def _functions(value: object, namespace: Mapping[str, object]) -> Iterator[types.FunctionType]:
    """Functions of this notebook behind a value: itself, what it wraps, the methods of its class."""
    for _ in range(8):
        if isinstance(value, functools.partial):
            value = value.func
        elif isinstance(value, types.MethodType):
            value = value.__func__
        else:
            break
    for _ in range(8):
        if not isinstance(value, types.FunctionType):
            break
        if value.__globals__ is namespace:
            yield value
        value = value.__dict__.get("__wrapped__")
    owner = value if isinstance(value, type) else type(value)
    if owner.__module__ != namespace.get("__name__", "__main__"):
        return
    for member in list(vars(owner).values()):
        inner = member.__func__ if isinstance(member, staticmethod | classmethod) else member
        if isinstance(inner, types.FunctionType) and inner.__globals__ is namespace:
            yield inner


@functools.lru_cache(maxsize=512)
def _globals_of(code: types.CodeType) -> frozenset[str]:
    """Global names that code loads; attributes, which share co_names, are told apart."""
    found = {str(step.argval) for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found |= _globals_of(inner)
    return frozenset(found)
