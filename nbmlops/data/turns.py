"""One at a time: whoever moves a branch looks where it is and moves it before anybody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from filelock import FileLock, Timeout

from nbmlops.errors import StoreBusy, StoreError
from nbmlops.storage.layout import unwritable
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

WAIT_S: Final = 60.0  # only records are written meanwhile, no values


@contextmanager
def turn(store: Store, dataset: str) -> Iterator[None]:
    """Keep other processes and threads from moving the branches of a dataset.

    Raises
    ------
    StoreBusy
        Another one does, for a very long time.
    StoreUnwritable
        There is no place for the lock.
    """
    from blake3 import blake3

    file = store.state / "turns" / f"{blake3(dataset.encode()).hexdigest()[:32]}.lock"
    lock = FileLock(file, mode=0o600, thread_local=False)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=WAIT_S, poll_interval=0.005)
    except Timeout:
        raise StoreBusy(
            f"another process has been saving a version of {dataset} for {WAIT_S:.0f} s", "try again; nothing was saved"
        ) from None
    except OSError as error:
        raise unwritable(file, error) from None
    try:
        yield
    finally:
        lock.release()


def read(store: Store, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
    """Answer a question with everything in that was recorded before, by whomever."""
    try:
        return store.all_taken_in(question)
    except StoreBusy:
        raise
    except StoreError:  # a journal that nobody can read, or a file that nobody may write
        return store.read(question)
