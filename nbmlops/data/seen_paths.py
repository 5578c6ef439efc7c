"""From texts and arguments to the files, folders and addresses that they name."""

from __future__ import annotations

import ast
import glob
import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

MOST: Final = 200
_LONGEST: Final = 4096
_LONGEST_SQL: Final = 100_000
_CODE: Final = (
    ".py", ".pyc", ".so", ".pyd", ".dll", ".ipynb", ".pth", ".pyi", ".ttf", ".otf", ".afm", ".mplstyle", ".duckdb",
    ".wal",
)  # fmt: skip
_QUOTED: Final = re.compile(r"(\bTO\s*)?(?:'((?:[^']|'')+)'|\"((?:[^\"]|\"\")+)\")", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://\S")


def of_cell(tree: ast.AST, namespace: Mapping[str, Any]) -> Iterator[str]:
    """The files that a cell names: by texts, in SQL, and by the paths and queries in variables that it reads."""
    for text in _texts(tree, namespace):
        yield from files(text)
        if any(quote in text for quote in "'\""):
            for quoted, _ in quotes(text):
                yield from files(quoted)


def _texts(tree: ast.AST, namespace: Mapping[str, Any]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = namespace.get(node.id)
            if isinstance(value, str | Path):
                yield str(value)


def files(text: str) -> list[str]:
    """The files that a text names: itself, or what it matches."""
    if not text or len(text) > _LONGEST or "\0" in text or "\n" in text or not re.search(r"[./\\]", text):
        return []
    try:
        if os.path.isfile(text):
            return [os.path.abspath(text)]
        if glob.has_magic(text) and os.path.dirname(text) != "/" and re.search(r"\.\w+$", text):
            return matches(text)
    except (OSError, ValueError, re.error):
        pass
    return []


def matches(pattern: str) -> list[str]:
    """The files that a pattern matches."""
    found = sorted(glob.glob(pattern, recursive=True))[:MOST]
    return [os.path.abspath(path) for path in found if os.path.isfile(path)]


def quotes(sql: str) -> Iterator[tuple[str, bool]]:
    """The quoted parts of SQL, and whether something is copied to them."""
    if len(sql) > _LONGEST_SQL:
        return
    for before, text, name in _QUOTED.findall(sql):
        yield (text.replace("''", "'") if text else name.replace('""', '"')), bool(before)


def is_address(text: str) -> bool:
    """Whether it leads to another machine: ``s3://...``, ``https://...``."""
    return _ADDRESS.match(text) is not None and not text.startswith("file:")


def of_argument(value: Any, *, is_written: bool) -> tuple[list[str], list[str]]:
    """The absolute paths and the addresses that an argument stands for; of an open file none.

    What is read is there: files, folders, or what a pattern matches. What is written need not be.
    """
    paths: list[str] = []
    addresses: list[str] = []
    for one in value if isinstance(value, list | tuple | set) else [value]:
        if not isinstance(one, str | os.PathLike):
            continue
        text = os.fspath(one)
        if not isinstance(text, str) or not text or len(text) > _LONGEST or "\0" in text:
            continue
        if is_address(text):
            addresses.append(text)
            continue
        if text.startswith("file:"):
            text = unquote(urlsplit(text).path)
        paths += _local(os.path.expanduser(text), is_written)
        if len(paths) > MOST:
            break
    return [path for path in paths[:MOST] if not is_ours(path)], addresses[:MOST]


def _local(text: str, is_written: bool) -> list[str]:
    if is_written or os.path.isfile(text) or os.path.isdir(text):
        return [os.path.abspath(text)]
    return matches(text) if glob.has_magic(text) else []


@cache
def _libraries() -> tuple[str, ...]:
    ours = os.path.dirname(os.path.dirname(__file__))
    roots = {ours, sys.prefix, sys.base_prefix, "/usr", "/proc", "/sys", "/dev", "/etc"}
    return tuple(f"{os.path.abspath(root)}{os.sep}" for root in roots)


def is_ours(path: str) -> bool:
    """Whether it is code, part of a library, or hidden: no data of the user."""
    is_installed = f"{os.sep}site-packages{os.sep}" in path
    return is_installed or path.endswith(_CODE) or f"{os.sep}." in path or path.startswith(_libraries())
