"""The data of a run while it goes on, and its picture for later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from nbmlops.errors import StoreError
from nbmlops.tracking import live, points, queries
from nbmlops.tracking.browse import asked
from nbmlops.tracking.goals import SYSTEM
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui import format as fmt
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.packed import unpack
from nbmlops.ui.shown import Shown

if TYPE_CHECKING:
    import duckdb

STATIC_BYTES: Final = 90_000
_MOST_TEXT: Final = 6


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """A run as it is now: from memory where it runs in this process, else from the store."""
    run_id = asked.run_id(args)
    watch = live.watches.get(run_id)
    if watch is not None and watch.run.session.store is desk.store:
        return watch.data()
    found: dict[str, Any] = desk.store.read(lambda con: data(con, run_id))
    return found


def data(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    """What the view is drawn from, as the store knows it; loops are known only where they run."""
    head = asked.known_run(con, run_id)
    facts = PageFacts(con, queries.Page([head], 1), [head], None)
    own = facts.own_metrics
    shown = live.shown_of(own)
    system = sorted(key for key in facts.metric_keys if key.startswith(SYSTEM))
    starts = {run_id: 0.0}
    found = points.read(con, starts, [*shown, *system])
    error = ": ".join(str(part) for part in (head["error_name"], head["error_message"]) if part)
    return {
        "run": {key: head[key] for key in ("number", "name", "experiment")} | {"id": run_id},
        "status": head["status"],
        "error": error or None,
        "elapsed_s": _elapsed(head),
        "is_asked": False,
        "progress": [],
        "metrics": [key for key in shown if (run_id, key) in found],
        "others": len(own) - len(shown),
        "series": [_series(key, found[run_id, key], live.POINTS) for key in shown if (run_id, key) in found],
        "every": None,
        "system": [_series(key, found[run_id, key], live.SYSTEM_POINTS) for key in system if (run_id, key) in found],
    }


def last(desk: Desk, watch: live.Watch) -> dict[str, Any]:
    """What is kept of a run that ended: what was seen of it, and of a flood what the store holds."""
    seen = watch.data()
    if watch.is_whole:
        return seen
    run_id, keys = watch.run.id, seen["metrics"]
    try:
        found = desk.store.read(lambda con: points.read(con, {run_id: 0.0}, keys))
    except StoreError:  # busy: the footer says so
        return seen
    stored = [_series(key, found[run_id, key], live.POINTS) for key in keys if (run_id, key) in found]
    return seen | {"series": stored, "metrics": [each["key"] for each in stored], "every": None}


def _series(key: str, found: points.Series, most: int) -> dict[str, Any]:
    return live.series(key, found.x, found.y, most)


def _elapsed(head: Mapping[str, Any]) -> float | None:
    if head["duration_s"] is not None and head["status"] != "running":
        return round(float(head["duration_s"]), 1)
    started: datetime = head["started_at"]
    return round((datetime.now(UTC).replace(tzinfo=None) - started).total_seconds(), 1)


def shown(found: Mapping[str, Any]) -> Shown:
    """Every form of it."""
    return Shown("live", {"run": found["run"]["id"]}, found, html=_html(found), text=_text(found))


def _words(found: Mapping[str, Any]) -> list[str]:
    """The line on top."""
    said = [fmt.run_label(found["run"]), str(found["status"]), fmt.duration(found["elapsed_s"])]
    return said + [_loop(loop) for loop in found["progress"]]


def _loop(loop: Mapping[str, Any]) -> str:
    count = fmt.number(loop["done"]) + (f" / {fmt.number(loop['total'])}" if loop["total"] is not None else "")
    return " ".join(filter(None, (loop["desc"], count)))


def _text(found: Mapping[str, Any]) -> str:
    from nbmlops.ui.spark import spark_text

    lines = [" · ".join(_words(found))]
    for each in found["series"][:_MOST_TEXT]:
        values = unpack(each["y"])
        lines.append(f"{fmt.short(each['key'], 24):<24}  {spark_text(values, 24)}  {fmt.number(values[-1])}")
    return "\n".join(lines)


def _html(found: Mapping[str, Any]) -> str:
    """The plots without a script; at most 90 KB."""
    from nbmlops.ui.colours import run_colour
    from nbmlops.ui.html import escape, run_mark
    from nbmlops.ui.svg import Line, svg_lines

    number = found["run"]["number"]
    colour = run_colour(number) or "#7a7a7a"
    head = f"<div>{run_mark(found['run'])}{escape(' · '.join(_words(found)))}</div>"
    parts, used = [], len(head.encode()) + 500
    for each in found["series"]:
        line = Line(each["key"], unpack(each["x"]), unpack(each["y"]), colour)
        picture = svg_lines([line], title=each["key"], width=320, height=150, points=200)
        used += len(picture.encode())
        if used > STATIC_BYTES:
            break
        parts.append(picture)
    plots = f'<div style="display:flex;flex-wrap:wrap;gap:8px">{"".join(parts)}</div>' if parts else ""
    return f'<div class="nbm-view nbm-live-static">{head}{plots}</div>'
