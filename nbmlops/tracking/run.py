"""The handle of a run that is being written."""

from __future__ import annotations

import mimetypes
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import watching
from nbmlops.errors import RecordError, Stopped, StoreError
from nbmlops.storage import control
from nbmlops.storage.ids import new_id
from nbmlops.storage.session import Session
from nbmlops.tracking import current, numbers, recent, sessions, system_use, values
from nbmlops.tracking.metric_log import MetricLog

if TYPE_CHECKING:
    import contextvars

    from nbmlops.tracking.parameters import Param

STATUSES: Final = ("finished", "failed", "interrupted", "stopped", "pruned")


class Run(MetricLog):
    """One run being written; what ``ml.run``, ``ml.begin`` and ``ml.resume`` return.

    Usable from any thread, from forked children, and after an error in the user's code. As a context
    manager it ends with the block: finished, failed, interrupted or stopped, as the block ended.
    """

    def __init__(
        self,
        session: Session,
        run_id: str,
        name: str | None,
        experiment: str,
        *,
        prefix: str = "",
        is_mine: bool = True,
    ) -> None:
        super().__init__(prefix)
        self.id = run_id
        self.name = name
        self.experiment = experiment
        self.session = session
        self.is_mine = is_mine  # this process began or resumed it, so it ends it
        self.parent_id: str | None = None
        self.is_open = True
        self.started = time.monotonic()
        self.status = "running"
        self.param_texts: dict[str, str] = {}  # parameters recorded through this handle, as JSON text
        self.is_whole = True  # everything of the run went through this handle
        self._number: int | None = None
        self._stop_asked = False
        self._ending = threading.Lock()
        self._token: contextvars.Token[Any] | None = None

    @classmethod
    def joined(cls, run_id: str, prefix: str) -> Run:
        """Return a handle on the run of the process that started this one; it is never ended from here."""
        run = cls(sessions.current(), run_id, None, "", prefix=prefix, is_mine=False)
        run.session.on_look.append(run._look_for_stop)
        return run

    def take_up(self, number: int | None, counts: Mapping[str, int], kinds: Mapping[str, str]) -> None:
        """Go on counting where a resumed run was."""
        self.is_whole = False
        self._number = number
        self._counts.update(counts)
        self._kinds.update({**dict.fromkeys(counts, "number"), **kinds})

    # -- who it is

    @property
    def number(self) -> int | None:
        """The run's number in this store; None while the store cannot be read."""
        if self._number is None:
            try:
                self._number = self.session.store.read(self._ask_number)
            except StoreError:
                return None
        return self._number

    def _ask_number(self, con: Any) -> int | None:
        row = con.execute("SELECT number FROM _nbm.run_numbers WHERE run_id = ?", [self.id]).fetchone()
        return int(row[0]) if row else None

    @property
    def number_hint(self) -> int | None:
        """The number as far as it is known without asking the store."""
        return self._number

    @property
    def label(self) -> str:
        """What to call the run in a message, without asking the store."""
        who = f"#{self._number}" if self._number is not None else self.id[-4:]
        return f"{who} {self.name}" if self.name else who

    def is_named(self, ref: str | int) -> bool:
        """Tell whether a reference means this run: its number, name, or the end of its id."""
        text = str(ref).strip().removeprefix("#")
        if text.isdigit() and len(text) < 16:
            return self.number == int(text)
        return text in (self.name, self.id) or (len(text) >= 4 and self.id.endswith(text))

    def __repr__(self) -> str:
        return f"<run {self.label}, {self.status}>"

    # -- everything else

    def params(self, mapping: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        """Record parameters (origin ``log``); a later value of the same key replaces the earlier one."""
        from nbmlops.tracking.parameters import Param

        given = dict(values.flatten({**values.as_mapping("ml.params", mapping), **named}))
        self.record_params([Param(key, value, "log") for key, value in given.items()])

    def record_params(self, params: Iterable[Param]) -> None:
        """Record parameters with their origins; secrets are redacted before anything is written."""
        from nbmlops.tracking.parameters import encode
        from nbmlops.tracking.redact import redact_value

        rows = []
        for param in params:
            text, number = encode(redact_value(param.key, param.value))
            self.param_texts[param.key] = text
            rows.append({"k": values.check_key(param.key), "v": text, "x": _exact(number), "o": param.origin})
        session = sessions.current()
        for start in range(0, len(rows), 100):  # a value is at most 8 KiB, a line 1 MiB
            session.append("tracking.params", {"run": self.id, "p": rows[start : start + 100]})

    def tag(self, *names: str, **named: Any) -> None:
        """Tag the run: ``run.tag("best", team="vision")``; ``run.tag(best=None)`` takes a tag away."""
        self.set_tags({**dict.fromkeys(names, ""), **named})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags by a mapping; None takes one away."""
        from nbmlops.tracking.redact import redact_value

        texts = {
            values.check_key(key): None if value is None else str(redact_value(key, str(value)))[:10_000]
            for key, value in tags.items()
        }
        if texts:
            sessions.current().append("tracking.tags", {"run": self.id, "tags": texts})

    def note(self, text: str) -> None:
        """Set the run's note; an empty text clears it."""
        from nbmlops.tracking.redact import redact

        self.set_field("note", redact(str(text))[0][:100_000] or None)

    def set_field(self, field: str, value: str | None) -> None:
        """Set a field that can change (name, note, experiment, deleted, git_sha, ...); the newest wins."""
        sessions.current().append("tracking.run.set", {"run": self.id, "field": field, "value": value})

    def artifact(self, path: str | Path, name: str | None = None) -> None:
        """Keep a file, or every file of a folder, as it is now.

        Parameters
        ----------
        path
            A file or a folder (walked; links to folders are not followed).
        name
            Path of the artifact in the run; default: the file's or folder's name.
        """
        if self.needs_look:
            self._look()
        source = Path(path)
        name = values.check_key(name or source.name)
        if source.is_dir():
            files = sorted(place for place in source.rglob("*") if place.is_file())
            pairs = [(f"{name}/{place.relative_to(source).as_posix()}", place) for place in files]
        else:
            if "." not in Path(name).name and source.suffix:
                name += source.suffix
            pairs = [(name, source)]
        session = sessions.current()
        for key, place in pairs:
            sha256, size = session.store.blobs.put_file(place)
            mime = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
            session.append(
                "tracking.artifact", {"run": self.id, "path": key, "sha256": sha256, "size": size, "mime": mime}
            )

    # -- stopping and ending

    def stop(self) -> None:
        """Ask the run to stop, wherever it runs: its next log call raises ``ml.Stopped``."""
        control.request_stop(self.session.store.layout, self.id)

    def _look_for_stop(self) -> None:
        """Four times a second, on the thread that only looks."""
        if self.is_open and not self._stop_asked and control.stops(self.session.store.layout, (self.id,)):
            self._stop_asked = self.needs_look = True

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether somebody asked for it, as far as was seen by now."""
        return self._stop_asked

    def heed(self) -> None:
        """Raise ``Stopped`` if somebody asked for it; an ended run has nothing to heed."""
        if self.is_open and self.needs_look:
            self._look()

    def _look(self) -> None:
        if not self.is_open:
            raise RecordError(
                f"run {self.label} has ended ({self.status}); nothing more can be logged into it",
                f"`ml.resume({self.id[-6:]!r})` goes on with it",
            )
        if self._stop_asked:
            self.needs_look = False  # once: what the user's code does about it is logged again
            control.clear_stop(self.session.store.layout, self.id)
            raise Stopped(f"run {self.label} was asked to stop", "what was logged before is kept")

    def end(
        self,
        status: str = "finished",
        *,
        error_name: str | None = None,
        error_message: str | None = None,
        duration_s: float | None = None,
    ) -> None:
        """End the run; ending it twice does nothing.

        Parameters
        ----------
        status
            finished, failed, interrupted, stopped or pruned.
        error_name, error_message
            What ended it, if something did.
        duration_s
            Seconds it took, if the caller measured; default: since it was begun.
        """
        if status not in STATUSES:
            raise RecordError(f"a run cannot end as {status!r}", f"one of {', '.join(STATUSES)}")
        with self._ending:
            if not self.is_open or not self.is_mine:
                return
            self.is_open, self.needs_look, self.status = False, True, status
        session = sessions.current()
        if error_message is not None:
            from nbmlops.tracking.redact import redact

            error_message = redact(error_message)[0][:4000]
        watching.end(self.id)
        taken = time.monotonic() - self.started if duration_s is None else duration_s
        payload = {"run": self.id, "status": status, "duration": taken}
        session.append("tracking.run.end", {**payload, "error_name": error_name, "error_message": error_message})
        if self._look_for_stop in session.on_look:
            session.on_look.remove(self._look_for_stop)
        control.clear_stop(session.store.layout, self.id)
        current.closed(self)
        if self.parent_id is None:
            recent.note_end(session, self)
        session.ingest_soon()

    def __enter__(self) -> Run:
        from nbmlops import context

        self._token = context.run.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from nbmlops import context

        if self._token is not None:
            try:
                context.run.reset(self._token)
            except ValueError:  # left in another context than it was entered in
                context.run.set(None)
            self._token = None
        status = how_it_ended(error)
        if status == "finished":
            self.end()
        else:
            self.end(status, error_name=kind.__name__ if kind else None, error_message=_message(error))


def how_it_ended(error: BaseException | None) -> str:
    """Return the status of a run whose block was left by this exception."""
    import asyncio

    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return "finished"
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError | GeneratorExit):
        return "interrupted"
    return "stopped" if isinstance(error, Stopped) else "failed"


def _message(error: BaseException | None) -> str:
    try:
        return str(error)
    except Exception as inner:  # noqa: BLE001 - a stranger's __str__ must not break the user's cell
        return f"<its text raises {type(inner).__name__}>"


def _exact(number: float | None) -> Any:
    return None if number is None else values.as_number(number)


def start(
    *,
    name: str | None,
    experiment: str,
    kind: str,
    parent_id: str | None,
    execution_id: str | None = None,
    cell_id: str | None = None,
    ordinal: int | None = None,
    seed: int | None = None,
    is_span: bool = False,
) -> Run:
    """Begin a run: its start is on record when this returns."""
    session = sessions.current()
    run = Run(session, new_id(), name, experiment)
    run._number = numbers.take(session)
    run.parent_id = parent_id
    payload = {
        "run": run.id, "number": run._number, "name": name, "experiment": experiment, "kind": kind, "parent": parent_id,
        "execution": execution_id, "cell": cell_id, "notebook": sessions.notebook(), "ordinal": ordinal, "seed": seed,
    }  # fmt: skip
    session.append("tracking.run.begin", payload)
    if execution_id is not None:
        session.append("tracking.run.execution", {"run": run.id, "execution": execution_id})
    session.on_look.append(run._look_for_stop)
    system_use.watch(session)
    current.opened(run, is_span=is_span)
    recent.note_begin(session, run)
    session.ingest_soon()
    return run
