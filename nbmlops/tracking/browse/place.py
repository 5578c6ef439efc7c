"""Where a run was made: its notebook and its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.tracking.browse import asked
from nbmlops.tracking.browse.panel import locate
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The cell of one run; its notebook as the browser knows it, or None where it is not there."""
    found: dict[str, Any] = desk.store.read(lambda con: data(con, args))
    if found["notebook"]:
        found["notebook"] = locate(desk, found["notebook"])
    return found


def data(con: duckdb.DuckDBPyConnection, args: Args) -> dict[str, Any]:
    """Notebook and cell as they were recorded; ``run`` is the id of the run."""
    run = asked.run_id(args)
    head = asked.known_run(con, run)
    notebook = head["notebook"]
    deleted = con.execute("SELECT count(*) FROM deleted_runs WHERE run_id = ?", [run]).fetchone()
    return {
        "run": {"id": head["run_id"], "number": head["number"], "name": head["name"]},
        "notebook": notebook,
        "notebook_name": str(notebook).replace("\\", "/").rsplit("/", 1)[-1] if notebook else None,
        "cell_id": head["cell_id"],
        "is_deleted": deleted != (0,),
    }
