"""``%mlrun begin | end | resume | status``: runs over several cells."""

from __future__ import annotations

import time

from nbmlops import context
from nbmlops.config import settings
from nbmlops.tracking.line import RunLine
from nbmlops.tracking.run import Run
from nbmlops.ui import present


def handle(said: RunLine) -> None:
    """Do what the verb says, and say so in one line."""
    from nbmlops.tracking import api, current

    before = list(current.spans)
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
            _tell(f"{_label(run)} begun; {_ending(run)} ends it")
        _warn_of(before)
    elif said.verb == "resume":
        run = api.resume(said.ref)
        if not said.quiet:
            _tell(f"{_label(run)} goes on; {_ending(run)} ends it")
        _warn_of([span for span in before if span.id != run.id])
    elif said.verb == "end":
        asked = time.monotonic()
        api.end(ref=said.ref)
        for span in before:
            if not span.is_open and not said.quiet:
                _show_footer(span, asked)
    else:
        spans = [f"{_label(run)} is open" for run in current.spans]
        present.show("\n".join(spans) or "no run is open; %mlrun on top of a cell makes it one")


def _tell(text: str) -> None:
    if not settings().quiet:
        present.show(text)


def _label(run: Run) -> str:
    number = run.number
    return " ".join(filter(None, (f"#{number}" if number is not None else run.id[-4:], run.name)))


def _ending(run: Run) -> str:
    """What ends this run, and no other."""
    from nbmlops.tracking import current

    if len(current.spans) < 2:
        return "%mlrun end"
    return f"%mlrun end {run.number if run.number is not None else run.id[-6:]}"


def _warn_of(spans: list[Run]) -> None:
    """Two open runs are seldom meant, and a plain `ml.log` cannot tell which of them is."""
    if spans:
        names = ", ".join(_label(run) for run in spans)
        ends = f"{' and '.join(map(_ending, spans))} {'ends it' if len(spans) == 1 else 'end them'}"
        context.tell(f"still open: {names}; {ends}")


def _show_footer(run: Run, ended: float) -> None:
    from nbmlops.tracking import closing
    from nbmlops.ui.footer import footer_text

    _tell(footer_text(closing.footer(run, duration_s=ended - run.started)))
