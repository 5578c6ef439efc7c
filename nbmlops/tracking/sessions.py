"""What is known of this process: recorded once a session, and again when more is known."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbmlops.config import JOIN, store_path
from nbmlops.data import place
from nbmlops.storage import session as storage_session
from nbmlops.storage.liveness import host
from nbmlops.storage.session import Session
from nbmlops.storage.store import Store

_facts: dict[str, Any] = {}
_introduced: Session | None = None


def current() -> Session:
    """Return this process's session, with its own record written."""
    global _introduced
    session = storage_session.current(folder())
    if session is not _introduced:
        _introduced = session
        session.append("tracking.session", _describe(session))
        for call in list(_openers):
            call(session)
    return session


def store() -> Store:
    """Return the store to ask: the session's, else the one that a session would have; asking writes nothing."""
    session = storage_session.existing()
    if session is not None:
        return session.store
    path = store_path(folder())
    return _stores.setdefault(path, Store(path))


_stores: dict[Path, Store] = {}
_openers: list[Callable[[Session], None]] = []


def when_opened(call: Callable[[Session], None]) -> None:
    """Have ``call`` called with every session that opens in this process, and with the one that is open."""
    _openers.append(call)
    if _introduced is not None and storage_session.existing() is _introduced:
        call(_introduced)


def no_longer(call: Callable[[Session], None]) -> None:
    """Take back what was given to ``when_opened``."""
    if call in _openers:
        _openers.remove(call)


def describe(**facts: Any) -> None:
    """Add facts (frontend, notebook, notebook_source, kernel) and record them if the session is open."""
    changed = {key: value for key, value in facts.items() if _facts.get(key) != value}
    _facts.update(changed)
    if changed and _introduced is not None and storage_session.existing() is _introduced:
        _introduced.append("tracking.session", _describe(_introduced))


def is_script() -> bool:
    """Tell whether this process is a plain script rather than a kernel or a shell."""
    return bool(_facts.get("frontend", "script") == "script")


def notebook() -> str | None:
    """Return the path of the notebook or script of this process, if it is known."""
    known = _facts.get("notebook")
    if isinstance(known, str):
        return known
    script = sys.argv[0] if sys.argv else ""
    return str(Path(script).absolute()) if script.endswith(".py") and "ipykernel" not in script else None


def folder() -> Path | None:
    """Return the folder of the notebook, where the store is looked for."""
    known = _facts.get("notebook")
    if isinstance(known, str) and (place := Path(known).parent).is_dir() and Path(known).is_absolute():
        return place
    return None


def default_experiment() -> str:
    """Return the notebook's or script's name."""
    path = notebook()
    return Path(path).stem if path else "default"


def _describe(session: Session) -> dict[str, Any]:
    facts = {
        "frontend": "script", "notebook": notebook(), "host": host(), "pid": os.getpid(), "cwd": os.getcwd(),
        "python": ".".join(map(str, sys.version_info[:3])), "user": _user(),
        "parent_session": session.parent_id, "parent_run": os.environ.get(JOIN, "").partition(":")[0] or None,
    }  # fmt: skip
    return {**facts, **_facts}


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


place.know(session=current, store=store)
