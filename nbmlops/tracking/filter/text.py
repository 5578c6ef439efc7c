"""The text of a filter read into a tree. No name is looked up here; see `filter.py` for the language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbmlops.errors import FilterError
from nbmlops.tracking.filter.tree import AllOf, AnyOf, Check, Compare, Has, Literal, Name, Node, Not, Tree

PREFIXES = {"run": "run"} | {word: kind for kind in ("param", "metric", "tag") for word in (kind, kind + "s")}
FUNCTIONS = ("last", "min", "max", "mean", "count")
MAX_DEPTH = 60
MAX_CONDITIONS = 1000
WINDOW = 96

_WORD = re.compile(r"""(?:[^\s(),<>=!'"`]|!(?!=))+""")
_OPERATOR = re.compile(r"==|!=|<>|<=|>=|=|<|>")
_SPACE = re.compile(r"\s*")
_INTEGER = re.compile(r"#?([0-9]+)")
_RANGE = re.compile(r"#?([0-9]+)\.\.#?([0-9]+)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "like", "ilike", "between", "order", "limit", "null"})
_BOUNDARY = re.compile(r"""[\s(),<>=!]|$""")
_NEEDS_QUOTES = re.compile(r"""[<>=!,'"`]|\b(?:and|or|not|in|is|like|ilike|between|order)\b""", re.IGNORECASE)


def is_odd(name: str) -> bool:
    """Whether a name is no single word, yet cannot be mistaken for a condition: known ones need no quotes."""
    return bool(name.strip()) and _WORD.fullmatch(name) is None and _NEEDS_QUOTES.search(name) is None


def failure(text: str, start: int, end: int, message: str, hint: str = "") -> FilterError:
    """The error with the piece of the text that is meant underlined; long texts are cut around it."""
    low = max(0, min(start, len(text)) - WINDOW // 2)
    shown = "".join(" " if c.isspace() or not c.isprintable() else c for c in text[low : low + WINDOW])
    before, after = "..." if low else "", "..." if low + WINDOW < len(text) else ""
    width = max(1, min(end, low + WINDOW) - start)
    caret = " " * (len(before) + start - low) + "^" * width
    return FilterError(f"the filter cannot be read: {message}\n  {before}{shown}{after}\n  {caret}", hint)


class Reader:
    """Recursive descent over the text; names and values are scanned differently, so there is no token list."""

    def __init__(self, text: str, odd_names: Iterable[str] = ()) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.conditions = 0
        self.odd_names = sorted(odd_names, key=len, reverse=True)

    def read(self) -> Tree:
        """The whole text."""
        surrogate = next((i for i, c in enumerate(self.text) if "\ud800" <= c <= "\udfff"), None)
        if surrogate is not None:
            raise self.fail(surrogate, surrogate + 1, "half a character (a lone surrogate) is in it")
        where = None if self.ends() or self.clause() else self.alternatives()
        order = self.order()
        limit = self.limit()
        if not self.ends():
            start = self.at
            found = self.peek_word() or self.text[start]
            hint = {"&": "write and", "&&": "write and", "|": "write or", "||": "write or"}.get(found)
            raise self.fail(
                start, start + len(found), f"{found!r} was not expected here", hint or "join conditions by and, or"
            )
        return Tree(where, order, limit)

    def fail(self, start: int, end: int, message: str, hint: str = "") -> FilterError:
        return failure(self.text, start, end, message, hint)

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def ends(self) -> bool:
        self.skip()
        return self.at >= len(self.text)

    def peek_word(self) -> str:
        self.skip()
        match = _WORD.match(self.text, self.at)
        return match.group() if match else ""

    def take(self, *words: str) -> bool:
        """Go past these keywords if they come next, all of them."""
        start = self.at
        for word in words:
            if self.peek_word().lower() != word:
                self.at = start
                return False
            self.at += len(word)
        return True

    def symbol(self, symbol: str) -> bool:
        self.skip()
        if not self.text.startswith(symbol, self.at):
            return False
        self.at += len(symbol)
        return True

    def clause(self) -> bool:
        """Whether `order by` or `limit 20` comes next."""
        start = self.at
        found = self.take("order", "by") or (self.take("limit") and _INTEGER.fullmatch(self.peek_word()) is not None)
        self.at = start
        return found

    def alternatives(self) -> Node:
        items = [self.conjunction()]
        while self.take("or"):
            items.append(self.conjunction())
        return items[0] if len(items) == 1 else AnyOf(tuple(items))

    def conjunction(self) -> Node:
        items = [self.term()]
        while self.take("and"):
            items.append(self.term())
        return items[0] if len(items) == 1 else AllOf(tuple(items))

    def term(self) -> Node:
        self.skip()
        start = self.at
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(start, start + 1, f"more than {MAX_DEPTH} levels of brackets and not")
        try:
            if self.take("not"):
                return Not(self.term())
            if self.symbol("("):
                inner = self.alternatives()
                if not self.symbol(")"):
                    raise self.fail(start, start + 1, "this bracket is never closed")
                return inner
            return self.condition()
        finally:
            self.depth -= 1

    def condition(self) -> Node:
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise self.fail(self.at, self.at + 1, f"more than {MAX_CONDITIONS} conditions")
        numbered = self.numbered()
        if numbered is not None:
            return numbered
        name = self.name()
        self.skip()
        match = _OPERATOR.match(self.text, self.at)
        if match:
            self.at = match.end()
            operator = {"==": "=", "<>": "!="}.get(match.group(), match.group())
            written = self.text[name.start : name.end][:40]
            example = "0.5" if operator in ("<", "<=", ">", ">=") else "value"
            value = self.value(f"a value belongs after it: {written} {match.group()} {example}")
            return Compare(name, operator, (value,))  # type: ignore[arg-type]
        if self.take("is"):
            return self.test(name)
        negated = self.take("not")
        if self.take("in"):
            return Compare(name, "in", self.values(), negated)
        if self.take("between"):
            low = self.value()
            if not self.take("and"):
                raise self.fail(self.at, self.at + 1, "between needs two values", "write: lr between 0.1 and 1")
            return Compare(name, "between", (low, self.value()), negated)
        for operator in ("like", "ilike"):
            if self.take(operator):
                return Compare(name, operator, (self.value(),), negated)  # type: ignore[arg-type]
        if negated:
            raise self.fail(self.at, self.at + 1, "after not: in, like, ilike or between")
        return Has(name)

    def test(self, name: Name) -> Node:
        negated = self.take("not")
        word = self.peek_word().lower()
        if word in ("null", "none", "nan", "inf", "finite", "true", "false"):
            self.at += len(word)
            return Check(name, "null" if word == "none" else word, negated)  # type: ignore[arg-type]
        raise self.fail(self.at, self.at + max(1, len(word)), "after is: null, nan, inf, finite, true or false")

    def numbered(self) -> Node | None:
        """`12`, `#12` and `8..12` alone mean the numbers of runs."""
        word = self.peek_word()
        start, end = self.at, self.at + len(word)
        pair, single = _RANGE.fullmatch(word), _INTEGER.fullmatch(word)
        match = pair or single
        if match is None:
            return None
        self.at = end
        self.skip()
        if _OPERATOR.match(self.text, self.at):  # then it is a key that looks like a number
            self.at = start
            return None
        values = tuple(Literal("number", digits, start, end) for digits in match.groups())
        return Compare(Name("number", "run", None, start, end), "between" if pair else "=", values)

    def name(self) -> Name:
        self.skip()
        start = self.at
        for odd in self.odd_names:
            if self.text.startswith(odd, start) and _BOUNDARY.match(self.text, start + len(odd)):
                self.at = start + len(odd)
                return Name(odd, None, None, start, self.at)
        quoted = self.quoted('`"')
        if quoted is not None:
            return Name(quoted, None, None, start, self.at)
        word = self.peek_word()
        if not word or word.lower() in ("and", "or"):
            found = repr(word or self.text[start]) if start < len(self.text) else "the end"
            end = start + max(1, len(word))
            raise self.fail(start, end, f"a name was expected, found {found}", "for example: val_acc > .9")
        self.at = start + len(word)
        if self.text.startswith("`", self.at) and word[:-1] in PREFIXES and word.endswith("."):
            return Name(self.quoted("`") or "", PREFIXES[word[:-1]], None, start, self.at)
        if word.lower() in FUNCTIONS and self.symbol("("):
            inner = self.name()
            if inner.function or not self.symbol(")"):
                raise self.fail(start, self.at, f"{word}( ) takes the name of one metric")
            return Name(inner.key, inner.prefix, word.lower(), start, self.at)
        return Name(word, None, None, start, self.at)

    def quoted(self, quotes: str) -> str | None:
        """A quoted piece if one comes next; a doubled quote stands for one."""
        self.skip()
        start = self.at
        if start >= len(self.text) or self.text[start] not in quotes:
            return None
        quote = self.text[start]
        at = start + 1
        while True:
            at = self.text.find(quote, at)
            if at < 0:
                hint = f"a {quote} inside is written {quote * 2}"
                raise self.fail(start, start + 1, f"this {quote} is never closed", hint)
            if not self.text.startswith(quote, at + 1):
                self.at = at + 1
                return self.text[start + 1 : at].replace(quote * 2, quote)
            at += 2

    def value(self, missing: str = "") -> Literal:
        """A value; the hint for its lack says what was being compared."""
        self.skip()
        start = self.at
        quoted = self.quoted("'\"")
        if quoted is not None:
            return Literal("text", quoted, start, self.at)
        word = self.peek_word()
        if not word or word.lower() in _KEYWORDS:
            is_null = word.lower() == "null"
            found = repr(word or self.text[start]) if start < len(self.text) else "the end"
            hint = "text that is also a keyword needs quotes" if word else "write a value here"
            hint = "write: is null, is not null" if is_null else hint
            if missing and not is_null:
                hint = f"{missing}; {hint}" if word else missing
            raise self.fail(start, start + max(1, len(word)), f"a value was expected, found {found}", hint)
        self.at = start + len(word)
        if word.lower() in ("true", "false"):
            return Literal("bool", word.lower(), start, self.at)
        return Literal("number" if _NUMBER.fullmatch(word) else "word", word, start, self.at)

    def values(self) -> tuple[Literal, ...]:
        self.skip()
        start = self.at
        if not self.symbol("("):
            raise self.fail(start, start + 1, "in needs a list", "write: model in (gbm, 'random forest')")
        values = [self.value()]
        while self.symbol(","):
            values.append(self.value())
        if not self.symbol(")"):
            raise self.fail(start, start + 1, "this list is never closed")
        self.conditions += len(values)
        return tuple(values)

    def order(self) -> tuple[tuple[Name, bool], ...]:
        names: list[tuple[Name, bool]] = []
        if not self.take("order", "by"):
            return ()
        while not names or self.symbol(","):
            name = self.name()
            names.append((name, not self.take("asc") and self.take("desc")))
        return tuple(names)

    def limit(self) -> int | None:
        if not self.take("limit"):
            return None
        word = self.peek_word()
        if not re.fullmatch(r"[0-9]{1,9}", word):
            raise self.fail(self.at, self.at + max(1, len(word)), "limit needs a whole number below a billion")
        self.at += len(word)
        return int(word)
