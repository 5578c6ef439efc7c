"""What names a question to the store, so that only its own last answer is given while another program holds the file.

A question is a function that is called with a connection. It is the same as another if it is the same code and holds
the same values. One that holds something whose value cannot be told has no name: it waits, or says that it cannot be
answered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.record import Reader

T = TypeVar("T")

_PLAIN = (bool, int, float, str, bytes, dt.datetime, type(None))


@runtime_checkable
class Named(Protocol):
    """What a question may hold although it is more than a value."""

    @property
    def asked_as(self) -> object:
        """All that its answers depend on."""


class _Unnamed(Exception):
    """Something whose value cannot be told."""


def reader(store: Store, about: Hashable) -> Reader:
    """What asks a store; ``about`` is part of the name of every question."""

    def read(question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        return store.read(question, key=name(question, about))

    return read


def name(question: object, about: Hashable = None) -> Hashable:
    """The name of a question; None if it has none.

    Examples
    --------
    >>> def of(run):
    ...     return lambda con: run
    >>> name(of("a")) == name(of("a")), name(of("a")) == name(of("b")), name(of(object()))
    (True, False, None)
    """
    try:
        return about, _held(question)
    except (_Unnamed, RecursionError):  # a function that calls itself holds itself
        return None


def _held(value: Any) -> Hashable:
    if isinstance(value, _PLAIN):
        return type(value).__name__, value  # True is not 1
    if isinstance(value, FunctionType):
        return _code(value)
    if isinstance(value, MethodType):
        return _held(value.__func__), _held(value.__self__)
    if isinstance(value, Store):
        return "store"  # which remembers its own answers alone
    if isinstance(value, Named):
        return type(value).__qualname__, _held(value.asked_as)
    if isinstance(value, tuple | list):
        return type(value).__name__, *map(_held, value)
    if isinstance(value, Mapping):
        return "mapping", *((_held(key), _held(each)) for key, each in value.items())
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__qualname__, *(_held(getattr(value, field.name)) for field in fields(value))
    raise _Unnamed


def _code(function: FunctionType) -> Hashable:
    """Its code itself, not its name: two lambdas of one method have the same."""
    try:
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError:  # not filled yet
        raise _Unnamed from None
    return function.__module__, function.__code__, _held(cells), _held(function.__defaults__)
