"""Tables in files that are read in pieces, as often as need be: a file may be larger than the memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import canonical
from nbmlops.data.identity import Identity, column_digests

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

WHOLE_BYTES: Final = 64 << 20
"""Files whose rows take about that much memory, or less, are read at once."""
_MEMORY: Final = "1GB"
_BUFFER: Final = 1 << 20
_PACKED: Final = 10  # a compressed text is about that much longer

Opened = AbstractContextManager["tuple[pa.Schema, Iterator[pa.RecordBatch]]"]


class Rows:
    """The rows of files.

    Parameters
    ----------
    opened
        Opens them at the first row: given names of columns, only these are read where that is possible.

    Attributes
    ----------
    identity
        As of the same table in memory.
    nulls
        How many values of each column are null.
    """

    def __init__(self, opened: Callable[[Sequence[str] | None], Opened]) -> None:
        self._opened = opened
        self.schema: pa.Schema
        self.identity: Identity
        self.nulls: list[int]
        self._identify()

    def column(self, place: int) -> Iterator[pa.ChunkedArray]:
        """One column in pieces."""
        import pyarrow as pa

        names = self.schema.names
        # a name that stands twice, or with a dot in it, does not say which column is meant
        is_plain = names.count(names[place]) == 1 and "." not in names[place]
        with self._opened([names[place]] if is_plain else None) as (_, batches):
            for batch in batches:
                yield pa.chunked_array([batch.column(0 if is_plain else place)])

    def take(self, places: pa.Array) -> pa.Table:
        """Some rows, by their sorted places."""
        import numpy as np
        import pyarrow as pa

        at = places.to_numpy()
        found, start = [], 0
        with self._opened(None) as (schema, batches):
            for batch in batches:
                first, last = np.searchsorted(at, [start, start + batch.num_rows])
                if last > first:
                    found.append(batch.take(pa.array(at[first:last] - start)))
                start += batch.num_rows
        return pa.Table.from_batches(found, schema)

    def _identify(self) -> None:
        with self._opened(None) as (schema, batches):
            self.schema = schema
            digests: list[list[bytes]] = [[] for _ in schema]
            self.nulls = [0] * len(schema)
            rows = 0
            for table in _chunks(schema, batches):
                rows += table.num_rows
                for place, column in enumerate(table.columns):
                    digests[place].extend(column_digests(column))
                    self.nulls[place] += column.null_count
        types = tuple(canonical.type_name(field.type) for field in schema)
        self.identity = Identity(tuple(schema.names), types, tuple(map(tuple, digests)), rows)


def parquet(name: str) -> Rows:
    """The rows of one Parquet file, row group by row group."""

    @contextmanager
    def opened(columns: Sequence[str] | None) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        import pyarrow.parquet as pq

        # no column chunk is read at once, whatever the size of a row group
        with pq.ParquetFile(name, buffer_size=_BUFFER, pre_buffer=False) as file:
            found = file.iter_batches(canonical.ROWS, columns=None if columns is None else list(columns))
            yield file.schema_arrow, found

    return Rows(opened)


def queried(reader: str, names: Sequence[str]) -> Rows:
    """The rows that one of DuckDB's readers makes of files."""

    @contextmanager
    def opened(columns: Sequence[str] | None) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        with connected() as con:
            relation = con.sql(f"FROM {reader}($names)", params={"names": list(names)})
            if columns is not None:
                relation = relation.project(", ".join('"' + name.replace('"', '""') + '"' for name in columns))
            stream = relation.to_arrow_reader if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch
            found = stream(canonical.ROWS)
            yield found.schema, iter(found)

    return Rows(opened)


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes what does not fit into its memory into a folder that goes with it."""
    import tempfile

    import duckdb

    with tempfile.TemporaryDirectory(prefix="nbmlops-") as folder, duckdb.connect(":memory:") as con:
        con.execute("SET memory_limit = $1", [_MEMORY])
        con.execute("SET temp_directory = $1", [folder])
        yield con


def faults() -> tuple[type[Exception], ...]:
    """What reading files raises where they are not what they were."""
    import duckdb
    import pyarrow as pa

    return duckdb.Error, pa.ArrowException, OSError


def are_large(reader: str, names: Sequence[str]) -> bool:
    """Whether the rows of files take more memory than is taken without asking."""
    return sum(_in_memory(reader, name) for name in names) > WHOLE_BYTES


def _in_memory(reader: str, name: str) -> int:
    """About how many bytes the rows of a file take."""
    import pyarrow as pa

    if reader != "read_parquet":
        return os.path.getsize(name) * (_PACKED if name.endswith((".gz", ".zst")) else 1)
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(name) as file:
            found: Any = file.metadata
            packed = sum(found.row_group(at).total_byte_size for at in range(found.num_row_groups))
            return int(max(packed, found.num_rows * found.num_columns * 8))
    except pa.ArrowException:
        return 0  # whoever reads it will say so


def _chunks(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches of any size as tables of `canonical.ROWS` rows, the last one shorter."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        while count >= canonical.ROWS:
            table = pa.Table.from_batches(waiting, schema)
            yield table.slice(0, canonical.ROWS)
            rest = table.slice(canonical.ROWS)
            waiting, count = rest.to_batches(), rest.num_rows
    if count:
        yield pa.Table.from_batches(waiting, schema)
