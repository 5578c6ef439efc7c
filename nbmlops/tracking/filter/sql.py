"""The pieces of SQL a filter is made of. Keys and values are bound; only our own words are written."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from nbmlops.errors import FilterError
from nbmlops.tracking.filter.text import failure
from nbmlops.tracking.filter.tree import Check, Literal

#: run fields and their types
FIELDS = {
    "run_id": "text", "number": "number", "name": "text", "experiment": "text", "status": "text", "kind": "text",
    "parent_run_id": "text", "attempt": "number", "started_at": "time", "ended_at": "time", "age": "span",
    "duration_s": "span", "notebook": "text", "cell_id": "text", "execution_count": "number",
    "git_sha": "text", "git_dirty": "bool",
    "session_id": "text", "environment_id": "text", "user": "text", "host": "text", "note": "text",
    "error_name": "text", "error_message": "text", "seed": "number",
}  # fmt: skip
FIELD_ALIASES = {"id": "run_id", "parent": "parent_run_id", "duration": "duration_s", "error": "error_name"}

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_SPAN = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)\s*(s|min|m|h|d|w|)", re.IGNORECASE)
# where keys live, and how what is asked of one key is picked for a run
_KEYED = {
    "param": ("_nbm.params", "arg_max({'value': value, 'number': number}, (ns, session_id, n)) FILTER (key = %s)"),
    "tag": ("_nbm.tags", "arg_max({'value': value}, (ns, session_id, n)) FILTER (key = %s)"),
    "last": ("_nbm.metric_partials", "arg_max(last, last_ns) FILTER (key = %s)"),
    "min": ("_nbm.metric_partials", "min(min) FILTER (key = %s)"),
    "max": ("_nbm.metric_partials", "max(max) FILTER (key = %s)"),
    "mean": ("_nbm.metric_partials", "sum(sum) FILTER (key = %s) / nullif(sum(finite) FILTER (key = %s), 0)"),
    "count": ("_nbm.metric_partials", "sum(count) FILTER (key = %s)"),
}


@dataclass(frozen=True)
class Operand:
    """The left side of a comparison. Number and text are SQL of that type; mixed ones are either, run by run."""

    kind: str
    label: str
    type: str
    number: str | None
    text: str
    present: str


class Statement:
    """Collects the joins and the bound values of one filter."""

    def __init__(self, text: str, now: dt.datetime) -> None:
        self.text = text
        self.now = now
        self.values: dict[str, object] = {}
        self.source = "_nbm.run_heads"
        self.keys: dict[tuple[str, str], str] = {}

    def bind(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def key(self, kind: str, key: str) -> tuple[str, str]:
        """The bound key and the column number it has in the join of its kind."""
        if (kind, key) not in self.keys:
            self.keys[kind, key] = self.bind(key)
        return self.keys[kind, key], str(list(self.keys).index((kind, key)))

    def from_sql(self) -> str:
        """The runs under the alias r, joined with one row a run of the keys that are asked for."""
        joins = [f"{self.source} r"]
        for kind, (table, pick) in _KEYED.items():
            places = [self.key(*pair) for pair in self.keys if pair[0] == kind]
            if places:
                picked = ", ".join(f"{pick.replace('%s', bound)} AS k{place}" for bound, place in places)
                bound = ", ".join(bound for bound, _ in places)
                joins.append(
                    f"LEFT JOIN (SELECT run_id, {picked} FROM {table} WHERE key IN ({bound}) GROUP BY run_id) {kind}s"
                    f" ON {kind}s.run_id = r.run_id"
                )
        return " ".join(joins)

    def run_field(self, field: str) -> Operand:
        kind = FIELDS[field]
        if field == "attempt":
            self.source = "_nbm.run_attempts"
        if field == "age":
            sql = f"epoch({self.bind(self.now)}::TIMESTAMP - r.started_at)"
            return Operand("run field", field, kind, sql, sql, "TRUE")
        column = f'r."{field}"'
        number = f"{column}::DOUBLE" if kind in ("number", "span") else None
        return Operand("run field", field, kind, number, column, f"({column} IS NOT NULL)")

    def metric(self, key: str, function: str) -> Operand:
        column = f"{function}s.k{self.key(function, key)[1]}::DOUBLE"
        return Operand("metric", key, "number", column, column, f"({column} IS NOT NULL)")

    def param(self, key: str) -> Operand:
        place = self.key("param", key)[1]
        value = f"params.k{place}.value"
        text = f"(CASE WHEN json_valid({value}) THEN {value} ->> '$' ELSE {value} END)"
        present = f"(coalesce({value}, 'null') <> 'null')"
        return Operand("param", key, "mixed", f"params.k{place}.number", text, present)

    def tag(self, key: str) -> Operand:
        place = self.key("tag", key)[1]
        value = f"tags.k{place}.value"
        return Operand("tag", key, "mixed", f"TRY_CAST({value} AS DOUBLE)", value, f"({value} IS NOT NULL)")

    def test(self, operand: Operand, node: Check) -> str:
        if node.test == "null":
            return f"(NOT {operand.present})"
        if node.test in ("true", "false"):
            return self.compare(operand, "=", Literal("bool", node.test, node.name.start, node.name.end))
        if operand.number is None:
            message = f"{operand.label[:60]} is no number, so it cannot be {node.test}"
            raise failure(self.text, node.name.start, node.name.end, message)
        function = {"nan": "isnan", "inf": "isinf", "finite": "isfinite"}[node.test]
        return f"{function}({operand.number})"

    def compare(self, operand: Operand, operator: str, value: Literal) -> str:
        """One comparison: true, false, or NULL where a value is missing or NaN."""
        if operator in ("like", "ilike"):
            if operand.type in ("number", "span", "bool"):
                raise self.misfit(operand, value, f"{operator} is for text")
            return f"({operand.text}::VARCHAR {operator.upper()} {self.bind(value.text)})"
        if operand.label == "experiment" and operand.kind == "run field" and (operator, value.text) == ("=", "*"):
            return "TRUE"
        if operand.type == "text":
            return self.plain(operand.text, operator, self.bind(value.text))
        if operand.type == "time":
            return self.plain(operand.text, operator, f"{self.bind(self.time(operand, value))}::TIMESTAMP")
        if operand.type == "bool":
            return self.plain(operand.text, operator, f"{self.bind(self.truth(operand, value))}::BOOLEAN")
        if operand.type == "mixed":
            return self.mixed(operand, operator, value)
        number = self.span(operand, value) if operand.type == "span" else self.number(operand, value)
        return self.plain(_no_nan(operand.number), operator, f"{self.bind(number)}::DOUBLE")

    def plain(self, left: str, operator: str, right: str) -> str:
        return f"({left} {'<>' if operator == '!=' else operator} {right})"

    def mixed(self, operand: Operand, operator: str, value: Literal) -> str:
        """Params and tags are numbers in one run and text in the next: like is compared with like."""
        if value.kind == "word" and value.text.lower() in ("nan", "null", "none"):
            word = value.text.lower().replace("none", "null")
            raise self.misfit(operand, value, f"nothing is equal to {value.text}", f"write: is {word}, is not {word}")
        if value.kind != "number":
            text = f"lower({operand.text})" if value.kind == "bool" else operand.text
            if operator in ("=", "!="):
                return self.plain(text, operator, self.bind(value.text))
            return f"(CASE WHEN {operand.number} IS NULL THEN {self.plain(text, operator, self.bind(value.text))} END)"
        bound = f"{self.bind(float(value.text))}::DOUBLE"
        number = self.plain(_no_nan(operand.number), operator.replace("!", ""), bound)
        if operator not in ("=", "!="):
            return number
        same = f"(coalesce({number}, FALSE) OR {self.plain(operand.text, '=', self.bind(value.text))})"
        known = f"(CASE WHEN isnan({operand.number}) THEN NULL ELSE {same} END)"
        return f"(NOT {known})" if operator == "!=" else known

    def number(self, operand: Operand, value: Literal) -> float:
        if value.kind == "number":
            return float(value.text)
        word = value.text.lower()
        if value.kind == "word" and word.lstrip("+-") in ("inf", "infinity"):
            return float(word)
        if word == "nan":
            raise self.misfit(operand, value, "nothing is equal to NaN", "write: is nan, is not nan")
        raise self.misfit(operand, value, f"{operand.label[:60]} is a number, {value.text[:60]!r} is none")

    def span(self, operand: Operand, value: Literal) -> float:
        """Seconds of `2d`, `90m`; a duration may go without a unit, an age may not."""
        match = _SPAN.fullmatch(value.text)
        if match is None or (operand.label == "age" and not match[2]):
            hint = f"write for example: {operand.label} < 2d (s, m, h, d, w)"
            raise self.misfit(operand, value, f"{value.text[:60]!r} is no length of time", hint)
        return float(match[1]) * _UNITS[match[2].lower()]

    def time(self, operand: Operand, value: Literal) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(value.text.strip())
            return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            hint = f"write for example: {operand.label} > '2026-01-31 18:00' (UTC), or age < 2d"
            raise self.misfit(operand, value, f"{value.text[:60]!r} is no time", hint) from None

    def truth(self, operand: Operand, value: Literal) -> bool:
        if value.text.lower() in ("true", "1"):
            return True
        if value.text.lower() in ("false", "0"):
            return False
        raise self.misfit(operand, value, f"{operand.label} is true or false, {value.text[:60]!r} is neither")

    def misfit(self, operand: Operand, value: Literal, message: str, hint: str = "") -> FilterError:
        return failure(self.text, value.start, value.end, message, hint or f"{operand.label[:60]} is a {operand.kind}")


def _no_nan(number: str | None) -> str:
    return f"(CASE WHEN NOT isnan({number}) THEN {number} END)"
