"""Words of a magic line, and the Python values written in them."""

from __future__ import annotations

import ast
import numbers
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbmlops.errors import UsageError

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}\Z")
_LOOKALIKES = {"true": "True", "false": "False", "none": "None", "null": "None"}
# These join the parts of plain text too: resnet-50, data/train.csv, train@v3.
_TEXT_OPERATORS = (ast.Sub, ast.Div, ast.MatMult)

_MISSING = object()


@dataclass(frozen=True)
class Word:
    """One word as it was written."""

    raw: str

    @property
    def text(self) -> str:
        """The word without its quotes."""
        literal = _literal(self.raw) if self.raw[:1] in "\"'" and self.raw else _MISSING
        if isinstance(literal, str):
            return literal
        return _unquote(self.raw)

    @property
    def key(self) -> str | None:
        """What stands before the first ``=``; None when the word is quoted or has none."""
        head, equals, _ = self.raw.partition("=")
        return head if equals and not any(mark in head for mark in "\"'([{") else None

    @property
    def value_raw(self) -> str:
        """What stands after the first ``=``, as written."""
        return self.raw.partition("=")[2]


def words(line: str) -> list[str]:
    """Split a line as a shell does, quotes taken away.

    Parameters
    ----------
    line
        One line of text.

    Returns
    -------
    list of str

    Raises
    ------
    UsageError
        When a quote is not closed.
    """
    return [word.text for word in split(line)]


def split(line: str) -> list[Word]:
    """Split a line at the spaces that stand outside quotes and outside a value's brackets.

    Parameters
    ----------
    line
        One line of text.

    Returns
    -------
    list of Word

    Raises
    ------
    UsageError
        When a quote is not closed.
    """
    found: list[Word] = []
    at, start = 0, None
    while at < len(line):
        char = line[at]
        if char.isspace():
            if start is not None:
                found.append(Word(line[start:at]))
                start = None
            at += 1
            continue
        if start is None:
            start = at
        if char in "\"'":
            at = _after_quote(line, at)
        elif char in _CLOSING and (line[at - 1 : at] == "=" or at == start):
            at = _after_bracket(line, at)
        else:
            at += 1
    if start is not None:
        found.append(Word(line[start:]))
    return found


def _after_quote(line: str, at: int) -> int:
    """Position behind the quoted text that opens at ``at``."""
    quote, end = line[at], at + 1
    while end < len(line):
        if line[end] == "\\":
            end += 2
        elif line[end] == quote:
            return end + 1
        else:
            end += 1
    raise UsageError(f"the quote {quote} before {line[at + 1 : at + 21]!r} is not closed", f"put a {quote} at its end")


def _after_bracket(line: str, at: int) -> int:
    """Position behind the matching bracket; just behind ``at`` when there is none."""
    stack, end = [_CLOSING[line[at]]], at + 1
    while end < len(line) and stack:
        char = line[end]
        if char in "\"'":
            try:
                end = _after_quote(line, end)
            except UsageError:
                return at + 1
            continue
        if char in _CLOSING:
            stack.append(_CLOSING[char])
        elif char == stack[-1]:
            stack.pop()
        end += 1
    return at + 1 if stack else end


def _unquote(raw: str) -> str:
    """Take shell quotes away, wherever they stand in the word."""
    out, at = [], 0
    while at < len(raw):
        if raw[at] in "\"'":
            end = _after_quote(raw, at)
            out.append(re.sub(r"\\([\"'\\])", r"\1", raw[at + 1 : end - 1]))
            at = end
        else:
            out.append(raw[at])
            at += 1
    return "".join(out)


def braced(raw: str) -> bool:
    """Whether a value is ``{expression}``."""
    return len(raw) > 2 and raw[0] == "{" and raw[-1] == "}" and _after_bracket(raw, 0) == len(raw)


