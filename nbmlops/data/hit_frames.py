"""Columns of rows that were found, as frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def _series(column: pa.ChunkedArray) -> pd.Series[Any]:
    import pandas as pd
    import pyarrow as pa

    if not column.null_count:
        try:
            return column.to_pandas()
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # unions, say
            pass
    return pd.Series(column.to_pylist(), dtype=object)
