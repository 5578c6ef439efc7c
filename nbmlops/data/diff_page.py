"""A diff as plain data, text and static HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import file_pairs
from nbmlops.data.drawing import bars_svg, bars_text, blocks, column_facts, frame_data, heights, two_bars_svg
from nbmlops.data.profile import ColumnProfile
from nbmlops.ui import format as fmt
from nbmlops.ui.html import escape, view_html
from nbmlops.ui.text import view_text
from nbmlops.ui.view import Column, View

if TYPE_CHECKING:
    from nbmlops.data.differences import Kind
    from nbmlops.data.outcome import DataDiff

MAX_BYTES: Final = 88_000
_COLUMNS: Final = 60
_CELLS: Final = 50
_TEXT_CELLS: Final = 10
_EACH: Final = 12  # of one column
_ROWS: Final = 5
_WIDE: Final = 8


def changes(diff: DataDiff) -> list[list[Any]]:
    """One row a column or file that differs: name, change, cells, before, after."""
    found = diff.found
    rows: list[list[Any]] = []
    if found.files is not None:
        files = found.files
        rows += [[one.path, "renamed", None, one.path, two.path] for one, two in files.renamed]
        rows += [[one.path, "modified", None, one.size_bytes, two.size_bytes] for one, two in files.modified]
        rows += [[file.path, "added", None, None, file.size_bytes] for file in files.added]
        rows += [[file.path, "removed", None, file.size_bytes, None] for file in files.removed]
        return rows
    if found.schema is None:
        return rows
    schema = found.schema
    cells = found.table.changed_cells() if found.table is not None else {}
    types = {each.name: each for each in schema.retyped}
    renamed = {after: before for before, after in schema.renamed}
    one, two = diff.identities
    for pair in schema.pairs:
        count = cells.get(pair.label, 0)
        words = []
        if pair.name in renamed:
            words.append(f"was {renamed[pair.name]}")
        if pair.name in types:
            words.append(f"{types[pair.name].before} → {types[pair.name].after}")
        if count:
            words.append(f"{fmt.number(count)} cell{'' if count == 1 else 's'}")
        elif not pair.is_same and found.table is None and not words:
            words.append("differs")
        if words:
            rows.append([pair.label, ", ".join(words), count, _type(one, pair.left), _type(two, pair.right)])
    rows.sort(key=lambda row: -row[2])
    rows += [[name, "added", None, None, _type(two, name)] for name in schema.added]
    rows += [[name, "removed", None, _type(one, name), None] for name in schema.removed]
    return rows


def data(diff: DataDiff, rows: int) -> dict[str, Any]:
    """What a browser draws."""
    names = ("name", "change", "cells", "before", "after")
    said: dict[str, Any] = {"summary": diff.summary, "title": title(diff)}
    found = changes(diff)
    said["changes"] = [dict(zip(names, row, strict=True)) for row in found[:500]]
    said["total"] = len(found)
    said["profiles"] = {name: _bins(pair) for name, pair in list(diff.profiles.items())[:_COLUMNS]}
    if diff.found.table is not None:
        said["cells"] = frame_data(diff.cells(limit=rows))
        for kind in ("added", "removed"):
            said[kind] = frame_data(diff.rows(kind, limit=min(rows, 100)))
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
        parts.append("files " + " ".join(f"{sign}{fmt.number(len(which))}" for sign, which in counts))
        parts.append(f"{fmt.number(files.unchanged)} unchanged")
    return [*parts, *found.notes]


def text(diff: DataDiff) -> str:
    """As plain text."""
    parts = ["   ".join(title(diff)).replace(fmt.THIN, " ")]
    if table := _changes_view(diff):
        parts.append(view_text(table))
    parts += [view_text(view) for view in _row_views(diff, _TEXT_CELLS)]
    if diff.found.files is not None:
        parts += [pair.text() for pair in file_pairs.pairs(diff)]
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
    if table := _changes_view(diff, columns, is_marked=True):
        drawn = view_html(table)
        for name, pair in diff.profiles.items():
            if pair[0] is not None and pair[1] is not None and (mark := _mark(name)) in drawn:
                drawn = drawn.replace(mark, _both(pair), 1)
        parts.append(drawn)
    parts += [view_html(view) for view in _row_views(diff, cells)]
    if diff.found.files is not None:
        room = MAX_BYTES - sum(len(part.encode()) for part in parts)
        for each in file_pairs.pairs(diff):
            drawn = each.html()
            room -= len(drawn.encode())
            if room < 2000:
                parts.append('<div class="nbm-foot">more files differ: .df() has all</div>')
                break
            parts.append(drawn)
    return "".join([*parts, "</div>"])


def _changes_view(diff: DataDiff, most: int = _COLUMNS, *, is_marked: bool = False) -> View | None:
    rows = changes(diff)
    if not rows:
        return None
    total = len(rows)
    if diff.found.files is not None:
        columns = (
            Column("name", "file"), Column("change", "change"), Column("before", "before"), Column("after", "after"),
        )  # fmt: skip
        shown = tuple(
            {"name": name, "change": change, "before": _size(before), "after": _size(after)}
            for name, change, _, before, after in rows[:most]
        )
        return View("files", "", columns, shown, total=total)
    columns = (
        Column("name", "column"),
        Column("change", "change"),
        Column("bars", "before / after"),
        Column("facts", "values"),
    )
    profiles = diff.profiles
    shown = tuple(
        {
            "name": fmt.short(name, 60), "change": change,
            "bars": _bars(name, profiles.get(name), is_marked), "facts": _facts(profiles.get(name)),
        }
        for name, change, *_ in rows[:most]
    )  # fmt: skip
    return View("columns", "", columns, shown, total=total)


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
        at = [list(frame.columns).index(label) if label != "column" else frame.shape[1] - 3 for label in labels[:-2]]
        at += [frame.shape[1] - 2, frame.shape[1] - 1]
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
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "item") and getattr(value, "size", 0) == 1 and not hasattr(value, "isoformat"):
        value = value.item()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return fmt.short(str(value), 60) if value != "" else "''"


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


def _bars(name: str, pair: tuple[ColumnProfile | None, ColumnProfile | None] | None, is_marked: bool) -> str:
    if pair is None:
        return ""
    before, after = pair
    if before is None or after is None:
        each = before or after
        return "" if each is None else bars_text(each)
    if not before.histogram and not before.top and not after.histogram and not after.top:
        return ""
    return _mark_text(name) if is_marked else " / ".join(map(blocks, shared(before, after)))


def _mark_text(name: str) -> str:
    return f"⟨{name[:40]}⟩"


def _mark(name: str) -> str:
    return escape(_mark_text(name))


def _both(pair: tuple[ColumnProfile | None, ColumnProfile | None]) -> str:
    before, after = pair
    assert before is not None
    assert after is not None
    if (before.histogram is None) != (after.histogram is None):  # numbers and categories have no bins in common
        return f"{bars_svg(before)} → {bars_svg(after)}"
    return two_bars_svg(*shared(before, after))


def shared(before: ColumnProfile, after: ColumnProfile) -> tuple[list[float], list[float]]:
    """Two distributions in the same bins, or over the same values."""
    one, two = before.histogram, after.histogram
    if one is not None and two is not None:
        bounds = min(one.low, two.low), max(one.high, two.high)
        return heights(before, bounds), heights(after, bounds)
    if one is not None or two is not None:
        return heights(before), heights(after)
    names = list(dict.fromkeys(value for value, _ in (*before.top, *after.top)))[:16]
    tops = dict(before.top), dict(after.top)
    return [float(tops[0].get(name, 0)) for name in names], [float(tops[1].get(name, 0)) for name in names]


def _bins(pair: tuple[ColumnProfile | None, ColumnProfile | None]) -> dict[str, Any]:
    before, after = pair
    said: dict[str, Any] = {"before": _facts_of(before), "after": _facts_of(after), "said": _facts(pair)}
    if before is not None and after is not None:
        return said | {"bins": list(shared(before, after))}
    return said | {"bins": [None if each is None else heights(each) for each in pair]}


def _facts_of(found: ColumnProfile | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "rows": found.rows, "nulls": found.nulls, "distinct": found.distinct, "low": found.low, "high": found.high,
        "mean": found.mean, "sd": found.sd, "said": column_facts(found),
    }  # fmt: skip


def _facts(pair: tuple[ColumnProfile | None, ColumnProfile | None] | None) -> str:
    if pair is None:
        return ""
    before, after = pair
    if before is None or after is None:
        each = after or before
        return "" if each is None else column_facts(each)
    said = []
    if before.nulls != after.nulls:
        said.append(f"missing {fmt.number(before.nulls)} → {fmt.number(after.nulls)}")
    if before.non_finite != after.non_finite:
        said.append(f"NaN or infinite {fmt.number(before.non_finite)} → {fmt.number(after.non_finite)}")
    if before.mean is not None and after.mean is not None and before.shape == "number":
        said.append(f"mean {fmt.number(before.mean)} → {fmt.number(after.mean)}")
    elif before.top and after.top:
        moved = _moved(before, after)
        said += [moved] if moved else []
    return "; ".join(said)


def _moved(before: ColumnProfile, after: ColumnProfile) -> str:
    """The category whose share moved most."""
    shares = [{value: count / max(each.rows - each.nulls, 1) for value, count in each.top} for each in (before, after)]
    names = dict.fromkeys([*shares[0], *shares[1]])
    most = max(names, key=lambda name: abs(shares[1].get(name, 0) - shares[0].get(name, 0)))
    one, two = shares[0].get(most, 0), shares[1].get(most, 0)
    return f"{fmt.short(most, 20)} {one * 100:.3g} % → {two * 100:.3g} %" if one != two else ""


def _type(identity: Any, which: int | str) -> str:
    place = identity.names.index(which) if isinstance(which, str) else which
    return str(identity.types[place])


def _names(diff: DataDiff) -> tuple[str, ...]:
    after = diff.identities[1]
    return () if after is None else after.names


def _size(value: Any) -> str:
    return fmt.size(value) if isinstance(value, int) else str(value or "")
