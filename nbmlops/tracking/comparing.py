"""A comparison that `ml.compare` returns: lazy, shows itself, becomes a frame, a chart, Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.errors import UnknownReference, UsageError
from nbmlops.tracking import curves, defaults, queries, question, references, sessions
from nbmlops.tracking.browse import compare, compare_markdown, compare_page, compare_saved
from nbmlops.tracking.record import RunRecord
from nbmlops.ui.absent import is_there
from nbmlops.ui.desk import Desk
from nbmlops.ui.format import run_label
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown

if TYPE_CHECKING:
    import altair as alt
    import duckdb
    import pandas as pd

    from nbmlops.tracking.browse.compare import Picture
    from nbmlops.tracking.record import Reader


class Comparison(Showable):
    """Two or more runs and what differs between them; the value of ``ml.compare``. Every look reads anew.

    Parameters
    ----------
    reader : callable
        Calls a function with a connection at the store and returns its answer.
    request : Request
        Which runs.
    fetch : callable
        The file of a large value by its SHA-256.
    note : str
        What the references were chosen among.
    """

    def __init__(self, reader: Reader, request: compare.Request, fetch: Callable[[str], Path], note: str = "") -> None:
        self._reader = reader
        self._fetch = fetch
        self.request = request
        self.chosen = note

    def picture(self) -> Picture:
        """What is compared, as plain data."""
        found = compare.look(self._reader, self._fetch, self.request)
        return replace(found, notes=(*filter(None, [self.chosen]), *found.notes))

    @property
    def runs(self) -> list[RunRecord]:
        """The runs, the reference first."""
        return [RunRecord(self._reader, run, blobs=self._fetch) for run in self.picture().compared.ids]

    def chart(self, metric: str | None = None, x: str = "step") -> alt.Chart | alt.LayerChart:
        """An Altair chart of one metric over the runs: curves, or bars where every run has one value.

        Parameters
        ----------
        metric : str, optional
            By default the first that differs.
        x : str
            ``"step"``, ``"time"`` or a param.
        """
        picture = self.picture()
        differing = [row.key for section in picture.rows() if section.name == "metrics" for row in section.differing]
        key = metric or next(iter(differing), None)
        heads = [dict(head) for head in picture.compared.heads]
        return self._reader(  # type: ignore[no-any-return]
            lambda con: curves.chart(con, queries.Page(heads, len(heads)), key, x)
        )

    def df(self, *, equal: bool = False) -> pd.DataFrame:
        """What differs as a pandas frame.

        Parameters
        ----------
        equal : bool
            With what is equal everywhere.

        Returns
        -------
        pandas.DataFrame
            One row a key, with the columns section, key and one a run, the reference first; None where a run has none.
        """
        import pandas as pd

        picture = self.picture()
        rows = [
            [section.name, row.key, *(value if is_there(value) else None for value in row.values)]
            for section in picture.rows()
            for row in (section.rows if equal else section.differing)
        ]
        names = ["section", "key", *map(run_label, picture.runs)]
        return pd.DataFrame(rows, columns=names, dtype=object)

    def markdown(self) -> str:
        """What differs as a Markdown table for a pull request."""
        return compare_markdown.markdown(self.picture())

    def __str__(self) -> str:
        return compare_page.page_text(self.picture())

    def __repr__(self) -> str:
        return f"<comparison of {len(self.request.runs)} runs>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _repr_html_(self) -> str:
        picture = self.picture()
        return self._html(picture, compare_saved.thumbnails(picture, self._fetch))

    def _html(self, picture: Picture, small: compare_saved.Thumbnails) -> str:
        drawn = self._reader(lambda con: compare_page.curves(con, picture))
        return compare_page.page_html(picture, drawn, small)

    def _shown(self) -> Shown:
        picture = self.picture()
        small = compare_saved.thumbnails(picture, self._fetch)

        def drawn(con: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
            live = compare_saved.drawn_curves(con, picture, compare_saved.LIVE_POINTS)
            saved = compare_saved.drawn_curves(con, picture, compare_saved.SAVED_POINTS, compare_saved.SAVED_CURVES)
            return live, saved, compare_page.curves(con, picture)

        live, saved, lines = self._reader(drawn)
        return Shown(
            "compare",
            self.request.args(),
            compare_saved.with_curves(picture.data(), live),
            html=compare_page.page_html(picture, lines, small),
            text=compare_page.page_text(picture),
            snapshot=compare_saved.snapshot(picture, small, saved),
        )

    def _desk(self) -> Desk:
        from nbmlops.tracking.desk import here

        return here()


def compare_runs(*refs: int | str) -> Comparison:
    """Compare runs; see ``ml.compare``."""
    store = sessions.store()
    experiment = defaults.experiment()
    reader = question.reader(store, "compare")
    ids, notes = reader(lambda con: _chosen(con, refs, experiment))
    return Comparison(reader, compare.Request(tuple(ids)), store.fetch, " · ".join(notes))


def _chosen(con: duckdb.DuckDBPyConnection, refs: tuple[Any, ...], experiment: str) -> tuple[list[str], list[str]]:
    """The ids that references name, and what is to be said of the choice."""
    if not refs:
        newest = references.resolve(con, "latest", experiment=experiment).run_id
        try:
            before = references.resolve(con, "latest~1", experiment=experiment).run_id
        except UnknownReference as error:
            raise UsageError(
                f"a comparison takes two runs; experiment {experiment} has one", error.hint or "make another run"
            ) from None
        return [before, newest], []
    resolved = [references.resolve(con, ref, experiment=experiment) for ref in refs]
    ids = list(dict.fromkeys(run for each in resolved for run in each.run_ids))
    if len(ids) == 1:
        other = compare.against(con, ids[0], str(queries.heads(con, ids)[0]["experiment"]))
        if other is None:
            raise UsageError("there is no other run in its experiment to compare with", "name two: ml.compare(11, 12)")
        ids.insert(0, other)
    return ids, [each.note for each in resolved if each.note]
