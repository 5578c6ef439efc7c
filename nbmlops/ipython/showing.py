"""Showing our own lines and tables in the notebook: never as `Out[n]`, never recorded as the user's output."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from nbmlops.tracking import live
from nbmlops.tracking.outputs import OURS
from nbmlops.ui.desk import Desk
from nbmlops.ui.footer import Footer
from nbmlops.ui.shown import Shown
from nbmlops.ui.view import View


class Screen:
    """Where the user looks: fills the presenter's slot, and shows notices."""

    def __init__(self, shell: Any, *, has_widgets: bool = False) -> None:
        self._shell = shell
        self._has_widgets = has_widgets

    @property
    def has_places(self) -> bool:
        """Whether something can be shown under a cell from another thread, and change there."""
        return self._has_widgets and getattr(self._shell, "kernel", None) is not None

    def place(self) -> Place:
        """A place under the cell that runs now."""
        return Place(self._shell.kernel, self._shell.get_parent())

    def line(self, run_id: str | None) -> Callable[[str, bool], None] | None:
        """What writes the line of a loop; None where a run's own view shows it, or nobody is looking."""
        if not self.has_places or run_id in live.watches:
            return None
        place = self.place()

        def write(text: str, is_last: bool) -> None:
            (place.update if place.is_shown else place.show)({"text/plain": text})

        return write

    def widget(self, shown: Shown, desk: Desk) -> Any:
        """The live form of something shown; None where nobody would draw it."""
        if not self._has_widgets:
            return None
        from nbmlops.ui.widget import ViewWidget

        return ViewWidget(shown, desk)

    def show(self, what: View | str) -> None:
        """Show a view or a line of text."""
        if isinstance(what, str):
            self._publish({"text/plain": what})
        else:
            from nbmlops.ui.html import view_html
            from nbmlops.ui.text import view_text

            self._publish({"text/plain": view_text(what), "text/html": view_html(what)})

    def show_footer(self, footer: Footer) -> None:
        """Show the line under a run cell: no widget, only what a front end of ours draws from."""
        from nbmlops.ui.footer import footer_data, footer_html, footer_text

        shown = Shown(
            "footer", {"run": footer.run.get("id")}, footer_data(footer), footer_html(footer), footer_text(footer)
        )
        self._publish(shown.bundle())

    def warn(self, text: str) -> None:
        """Say one visible line; also from other threads."""
        stream = sys.stderr
        if stream is not None:
            stream.write(f"nbmlops: {text}\n")
            stream.flush()

    def _publish(self, data: dict[str, Any]) -> None:
        self._shell.display_pub.publish(data, {OURS: True})


class Place:
    """One output under the cell of a message, from whatever thread it is written.

    A display from another thread would land under the cell that runs by then: each message names its cell itself.
    """

    def __init__(self, kernel: Any, parent: Any) -> None:
        self._kernel = kernel
        self._parent = parent
        self._transient = {"display_id": uuid.uuid4().hex}
        self.is_shown = False

    def show(self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
        """Show it for the first time."""
        self.is_shown = True
        self._send("display_data", data, metadata)

    def update(self, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
        """Show this from now on."""
        self._send("update_display_data", data, metadata)

    def again(self) -> Place:
        """Another place under the same cell."""
        return Place(self._kernel, self._parent)

    def _send(self, kind: str, data: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> None:
        content = {"data": dict(data), "metadata": {**(metadata or {}), OURS: True}, "transient": self._transient}
        kernel = self._kernel
        kernel.session.send(kernel.iopub_socket, kind, content, parent=self._parent, ident=b"display_data")
