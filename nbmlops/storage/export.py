"""The public views as Parquet files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbmlops.errors import StoreUnwritable
from nbmlops.storage.lease import quoted
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Exported:
    """What was written."""

    folder: Path
    files: list[Path]
    size_bytes: int

    def __str__(self) -> str:
        names = ", ".join(path.name for path in self.files)
        return f"{len(self.files)} Parquet files, {self.size_bytes:,} bytes, in {self.folder}: {names}"


def export(store: Store, folder: Path) -> Exported:
    """Write every public view into ``folder`` as ``<view>.parquet``, on a private copy of the store.

    Raises
    ------
    StoreUnwritable
        The folder cannot be made or written.
    """
    folder = Path(folder).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(f"cannot make {folder}: {error.strerror}", "name another folder") from None
    store.read(lambda con: None)  # this process's own records are in the file before it is copied
    return store.read_copy(lambda con: _write(con, folder))


def _write(con: duckdb.DuckDBPyConnection, folder: Path) -> Exported:
    import duckdb

    names = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"
        " AND database_name = current_database() ORDER BY view_name"
    ).fetchall()
    files = []
    for (name,) in names:
        target = folder / f"{name}.parquet"
        try:
            con.execute(f'COPY (FROM "{name}") TO {quoted(str(target))} (FORMAT parquet)')
        except duckdb.IOException as error:
            raise StoreUnwritable(f"cannot write {target}: {error}", "name another folder") from None
        files.append(target)
    return Exported(folder, files, sum(path.stat().st_size for path in files))
