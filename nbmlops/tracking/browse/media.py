"""What runs logged that is no number: which keys and steps there are, and the content of a few places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from nbmlops.errors import MLError, UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import asked, figures
from nbmlops.tracking.browse.contents import MOST_BYTES, Fetch, content, missing
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb

MOST_RUNS = 50
MOST_KEYS = 200
MOST_STEPS = 20_000  # numbers in one answer; steps at equal distances are three numbers
MOST_PLACES = 200
TABLE_ROWS = 50
_TABLE_COLUMNS = 30
_PARQUET = "application/vnd.apache.parquet"
_SNAPSHOT_BYTES = 60_000


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """What there is: runs, keys, and the steps of each."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    return found


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the grid is drawn from, without content."""
    runs = asked.run_ids(args, MOST_RUNS)
    chosen = asked.texts(args, "keys")
    heads = queries.heads(con, runs)
    sql = f"""
        SELECT key, run_id, coalesce(arg_max(kind, logged_at), any_value(kind)) AS kind,
            list(DISTINCT coalesce(step, 0)) AS steps
        FROM _nbm.series WHERE {queries.of_ids()} AND ($keys IS NULL OR list_contains($keys, key))
        GROUP BY key, run_id ORDER BY key, run_id"""
    rows = queries.rows(con, sql, queries.bound_ids(runs) | {"keys": chosen})
    keys: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = keys.setdefault(str(row["key"]), {"key": row["key"], "kind": row["kind"] or "text", "runs": {}})
        known["runs"][str(row["run_id"])] = sorted(row["steps"])  # type: ignore[call-overload]
    shown = list(keys.values())[:MOST_KEYS]
    each = max(MOST_STEPS // max(sum(len(key["runs"]) for key in shown), 1), 10)
    for key in shown:
        key["runs"] = {run: packed(steps, each) for run, steps in key["runs"].items()}
    total = args.get("runs")
    return {
        "runs": [
            {name: head[name] for name in ("number", "name", "status", "experiment")} | {"id": head["run_id"]}
            for head in heads
        ],
        "total_runs": len(set(total)) if isinstance(total, list) else len(heads),
        "keys": shown,
        "total_keys": len(keys),
    }


def packed(steps: Sequence[float], most: int) -> dict[str, Any]:
    """Steps in little room: equal distances as start, distance and count; of too many an even choice.

    Examples
    --------
    >>> packed([0, 10, 20, 30], 100)
    {'from': 0, 'by': 10, 'count': 4}
    >>> packed([0, 1, 5], 100)
    {'steps': [0, 1, 5]}
    """
    whole = [int(step) if float(step).is_integer() else step for step in steps]
    if len(whole) > 3 and all(isinstance(step, int) for step in whole):  # fractions would not come back exactly
        by = whole[1] - whole[0]
        if all(later - earlier == by for earlier, later in pairwise(whole)):
            return {"from": whole[0], "by": by, "count": len(whole)}
    if len(whole) <= most:
        return {"steps": whole}
    places = [round(place * (len(whole) - 1) / (most - 1)) for place in range(most)]
    return {"steps": [whole[place] for place in places], "total": len(whole)}


def contents(desk: Desk, args: Args) -> dict[str, Any]:
    """The content at some places; what does not fit into one answer is asked for again."""
    places = _places(args)
    rows = desk.store.read(lambda con: at(con, places))
    return {"places": shown(rows, desk.store.fetch)}


def _places(args: Args) -> list[tuple[str, str, float]]:
    found = args.get("places")
    if not isinstance(found, list) or len(found) > MOST_PLACES:
        raise UsageError(f"'places' is a list of at most {MOST_PLACES} places", "reload the page")
    for place in found:
        fine = isinstance(place, list) and len(place) == 3 and all(isinstance(each, str) for each in place[:2])
        if not fine or isinstance(place[2], bool) or not isinstance(place[2], int | float):
            raise UsageError(f"a place is [run, key, step]; found {place!r:.60}", "reload the page")
    return [(place[0], place[1], float(place[2])) for place in found]


def at(con: duckdb.DuckDBPyConnection, places: Sequence[tuple[str, str, float]]) -> list[queries.Row]:
    """The entry at each place, the newest where several share a step."""
    sql = f"""
        SELECT s.run_id AS run, s.key, coalesce(s.step, 0) AS step, s.kind, s.text, s.sha256, s.mime, s.size_bytes
        FROM _nbm.series s JOIN (
            SELECT unnest($runs::VARCHAR[]) AS run_id, unnest($keys::VARCHAR[]) AS key, unnest($steps::DOUBLE[]) AS step
        ) w ON w.run_id = s.run_id AND w.key = s.key AND w.step = coalesce(s.step, 0)
        WHERE {queries.of_ids("s.run_id")}
        QUALIFY row_number() OVER (PARTITION BY s.run_id, s.key, coalesce(s.step, 0) ORDER BY s.logged_at DESC) = 1
        ORDER BY s.run_id, s.key"""
    runs, keys, steps = ([place[each] for place in places] for each in range(3))
    return queries.rows(con, sql, queries.bound_ids(sorted(set(map(str, runs)))) | {
        "runs": runs, "keys": keys, "steps": steps,
    })  # fmt: skip


def shown(rows: Sequence[Mapping[str, Any]], fetch: Fetch, most: int = MOST_BYTES) -> list[dict[str, Any]]:
    """Entries with their content, up to so many bytes; the rest is marked ``is_later``."""
    found: list[dict[str, Any]] = []
    left = most
    for row in rows:
        place = {name: row[name] for name in ("run", "key", "step", "kind")}
        size = int(row["size_bytes"] or 0)
        if found and left - size < 0:
            found.append(place | {"is_later": True})
            continue
        left -= size
        found.append(place | _content(row, fetch))
    return found


def _content(row: Mapping[str, Any], fetch: Fetch) -> dict[str, Any]:
    """The content of one entry; a table as its first rows."""
    mime, text, sha256 = str(row["mime"] or "text/plain"), row["text"], row["sha256"]
    if row["kind"] == "table" and mime == _PARQUET:
        head: dict[str, Any] = {"mime": mime, "size": row["size_bytes"]}
        if sha256 and (why := missing(str(sha256), fetch)):
            return head | {"missing": why}
        table = table_head(str(sha256), fetch) if sha256 else None
        return head | ({"table": table} if table else {"text": text or "", "mime": "text/plain"})
    found = content(mime, text, sha256, row["size_bytes"], fetch)
    if row["kind"] == "histogram" and (bars := _bars(found.get("text", ""))) is not None:
        return {"mime": mime, "size": row["size_bytes"], "histogram": bars}
    return found


def _bars(text: str) -> dict[str, list[float]] | None:
    """Counts and edges of a histogram; None where it is none."""
    try:
        found = json.loads(text)
        counts, edges = found["counts"], found["edges"]
        fine = len(edges) == len(counts) + 1 and all(isinstance(each, int | float) for each in [*counts, *edges])
    except (ValueError, TypeError, KeyError):
        return None
    return {"counts": counts[:1000], "edges": edges[:1001]} if fine else None


def table_head(sha256: str, fetch: Fetch) -> dict[str, Any] | None:
    """The first rows of a table, without reading all of it; None where it is gone or no table."""
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(fetch(sha256))
        names = list(file.schema_arrow.names)[:_TABLE_COLUMNS]
        batch = next(file.iter_batches(batch_size=TABLE_ROWS, columns=names), None)
    except (MLError, OSError, ValueError, pyarrow.ArrowException):
        return None
    columns = batch.to_pydict() if batch is not None else {}
    return {
        "columns": names,
        "rows": [[_cell(columns[name][row]) for name in names] for row in range(batch.num_rows if batch else 0)],
        "total": file.metadata.num_rows,
        "total_columns": len(file.schema_arrow.names),
    }


def _cell(value: object) -> object:
    """A cell of a table: numbers as they are, anything else as short text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "…"


