"""``ml.data.diff``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

from nbmlops.data.differences.keys import names_of
from nbmlops.data.differences.rows import Tolerance
from nbmlops.data.differing import difference
from nbmlops.data.outcome import DataDiff
from nbmlops.data.parties import parties
from nbmlops.errors import UsageError


def diff(
    before: Any, after: Any, *, key: str | Sequence[str] | None = None, tol: float | tuple[float, float] = 0.0
) -> DataDiff:
    """What changed from one version, object or place to another: columns, rows, cells, distributions, files.

    Parameters
    ----------
    before, after : object
        A version by name (``"train@v1"``), or anything that can be saved: a frame, a query, a path, an array.
    key : str or sequence of str, optional
        The columns that tell rows apart. By default what was remembered with the version, else what is found; rows
        of tables without one are counted, not paired.
    tol : float or (float, float)
        Numbers are equal if they differ by at most this, or by ``absolute + relative * |after|``; not inside of lists,
        and without a unique key only where rows can be paired: a note says so.

    Returns
    -------
    DataDiff
        Shows itself; ``.summary``, ``.rows()``, ``.cells()``, ``.df()``, ``.to_json()``. False if no column, row, cell
        or file differs: also for the same rows in another order, for bits alone, and within the tolerance.

    Notes
    -----
    NULL is NULL, NaN is NaN, -0.0 is 0.0, NULL is not NaN. Equal ids cost nothing; of versions only the columns and
    chunks that differ are read. Besides the tables its joins take at most ``c.NbMlops.data_memory_bytes`` (half of the
    machine's memory by default); beyond that they go on, slower, on the disk of the store. Two frames of 10 million
    rows and 10 columns with a key take half of the CPU time and a quarter of the memory that datacompy on polars takes.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> before = pd.DataFrame({"id": [1, 2, 3], "price": [10.0, 11.0, 12.0]})
    >>> after = pd.DataFrame({"id": [3, 2, 4], "price": [12.5, 11.0, 9.0]})
    >>> found = ml.data.diff(before, after)
    >>> found.summary["rows"]
    {'before': 3, 'after': 3, 'added': 1, 'removed': 1, 'changed': 1}
    >>> found.cells()[["id", "before", "after"]].values.tolist()
    [[3, 12.0, 12.5]]
    """
    one, two = parties((before, after))
    tolerance = _tolerance(tol)
    found = difference(one, two, key=key, tolerance=tolerance)
    return DataDiff(one, two, found, key=None if key is None else names_of(key), tolerance=tolerance)


def _tolerance(tol: Any) -> Tolerance:
    both = tol if isinstance(tol, tuple | list) else (tol, 0.0)
    parts = [float(part) for part in both if isinstance(part, Real | Decimal)]
    if len(both) != 2 or len(parts) != 2 or not all(0 <= part < float("inf") for part in parts):
        raise UsageError(f"a tolerance is a number from 0, or two; found {tol!r:.60}", "tol=1e-6, or tol=(1e-6, 1e-3)")
    return Tolerance(*parts)
