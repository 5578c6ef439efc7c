"""The slot through which an API call may show something. Empty unless a front end fills it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from nbmlops.ui.view import View

if TYPE_CHECKING:
    from nbmlops.ui.desk import Desk
    from nbmlops.ui.shown import Shown

_log = logging.getLogger("nbmlops")


class Presenter(Protocol):
    """What a front end installs."""

    def show(self, what: View | str) -> None:
        """Show a view or a line of text where the user is looking."""

    def warn(self, text: str) -> None:
        """Show one visible line; must not raise."""

    def line(self, run_id: str | None) -> Callable[[str, bool], None] | None:
        """What writes a line over and over in one place, or None where a run's own view shows it."""

    def widget(self, shown: Shown, desk: Desk) -> Any:
        """The live form of something shown, or None where the front end has no widgets."""


_lock = threading.Lock()
_presenter: Presenter | None = None
_warned: set[str] = set()


def install(presenter: Presenter | None) -> Presenter | None:
    """Fill the slot, or empty it with None.

    Returns
    -------
    Presenter or None
        What filled the slot before, so that it can be put back.
    """
    global _presenter
    with _lock:
        before, _presenter = _presenter, presenter
        return before


def show(what: View | str) -> None:
    """Show a view or a text; nothing happens where nobody is looking (a plain script)."""
    presenter = _presenter
    if presenter is not None:
        presenter.show(what)


def widget(shown: Shown, desk: Desk) -> Any:
    """The live form of something shown; None in a plain script, a terminal or a batch run."""
    presenter = _presenter
    return None if presenter is None else presenter.widget(shown, desk)


def line(run_id: str | None) -> Callable[[str, bool], None] | None:
    """What writes the line of a loop, called with the text and whether it is the last; None where nobody looks.

    Parameters
    ----------
    run_id
        The run that the loop belongs to, which may show it itself.
    """
    presenter = _presenter
    return None if presenter is None else presenter.line(run_id)


def warn(text: str) -> None:
    """Say one line that the user must see.

    Without a front end it goes to the ``nbmlops`` logger, once per text: logging writes it to
    stderr by default and never raises into the caller.
    """
    presenter = _presenter
    if presenter is not None:
        presenter.warn(text)
        return
    with _lock:
        if text in _warned:
            return
        if len(_warned) >= 1000:
            _warned.clear()
        _warned.add(text)
    _log.warning("%s", text)
