"""Two pictures: how many of their pixels differ, and where, in the numbers that their files hold."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
MOST_PIXELS: Final = 24_000_000  # of all frames of one picture; beyond it would take too long and too much memory
_SIDE: Final = 128
_LARGE: Final = 8000  # bytes of a small one
_STRIP: Final = 1 << 21  # pixels that are compared at once
_DEEP: Final = ("I;16", "I;16B", "I;16L", "I", "F")
_BYTES: Final = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")


@dataclass
class _Found:
    """What was found in the frames."""

    changed: int = 0
    pixels: int = 0
    frames: list[int] = field(default_factory=list)
    box: tuple[int, int, int, int] | None = None
    heat: NDArray[np.uint8] | None = None


def compared(one: bytes, two: bytes, most: int) -> tuple[str, tuple[str, ...], int] | None:
    """What to say of two pictures, and small ones to see: before, after, where they differ; None where one is none.

    At most so many pixels are read, of all frames; how many they were comes last.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ModuleNotFoundError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large and of odd files
        try:
            before, after = (Image.open(io.BytesIO(data)) for data in (one, two))
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
            return None
        return _looked_at(before, after, most)


def _looked_at(before: Any, after: Any, most: int) -> tuple[str, tuple[str, ...], int]:
    counts = [int(getattr(each, "n_frames", 1)) for each in (before, after)]
    said = [f"{_size(before)} → {_size(after)} pixels"] if before.size != after.size else []
    if counts[0] != counts[1]:
        said.append(f"{counts[0]} → {counts[1]} frames")
    area = max(each.size[0] * each.size[1] for each in (before, after))
    if area > most:
        said = said or [f"{_size(before)} pixels: too many to be compared one by one"]
        return ", ".join(said), _drafts(before, after, most), 0
    if before.size != after.size:
        return ", ".join(said), _thumbnails(before, after), area
    if _mode(before) != _mode(after) and {_mode(before), _mode(after)} & set(_DEEP):
        return ", ".join([*said, f"mode {before.mode} → {after.mode}"]), _thumbnails(before, after), area
    frames = min(*counts, max(most // area, 1))
    modes, is_reduced = (before.mode, after.mode), _is_reduced(before) or _is_reduced(after)
    found = _compare(before, after, frames)
    said.append(_said(found, frames, min(counts)))
    if modes[0] != modes[1]:
        said.append(f"mode {modes[0]} → {modes[1]}")
    elif not found.changed and is_reduced:
        said = ["no pixel differs at 8 bits a channel; the files hold more"]
    for each in (before, after):
        if counts != [1, 1]:
            each.seek(found.frames[0] if found.frames else 0)
    heat = [] if found.heat is None else [_heat(found.heat, _small(before.size))]
    return ", ".join(said), (*_thumbnails(before, after), *heat), frames * area


def _said(found: _Found, frames: int, of: int) -> str:
    if frames > 1:
        where = f"{len(found.frames)} of {frames} frames changed" if found.frames else f"the same {frames} frames"
        return where + (f"; the first {frames} of {of} were compared" if frames < of else "")
    rest = "; only the first frame was compared" if of > 1 else ""
    if not found.changed:
        return ("the same pixels" if rest else "the same pixels, written anew") + rest
    share = found.changed / found.pixels * 100
    what = f"{share:.3g} % of the pixels" if share >= 0.01 else _pixels(found.changed)
    left, top, right, bottom = found.box or (0, 0, 0, 0)
    within = f", within {left}, {top} to {right}, {bottom}"
    return f"{what} changed{within}{rest}"


def _compare(before: Any, after: Any, frames: int) -> _Found:
    """Compare frame by frame; what is drawn is of the first that differs."""
    import numpy as np

    found = _Found()
    for at in range(frames):
        if at:
            before.seek(at)
            after.seek(at)
        one, two = _comparable(before, after)
        if one.size != two.size:
            found.frames.append(at)
            continue
        width, height = one.size
        step = max(-(-max(width, height) // _SIDE), 1)
        heat = np.zeros((-(-height // step), -(-width // step)), dtype=np.uint8)
        columns, rows, changed = np.zeros(width, dtype=bool), np.zeros(height, dtype=bool), 0
        for top, part in _strips(one, two, step):
            is_other = part > 0
            changed += int(np.count_nonzero(is_other))
            columns |= is_other.any(axis=0)
            rows[top : top + len(part)] = is_other.any(axis=1)
            edges = np.arange(0, len(part), step), np.arange(0, width, step)
            small = np.maximum.reduceat(np.maximum.reduceat(part, edges[0], axis=0), edges[1], axis=1)
            heat[top // step : top // step + len(small)] = small
        found.pixels += width * height
        found.changed += changed
        if changed:
            found.frames.append(at)
        if found.heat is None and (changed or at == frames - 1):
            found.heat = heat
        if changed and found.box is None:
            x, y = np.flatnonzero(columns), np.flatnonzero(rows)
            found.box = (int(x[0]), int(y[0]), int(x[-1]), int(y[-1]))
    return found


def _strips(one: Any, two: Any, step: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """By how much each pixel differs, 0 to 255, some rows at once."""
    import numpy as np

    width, height = one.size
    high = max(_STRIP // max(width, 1) // step, 1) * step
    for top in range(0, height, high):
        box = (0, top, width, min(top + high, height))
        a, b = (np.asarray(each.crop(box)) for each in (one, two))
        if a.dtype == np.uint8:
            part = np.maximum(a, b) - np.minimum(a, b)
            yield top, part if part.ndim == 2 else part.max(axis=2)
            continue
        same = a == b
        if a.dtype.kind == "f":
            same |= np.isnan(a) & np.isnan(b)
        yield top, np.where(same, np.uint8(0), np.uint8(255))


def _comparable(before: Any, after: Any) -> tuple[Any, Any]:
    """Both in one mode, in which nothing that their files hold is lost."""
    mode = before.mode
    if mode == after.mode and mode in (*_BYTES, *_DEEP) and not {"transparency"} & {*before.info, *after.info}:
        return before, after
    if {mode, after.mode} <= {"1", "L"}:
        return before.convert("L"), after.convert("L")
    return before.convert("RGBA"), after.convert("RGBA")


def _mode(picture: Any) -> str:
    return picture.mode if picture.mode in _DEEP else "bytes"


def _is_reduced(picture: Any) -> bool:
    """Whether its file holds 16 bits a channel, of which Pillow reads 8; it is told only before the pixels are read."""
    return picture.mode not in _DEEP and ";16" in str(getattr(picture, "tile", ""))


def _thumbnails(before: Any, after: Any) -> tuple[str, str]:
    """Small ones, of deep pictures in the same shades."""
    import numpy as np

    if before.mode not in _DEEP or after.mode not in _DEEP:
        return _thumbnail(before), _thumbnail(after)
    small = []
    for each in (before, after):
        step = max(-(-max(each.size) // _SIDE), 1)
        small.append(np.asarray(each)[::step, ::step].astype(np.float64))
    known = [each[np.isfinite(each)] for each in small]
    low = min((float(each.min()) for each in known if each.size), default=0.0)
    high = max((float(each.max()) for each in known if each.size), default=0.0)
    span = (high - low) or 1.0
    shades = [np.nan_to_num((each - low) / span * 255, nan=0, posinf=255, neginf=0).clip(0, 255) for each in small]
    return _png(shades[0].astype(np.uint8)), _png(shades[1].astype(np.uint8))


def _drafts(before: Any, after: Any, most: int) -> tuple[str, ...]:
    """Small ones of pictures that are too large to be read whole; only JPEG can be read at a part of its size."""
    for each in (before, after):
        if each.format == "JPEG":
            each.draft("RGB", (_SIDE, _SIDE))
        if each.size[0] * each.size[1] > most:
            return ()
    return _thumbnail(before), _thumbnail(after)


def _thumbnail(picture: Any) -> str:
    size = _small(picture.size)
    if size == picture.size or picture.mode in ("1", "P", "PA") or picture.mode in _DEEP:
        small = picture.convert("RGBA").resize(size)
    else:
        small = picture.resize(size, reducing_gap=2.0).convert("RGBA")
    return _address(small)


def _small(size: tuple[int, int]) -> tuple[int, int]:
    """The size of a small one."""
    ratio = min(_SIDE / max(size), 1.0)
    return max(round(size[0] * ratio), 1), max(round(size[1] * ratio), 1)


def _heat(strength: NDArray[np.uint8], size: tuple[int, int]) -> str:
    import numpy as np
    from PIL import Image

    heat = np.zeros((*strength.shape, 4), dtype=np.uint8)
    heat[..., 0], heat[..., 3] = 217, np.where(strength > 0, np.maximum(strength, 64), 0)
    return _address(Image.fromarray(heat).resize(size, Image.Resampling.NEAREST))


def _png(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    return _address(Image.fromarray(pixels))


def _address(picture: Any) -> str:
    """As PNG, which every pixel comes through; of photographs, which it makes large, as JPEG."""
    sink, kind = io.BytesIO(), "png"
    picture.save(sink, "PNG", optimize=True)
    is_opaque = picture.mode != "RGBA" or picture.getextrema()[3] == (255, 255)
    if sink.tell() > _LARGE and is_opaque:
        small = io.BytesIO()
        picture.convert("RGB").save(small, "JPEG", quality=85)
        if small.tell() < sink.tell() / 2:
            sink, kind = small, "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(sink.getvalue()).decode()}"


def _pixels(count: int) -> str:
    return f"{fmt.number(count)} pixel{'' if count == 1 else 's'}"


def _size(picture: Any) -> str:
    return f"{fmt.number(picture.size[0])} × {fmt.number(picture.size[1])}"
