"""A comparison as Markdown, to paste into a pull request: what differs only.

Names stand in code spans: there nothing of them is markup, a mention or a link to an issue of that number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.ui import format as fmt
from nbmlops.ui.html import delta_arrow
from nbmlops.ui.linediff import TextDiff
from nbmlops.ui.sections import Pairs, Row, equals

if TYPE_CHECKING:
    from nbmlops.tracking.browse.compare import Picture

MOST_ROWS = 40
MOST_RUNS = 12
MOST_LINES = 120
_SHORT = 60


def markdown(picture: Picture) -> str:
    """The comparison as GitHub-flavoured Markdown.

    Returns
    -------
    str
        A table of what differs, one column a run; below it what is equal, and diffs of code, folded.
    """
    runs = picture.runs[:MOST_RUNS]
    is_pair = len(picture.runs) == 2
    names = [_name(run) for run in runs]
    parts = [f"**{names[1]} vs {names[0]}**" if is_pair else f"**{len(picture.runs)} runs, compared with {names[0]}**"]
    lines: list[str] = []
    equal, more = [], []
    for section in picture.rows():
        shown = section.differing[:MOST_ROWS]
        if shown:
            lines.append(_line([f"**{section.title}**", *[""] * (len(runs) + is_pair)]))
            lines += [_line(_cells(row, len(runs), is_pair)) for row in shown]
        if len(section.differing) > len(shown):
            more.append(f"{len(section.differing) - len(shown)} more {section.noun} differ")
        if section.equal:
            equal.append(equals(section, len(section.equal)).removesuffix(" equal"))
    if lines:
        head = _line(["", *names, *[""] * is_pair])
        parts.append("\n".join([head, "|---|" + "---:|" * len(runs) + "---|" * is_pair, *lines]))
    left = len(picture.runs) - len(runs)
    said = [*more, *([f"{left} more runs"] if left else []), *([f"equal: {', '.join(equal)}"] if equal else [])]
    parts += [" · ".join([*said, *picture.notes])] if said or picture.notes else []
    return "\n\n".join([*parts, *_diffs(picture)]) + "\n"


def _cells(row: Row, runs: int, is_pair: bool) -> Iterator[str]:
    yield _code(fmt.heading(row.key, _SHORT))
    for place, text in enumerate(row.texts(_SHORT)[:runs]):
        value = row.values[place]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        shown = "" if text is None else text if is_number else _code(text)
        delta = row.deltas[place] if row.deltas and not is_pair else None
        shown = f"**{shown}**" if place == row.best else shown
        yield shown if delta is None else f"{shown} ({_delta(delta)})"
    if is_pair:
        delta = row.deltas[1] if row.deltas else None
        verdict = {True: " better", False: " worse", None: ""}[delta["is_better"]] if delta is not None else ""
        yield row.said if delta is None else _delta(delta) + verdict


def _delta(delta: Mapping[str, Any]) -> str:
    return f"{fmt.signed(delta['value'])} {delta_arrow(delta['value'], delta['is_better'])}".strip()


def _diffs(picture: Picture) -> Iterator[str]:
    room = MOST_LINES
    for section in picture.sections:
        for pair in section.pairs if isinstance(section, Pairs) and section.name == "code" else ():
            if pair.diff is None or room <= 0:
                continue
            text = "\n".join(_diff_lines(pair.diff.first(room)))
            room -= text.count("\n") + 1
            fence = "`" * max(3, _longest_ticks(text) + 1)
            said = f"{pair.title}: {pair.said}" if pair.said else pair.title
            yield f"<details><summary>{said}</summary>\n\n{fence}diff\n{text}\n{fence}\n\n</details>"


def _diff_lines(diff: TextDiff) -> Iterator[str]:
    for hunk in diff.hunks:
        old, new = (next((at for line in hunk if (at := getattr(line, side))), 1) for side in ("old", "new"))
        yield f"@@ -{old} +{new} @@"
        yield from (f"{line.sign}{line.text}" for line in hunk)
    if diff.left_out:
        yield f"# {diff.left_out} more changed lines"


def _name(run: Mapping[str, Any]) -> str:
    return _code(fmt.short(fmt.run_label(run), _SHORT)) + (" ★" if run["is_baseline"] else "")


def _line(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """A code span; a bar would end the cell of a table."""
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}".replace("|", "\\|") if text.strip() else ""


def _longest_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
