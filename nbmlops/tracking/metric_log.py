"""Points of metrics and media: the part of a run's handle that must be fast."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from nbmlops.errors import RecordError
from nbmlops.storage import journal
from nbmlops.storage import session as storage_session
from nbmlops.storage.blobs import INLINE_LIMIT
from nbmlops.storage.session import Session
from nbmlops.tracking import sessions, values

_BATCH: Final = 20_000  # points a record
_NEWLINE: Final = orjson.OPT_APPEND_NEWLINE
_EXACT: Final = values.EXACT
_QUICK_KEYS: Final = 1000
_now = time.time_ns
_dumps = orjson.dumps


class MetricLog:
    """Counts, kinds and last values of the keys of one run, and the writing of points."""

    id: str

    def __init__(self, prefix: str) -> None:
        self.last: dict[str, Any] = {}  # newest value of every metric logged through this handle
        self._prefix = prefix
        self._is_quick = not prefix
        self._counts: dict[str, int] = {}  # points so far, of numeric keys only: being in here means "checked"
        self._media_counts: dict[str, int] = {}
        self._kinds: dict[str, str] = {}
        self.needs_look = False  # ended, or asked to stop: looked at before anything is logged

    @property
    def logged(self) -> Mapping[str, int]:
        """How many points of each metric there are, as far as this handle knows."""
        return self._counts

    def has_logged(self, key: str) -> bool:
        """Tell whether anything was logged under ``key`` through this handle."""
        return key in self._kinds

    def _look(self) -> None:
        """Raise if nothing may be logged now."""
        raise NotImplementedError

    def artifact(self, path: str | Path, name: str | None = None) -> None:
        """Keep a file or folder."""
        raise NotImplementedError

    def log(self, mapping: Mapping[str, Any] | None = None, /, *, step: float | None = None, **named: Any) -> None:
        """Log values at a step.

        Parameters
        ----------
        mapping, **named
            Numbers become points of metrics; text, figures, tables and images go to the series of their
            key; ``pathlib.Path`` files and folders become artifacts. Nested mappings give ``a/b`` keys.
        step
            Any finite number; left out, it is the count of that key so far (0, 1, 2, ...).

        Raises
        ------
        RecordError
            The run has ended, or a value or key cannot be logged. Nothing of the call is kept then.
        Stopped
            Somebody asked this run to stop.

        Notes
        -----
        Costs one ``write`` of a line, some microseconds; never waits for a lock.
        """
        self.write_points(mapping, step, named)

    def write_points(self, mapping: Mapping[str, Any] | None, step: float | None, named: dict[str, Any]) -> None:
        """Log: the quick way for finite numbers under keys seen before, else the careful one."""
        if self.needs_look:
            self._look()
        if mapping is not None:
            named = {**dict(values.flatten(values.as_mapping("ml.log", mapping))), **named}
        if step is not None and type(step) is not int and (type(step) is not float or step - step != 0.0):
            step = values.check_step(step)
        counts = self._counts
        first = None
        for key, value in named.items():
            kind = type(value)
            if (kind is float and value - value == 0.0) or (kind is int and -_EXACT <= value <= _EXACT):
                count = counts.get(key)
                if first is None:
                    first = count
                if count is not None and (step is not None or count == first):
                    continue
            break
        else:
            if self._is_quick and len(named) <= _QUICK_KEYS:
                session = storage_session._current or sessions.current()
                record = {
                    "t": "tracking.log", "v": 1, "n": next(session.numbers), "ns": _now(), "run": self.id,
                    "s": first if step is None else step, "m": named,
                }  # fmt: skip
                line = _dumps(record, option=_NEWLINE)
                if len(line) <= journal.MAX_LINE:
                    session.write(line)
                    for key in named:
                        counts[key] += 1
                    self.last.update(named)
                    return
        self._log_any(named, step)

    def _log_any(self, named: Mapping[str, Any], step: float | None) -> None:
        """Log what is not just finite numbers under keys seen before. All is checked before any is written."""
        points: dict[float | int, dict[str, Any]] = {}
        media: list[tuple[str, values.Media]] = []
        files: list[tuple[str, Path]] = []
        for raw, value in values.flatten(named, self._prefix):
            key = raw
            if isinstance(value, Path):
                if not value.exists():
                    raise RecordError(f"{key!r} is a path, and there is nothing at {value}", "log a file that exists")
                files.append((key, value))
                continue
            number = values.as_number(value)
            if number is None:
                media.append((key, values.as_media(key, value)))
                self._check_kind(key, media[-1][1].kind)
            else:
                self._check_kind(key, "number")
                at = step if step is not None else self._counts.get(key, 0)
                points.setdefault(at, {})[key] = number
        session = sessions.current()
        for at, group in points.items():
            for piece in _pieces(group):
                session.append("tracking.log", {"run": self.id, "s": at, "m": piece})
            self.last.update(group)
            self._note(group, "number")
        for key, found in media:
            self._append_media(session, key, found, step)
            self._note((key,), found.kind)
        for key, path in files:
            self.artifact(path, key)

    def _check_kind(self, key: str, kind: str) -> None:
        known = self._kinds.get(key)
        if known is not None and known != kind:
            raise RecordError(f"{key!r} holds {known}s in this run; found a {kind}", "log it under another key")

    def _note(self, keys: Iterable[str], kind: str) -> None:
        counts = self._counts if kind == "number" else self._media_counts
        for key in keys:
            self._kinds[key] = kind
            counts[key] = counts.get(key, 0) + 1

    def _append_media(self, session: Session, key: str, found: values.Media, step: float | None) -> None:
        text, sha256, size = found.text, None, 0
        if found.data:
            sha256, size = session.store.blobs.put_bytes(found.data), len(found.data)
        elif text is not None:
            from nbmlops.tracking.redact import redact

            text, _ = redact(text)
            size = len(text.encode("utf-8", "replace"))
            if size > INLINE_LIMIT:
                sha256 = session.store.blobs.put_bytes(text.encode("utf-8", "replace"))
                text = text[:1000]
        at = step if step is not None else self._media_counts.get(key, 0)
        payload = {"run": self.id, "key": key, "s": at, "kind": found.kind, "text": text}
        session.append("tracking.series", {**payload, "sha256": sha256, "mime": found.mime, "size": size})

    def log_batch(self, columns: Mapping[str, Sequence[float]], step: Sequence[float] | None = None) -> None:
        """Log whole columns of points at once.

        Parameters
        ----------
        columns
            Key to a sequence or array of n numbers; all of one length.
        step
            n steps; left out, each key goes on counting.

        Raises
        ------
        RecordError
            Lengths differ, or a value is no number; nothing is kept then.
        """
        if self.needs_look:
            self._look()
        given = values.as_mapping("ml.log_batch", columns, "a mapping of columns", optional=False)
        lists = {key: _number_list(key, column) for key, column in values.flatten(given, self._prefix)}
        steps = None if step is None else _number_list("step", step)
        lengths = {key: len(column) for key, column in lists.items()}
        if steps is not None:
            lengths["step"] = len(steps)
            for number in steps:
                values.check_step(number)
        if len(set(lengths.values())) > 1:
            raise RecordError(
                f"the columns are not of one length: {lengths}", "give every column a value for each step"
            )
        for key in lists:
            self._check_kind(key, "number")
        session = sessions.current()
        for key, column in lists.items():
            first = self._counts.get(key, 0)
            own_steps = steps if steps is not None else list(range(first, first + len(column)))
            for start in range(0, len(column), _BATCH):
                piece = slice(start, start + _BATCH)
                session.append("tracking.batch", {"run": self.id, "s": own_steps[piece], "c": {key: column[piece]}})
            self._kinds[key] = "number"
            self._counts[key] = first + len(column)


def _pieces(group: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Split a mapping so that each piece fits a journal line."""
    piece: dict[str, Any] = {}
    size = 0
    for key, number in group.items():
        piece[key] = number
        size += 6 * len(key) + 40  # the worst that JSON escaping can do
        if size > journal.MAX_LINE // 2:
            yield piece
            piece, size = {}, 0
    if piece:
        yield piece


def _number_list(key: str, column: Any) -> list[Any]:
    """Return a column as JSON numbers."""
    items = column.tolist() if hasattr(column, "tolist") else column
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise RecordError(
            f"column {key!r} is no sequence of numbers; found {values.found(column)}",
            "a list or array for every column, and one for step; ml.log logs single numbers",
        )
    found = []
    for item in list(items):
        number = item if type(item) is float and item - item == 0.0 else values.as_number(item)
        if number is None:
            raise RecordError(
                f"column {key!r} holds {type(item).__name__} {item!r:.60}, which is no number", "log numbers in columns"
            )
        found.append(number)
    return found
