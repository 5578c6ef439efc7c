"""Named ways of looking at a table of runs, kept in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
from nbmlops.tracking import saved_charts
from nbmlops.tracking.filter import close_names

if TYPE_CHECKING:
    import duckdb

PREFIX: Final = "view/"
FIELDS: Final[Mapping[str, tuple[type, ...]]] = {
    "filter": (str,),
    "experiment": (str, type(None)),
    "sort": (dict, type(None)),
    "group": (str, type(None)),
    "columns": (list, type(None)),
    "pinned": (list, type(None)),
    "metric": (str, type(None)),
    "fold": (bool,),
    "hide_equal": (bool,),
    "charts": (list,),
}
_MOST_BYTES: Final = 50_000


def checked_name(name: str) -> str:
    """A name that can be typed: letters, digits, ``-``, ``_``, ``.`` and spaces inside."""
    found = name.strip()
    if not found or len(found) > 80 or not all(char.isalnum() or char in "-_. " for char in found):
        raise UsageError(f"a view cannot be named {name[:40]!r}", "use letters, digits, - _ . and spaces")
    return found


def checked(settings: Any) -> dict[str, Any]:
    """What a view may hold, with the right types; anything else is refused."""
    if not isinstance(settings, Mapping):
        raise UsageError(f"a view is a set of named settings; found {type(settings).__name__}", "reload the page")
    for key, value in settings.items():
        if key not in FIELDS or not isinstance(value, FIELDS[key]):
            raise UsageError(f"a view has no setting {str(key)[:40]!r} of this kind", f"it has {', '.join(FIELDS)}")
        if not _is_known(key, value):
            raise UsageError(f"{key} is a list of names", "reload the page")
    found = {**settings, "charts": saved_charts.checked(settings.get("charts", []))}
    if len(json.dumps(found)) > _MOST_BYTES:
        raise UsageError("the view is larger than 50 kB", "choose fewer columns or charts")
    return found


def _is_known(key: Any, value: Any) -> bool:
    """Whether this version understands a setting."""
    if key not in FIELDS or not isinstance(value, FIELDS[key]):
        return False
    return key == "charts" or not isinstance(value, list) or all(isinstance(each, str) for each in value)


def understood(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What this version understands of a view that another one may have saved."""
    return {key: value for key, value in settings.items() if _is_known(key, value)}


def left_out(settings: Mapping[str, Any]) -> list[str]:
    """The names of what it does not understand."""
    return [str(key)[:40] for key, value in settings.items() if not _is_known(key, value)]


def all_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """The saved views by name, as they were saved."""
    sql = """
        SELECT name, arg_max({'v': value}, (ns, session_id, n)).v AS value FROM _nbm.settings
        WHERE starts_with(name, ?) GROUP BY name HAVING value IS NOT NULL ORDER BY name"""
    return {name[len(PREFIX) :]: _read(value) for name, value in con.execute(sql, [PREFIX]).fetchall()}


def _read(value: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"everything": value[:40]}


def find(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """One saved view: what this version understands of it.

    Raises
    ------
    UsageError
        There is none of that name; close names are given.
    """
    known = all_of(con)
    if name not in known:
        close = close_names(name, list(known)) or list(known)[:12]
        hint = f"there are {', '.join(close)}" if close else 'ml.runs(...).save("NAME") saves one'
        raise UsageError(f"there is no view {name[:60]!r}", hint)
    return understood(known[name])
