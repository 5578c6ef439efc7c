"""One execution of a cell: on record before it runs, ended truthfully after it."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nbmlops.storage.blobs import INLINE_LIMIT
from nbmlops.storage.ids import new_id
from nbmlops.storage.session import Session
from nbmlops.tracking import current, run, sessions
from nbmlops.tracking.redact import redact
from nbmlops.tracking.surroundings import facts

if TYPE_CHECKING:
    from nbmlops.tracking.outputs import OutputItem
    from nbmlops.tracking.parameters import Param
    from nbmlops.tracking.run import Run

MAX_SOURCE: Final = 256 << 10  # characters in the record itself; longer sources go to a blob


class Execution:
    """One execution under way; what ``begin`` returns."""

    def __init__(self, session: Session, execution_id: str, cell_id: str | None) -> None:
        self.id = execution_id
        self.cell_id = cell_id
        self.run_id: str | None = None
        self.started = time.monotonic()
        self.is_over = False
        self._session = session
        self._ordinals = itertools.count()

    def next_ordinal(self) -> int:
        """Return 0 for the first run begun in this execution, 1 for the next, ..."""
        return next(self._ordinals)

    def belongs_to(self, run_id: str) -> None:
        """Note that this execution is part of a run."""
        self.run_id = self.run_id or run_id
        self._session.append("tracking.run.execution", {"run": run_id, "execution": self.id})

    def end(
        self,
        *,
        status: str,
        execution_count: int | None = None,
        error_name: str | None = None,
        error_message: str | None = None,
        duration_s: float | None = None,
    ) -> None:
        """Record how it ended: ok, error, interrupted or syntax."""
        if self.is_over:
            return
        self.is_over = True
        message = redact(error_message)[0][:4000] if error_message else error_message
        taken = time.monotonic() - self.started if duration_s is None else duration_s
        payload = {
            "execution": self.id, "count": execution_count, "duration": taken,
            "status": status, "error_name": error_name, "error_message": message,
        }  # fmt: skip
        self._session.append("tracking.execution.end", payload)

    def output(self, item: OutputItem) -> None:
        """Record one output item; what is large goes to a blob."""
        text, data = item.text, item.data
        sha256 = None
        if text is not None:
            text, _ = redact(text)
            raw = text.encode("utf-8", "replace")
            if len(raw) > 4 * INLINE_LIMIT or (len(raw) > INLINE_LIMIT and not item.mime.startswith("text/plain")):
                sha256 = self._session.store.blobs.put_bytes(raw)
                text = text[:1000]
        elif data is not None:
            sha256 = self._session.store.blobs.put_bytes(data)
        payload = {
            "execution": self.id, "run": self.run_id, "seq": item.seq, "kind": item.kind, "name": item.name,
            "mime": item.mime, "text": text, "sha256": sha256, "size": item.size_bytes,
            "truncated": item.is_truncated, "late": item.is_late, "cleared": item.is_cleared,
            "updates": item.updates, "display": item.display_id,
        }  # fmt: skip
        self._session.append("tracking.output", payload)


def begin(
    *,
    source: str,
    cell_id: str | None,
    cell_id_source: str | None,
    cell_tags: Sequence[str] = (),
    deleted_cells: Sequence[str] = (),
    message_id: str | None = None,
    parent_execution_id: str | None = None,
) -> Execution:
    """Record that a cell starts to run.

    Parameters
    ----------
    source
        The cell as the user sent it, its magic line included; secrets are redacted here.
    cell_id, cell_id_source
        Identity of the cell, and whether the front end or the source gave it.
    """
    session = sessions.current()
    execution = Execution(session, new_id(), cell_id)
    text, _ = redact(source)
    raw = text.encode("utf-8", "replace")
    digest = hashlib.blake2b(raw, digest_size=16).hexdigest()  # of the redacted text: the other could be guessed
    sha256 = None
    if len(raw) > MAX_SOURCE:
        sha256 = session.store.blobs.put_bytes(raw)
        text = text[: MAX_SOURCE // 4]
    payload = {
        "execution": execution.id, "cell": cell_id, "cell_source": cell_id_source, "source": text, "digest": digest,
        "sha256": sha256, "tags": list(cell_tags), "parent": parent_execution_id,
        "thread": None if threading.current_thread() is threading.main_thread() else threading.current_thread().name,
    }  # fmt: skip
    session.append("tracking.execution.begin", payload)
    if deleted_cells:
        session.append("tracking.cells.deleted", {"cells": list(deleted_cells)[:1000]})
    return execution


def start_run(
    execution: Execution,
    *,
    name: str | None,
    experiment: str,
    tags: Mapping[str, str | None],
    note: str | None,
    seed: int | None,
    params: Sequence[Param],
) -> Run:
    """Begin the run of a run cell, nested in the run that is open around it."""
    parent = current.parent_run()
    begun = run.start(
        name=name,
        experiment=experiment,
        kind="cell",
        parent_id=parent.id if parent is not None else None,
        execution_id=execution.id,
        cell_id=execution.cell_id,
        ordinal=execution.next_ordinal(),
        seed=seed,
    )
    execution.run_id = begun.id
    dress(begun, tags=tags, note=note, params=params)
    return begun


def dress(begun: Run, *, tags: Mapping[str, str | None], note: str | None, params: Sequence[Param]) -> None:
    """Record what is known of a run at its start, and have its surroundings looked at."""
    if params:
        begun.record_params(params)
    if tags:
        begun.set_tags(tags)
    if note:
        begun.note(note)
    facts.look_around(begun)
