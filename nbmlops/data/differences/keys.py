"""Which columns tell the rows apart: declared, else found."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.canonical import plain
from nbmlops.data.differences.comparable import rows_form, two_comparable
from nbmlops.data.differences.schema import Pair
from nbmlops.data.differences.sides import Side, is_single
from nbmlops.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_TRIED_PAIRS: Final = 6
_MOST_TRIED: Final = 60
_CLOSE: Final = 32
_SAMPLE: Final = 50_000
_TELLING: Final = ("id", "key", "uuid", "guid", "index", "pk", "rowid", "row_id")


def declared(key: Any, left: Side, right: Side, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """A key that somebody named; a column that was renamed goes by either name.

    Raises
    ------
    UsageError
        A column of it is missing on a side.
    """
    names = names_of(key)
    usable = [pair for pair in pairs if _is_single(left, right, pair)]
    found: dict[str, Pair] = {}
    for name in names:
        for pair in usable:
            if name in (pair.name, left.identity.names[pair.left]) and (pair.name == name or name not in found):
                found[name] = pair
    for side, table in (("before", left), ("after", right)):
        missing = [name for name in names if name not in found and not is_single(table, name)]
        if missing or not names:
            raise UsageError(
                f"the key {', '.join(names)!r:.80} is not there {side}: no single column {', '.join(missing)[:80]!r}",
                f"columns are {', '.join(table.identity.names[:12])}",
            )
    return tuple(dict.fromkeys(found[name] for name in names))


def names_of(key: Any) -> tuple[str, ...]:
    """The columns of a key as somebody gives it: one, or several; each once. Numbers are names, too."""
    names = tuple(key) if isinstance(key, Iterable) and not isinstance(key, str | bytes) else (key,)
    return tuple(dict.fromkeys(map(str, names)))


def detected(con: duckdb.DuckDBPyConnection, left: Side, right: Side, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The first column, else the first pair of columns, that tells all rows apart on both sides; else none."""
    types = left.identity.types
    usable = (pair for pair in pairs if _is_usable(types[pair.left]) and _is_single(left, right, pair))
    singles = sorted(usable, key=lambda pair: _rank(pair.name))[:_MOST_TRIED]
    for pair in singles:
        if are_unique(con, left, right, (pair,)):
            return (pair,)
    few = [pair for pair in singles if _telling(pair.name) or _distinct_share(left, pair.left) > 0.01][:4]
    for two in itertools.islice(itertools.combinations(few, 2), _TRIED_PAIRS):
        if are_unique(con, left, right, two):
            return two
    return ()


def are_unique(con: duckdb.DuckDBPyConnection, left: Side, right: Side, pairs: Sequence[Pair]) -> bool:
    """Whether some columns tell all rows apart on both sides."""
    if all(left.identity.types[pair.left] == right.identity.types[pair.right] for pair in pairs):
        if not is_unique(con, _table(left.columns([pair.left for pair in pairs]))):
            return False
        is_same = all(pair.is_same for pair in pairs)
        return is_same or is_unique(con, _table(right.columns([pair.right for pair in pairs])))
    befores, afters = left.columns([pair.left for pair in pairs]), right.columns([pair.right for pair in pairs])
    both = [two_comparable(before, after) for before, after in zip(befores, afters, strict=True)]
    return all(is_unique(con, _table([columns[at] for columns in both])) for at in (0, 1))


def is_unique(con: duckdb.DuckDBPyConnection, table: pa.Table) -> bool:
    """Whether no two rows of a table of few columns agree, and nothing in it is null."""
    import pyarrow as pa

    if any(column.null_count for column in table.columns):
        return False
    if table.num_rows < 2:
        return True
    if table.num_columns == 1 and _ascends(table.column(0)):
        return True
    table = _table([rows_form(column) for column in table.columns])
    names = table.column_names
    few = table.slice(0, _SAMPLE)
    try:
        if table.num_rows > _SAMPLE and few.group_by(names).aggregate([]).num_rows < few.num_rows:
            return False
    except pa.ArrowNotImplementedError:  # of lists, say
        pass
    if len(names) == 1 and (answer := _by_marks(table.column(0))) is not None:
        return answer
    con.register("candidate", table)
    try:
        listed = ", ".join(names)
        ((found,),) = con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM candidate)").fetchall()
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


def _is_single(left: Side, right: Side, pair: Pair) -> bool:
    """Whether no other column of its side has the name."""
    return is_single(left, left.identity.names[pair.left]) and is_single(right, pair.name)


def _table(columns: Sequence[pa.ChunkedArray]) -> pa.Table:
    """With names of its own: for DuckDB ``A`` and ``a`` are one."""
    import pyarrow as pa

    return pa.table(list(columns), names=[f"c{place}" for place in range(len(columns))])


def _telling(name: str) -> bool:
    lower = name.lower()
    return lower in _TELLING or lower.endswith(("_id", "_key", "_uuid", ".id"))


def _rank(name: str) -> tuple[bool, bool]:
    return (name.lower() not in _TELLING, not _telling(name))


def _distinct_share(side: Side, place: int) -> float:
    few = plain(side.piece(place, 0)).slice(0, _SAMPLE) if side.identity.rows else ()
    return len(few.unique()) / len(few) if few else 0.0
