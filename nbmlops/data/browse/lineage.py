"""Where a version came from and what was made of it, for a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.data import lineage_graph
from nbmlops.data.browse import asked
from nbmlops.data.browse.datasets import known
from nbmlops.ui.desk import Args, Desk

if TYPE_CHECKING:
    import duckdb


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The graph around a version or a run. ``{version}`` or ``{run}``"""
    if args.get("run") is not None:
        run = asked.text(args, "run")
        found = desk.store.read(lambda con: lineage_graph.around(con, f"run:{run}"), key=("data", "lineage", run))
        return lineage_graph.Lineage(found).data()
    which = asked.text(args, "version")

    def read(con: duckdb.DuckDBPyConnection) -> lineage_graph.Graph:
        return lineage_graph.graph(con, known(con, which))

    return lineage_graph.Lineage(desk.store.read(read, key=("data", "lineage", which))).data()
