"""The charts of a table of runs where nobody can draw or answer: as pictures, and as what a notebook keeps of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nbmlops.errors import MLError
from nbmlops.tracking import exploration_static, queries, saved_charts
from nbmlops.tracking.browse import curves, explore, explore_saved
from nbmlops.tracking.static_curves import plots_html
from nbmlops.ui.html import escape
from nbmlops.ui.plain import plain
from nbmlops.ui.shown import OUTPUT_BYTES, SNAPSHOT_BYTES, Known

if TYPE_CHECKING:
    import duckdb

HTML_BYTES: Final = 85_000  # of table and charts together
_SAVED: Final = ((6, 4000), (3, 2000), (1, 1000), (1, 320))  # plots, points, until they fit
_STYLE: Final = "font:600 12px/1.5 var(--jp-ui-font-family,system-ui);margin:12px 0 4px"

T = TypeVar("T")
Ask = Callable[["Callable[[duckdb.DuckDBPyConnection], Any]"], Any]


@dataclass(frozen=True)
class Room:
    """Bytes that are left in an output: for pictures of charts, for the saved table, for what charts are saved of."""

    html: int
    table: int
    known: int = 0

    @classmethod
    def beside(cls, html: str, text: str, asked: Mapping[str, Any]) -> Room:
        """What the static table leaves; the arguments are saved twice."""
        used = max(_size(html), HTML_BYTES * 11 // 10) + _size(text) + 2 * _size(asked) + 3_000
        saved = min(SNAPSHOT_BYTES - 2 * _size(asked), OUTPUT_BYTES - used)
        return cls(HTML_BYTES - len(html.encode()), saved // 2, saved)

    def beside_table(self, snapshot: Any) -> Room:
        """What the saved table leaves."""
        return Room(self.html, 0, self.known - _size(snapshot))


@dataclass(frozen=True)
class Pictures:
    """The charts without a script, in a line of words, and what a saved view asks at once."""

    html: str
    text: str
    known: Sequence[Known]


def pictures(ask: Ask, charts: Sequence[saved_charts.Chart], of: Mapping[str, Any], room: Room) -> Pictures:
    """All charts of a table, as far as there is room; a chart that cannot be drawn says why in its place."""
    parts: list[str] = []
    known: list[Known] = []
    texts: list[str] = []
    html, left = room.html, room.known
    for place, chart in enumerate(charts):
        share = max(left, 0) // (len(charts) - place)
        title, picture, drawn = _one(ask, chart, of, share)
        texts.append(title)
        part = f'<div style="{_STYLE}">{escape(title[:200])}</div>{picture}'
        if len(part.encode()) <= html:
            parts.append(part)
            html -= len(part.encode())
        if drawn is not None and _size(drawn) <= share:
            known.append(drawn)
            left -= _size(drawn)
    if len(parts) < len(charts):
        parts.append(f"<div>{len(charts) - len(parts)} more charts are drawn when the cell is run again</div>")
    return Pictures("".join(parts), "charts: " + "; ".join(texts), known)


def _one(ask: Ask, chart: saved_charts.Chart, of: Mapping[str, Any], share: int) -> tuple[str, str, Known | None]:
    wrong = saved_charts.problem(chart)
    if wrong is not None:
        return wrong, "", None
    args = saved_charts.asked(chart, of)
    said = json.dumps(args, sort_keys=True)  # plain text: the reader knows an equal question by it
    title = saved_charts.title(chart)
    try:
        if chart["kind"] == "curves":
            return title, *_curves(ask, said, args, share)
        return title, *_explore(ask, said, args, share)
    except MLError as error:
        return title, f"<div>{escape(f'{error.message}: {error.hint}')}</div>", None


def _curves(ask: Ask, said: str, args: Mapping[str, Any], share: int) -> tuple[str, Known | None]:
    def gather(con: duckdb.DuckDBPyConnection) -> curves.Gathered:
        wanted = curves.Wanted.of(curves.members(con, json.loads(said)))
        return curves.gather(con, wanted, queries.heads(con, wanted.runs))

    found: curves.Gathered = ask(gather)
    fewer = (curves.drawn(found, points=points, plots=plots) for plots, points in _SAVED)
    saved = next((data for data in fewer if _size(data) <= share), None)
    if saved is None:
        return plots_html(curves.drawn(found, points=320, plots=1), 12_000), None
    return plots_html(saved, 30_000), ("curves", args, saved)


def _explore(ask: Ask, said: str, args: Mapping[str, Any], share: int) -> tuple[str, Known | None]:
    def gather(con: duckdb.DuckDBPyConnection) -> explore.Found:
        return explore.gather(con, explore.Wanted.of(json.loads(said)))

    found: explore.Found = ask(gather)
    drawn = explore.shaped(found)
    return exploration_static.picture(found, drawn), ("explore", args, explore_saved.snapshot(drawn, share))


def _size(data: Any) -> int:
    """Bytes in a notebook's file, where the saved text is a text in JSON."""
    written = data if isinstance(data, str) else json.dumps(plain(data), separators=(",", ":"), ensure_ascii=False)
    return len(json.dumps(written, ensure_ascii=False).encode(errors="replace"))
