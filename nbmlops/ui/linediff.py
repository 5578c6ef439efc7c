"""Two texts line by line: what was taken out, what came in, and which words of a line are others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

MOST_LINES = 400
_MOST_READ = 4000  # lines of each text, from the first difference on, that are compared
_EXACT = 1000  # lines up to which frequent ones are compared as well
_LONG_LINE = 2000
_MOST_MARKED = 400  # characters of a line whose words are compared
_ALIKE = 0.4
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")

Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Line:
    """One line of a diff; ``marks`` are the stretches that differ from the line it replaces or is replaced by."""

    sign: str  # "-", "+" or a space
    old: int | None  # its number in the old text, from 1
    new: int | None
    text: str
    marks: Marks = ()


@dataclass(frozen=True)
class TextDiff:
    """The lines that changed, each stretch with some equal lines around it.

    Attributes
    ----------
    hunks
        At most ``MOST_LINES`` lines in all.
    removed, added
        How many lines there are of each in the whole.
    old_lines, new_lines
        Lengths of the texts.
    left_out
        Changed lines that are not in ``hunks``.
    is_partial
        Whether the texts go on behind what was compared.
    """

    hunks: tuple[tuple[Line, ...], ...]
    removed: int
    added: int
    old_lines: int
    new_lines: int
    left_out: int = 0
    is_partial: bool = False

    @property
    def said(self) -> str:
        """What changed in words: ``2 lines changed``; and if not all was compared."""
        if not self.removed and not self.added:
            return "only line ends differ"
        rest = f"; only {_MOST_READ:,} lines from the first difference on were compared" if self.is_partial else ""
        return f"{self._counted}{rest}"

    @property
    def _counted(self) -> str:
        if self.removed == self.added:
            return f"{_lines(self.added)} changed"
        parts = [f"{_lines(self.removed)} removed"] if self.removed else []
        return ", ".join([*parts, f"{_lines(self.added)} added"] if self.added else parts)

    def first(self, lines: int) -> TextDiff:
        """The same with at most so many lines."""
        kept: list[tuple[Line, ...]] = []
        room = lines
        for hunk in self.hunks:
            if room <= 0:
                break
            kept.append(hunk[:room])
            room -= len(hunk)
        shown = sum(line.sign != " " for hunk in kept for line in hunk)
        return replace(self, hunks=tuple(kept), left_out=self.removed + self.added - shown)


def diff_texts(old: str, new: str, *, context: int = 3, most: int = MOST_LINES) -> TextDiff | None:
    """Compare two texts.

    Parameters
    ----------
    context
        Equal lines that are kept around a change.
    most
        At most so many lines are kept.

    Returns
    -------
    TextDiff or None
        None if they are equal. Of texts that differ in more, 4,000 lines from the first difference on are compared.

    Examples
    --------
    >>> found = diff_texts("opt = SGD(lr)\\nfit()", "opt = Adam(lr)\\nfit()")
    >>> [(line.sign, line.text, line.marks) for line in found.hunks[0]]
    [('-', 'opt = SGD(lr)', ((6, 9),)), ('+', 'opt = Adam(lr)', ((6, 10),)), (' ', 'fit()', ())]
    """
    if old == new:
        return None
    before, after = old.splitlines(), new.splitlines()
    if before == after:  # only the ends of lines differ
        return TextDiff((), 0, 0, len(before), len(after))
    start, end = _alike_ends(before, after)
    is_partial = min(len(before), len(after)) > start + end and max(len(before), len(after)) - start - end > _MOST_READ
    if is_partial:
        end = 0
        seen = before[: start + _MOST_READ], after[: start + _MOST_READ]
    else:
        seen = before, after  # what only one of them has needs no comparing
    groups = list(_grouped(*seen, start, end, context))
    hunks = tuple(tuple(_hunk(before, after, group)) for group in groups)
    changed = [(code[2] - code[1], code[4] - code[3]) for group in groups for code in group if code[0] != "equal"]
    removed, added = sum(n for n, _ in changed), sum(n for _, n in changed)
    return TextDiff(hunks, removed, added, len(before), len(after), is_partial=is_partial).first(most)


Code = tuple[str, int, int, int, int]


def _alike_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines both have alike at the beginning, and at the end."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _grouped(old: Sequence[str], new: Sequence[str], start: int, end: int, context: int) -> Iterator[list[Code]]:
    """Stretches of changes with equal lines around them, without the lines that are alike at both ends."""
    low = max(start - context, 0)
    spare = max(end - context, 0)
    cut_old, cut_new = old[low : len(old) - spare], new[low : len(new) - spare]
    matcher = SequenceMatcher(None, cut_old, cut_new, autojunk=max(len(cut_old), len(cut_new)) > _EXACT)
    for group in matcher.get_grouped_opcodes(context):
        yield [(tag, a + low, b + low, c + low, d + low) for tag, a, b, c, d in group]


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[Code]) -> Iterator[Line]:
    for tag, i1, i2, j1, j2 in group:
        if tag == "equal":
            for place in range(i2 - i1):
                yield Line(" ", i1 + place + 1, j1 + place + 1, _cut(old[i1 + place]))
            continue
        pairs = [marks(_cut(old[i]), _cut(new[j])) for i, j in zip(range(i1, i2), range(j1, j2), strict=False)]
        for place in range(i2 - i1):
            yield Line("-", i1 + place + 1, None, _cut(old[i1 + place]), pairs[place][0] if place < len(pairs) else ())
        for place in range(j2 - j1):
            yield Line("+", None, j1 + place + 1, _cut(new[j1 + place]), pairs[place][1] if place < len(pairs) else ())


def marks(old: str, new: str) -> tuple[Marks, Marks]:
    """The stretches of two lines that differ, word by word; none where the lines have little in common."""
    if len(old) > _MOST_MARKED or len(new) > _MOST_MARKED:
        return _middle(old, new)
    a, b = _TOKENS.findall(old), _TOKENS.findall(new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    same = sum(len(token) for block in matcher.get_matching_blocks() for token in a[block.a : block.a + block.size])
    if same < _ALIKE * max(len(old), len(new), 1):
        return (), ()
    left, right = [0], [0]
    for token in a:
        left.append(left[-1] + len(token))
    for token in b:
        right.append(right[-1] + len(token))
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        _joined(((left[i1], left[i2]) for _, i1, i2, _, _ in codes), old),
        _joined(((right[j1], right[j2]) for _, _, _, j1, j2 in codes), new),
    )


def _joined(spans: Iterator[tuple[int, int]], text: str) -> Marks:
    """Stretches that only blanks keep apart are one."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if start == end:
            continue
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def _middle(old: str, new: str) -> tuple[Marks, Marks]:
    """Of long lines, all between the first and the last difference."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    end = next((at for at in range(most - start) if old[-1 - at] != new[-1 - at]), most - start)
    spans = (start, len(old) - end), (start, len(new) - end)
    return tuple((span,) if span[0] < span[1] else () for span in spans)  # type: ignore[return-value]


def _cut(line: str) -> str:
    return line if len(line) <= _LONG_LINE else f"{line[: _LONG_LINE - 1]}…"


def _lines(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"
