"""What is said of an object that cannot be versioned: what to do with one of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbmlops.errors import RecordError

_KINDS = "a frame (pandas, polars, pyarrow, DuckDB), a file, a folder, an array or a dict of arrays can be versioned"


def refusal(thing: Any) -> RecordError:
    """The error for an object that is no data."""
    name = type(thing).__name__
    if isinstance(thing, type):
        return RecordError(f"{name} {thing.__name__} is a class, no data", _KINDS)
    if callable(getattr(thing, "state_dict", None)):
        return RecordError(
            f"{name} is a model, no data", "save what it has learned: ml.data.save(model.state_dict(), ...)"
        )
    if callable(getattr(thing, "fit", None)) or callable(getattr(thing, "predict", None)):
        return RecordError(
            f"{name} is a model, no data",
            "write it to a file and save that: joblib.dump(model, 'model.joblib'), then"
            " ml.data.save('model.joblib', ...)",
        )
    if isinstance(thing, Mapping):
        return RecordError(
            f"{name} holds no arrays", "make a frame of it: pd.DataFrame(...); or write it to a file and save its path"
        )
    if isinstance(thing, list | tuple | set):
        return RecordError(f"{name} is no table", "make a frame or an array of it: pd.DataFrame(...), np.array(...)")
    return RecordError(f"{name} is no table", _KINDS)
