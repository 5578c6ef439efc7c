"""Which columns tell the rows apart: declared, else found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nbmlops.errors import UsageError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_TRIED_PAIRS: Final = 6
_SAMPLE: Final = 50_000
_TELLING: Final = ("id", "key", "uuid", "guid", "index", "pk", "rowid", "row_id")


def declared(key: str | Sequence[str], left: pa.Table, right: pa.Table) -> tuple[str, ...]:
    """A key that somebody named.

    Raises
    ------
    UsageError
        A column of it is missing on a side.
    """
    names = (key,) if isinstance(key, str) else tuple(key)
    for side, table in (("before", left), ("after", right)):
        missing = [name for name in names if table.column_names.count(name) != 1]
        if missing or not names:
            raise UsageError(
                f"the key {', '.join(names)!r:.80} is not there {side}: no single column {', '.join(missing)[:80]!r}",
                f"columns are {', '.join(table.column_names[:12])}",
            )
    return names


def detected(con: duckdb.DuckDBPyConnection, left: pa.Table, right: pa.Table, shared: Sequence[str]) -> tuple[str, ...]:
    """The first column, else the first pair of columns, that tells all rows apart on both sides; else none."""
    usable = [name for name in shared if _is_usable(left.schema.field(name).type)]
    singles = sorted(usable, key=_rank)
    for name in singles:
        if is_unique(con, left, (name,)) and is_unique(con, right, (name,)):
            return (name,)
    few = [name for name in singles if _telling(name) or _distinct_share(left, name) > 0.01][:4]
    for pair in itertools.islice(itertools.combinations(few, 2), _TRIED_PAIRS):
        if is_unique(con, left, pair) and is_unique(con, right, pair):
            return pair
    return ()


def is_unique(con: duckdb.DuckDBPyConnection, table: pa.Table, names: Sequence[str]) -> bool:
    """Whether no two rows agree in these columns, and none of them is null or NaN."""
    if any(table[name].null_count for name in names):
        return False
    if table.num_rows < 2:
        return True
    if len(names) == 1 and _ascends(table[names[0]]):
        return True
    few = table.select(list(names)).slice(0, _SAMPLE)
    if table.num_rows > _SAMPLE and few.group_by(list(names)).aggregate([]).num_rows < few.num_rows:
        return False
    con.register("candidate", table.select(list(names)))
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


def _is_usable(kind: pa.DataType) -> bool:
    import pyarrow as pa

    is_ = pa.types
    if is_.is_dictionary(kind):
        return _is_usable(kind.value_type)
    return bool(
        is_.is_integer(kind) or is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind)
        or is_.is_timestamp(kind) or is_.is_date(kind)
    )  # fmt: skip


def _telling(name: str) -> bool:
    lower = name.lower()
    return lower in _TELLING or lower.endswith(("_id", "_key", "_uuid", ".id"))


def _rank(name: str) -> tuple[bool, bool]:
    return (name.lower() not in _TELLING, not _telling(name))


def _distinct_share(table: pa.Table, name: str) -> float:
    few = table[name].slice(0, _SAMPLE)
    return len(few.unique()) / len(few) if len(few) else 0.0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
