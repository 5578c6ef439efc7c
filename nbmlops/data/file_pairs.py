"""Files that were modified, side by side: pictures, texts, sounds."""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import MLError
from nbmlops.ui import format as fmt
from nbmlops.ui.html import escape
from nbmlops.ui.linediff import TextDiff, diff_texts

if TYPE_CHECKING:
    from nbmlops.data.outcome import DataDiff

MOST: Final = 12
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_LARGEST: Final = 20_000_000
_SIDE: Final = 128
_LINES: Final = 40
_PEAKS: Final = 64


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
                parts.append(f'<figure style="margin:0"><img src="{picture}" alt="{name}"><br>{name}</figure>')
            parts.append("</div>")
        if self.lines is not None:
            lines = [f"{line.sign} {line.text}" for hunk in self.lines.hunks for line in hunk]
            parts.append(f'<pre class="nbm-diff">{"".join(escape(line) + chr(10) for line in lines)}</pre>')
        if self.peaks:
            parts.append("".join(_wave(each) for each in self.peaks))
        return "".join(parts)


def pairs(diff: DataDiff) -> list[FilePair]:
    """The first files that were modified, looked into; those that cannot be are told by their size."""
    files = diff.found.files
    assert files is not None
    found = []
    for before, after in files.modified[:MOST]:
        sizes = f"{fmt.size(before.size_bytes)} → {fmt.size(after.size_bytes)}"
        if max(before.size_bytes, after.size_bytes) > _LARGEST or before.digest == after.digest:
            why = sizes if before.digest != after.digest else "permission to run"
            found.append(FilePair(after.path, "other", why))
            continue
        try:
            one, two = diff.before.open(before.digest, before.path), diff.after.open(after.digest, after.path)
        except MLError as error:
            found.append(FilePair(after.path, "other", f"{sizes}; {error.message}"))
            continue
        found.append(_pair(after.path, one, two, sizes))
    return found


def _pair(path: str, one: bytes, two: bytes, sizes: str) -> FilePair:
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _PICTURES and (pictures := _images(path, one, two)) is not None:
        return pictures
    if suffix == ".wav" and (sound := _sounds(path, one, two)) is not None:
        return sound
    try:
        texts = one.decode(), two.decode()
    except UnicodeDecodeError:
        return FilePair(path, "other", sizes)
    if "\0" in texts[0] + texts[1]:
        return FilePair(path, "other", sizes)
    lines = diff_texts(*texts, most=_LINES)
    return FilePair(path, "text", sizes if lines is None else lines.said, lines=lines)


def _images(path: str, one: bytes, two: bytes) -> FilePair | None:
    """Two pictures, with what differs; None where they cannot be read."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError:
        return None
    import numpy as np

    try:
        before, after = (Image.open(io.BytesIO(data)).convert("RGBA") for data in (one, two))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    shown = [_thumbnail(before), _thumbnail(after)]
    if before.size != after.size:
        said = f"{before.size[0]} × {before.size[1]} → {after.size[0]} × {after.size[1]} pixels"
        return FilePair(path, "image", said, tuple(shown))
    differs = np.abs(np.asarray(before).astype(np.int16) - np.asarray(after).astype(np.int16)).max(axis=2)
    share = float((differs > 0).mean())
    heat = np.zeros((*differs.shape, 4), dtype=np.uint8)
    heat[..., 0], heat[..., 3] = 217, np.where(differs > 0, np.maximum(differs, 64), 0)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    where = ""
    if len(rows):
        where = f", within {columns[0]}, {rows[0]} to {columns[-1]}, {rows[-1]}"
    said = f"{share * 100:.3g} % of the pixels changed{where}" if share else "the same pixels, written anew"
    return FilePair(path, "image", said, (*shown, _thumbnail(Image.fromarray(heat, "RGBA"))))


def _thumbnail(picture: Any) -> str:
    small = picture.copy()
    small.thumbnail((_SIDE, _SIDE))
    sink = io.BytesIO()
    small.save(sink, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(sink.getvalue()).decode()}"


def _sounds(path: str, one: bytes, two: bytes) -> FilePair | None:
    """Two sounds by their duration and loudness; None where they cannot be read."""
    try:
        (before, low), (after, high) = _sound(one), _sound(two)
    except (wave.Error, EOFError, ValueError):
        return None
    return FilePair(path, "audio", f"{fmt.duration(before)} → {fmt.duration(after)}", peaks=(low, high))


def _sound(data: bytes) -> tuple[float, tuple[float, ...]]:
    import numpy as np

    with wave.open(io.BytesIO(data)) as sound:
        frames, rate, width = sound.getnframes(), sound.getframerate(), sound.getsampwidth()
        raw = sound.readframes(frames)
    kinds: dict[int, Any] = {1: np.uint8, 2: np.int16, 4: np.int32}
    if width not in kinds:
        raise ValueError(f"{width} bytes a sample")
    values = np.frombuffer(raw, dtype=kinds[width]).astype(np.float64)
    values = np.abs(values - 128) / 128 if width == 1 else np.abs(values) / float(2 ** (8 * width - 1))
    parts = np.array_split(values, min(_PEAKS, max(len(values), 1)))
    return frames / rate, tuple(round(float(part.max()), 3) if len(part) else 0.0 for part in parts)


def _wave(peaks: tuple[float, ...]) -> str:
    path = "".join(f"M{at * 3 + 1} {16 - peak * 15:.1f}V{16 + peak * 15:.1f}" for at, peak in enumerate(peaks))
    size = 'width="192" height="32" viewBox="0 0 192 32"'
    return f'<svg {size} aria-hidden="true"><path d="{path}" stroke="currentColor" fill="none"/></svg> '
