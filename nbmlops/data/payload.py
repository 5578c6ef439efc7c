"""Values of versions as blobs: one column and chunk each, so that only what is new is written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nbmlops.data import canonical
from nbmlops.data.identity import Identity
from nbmlops.data.manifests import Blob, VersionManifest
from nbmlops.errors import RecordError, StoreUnwritable
from nbmlops.storage.blobs import Blobs
from nbmlops.storage.layout import unwritable

if TYPE_CHECKING:
    import pyarrow as pa

Fetch = Callable[[str], Path]
SAMPLE: Final = 10_000
_LEVEL: Final = 1
_FEW: Final = 0.5  # of the values of a chunk are different: a dictionary pays
_IPC: Final = b"ARROW1"
_THREADS: Final = 2
_BLOCK: Final = 1 << 20


class Keeper:
    """Puts values into the store; what was there already is not new. Raises where the disk does not take it."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.new_bytes = 0

    def put(self, data: bytes) -> Blob:
        """Keep some bytes."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has_whole(sha256):
            self._blobs.put_bytes(data)
            self._must_be_there(sha256)
            self.new_bytes += len(data)
        return sha256, len(data)

    def put_file(self, path: Path, digest: str) -> Blob:
        """Keep a file whose blake3 digest is known.

        Raises
        ------
        RecordError
            It cannot be read, or is not what it was when it was looked at.
        """
        from blake3 import blake3

        whole, sha256, size = blake3(), hashlib.sha256(), 0
        try:
            with open(path, "rb") as file:
                while block := file.read(_BLOCK):
                    whole.update(block)
                    sha256.update(block)
                    size += len(block)
        except OSError as error:
            raise RecordError(f"cannot read {path}: {error.strerror or error}", "it was there a moment ago") from None
        if whole.hexdigest() != digest:
            raise RecordError(
                f"{path} was changed while it was being saved; nothing was kept", "wait until it is written"
            )
        name = sha256.hexdigest()
        if not self.has_whole(name):
            if self._blobs.put_file(path)[0] != name:
                raise RecordError(
                    f"{path} was changed while it was being saved; nothing was kept", "wait until it is written"
                )
            self._must_be_there(name)
            self.new_bytes += size
        return name, size

    def has(self, sha256: str) -> bool:
        """Whether it is there already; what is in the trash is taken back."""
        return self._blobs.find(sha256)

    def has_whole(self, sha256: str) -> bool:
        """Whether it is there and is what it was; a damaged one is taken away, so that it is written anew."""
        if not self.has(sha256):
            return False
        path = self._blobs.path(sha256)
        try:
            with open(path, "rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                    return True
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # collected at this moment
        except OSError as error:
            raise unwritable(path, error) from None
        return False

    def path(self, sha256: str) -> Path:
        """Where it lies."""
        return self._blobs.path(sha256)

    def settle(self) -> None:
        """Push everything to the disk, before a record names it."""
        self._blobs.sync()

    def _must_be_there(self, sha256: str) -> None:
        if not self.has(sha256):
            raise StoreUnwritable("the values cannot be kept; no version was made", "free space on the disk")


def keep_table(
    keeper: Keeper, table: pa.Table, identity: Identity, known: Mapping[tuple[str, bytes], Blob]
) -> tuple[tuple[Blob, ...], ...]:
    """Keep a table whose columns are in plain form; returns a blob a column and chunk.

    Parameters
    ----------
    known
        Blobs by Arrow type and digest that are there already.
    """
    types = [str(column.type) for column in table.columns]

    def one(job: tuple[int, int]) -> Blob:
        place, number = job
        blob = known.get((types[place], identity.digests[place][number]))
        if blob is not None and keeper.has_whole(blob[0]):
            return blob
        piece = table.column(place).slice(number * canonical.ROWS, canonical.ROWS)
        return keeper.put(encode(piece))

    jobs = [(place, number) for place, digests in enumerate(identity.digests) for number in range(len(digests))]
    with ThreadPoolExecutor(_THREADS) as pool:
        found = iter(list(pool.map(one, jobs)))
    return tuple(tuple(next(found) for _ in digests) for digests in identity.digests)


def plain_table(table: pa.Table) -> pa.Table:
    """A table with all columns in plain form."""
    import pyarrow as pa

    columns = [canonical.plain(column) for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def encode(column: pa.ChunkedArray) -> bytes:
    """One column as Parquet, or as an Arrow file where Parquet does not have its type."""
    import pyarrow as pa

    table = pa.table({"c": column})
    return encode_table(table)


def encode_table(table: pa.Table) -> bytes:
    """A small table likewise."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if all(_fits_parquet(field.type) for field in table.schema):
        sink = io.BytesIO()
        pq.write_table(
            table, sink, compression="zstd", compression_level=_LEVEL, write_statistics=False,
            use_dictionary=[name for name in table.column_names if _is_repetitive(table[name])],
            column_encoding={name: "DELTA_BINARY_PACKED" for name in table.column_names if _is_whole(table[name].type)},
        )  # fmt: skip
        return sink.getvalue()
    table = table.unify_dictionaries()  # an Arrow file has one dictionary a column
    target = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=_LEVEL))
    with pa.ipc.new_file(target, table.schema, options=options) as writer:
        writer.write_table(table)
    return target.getvalue().to_pybytes()  # type: ignore[no-any-return]


