"""A diff as plain data, text and static HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from nbmlops.data import distributions, file_pairs
from nbmlops.data.diff_changes import Change, shifted
from nbmlops.data.diff_changes import changes as changed
from nbmlops.data.drawing import frame_data
from nbmlops.ui import format as fmt
from nbmlops.ui.html import escape, view_html
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    from nbmlops.data.differences import Kind
    from nbmlops.data.outcome import DataDiff

MAX_BYTES: Final = 88_000
_LISTED: Final = 500
_COLUMNS: Final = 60
_CELLS: Final = 50
_TEXT_CELLS: Final = 10
_EACH: Final = 12  # of one column
_ROWS: Final = 5
_WIDE: Final = 8
_TEXT: Final = 30_000
_MORE_FILES: Final = "more files differ: .df() has all"


def changes(diff: DataDiff) -> list[list[Any]]:
    """One row a column or file that differs: name, change, cells, before, after."""
    return [[each.name, each.change, each.cells, each.before, each.after] for each in changed(diff)]


def _listed(diff: DataDiff) -> list[Change]:
    """What a person is shown: also columns that only rows which came and went have moved."""
    found = changed(diff)
    return found + shifted(diff, found)


def data(diff: DataDiff, rows: int, *, is_cut: bool = False) -> dict[str, Any]:
    """What a browser draws; ``is_cut`` leaves out what nobody reads: ends of long values, hundreds of columns."""
    said: dict[str, Any] = {"summary": diff.summary, "title": title(diff)}
    found = _listed(diff)
    said["changes"] = [asdict(each) for each in found[:_LISTED]]
    said["total"] = len(found)
    said["profiles"] = {name: distributions.data(pair) for name, pair in list(diff.profiles.items())[:_COLUMNS]}
    if diff.found.table is not None:
        said["cells"] = frame_data(diff.cells(limit=rows), is_cut=is_cut)
        for kind in ("added", "removed"):
            said[kind] = frame_data(diff.rows(kind, limit=min(rows, 100)), is_cut=is_cut)
    if diff.found.files is not None:
        said["pairs"] = [pair.data() for pair in file_pairs.pairs(diff)]
    return said


def title(diff: DataDiff) -> list[str]:
    """The first line, in parts."""
    found, parts = diff.found, [f"{diff.before.label} → {diff.after.label}"]
    if found.is_identical:
        return [*parts, "identical", *found.notes]
    if found.table is not None:
        table = found.table
        signs: Sequence[tuple[str, Kind]] = (("+", "added"), ("−", "removed"), ("~", "changed"))
        said = " ".join(f"{sign}{fmt.number(table.count(kind))}" for sign, kind in signs)
        parts.append(f"rows {said}")
    if found.schema is not None:
        parts += filter(None, [_schema_said(diff)])
    if found.table is not None:
        shape = f"{fmt.number(found.table.right_rows)} × {fmt.number(len(_names(diff)))}"
        by: str = found.table.method
        if found.table.key:
            kind = "given" if found.is_key_given else "detected"
            by = f"by {', '.join(found.table.key)} ({kind}){', with duplicates' if 'duplicates' in by else ''}"
        parts.append(f"{shape}, {by}")
    if found.files is not None:
        files = found.files
        counts = (("+", files.added), ("−", files.removed), ("~", files.modified), ("→", files.renamed))
        parts.append("files " + " ".join(f"{sign}{fmt.number(len(which))}" for sign, which in counts if which))
        parts += [f"{fmt.number(files.unchanged)} unchanged"] if files.unchanged else []
    return [*parts, *found.notes]


def text(diff: DataDiff) -> str:
    """As plain text."""
    parts = ["   ".join(title(diff)).replace(fmt.THIN, " ")]
    if table := _changes_view(diff):
        parts.append(view_text(table))
    parts += [view_text(view) for view in _row_views(diff, _TEXT_CELLS)]
    if diff.found.files is not None:
        room = _TEXT
        for pair in file_pairs.pairs(diff):
            said = pair.text()
            room -= len(said)
            if room < 0:
                parts.append(_MORE_FILES)
                break
            parts.append(said)
    return "\n\n".join(parts)


def html(diff: DataDiff) -> str:
    """As static HTML of at most 90 KB; where there is more, fewer rows are shown."""
    found = ""
    for cells, columns in ((_CELLS, _COLUMNS), (20, 30), (5, 12), (0, 5)):
        found = _html(diff, cells, columns)
        if len(found.encode()) <= MAX_BYTES:
            break
    return found


def _html(diff: DataDiff, cells: int, columns: int) -> str:
    head = " ".join(f'<span style="margin-right:16px">{escape(part)}</span>' for part in title(diff))
    parts = [f'<div class="nbm-view nbm-datadiff"><div class="nbm-title">{head}</div>']
    mark = uuid4().hex[:12]  # nothing that a column could be called
    if table := _changes_view(diff, columns, mark):
        drawn = view_html(table)
        for at, row in enumerate(table.rows):
            if row.get("bars"):
                drawn = drawn.replace(f"{mark} {at}<", f"{distributions.svg(diff.profiles[str(row['label'])])}<", 1)
        parts.append(drawn)
    parts += [view_html(view) for view in _row_views(diff, cells)]
    if diff.found.files is not None:
        room = MAX_BYTES - sum(len(part.encode()) for part in parts)
        for each in file_pairs.pairs(diff):
            drawn = each.html()
            room -= len(drawn.encode())
            if room < 2000:
                parts.append(f'<div class="nbm-foot">{_MORE_FILES}</div>')
                break
            parts.append(drawn)
    return "".join([*parts, "</div>"])


def _changes_view(diff: DataDiff, most: int = _COLUMNS, mark: str = "") -> View | None:
    """What differs as a table; with a mark, that stands where a distribution is to be drawn."""
    rows = _listed(diff)
    if not rows:
        return None
    if diff.found.files is not None:
        columns = (
            Column("name", "file"), Column("change", "change"),
            Column("before", "before", "bytes"), Column("after", "after", "bytes"),
        )  # fmt: skip
        return View("files", "", columns, tuple(map(_file_row, rows[:most])), total=len(rows))
    columns = (
        Column("name", "column"),
        Column("change", "change"),
        Column("bars", "before / after"),
        Column("facts", "values"),
    )
    shown = []
    for at, each in enumerate(rows[:most]):
        pair = diff.profiles.get(each.name)
        bars = distributions.text(pair)
        shown.append({
            "name": fmt.short(each.name, 60), "label": each.name, "change": fmt.short(each.change, 120),
            "bars": f"{mark} {at}" if mark and bars else bars, "facts": distributions.facts(pair),
        })  # fmt: skip
    return View("columns", "", columns, tuple(shown), total=len(rows))


def _file_row(each: Change) -> dict[str, object]:
    if each.change == "renamed":
        return {"name": f"{fmt.short(each.before, 40)} → {fmt.short(each.after, 40)}", "change": each.change}
    return {"name": fmt.short(each.name, 80), "change": each.change, "before": each.before, "after": each.after}


def _row_views(diff: DataDiff, cells: int = _CELLS) -> list[View]:
    """The first cells that changed, and the first rows that came and went."""
    table = diff.found.table
    if table is None or diff.found.is_identical:
        return []
    views = []
    changed = sum(table.changed_cells().values())
    if changed and cells:
        frame = _some_cells(diff, cells)
        labels = [*(table.key or ("row",)), "column", "before", "after"]
        last = frame.shape[1]  # by place: a column of the key may be called like one of ours
        at = [*range(len(labels) - 3), last - 3, last - 2, last - 1]
        views.append(_view("cells that changed", frame, at, labels, changed))
    kinds: tuple[Kind, ...] = ("added", "removed")
    for kind in kinds:
        count = table.count(kind)
        if count and cells:
            frame = diff.few_rows(kind, _ROWS, _WIDE)
            places = list(range(frame.shape[1]))
            views.append(_view(f"rows {kind}", frame, places, [str(name) for name in frame.columns[:_WIDE]], count))
    return views


def _some_cells(diff: DataDiff, most: int) -> Any:
    """Some cells of every column that changed, so that one does not hide the others."""
    import pandas as pd

    table = diff.found.table
    assert table is not None
    names = [name for name, count in table.changed_cells().items() if count][:most]
    each = max(min(most // max(len(names), 1), _EACH), 1)
    return pd.concat([diff.cells(name, limit=each) for name in names], ignore_index=True)


def _view(heading: str, frame: Any, places: Sequence[int], labels: Sequence[str], total: int) -> View:
    columns = tuple(Column(f"c{at}", label) for at, label in enumerate(labels))
    rows = tuple(
        {f"c{at}": _written(frame.iat[row, place]) for at, place in enumerate(places)} for row in range(len(frame))
    )
    return View("rows", heading, columns, rows, total=total)


def _written(value: Any) -> str:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return "NULL"
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 and not hasattr(value, "isoformat"):
        value = value.item()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return "''" if isinstance(value, str) and not value else fmt.short(str(value), 60)


def _schema_said(diff: DataDiff) -> str:
    schema = diff.found.schema
    assert schema is not None
    counts = {
        "added": len(schema.added), "removed": len(schema.removed), "retyped": len(schema.retyped),
        "renamed": len(schema.renamed),
    }  # fmt: skip
    said = [f"{count} {word}" for word, count in counts.items() if count]
    said += ["reordered"] if schema.is_reordered else []
    return f"columns {', '.join(said)}" if said else ""


def _names(diff: DataDiff) -> tuple[str, ...]:
    after = diff.identities[1]
    return () if after is None else after.names
