"""Cells of pandas columns of Python objects: how they come back from Arrow, and whether that is what they were."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

Spec: TypeAlias = dict[str, Any]
_EXACT: Final = (str, bytes, bool, int, float, dt.date)
"""Types of cells that Arrow gives back as they are, where all cells are of one."""

_VALUE, _NONE, _NAN, _NA, _NAT, _DECIMAL = range(6)
_WORDS: Final = {_NONE: "None", _NAN: "nan", _NA: "NA", _NAT: "NaT", _DECIMAL: "decimal"}


class NotTheSame(Exception):
    """A cell would come back as another value; both are named."""


def describe(series: pd.Series[Any]) -> Spec:
    """What a column of objects is made of, beyond its values in Arrow."""
    values = series.to_numpy()
    kinds = set(map(type, values))
    found: Spec = {"kind": "object", "missing": _missing(values, kinds)}
    solid = _solid(values, kinds)
    if len(solid) == 1:
        found |= _of_one_kind(next(iter(solid)), values)
    return found


def codes(series: pd.Series[Any]) -> NDArray[np.uint8]:
    """Of every cell, what stands there for a missing value; 0 where one is there."""
    import numpy as np

    return np.fromiter(map(_code, series.to_numpy()), dtype=np.uint8, count=len(series))


def back(column: pa.ChunkedArray, spec: Mapping[str, Any], coded: Iterable[int] | None) -> NDArray[Any]:
    """The cells as they were."""
    values = column.to_pylist()
    maker = _maker(spec)
    if maker is not None:
        values = [None if value is None else maker(value) for value in values]
    gone = _stand_ins()
    if spec["missing"] == "mixed":
        assert coded is not None
        values = [gone[code] if code else value for code, value in zip(coded, values, strict=True)]
    elif spec["missing"] != "None":
        stand_in = next(gone[code] for code, word in _WORDS.items() if word == spec["missing"])
        values = [stand_in if value is None else value for value in values]
    return _each(values)


def is_exact(series: pd.Series[Any]) -> bool:
    """Whether its cells come back as they are for sure, without looking at each."""
    values = series.to_numpy()
    solid = _solid(values, set(map(type, values)))
    return not solid or (len(solid) == 1 and solid <= set(_EXACT))


def compared(before: Iterable[Any], after: Iterable[Any]) -> str:
    """How cells come back where it is not exactly as they were; empty where it is.

    Raises
    ------
    NotTheSame
        One would be another value.
    """
    for one, other in zip(before, after, strict=True):
        if said := _difference(one, other):
            return said
    return ""


def refusal(name: str, said: str) -> RecordError:
    """A column of objects that Arrow would change."""
    return RecordError(
        f"column {name[:60]!r} would not come back as it is: {said}",
        f"give it one type first, for example frame[{name[:60]!r}].astype('str')",
    )


def _difference(one: Any, other: Any) -> str:
    """What of a cell is another, though its value is not; raises where the value is."""
    import numpy as np

    kind, found = type(one), type(other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and one.dtype == other.dtype != object:
        if one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind in "fcmM"):
            return ""
        raise NotTheSame(f"{_shown(one)} as {_shown(other)}")
    if isinstance(one, Mapping) and isinstance(other, dict):
        inner = _of_mappings(one, other)
        return inner or ("" if kind is found else f"{kind.__name__} comes back as {found.__name__}")
    if isinstance(one, list | tuple | np.ndarray) and isinstance(other, list | tuple | np.ndarray):
        if len(one) != len(other):
            raise NotTheSame(f"{_shown(one)} as {_shown(other)}")
        inner = next(filter(None, map(_difference, one, other)), "")
        return inner if kind is found else f"{kind.__name__} comes back as {found.__name__}"
    gone, back_ = _code(one), _code(other)
    if gone and back_:
        return "" if gone == back_ else f"{_shown(one)} comes back as {_shown(other)}"
    if not _is_equal(one, other):
        raise NotTheSame(f"{_shown(one)} as {_shown(other)}")
    if kind is not found:
        return f"{kind.__name__} comes back as {found.__name__}"
    if isinstance(one, decimal.Decimal) and one.as_tuple() != other.as_tuple():
        return f"{one} comes back as {other}"
    if isinstance(one, dt.datetime) and one.utcoffset() != other.utcoffset():
        return "times come back in one time zone"
    return ""


def _of_mappings(one: Mapping[Any, Any], other: dict[Any, Any]) -> str:
    if any(key not in other for key in one):
        raise NotTheSame(f"{_shown(one)} as {_shown(other)}")
    said = next(filter(None, (_difference(one[key], other[key]) for key in one)), "")
    extra = [key for key in other if key not in one]
    if any(other[key] is not None for key in extra):
        raise NotTheSame(f"{_shown(one)} as {_shown(other)}")
    return said or ("keys that a dict lacks come back as None" if extra else "")


def _is_equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) and not isinstance(other, bool):
        return False
    if isinstance(one, dt.time) and isinstance(other, dt.time) and one.tzinfo != other.tzinfo:
        return False
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - the comparison of a class of the user
        return False


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _missing(values: NDArray[Any], kinds: set[type]) -> str:
    """What stands for missing values: one word, or ``mixed``."""
    there = {kind for kind in kinds if _is_missing_kind(kind) or issubclass(kind, float | decimal.Decimal)}
    if not there:
        return "None"
    if there == {type(None)}:
        return "None"
    found = {_code(value) for value in values if type(value) in there} - {_VALUE}
    return "mixed" if len(found) > 1 else _WORDS[found.pop()] if found else "None"


def _solid(values: NDArray[Any], kinds: set[type]) -> set[type]:
    """The types of the cells that are there."""
    solid = {kind for kind in kinds if not _is_missing_kind(kind)}
    for kind in [kind for kind in solid if len(solid) > 1 and issubclass(kind, float | decimal.Decimal)]:
        if all(_code(value) for value in values if type(value) is kind):
            solid.discard(kind)  # nothing but NaNs
    return solid


def _is_missing_kind(kind: type) -> bool:
    """Whether cells of a type can be missing ones: a float can."""
    import pandas as pd

    return kind in (type(None), type(pd.NA), type(pd.NaT))


def _code(value: Any) -> int:
    import pandas as pd

    if value is None:
        return _NONE
    if isinstance(value, float):
        return _NAN if math.isnan(value) else _VALUE
    if isinstance(value, decimal.Decimal):
        return _DECIMAL if value.is_nan() else _VALUE
    return _NA if value is pd.NA else _NAT if value is pd.NaT else _VALUE


def _stand_ins() -> dict[int, Any]:
    import pandas as pd

    return {_NONE: None, _NAN: math.nan, _NA: pd.NA, _NAT: pd.NaT, _DECIMAL: decimal.Decimal("NaN")}


def _of_one_kind(kind: type, values: NDArray[Any]) -> Spec:
    """How cells of one type are made of what Arrow gives."""
    import numpy as np
    import pandas as pd

    if kind in (tuple, pd.Timestamp, pd.Timedelta):
        return {"as": kind.__name__}
    if issubclass(kind, np.generic) and np.dtype(kind).kind in "iufb":
        return {"as": "scalar", "dtype": np.dtype(kind).str}
    if kind is np.ndarray:
        dtypes = {value.dtype for value in values if isinstance(value, np.ndarray)}
        dims = {value.ndim for value in values if isinstance(value, np.ndarray)}
        if len(dtypes) == 1 and dims == {1}:
            return {"as": "ndarray", "dtype": dtypes.pop().str}
    return {}


def _maker(spec: Mapping[str, Any]) -> Callable[[Any], Any] | None:
    import numpy as np
    import pandas as pd

    kind = spec.get("as")
    if kind is None:
        return None
    if kind == "scalar":
        scalar: Callable[[Any], Any] = np.dtype(spec["dtype"]).type
        return scalar
    if kind == "ndarray":
        return lambda value: _array(value, np.dtype(spec["dtype"]))
    makers: dict[str, Callable[[Any], Any]] = {"tuple": tuple, "Timestamp": pd.Timestamp, "Timedelta": pd.Timedelta}
    return makers[kind]


def _array(value: Sequence[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    import numpy as np

    return _each(value) if dtype.hasobject else np.array(value, dtype=dtype)


def _each(values: Sequence[Any]) -> NDArray[Any]:
    """An array of objects: NumPy would look into tuples and arrays, and make a table of them."""
    import numpy as np

    made = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        made[at] = value
    return made
