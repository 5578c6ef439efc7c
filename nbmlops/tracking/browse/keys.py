"""What the runs of a listing have in common and where they differ: their keys, over all pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nbmlops.tracking.page_facts import in_order

if TYPE_CHECKING:
    import duckdb

_LAST_NAME: Final = re.compile(r"[/.]|__")
MOST_KEYS: Final = 2_000  # of each kind
_VALUE: Final = "CASE WHEN number IS NULL THEN hash(value) ELSE hash(number) END"  # 1 and 1.0 are the same
_MOST_PAIRS: Final = 30
_EXACT_RUNS: Final = 5_000  # among more, the runs that have a key are not told apart one by one


@dataclass(frozen=True)
class Key:
    """One param, metric or tag: how many runs have it, and what is known of its values.

    Parameters
    ----------
    uses
        How many runs have it.
    is_equal
        Every run has it, with the same value.
    is_number
        Some value is a number.
    is_curve
        Some run has several points of it.
    origin
        Where a param comes from; of several the last in the alphabet.
    """

    uses: int
    is_equal: bool = False
    is_number: bool = False
    is_curve: bool = False
    origin: str = ""


@dataclass(frozen=True)
class Keys:
    """The keys of all runs in ``matched``, by kind; and what their fields hold."""

    runs: int
    params: Mapping[str, Key]
    metrics: Mapping[str, Key]
    tags: Mapping[str, Key]
    experiments: int
    has_notes: bool

    def ranked_params(self) -> list[str]:
        """Params that a person wrote first, those of many runs first."""
        rank = {"config": 1, "estimator": 2}
        return sorted(self.params, key=lambda key: (rank.get(self.params[key].origin, 0), -self.params[key].uses, key))

    def ranked_metrics(self, defined: Mapping[str, str]) -> list[str]:
        """Metrics by what people look at first."""
        return in_order({key: found.uses for key, found in self.metrics.items()}, defined)


def twins(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, str]:
    """Params that repeat an earlier one of the same last name in every run: ``reg/alpha`` of ``params/alpha``."""
    found: dict[str, str] = {}
    by_name: dict[str, list[str]] = {}
    asked = 0
    for key in keys:
        others = by_name.setdefault(_LAST_NAME.split(key)[-1], [])
        for other in others:
            asked += 1
            if asked <= _MOST_PAIRS and _agree(con, key, other):
                found[key] = other
                break
        else:
            others.append(key)
    return found


def _agree(con: duckdb.DuckDBPyConnection, key: str, other: str) -> bool:
    sql = f"""
        SELECT bool_and(mine IS NOT DISTINCT FROM theirs) FROM (
            SELECT max({_VALUE}) FILTER (key = $key) AS mine, max({_VALUE}) FILTER (key = $other) AS theirs
            FROM _nbm.params WHERE key IN ($key, $other) AND run_id IN (SELECT run_id FROM matched) GROUP BY run_id
        )"""
    row = con.execute(sql, {"key": key, "other": other}).fetchone()
    return bool(row and row[0])


def read(con: duckdb.DuckDBPyConnection) -> Keys:
    """Look at the runs that were listed (`nbmlops.tracking.listing.make`)."""
    row = con.execute(
        "SELECT count(*), min(run_id), max(run_id), sum(hash(run_id)), count(DISTINCT experiment), bool_or(has_note)"
        " FROM matched"
    ).fetchone()
    assert row is not None
    runs, first, last, checksum, experiments, has_notes = row
    if not runs:
        return Keys(0, {}, {}, {}, 0, False)
    values = {"first": first, "last": last}
    among = "run_id BETWEEN $first AND $last AND run_id IN (SELECT run_id FROM matched)"
    uses = "count(DISTINCT run_id)" if runs <= _EXACT_RUNS else "count(*)"
    params = con.execute(
        f"""SELECT key, {uses}, count(*) AS rows, sum(hash(run_id)) = {checksum}, min({_VALUE}) = max({_VALUE}),
            bool_or(number IS NOT NULL), max(origin)
        FROM _nbm.params WHERE {among} GROUP BY key ORDER BY rows DESC LIMIT {MOST_KEYS}""",
        values,
    ).fetchall()
    metrics = con.execute(
        f"""SELECT key, {uses}, count(*) AS rows, max(count) > 1 FROM _nbm.metric_partials WHERE {among}
        GROUP BY key ORDER BY rows DESC LIMIT {MOST_KEYS}""",
        values,
    ).fetchall()
    tags = con.execute(
        f"""SELECT key, count(*) AS uses FROM (
            SELECT run_id, key FROM _nbm.tags WHERE {among}
            GROUP BY run_id, key HAVING arg_max({{'value': value}}, (ns, session_id, n)).value IS NOT NULL
        ) GROUP BY key ORDER BY uses DESC LIMIT {MOST_KEYS}""",
        values,
    ).fetchall()
    return Keys(
        runs,
        {
            key: Key(min(n, runs), is_same and is_everywhere and rows == runs, is_number, origin=origin or "")
            for key, n, rows, is_everywhere, is_same, is_number, origin in params
        },
        {key: Key(min(n, runs), is_number=True, is_curve=is_curve) for key, n, _, is_curve in metrics},
        {key: Key(n) for key, n in tags},
        experiments,
        bool(has_notes),
    )
