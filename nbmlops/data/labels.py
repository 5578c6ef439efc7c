"""The names of columns as plain JSON: texts, numbers, times, intervals, categories, and several levels of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import pandas as pd

Spec: TypeAlias = dict[str, Any]


def describe(columns: pd.Index[Any]) -> Spec:
    """The names of columns.

    Raises
    ------
    RecordError
        One is no text, number or time.
    """
    import pandas as pd

    names = [label(name) for name in columns.names]
    if isinstance(columns, pd.MultiIndex):
        return {"levels": [describe(columns.get_level_values(at)) for at in range(columns.nlevels)], "names": names}
    if isinstance(columns, pd.RangeIndex):
        return {"range": [columns.start, columns.stop, columns.step], "names": names}
    if isinstance(columns, pd.CategoricalIndex):
        codes = [int(code) for code in columns.codes]
        return {"codes": codes, "of": describe(columns.categories), "ordered": bool(columns.ordered), "names": names}
    said = {"values": [label(one) for one in columns], "names": names, "dtype": str(columns.dtype)}
    freq = columns.freq if isinstance(columns, pd.DatetimeIndex | pd.TimedeltaIndex) else None
    return said if freq is None else said | {"freq": freq.freqstr}


def restore(spec: Mapping[str, Any]) -> pd.Index[Any]:
    """What `describe` said."""
    import pandas as pd

    names = [named(name) for name in spec["names"]]
    if "levels" in spec:
        return pd.MultiIndex.from_arrays([restore(level) for level in spec["levels"]], names=names)
    if "range" in spec:
        return pd.RangeIndex(*spec["range"], name=names[0])
    if "codes" in spec:
        kind = pd.CategoricalDtype(restore(spec["of"]), ordered=spec["ordered"])
        return pd.CategoricalIndex(pd.Categorical.from_codes(spec["codes"], dtype=kind), name=names[0])
    values = [named(one) for one in spec["values"]]
    found: pd.Index[Any] = pd.Index(values, name=names[0], dtype=object, tupleize_cols=False)
    found = found if spec["dtype"] == "object" else found.astype(spec["dtype"])
    if spec.get("freq") and isinstance(found, pd.DatetimeIndex | pd.TimedeltaIndex):
        with suppress(ValueError):  # holidays and the like are not in its name
            found.freq = spec["freq"]
    return found


def label(value: Any) -> list[Any]:
    """A name of a column or level as JSON: its type, and itself."""
    import pandas as pd

    if value is None:
        return ["none"]
    if isinstance(value, tuple):
        return ["tuple", [label(part) for part in value]]
    if value is pd.NA or value is pd.NaT:
        return ["gone", str(value)]
    if isinstance(value, bool | int | str):
        return ["plain", value]
    if isinstance(value, pd.Timestamp):
        return ["time", value.isoformat()]
    if isinstance(value, pd.Timedelta):
        return ["duration", int(value.value), value.unit]
    if isinstance(value, pd.Interval):
        return ["interval", label(value.left), label(value.right), value.closed]
    if isinstance(value, pd.Period):
        return ["period", int(value.ordinal), value.freqstr]
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return ["date", value.isoformat()]
    if hasattr(value, "item") and isinstance(value.item(), bool | int | float | str):
        value = value.item()
        return ["float", repr(value)] if isinstance(value, float) else ["plain", value]
    if isinstance(value, float):
        return ["float", repr(value)]
    raise RecordError(
        f"a column is named by a value of {type(value).__name__}: {str(value)[:60]!r}",
        "rename it: texts, numbers, times and intervals can name a column",
    )


def named(spec: Sequence[Any]) -> Any:
    """What `label` made of it."""
    import pandas as pd

    kind = spec[0]
    if kind == "none":
        return None
    if kind == "tuple":
        return tuple(named(part) for part in spec[1])
    if kind == "time":
        return pd.Timestamp(spec[1])
    if kind == "date":
        return dt.date.fromisoformat(spec[1])
    if kind == "duration":
        return pd.Timedelta(spec[1], unit="ns").as_unit(spec[2])
    if kind == "interval":
        return pd.Interval(named(spec[1]), named(spec[2]), spec[3])
    if kind == "period":
        return pd.Period(ordinal=spec[1], freq=spec[2])
    if kind == "gone":
        return pd.NA if spec[1] == "<NA>" else pd.NaT
    return float(spec[1]) if kind == "float" else spec[1]
