"""What a filter says, as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Choice


@dataclass(frozen=True)
class Literal:
    """A value as written: kind is what its form says, text is what it means as a string."""

    kind: Choice["number", "text", "word", "bool"]
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Name:
    """A name as written: prefix and function are None where none was given."""

    key: str
    prefix: str | None
    function: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Compare:
    name: Name
    operator: Choice["=", "!=", "<", "<=", ">", ">=", "like", "ilike", "in", "between"]
    values: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True)
class Check:
    name: Name
    test: Choice["null", "nan", "inf", "finite", "true", "false"]
    negated: bool


@dataclass(frozen=True)
class Has:
    """A name that stands alone."""

    name: Name


@dataclass(frozen=True)
class AllOf:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf:
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    item: Node


Node = Compare | Check | Has | AllOf | AnyOf | Not


@dataclass(frozen=True)
class Tree:
    where: Node | None
    order: tuple[tuple[Name, bool], ...]  # (name, descending)
    limit: int | None
