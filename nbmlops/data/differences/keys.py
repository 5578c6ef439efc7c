"""Which columns tell the rows apart: declared, else found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nbmlops.data.canonical import plain
from nbmlops.data.differences.sides import Side, is_single, named
from nbmlops.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_TRIED_PAIRS: Final = 6
_MOST_TRIED: Final = 60
_CLOSE: Final = 32
_SAMPLE: Final = 50_000
_TELLING: Final = ("id", "key", "uuid", "guid", "index", "pk", "rowid", "row_id")


def declared(key: str | Sequence[str], left: Side, right: Side) -> tuple[str, ...]:
    """A key that somebody named.

    Raises
    ------
    UsageError
        A column of it is missing on a side.
    """
    names = (key,) if isinstance(key, str) else tuple(key)
    for side, table in (("before", left), ("after", right)):
        missing = [name for name in names if not is_single(table, name)]
        if missing or not names:
            raise UsageError(
                f"the key {', '.join(names)!r:.80} is not there {side}: no single column {', '.join(missing)[:80]!r}",
                f"columns are {', '.join(table.identity.names[:12])}",
            )
    return names


def detected(con: duckdb.DuckDBPyConnection, left: Side, right: Side, shared: Sequence[str]) -> tuple[str, ...]:
    """The first column, else the first pair of columns, that tells all rows apart on both sides; else none."""
    types = dict(zip(left.identity.names, left.identity.types, strict=True))
    singles = sorted((name for name in shared if _is_usable(types[name])), key=_rank)
    for name in singles[:_MOST_TRIED]:
        if is_unique(con, named(left, (name,))) and is_unique(con, named(right, (name,))):
            return (name,)
    few = [name for name in singles[:_MOST_TRIED] if _telling(name) or _distinct_share(left, name) > 0.01][:4]
    for pair in itertools.islice(itertools.combinations(few, 2), _TRIED_PAIRS):
        if is_unique(con, named(left, pair)) and is_unique(con, named(right, pair)):
            return pair
    return ()


def is_unique(con: duckdb.DuckDBPyConnection, table: pa.Table) -> bool:
    """Whether no two rows of a table of few columns agree, and nothing in it is null."""
    names = table.column_names
    if any(table[name].null_count for name in names):
        return False
    if table.num_rows < 2:
        return True
    if len(names) == 1 and _ascends(table[names[0]]):
        return True
    table = _plain(table)
    few = table.slice(0, _SAMPLE)
    if table.num_rows > _SAMPLE and few.group_by(names).aggregate([]).num_rows < few.num_rows:
        return False
    if len(names) == 1 and (answer := _by_marks(table[names[0]])) is not None:
        return answer
    con.register("candidate", table)
    try:
        quoted = ", ".join(_quoted(name) for name in names)
        ((found,),) = con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {quoted} FROM candidate)").fetchall()
    finally:
        con.unregister("candidate")
    return bool(found == table.num_rows)


def _ascends(column: pa.ChunkedArray) -> bool:
    """Whether every value is larger than the one before: unique without any counting."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_integer(column.type) or pa.types.is_temporal(column.type)):
        return False
    last = None
    for chunk in column.chunks:
        if len(chunk) > 1 and not pc.all(pc.less(chunk[:-1], chunk[1:])).as_py():
            return False
        if len(chunk) and last is not None and not pc.less(last, chunk[0]).as_py():
            return False
        last = chunk[-1] if len(chunk) else last
    return True


def _by_marks(column: pa.ChunkedArray) -> bool | None:
    """Whether whole numbers that lie close together are all different: each marks its place. None: they do not."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_integer(column.type):
        return None
    ends = pc.min_max(column).as_py()
    if ends["max"] - ends["min"] > _CLOSE * len(column) or ends["max"] >= 2**62 or ends["min"] <= -(2**62):
        return None
    marks = np.zeros(ends["max"] - ends["min"] + 1, dtype=np.bool_)
    for chunk in column.chunks:
        marks[chunk.to_numpy().astype(np.int64) - ends["min"]] = True
    return bool(np.count_nonzero(marks) == len(column))


def _is_usable(kind: str) -> bool:
    """By the canonical name of a type."""
    return kind == "string" or kind.startswith(("int", "uint", "timestamp", "date"))


def _plain(table: pa.Table) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_arrays([plain(column) for column in table.columns], names=table.column_names)


def _telling(name: str) -> bool:
    lower = name.lower()
    return lower in _TELLING or lower.endswith(("_id", "_key", "_uuid", ".id"))


def _rank(name: str) -> tuple[bool, bool]:
    return (name.lower() not in _TELLING, not _telling(name))


def _distinct_share(side: Side, name: str) -> float:
    place = side.identity.names.index(name)
    few = plain(side.piece(place, 0)).slice(0, _SAMPLE) if side.identity.rows else ()
    return len(few.unique()) / len(few) if few else 0.0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
