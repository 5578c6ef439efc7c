"""How a pandas frame was held, so that it comes back as it was: dtypes, index, names of columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nbmlops.data import cells, labels, pandas_dtypes
from nbmlops.data.pandas_dtypes import described, given_back
from nbmlops.data.tabular import level_series, series_to_arrow

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Spec: TypeAlias = dict[str, Any]
_ATTRS: Final = 100_000
"""Characters of ``frame.attrs`` that are kept."""


def describe(frame: pd.DataFrame, table: pa.Table) -> tuple[Spec, list[pa.ChunkedArray], str]:
    """How a frame was held, what belongs to it and is no column of its content, and what does not come back.

    Returns
    -------
    dict
        The form as plain JSON; no values are in it.
    list
        The levels of the index without a name, and where missing values are of several kinds, of which each is.
    str
        What comes back in another form; empty if nothing does.

    Raises
    ------
    RecordError
        A column would come back with other values.
    """
    index = frame.index
    range_ = _range(index)
    hidden, levels, notes = [], [], []
    arrow = iter(table.columns)
    if range_ is None:
        for at, name in enumerate(index.names):
            series = level_series(index.get_level_values(at))
            column = series_to_arrow(f"index {at}", series) if name is None else next(arrow)
            levels.append((f"index {at}" if name is None else str(name), series, column))
            if name is None:
                hidden.append(column)
    elif index.name is not None:
        next(arrow)
    columns = [(str(name), frame.iloc[:, at], next(arrow)) for at, name in enumerate(frame.columns)]
    dtypes = []
    for name, series, column in (*levels, *columns):
        spec = described(series, column)
        codes = _codes(spec, series)
        if codes is not None:
            hidden.append(codes)
        notes.append(pandas_dtypes.checked(name, series, column, spec, codes))
        dtypes.append(spec)
    form: Spec = {"engine": "pandas", "labels": labels.describe(frame.columns), "dtypes": dtypes[len(levels) :]}
    form["index"] = range_ or _index(index, dtypes[: len(levels)], notes)
    if frame.attrs:
        _keep_attrs(form, frame.attrs, notes)
    said = list(dict.fromkeys(filter(None, notes)))
    return form, hidden, "; ".join([*said[:3], *([f"and {len(said) - 3} more"] if len(said) > 3 else [])])


def restore(form: Mapping[str, Any], table: pa.Table, levels: Sequence[pa.ChunkedArray]) -> pd.DataFrame:
    """The frame as it was.

    Parameters
    ----------
    form
        What `describe` said.
    table
        Its content, named levels of the index in front.
    levels
        What `describe` hid.
    """
    import pandas as pd

    said = form["index"]
    unnamed = 0 if "range" in said else said["names"].count(["none"])
    rest, codes = iter(levels[:unnamed]), iter(levels[unnamed:])
    in_front = 1 if "range" in said and said["names"] != [["none"]] else 0
    index: pd.Index[Any]
    if "range" in said:
        index = pd.RangeIndex(*said["range"], name=labels.named(said["names"][0]))
    else:
        names = [labels.named(name) for name in said["names"]]
        parts = []
        for name, dtype in zip(names, said["dtypes"], strict=True):
            column = next(rest) if name is None else table.column(in_front)
            in_front += name is not None
            values = given_back(column, dtype, _next_codes(dtype, codes))
            parts.append(pd.Index(values.array, dtype=values.dtype, name=name, tupleize_cols=False))
        index = _joined(parts, said) if said["multi"] else parts[0]
        if said.get("freq"):
            index.freq = said["freq"]
    columns = {
        place: given_back(table.column(in_front + place), dtype, _next_codes(dtype, codes)).set_axis(index)
        for place, dtype in enumerate(form["dtypes"])
    }
    frame = pd.DataFrame(columns, index=index)
    frame.columns = labels.restore(form["labels"])
    frame.attrs = dict(form.get("attrs", {}))
    return frame


def _joined(parts: list[pd.Index[Any]], said: Mapping[str, Any]) -> pd.MultiIndex:
    """Levels with their types, which values with missing ones among them do not tell."""
    import pandas as pd

    index = pd.MultiIndex.from_arrays(parts, names=[part.name for part in parts])
    for at, dtype in enumerate(said.get("levels", ())):
        level = index.levels[at]
        if str(level.dtype) != dtype:
            index = index.set_levels(level.astype(dtype), level=at)
    return index


def _index(index: pd.Index[Any], dtypes: list[Spec], notes: list[str]) -> Spec:
    import pandas as pd

    found: Spec = {
        "names": [labels.label(name) for name in index.names],
        "dtypes": dtypes,
        "multi": isinstance(index, pd.MultiIndex),
        "freq": None,
    }
    if isinstance(index, pd.MultiIndex):
        plain = [str(level.dtype) for level in index.levels]
        if any(index.get_level_values(at).dtype != level.dtype for at, level in enumerate(index.levels)):
            found["levels"] = plain
    freq = getattr(index, "freq", None) if isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) else None
    if freq is not None:
        found["freq"] = freq.freqstr if _is_told(index, freq.freqstr) else None
        if found["freq"] is None:
            notes.append(f"the index comes back without its frequency {str(freq)[:40]}")
    return found


def _is_told(index: Any, text: str) -> bool:
    """Whether a text says the whole frequency: holidays and the like are not in it."""
    import pandas as pd

    try:
        fresh = pd.Index(index.array.copy())
        fresh.freq = text
    except ValueError:
        return False
    return bool(fresh.freq == index.freq)


def _keep_attrs(form: Spec, attrs: Mapping[Any, Any], notes: list[str]) -> None:
    try:
        text = json.dumps(attrs, allow_nan=False)
        is_kept = len(text) <= _ATTRS and json.loads(text) == attrs
    except (TypeError, ValueError):
        is_kept = False
    if is_kept:
        form["attrs"] = json.loads(text)
    else:
        notes.append("frame.attrs are not kept: they are no short plain JSON")


def _codes(spec: Mapping[str, Any], series: pd.Series[Any]) -> pa.ChunkedArray | None:
    import pyarrow as pa

    if spec["kind"] != "object" or spec["missing"] != "mixed":
        return None
    return pa.chunked_array([pa.array(cells.codes(series), pa.uint8())])


def _next_codes(spec: Mapping[str, Any], codes: Iterator[pa.ChunkedArray]) -> pa.ChunkedArray | None:
    return next(codes) if spec["kind"] == "object" and spec["missing"] == "mixed" else None


def _range(index: pd.Index[Any]) -> Spec | None:
    import pandas as pd

    if not isinstance(index, pd.RangeIndex):
        return None
    return {"range": [index.start, index.stop, index.step], "names": [labels.label(index.name)]}
