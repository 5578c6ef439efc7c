"""Files that were modified, side by side: pictures, texts, sounds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from nbmlops.data import picture_pairs, sound_pairs
from nbmlops.data.parties import LiveParty, Party, VersionParty
from nbmlops.errors import MLError
from nbmlops.ui import format as fmt
from nbmlops.ui.html import escape
from nbmlops.ui.linediff import Line, TextDiff, diff_texts

if TYPE_CHECKING:
    from nbmlops.data.folders import FileEntry
    from nbmlops.data.outcome import DataDiff

MOST: Final = 12
_LARGEST: Final = 20_000_000
_PIXELS: Final = 60_000_000  # of all pictures together
_LINES: Final = 40
_WRAPPED: Final = "margin:0;padding:4px 8px;white-space:pre-wrap;overflow-wrap:anywhere"
_CRISP: Final = ' style="min-width:64px;image-rendering:pixelated;outline:1px solid rgba(128,128,128,.4)"'
_LINE: Final = 300  # characters of one


@dataclass(frozen=True)
class FilePair:
    """One file before and after.

    Attributes
    ----------
    kind
        ``image``, ``text``, ``audio`` or ``other``.
    said
        What changed, in words.
    pictures
        Of images: before, after and where they differ, as data addresses.
    lines
        Of texts.
    peaks
        Of sounds: the loudest of each of 64 stretches, before and after, 0 to 1.
    """

    path: str
    kind: str
    said: str
    pictures: tuple[str, ...] = ()
    lines: TextDiff | None = None
    peaks: tuple[tuple[float, ...], ...] = field(default=())

    def data(self) -> dict[str, Any]:
        """As plain data."""
        from nbmlops.ui.sections import diff_data

        said: dict[str, Any] = {"path": self.path, "kind": self.kind, "said": self.said}
        if self.pictures:
            said["pictures"] = list(self.pictures)
        if self.lines is not None:
            said["diff"] = diff_data(self.lines)
        return said | ({"peaks": self.peaks} if self.peaks else {})

    def text(self) -> str:
        """As plain text."""
        head = f"{self.path}   {self.said}"
        if self.lines is None:
            return head
        return "\n".join([head, *(f"{line.sign} {line.text}" for hunk in self.lines.hunks for line in hunk)])

    def html(self) -> str:
        """As static HTML."""
        parts = [f'<div class="nbm-foot"><b>{escape(self.path)}</b> {escape(self.said)}</div>']
        if self.pictures:
            names = ("before", "after", "where they differ")
            parts.append('<div style="display:flex;gap:8px;padding:4px 8px">')
            for name, picture in zip(names, self.pictures, strict=False):
                parts.append(f'<figure style="margin:0"><img src="{picture}" alt="{name}"{_CRISP}><br>{name}</figure>')
            parts.append("</div>")
        if self.lines is not None:
            lines = "".join(_drawn(line) for hunk in self.lines.hunks for line in hunk)
            parts.append(f'<pre class="nbm-diff" style="{_WRAPPED}">{lines}</pre>')
        if self.peaks:
            parts.append("".join(_wave(each) for each in self.peaks))
        return "".join(parts)


def _drawn(line: Line) -> str:
    """A line in colour, which stands inline: style sheets are taken away elsewhere."""
    tint = {"-": ' style="background:rgba(217,69,58,.14)"', "+": ' style="background:rgba(47,143,62,.16)"'}
    return f"<span{tint.get(line.sign, '')}>{escape(f'{line.sign} {line.text}')}</span>\n"


_looked: WeakKeyDictionary[DataDiff, list[FilePair]] = WeakKeyDictionary()


def pairs(diff: DataDiff) -> list[FilePair]:
    """The first files that were modified, looked into once; those that cannot be are told by their size."""
    if diff not in _looked:
        files = diff.found.files
        assert files is not None
        found, room = [], _PIXELS
        for before, after in files.modified[:MOST]:
            pair, used = _looked_into(diff, before, after, room)
            found.append(pair)
            room -= used
        _looked[diff] = found
    return _looked[diff]


def named(party: Party, path: str) -> str:
    """A file's path in its folder; of a single file, which has none, its name."""
    if path:
        return path
    if isinstance(party, VersionParty):
        return str(party.manifest.form.get("name") or party.label)
    return party.thing.root.name if isinstance(party, LiveParty) and party.thing.root is not None else party.label


