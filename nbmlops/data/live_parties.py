"""One side of a diff, and those that are no versions: objects in memory, and files as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import arrays, kept_rows
from nbmlops.data.differences.sides import LiveSide, Side, TableSide
from nbmlops.data.folders import Manifest
from nbmlops.data.identity import Identity
from nbmlops.data.profile import ColumnProfile, profile
from nbmlops.data.records import Kind
from nbmlops.data.states import State
from nbmlops.data.things import Thing
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_COPIED: Final = 64_000_000
"""Bytes up to which an object is copied when it is compared: what is shown later is what was compared."""


@dataclass(frozen=True)
class Party:
    """One side of a diff.

    Attributes
    ----------
    label
        What it is called.
    kind, content_id, size_bytes
        As of a version.
    """

    label: str
    kind: Kind
    content_id: str
    size_bytes: int

    @property
    def version_id(self) -> str | None:
        """The id of the version, if it is one."""
        return None

    @property
    def key(self) -> tuple[str, ...]:
        """The key that was remembered with it."""
        return ()

    @property
    def identity(self) -> Identity | None:
        """Digests, if it is a table."""
        raise NotImplementedError

    @property
    def files(self) -> Manifest | None:
        """What files it is made of."""
        raise NotImplementedError

    def side(self) -> Side:
        """Its values; raises RecordError where there are none."""
        raise NotImplementedError

    def array(self) -> np.ndarray[Any, Any]:
        """Its values, if it is an array."""
        raise NotImplementedError

    def array_side(self, table: pa.Table) -> Side:
        """Its values, as the columns that they are compared in."""
        return TableSide(table)

    def state(self) -> State:
        """Of a state what it holds; without values where these are not kept."""
        raise NotImplementedError

    def open(self, digest: str, path: str) -> bytes:
        """The bytes of one of its files; raises RecordError where they are not there any more."""
        raise NotImplementedError

    def profile(self, places: list[int]) -> dict[int, ColumnProfile]:
        """Profiles of columns by their place; some may be missing."""
        raise NotImplementedError


@dataclass(frozen=True)
class LiveParty(Party):
    """An object in memory, or files as they are now."""

    thing: Thing

    @property
    def identity(self) -> Identity | None:
        return self.thing.identity

    @property
    def files(self) -> Manifest | None:
        return self.thing.manifest

    @cached_property
    def _copy(self) -> pa.Table | None:
        """Its values as they are now, where they are few: somebody may write into a frame."""
        table = self.thing.table
        if table is None or not self.thing.stamp or table.nbytes > _COPIED:
            return table
        return kept_rows.copied(table)

    @property
    def _is_frozen(self) -> bool:
        return not self.thing.stamp or self._copy is not self.thing.table

    def _must_be_unchanged(self) -> None:
        try:
            self.thing.must_be_unchanged()
        except RecordError:
            raise RecordError(f"{self.label} was changed since it was compared", "diff again") from None

    def side(self) -> Side:
        if self._copy is None:
            raise RecordError(f"{self.label} is no table", "files and folders are compared by their files")
        if self._is_frozen:
            return TableSide(self._copy, self.thing.identity)
        return LiveSide(self._copy, self.thing.identity, self._must_be_unchanged)

    def array(self) -> np.ndarray[Any, Any]:
        assert self.thing.array is not None
        array = self.thing.array
        return arrays.comparable(array.copy() if array.nbytes <= _COPIED else array, self.thing.form)

    def array_side(self, table: pa.Table) -> Side:
        assert self.thing.array is not None
        if self.thing.array.nbytes <= _COPIED:
            return TableSide(table)
        return LiveSide(table, None, self._must_be_unchanged)

    def state(self) -> State:
        return State(self.thing.form, self.thing.arrays)

    def open(self, digest: str, path: str) -> bytes:
        from blake3 import blake3

        assert self.thing.root is not None
        try:
            data = (self.thing.root / path if path else self.thing.root).read_bytes()
        except OSError as error:
            raise RecordError(
                f"{path or self.label} cannot be read: {error.strerror or error}", "it was there a moment ago"
            ) from None
        if blake3(data).hexdigest() != digest:
            raise RecordError(f"{path or self.label} was changed since it was compared", "diff again")
        return data

    def profile(self, places: list[int]) -> dict[int, ColumnProfile]:
        import pyarrow as pa

        table = self._copy
        if table is None:
            return {}
        if not self._is_frozen:
            try:
                self._must_be_unchanged()
            except RecordError:  # cells and rows are kept, distributions are not
                return {}
        names_ = [table.column_names[at] for at in places]
        asked = pa.table([table.column(at) for at in places], names=names_)
        return dict(zip(places, profile(asked), strict=True))
