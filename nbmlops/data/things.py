"""What is to be versioned, looked at once: a table, files, an array, with its identity and its form."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.data import arrays, files, forms, tabular
from nbmlops.data.folders import Manifest, StatCache
from nbmlops.data.identity import PREFIX, Identity, identify, rolled
from nbmlops.data.records import Kind
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True)
class Thing:
    """An object that was looked at.

    Attributes
    ----------
    kind, content_id, size_bytes
        As of a version.
    form
        How it was held, as plain JSON.
    table, identity, hidden
        Of tables (also of files that are one): Arrow, its digests, and what belongs to the object and is no content.
    root, manifest
        Of files: where they are, and what they are.
    array
        Of arrays.
    source
        A path or a query, if it came from one.
    note
        What is worth telling.
    """

    kind: Kind
    content_id: str
    size_bytes: int
    form: dict[str, Any]
    table: pa.Table | None = None
    identity: Identity | None = None
    hidden: tuple[pa.ChunkedArray, ...] = ()
    root: Path | None = None
    manifest: Manifest | None = None
    array: np.ndarray[Any, Any] | None = None
    source: str | None = None
    note: str = ""
    stamp: tuple[int, ...] = field(default=(), repr=False)

    @property
    def form_id(self) -> str:
        """The id of its form and of what is hidden."""
        extra = identify(hidden_table(self.hidden)).content_id if self.hidden else ""
        return PREFIX + rolled([json.dumps(self.form, sort_keys=True).encode(), extra.encode()])

    @property
    def schema_id(self) -> str | None:
        """Of tables, the id of names and types."""
        return None if self.identity is None else self.identity.schema_id

    @property
    def shape(self) -> tuple[int | None, int | None, int | None]:
        """Rows, columns and files."""
        files_ = None if self.manifest is None else len(self.manifest.files)
        if self.table is not None:
            return self.table.num_rows, self.table.num_columns, files_
        if self.array is not None:
            first = int(self.array.shape[0]) if self.array.ndim else 1
            return first, int(self.array.size // first) if first else 0, None
        return None, None, files_

    def must_be_unchanged(self) -> None:
        """Refuse an object that was changed since it was looked at.

        Raises
        ------
        RecordError
        """
        if self.stamp != _stamp(self.table, self.array, self.form):
            raise RecordError(
                "the object was changed while it was being saved; nothing was kept",
                "wait until the other thread is done with it, or save a copy",
            )


def look(thing: Any, cache: StatCache | None = None) -> Thing:
    """Look at an object.

    Parameters
    ----------
    thing
        A table of pandas, polars, pyarrow or DuckDB, a query (``SELECT ...``), a path or glob, a NumPy or torch array.
    cache
        What is known of files, see `folders.manifest`.

    Raises
    ------
    RecordError, UsageError
        It is nothing of that, or cannot be read; what is wrong is named.
    """
    if isinstance(thing, str | Path):
        if files.is_query(thing):
            return _table(files.run_query(str(thing)), source=str(thing).strip())
        return _files(thing, {} if cache is None else cache)
    if arrays.is_array(thing):
        return _array(thing)
    return _table(thing)


def hidden_table(columns: tuple[pa.ChunkedArray, ...]) -> pa.Table:
    """What is hidden, as a table."""
    import pyarrow as pa

    return pa.table(list(columns), names=[f"h{place}" for place in range(len(columns))])


def _table(thing: Any, source: str | None = None) -> Thing:
    table = tabular.to_arrow(thing)
    form, hidden, note = forms.describe(thing, table)
    stamp = _stamp(table, None, form)
    found = identify(table)
    size = table.nbytes + sum(column.nbytes for column in hidden)
    return Thing(
        "table", found.content_id, size, form, table, found, tuple(hidden), source=source, note=note, stamp=stamp
    )


def _array(thing: Any) -> Thing:
    array, form = arrays.to_numpy(thing)
    stamp = _stamp(None, array, form)
    content, note = arrays.content_id(array, form), arrays.note(thing)
    return Thing("array", content, int(array.nbytes), form, array=array, stamp=stamp, note=note)


def _files(thing: str | Path, cache: StatCache) -> Thing:
    root, found, table, note = files.read(thing, cache)
    form: dict[str, Any] = {
        "engine": "files",
        "name": root.name,
        "is_single": found.files[:1] and not found.files[0].path,
    }
    form["is_single"] = bool(form["is_single"])
    if table is None:
        content = found.content_id
        return Thing("files", content, found.size_bytes, form, root=root, manifest=found, source=str(thing), note=note)
    identity = identify(table)
    form["bytes"] = found.content_id  # the same rows written anew are the same content in another form
    return Thing(
        "files", identity.content_id, found.size_bytes, form, table, identity,
        root=root, manifest=found, source=str(thing), note=note,
    )  # fmt: skip


def sums(array: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """A digest of the memory of an array in one piece: another where it was changed."""
    return _stamp(None, array, {"engine": "numpy"})


def _stamp(table: pa.Table | None, array: np.ndarray[Any, Any] | None, form: dict[str, Any]) -> tuple[int, ...]:
    """Digests of the memory of what another thread could write into; nothing for what cannot be changed.

    A digest and not a sum: what is sorted in place, or moved, has the same sum.
    """
    import numpy as np

    if form["engine"] in ("pandas", "arrow") and table is not None:
        seen: dict[tuple[int, int], int] = {}
        for column in table.columns:
            for chunk in column.chunks:
                for buffer in filter(None, chunk.buffers()):
                    where = (buffer.address, buffer.size)
                    seen[where] = seen[where] if where in seen else _digest(buffer)
        return tuple(seen.values())
    if array is not None and array.flags.c_contiguous and array.size:
        return (_digest(array.reshape(-1).view(np.uint8).data),)
    return ()


def _digest(data: Any) -> int:
    from blake3 import blake3

    return int.from_bytes(blake3(memoryview(data)).digest(16))
