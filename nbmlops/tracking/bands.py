"""Many curves as one: their mean, and a band that says how far they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nbmlops.tracking.points import Series

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPREADS: Final = ("range", "sd")


@dataclass(frozen=True)
class Band:
    """The mean of several curves over x, between two edges; NaN where no curve has a finite value."""

    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def band(curves: Sequence[Series], points: int, spread: str = "range") -> Band:
    """The mean of curves and a band around it.

    Parameters
    ----------
    curves
        Their x need not agree: between its points a curve is a straight line, before its first and behind its last
        there is none. NaN and infinities count as no value.
    points : int
        At most so many values of x. Where the curves have more, each is averaged over as many equal stretches first.
    spread : {"range", "sd"}
        From the smallest to the largest value, or one standard deviation (n - 1) to each side; of one curve none.

    Examples
    --------
    >>> import numpy as np
    >>> steps = np.array([0.0, 1.0])
    >>> both = band([Series(steps, np.array([1.0, 2.0])), Series(steps, np.array([3.0, 6.0]))], 100)
    >>> both.mean.tolist(), both.low.tolist(), both.high.tolist()
    ([2.0, 4.0], [1.0, 2.0], [3.0, 6.0])
    """
    import numpy as np

    drawn = [curve for curve in curves if len(curve.x)]
    if not drawn:
        none = np.array([], dtype=np.float64)
        return Band(none, none, none, none)
    places = np.unique(np.concatenate([curve.x for curve in drawn]))
    if len(places) > points:
        edges = np.linspace(places[0], places[-1], points + 1)
        drawn = [_stretched(curve, edges) for curve in drawn]
        places = (edges[1:] + edges[:-1]) / 2
    table = np.stack([_at(curve, places) for curve in drawn])
    finite = np.isfinite(table)
    count = finite.sum(axis=0)
    known = np.where(count > 0, count, np.nan)
    mean = np.where(finite, table, 0.0).sum(axis=0) / known
    if spread == "sd":
        squares = np.where(finite, (table - mean) ** 2, 0.0).sum(axis=0)
        sd = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), 0.0)
        return Band(places, mean, mean - sd, mean + sd)
    low = np.where(finite, table, np.inf).min(axis=0)
    high = np.where(finite, table, -np.inf).max(axis=0)
    return Band(places, mean, np.where(count > 0, low, np.nan), np.where(count > 0, high, np.nan))


def _at(curve: Series, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve where the others have points too."""
    import numpy as np

    if len(curve.x) == len(places) and np.array_equal(curve.x, places):
        return curve.y
    if not len(curve.x):  # every value of it was NaN or infinite
        return np.full(len(places), np.nan)
    found: NDArray[np.float64] = np.interp(places, curve.x, curve.y, left=np.nan, right=np.nan)
    return found


def _stretched(curve: Series, edges: NDArray[np.float64]) -> Series:
    """The mean of a curve in every stretch between edges in which it has points."""
    import numpy as np

    finite = np.isfinite(curve.y)
    x, y = curve.x[finite], curve.y[finite]
    where = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    count = np.bincount(where, minlength=len(edges) - 1)
    hit = np.flatnonzero(count)
    total = np.bincount(where, weights=y, minlength=len(edges) - 1)
    return Series((edges[hit] + edges[hit + 1]) / 2, total[hit] / count[hit])
