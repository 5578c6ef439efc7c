"""The ``%mlrun`` line on top of a cell: where it is, and how it is taken away."""

from __future__ import annotations

import re
from typing import NamedTuple

# A question (%mlrun?) and another magic (%mlruns) are not ours to take.
_RUN = re.compile(r"^\s*%%?mlrun(?=\s|$)(.*)$", re.DOTALL)
_VERB = re.compile(r"^\s*(begin|end|resume|status|--help|-h|\?)(\s|$)")
_CELL_MAGIC = re.compile(r"^%%([^\s!?]+)")
# What stands below these is text of another kind, never Python that could hold a run.
_NOT_PYTHON = frozenset(
    (
        "!", "bash", "sh", "script", "sx", "system", "writefile", "file", "html", "HTML", "javascript", "js", "latex",
        "markdown", "svg", "SVG", "perl", "ruby", "python", "python2", "python3", "pypy", "cmd", "mlsql", "mlrun",
    )
)  # fmt: skip


class RunText(NamedTuple):
    """Where the run line of a cell stands and what it says."""

    first: int
    after: int
    text: str


def run_line(lines: list[str]) -> RunText | None:
    """Find the run line of a cell: its first line that is neither blank nor a comment.

    Verbs (``%mlrun begin``) and questions (``%mlrun?``, ``%mlrun --help``) are ordinary magics, and
    so is a line with no code below it: there is nothing to run.
    """
    first = _code(lines, 0)
    if first == len(lines):
        return None
    found = _RUN.match(lines[first])
    if found is None:
        return None
    text, after = found.group(1).rstrip("\r\n"), first + 1
    while text.endswith("\\") and after < len(lines):
        text = text[:-1] + " " + lines[after].rstrip("\r\n")
        after += 1
    if _VERB.match(text) or _code(lines, after) == len(lines):
        return None
    return RunText(first, after, text.strip())


def is_alone(cell: str) -> bool:
    """Whether a cell holds one line of code and no more."""
    lines = cell.splitlines()
    return _code(lines, _code(lines, 0) + 1) >= len(lines)


def _code(lines: list[str], at: int) -> int:
    """The first line from there on that is neither blank nor a comment."""
    while at < len(lines) and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
        at += 1
    return at


def run_text(cell: str) -> str | None:
    """The text after ``%mlrun`` when a cell is a run.

    Below another cell magic (``%%time``) the run line may be the second: such magics transform
    their body themselves, without a hook that could see it.
    """
    lines = cell.splitlines(keepends=True)
    found = run_line(lines)
    if found is None:
        top = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
        magic = _CELL_MAGIC.match(lines[top]) if top < len(lines) else None
        if magic is not None and magic.group(1) not in _NOT_PYTHON:
            found = run_line(lines[top + 1 :])
    return None if found is None else found.text


def take_run_line(lines: list[str]) -> list[str]:
    """Take the run line away (an input transformer of IPython; pure, called several times a cell).

    A comment stays in its place, so that line numbers in tracebacks are those of the cell.
    """
    found = run_line(lines)
    if found is None:
        return _as_line_magic(lines)
    rest = lines[found.after :]
    below = next((line for line in rest if line.strip()), "")
    if below.startswith("%%"):
        return rest
    comments = [_comment(line) for line in lines[found.first : found.after]]
    return [*lines[: found.first], *comments, *rest]


def _as_line_magic(lines: list[str]) -> list[str]:
    """``%%mlrun`` with nothing below is the line magic, which says what there is to say."""
    first = _code(lines, 0)
    if first == len(lines) or not _RUN.match(lines[first]) or not is_alone("".join(lines)):
        return lines
    return [*lines[:first], lines[first].replace("%%", "%", 1), *lines[first + 1 :]]


def _comment(line: str) -> str:
    """The line as a comment, as far indented as it was: IPython takes the first line's indent off all."""
    body = line.lstrip()
    return f"{line[: len(line) - len(body)]}# {body.rstrip()}\n"


# Whether a cell is complete is asked about the text as typed: else a terminal would run
# the bare line "%%mlrun adam" before its body can be written.
take_run_line.has_side_effects = True  # type: ignore[attr-defined]
