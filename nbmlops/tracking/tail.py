"""The points that a run logs, read back from this session's own journal while they are written.

What logs pays nothing for it: the lines are on their way to the store anyway. A look takes few milliseconds, whatever
was logged since the last one: of a flood some lines are read, spread over all that came.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import orjson

from nbmlops.tracking.downsample import kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nbmlops.storage.session import Session

_MOST_BYTES: Final = 8 << 20  # a look; of more the newest
_MOST_READ: Final = 1 << 17  # of them so much is read line by line: about a thousand lines
_MOST_POINTS: Final = 4000  # a metric, then every second one goes
_MOST_METRICS: Final = 100
_RARE: Final = 50  # lines of a key that so few lines hold are looked for
_LOG, _BATCH = b'{"t":"tracking.log"', b'{"t":"tracking.batch"'


class Points:
    """One metric as far as it was seen; extremes stay."""

    def __init__(self) -> None:
        self.count = 0
        self._steps: list[float] = []
        self._values: list[float] = []

    def add(self, steps: Iterable[float], values: Iterable[float]) -> None:
        """Take in more points."""
        before = len(self._values)
        self._steps += steps
        self._values += values
        self.count += len(self._values) - before
        if len(self._values) > _MOST_POINTS:
            steps_, values_ = self.columns()
            chosen = kept(values_, _MOST_POINTS // 2)
            self._steps, self._values = steps_[chosen].tolist(), values_[chosen].tolist()

    def columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Steps in order, and values."""
        import numpy as np

        steps, values = np.array(self._steps, dtype=np.float64), np.array(self._values, dtype=np.float64)
        if len(steps) > 1 and not (steps[1:] >= steps[:-1]).all():
            order = np.argsort(steps, kind="stable")
            steps, values = steps[order], values[order]
        return steps, values


class Tail:
    """What one run logs in this process, from now on."""

    def __init__(self, session: Session, run_id: str) -> None:
        self.metrics: dict[str, Points] = {}
        self.is_whole = True  # no line was passed over
        self._writer = session.writer
        self._journal = session.writer.journal
        self._at = self._journal.written if self._journal is not None else 0
        self._needle = f'"run":"{run_id}"'.encode()
        self._known: dict[str, int] = {}

    def look(self, logged: Mapping[str, int] | None = None) -> bool:
        """Read what is new; False if nothing is.

        Parameters
        ----------
        logged
            How many points of each metric there are by now: of a flood, what was logged seldom is looked for.
        """
        logged = dict(logged or {})  # before the lines are: what is counted has been written
        data = self._new()
        if not data:
            return False
        if len(data) <= _MOST_READ:
            lines = self._own(data.splitlines())
        else:
            self.is_whole = False
            rare = [key for key, count in logged.items() if 0 < count - self._known.get(key, 0) <= _RARE]
            lines = self._own(dict.fromkeys((*_spread(data), *_holding(data, rare))))
        self._known = logged
        is_new = False
        for line in lines:
            try:
                self._take(orjson.loads(line))
                is_new = True
            except (orjson.JSONDecodeError, TypeError, ValueError, KeyError):
                continue  # a line that the disk took half of
        return is_new

    def _own(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        return (line for line in lines if line.startswith((_LOG, _BATCH)) and self._needle in line)

    def _new(self) -> bytes:
        """Complete lines that were not seen."""
        journal = self._writer.journal
        if journal is None:
            return b""
        if journal is not self._journal:  # the session goes on in another file, with what the old one held
            if self._journal is None or journal.path != self._journal.path:
                self._at = journal.written
            self._journal = journal
        end = journal.written
        skipped = end - self._at > _MOST_BYTES
        if skipped:
            self.is_whole = False
            self._at = end - _MOST_BYTES
        try:
            data = os.pread(journal.fd, end - self._at, self._at) if end > self._at else b""
        except OSError:  # the descriptor was let go of
            return b""
        stop = data.rfind(b"\n") + 1
        self._at += stop
        return data[data.find(b"\n") + 1 : stop] if skipped else data[:stop]

    def _take(self, record: Mapping[str, Any]) -> None:
        if record["t"] == "tracking.log":
            step = (float(record["s"]),)
            for key, value in record["m"].items():
                if (points := self._points(key)) is not None:
                    points.add(step, (float(value),))
        else:
            steps = [float(step) for step in record["s"]]
            for key, column in record["c"].items():
                if (points := self._points(key)) is not None:
                    points.add(steps, [float(value) for value in column])

    def _points(self, key: str) -> Points | None:
        if key not in self.metrics and len(self.metrics) >= _MOST_METRICS:
            return None
        return self.metrics.setdefault(key, Points())


def _spread(data: bytes) -> Iterator[bytes]:
    """Lines from everywhere in the data, about as many bytes as one look may read; the last one is among them."""
    last = data.rfind(b"\n", 0, -1) + 1
    taken = at = 0
    stride = len(data) / _MOST_READ
    while at < last:
        end = data.find(b"\n", at) + 1
        yield data[at : end - 1]
        taken += end - at
        at = max(int(taken * stride), end)
        if at < last:
            at = data.find(b"\n", at - 1) + 1
    yield data[last:-1]


def _holding(data: bytes, keys: Iterable[str]) -> Iterator[bytes]:
    """Lines that hold one of the keys."""
    for key in keys:
        needle, at = orjson.dumps(key) + b":", 0
        for _ in range(_RARE):
            if (place := data.find(needle, at)) < 0:
                break
            at = data.find(b"\n", place)
            yield data[data.rfind(b"\n", 0, place) + 1 : at]
