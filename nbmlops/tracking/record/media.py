"""The grid of what runs logged that is no number, as an object of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.tracking.browse import media as browse
from nbmlops.tracking.record import reading
from nbmlops.tracking.record.static import STATIC_BYTES, picture_html
from nbmlops.ui import format as fmt
from nbmlops.ui.desk import Desk
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import pandas as pd

EMPTY = "no figures, texts, tables or sounds here: ml.log(roc=fig) logs one"
_MOST_ROWS = 200


class MediaGrid(Showable):
    """Figures, texts, tables and sounds of some runs by key and step; shows itself.

    Parameters
    ----------
    reader : callable
        Calls a function with a connection at the store and returns its answer.
    runs : sequence of str
        Ids of the runs, in the order of their columns.
    keys : sequence of str, optional
        Only these keys.
    blobs : callable, optional
        Path of a blob by its SHA-256.
    """

    def __init__(
        self,
        reader: Callable[[Callable[..., Any]], Any],
        runs: Sequence[str],
        keys: Sequence[str] | None = None,
        *,
        blobs: Callable[[str], Path] | None = None,
    ) -> None:
        self._reader = reader
        self._blobs = blobs
        self.runs = list(runs)
        self.keys = [keys] if isinstance(keys, str) else None if keys is None else list(keys)

    @property
    def asked_as(self) -> object:
        """All that the answers to its questions depend on."""
        return self.runs, self.keys

    @property
    def _args(self) -> dict[str, Any]:
        return {"runs": self.runs[: browse.MOST_RUNS], "keys": self.keys}

    def df(self) -> pd.DataFrame:
        """One row an entry.

        Returns
        -------
        pandas.DataFrame
            Columns number, name, run_id, key, step, kind, mime, size_bytes and logged_at (UTC).
        """
        found: pd.DataFrame = self._reader(lambda con: reading.media_frame(con, self.runs, self.keys))
        return found

    def view(self) -> View:
        """Which keys there are, and how many entries of each run."""
        found = self._reader(lambda con: browse.data(con, self._args))
        names = {run["id"]: run for run in found["runs"]}
        rows = [
            {"key": key["key"], "kind": key["kind"], "run": names[run], "entries": _count(steps)}
            for key in found["keys"]
            for run, steps in key["runs"].items()
        ]
        columns = (Column("key", "key"), Column("kind", "kind"), Column("run", "run", "run"))
        return View(
            "media",
            "media",
            (*columns, Column("entries", "entries", "number")),
            tuple(rows[:_MOST_ROWS]),
            total=len(rows),
            empty=EMPTY,
        )

    def __str__(self) -> str:
        return str(self.view())

    def __repr__(self) -> str:
        return f"<media of {len(self.runs)} run{'' if len(self.runs) == 1 else 's'}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _shown(self) -> Shown:
        fetch = self._blobs or Path
        found = self._reader(lambda con: browse.data(con, self._args))
        rows = self._reader(lambda con: browse.at(con, browse.last_places(found)))
        saved = browse.snapshot(found, rows, fetch)
        return Shown("media", self._args, found, html=_static(saved), text=str(self), snapshot=saved)

    def _desk(self) -> Desk:
        from nbmlops.tracking.desk import here

        return here()


def _count(steps: dict[str, Any]) -> int:
    return int(steps.get("total") or steps.get("count") or len(steps["steps"]))


def _static(saved: dict[str, Any]) -> str:
    """The last step of every key as far as it is small: no script, at most 90 KB."""
    from nbmlops.ui.html import escape, run_mark
    from nbmlops.ui.style import table_style

    if not saved["keys"]:
        return f'<div class="nbm-view nbm-media">{table_style()}<div class="nbm-empty">{escape(EMPTY)}</div></div>'
    runs = {run["id"]: run for run in saved["runs"]}
    parts, used, left_out = [], 0, 0
    for place in saved["places"]:
        run = runs[place["run"]]
        label = f"{fmt.short(place['key'], 60)} · step {fmt.number(place['step'])}"
        head = f"<div>{run_mark(run)}{escape(fmt.short(fmt.run_label(run), 40))} · {escape(label)}</div>"
        piece = f'<div style="min-width:0;max-width:360px">{head}{_static_content(place)}</div>'
        if used + len(piece.encode()) > STATIC_BYTES - 12_000:
            left_out += 1
            continue
        used += len(piece.encode())
        parts.append(piece)
    missing = sum(len(key["runs"]) for key in saved["keys"]) - len(saved["places"]) + left_out
    rest = f'<div class="nbm-foot">{missing} more are seen with a kernel</div>' if missing > 0 else ""
    grid = f'<div style="display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start">{"".join(parts)}</div>'
    return f'<div class="nbm-view nbm-media">{table_style()}{grid}{rest}</div>'


def _static_content(place: dict[str, Any]) -> str:
    from nbmlops.ui.html import escape

    if "data" in place and place["kind"] == "image":
        return picture_html(place["mime"], place["data"])
    if table := place.get("table"):
        names = [fmt.short(name, 24) for name in table["columns"][:8]]
        rows = "\n".join("  ".join(fmt.value(cell, 24) for cell in row[:8]) for row in table["rows"][:6])
        return f"<pre>{escape_lines('  '.join(names) + chr(10) + rows)}</pre>"
    if place["kind"] == "text" and place.get("text"):
        return f"<pre>{escape_lines(place['text'][:600])}</pre>"
    return f'<div class="nbm-q">{escape(fmt.short(place.get("missing") or place["kind"], 80))}</div>'


def escape_lines(text: str) -> str:
    """Text of several lines for an element."""
    from nbmlops.ui.html import escape

    return "\n".join(escape(line) for line in text.split("\n"))
