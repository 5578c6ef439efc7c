"""Paths, globs and queries: what they stand for, and reading files that are tables."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import folders, own, retyping, streams, tabular
from nbmlops.data.folders import FileEntry, Manifest, StatCache
from nbmlops.data.streams import Rows
from nbmlops.errors import RecordError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_QUERY: Final = re.compile(r"\s*(select|from|with|values|pivot|summarize|table)\b\s*\S", re.IGNORECASE)
_READERS: Final = {
    ".parquet": "read_parquet", ".pq": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv",
    ".json": "read_json", ".jsonl": "read_json", ".ndjson": "read_json",
}  # fmt: skip


def is_query(thing: object) -> bool:
    """Whether a text is SQL rather than a path."""
    return isinstance(thing, str) and _QUERY.match(thing) is not None and not os.path.exists(thing)


def run_query(sql: str) -> Any:
    """The answer to a query of DuckDB's default connection, as a relation."""
    import duckdb

    try:
        return duckdb.sql(sql)
    except duckdb.Error as error:
        raise UsageError(
            f"the query cannot be run: {str(error).splitlines()[0]}", "frames of yours: save duckdb.sql(...) instead"
        ) from None


def read(
    thing: str | Path, cache: StatCache, *, in_pieces: bool = False
) -> tuple[Path, Manifest, pa.Table | Rows | None, str]:
    """What a path or glob stands for: the folder or file, its manifest, its rows if it is a table, and a note.

    Parameters
    ----------
    in_pieces
        Rows of large files are not held in memory: they are read as often as need be.

    Raises
    ------
    RecordError
        Nothing is there, or it cannot be read.
    """
    text = os.path.expanduser(str(thing))
    if not text.strip():
        raise UsageError("an empty path names nothing", "name a file, a folder or a pattern; '.' is this folder")
    if glob.has_magic(text) and not os.path.exists(text):
        root, found = _globbed(text, cache)
    else:
        root = Path(text).absolute()
        found = folders.manifest(root, cache)
    if os.path.isdir(text):
        return root, found, None, ""
    names = [root / file.path if file.path else root for file in found.files]
    kinds = {_suffix(name) for name in names}
    if len(kinds) != 1 or (reader := _READERS.get(kinds.pop())) is None:
        return root, found, None, ""
    before = stamps(names)
    try:
        rows = _rows(reader, [str(name) for name in names], in_pieces=in_pieces)
    except RecordError as error:  # its bytes are a version all the same
        return root, found, None, error.message
    sizes = [file.size_bytes for file in found.files]
    if stamps(names) != before or [size for size, _, _ in before] != sizes:
        raise RecordError(f"{text} changes while it is read", "wait until it is written, then try again")
    return root, found, rows, ""


def stamps(names: Sequence[Path]) -> list[tuple[int, int, int]]:
    """Size, time of the last change and inode of files: what tells whether they were changed meanwhile."""
    return [_stamp(name) for name in names]


def table(names: Sequence[Path]) -> pa.Table | None:
    """The rows of these very files; None if they are no table."""
    kinds = {_suffix(name) for name in names}
    reader = _READERS.get(kinds.pop()) if len(kinds) == 1 else None
    try:
        return None if reader is None else _whole(reader, [str(name) for name in names])
    except streams.faults():
        return None


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return -1, 0, 0
    return found.st_size, found.st_mtime_ns, found.st_ino


def _globbed(pattern: str, cache: StatCache) -> tuple[Path, Manifest]:
    there = (path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))
    paths = sorted(path for path in there if not own.is_store(path))
    if not paths:
        raise RecordError(f"no file matches {pattern}", "check the pattern; it is looked for from the kernel's folder")
    root = Path(os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths]))
    found = []
    for path in paths:
        (entry,) = folders.manifest(path, cache).files
        below = Path(os.path.abspath(path)).relative_to(root).as_posix()
        found.append(FileEntry(below, entry.size_bytes, entry.is_executable, entry.digest))
    return root, Manifest(tuple(sorted(found)))


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return next((suffix for suffix in reversed(suffixes) if suffix not in (".gz", ".zst")), "")


def _rows(reader: str, names: list[str], *, in_pieces: bool) -> pa.Table | Rows:
    import duckdb
    import pyarrow as pa

    try:
        if not in_pieces or not streams.are_large(reader, names):
            return _whole(reader, names)
        is_one = reader == "read_parquet" and len(names) == 1
        return streams.parquet(names[0]) if is_one else streams.queried(reader, names)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise RecordError(
            f"not readable as a table ({str(error).splitlines()[0][:120]}): kept by its bytes", "check the file"
        ) from None


def _whole(reader: str, names: list[str]) -> pa.Table:
    import duckdb

    if reader == "read_parquet" and (found := _parquet(names)) is not None:
        return found
    with duckdb.connect(":memory:") as con:
        con.execute("SET TimeZone = 'UTC'")
        exactly = [glob.escape(name) for name in names]  # what is a pattern to DuckDB too is a name here
        return tabular.in_utc(con.sql(f"FROM {reader}($names)", params={"names": exactly}).to_arrow_table())


def _parquet(names: list[str]) -> pa.Table | None:
    """The rows of Parquet files in the types of the files; None where they are not all alike, or folders say more."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if any(_is_of_pandas(field) for field in pq.ParquetFile(names[0]).schema_arrow):
        retyping.know_pandas_types()
    if len(names) == 1:
        return pq.ParquetFile(names[0]).read()
    if any("=" in part for name in names for part in Path(name).parent.parts):
        return None  # folders such as year=2020 are columns too
    parts = [pq.ParquetFile(name).read() for name in names]
    if any(not part.schema.equals(parts[0].schema) for part in parts):
        return None
    return pa.concat_tables(parts)


def _is_of_pandas(field: pa.Field) -> bool:
    return bytes((field.metadata or {}).get(b"ARROW:extension:name", b"")).startswith(b"pandas.")
