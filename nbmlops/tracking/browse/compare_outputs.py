"""What two runs showed and logged beside each other: figures, tables, texts; and the files of all runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from nbmlops.errors import MLError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import compare_code, media, outputs
from nbmlops.tracking.record import reading
from nbmlops.ui import format as fmt
from nbmlops.ui.absent import ABSENT
from nbmlops.ui.linediff import diff_texts
from nbmlops.ui.sections import Compared, Content, Pair, Pairs, Row, Rows, Section, State
from nbmlops.ui.tablediff import Table, diff_tables, parse_table

if TYPE_CHECKING:
    import duckdb

MOST_PAIRS = 100
_READ = 400_000  # bytes of a text that are compared
_CUT = f"only the first {_READ // 1000} kB were compared"
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-f]{6,16}\b")  # of an object: another one in every kernel


@dataclass(frozen=True)
class Facts:
    """What was read: rows of cells, outputs and series of the two runs, and the files of all."""

    cells: Mapping[str, list[queries.Row]]
    outputs: Mapping[str, list[queries.Row]]
    series: Mapping[str, list[queries.Row]]
    files: list[queries.Row]


@dataclass(frozen=True)
class Shown:
    """One output or entry of one run, ready to be compared."""

    kind: str  # text, image, table, html, other
    title: str
    content: Content
    row: Mapping[str, Any]


def read_outputs(con: duckdb.DuckDBPyConnection, compared: Compared) -> Facts:
    """Outputs and the last entry of each series of the two runs; the files of all."""
    pair = list(dict.fromkeys((compared.reference, compared.other)))
    sql = f"""
        SELECT run_id, key, coalesce(step, 0) AS step, kind, text, sha256, mime, size_bytes FROM _nbm.series
        WHERE {queries.of_ids()}
        QUALIFY row_number() OVER (PARTITION BY run_id, key ORDER BY step DESC NULLS LAST, logged_at DESC) = 1
        ORDER BY key"""
    series = queries.rows(con, sql, queries.bound_ids(pair))
    files = f"""
        SELECT run_id, path, arg_max(sha256, (ns, session_id, n)) AS sha256,
            arg_max(size_bytes, (ns, session_id, n)) AS size_bytes
        FROM _nbm.artifacts WHERE {queries.of_ids()} GROUP BY run_id, path ORDER BY path"""
    return Facts(
        {run: reading.cells(con, run) for run in pair},
        {run: reading.outputs(con, run) for run in pair},
        {run: [row for row in series if row["run_id"] == run] for run in pair},
        queries.rows(con, files, queries.bound_ids(compared.ids)),
    )


def draw_outputs(facts: Facts, compared: Compared) -> Sequence[Section]:
    """Outputs beside each other; files as rows."""
    files = Rows(name="files", title="files", rank=75, noun="files", rows=tuple(_files(facts, compared)))
    if compared.other == compared.reference:
        return (files,)
    found = [*_of_series(facts, compared), *_of_cells(facts, compared)]
    notes = compare_code.cut_notes(facts.cells, compared)
    if len(found) > MOST_PAIRS:
        notes = (f"first {MOST_PAIRS} of {len(found)}", *(f"outputs of the {note}" for note in notes))
    else:
        notes = tuple(f"outputs of the {note}" for note in notes)
    pairs = tuple(found[:MOST_PAIRS])
    return (
        files,
        Pairs(
            name="outputs", title="outputs", rank=70, noun="outputs", pairs=pairs, against=compared.other, notes=notes
        ),
    )


def _files(facts: Facts, compared: Compared) -> Iterator[Row]:
    found: dict[str, dict[str, str]] = {}
    for row in facts.files:
        told = f"{fmt.size(row['size_bytes'])} {str(row['sha256'])[:8]}"  # type: ignore[arg-type]
        found.setdefault(str(row["path"]), {})[str(row["run_id"])] = told
    for path, by_run in found.items():
        yield Row(path, tuple(by_run.get(run, ABSENT) for run in compared.ids), "code")


def _of_series(facts: Facts, compared: Compared) -> Iterator[Pair]:
    """The last entry of each key that either run logged."""
    old, new = ({str(row["key"]): row for row in facts.series[run]} for run in (compared.reference, compared.other))
    for key in sorted({*old, *new}):
        before, after = (_entry(rows.get(key), compared) for rows in (old, new))
        yield pair_of(before, after, compared)


def _entry(row: Mapping[str, Any] | None, compared: Compared) -> Shown | None:
    if row is None:
        return None
    kind = row["kind"] if row["kind"] in ("text", "image", "table", "html") else "other"
    ask = ("media/content", {"places": [[row["run_id"], row["key"], row["step"]]]})
    content = Content(row["mime"] or "", row["size_bytes"], row["sha256"], ask)
    return Shown(kind, str(row["key"]), content, row)


def _of_cells(facts: Facts, compared: Compared) -> Iterator[Pair]:
    """Outputs of cells that belong together, each kind in its order."""
    by_run = {run: _by_cell(facts, run) for run in (compared.reference, compared.other)}
    old, new = (compare_code.codes(facts.cells[run], compared) for run in (compared.reference, compared.other))
    for before, after in compare_code.match(old, new):
        mine = by_run[compared.reference].get(before.execution_id, []) if before else []
        theirs = by_run[compared.other].get(after.execution_id, []) if after else []
        cell = after or before
        for left, right in _matched(mine, theirs):
            found = pair_of(left, right, compared, where=cell.label if cell else "")
            yield found


def _matched(old: Sequence[Shown], new: Sequence[Shown]) -> Iterator[tuple[Shown | None, Shown | None]]:
    """The nth of a kind belongs to the nth of that kind."""
    free: dict[tuple[str, str], list[Shown]] = {}
    for shown in old:
        free.setdefault((shown.kind, shown.title), []).append(shown)
    for shown in new:
        known = free.get((shown.kind, shown.title))
        yield (known.pop(0) if known else None), shown
    for rest in free.values():
        yield from ((shown, None) for shown in rest)


def _by_cell(facts: Facts, run: str) -> dict[str, list[Shown]]:
    """Outputs by execution; of a stream all its pieces together."""
    found: dict[str, list[Shown]] = {}
    streams: dict[tuple[str, str], int] = {}
    for output in outputs.outputs_of(facts.outputs[run]):
        if output["is_cleared"]:
            continue
        row, execution = output["row"], output["execution"]
        listed = found.setdefault(execution, [])
        kind = _kind(row["mime"] or "text/plain", output["kind"])
        title = {"stream": output["name"] or "stdout", "error": "error", "result": "result"}.get(
            output["kind"], {"image": "figure", "html": "page"}.get(kind, kind)
        )
        if output["kind"] == "stream" and (place := streams.get((execution, title))) is not None:
            joined = {**listed[place].row, "text": f"{listed[place].row['text'] or ''}{row['text'] or ''}"}
            listed[place] = Shown(kind, title, listed[place].content, joined)
            continue
        streams[execution, title] = len(listed)
        ask = ("run/output", {"run": run, "execution": execution, "seq": output["seq"], "mime": row["mime"]})
        listed.append(Shown(kind, title, Content(row["mime"] or "", row["size_bytes"], row["sha256"], ask), row))
    return found


def _kind(mime: str, kind: str) -> str:
    if kind in ("stream", "error") or mime in ("text/plain", "text/markdown", "text/latex") or mime.endswith("json"):
        return "text"
    return "image" if mime.startswith("image/") else "html" if mime == "text/html" else "other"


def pair_of(old: Shown | None, new: Shown | None, compared: Compared, *, where: str = "") -> Pair:
    """One thing of two runs; of what only one of them has, the other side is empty."""
    one = new or old
    assert one is not None
    title = f"{one.title} of {where}" if where else one.title
    contents = (old.content if old else None), (new.content if new else None)
    state: State = "changed" if old and new else "added" if new else "removed"
    kind = one.kind if not (old and new) or old.kind == new.kind else "other"
    if old and new and _same(old, new):
        return Pair(title, kind, "equal")  # type: ignore[arg-type]
    tables = _tables(old, new, compared) if kind in ("html", "table") else None
    if tables is not None:
        diff = diff_tables(tables[0].rows, tables[1].rows)
        said = "; ".join(filter(None, [diff.said if diff else "", tables[0].rest or tables[1].rest]))
        return Pair(title, "table", "changed" if said else "equal", table=diff, said=said)
    if kind == "text":
        before, after = (text_of(side, compared) for side in (old, new))
        lines = diff_texts(before.text, after.text)
        if state != "changed":
            return Pair(title, "text", state, lines, said=_only(state))
        said = "; ".join(filter(None, [lines.said if lines else "", before.rest or after.rest]))
        return Pair(title, "text", "changed" if said else "equal", lines, said=said)
    sizes = [fmt.size(content.size_bytes) for content in contents if content is not None]
    said = " → ".join(sizes) if state == "changed" and len(set(sizes)) > 1 and kind != "image" else _only(state)
    return Pair(title, kind, state, old=contents[0], new=contents[1], said=said)  # type: ignore[arg-type]


def _only(state: State) -> str:
    return {"added": "only in this run", "removed": "only in the reference"}.get(state, "")


def _same(old: Shown, new: Shown) -> bool:
    if old.row["sha256"] or new.row["sha256"]:
        return bool(old.row["sha256"] == new.row["sha256"])
    return old.kind == new.kind and bool(old.row["text"] == new.row["text"])


class Read(NamedTuple):
    """A text that is compared, and what is to be said of what is not."""

    text: str
    rest: str = ""


class ReadTable(NamedTuple):
    """A table that is compared, and what is to be said of what is not."""

    rows: Table
    rest: str = ""


def text_of(shown: Shown | None, compared: Compared) -> Read:
    """Its text without terminal colours, and with nothing that is another in every kernel."""
    if shown is None:
        return Read("")
    text, rest = str(shown.row["text"] or ""), ""
    if shown.row["sha256"]:
        try:
            with compared.fetch(str(shown.row["sha256"])).open("rb") as file:
                raw = file.read(_READ + 1)
            text, rest = raw[:_READ].decode("utf-8", "replace"), _CUT if len(raw) > _READ else ""
        except (MLError, OSError):
            rest = "the whole is gone, only the head of it was compared"  # it is in the row
    if len(text) > _READ:
        rest = _CUT
    return Read(_ADDRESS.sub("0x…", _ANSI.sub("", text[:_READ])), rest)


def _tables(old: Shown | None, new: Shown | None, compared: Compared) -> tuple[ReadTable, ReadTable] | None:
    """Both as tables, if they are."""
    found = []
    for shown in (old, new):
        if shown is None:
            return None
        table = _parquet(shown, compared) if shown.row["mime"] == "application/vnd.apache.parquet" else None
        table = table or (_page(shown, compared) if shown.kind == "html" else None)
        if table is None:
            return None
        found.append(table)
    return found[0], found[1]


def _page(shown: Shown, compared: Compared) -> ReadTable | None:
    """The table of a page."""
    page = text_of(shown, compared)
    table = parse_table(page.text)
    return None if table is None else ReadTable(table, page.rest)


def _parquet(shown: Shown, compared: Compared) -> ReadTable | None:
    """The first rows of a logged table, numbered: it has no names of rows."""
    table = media.table_head(str(shown.row["sha256"]), compared.fetch) if shown.row["sha256"] else None
    if table is None:
        return None
    rows = [[str(at), *map(_cell_text, row)] for at, row in enumerate(table["rows"])]
    total, columns = table["total"], table["total_columns"]
    is_whole = total == len(rows) and columns == len(table["columns"])
    rest = f"only {len(rows):,} of {total:,} rows and {len(table['columns'])} of {columns:,} columns were compared"
    return ReadTable(tuple(map(tuple, [["", *map(str, table["columns"])], *rows])), "" if is_whole else rest)


def _cell_text(value: object) -> str:
    return "" if value is None else fmt.number(value)
