"""What shows itself in a notebook: live where a front end can, else as a static picture."""

from __future__ import annotations

from typing import Any

from nbmlops.ui import present
from nbmlops.ui.desk import Desk
from nbmlops.ui.shown import Shown

OURS = {"nbmlops": True}  # metadata of what we show ourselves: it is in the store already, and not recorded again


class Showable:
    """Base of what the API returns to be looked at.

    A subclass says what is shown with ``_shown()`` and who answers with ``_desk()``.
    """

    _live: Any = None  # the widget of the last display

    def _shown(self) -> Shown:
        """What is shown; reads the store."""
        raise NotImplementedError

    def _desk(self) -> Desk | None:
        """Who answers what the live view asks; None: it is never live."""
        return None

    @property
    def selected_ids(self) -> list[str]:
        """Ids of the runs that are chosen in the live view, in order; none before it was shown."""
        return list(self._live.selection) if self._live is not None else []

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        shown, desk = self._shown(), self._desk()
        self._live = present.widget(shown, desk) if desk is not None else None
        if self._live is None:
            return shown.bundle(), dict(OURS)
        data, metadata = self._live._repr_mimebundle_()
        return data, {**metadata, **OURS}
