"""What a table is, by its values: the same id in pandas, polars, DuckDB, pyarrow and Parquet, on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from nbmlops.data import canonical

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX: Final = "nb1:"
_DIGEST: Final = 32


@dataclass(frozen=True)
class Identity:
    """The digests of a table.

    Attributes
    ----------
    names, types
        Of its columns, in order; types by their canonical name.
    digests
        Of every column, the digest of each of its chunks of `canonical.ROWS` rows.
    rows
        How many.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    digests: tuple[tuple[bytes, ...], ...]
    rows: int

    @cached_property
    def content_id(self) -> str:
        """``nb1:`` and 64 hexadecimal digits, of schema and values in their order."""
        return PREFIX + rolled([self.schema_id.encode(), b"%d" % self.rows, *map(_roll, self.digests)])

    @cached_property
    def schema_id(self) -> str:
        """Likewise, of the names and types of the columns."""
        pairs = zip(self.names, self.types, strict=True)
        return PREFIX + rolled([part.encode() for pair in pairs for part in pair])

    def column_id(self, place: int) -> str:
        """Likewise, of one column: its type and values, not its name."""
        return PREFIX + rolled([self.types[place].encode(), b"%d" % self.rows, *self.digests[place]])


def identify(table: pa.Table) -> Identity:
    """The identity of an Arrow table.

    Returns
    -------
    Identity
        Costs 0.6 CPU seconds for 10 million rows of 10 mixed columns (0.6 GB).

    Examples
    --------
    >>> import pyarrow as pa
    >>> one, other = pa.table({"a": ["x", "y"]}), pa.table({"a": pa.array(["x", "y"]).dictionary_encode()})
    >>> identify(one).content_id == identify(other).content_id
    True
    """
    return Identity(
        tuple(table.column_names),
        tuple(canonical.type_name(field.type) for field in table.schema),
        tuple(column_digests(column) for column in table.columns),
        table.num_rows,
    )


def column_digests(column: pa.ChunkedArray) -> tuple[bytes, ...]:
    """The digest of every chunk of a column."""
    from blake3 import blake3

    found = []
    for chunk in canonical.chunks(column):
        hasher = blake3()
        canonical.feed(hasher, chunk)
        found.append(hasher.digest(_DIGEST))
    return tuple(found)


def rolled(parts: Sequence[bytes]) -> str:
    """One digest of several parts, each with its length in front."""
    return _roll(parts).hex()


def _roll(parts: Sequence[bytes]) -> bytes:
    from blake3 import blake3

    hasher = blake3()
    for part in parts:
        hasher.update(b"%d:" % len(part))
        hasher.update(part)
    return hasher.digest(_DIGEST)
