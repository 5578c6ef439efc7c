"""Runs as one wide pandas frame, with params in their own types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.tracking import queries
from nbmlops.tracking.decoding import decode

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nbmlops.tracking.filter import Compiled

Columns = dict[str, "pd.Series[Any]"]


def wide(con: duckdb.DuckDBPyConnection, query: Compiled, *, experiment: str | None = None) -> pd.DataFrame:
    """Run fields, then params, then the last values of metrics, then tags; one row a run.

    A key that is also a field, or of another kind, gets its kind in front: ``param.lr``, ``metric.lr``.
    """
    import pandas as pd

    fields = queries.runs_frame(con, query, experiment=experiment)
    ids: list[str] = fields["run_id"].tolist()
    parts = {
        "param": _params(con, ids),
        "metric": _metrics(con, ids),
        "tag": _tags(con, ids),
    }
    taken: dict[str, int] = dict.fromkeys(fields.columns, 1)
    for part in parts.values():
        for key in part:
            taken[key] = taken.get(key, 0) + 1
    columns = {}
    for kind, part in parts.items():
        for key, series in part.items():
            columns[key if taken[key] == 1 else _free(f"{kind}.{key}", taken)] = series
    return pd.concat([fields, pd.DataFrame(columns, index=fields.index)], axis="columns")


def _free(name: str, taken: dict[str, int]) -> str:
    """The name, with a mark as long as some key already has it."""
    while name in taken:
        name += "_"
    taken[name] = 1
    return name


def _metrics(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> Columns:
    import numpy as np
    import pandas as pd

    found = con.execute(queries.LAST_SQL, queries.bound_ids(ids)).fetchnumpy()
    rows, keys, names = _places(found, ids)
    table = np.full((len(names), len(ids)), np.nan)
    table[keys, rows] = np.ma.filled(found["last"], np.nan)
    return {name: pd.Series(table[at]) for at, name in enumerate(names)}


def _params(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> Columns:
    import numpy as np
    import pandas as pd

    found = con.execute(queries.PARAMS_SQL, queries.bound_ids(ids)).fetchnumpy()
    rows, keys, names = _places(found, ids)
    # every different text is decoded once: a sweep has few different values
    texts = np.asarray(found["value"], dtype=object)
    numbers = np.ma.filled(found["number"].astype(np.float64), np.nan)
    has_number = ~np.ma.getmaskarray(found["number"])
    _, first, codes = np.unique(pd.factorize(texts)[0] * 2 + has_number, return_index=True, return_inverse=True)
    values = np.empty(len(first) + 1, dtype=object)  # the last stays None: missing
    for at, place in enumerate(first):
        values[at] = decode(texts[place], numbers[place] if has_number[place] else None)
    table = np.full((len(names), len(ids)), len(first), dtype=np.intp)
    table[keys, rows] = codes
    return {name: _typed(table[at], values) for at, name in enumerate(names)}


def _tags(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> Columns:
    import pandas as pd

    tags = queries.tags_of(con, ids)
    names = sorted({key for mine in tags.values() for key in mine})
    return {name: pd.Series([tags[run].get(name) for run in ids], dtype="str") for name in names}


def _places(found: dict[str, Any], ids: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp], list[str]]:
    """Row and column of every value, and the names of the columns in order."""
    import numpy as np
    import pandas as pd

    rows = pd.Index(ids).get_indexer(np.asarray(found["run_id"], dtype=object))
    keys, names = pd.factorize(np.asarray(found["key"], dtype=object), sort=True)
    return rows, keys, [str(name) for name in names]


def _typed(codes: NDArray[np.intp], values: NDArray[np.object_]) -> pd.Series[Any]:
    """A column in the type that all of its values share; nullable where one is missing."""
    import numpy as np
    import pandas as pd

    used = [values[code] for code in np.unique(codes)]
    present = [value for value in used if value is not None]
    is_complete = len(present) == len(used)
    kinds = {type(value) for value in present}
    filled = values[codes]
    if kinds == {bool}:
        return pd.Series(filled, dtype="bool" if is_complete else "boolean")
    if kinds == {int}:
        is_small = all(abs(value) < 2**63 for value in present)
        return pd.Series(filled, dtype=object if not is_small else "int64" if is_complete else "Int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(filled, dtype="float64")
    if kinds == {str}:
        return pd.Series(filled, dtype="str")
    return pd.Series(filled, dtype=object)
