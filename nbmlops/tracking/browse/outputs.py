"""What the cells of a run showed, in order: the beginning of each, and the whole of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from nbmlops.errors import UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import asked
from nbmlops.tracking.browse.contents import Fetch, content, is_text
from nbmlops.tracking.record import reading
from nbmlops.ui.desk import Args, Desk

PAGE = 60
HEAD_BYTES = 16_000  # of a text in the list
INLINE_BYTES = 400_000  # of a figure or page in the list
TOTAL_BYTES = 2_500_000

# what is shown of an output that has several forms; a front end of ours draws no script and no Vega
_ORDER = (
    "image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif", "text/html", "text/markdown", "text/latex",
    "application/json", "text/plain",
)  # fmt: skip


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Some outputs of a run."""
    run = asked.run_id(args)
    offset = asked.whole(args, "offset", 0, 10**9)
    rows = desk.store.read(lambda con: reading.outputs(con, run))
    return data(rows, offset, desk.store.fetch)


def data(rows: Sequence[Mapping[str, Any]], offset: int, fetch: Fetch) -> dict[str, Any]:
    """The outputs from ``offset`` on, as many as are sent at once."""
    shown = outputs_of(rows)
    page, left = [], TOTAL_BYTES
    for output in shown[offset : offset + PAGE]:
        row = output.pop("row")
        text = is_text(row["mime"]) and row["mime"] != "text/html"
        most = min(left, HEAD_BYTES if text else INLINE_BYTES)
        size = row["size_bytes"] or 0
        if text or row["sha256"] is None or size <= most:
            part = content(row["mime"], row["text"], row["sha256"], size, fetch, most)
        else:
            part = {"mime": row["mime"], "size": size, "is_later": True}
        left -= min(size, most)
        page.append(output | part)
        if left <= 0:
            break
    return {"outputs": page, "offset": offset, "total": len(shown)}


def outputs_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each output once, in order, with the row of the form that is shown."""
    return [_output(list(parts)) for parts in _by_output(rows)]


def one(desk: Desk, args: Args) -> dict[str, Any]:
    """The whole of one output in one of its forms."""
    run, execution, mime = asked.run_id(args), asked.text(args, "execution"), asked.text(args, "mime")
    seq = asked.whole(args, "seq", 0, 2**53)
    sql = """
        SELECT text, sha256, size_bytes, mime FROM _nbm.outputs
        WHERE run_id = $run AND execution_id = $execution AND seq = $seq AND mime = $mime
        ORDER BY coalesce(updates, 0) DESC, ns DESC, n DESC LIMIT 1"""
    values: dict[str, object] = {"run": run, "execution": execution, "seq": seq, "mime": mime}
    found = desk.store.read(lambda con: queries.rows(con, sql, values))
    if not found:
        raise UsageError(f"this run has no output {seq} of type {mime[:60]}", "it may have been forgotten: reload")
    row = found[0]
    return content(row["mime"], row["text"], row["sha256"], row["size_bytes"], desk.store.fetch)


def _by_output(rows: Sequence[Mapping[str, Any]]) -> Iterable[Iterable[Mapping[str, Any]]]:
    return (parts for _, parts in groupby(rows, key=lambda row: (row["execution_id"], row["seq"])))


def _output(parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One output; of a display that was updated its newest content."""
    newest = [part for part in parts if part["name"] == "last"] or parts
    kept = [part for part in newest if part["text"] is not None or part["sha256"]]
    row = min(kept or newest, key=_rank)
    return {
        "execution": row["execution_id"],
        "cell": row["cell_id"],
        "seq": row["seq"],
        "kind": row["kind"],
        "name": None if row["name"] == "last" else row["name"],
        "forms": sorted({str(part["mime"]) for part in kept}),
        "updates": row["updates"] or 0,
        "is_truncated": bool(row["is_truncated"]),
        "is_late": bool(row["is_late"]),
        "is_cleared": bool(row["is_cleared"]),
        "row": row,
    }


def _rank(part: Mapping[str, Any]) -> int:
    mime = str(part["mime"])
    return _ORDER.index(mime) if mime in _ORDER else len(_ORDER)
