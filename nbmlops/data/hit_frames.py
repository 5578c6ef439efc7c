"""Columns of rows that were found, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.data.differences.comparable import comparable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray


def numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Row numbers."""
    import numpy as np

    return column.to_numpy().astype(np.int64)  # type: ignore[no-any-return]


def framed(columns: list[tuple[str, pa.ChunkedArray]]) -> pd.DataFrame:
    """A frame of named columns; names may repeat."""
    import pandas as pd

    # where something is missing the values are Python's own: NULL is None, NaN is NaN
    series = [_series(column) for _, column in columns]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame()
    frame.columns = [name for name, _ in columns]
    return frame


def cells(column: pa.ChunkedArray) -> pd.Series[Any]:
    """The values as Python's own; moments beyond its calendar as they are written."""
    import pandas as pd
    import pyarrow as pa

    try:
        values = column.to_pylist()
    except (OverflowError, ValueError):
        try:
            values = column.cast(pa.string()).to_pylist()
        except pa.ArrowException:  # beyond what Arrow writes, too: as counts
            counts = comparable(column) if pa.types.is_nested(column.type) else column.cast(pa.int64())
            values = counts.to_pylist()
    return pd.Series(values, dtype=object)


def _series(column: pa.ChunkedArray) -> pd.Series[Any]:
    import pyarrow as pa

    if not column.null_count:
        try:
            return column.to_pandas()
        except (pa.ArrowException, OverflowError, ValueError):  # unions and far days, say
            pass
    return cells(column)
