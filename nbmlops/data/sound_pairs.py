"""Two sounds: how long they are, how loud, and how many of their samples differ."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES: Final = (".wav",)
PEAKS: Final = 64


@dataclass(frozen=True)
class _Sound:
    """Samples (of all channels in turn), and what they mean."""

    samples: NDArray[np.int32]
    channels: int
    rate: int
    bits: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.channels / self.rate

    @property
    def peaks(self) -> tuple[float, ...]:
        """The loudest of each of 64 stretches, 0 to 1."""
        import numpy as np

        parts = np.array_split(self.samples, min(PEAKS, max(len(self.samples), 1)))
        full = 2.0 ** (self.bits - 1)
        loudest = [max(-float(part.min()), float(part.max())) if len(part) else 0.0 for part in parts]
        return tuple(round(abs(each) / full, 3) for each in loudest)


def compared(one: bytes, two: bytes) -> tuple[str, tuple[tuple[float, ...], ...]] | None:
    """What to say of two sounds, and the loudest of each of 64 stretches of both; None where one is none."""
    try:
        before, after = _sound(one), _sound(two)
    except (wave.Error, EOFError, ValueError, RuntimeError):  # RuntimeError: a chunk that ends outside of the file
        return None
    return ", ".join(_said(before, after)), (before.peaks, after.peaks)


def _said(before: _Sound, after: _Sound) -> list[str]:
    import numpy as np

    said = [f"{fmt.duration(before.seconds)} → {fmt.duration(after.seconds)}"]
    for name in ("rate", "channels", "bits"):
        one, two = getattr(before, name), getattr(after, name)
        if one != two:
            unit = {"rate": "Hz", "channels": "channels", "bits": "bits"}[name]
            said.append(f"{fmt.number(one)} → {fmt.number(two)} {unit}")
    if len(said) > 1 or len(before.samples) != len(after.samples):
        return said
    share = float(np.mean(before.samples != after.samples)) if len(before.samples) else 0.0
    what = f"{share * 100:.3g} % of the samples changed" if share else "the same samples, written anew"
    return [fmt.duration(before.seconds), what]


def _sound(data: bytes) -> _Sound:
    with wave.open(io.BytesIO(data)) as sound:
        rate, width, channels = sound.getframerate(), sound.getsampwidth(), sound.getnchannels()
        raw = sound.readframes(sound.getnframes())
    if not rate or not channels:
        raise ValueError(f"{rate} Hz, {channels} channels")
    return _Sound(_samples(raw, width), channels, rate, 8 * width)


def _samples(raw: bytes, width: int) -> NDArray[np.int32]:
    """Samples as signed numbers; those of one byte are unsigned in a file."""
    import numpy as np

    raw = raw[: len(raw) // width * width]
    if width == 3:
        parts = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
        wide = np.zeros((len(parts), 4), dtype=np.uint8)
        wide[:, 1:] = parts
        return wide.view("<i4")[:, 0] >> 8
    kinds: dict[int, Any] = {1: np.uint8, 2: "<i2", 4: "<i4"}
    if width not in kinds:
        raise ValueError(f"{width} bytes a sample")
    found = np.frombuffer(raw, dtype=kinds[width]).astype(np.int32)
    return found - 128 if width == 1 else found
