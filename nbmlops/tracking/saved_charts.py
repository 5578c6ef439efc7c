"""Charts that stand below a table of runs and are kept in its saved view: which kinds there are, what each may hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from nbmlops.errors import UsageError

MOST: Final = 12
Chart: TypeAlias = Mapping[str, Any]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 1000


def _is_optional(value: Any) -> bool:
    return value is None or _is_text(value)


def _is_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and len(value) <= 200 and all(map(_is_text, value)))


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


KINDS: Final[Mapping[str, Mapping[str, Callable[[Any], bool]]]] = {
    "curves": {
        "metrics": _is_texts,
        "x": _is_text,
        "group": _is_optional,
        "spread": _is_text,
        "smoothing": _is_number,
        "log": _is_truth,
        "logX": _is_truth,
    },
    # what is brushed and where the axes stand is the browser's own, in ``look``
    "explore": {"metric": _is_optional, "params": _is_texts, "metrics": _is_texts, "look": _is_mapping},
}
_OF_ALL: Final[Mapping[str, Callable[[Any], bool]]] = {"kind": _is_text, "half": _is_truth}


def problem(chart: Any) -> str | None:
    """What is wrong with a chart, in words; None if it can be drawn."""
    kind = chart.get("kind") if isinstance(chart, Mapping) else None
    if not isinstance(kind, str):
        return "a chart of this view cannot be read"
    if kind not in KINDS:
        return f"this nbmlops does not know charts of the kind {kind[:40]!r}"
    fields = {**KINDS[kind], **_OF_ALL}
    for name, value in chart.items():
        if name not in fields or not fields[name](value):
            return f"a chart of the kind {kind!r} has no {str(name)[:40]!r} like this"
    return None


def checked(charts: Any) -> list[dict[str, Any]]:
    """Charts as they are saved; those of a kind that a newer version made are kept as they are."""
    if not isinstance(charts, list) or not all(isinstance(each, Mapping) for each in charts):
        raise UsageError("charts are a list of named settings", "reload the page")
    if len(charts) > MOST:
        raise UsageError(f"a view holds at most {MOST} charts; found {len(charts)}", "remove some")
    for chart in charts:
        wrong = problem(chart)
        if wrong and (chart.get("kind") in KINDS or not isinstance(chart.get("kind"), str)):
            raise UsageError(wrong, f"remove it; charts are {' and '.join(KINDS)}")
    return [dict(each) for each in charts]


def read(charts: Any) -> tuple[dict[str, Any], ...]:
    """Charts as somebody sent or stored them; what is none has no kind, so that its place can say so."""
    if charts is None:
        return ()
    found = charts if isinstance(charts, list) else [charts]
    return tuple(dict(each) if isinstance(each, Mapping) else {"kind": None} for each in found[:MOST])


def asked(chart: Chart, of: Mapping[str, Any]) -> dict[str, Any]:
    """What the view of a chart asks with, as js/src/views/runs/chart.ts has it; ``of`` are the runs of the table."""
    args = {name: value for name, value in chart.items() if name not in _OF_ALL}
    if chart["kind"] == "curves":
        return {**args, "of": dict(of)}
    return {**args, "filter": of["filter"], "experiment": of["experiment"]}


def title(chart: Chart) -> str:
    """What stands above a chart."""
    if chart.get("kind") == "curves":
        return f"curves of {_named(chart['metrics'])}" if chart.get("metrics") else "curves"
    return f"exploration of {chart['metric']}" if chart.get("metric") else "exploration"


def _named(keys: Sequence[str]) -> str:
    return ", ".join(keys[:3]) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "")
