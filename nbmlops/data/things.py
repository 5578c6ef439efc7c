"""What is to be versioned, looked at once: a table, files, an array, with its identity and its form."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import arrays, files, forms, states, tabular
from nbmlops.data.folders import Manifest, StatCache
from nbmlops.data.identity import PREFIX, Identity, identify, rolled
from nbmlops.data.records import Kind
from nbmlops.data.refusing import refusal
from nbmlops.data.streams import Rows
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_BLOCK: Final = 1 << 16
_PICKLES: Final = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt")


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
    rows
        Of large files that are a table, instead of it: they are read in pieces.
    root, manifest
        Of files: where they are, and what they are.
    array, arrays
        Of arrays; of states all that they hold.
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
    rows: Rows | None = None
    root: Path | None = None
    manifest: Manifest | None = None
    array: np.ndarray[Any, Any] | None = None
    arrays: tuple[np.ndarray[Any, Any], ...] = ()
    source: str | None = None
    note: str = ""
    stamp: tuple[Any, ...] = field(default=(), repr=False)

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
        if self.identity is not None:
            return self.identity.rows, len(self.identity.names), files_
        if self.array is not None:
            shape = self.array.shape
            return shape[0] if shape else 1, math.prod(shape[1:]), None
        if self.kind == "state":
            return len(self.arrays), sum(int(array.size) for array in self.arrays), None
        return None, None, files_

    def must_be_unchanged(self) -> None:
        """Refuse an object that was changed since it was looked at.

        Raises
        ------
        RecordError
        """
        if self.rows is not None:
            if self.stamp != _stamp_of_files(self.root, self.manifest):
                raise RecordError(
                    f"{self.source} was changed while it was being saved; nothing was kept", "wait until it is written"
                )
            return
        now = _sums_of(self.arrays) if self.arrays else _stamp(self.table, self.array, self.form)
        if self.stamp != now:
            raise RecordError(
                "the object was changed while it was being saved; nothing was kept",
                "wait until the other thread is done with it, or save a copy",
            )


def look(thing: Any, cache: StatCache | None = None, *, in_pieces: bool = False) -> Thing:
    """Look at an object.

    Parameters
    ----------
    thing
        A table of pandas, polars, pyarrow or DuckDB, a query (``SELECT ...``), a path or glob, a NumPy or torch array,
        a nested dict of such arrays.
    cache
        What is known of files, see `folders.manifest`.
    in_pieces
        Large files are not held in memory: ``rows`` instead of ``table``.

    Raises
    ------
    RecordError, UsageError
        It is nothing of that, or cannot be read; what is wrong is named.
    """
    if isinstance(thing, str | Path):
        if files.is_query(thing):
            return _table(files.run_query(str(thing)), source=str(thing).strip())
        return _files(thing, {} if cache is None else cache, in_pieces)
    if arrays.is_array(thing):
        return _array(thing)
    if states.is_state(thing):
        return _state(thing)
    if not tabular.is_table(thing):
        raise refusal(thing)
    return _table(thing)


def hidden_table(columns: tuple[pa.ChunkedArray, ...]) -> pa.Table:
    """What is hidden, as a table."""
    import pyarrow as pa

    return pa.table(list(columns), names=[f"h{place}" for place in range(len(columns))])


def _table(thing: Any, source: str | None = None) -> Thing:
    table = tabular.to_arrow(thing)
    form, hidden = forms.describe(thing, table), tuple(forms.hidden(thing))
    stamp = _stamp(table, None, form)
    found = identify(table)
    size = table.nbytes + sum(column.nbytes for column in hidden)
    return Thing("table", found.content_id, size, form, table, found, hidden, source=source, stamp=stamp)


def _array(thing: Any) -> Thing:
    array, form = arrays.to_numpy(thing)
    stamp = _stamp(None, array, form)
    content = arrays.content_id(array, arrays.type_of(form))
    return Thing("array", content, int(array.nbytes), form, array=array, stamp=stamp)


def _state(thing: Any) -> Thing:
    found = states.look(thing)
    size = sum(int(array.nbytes) for array in found.arrays)
    stamp = _sums_of(found.arrays)
    return Thing("state", found.content_id, size, found.form, arrays=found.arrays, stamp=stamp)


def _files(thing: str | Path, cache: StatCache, in_pieces: bool) -> Thing:
    root, found, rows, note = files.read(thing, cache, in_pieces=in_pieces)
    form: dict[str, Any] = {
        "engine": "files",
        "name": root.name,
        "is_single": bool(found.files) and not found.files[0].path,
    }
    if rows is None:
        content = found.content_id
        if root.suffix.lower() in _PICKLES:
            note = note or "a pickle: the same object written anew may have other bytes"
        return Thing("files", content, found.size_bytes, form, root=root, manifest=found, source=str(thing), note=note)
    identity = rows.identity if isinstance(rows, Rows) else identify(rows)
    form["bytes"] = found.content_id  # the same rows written anew are the same content in another form
    made = Thing(
        "files", identity.content_id, found.size_bytes, form, identity=identity,
        root=root, manifest=found, source=str(thing), note=note,
    )  # fmt: skip
    if isinstance(rows, Rows):
        return replace(made, rows=rows, stamp=_stamp_of_files(root, found))
    return replace(made, table=rows)


def _stamp_of_files(root: Path | None, manifest: Manifest | None) -> tuple[Any, ...]:
    assert root is not None
    assert manifest is not None
    return tuple(files.stamps([root / file.path if file.path else root for file in manifest.files]))


def sums(array: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """Sums over the memory of an array in one piece: others where it was changed."""
    return _stamp(None, array, {"engine": "numpy"})


def _sums_of(arrays_: tuple[np.ndarray[Any, Any], ...]) -> tuple[int, ...]:
    return tuple(total for array in arrays_ for total in sums(array))


def _stamp(table: pa.Table | None, array: np.ndarray[Any, Any] | None, form: dict[str, Any]) -> tuple[int, ...]:
    """Sums over the memory of what another thread could write into; nothing for what cannot be changed."""
    if table is not None and form["engine"] in ("pandas", "polars", "arrow"):  # both may lie in memory of NumPy
        return tuple(total for column in table.columns for buffer in _buffers(column) for total in _sums(buffer))
    if array is not None and array.flags.c_contiguous:
        return tuple(_sums(array.reshape(-1).view("u1").data if array.size else b""))
    return ()


def _buffers(column: pa.ChunkedArray) -> Iterator[Any]:
    for chunk in column.chunks:
        yield from (memoryview(buffer) for buffer in chunk.buffers() if buffer is not None)


def _sums(data: Any) -> Iterator[int]:
    import numpy as np

    words = np.frombuffer(data, dtype=np.uint64, count=len(data) // 8)
    blocks = len(words) // _BLOCK * _BLOCK
    if blocks:
        parts = words[:blocks].reshape(-1, _BLOCK).sum(axis=1, dtype=np.uint64)
        # a weighted sum of the blocks: what is moved from one block to another shows
        yield int((parts * np.arange(1, len(parts) + 1, dtype=np.uint64)).sum(dtype=np.uint64))
    rest = words[blocks:]
    yield int((rest * np.arange(1, len(rest) + 1, dtype=np.uint64)).sum(dtype=np.uint64))
    yield int.from_bytes(bytes(data[len(words) * 8 :]), "little")
