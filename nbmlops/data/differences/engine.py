"""A DuckDB of its own for one question about tables; beyond its share of memory it spills into the store's folder.

The folder of what is spilled is there only while something is; what a killed process left behind is taken away by the
next question.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nbmlops.config import settings
from nbmlops.data import place
from nbmlops.errors import MLError, RecordError
from nbmlops.storage.ids import new_id

if TYPE_CHECKING:
    import duckdb

_SHARE: Final = "50%"  # of the memory of the machine, or of the container


@contextmanager
def engine(memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection, by default limited to ``c.NbMlops.data_memory_bytes``.

    Raises
    ------
    RecordError
        Neither the memory nor the disk suffice: what is asked gets no answer, never a part of one.
    """
    import duckdb

    said = settings().data_memory_bytes
    limit = memory_limit or (f"{said}B" if said else _SHARE)
    with ExitStack() as stack:
        folder = stack.enter_context(spill_folder())
        con = stack.enter_context(duckdb.connect(":memory:", config={"temp_directory": str(folder)}))
        con.execute("SET memory_limit = ?", [limit])
        try:
            yield con
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise RecordError(
                f"{limit} of memory and the disk at {folder.parent} do not suffice for these tables: "
                f"{str(error).splitlines()[0][:160]}",
                "make room on that disk, or raise c.NbMlops.data_memory_bytes",
            ) from None


@contextmanager
def spill_folder() -> Iterator[Path]:
    """A folder that DuckDB makes once it spills: of the store, if there is one that can be written; else the system's.

    A lock beside it says that it is in use.
    """
    from filelock import FileLock, Timeout

    home = _home()
    name = new_id()
    try:
        if home is None:
            raise OSError
        home.mkdir(mode=0o700, exist_ok=True)
        _clear(home)
        lock = FileLock(home / f"{name}.lock", mode=0o600)
        lock.acquire(timeout=0)
    except (OSError, Timeout):
        with tempfile.TemporaryDirectory(prefix="nbmlops-", ignore_cleanup_errors=True) as made:
            yield Path(made) / name
        return
    try:
        yield home / name
    finally:
        shutil.rmtree(home / name, ignore_errors=True)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _home() -> Path | None:
    """Where the store spills; None where nothing was saved yet: a question makes no store."""
    try:
        state = place.store().layout.state
    except MLError:
        return None
    return state / "spill" if state.is_dir() else None


def _clear(home: Path) -> None:
    """Take away what processes left behind that are no more."""
    from filelock import FileLock, Timeout

    for left in home.glob("*.lock"):
        lock = FileLock(left, mode=0o600)
        try:
            lock.acquire(timeout=0)
        except (OSError, Timeout):
            continue
        shutil.rmtree(left.with_suffix(""), ignore_errors=True)
        left.unlink(missing_ok=True)
        lock.release()
