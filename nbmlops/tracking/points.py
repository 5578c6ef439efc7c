"""Points of many metrics of many runs, read at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nbmlops.tracking.downsample import kept, means
from nbmlops.tracking.goals import SYSTEM
from nbmlops.tracking.queries import bound_ids, of_ids

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

AXES: Final = ("step", "relative", "wall")

Span = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """One metric of one run in the order of x; ``x`` are steps, or seconds."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def thinned(self, points: int) -> Series:
        """At most so many points, extremes and gaps kept."""
        if len(self.x) <= points:
            return self
        chosen = kept(self.y, points)
        return Series(self.x[chosen], self.y[chosen])

    def averaged(self, points: int) -> Series:
        """Means of at most so many stretches: what smoothing starts from, as extremes would pull it to one side."""
        return Series(*means(self.x, self.y, points))


def axis_of(key: str, x: str) -> str:
    """What a metric is drawn over when the others are drawn over ``x``."""
    return "relative" if x == "step" and key.startswith(SYSTEM) else x


def read(
    con: duckdb.DuckDBPyConnection,
    starts: Mapping[str, float],
    keys: Sequence[str],
    x: str = "step",
    span: Span | None = None,
) -> dict[tuple[str, str], Series]:
    """All points of these metrics of these runs.

    Parameters
    ----------
    starts
        Id of the run to when it began, in seconds since 1970: where relative time is counted from.
    keys
        Names of metrics.
    x : {"step", "relative", "wall"}
        Steps, seconds since the run began, or seconds since 1970 (UTC).
    span
        Only points with x from the first to the second number.

    Returns
    -------
    dict
        (run, key) to its points, where there are any. About 80 ms for one million points.
    """
    import numpy as np

    ids = list(starts)
    place = {"step": "step", "relative": "epoch(logged_at) - r.start", "wall": "epoch(logged_at)"}[x]
    within = f"AND {place} BETWEEN $low AND $high" if span is not None else ""
    sql = f"""
        SELECT r.i AS run, k.i AS key, {place} AS x, value AS y FROM _nbm.metrics m
        JOIN (SELECT unnest($ids::VARCHAR[]) AS run_id, unnest($starts::DOUBLE[]) AS start,
            unnest(range(len($ids))) AS i) r USING (run_id)
        JOIN (SELECT unnest($keys::VARCHAR[]) AS key, unnest(range(len($keys))) AS i) k USING (key)
        WHERE m.run_id BETWEEN $first AND $last {within}"""
    values = bound_ids(ids) | {"keys": list(keys), "starts": [starts[run] for run in ids]}
    if span is not None:
        values |= {"low": span[0], "high": span[1]}
    if not ids or not keys:
        return {}
    found = con.execute(sql, values).fetchnumpy()
    codes = found["run"] * len(keys) + found["key"]
    xs, ys = (np.ma.filled(found[name].astype(np.float64), np.nan) for name in ("x", "y"))
    if len(codes) and not (codes == codes[0]).all():
        order = np.argsort(codes, kind="stable")
        codes, xs, ys = codes[order], xs[order], ys[order]
    ends = np.flatnonzero(np.diff(codes)) + 1
    series = {}
    for low, high in zip([0, *ends], [*ends, len(codes)], strict=True):
        if low < high:
            code = int(codes[low])
            series[ids[code // len(keys)], keys[code % len(keys)]] = _ordered(xs[low:high], ys[low:high])
    return series


def _ordered(x: NDArray[np.float64], y: NDArray[np.float64]) -> Series:
    """Points are stored as they were logged, so mostly in order: sorting is only done where it is needed."""
    import numpy as np

    if len(x) > 1 and not (x[1:] >= x[:-1]).all():
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    return Series(x, y)


def frame(con: duckdb.DuckDBPyConnection, runs: Sequence[str], keys: Sequence[str] | None) -> pd.DataFrame:
    """Every point of these metrics (None: all) as one row, in the order of the runs."""
    sql = f"""
        SELECT h.number, h.name, m.run_id, m.key AS metric, m.step, m.value, m.logged_at
        FROM _nbm.metrics m JOIN _nbm.run_heads h USING (run_id)
        WHERE {of_ids("m.run_id")} AND ($keys IS NULL OR list_contains($keys::VARCHAR[], m.key))
        ORDER BY list_position($ids::VARCHAR[], m.run_id), m.key, m.step, m.logged_at"""
    return con.execute(sql, bound_ids(runs) | {"keys": None if keys is None else list(keys)}).df()
