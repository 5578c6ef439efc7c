"""Where a browser's questions are answered: named views and actions of all capabilities, nothing else.

A browser sends ``{"id": 3, "kind": "view", "name": "runs", "args": {...}}`` and gets the same id back with
``"ok": true`` and ``data``, or ``"ok": false`` and an ``error`` of ``message``, ``hint`` and ``kind``. Names that
are not listed, SQL, code and paths mean nothing here. While another program holds the file, the last good answer to
the same question is given again, with its age in ``age_s`` and the reason in ``notice``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import nbmlops
from nbmlops.errors import MLError, StoreBusy, StoreOpenHere, UsageError
from nbmlops.ui.plain import plain

if TYPE_CHECKING:
    from nbmlops.ui.sections import Offer

_log = logging.getLogger("nbmlops")

MOST_KEPT = 1_000_000
"""Bytes of text in an answer that is kept for the time while another program holds the file."""

Args: TypeAlias = Mapping[str, Any]
Answerer: TypeAlias = "Callable[[Desk, Args], Any]"


@dataclass(frozen=True)
class Desk:
    """One store, and how something is written into it.

    Parameters
    ----------
    store
        What is asked: ``read(question, key=...)``, ``fetch(sha256)``; its ``answers`` keep the last good ones.
    append
        Writes one record: ``append("tracking.tags", {...})``.
    root
        The folder that paths of the browser are relative to; None where a browser knows no paths.
    check
        Called before anything is asked; raises where nothing can be.
    """

    store: Any
    append: Callable[[str, Mapping[str, Any]], None]
    root: Path | None = None
    check: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Offers:
    """What all capabilities together let a browser ask for."""

    views: Mapping[str, Answerer]
    actions: Mapping[str, Answerer]
    sections: tuple[Offer, ...] = ()  # of a comparison


@cache
def offers() -> Offers:
    """The ``VIEWS``, ``ACTIONS`` and, if there are some, ``SECTIONS`` of every capability with a module ``actions``."""
    views: dict[str, Answerer] = {}
    actions: dict[str, Answerer] = {}
    sections: list[Offer] = []
    for folder in sorted(Path(nbmlops.__file__).parent.iterdir()):
        name = f"nbmlops.{folder.name}.actions"
        if (folder / "__init__.py").exists() and find_spec(name) is not None:
            module = import_module(name)
            views |= module.VIEWS
            actions |= module.ACTIONS
            sections += getattr(module, "SECTIONS", ())
    return Offers(views, actions, tuple(sections))


def answer(desk: Desk, request: Any) -> dict[str, Any]:
    """Answer one request; never raises, whatever was sent.

    Parameters
    ----------
    desk
        The store that is meant.
    request
        What the browser sent.

    Returns
    -------
    dict
        Strict JSON: ``id``, ``ok``, and ``data`` or ``error``.
    """
    said = request if isinstance(request, Mapping) else {}
    key = _key(said)
    try:
        desk.check()
        found = plain(_function(said)(desk, said.get("args") or {}))
    except (StoreBusy, StoreOpenHere) as error:
        last = desk.store.answers.last(key)
        if last is None:
            return refusal(error, said.get("id"))
        age_s = round(last.age_s, 1)
        return {"id": said.get("id"), "ok": True, "data": last.value, "age_s": age_s, "notice": error.message}
    except MLError as error:
        return refusal(error, said.get("id"))
    except Exception as error:  # noqa: BLE001 - a view must be told, whatever it is; the log has the rest
        _log.exception("a view could not be answered")
        message = f"nbmlops failed on {str(said.get('name'))[:60]!r}: {type(error).__name__}"
        return refusal(MLError(message, "the log of the kernel (or of the Jupyter server) says where"), said.get("id"))
    if _weight(found) <= MOST_KEPT:
        desk.store.answers.keep(key, found)
    return {"id": said.get("id"), "ok": True, "data": found}


def _weight(found: Any) -> int:
    """About how many bytes of text an answer holds: figures and files are too much to be remembered."""
    if isinstance(found, str):
        return len(found)
    inner = found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else ()
    return sum(_weight(each) for each in inner)


def refusal(error: MLError, request_id: object = None) -> dict[str, Any]:
    """The answer that says what is wrong."""
    said = {"message": error.message, "hint": error.hint, "kind": type(error).__name__}
    return {"id": request_id, "ok": False, "error": said}


def _key(said: Mapping[str, Any]) -> str | None:
    """What names a question; doing something is none, and is never answered from memory."""
    if said.get("kind") != "view":
        return None
    return json.dumps([said.get("name"), said.get("args")], sort_keys=True, default=str)


def _function(said: Mapping[str, Any]) -> Answerer:
    offered = {"view": offers().views, "action": offers().actions}.get(str(said.get("kind")), {})
    name = said.get("name")
    if not isinstance(name, str) or name not in offered or not isinstance(said.get("args") or {}, Mapping):
        raise UsageError(
            f"there is no {str(said.get('kind'))[:20]} {str(name)[:60]!r}",
            "the page may be of another version of nbmlops: reload it, and restart the kernel",
        )
    return offered[name]