def decode_table(data: bytes) -> pa.Table:
    """What `encode_table` wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if data.startswith(_IPC):
        return pa.ipc.open_file(pa.BufferReader(data)).read_all()
    return pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False)


def read_blob(fetch: Fetch, blob: Blob) -> bytes:
    """The bytes of a blob, checked.

    Raises
    ------
    RecordError
        It is gone, or not what was written.
    """
    try:
        try:
            data = fetch(blob[0]).read_bytes()
        except FileNotFoundError:
            data = fetch(blob[0]).read_bytes()  # a collection took it away at this moment: it is in the trash
    except OSError as error:
        raise RecordError(f"a value of this version cannot be read: {error.strerror or error}", _HINT) from None
    if hashlib.sha256(data).hexdigest() != blob[0]:
        raise RecordError(f"a value of this version is damaged: {blob[0][:12]}... is not what was written", _HINT)
    return data


_HINT: Final = "ml.data.verify() names all that are; bring them back with ml.data.pull(...) or from a backup"


class Kept:
    """The values of a version that is kept, read as they are asked for.

    Raises
    ------
    RecordError
        From every method: a blob is gone or damaged.
    """

    def __init__(self, fetch: Fetch, manifest: VersionManifest) -> None:
        if manifest.identity is None:
            raise RecordError("this version is no table", "load it: ml.data.load(...)")
        self.identity: Identity = manifest.identity
        self._fetch = fetch
        self._manifest = manifest

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns."""
        return self.identity.names

    def piece(self, place: int, number: int) -> pa.ChunkedArray:
        """One chunk of a column."""
        if self._manifest.pieces is None:
            return self._whole.column(place).slice(number * canonical.ROWS, canonical.ROWS)
        return decode_table(read_blob(self._fetch, self._manifest.pieces[place][number])).column(0)

    def column(self, place: int) -> pa.ChunkedArray:
        """A whole column."""
        if self._manifest.pieces is None:
            return self._whole.column(place)
        return self.columns([place])[0]

    def columns(self, places: Iterable[int]) -> list[pa.ChunkedArray]:
        """Whole columns."""
        import pyarrow as pa

        wanted = list(places)
        if self._manifest.pieces is None:
            return [self._whole.column(place) for place in wanted]
        jobs = [(place, number) for place in wanted for number in range(len(self.identity.digests[place]))]
        with ThreadPoolExecutor(_THREADS) as pool:
            read = iter(list(pool.map(lambda job: self.piece(*job), jobs)))
        found = []
        for place in wanted:
            pieces = [chunk for _ in self.identity.digests[place] for chunk in next(read).chunks]
            found.append(pa.chunked_array(pieces, type=pieces[0].type if pieces else self._manifest.types[place]))
        return found

    def table(self) -> pa.Table:
        """All of it."""
        import pyarrow as pa

        if self._manifest.pieces is None:
            return self._whole
        return pa.Table.from_arrays(self.columns(range(len(self.names))), names=list(self.names))

    def head(self, rows: int) -> pa.Table:
        """The first rows."""
        import pyarrow as pa

        if self._manifest.pieces is None or not self.identity.rows:
            return self.table().slice(0, rows)
        columns = [self.piece(place, 0).slice(0, rows) for place in range(len(self.names))]
        return pa.Table.from_arrays(columns, names=list(self.names))

    @cached_property
    def _whole(self) -> pa.Table:
        from nbmlops.data import delta

        return delta.rebuild(self._fetch, self._manifest)


def _is_whole(kind: pa.DataType) -> bool:
    import pyarrow as pa

    is_ = pa.types
    wide = is_.is_int32(kind) or is_.is_int64(kind) or is_.is_uint32(kind) or is_.is_uint64(kind)
    return bool(wide or is_.is_timestamp(kind) or is_.is_int8(kind) or is_.is_int16(kind))


def _is_repetitive(column: pa.ChunkedArray) -> bool:
    """Whether a dictionary pays; never for floats, whose dictionaries take NaNs for one another."""
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    few = column.slice(0, 4096)
    return bool(len(few)) and len(few.unique()) < _FEW * len(few)


def _fits_parquet(kind: pa.DataType) -> bool:
    """Whether Parquet has the type and gives it back as it was: no seconds; nested ones go into Arrow files."""
    import pyarrow as pa

    is_ = pa.types
    return bool(
        is_.is_boolean(kind) or is_.is_integer(kind) or is_.is_float32(kind) or is_.is_float64(kind)
        or is_.is_string(kind) or is_.is_large_string(kind) or is_.is_binary(kind) or is_.is_large_binary(kind)
        or (is_.is_timestamp(kind) and kind.unit != "s") or is_.is_date32(kind)
    )  # fmt: skip
