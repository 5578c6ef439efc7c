"""What this process knows of the newest run of each experiment, so that a footer needs no reading.

Filled from the store once an experiment, then from the runs that end here. A baseline that another process pins, or a
run that it deletes, is told by a stamp beside the store, see `nbmlops.storage.control.choices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.storage import control
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    from nbmlops.tracking.run import Run


@dataclass(frozen=True)
class Facts:
    """Last values of metrics and JSON texts of parameters of one run."""

    run_id: str
    number: int | None
    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """What the runs of an experiment are compared with."""

    baseline: Facts | None = None
    newest: Facts | None = None
    goals: Mapping[str, str] = field(default_factory=dict)


_known: dict[tuple[Path, str], Experiment] = {}
_before: dict[str, Experiment] = {}  # what was known when a run began: it becomes the newest one itself
_stamps: dict[Path, tuple[int, int] | None] = {}


def _heed(store: Store) -> None:
    """Drop what another process has changed."""
    stamp = control.choices(store.layout)
    if _stamps.get(store.path) != stamp:
        _stamps[store.path] = stamp
        _drop(store)


def _drop(store: Store) -> None:
    for key in [key for key in _known if key[0] == store.path]:
        del _known[key]
    _before.clear()


def experiment(session: Session, name: str) -> Experiment | None:
    """Return what is known of an experiment here, or None when the store has to be asked."""
    _heed(session.store)
    return _known.get((session.store.path, name))


def remember(session: Session, name: str, found: Experiment) -> None:
    """Keep what the store said."""
    _known[session.store.path, name] = found


def forget(store: Store) -> None:
    """Something changed that no memory can follow (a baseline, a deletion): the store is asked again, elsewhere too."""
    _drop(store)
    control.tell_choice(store.layout)


def note_goals(session: Session, name: str, goals: Mapping[str, str]) -> None:
    """Take over goals that were set here."""
    found = _known.get((session.store.path, name))
    if found is not None:
        remember(session, name, replace(found, goals={**found.goals, **goals}))


def note_begin(session: Session, run: Run) -> None:
    """Hold on to what a run will be compared with."""
    known = _known.get((session.store.path, run.experiment))
    if known is not None:
        _before[run.id] = known


def before(session: Session, run: Run) -> Experiment | None:
    """Return what an ended run is compared with, or None when the store has to be asked."""
    _heed(session.store)
    found = _before.pop(run.id, None) or _known.get((session.store.path, run.experiment))
    if found is not None and found.newest is not None and found.newest.run_id == run.id:
        return None
    return found


def note_end(session: Session, run: Run) -> None:
    """A top-level run ended: the next one is compared with it."""
    found = _known.get((session.store.path, run.experiment))
    if found is not None:
        remember(session, run.experiment, replace(found, newest=facts_of(run)))


def facts_of(run: Run) -> Facts:
    """Return what the handle itself knows."""
    metrics: dict[str, Any] = {key: float(value) for key, value in run.last.items()}
    return Facts(run.id, run.number_hint, metrics, dict(run.param_texts))
