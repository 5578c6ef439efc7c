"""One step through what runs saw: the nodes before or after some nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.ui import format as fmt

if TYPE_CHECKING:
    import duckdb

_EDGES: Final = "SELECT run_id, version_id, source, content_id, variable, rows, columns FROM data_edges e"
# what a run saved itself is no input of it, though it was fitted
_NOT_ITS_OWN: Final = (
    "NOT (role = 'in' AND variable IS NOT NULL AND EXISTS (SELECT 1 FROM _nbm.data_commits c"
    " WHERE c.version_id = e.version_id AND c.run_id = e.run_id))"
)


def step(
    con: duckdb.DuckDBPyConnection, wave: Iterable[str], is_up: bool, words: dict[str, str]
) -> list[tuple[str, str]]:
    """The edges that lead into (or out of) these nodes; ``words`` learns what frames are called."""
    runs = [node[4:] for node in wave if node.startswith("run:")]
    versions = [node[5:] for node in wave if node.startswith("data:")]
    files = [node[5:] for node in wave if node.startswith("file:")]
    frames = [node[6:] for node in wave if node.startswith("frame:")]
    # of a run: what it read, or what it made
    role = "in" if is_up else "out"
    found = con.execute(
        f"{_EDGES} WHERE role = ? AND run_id IN (SELECT unnest(?::VARCHAR[])) AND {_NOT_ITS_OWN} ORDER BY seen_at",
        [role, runs],
    ).fetchall()
    pairs = [(f"run:{edge[0]}", _thing(edge, words)) for edge in found]
    # of a version or file: who made it, or who read it
    role = "out" if is_up else "in"
    found = con.execute(
        f"{_EDGES} WHERE role = ? AND {_NOT_ITS_OWN}"
        " AND (version_id IN (SELECT unnest(?::VARCHAR[])) OR (version_id IS NULL AND ("
        "source || '|' || coalesce(content_id, '') IN (SELECT unnest(?::VARCHAR[]))"
        " OR (source IS NULL AND content_id IN (SELECT unnest(?::VARCHAR[])))))) ORDER BY seen_at",
        [role, versions, files, frames],
    ).fetchall()
    pairs += [(_thing(edge, words), f"run:{edge[0]}") for edge in found]
    return [pair[::-1] if is_up else pair for pair in pairs]


def _thing(edge: Sequence[Any], words: dict[str, str]) -> str:
    run, version, source, content, variable, rows, columns = edge
    if version:
        return f"data:{version}"
    if source:
        return f"file:{source}|{content or ''}"
    node = f"frame:{content or f'{run}|{variable}|{rows}|{columns}'}"
    shape = "" if rows is None else f", {fmt.number(rows)} × {fmt.number(columns)}".replace(fmt.THIN, " ")
    words.setdefault(node, f"{variable or 'a frame'}{shape}, {'not saved' if content else 'not hashed'}")
    return node
