"""The cells of a run as they were when they ran."""

from __future__ import annotations

from typing import Any

from nbmlops.tracking.browse import asked
from nbmlops.tracking.browse.contents import content
from nbmlops.tracking.record import reading
from nbmlops.ui.desk import Args, Desk

PAGE = 100
TOTAL_BYTES = 2_000_000


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Some cells of a run, in the order they began."""
    run = asked.run_id(args)
    offset = asked.whole(args, "offset", 0, 10**9)
    rows = desk.store.read(lambda con: reading.cells(con, run))
    cells, left = [], TOTAL_BYTES
    for row in rows[offset : offset + PAGE]:
        part = content("text/x-python", row["source"] or "", row["source_sha256"], None, desk.store.fetch, left)
        left -= len(str(part.get("text", "")))
        cells.append(
            {
                "execution": row["execution_id"],
                "cell": row["cell_id"],
                "count": row["execution_count"],
                "status": row["status"],
                "started_at": row["started_at"],
                "duration_s": row["duration_s"],
                "error": row["error_name"],
                "source": part.get("text", ""),
                "is_cut": part.get("is_cut", False),
                "missing": part.get("missing"),
            }
        )
        if left <= 0:
            break
    return {"cells": cells, "offset": offset, "total": len(rows)}
