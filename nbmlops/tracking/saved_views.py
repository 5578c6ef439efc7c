"""Named ways of looking at a table of runs, kept in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import UsageError
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
        if isinstance(value, list) and not all(isinstance(each, str) for each in value):
            raise UsageError(f"{key} is a list of names", "reload the page")
    if len(json.dumps(dict(settings))) > _MOST_BYTES:
        raise UsageError("the view is larger than 50 kB", "choose fewer columns")
    return dict(settings)


def all_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """The saved views by name."""
    sql = """
        SELECT name, arg_max({'v': value}, (ns, session_id, n)).v AS value FROM _nbm.settings
        WHERE starts_with(name, ?) GROUP BY name HAVING value IS NOT NULL ORDER BY name"""
    return {name[len(PREFIX) :]: json.loads(value) for name, value in con.execute(sql, [PREFIX]).fetchall()}


def find(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """One saved view.

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
    return known[name]
