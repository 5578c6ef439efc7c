"""The live form of what is shown: one anywidget for all views, the protocol once.

The browser asks with messages, see `nbmlops.ui.desk`. What it chose comes back in ``selection``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from nbmlops.ui.desk import Desk, answer
from nbmlops.ui.plain import plain
from nbmlops.ui.shown import Shown

_STATIC = Path(__file__).parent.parent / "static"


class ViewWidget(anywidget.AnyWidget):
    """A view in a cell.

    Parameters
    ----------
    shown
        What it shows.
    desk
        Who answers what it asks.

    Attributes
    ----------
    state
        Version, view, arguments and first data; sent once, and again by ``update``.
    selection
        Ids of what is chosen in the view, in order.
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    state = traitlets.Dict().tag(sync=True)
    selection = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, shown: Shown, desk: Desk) -> None:
        super().__init__(state=shown.state())
        self._shown = shown
        self._desk = desk
        self.on_msg(self._asked)
        _answer_while_busy(self.comm)

    def update(self, shown: Shown) -> None:
        """Show this from now on."""
        self._shown = shown
        self.state = shown.state()

    def refresh(self, data: Any) -> None:
        """Draw these data of the same view from now on; what is saved stays as it was."""
        self.state = {**self.state, "data": plain(data)}

    def _asked(self, _: object, content: Any, buffers: object) -> None:
        self.send(answer(self._desk, content))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live = super()._repr_mimebundle_(**kwargs)
        data, metadata = live if isinstance(live, tuple) else (live or {}, {})
        return {**data, **self._shown.bundle(self.model_id)}, dict(metadata)


def _answer_while_busy(comm: Any) -> None:
    """Have questions answered while a cell runs.

    JupyterLab sends them on a subshell, a thread of its own; ipykernel 7 hands them to the main thread all the same,
    where they would wait for the cell.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = None
