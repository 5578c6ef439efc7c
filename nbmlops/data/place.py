"""Where versions of data are written and read, and which run they belong to.

Capabilities above know more of this process (the notebook's folder, spans, joined runs): they put it in here.
"""

from __future__ import annotations

from collections.abc import Callable

from nbmlops import context
from nbmlops.config import store_path
from nbmlops.storage import session as storage_session
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store
from nbmlops.ui.desk import Desk


def _plain_store() -> Store:
    found = storage_session.existing()
    return found.store if found is not None else Store(store_path())


def _plain_run() -> str | None:
    found = context.thread_run()
    return None if found is None else str(found.id)


_session: Callable[[], Session] = storage_session.current
_store: Callable[[], Store] = _plain_store
_run: Callable[[], str | None] = _plain_run


def know(
    *,
    session: Callable[[], Session] | None = None,
    store: Callable[[], Store] | None = None,
    run: Callable[[], str | None] | None = None,
) -> None:
    """Ask these from now on."""
    global _session, _store, _run
    _session, _store, _run = session or _session, store or _store, run or _run


def session() -> Session:
    """The session that versions are written through; opens it."""
    return _session()


def store() -> Store:
    """The store that versions are read from; asking writes nothing."""
    return _store()


def run_id() -> str | None:
    """The run that is meant, if there is one."""
    return _run()


def execution_id() -> str | None:
    """The cell that is being run, if one is recorded."""
    found = context.thread_execution()
    return None if found is None else str(found.id)


def desk() -> Desk:
    """Who answers the views of this process."""
    here = store()
    return Desk(here, lambda kind, payload: session().append(kind, payload), check=here.must_be_here)
