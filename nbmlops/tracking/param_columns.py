"""Params of many runs as columns: what varies between them, read in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nbmlops.tracking import queries
from nbmlops.tracking.axes import is_equal_everywhere
from nbmlops.tracking.decoding import decode

if TYPE_CHECKING:
    import duckdb

MOST_PARAMS: Final = 500
MOST_CELLS: Final = 400_000  # of runs times params: the store is held while they are read
_LATER: Final = {"config": 1, "estimator": 2}  # what a person wrote comes first


@dataclass(frozen=True)
class ParamColumns:
    """What varies.

    Parameters
    ----------
    columns
        Values by key, one a run in the order asked for; None where a run has none, Python's None is the text ``None``.
    equal
        How many params are the same in all of the runs.
    left_out
        How many varying ones were too many, those that few runs have first.
    """

    columns: dict[str, list[Any]] = field(default_factory=dict)
    equal: int = 0
    left_out: int = 0


def varying(con: duckdb.DuckDBPyConnection, ids: Sequence[str], wanted: Sequence[str] = ()) -> ParamColumns:
    """The params that vary between runs, those that a person wrote first; and ``wanted`` ones, varying or not."""
    bound = queries.bound_ids(ids)
    sql = f"""
        SELECT key, count(DISTINCT run_id) AS runs, count(*) AS rows, min(value) = max(value), max(origin)
        FROM _nbm.params WHERE {queries.of_ids()} GROUP BY key"""
    keys = con.execute(sql, bound).fetchall()
    is_one = len(ids) == 1  # of one run all are shown
    # two texts may be one value (1 and 1.0): what has one text in every run is surely equal
    found = [row for row in keys if is_one or row[1] < len(ids) or not row[3] or row[0] in wanted]
    found.sort(key=lambda row: (row[0] not in wanted, _LATER.get(row[4], 0), -row[1], row[0]))
    most = min(MOST_PARAMS, max(MOST_CELLS // max(len(ids), 1), len(wanted)))
    chosen = [row[0] for row in found[:most]]
    columns = _read(con, ids, chosen, is_rewritten=any(row[1] < row[2] for row in found))
    equal = {key for key in chosen if not is_one and key not in wanted and is_equal_everywhere(columns[key])}
    kept = {key: column for key, column in columns.items() if key not in equal}
    return ParamColumns(kept, len(keys) - len(found) + len(equal), max(0, len(found) - most))


def _read(
    con: duckdb.DuckDBPyConnection, ids: Sequence[str], keys: Sequence[str], *, is_rewritten: bool
) -> dict[str, list[Any]]:
    """Numbers come as numbers; only text is decoded one by one. Of a param that was written twice the newest holds."""
    import numpy as np

    columns: dict[str, list[Any]] = {key: [None] * len(ids) for key in keys}
    if not keys:
        return columns
    sql = f"""
        SELECT run.place AS run, name.place AS name, number,
            CASE WHEN number IS NULL OR starts_with(value, '"') OR value IN ('true', 'false') THEN value END AS text,
            NOT (contains(value, '.') OR contains(value, 'e') OR contains(value, 'E')) AS is_whole
        FROM _nbm.params
        JOIN (SELECT unnest($ids::VARCHAR[]) AS run_id, generate_subscripts($ids::VARCHAR[], 1) - 1 AS place) run
            USING (run_id)
        JOIN (SELECT unnest($keys::VARCHAR[]) AS key, generate_subscripts($keys::VARCHAR[], 1) - 1 AS place) name
            USING (key)
        WHERE run_id BETWEEN $first AND $last{" ORDER BY ns, session_id, n" if is_rewritten else ""}"""
    table = con.execute(sql, queries.bound_ids(ids) | {"keys": list(keys)}).fetchnumpy()
    order = np.argsort(table["name"], kind="stable")
    ends = np.searchsorted(table["name"][order], np.arange(len(keys) + 1))
    known: dict[tuple[str, float | None], Any] = {}
    for at, key in enumerate(keys):
        part = order[ends[at] : ends[at + 1]]
        _fill(columns[key], {name: column[part] for name, column in table.items()}, known)
    return columns


def _fill(column: list[Any], part: Mapping[str, Any], known: dict[tuple[str, float | None], Any]) -> None:
    """Write the values of one param at the places of their runs."""
    import numpy as np

    has_number = ~np.ma.getmaskarray(part["number"])
    numbers = np.ma.getdata(part["number"]).tolist()
    is_text = ~np.ma.getmaskarray(part["text"])
    texts = np.ma.getdata(part["text"])
    wholes = np.ma.getdata(part["is_whole"]).tolist()
    runs = part["run"].tolist()
    for run, number, is_whole in zip(runs, numbers, wholes, strict=True):
        column[run] = int(number) if is_whole and number == number and abs(number) < 2**53 else number
    newest = dict(zip(runs, range(len(runs)), strict=True)) if len(set(runs)) < len(runs) else None
    for place in np.flatnonzero(is_text).tolist():
        if newest is not None and newest[runs[place]] != place:
            continue  # written again later, perhaps as a number
        same = (str(texts[place]), numbers[place] if has_number[place] else None)
        if same not in known:
            known[same] = "None" if same[0] == "null" else decode(*same)
        column[runs[place]] = known[same]
