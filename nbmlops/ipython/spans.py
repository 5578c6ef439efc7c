"""``%mlrun begin | end | resume | status``: runs over several cells."""

from __future__ import annotations

import time

from nbmlops.config import settings
from nbmlops.tracking.line import RunLine
from nbmlops.tracking.run import Run
from nbmlops.ui import present


def handle(said: RunLine) -> None:
    """Do what the verb says, and say so in one line."""
    from nbmlops.tracking import api, current

    if said.verb == "begin":
        run = api.begin(
            said.name,
            params=said.overrides,
            experiment=said.experiment,
            tags={key: value or "" for key, value in said.tags.items()},
            note=said.note,
            seed=said.seed,
        )
        if not said.quiet:
            _tell(f"{_label(run)} begun; %mlrun end ends it")
    elif said.verb == "resume":
        run = api.resume(said.ref)
        _tell(f"{_label(run)} goes on; %mlrun end ends it")
    elif said.verb == "end":
        span = current.spans[0] if len(current.spans) == 1 else None
        api.end()
        if span is not None:
            _show_footer(span)
    else:
        spans = [f"{_label(run)} is open" for run in current.spans]
        present.show("\n".join(spans) or "no run is open; %mlrun on top of a cell makes it one")


def _tell(text: str) -> None:
    if not settings().quiet:
        present.show(text)


def _label(run: Run) -> str:
    number = run.number
    return " ".join(filter(None, (f"#{number}" if number is not None else run.id[-4:], run.name)))


def _show_footer(run: Run) -> None:
    from nbmlops.tracking import closing
    from nbmlops.ui.footer import footer_text

    _tell(footer_text(closing.footer(run, duration_s=time.monotonic() - run.started)))
