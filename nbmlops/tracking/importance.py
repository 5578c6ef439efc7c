"""Which parameters matter for a metric: how much of the metric's ranks each one tells by itself.

Measure
    The runs are put into groups by the value of the parameter (numbers of many values: into up to six groups of equal
    size), and the metric into ranks. The strength is the share of the variance of these ranks that lies between the
    groups, adjusted for their number: eta squared of the Kruskal-Wallis test, ``(H - k + 1) / (n - k)``. For numbers
    it is the larger of this and the adjusted squared Spearman rank correlation: the one sees a best value in the
    middle, the other a steady trend. Where there are more groups than half the runs, only the trend is looked at;
    what is not all numbers is then not judged. 0 is nothing, 1 is all; ranks do not mind outliers, units and diverged
    runs.
Chance
    What a parameter that does nothing exceeds in one case of twenty, by the distributions of both statistics when
    there is no relation (chi squared with k - 1 degrees of freedom, a normal of variance ``1 / (n - 1)``; both are
    on the careful side for few runs). Of many parameters that do nothing, some exceed it.
Limits
    One parameter at a time: what was changed together shares the credit, and interactions are not seen. A relation
    among the runs that were made is no proof of a cause.

Sources: W. H. Kruskal, W. A. Wallis, Use of ranks in one-criterion variance analysis, J. Am. Stat. Assoc. 47 (1952);
M. Tomczak, E. Tomczak, The need to report effect size estimates revisited, Trends Sport Sci. 1 (2014);
E. B. Wilson, M. M. Hilferty, The distribution of chi-square, Proc. Natl. Acad. Sci. 17 (1931).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]

METHOD: Final = "share of the variance of the metric's ranks that one parameter tells alone (Kruskal-Wallis, Spearman)"
FEW_RUNS: Final = 10
LEAST_RUNS: Final = 4
MOST_GROUPS: Final = 6
_IN_20: Final = 1.6449  # a normal is beyond it in 1 of 20 cases
_IN_40: Final = 1.96  # and in 1 of 40: two looks of 1 in 40 are together 1 in 20
_IN_80: Final = 2.2414  # on either side: 1 in 40
_HUGE: Final = 10**300


@dataclass(frozen=True)
class Strength:
    """What one parameter tells about the metric.

    Parameters
    ----------
    key
        The parameter.
    strength
        Share from 0 to 1; None if it cannot be said, and ``why`` says why.
    chance
        What one of twenty parameters that do nothing exceeds.
    trend
        Spearman's rank correlation from -1 to 1; None for what is not all numbers.
    runs
        How many runs have both a value and a finite metric.
    """

    key: str
    strength: float | None
    chance: float | None
    trend: float | None
    runs: int
    why: str = ""

    @property
    def is_above_chance(self) -> bool:
        """Whether it is more than chance would give."""
        return self.strength is not None and self.chance is not None and self.strength > self.chance


def importance(params: Mapping[str, Sequence[object]], metric: Sequence[float | None]) -> list[Strength]:
    """How much each parameter tells about a metric, the strongest first.

    Parameters
    ----------
    params
        Values by key, one a run, in the order of ``metric``. None means that the run has no such parameter; numbers,
        booleans and text may be mixed.
    metric
        Runs whose value is None or not finite are left out.

    Returns
    -------
    list of Strength
        What cannot be said stands last. About 0.2 ms a parameter at 1,000 runs.

    Examples
    --------
    >>> tells, noise = importance({"noise": list("abababab"), "lr": [1, 2, 3, 4, 5, 6, 7, 8]}, range(8))
    >>> tells.key, tells.strength, noise.strength
    ('lr', 1.0, 0.0)
    """
    import numpy as np

    target = np.array([math.nan if value is None else value for value in metric], dtype=np.float64)
    found = [_strength(key, values, target) for key, values in params.items()]
    return sorted(found, key=lambda each: (each.strength is None, -(each.strength or 0), not each.is_above_chance))


def _strength(key: str, values: Sequence[object], target: Floats) -> Strength:
    import numpy as np

    kept = np.array([value is not None for value in values], dtype=bool) & np.isfinite(target)
    present = [value for value, is_kept in zip(values, kept.tolist(), strict=True) if is_kept]
    runs = len(present)
    if runs < LEAST_RUNS:
        return Strength(key, None, None, None, runs, f"{runs or 'no'} run{'s' * (runs != 1)} with a value")
    ranks = midranks(target[kept])
    if float(ranks.min()) == float(ranks.max()):
        return Strength(key, None, None, None, runs, "the metric is the same in all of them")
    codes, numbers = _grouped(present)
    groups = int(codes.max()) + 1
    if groups < 2:
        return Strength(key, None, None, None, runs, "one value in all of them")
    is_grouped = groups <= runs / 2  # with fewer runs in a group it tells nothing
    if numbers is None and not is_grouped:
        return Strength(key, None, None, None, runs, "nearly every run has a value of its own")
    if numbers is None:
        return _told(key, [(_between(codes, ranks), _by_chance(groups, runs, _IN_20))], None, runs)
    trend = _correlation(midranks(numbers), ranks)
    beyond = _IN_80 if is_grouped else _IN_40  # of one look alone: 1 in 20, on either side
    steady = _adjusted(trend * trend, 2, runs), _adjusted(min(1.0, beyond**2 / (runs - 1)), 2, runs)
    looks = [(_between(codes, ranks), _by_chance(groups, runs, _IN_40))] if is_grouped else []
    return _told(key, [*looks, steady], trend, runs)


def _told(key: str, looks: list[tuple[float, float]], trend: float | None, runs: int) -> Strength:
    """The stronger of the looks, with what chance gives that one."""
    strength, chance = max(looks, key=lambda look: (round(look[0], 9), look[1]))  # rounding decides no tie
    return Strength(key, min(1.0, max(0.0, strength)), min(1.0, max(0.0, chance)), trend, runs)


def midranks(values: Floats) -> Floats:
    """Ranks from 1, equal values share the middle of theirs."""
    import numpy as np

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Floats = (last - (counts - 1) / 2)[place]
    return middle


def _grouped(values: Sequence[object]) -> tuple[Codes, Floats | None]:
    """The group of each run, and the values themselves if all are finite numbers."""
    import numpy as np

    try:
        finite = np.array([_number(value) for value in values], dtype=np.float64)
    except OverflowError:
        finite = np.array([_number(value) if abs(_number(value)) < _HUGE else math.inf for value in values])
    is_finite = np.isfinite(finite)
    codes = np.zeros(len(values), dtype=np.int64)
    groups = 0
    if is_finite.any():
        numbers = finite[is_finite]
        distinct, place = np.unique(numbers, return_inverse=True)
        if len(distinct) > MOST_GROUPS:
            bins = min(MOST_GROUPS, max(2, len(numbers) // 5))
            place = ((midranks(numbers) - 0.5) * bins / len(numbers)).astype(np.int64)
            place = np.unique(place, return_inverse=True)[1]
        codes[is_finite] = place
        groups = int(place.max()) + 1
    if is_finite.all():
        return codes, finite
    words: dict[str, int] = {}  # everything else is a group by what it is called
    for at in np.flatnonzero(~is_finite).tolist():
        word = f"{type(values[at]).__name__} {values[at]}"
        codes[at] = words.setdefault(word, groups + len(words))
    return codes, None


def _number(value: Any) -> Any:
    return math.nan if type(value) is bool or not isinstance(value, (int, float)) else value


def _between(codes: Codes, ranks: Floats) -> float:
    """Adjusted share of the variance of the ranks that lies between the groups."""
    import numpy as np

    counts = np.bincount(codes)
    means = np.bincount(codes, weights=ranks) / counts
    middle = ranks.mean()
    share = float((counts * (means - middle) ** 2).sum() / ((ranks - middle) ** 2).sum())
    return _adjusted(share, len(counts), len(ranks))


def _adjusted(share: float, groups: int, runs: int) -> float:
    return 1 - (1 - share) * (runs - 1) / (runs - groups)


def _by_chance(groups: int, runs: int, normal: float) -> float:
    """The same share when nothing is there: chi squared by Wilson and Hilferty."""
    freedom = groups - 1
    chi_squared = freedom * (1 - 2 / (9 * freedom) + normal * math.sqrt(2 / (9 * freedom))) ** 3
    return _adjusted(min(1.0, chi_squared / (runs - 1)), groups, runs)


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / math.sqrt(float((a * a).sum()) * float((b * b).sum())))
