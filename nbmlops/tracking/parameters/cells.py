"""A cell's source as a syntax tree, with the Python inside ``%%time`` and its like in place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from nbmlops.tracking.line import split_cell
from nbmlops.tracking.parameters.large import prune

# Magics that run their Python in the notebook's namespace, through its AST transformers.
_RUNS_PYTHON = ("time", "capture", "timeit", "mlrun")
_OPTIONS = re.compile(r"(?:-\w+(?:[ \t]*\d+)?[ \t]+)*")


def parse_cell(source: str, transform: Callable[[str], str]) -> ast.Module:
    """Parse a cell; a statement such as ``%%time`` is replaced by what it runs.

    Parameters
    ----------
    source
        The cell, with or without its ``%mlrun`` line.
    transform
        Turns IPython's syntax into Python, as ``shell.transform_cell``.

    Returns
    -------
    ast.Module
        To be read, not run: large literals are left out.

    Raises
    ------
    SyntaxError
        When the cell, or what such a magic runs, is no Python.
    """
    tree = _parse(source, transform)
    prune(tree)
    return tree


def _parse(source: str, transform: Callable[[str], str]) -> ast.Module:
    """The tree, with the Python of nested magics in place."""
    run = split_cell(source)
    is_continued = run is not None and run[0].endswith("\\")
    try:
        # Most cells are plain Python, and transforming a long one costs more than all else.
        tree = ast.parse(source if run is None or is_continued else run[1])
    except (SyntaxError, ValueError):
        tree = ast.parse(transform(source))
    tree.body = [inner for statement in tree.body for inner in _inside(statement, transform)]
    return tree


def _inside(statement: ast.stmt, transform: Callable[[str], str]) -> Iterator[ast.stmt]:
    """The statement itself, or those that its magic runs."""
    text = _python(statement)
    if text is None:
        yield statement
    else:
        yield from _parse(text, transform).body


def _python(statement: ast.stmt) -> str | None:
    """Source that a magic of this statement runs, or None."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    call = statement.value
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("run_cell_magic", "run_line_magic"):
        return None
    words = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if len(words) != len(call.args) or len(words) < 2 or words[0] not in _RUNS_PYTHON:
        return None
    if call.func.attr == "run_cell_magic":
        return words[2] if len(words) > 2 else None
    return _OPTIONS.sub("", words[1] + " ", count=1).strip() if words[0] in ("time", "timeit") else None
