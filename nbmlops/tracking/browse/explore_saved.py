"""What of the exploration of many runs is saved in a notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from nbmlops.ui.plain import plain

MOST_BYTES: Final = 95_000
_PARAMS: Final = 60


def snapshot(drawn: Mapping[str, Any], most: int = MOST_BYTES) -> dict[str, Any]:
    """The part of the data that a notebook keeps: the axes that are seen, and as many runs as ``most`` bytes hold."""
    seen = {f"param.{key}" for key in drawn["axes"]} | {f"metric.{drawn['metric']}", "duration_s"}
    params = drawn["params"][:_PARAMS]
    slim = {
        **drawn,
        "params": params,
        "metrics": drawn["metrics"][:20],
        "twins": dict(list(drawn["twins"].items())[:10]),
        "columns": {key: column for key, column in drawn["columns"].items() if key in seen},
        "has_forest": False,
    }
    count = len(drawn["runs"]["id"])
    while True:
        found = _first(slim, count)
        size = len(json.dumps(plain(found)))
        if size <= most or not count:
            return found
        count = min(count - 1, int(count * most / size * 0.97))


def _first(drawn: Mapping[str, Any], count: int) -> dict[str, Any]:
    columns = {}
    for key, column in drawn["columns"].items():
        name = "values" if "values" in column else "codes"
        columns[key] = _used({**column, name: column[name][:count]})
    runs = {name: values[:count] for name, values in drawn["runs"].items()}
    return {**drawn, "runs": runs, "columns": columns}


def _used(column: dict[str, Any]) -> dict[str, Any]:
    """Without the labels that no run has any more."""
    if "labels" not in column:
        return column
    used = sorted({code for code in column["codes"] if code is not None})
    place = {code: at for at, code in enumerate(used)}
    codes = [None if code is None else place[code] for code in column["codes"]]
    return {**column, "labels": [column["labels"][code] for code in used], "codes": codes}