def value(key: str, raw: str, evaluate: Callable[[str], object] | None = None) -> object:
    """The Python value of what a user wrote behind ``key=``.

    Parameters
    ----------
    key
        Name it is for; used in errors.
    raw
        The text, quotes included.
    evaluate
        Computes the text inside ``{}``.

    Returns
    -------
    object
        A Python literal, the result of ``{expression}``, else the text itself.

    Raises
    ------
    UsageError
        When the text looks like an expression, or ``{expression}`` fails.
    """
    if raw.lower() in _LOOKALIKES and raw not in _LOOKALIKES.values():
        right = _LOOKALIKES[raw.lower()]
        raise UsageError(f"{key}={raw} is a text in Python", f'{key}={right}, or {key}="{raw}" if the text is meant')
    if braced(raw):
        return _computed(key, raw, evaluate)
    check_closed(key, raw)
    literal = _literal(raw)
    if literal is not _MISSING:
        return literal
    tree = _expression(raw)
    if tree is not None and _computes(tree, key, evaluate) and not _DATE.match(raw):
        raise UsageError(
            f"{key}={raw} looks like an expression", f"{key}={{{raw}}} computes it, {key}={_quoted(raw)} is text"
        )
    return _unquote(raw)


def check_closed(key: str, raw: str) -> None:
    """Refuse a value whose first bracket is never closed."""
    if raw[0] in _CLOSING and _after_bracket(raw, 0) == 1:
        raise UsageError(f"the {raw[0]} of {key}={raw} is not closed", f"close it, or {key}={_quoted(raw)} for a text")


def _quoted(raw: str) -> str:
    """The text as the user would write it to mean just that text."""
    return f'"{raw}"' if not set(raw) & set('"\\') else repr(raw)


def _computed(key: str, raw: str, evaluate: Callable[[str], object] | None) -> object:
    """The value of ``{expression}``; a dict, and a set of several literals, stand for themselves."""
    tree = _expression(raw)
    literal = _literal(raw)
    if literal is not _MISSING and (isinstance(tree, ast.Dict) or (isinstance(literal, set) and len(literal) > 1)):
        return literal
    inner = raw if isinstance(tree, ast.Dict) else raw[1:-1].strip()
    if evaluate is None:
        raise UsageError(f"{key}={raw} cannot be computed here", "write the value itself")
    try:
        return evaluate(inner)
    except Exception as error:  # the user's own expression may raise anything
        raise UsageError(f"{key}={raw} failed: {type(error).__name__}: {error}", "check the expression") from error


def _computes(tree: ast.expr, key: str, evaluate: Callable[[str], object] | None) -> bool:
    """Whether an expression would compute something, rather than being a text that happens to parse."""
    if isinstance(tree, ast.Name | ast.Constant):
        return False
    if isinstance(tree, ast.Attribute):
        return _computes(tree.value, key, evaluate)
    if isinstance(tree, ast.Tuple):
        return any(_computes(part, key, evaluate) for part in tree.elts)
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return _is_number(tree.operand, key, evaluate)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, _TEXT_OPERATORS):
        leaves = list(_leaves(tree))
        if any(not isinstance(leaf, ast.Name | ast.Attribute | ast.Constant) for leaf in leaves):
            return True
        named = [leaf for leaf in leaves if not isinstance(leaf, ast.Constant)]
        return not named or any(_is_number(leaf, key, evaluate) for leaf in named)
    return True


def _leaves(tree: ast.expr) -> Iterator[ast.expr]:
    """Operands of a chain of operators that plain text may hold."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, _TEXT_OPERATORS):
        yield from _leaves(tree.left)
        yield from _leaves(tree.right)
    else:
        yield tree


def _is_number(leaf: ast.expr, key: str, evaluate: Callable[[str], object] | None) -> bool:
    """Whether a bare name is the key itself, or a number in the notebook."""
    if not isinstance(leaf, ast.Name):
        return False
    if leaf.id == key:
        return True
    if evaluate is None:
        return False
    try:
        found = evaluate(leaf.id)
    except Exception:  # noqa: BLE001 - an unknown name, or a proxy that raises: then it is no number
        return False
    return isinstance(found, numbers.Number) and not isinstance(found, bool)


def _expression(raw: str) -> ast.expr | None:
    """The text as a Python expression, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if "#" in raw:  # a comment would swallow the closing bracket: then # is part of a text
                ast.parse(f"({raw})", mode="eval")
            return ast.parse(raw, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _literal(raw: str) -> object:
    """The text as a Python literal, or the marker for none."""
    tree = _expression(raw)
    if tree is None or isinstance(tree, ast.BinOp):
        return _MISSING
    try:
        found: object = ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _MISSING
    return _MISSING if found is Ellipsis else found
