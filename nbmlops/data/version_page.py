"""One version to be looked at: its schema with profiles, its first rows, where it came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import loading, place, profiles, queries, resolving
from nbmlops.data.drawing import bars_svg, bars_text, column_facts, frame_data, heights, smaller
from nbmlops.data.profile import ColumnProfile
from nbmlops.data.records import Version
from nbmlops.errors import MLError
from nbmlops.storage.store import Store
from nbmlops.ui import format as fmt
from nbmlops.ui.desk import Desk
from nbmlops.ui.html import escape, view_html
from nbmlops.ui.plain import plain
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

HEAD: Final = 10
_MOST_COLUMNS: Final = 60
_MOST_PLAIN: Final = 500
_MOST_CELLS: Final = 20


@dataclass(frozen=True)
class Facts:
    """What is known of a version, read in one lease."""

    version: Version
    refs: tuple[str, ...]
    parents: tuple[str, ...]
    run: dict[str, Any] | None
    profile: tuple[ColumnProfile, ...]


def read(con: duckdb.DuckDBPyConnection, ref: Any) -> Facts:
    """Read it."""
    version = resolving.resolve(con, ref)
    rows = con.execute(
        "SELECT name, type, profile FROM data_profiles WHERE version_id = ? ORDER BY place", [version.id]
    ).fetchall()
    found = tuple(
        profiles.from_json(name, text)
        if text
        else ColumnProfile(name=name, type=kind, shape="other", rows=version.rows or 0, nulls=0)
        for name, kind, text in rows
    )
    refs = tuple(name for _, name, _, at in queries.refs(con, version.dataset) if at == version.id)
    parents = tuple(each.name for each in queries.by_id(con, version.parents).values())
    run = queries.run_names(con, [version.run_id]).get(version.run_id) if version.run_id else None
    return Facts(version, refs, parents, run, found)


def page(ref: Any) -> VersionPage:
    """What ``ml.data.show`` returns."""
    store = place.store()
    return VersionPage(store.read(lambda con: read(con, ref)), store)


class VersionPage(Showable):
    """One version of a dataset; the value of ``ml.data.show``."""

    def __init__(self, facts: Facts, store: Store) -> None:
        self.version = facts.version
        self._facts = facts
        self._store = store

    @property
    def profile(self) -> tuple[ColumnProfile, ...]:
        """The profile of every column."""
        return self._facts.profile

    def df(self) -> pd.DataFrame:
        """The profile as a pandas frame, one row a column."""
        import pandas as pd

        rows = []
        for found in self.profile:
            row = {"column": found.name, **asdict(found)}
            for name in ("name", "histogram", "quantiles"):
                row.pop(name)
            rows.append(row)
        return pd.DataFrame(rows)

    def head(self, rows: int = HEAD) -> pd.DataFrame:
        """The first rows (of a version in mode ``sample``: of the sample) as a pandas frame.

        Raises
        ------
        RecordError
            No values are kept.
        """
        store = self._store
        manifest = loading.manifest_of(store, self.version)
        if self.version.mode == "sample":
            return loading.sampled(store, self.version, manifest, "pandas").head(rows)
        if self.version.kind == "table":
            return loading.kept(store, self.version, manifest).head(rows).to_pandas()
        return loading.table_of(store, self.version, manifest).slice(0, rows).to_pandas()

    def facts_line(self) -> str:
        """Where it came from, in a line."""
        version, known = self.version, self._facts
        parts = [f"saved {fmt.ago(version.created_at)}"]
        if known.run:
            parts.append(f"by run {fmt.run_label(known.run)}")
        if known.parents:
            parts.append(f"from {', '.join(known.parents)}")
        if known.refs:
            parts.append(", ".join(known.refs))
        if version.source:
            parts.append(fmt.short(version.source, 60))
        if version.key:
            parts.append(f"key {', '.join(version.key)}")
        return " · ".join([*parts, version.content_id[:16]])

    def columns(self) -> View:
        """The schema and the profile as a table."""
        rows = tuple(_row(found) for found in self.profile[:_MOST_COLUMNS])
        columns = (
            Column("column", "column"), Column("type", "type", "code"), Column("missing", "missing", "number"),
            Column("distinct", "distinct", "number"), Column("bars", "distribution"), Column("facts", "values"),
        )  # fmt: skip
        more = len(self.profile) - len(rows)
        notes = (f"{fmt.number(more)} more columns: ml.data.show(...).df()",) if more > 0 else ()
        return View("schema", "", columns, rows, notes, empty="No columns.")

    def _first_rows(self) -> View | str:
        """The first rows, or why there are none."""
        try:
            frame = self.head()
        except MLError as error:
            return error.message
        names = [str(name) for name in frame.columns[:_MOST_CELLS]]
        rows = tuple(
            {f"c{at}": _cell(frame.iloc[place, at]) for at in range(len(names))} for place in range(len(frame))
        )
        columns = tuple(Column(f"c{at}", name, _kind(frame.iloc[:, at].dtype)) for at, name in enumerate(names))
        left_out = frame.shape[1] - len(names)
        notes = (f"{fmt.number(left_out)} more columns are left out here",) if left_out else ()
        return View("rows", "", columns, rows, notes, total=self.version.rows, empty="No rows.")

    def __str__(self) -> str:
        parts = [str(self.version), self.facts_line()]
        if self.profile:
            parts.append(view_text(self.columns()))
        if self.version.rows is not None:
            rows = self._first_rows()
            parts.append(rows if isinstance(rows, str) else view_text(rows))
        return "\n\n".join(parts).replace(fmt.THIN, " ")

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _shown(self) -> Shown:
        head = f'<div class="nbm-title">{escape(str(self.version))}</div>'
        line = f'<div class="nbm-foot">{escape(self.facts_line())}</div>'
        parts = [f'<div class="nbm-view nbm-version">{head}{line}']
        if self.profile:
            parts.append(_with_bars(view_html(self.columns()), self.profile))
        if self.version.rows is not None:
            rows = self._first_rows()
            parts.append(f'<div class="nbm-foot">{escape(rows)}</div>' if isinstance(rows, str) else view_html(rows))
        html = "".join([*parts, "</div>"])
        found = self.data()
        small = dict(found, columns=found["columns"][:_MOST_COLUMNS])
        if "rows" in found["head"]:
            small["head"] = smaller(found["head"], HEAD, _MOST_CELLS)
        return Shown("dataversion", {"version": self.version.id}, found, html=html, text=str(self), snapshot=small)

    def _desk(self) -> Desk:
        return place.desk()

    def data(self) -> dict[str, Any]:
        """The same as plain data, for a browser."""
        said = asdict(self.version)
        for name in ("manifest", "note", "is_new"):
            said.pop(name)
        found: dict[str, Any] = {
            "version": said | {"name": self.version.name, "shape": self.version.shape}, "line": self.facts_line(),
        }  # fmt: skip
        found["columns"] = [
            {"name": each.name, "type": each.type, "nulls": each.nulls, "rows": each.rows, "distinct": each.distinct,
             "bars": heights(each), "said": column_facts(each)}
            for each in self.profile[:_MOST_PLAIN]
        ]  # fmt: skip
        try:
            found["head"] = frame_data(self.head(), is_cut=True)
        except MLError as error:
            found["head"] = {"missing": error.message}
        return plain(found)  # type: ignore[no-any-return]


def _row(found: ColumnProfile) -> dict[str, object]:
    return {
        "column": fmt.short(found.name, 60),
        "type": found.type,
        "missing": found.nulls / found.rows if found.rows and found.nulls else None,
        "distinct": found.distinct,
        "bars": bars_text(found),
        "facts": column_facts(found),
    }


def _with_bars(html: str, found: tuple[ColumnProfile, ...]) -> str:
    """Bars in block characters as drawn ones."""
    for each in found[:_MOST_COLUMNS]:
        text = bars_text(each)
        if text.strip():
            html = html.replace(f">{escape(text)}</td>", f">{bars_svg(each)}</td>", 1)
    return html


def _kind(dtype: Any) -> Any:
    return "number" if getattr(dtype, "kind", "O") in "iufb" else "text"


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and value != value):
        return value
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        value = value.item() if getattr(value, "size", 1) == 1 else value.tolist()
    return value if isinstance(value, bool | int | float) else fmt.short(str(value), 60)
