"""Which functions of other libraries read or write data, and where they are told the place."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from typing import Any, Final

from nbmlops.data import seen_paths, watched
from nbmlops.data.watched import Role

_NAMES: Final = (
    "path", "paths", "source", "sources", "filepath_or_buffer", "path_or_buffer", "path_or_buf", "path_or_file",
    "path_or_paths", "io", "where", "dest", "output_file", "input_file", "base_dir", "root_path", "metadata_path",
    "file", "files", "file_name", "file_glob", "filename", "fname", "excel_writer", "workbook", "target",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """Functions of one owner that are told a place in the same position.

    Attributes
    ----------
    owner
        The way from the module to it: none, or a class.
    names, role, position
        The functions, what they do, and where the place stands among what they are called with.
    is_sql
        It is SQL instead, with variables of the caller by their names.
    """

    owner: tuple[str, ...]
    names: tuple[str, ...]
    role: Role
    position: int
    is_sql: bool = False


def _entry(owner: str, names: str, role: Role, position: int, is_sql: bool = False) -> Entry:
    return Entry(tuple(owner.split()), tuple(names.split()), role, position, is_sql)


_SQL: Final = "sql query execute executemany from_query"
_DUCKDB: Final = "read_parquet read_csv read_json from_parquet from_csv_auto"

TABLE: Final[dict[str, tuple[Entry, ...]]] = {
    "pandas": (
        _entry(
            "",
            "read_parquet read_feather read_orc read_csv read_table read_fwf read_json read_excel read_pickle read_hdf"
            " read_sas read_stata read_spss read_xml",
            "in",
            0,
        ),
        _entry(
            "DataFrame",
            "to_parquet to_feather to_orc to_csv to_json to_excel to_pickle to_hdf to_stata to_xml",
            "out",
            1,
        ),
    ),
    "polars": (
        _entry(
            "",
            "read_csv read_csv_batched read_parquet read_ipc read_ipc_stream read_json read_ndjson read_avro read_excel"
            " read_ods read_delta scan_csv scan_parquet scan_ipc scan_ndjson scan_lines scan_delta",
            "in",
            0,
        ),
        _entry(
            "DataFrame",
            "write_csv write_parquet write_ipc write_ipc_stream write_json write_ndjson write_avro write_excel"
            " write_delta",
            "out",
            1,
        ),
        _entry("LazyFrame", "sink_csv sink_parquet sink_ipc sink_ndjson sink_delta", "out", 1),
    ),
    "pyarrow": (_entry("", "memory_map", "in", 0),),
    "pyarrow.parquet": (
        _entry("", "read_table read_pandas", "in", 0),
        _entry("ParquetFile", "__init__", "in", 1),
        _entry("ParquetDataset", "__init__", "in", 1),
        _entry("", "write_table write_to_dataset", "out", 1),
        _entry("ParquetWriter", "__init__", "out", 1),
    ),
    "pyarrow.csv": (_entry("", "read_csv open_csv", "in", 0), _entry("", "write_csv", "out", 1)),
    "pyarrow.json": (_entry("", "read_json open_json", "in", 0),),
    "pyarrow.feather": (_entry("", "read_feather read_table", "in", 0), _entry("", "write_feather", "out", 1)),
    "pyarrow.orc": (
        _entry("", "read_table", "in", 0),
        _entry("ORCFile", "__init__", "in", 1),
        _entry("", "write_table", "out", 1),
    ),
    "pyarrow.dataset": (_entry("", "dataset parquet_dataset", "in", 0), _entry("", "write_dataset", "out", 1)),
    "duckdb": (
        _entry("", _DUCKDB, "in", 0),
        _entry("DuckDBPyConnection", _DUCKDB, "in", 1),
        _entry("DuckDBPyRelation", "to_parquet write_parquet to_csv write_csv", "out", 1),
        _entry("", f"{_SQL} query_df", "in", 0, True),
        _entry("DuckDBPyConnection", _SQL, "in", 1, True),
        _entry("DuckDBPyRelation", "query", "in", 2, True),
    ),
}


def see(entry: Entry, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Note what a call was told."""
    if entry.is_sql:
        _see_sql(args, kwargs)
        return
    value = args[entry.position] if len(args) > entry.position else _named(kwargs)
    if value is None:
        return
    kind = getattr(kwargs.get("filesystem"), "type_name", "local")
    if kind == "subtree":
        return  # only it knows below which folder
    if kind != "local":  # a path on another machine
        texts = value if isinstance(value, list | tuple) else [value]
        watched.note([], [f"{kind.replace('::', '+')}://{str(text).lstrip('/')}" for text in texts], entry.role)
        return
    paths, addresses = seen_paths.of_argument(value, is_written=entry.role == "out")
    watched.note(paths, addresses, entry.role)


def _named(kwargs: dict[str, Any]) -> Any:
    return next((kwargs[name] for name in _NAMES if name in kwargs), None)


def _see_sql(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """What SQL names in quotes, and texts that are put into it."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, str):
            for text, is_target in seen_paths.quotes(value):
                _see_text(text, "out" if is_target else "in")
        elif isinstance(value, list | tuple | dict):
            for within in itertools.islice(value.values() if isinstance(value, dict) else value, seen_paths.MOST):
                for text in within if isinstance(within, list | tuple) else [within]:
                    _see_text(text, "in")


def _see_text(text: Any, role: Role) -> None:
    if isinstance(text, str) and ("/" in text or "." in text):
        paths, addresses = seen_paths.of_argument(text, is_written=role == "out")
        watched.note([path for path in paths if role == "out" or not os.path.isdir(path)], addresses, role)
