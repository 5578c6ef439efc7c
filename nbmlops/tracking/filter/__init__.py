"""The filter language of runs, and its translation to SQL with nothing but bound values.

    val_acc > .9 and train/loss < .1 and model in (gbm, 'random forest') order by val_acc desc limit 20

Names
    Bare names of run fields, params, metrics and tags, folder-like ones included. A name with spaces, quotes
    or operators in it stands in backquotes; a known one without operators needs none. ``run.``, ``param.``,
    ``metric.`` and ``tag.`` say which is meant. A run field wins over a key of its name, except ``seed``; a key
    that is two of param, metric and tag is an error that names both prefixes. Short names of fields
    (``id``, ``duration``, ``error``, ``parent``) give way to keys.
Metrics
    A bare metric is its last value; also ``min(loss)``, ``max(loss)``, ``mean(loss)``, ``count(loss)``.
Comparisons
    ``= == != <> < <= > >=``, ``like``, ``ilike``, ``in (...)``, ``between a and b``, ``is null``, ``is nan``,
    ``is inf``, ``is finite``, ``is true``, each with ``not``. A word right of a comparison is text. A tag alone means
    "has this tag"; ``12``, ``#12`` and ``8..12`` alone are numbers of runs. Times are UTC
    (``started_at > 2026-01-31``); ages and durations take s, m, h, d, w (``age < 2d``).
    ``experiment = '*'`` is true of every run: it lifts the default of one experiment.
Missing and NaN
    A run without the key, or whose value is NaN, is matched by no comparison, ``!=`` and ``not`` included;
    ``is null`` and ``is nan`` find it.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbmlops.errors import FilterError
from nbmlops.tracking.filter.sql import FIELD_ALIASES, FIELDS, Operand, Statement
from nbmlops.tracking.filter.text import PREFIXES, Reader, failure, is_odd
from nbmlops.tracking.filter.tree import AllOf, AnyOf, Check, Compare, Has, Name, Node, Not, Tree


@dataclass(frozen=True)
class KnownNames:
    """The keys a store holds."""

    params: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()

    def kinds(self, key: str) -> list[str]:
        """Which of param, metric and tag a key is."""
        found = {"param": self.params, "metric": self.metrics, "tag": self.tags}
        return [kind for kind, keys in found.items() if key in keys]

    def odd(self) -> frozenset[str]:
        """Keys that are no single word."""
        return frozenset(key for key in self.params | self.metrics | self.tags if is_odd(key))


@dataclass(frozen=True)
class Picked:
    """What was asked of every run beside the filter, in SQL: how it sorts, either way, and its text."""

    ascending: str
    descending: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """A filter in SQL: every piece leans on the alias ``r`` that from_sql gives to the runs."""

    from_sql: str
    where_sql: str
    order_sql: str
    limit: int | None
    values: Mapping[str, object] = field(default_factory=dict)
    names_runs: bool = False  # its conditions say which experiments or numbers are meant
    also: tuple[Picked, ...] = ()
    sorted_by: tuple[str, str, bool] | None = None  # kind, key and whether descending, of the first in its order

    def select(self, columns: str = "r.run_id") -> str:
        """A whole statement; run it with ``values``."""
        limit = "" if self.limit is None else f" LIMIT {self.limit}"
        return f"SELECT {columns} FROM {self.from_sql} WHERE {self.where_sql} ORDER BY {self.order_sql}{limit}"


@dataclass(frozen=True)
class Query:
    """A filter that was read; only its names are still to be looked up."""

    text: str
    tree: Tree

    def compile(
        self, known: KnownNames, *, now: dt.datetime | None = None, also: Sequence[tuple[str, str]] = ()
    ) -> Compiled:
        """Look the names up and translate to SQL.

        Parameters
        ----------
        known : KnownNames
            The keys of the store.
        now : datetime, optional
            What ages count from.
        also : sequence of (kind, key), optional
            What is asked of every run beside the filter: ``("param", "lr")``, ``("run", "status")``.

        Raises
        ------
        FilterError
            For names that the store does not hold, and values that do not fit their name.
        """
        return _Compiler(self.text, known, now).compile(self.tree, also)


def parse(text: str, known: KnownNames | None = None) -> Query:
    """Read a filter.

    Parameters
    ----------
    text : str
        For example ``val_acc > .9 order by val_acc desc``; empty text matches every run.
    known : KnownNames, optional
        With them, known names of several words need no backquotes.

    Raises
    ------
    FilterError
        With the place underlined.

    Examples
    --------
    >>> parse("lr < .1 order by lr desc limit 3").tree.limit
    3
    """
    return Query(text, Reader(text, known.odd() if known else ()).read())


def compile_filter(text: str, known: KnownNames, *, now: dt.datetime | None = None) -> Compiled:
    """Read and translate a filter in one step."""
    return parse(text, known).compile(known, now=now)


_WHICH = frozenset(("experiment", "number", "run_id", "parent_run_id"))


class _Compiler:
    def __init__(self, text: str, known: KnownNames, now: dt.datetime | None) -> None:
        self.text = text
        self.known = known
        self.statement = Statement(text, now or dt.datetime.now(dt.UTC).replace(tzinfo=None))
        self.fields: set[str] = set()

    def compile(self, tree: Tree, also: Sequence[tuple[str, str]] = ()) -> Compiled:
        where = self.condition(tree.where) if tree.where is not None else "TRUE"
        names_runs = not _WHICH.isdisjoint(self.fields)
        order = [self.order(name, descending) for name, descending in tree.order]
        order.append("r.started_at DESC, r.run_id DESC")
        picked = tuple(self.picked(Name(key, kind, None, 0, 0)) for kind, key in also)
        first = (*self.lookup(tree.order[0][0]), tree.order[0][1]) if tree.order else None
        from_sql, values = self.statement.from_sql(), self.statement.values
        return Compiled(from_sql, where, ", ".join(order), tree.limit, values, names_runs, picked, first)

    def picked(self, name: Name) -> Picked:
        return Picked(self.order(name, False), self.order(name, True), f"({self.operand(name).text})::VARCHAR")

    def condition(self, node: Node) -> str:
        if isinstance(node, Not):
            return f"(NOT {self.condition(node.item)})"
        if isinstance(node, AllOf):
            return _joined([self.condition(item) for item in node.items], "AND")
        if isinstance(node, AnyOf):
            return _joined([self.condition(item) for item in node.items], "OR")
        if isinstance(node, Has):
            return self.alone(node.name)
        operand = self.operand(node.name)
        if isinstance(node, Check):
            sql = self.statement.test(operand, node)
            return f"(NOT {sql})" if node.negated else sql
        sql = self.comparison(operand, node)
        return f"(NOT {sql})" if node.negated else sql

    def comparison(self, operand: Operand, node: Compare) -> str:
        compare = self.statement.compare
        if node.operator == "in":
            return _joined([compare(operand, "=", value) for value in node.values], "OR")
        if node.operator == "between":
            low, high = node.values
            return f"({compare(operand, '>=', low)} AND {compare(operand, '<=', high)})"
        return compare(operand, node.operator, node.values[0])

    def alone(self, name: Name) -> str:
        """A name without a comparison: has this tag, or a yes-or-no field."""
        if name.prefix is None and name.key in self.known.tags and name.key not in FIELDS:
            return self.statement.tag(name.key).present
        operand = self.operand(name)
        if operand.kind == "tag":
            return operand.present
        if operand.type == "bool":
            return f"coalesce({operand.text}, FALSE)"
        written = self.text[name.start : name.end][:40]
        hint = f"compare it: {written} > 0.9" if operand.type == "number" else f"compare it: {written} = value"
        raise self.fail(name, f"{name.key[:60]!r} alone says nothing: it is a {operand.kind}", hint)

    def order(self, name: Name, descending: bool) -> str:
        operand = self.operand(name)
        way = " DESC" if descending else ""
        if operand.number is None:
            return f"{operand.text}{way} NULLS LAST"
        # NaN sorts as the largest number in DuckDB; here it goes last, either way
        number = f"CASE WHEN isfinite({operand.number}) OR isinf({operand.number}) THEN {operand.number} END"
        text = f", {operand.text}{way} NULLS LAST" if operand.type == "mixed" else ""
        return f"{number}{way} NULLS LAST{text}"

    def operand(self, name: Name) -> Operand:
        kind, key = self.lookup(name)
        if name.function and kind != "metric":
            raise self.fail(name, f"{name.function}( ) is for metrics, and {key[:60]!r} is a {kind}")
        if kind == "run":
            self.fields.add(FIELD_ALIASES.get(key, key))
            return self.statement.run_field(FIELD_ALIASES.get(key, key))
        if kind == "metric":
            return self.statement.metric(key, name.function or "last")
        return self.statement.param(key) if kind == "param" else self.statement.tag(key)

    def lookup(self, name: Name) -> tuple[str, str]:
        """Which kind of name it is; ambiguous and unknown ones are errors."""
        key = name.key
        if name.prefix:
            if self.exists(name.prefix, key):
                return name.prefix, key
            raise self.unknown(name, name.prefix, key)
        kinds = ["metric"] if name.function and key in self.known.metrics else self.known.kinds(key)
        if key == "seed" and kinds:
            kinds.append("run")
        elif key in FIELDS and not name.function:
            return "run", key
        if len(kinds) == 1:
            return kinds[0], key
        if kinds:
            ways = " or ".join(f"{kind}.{key[:60]}" for kind in kinds)
            raise self.fail(name, f"{key[:60]!r} could mean {len(kinds)} things", f"write {ways}")
        if key in FIELD_ALIASES:
            return "run", key
        head, dot, rest = key.partition(".")
        if dot and head.lower() in PREFIXES:
            kind = PREFIXES[head.lower()]
            if self.exists(kind, rest):
                return kind, rest
            raise self.unknown(name, kind, rest)
        raise self.unknown(name, None, key)

    def exists(self, kind: str, key: str) -> bool:
        return key in FIELDS or key in FIELD_ALIASES if kind == "run" else kind in self.known.kinds(key)

    def unknown(self, name: Name, kind: str | None, key: str) -> FilterError:
        known = self.known
        pools = {"run": {*FIELDS, *FIELD_ALIASES}, "param": known.params, "metric": known.metrics, "tag": known.tags}
        names = sorted({each for pool_kind, pool in pools.items() if kind in (None, pool_kind) for each in pool})
        close = close_names(key, names)
        if kind is None and key.lower() in ("tag", "tags"):
            some = sorted(known.tags)[:3]
            hint = "a tag alone means that a run has it: best; one with a value: team = vision"
            hint += f"; tags here are {', '.join(each[:40] for each in some)}" if some else "; no run has a tag yet"
        elif close:
            hint = f"close to it: {', '.join(close)}"
        elif names:
            hint = f"known are {', '.join(n[:40] for n in names[:12])}{', ...' if len(names) > 12 else ''}"
        else:
            hint = f"no run has a {kind} yet"
        return self.fail(name, f"no {kind or 'param, metric, tag or run field'} is called {key[:60]!r}", hint)

    def fail(self, name: Name, message: str, hint: str = "") -> FilterError:
        return failure(self.text, name.start, name.end, message, hint)


def close_names(name: str, known: list[str]) -> list[str]:
    """Up to three known names that look like this one."""
    lower = {each.lower(): each for each in known}
    return [lower[each] for each in difflib.get_close_matches(name.lower()[:200], lower, n=3, cutoff=0.6)]


def _joined(parts: list[str], word: str) -> str:
    """Join as a balanced tree: DuckDB limits the depth of expressions."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_joined(parts[:middle], word)} {word} {_joined(parts[middle:], word)})"
