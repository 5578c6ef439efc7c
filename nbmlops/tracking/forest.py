"""Which parameters a small random forest needs to foretell a metric: it sees interactions, and wants more runs.

Method
    A forest of 100 trees learns the ranks of the metric from all parameters, five times, each time without another
    fifth of the runs, which it then foretells. Then one parameter after the other is shuffled among these, ten times:
    its importance is the mean loss of R squared. If R squared itself is near zero the forest knows nothing, and its
    importances mean nothing.
Limits
    Of two parameters that say the same, each may look unimportant, as the other one stands in for it.

Source: L. Breiman, Random forests, Machine Learning 45 (2001). Needs scikit-learn.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.tracking.axes import Axis, text
from nbmlops.tracking.importance import midranks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

METHOD: Final = "loss of R squared on unseen runs when one parameter is shuffled (random forest, 5 folds)"
LEAST_RUNS: Final = 20
_FOLDS: Final = 5
_TREES: Final = 100
_REPEATS: Final = 10
_LABELS: Final = 10  # of a category; rarer ones are one


@dataclass(frozen=True)
class Forest:
    """What the forest needed.

    Parameters
    ----------
    losses
        Mean loss of R squared by parameter, the largest first; below zero is chance.
    spreads
        Its standard deviation over the shuffles.
    r_squared
        Of the ranks, each foretold by a forest that has not seen the run.
    runs
        With a finite metric.
    """

    losses: Mapping[str, float]
    spreads: Mapping[str, float]
    r_squared: float | None
    runs: int
    why: str = ""


def is_available() -> bool:
    """Whether scikit-learn is installed here."""
    return importlib.util.find_spec("sklearn") is not None


def forest(params: Mapping[str, Axis], metric: Sequence[float | None]) -> Forest:
    """Importance of each parameter for a forest; the same at every call.

    Raises
    ------
    UsageError
        scikit-learn is not installed.
    """
    if not is_available():
        raise UsageError("a random forest needs scikit-learn", "pip install scikit-learn, where this is answered")
    import numpy as np

    target = np.array([math.nan if value is None else value for value in metric], dtype=np.float64)
    kept = np.flatnonzero(np.isfinite(target))
    if len(kept) < LEAST_RUNS:
        return Forest({}, {}, None, len(kept), f"a forest needs at least {LEAST_RUNS} runs")
    ranks = midranks(target[kept])
    if float(ranks.min()) == float(ranks.max()):
        return Forest({}, {}, None, len(kept), "the metric is the same in all of them")
    columns = {key: _columns(axis.part(kept.tolist())) for key, axis in params.items()}
    return _grown({key: found for key, found in columns.items() if found.shape[1]}, ranks)


def _grown(columns: Mapping[str, npt.NDArray[np.float64]], ranks: npt.NDArray[np.float64]) -> Forest:
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold

    if not columns:
        return Forest({}, {}, None, len(ranks), "no parameter varies")
    matrix = np.hstack(list(columns.values()))
    ends = np.cumsum([found.shape[1] for found in columns.values()])
    parts = {key: slice(end - columns[key].shape[1], end) for key, end in zip(columns, ends, strict=True)}
    rng = np.random.default_rng(0)
    foretold = np.empty(len(ranks))
    shuffled = {key: np.empty((_REPEATS, len(ranks))) for key in columns}
    for learn, test in KFold(_FOLDS, shuffle=True, random_state=0).split(matrix):
        model = RandomForestRegressor(_TREES, min_samples_leaf=2, random_state=0).fit(matrix[learn], ranks[learn])
        foretold[test] = model.predict(matrix[test])
        for key, part in parts.items():
            rows = np.tile(matrix[test], (_REPEATS, 1))
            rows[:, part] = np.vstack([matrix[rng.permutation(test), part] for _ in range(_REPEATS)])
            shuffled[key][:, test] = model.predict(rows).reshape(_REPEATS, len(test))
    r_squared = _r_squared(ranks, foretold)
    losses = {key: [r_squared - _r_squared(ranks, each) for each in found] for key, found in shuffled.items()}
    means = {key: float(np.mean(found)) for key, found in losses.items()}
    order = sorted(means, key=lambda key: -means[key])
    spreads = {key: float(np.std(losses[key])) for key in order}
    return Forest({key: means[key] for key in order}, spreads, r_squared, len(ranks))


def _r_squared(ranks: npt.NDArray[np.float64], foretold: npt.NDArray[np.float64]) -> float:
    return 1 - float(((ranks - foretold) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())


def _columns(axis: Axis) -> npt.NDArray[np.float64]:
    """Numbers as one column, everything else as a column for each of its most frequent labels."""
    import numpy as np

    columns: list[npt.NDArray[np.float64]] = []
    words: list[Any] = list(axis.values)
    if axis.kind == "number":
        numbers = [_number(value) for value in axis.values]
        finite = [number for number in numbers if number is not None]
        words = [value if number is None else 0 for value, number in zip(axis.values, numbers, strict=True)]
        middle = float(np.median(finite)) if finite else 0.0
        columns.append(np.array([middle if number is None else number for number in numbers]))
    labels = ["" if value is None else text(value) for value in words]
    counts: dict[str, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    frequent = sorted(counts, key=lambda label: -counts[label])[:_LABELS]
    if len(counts) > 1:
        columns += [np.array([float(label == known) for label in labels]) for known in frequent]
    return np.column_stack(columns) if columns else np.empty((len(labels), 0))


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, (bool, str)):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None
