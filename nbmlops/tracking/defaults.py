"""Sticky defaults of this session: what runs get that say nothing themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nbmlops.config import settings
from nbmlops.errors import UsageError
from nbmlops.tracking import sessions


@dataclass(frozen=True)
class Defaults:
    """What ``ml.use`` set; an experiment of None is the notebook's name."""

    experiment: str | None = None
    seed: int | None = None

    def __str__(self) -> str:
        source = "set" if self.experiment else _source()
        seed = "not set" if self.seed is None else str(self.seed)
        return f"experiment  {experiment()} ({source})\nseed        {seed}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def _source() -> str:
    """Where the name of the experiment is from when nothing was set."""
    if settings().experiment:
        return "configured"
    path = sessions.notebook()
    if path is None:
        return "no notebook is known here"
    return f"the name of the {'notebook' if path.endswith('.ipynb') else 'script'}"


_now = Defaults()


def current() -> Defaults:
    """Return the defaults in force."""
    return _now


def experiment() -> str:
    """Return the experiment of a run that names none."""
    return _now.experiment or settings().experiment or sessions.default_experiment()


def change(**changes: Any) -> Defaults:
    """Change some defaults; None takes one back."""
    global _now
    unknown = sorted(set(changes) - {"experiment", "seed"})
    if unknown:
        raise UsageError(f"there is no default called {', '.join(unknown)}", "defaults: experiment, seed")
    if "experiment" in changes:
        name = changes["experiment"]
        changes["experiment"] = None if name is None or not str(name).strip() else str(name)
    if "seed" in changes and changes["seed"] is not None:
        changes["seed"] = check_seed(changes["seed"])
    _now = replace(_now, **changes)
    return _now


def check_seed(seed: Any) -> int:
    """Return a seed as an integer, or say why it is none."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise UsageError(f"a seed is a whole number from 0 to 2^63 - 1; found {seed!r:.60}", "for example seed=0")
    return seed