def last_places(found: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    """The last step of each key of each run, of the first keys."""
    places = [(run, str(key["key"]), _last(steps)) for key in found["keys"] for run, steps in key["runs"].items()]
    return places[:MOST_PLACES]


def snapshot(found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], fetch: Fetch) -> dict[str, Any]:
    """What is saved of the grid: the rows of ``last_places`` as far as they are small enough."""
    kept, left = [], _SNAPSHOT_BYTES
    for row in rows:
        place = _saved(row, fetch)
        used = len(json.dumps(place, default=str))
        if used <= left:
            left -= used
            kept.append(place)
    saved = {(place["run"], place["key"]): place["step"] for place in kept}
    keys = []
    for key in found["keys"]:
        runs = {run: {"steps": [saved[run, key["key"]]]} for run in key["runs"] if (run, key["key"]) in saved}
        if runs:
            keys.append({**key, "runs": runs})
    return {**found, "keys": keys, "places": kept}


def _last(steps: Mapping[str, Any]) -> float:
    return float(steps["steps"][-1] if "steps" in steps else steps["from"] + steps["by"] * (steps["count"] - 1))


def _saved(row: Mapping[str, Any], fetch: Fetch) -> dict[str, Any]:
    """One entry as it is saved: a picture made small, text and tables from their beginning."""
    place = {name: row[name] for name in ("run", "key", "step", "kind")}
    if row["kind"] == "image":
        picture = figures.thumbnail(str(row["sha256"]), str(row["mime"]), fetch) if row["sha256"] else None
        missing = {"mime": row["mime"], "missing": "not saved with the notebook"}
        return place | ({"mime": picture[0], "data": picture[1]} if picture else missing)
    if row["kind"] in ("audio", "video"):
        return place | {"mime": row["mime"], "missing": "not saved with the notebook"}
    found = _content(row, fetch)
    if len(found.get("text") or "") > 2000:
        found["text"], found["is_cut"] = found["text"][:2000], True
    if table := found.get("table"):
        table["rows"] = table["rows"][:10]
    return place | found
