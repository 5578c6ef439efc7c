"""The data of the table of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.tracking import views
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """One page of the table."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    return found


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """What the table is drawn from."""
    view = views.runs_view(con, str(args.get("filter") or ""), experiment=args.get("experiment"))
    return {"rows": list(view.rows)}
