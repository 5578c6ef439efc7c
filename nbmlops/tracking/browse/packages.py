"""The packages that were installed while a run ran."""

from __future__ import annotations

from typing import Any

from nbmlops.tracking.browse import asked
from nbmlops.tracking.record import reading
from nbmlops.ui.desk import Args, Desk


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Every package and its version, by name."""
    run = asked.run_id(args)

    def question(con: Any) -> Any:
        known = asked.known_run(con, run)["environment_id"]
        return reading.environment(con, str(known)) if known else None

    found = desk.store.read(question) or {}
    packages: dict[str, str] = dict(found.get("packages") or {})
    return {"rows": [{"name": name, "version": version} for name, version in sorted(packages.items())]}
