"""Columns of numbers on their way to a browser: as bytes in base64, a fifth of what their digits would take."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SMALL = 1e-3  # of the size of the values: a narrower span is told apart by doubles only
_LARGEST, _TINIEST = 3e38, 2e-38


class Packed(TypedDict, total=False):
    """One of the three: little-endian floats of 4 or 8 bytes in base64, or first, distance and count."""

    f4: str
    f8: str
    even: list[float]


def pack(values: NDArray[np.float64]) -> Packed:
    """A column as it travels; NaN and infinities are kept.

    Parameters
    ----------
    values : array of float, shape (n,)
        Evenly spaced whole numbers (steps mostly are) become three numbers. Others become floats of four bytes, seven
        digits, unless these would not tell the values apart.

    Returns
    -------
    dict
        ``{"even": [first, distance, n]}``, ``{"f4": base64}`` or ``{"f8": base64}``.

    Examples
    --------
    >>> import numpy as np
    >>> pack(np.array([0.0, 10, 20])), pack(np.array([0.5, np.nan]))
    ({'even': [0.0, 10.0, 3]}, {'f4': 'AAAAPwAAwH8='})
    """
    import numpy as np

    count = len(values)
    if count > 1:
        first, distance = float(values[0]), float(values[1] - values[0])
        if first.is_integer() and distance.is_integer() and np.array_equal(first + distance * np.arange(count), values):
            return {"even": [first, distance, count]}
    kind = "f4" if _fits(values) else "f8"
    return {kind: base64.b64encode(values.astype(f"<{kind}").tobytes()).decode()}  # type: ignore[misc]


def unpack(column: Packed) -> list[float]:
    """A packed column as numbers again.

    Examples
    --------
    >>> unpack({"even": [0, 10, 3]}), unpack({"f4": "AAAAPwAAwH8="})
    ([0, 10, 20], [0.5, nan])
    """
    import numpy as np

    if "even" in column:
        first, distance, count = column["even"]
        return [first + distance * place for place in range(int(count))]
    kind = "f4" if "f4" in column else "f8"
    found: list[float] = np.frombuffer(base64.b64decode(column[kind]), dtype=f"<{kind}").astype(float).tolist()  # type: ignore[literal-required]
    return found


def _fits(values: NDArray[np.float64]) -> bool:
    """Whether four bytes a number draw the same picture."""
    import numpy as np

    finite = values[np.isfinite(values)]
    if not len(finite):
        return True
    sizes = np.abs(finite)
    largest = float(sizes.max())
    span = float(finite.max() / 2 - finite.min() / 2) * 2
    is_near_zero = bool((sizes[sizes > 0] < _TINIEST).any())
    return largest < _LARGEST and not is_near_zero and (span == 0 == largest or span > _SMALL * largest)
