"""What somebody who calls a function calls its arguments: a variable by its name, else the expression."""

from __future__ import annotations

import ast
import itertools
import linecache
from collections.abc import Collection, Iterable
from types import FrameType
from typing import Any, Final

_LONGEST: Final = 60
_MOST_LINES: Final = 200


def names_of(
    caller: FrameType, given: Iterable[tuple[int | str, Any]], libraries: Collection[str]
) -> dict[int | str, str]:
    """What the arguments of the call that is going on are called, by position or keyword.

    Parameters
    ----------
    caller
        The frame that calls.
    given
        The arguments, by position or keyword.
    libraries
        Packages that pass on what they were given: the first caller outside of them is asked, and counts only what
        is passed on as it is.
    """
    frame: FrameType | None = caller
    while frame is not None and _root(frame) in libraries:
        frame = frame.f_back
    if frame is None:
        return {}
    call = _call(frame)
    if frame is caller:
        said = {} if call is None else _arguments(call)
        return {key: said.get(key) or _variable(frame, value) or _unnamed(key) for key, value in given}
    passed = {key: _variable(frame, value, None if call is None else call) for key, value in given}
    return {key: name for key, name in passed.items() if name}


def _unnamed(key: int | str) -> str:
    return key if isinstance(key, str) else f"argument {key + 1}"


def _root(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _call(frame: FrameType) -> ast.Call | None:
    """The call in the source of a frame that is going on."""
    code = frame.f_code
    place = next(itertools.islice(code.co_positions(), frame.f_lasti // 2, None), None)
    if place is None or None in place:
        return None
    first, last, start, end = place
    assert first is not None
    assert last is not None
    if last - first > _MOST_LINES:
        return None
    lines = linecache.getlines(code.co_filename, frame.f_globals)[first - 1 : last]
    if len(lines) != last - first + 1:
        return None
    coded = [line.encode() for line in lines]
    coded[-1] = coded[-1][:end]
    coded[0] = coded[0][start:]
    try:
        found = ast.parse("(" + b"".join(coded).decode() + ")", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return found if isinstance(found, ast.Call) else None


def _arguments(call: ast.Call) -> dict[int | str, str]:
    said: dict[int | str, str] = {}
    for at, node in enumerate(call.args):
        if isinstance(node, ast.Starred):
            break
        said[at] = _word(node)
    said.update({node.arg: _word(node.value) for node in call.keywords if node.arg is not None})
    return said


def _word(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _variable(frame: FrameType, value: Any, call: ast.Call | None = None) -> str:
    """The variable of a frame that holds this very object; of a call one that it names."""
    code = frame.f_code
    if call is not None:
        wanted = [node.id for node in ast.walk(call) if isinstance(node, ast.Name)]
    else:
        wanted = [*code.co_varnames, *code.co_cellvars, *code.co_freevars, *code.co_names]
    local = frame.f_locals
    for name in wanted:
        if local.get(name, frame.f_globals.get(name)) is value:
            return name
    return ""
