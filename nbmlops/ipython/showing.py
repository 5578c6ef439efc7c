"""Showing our own lines and tables in the notebook: never as `Out[n]`, never recorded as the user's output."""

from __future__ import annotations

import sys
from typing import Any

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
