"""What data a run saw: versions it saved or loaded, files it read."""

from __future__ import annotations

from typing import Any, Literal

from nbmlops.data import place
from nbmlops.data.records import Version
from nbmlops.errors import MLError

Role = Literal["in", "out"]


def note(
    role: Role,
    *,
    version: Version | None = None,
    source: str | None = None,
    content_id: str | None = None,
    variable: str | None = None,
    run: str | None = None,
    execution: str | None = None,
    rows: int | None = None,
    columns: int | None = None,
) -> None:
    """Note that the current run (or another) saw some data; without a run nothing is noted."""
    try:
        run = run or place.run_id()
    except MLError:  # several could be meant: a guess would be wrong
        return
    if run is None:
        return
    said: dict[str, Any] = {
        "run": run,
        "execution": execution or place.execution_id(),
        "version": None if version is None else version.id,
        "role": role,
        "variable": variable,
        "source": source if version is None else version.source,
        "content": content_id if version is None else version.content_id,
    }
    if rows is not None and version is None:
        said |= {"rows": rows, "columns": columns}
    place.session().append("data.edge", said)