def both_named(diff: DataDiff, before: str, after: str) -> str:
    """A file of both sides by its name; two single files may be called differently."""
    one, two = named(diff.before, before), named(diff.after, after)
    return two if one == two or before or after else f"{one} → {two}"


def _looked_into(diff: DataDiff, before: FileEntry, after: FileEntry, room: int) -> tuple[FilePair, int]:
    """A pair, and how many pixels had to be read of the so many that may be."""
    path = both_named(diff, before.path, after.path)
    sizes = f"{fmt.size(before.size_bytes)} → {fmt.size(after.size_bytes)}"
    if before.digest == after.digest:
        return FilePair(path, "other", "permission to run"), 0
    if max(before.size_bytes, after.size_bytes) > _LARGEST:
        return FilePair(path, "other", sizes), 0
    suffix = PurePosixPath(named(diff.after, after.path)).suffix.lower()
    try:
        one, two = diff.before.open(before.digest, before.path), diff.after.open(after.digest, after.path)
        if suffix in picture_pairs.SUFFIXES:
            seen = picture_pairs.compared(one, two, min(room, picture_pairs.MOST_PIXELS))
            if seen is not None:
                return FilePair(path, "image", seen[0], seen[1]), seen[2]
        if suffix in sound_pairs.SUFFIXES and (heard := sound_pairs.compared(one, two)) is not None:
            return FilePair(path, "audio", heard[0], peaks=heard[1]), 0
        return _texts(path, one, two, sizes), 0
    except MLError as error:
        return FilePair(path, "other", f"{sizes}; {error.message}"), 0
    except Exception:  # noqa: BLE001 - readers of damaged files fail in any way; the other files are shown all the same
        return FilePair(path, "other", f"{sizes}; not readable as what its name says"), 0


def _texts(path: str, one: bytes, two: bytes, sizes: str) -> FilePair:
    try:
        texts = one.decode(), two.decode()
    except UnicodeDecodeError:
        return FilePair(path, "other", sizes)
    if "\0" in texts[0] + texts[1]:
        return FilePair(path, "other", sizes)
    lines = diff_texts(*texts, most=_LINES)
    if lines is None:  # cannot be: their bytes differ
        return FilePair(path, "text", sizes)
    hunks = tuple(tuple(map(_narrowed, hunk)) for hunk in lines.hunks)
    return FilePair(path, "text", lines.said, lines=replace(lines, hunks=hunks))


def _narrowed(line: Line) -> Line:
    """A line around the first thing that differs in it: nobody reads hundreds of characters side by side."""
    if len(line.text) <= _LINE:
        return line
    start = max(line.marks[0][0] - _LINE // 4, 0) if line.marks else 0
    start = min(start, len(line.text) - _LINE)
    head, tail = "…" if start else "", "…" if start + _LINE < len(line.text) else ""
    shift = len(head) - start
    spans = ((max(one, start) + shift, min(two, start + _LINE) + shift) for one, two in line.marks)
    return replace(
        line,
        text=f"{head}{line.text[start : start + _LINE]}{tail}",
        marks=tuple((one, two) for one, two in spans if one < two),
    )


def _wave(peaks: tuple[float, ...]) -> str:
    path = "".join(f"M{at * 3 + 1} {16 - peak * 15:.1f}V{16 + peak * 15:.1f}" for at, peak in enumerate(peaks))
    size = 'width="192" height="32" viewBox="0 0 192 32"'
    return f'<svg {size} aria-hidden="true"><path d="{path}" stroke="currentColor" fill="none"/></svg> '
