"""What runs are compared by in rows: their fields, metrics, parameters, tags, packages and surroundings."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nbmlops.tracking import queries
from nbmlops.tracking.goals import SYSTEM, Goal
from nbmlops.tracking.page_facts import PageFacts
from nbmlops.ui.absent import ABSENT, UNKNOWN
from nbmlops.ui.format import run_label, short
from nbmlops.ui.sections import Compared, Embedded, Row, Rows, Section
from nbmlops.ui.view import DeltaCell

if TYPE_CHECKING:
    import duckdb

MOST_CURVES = 4  # metrics whose curves are drawn to begin with
MANY = 3  # runs from which on the best of a row is marked
_DEEPEST = 6
_MOST_LEAVES = 200
_FIELDS = (("status", "status", "status"), ("experiment", "experiment", "value"), ("kind", "kind", "value"),
           ("duration_s", "time", "duration"), ("seed", "seed", "value"), ("note", "note", "value"))  # fmt: skip


class Facts:
    """What `read_facts` found of the runs."""

    def __init__(self, con: duckdb.DuckDBPyConnection, compared: Compared) -> None:
        heads = [dict(head) for head in compared.heads]
        self.page = PageFacts(con, queries.Page(heads, len(heads)), heads, compared.reference)
        ids = sorted({str(head["environment_id"]) for head in heads if head["environment_id"]})
        sql = """
            SELECT environment_id, any_value(python), any_value(platform), any_value(packages), any_value(extra)
            FROM _nbm.environments WHERE environment_id IN (SELECT unnest($ids::VARCHAR[])) GROUP BY 1"""
        found = con.execute(sql, {"ids": ids}).fetchall()
        self.environments = {row[0]: row[1:] for row in found}


def read_facts(con: duckdb.DuckDBPyConnection, compared: Compared) -> Facts:
    """Everything that is short."""
    return Facts(con, compared)


def draw_facts(facts: Facts, compared: Compared) -> Sequence[Section]:
    """The sections of rows; curves of the metrics that differ."""
    measured = metrics(facts.page, compared)
    is_system = [row.key.startswith(SYSTEM) for row in measured]
    rows = tuple(row for row, system in zip(measured, is_system, strict=True) if not system)
    system = tuple(row for row, system in zip(measured, is_system, strict=True) if system)
    guessed = [row.key for row in rows if row.about.endswith("by its name")]
    unknown = [head for head in compared.heads if _environment(facts, head) is None]
    late = (f"not known of {', '.join(_label(head) for head in unknown[:3])}",) if unknown else ()
    note = (_guess(guessed),) if guessed else ()
    return (
        Rows(name="run", title="run", rank=45, noun="fields", rows=tuple(_fields(facts.page, compared))),
        Rows(name="metrics", title="metrics", rank=20, noun="metrics", rows=rows, notes=note),
        *_curves(facts.page, compared, rows),
        Rows(name="system", title="system use", rank=35, noun="figures", rows=system),
        Rows(name="parameters", title="parameters", rank=40, noun="parameters", rows=parameters(facts.page)),
        Rows(name="packages", title="packages", rank=80, noun="packages", rows=packages(facts, compared), notes=late),
        Rows(name="environment", title="environment", rank=90, noun="facts", rows=tuple(_around(facts, compared))),
    )


def _guess(keys: Sequence[str]) -> str:
    """Which metrics nobody gave a goal."""
    rest = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    named = ", ".join(short(key, 30) for key in keys[:3]) + rest
    return f"better and worse are guessed from the name{'s' * (len(keys) > 1)} {named}: ml.goal(...) says it"


def _label(head: Mapping[str, Any]) -> str:
    return run_label({"number": head["number"], "name": head["name"], "id": head["run_id"]})


def _fields(page: PageFacts, compared: Compared) -> Iterator[Row]:
    """Fields of the runs themselves, those that no run has left out, then their tags."""
    for field, label, kind in _FIELDS:
        values = tuple(ABSENT if head[field] is None else head[field] for head in compared.heads)
        if any(value is not ABSENT for value in values):
            yield Row(label, values, kind)  # type: ignore[arg-type]
    errors = tuple(
        f"{head['error_name']}: {head['error_message'] or ''}" if head["error_name"] else ABSENT
        for head in compared.heads
    )
    if any(error is not ABSENT for error in errors):
        yield Row("error", errors)
    for key in sorted({key for tags in page.tags.values() for key in tags}):
        values = tuple((page.tags[run][key] or "✓") if key in page.tags[run] else ABSENT for run in compared.ids)
        yield Row(f"tag {key}", values)


def metrics(page: PageFacts, compared: Compared) -> tuple[Row, ...]:
    """Last values and their differences to the reference, those first that people look at first."""
    rows = []
    for key in page.metric_keys:
        summaries = [page.metrics[run].get(key) for run in compared.ids]
        values = tuple(ABSENT if summary is None else summary.last for summary in summaries)
        goal = page.goal(key)
        deltas = tuple(_delta(page.delta(run, key)) for run in compared.ids)
        about = "" if goal is None else f"{'lower' if goal.direction == 'min' else 'higher'} is better"
        about += ", by its name" if goal is not None and goal.by_name else ""
        rows.append(Row(key, values, deltas=deltas, best=_best(values, goal), about=about))
    return tuple(rows)


def _delta(found: Mapping[str, Any] | None) -> DeltaCell | None:
    return None if found is None else {"value": found["value"], "is_better": found["is_better"]}


def _best(values: Sequence[object], goal: Goal | None) -> int | None:
    """The place of the best of many; none while all are the same."""
    if goal is None or len(values) < MANY:
        return None
    finite = {place: value for place, value in enumerate(values) if isinstance(value, float) and math.isfinite(value)}
    if len(set(finite.values())) < 2:
        return None
    chosen = min if goal.direction == "min" else max
    return chosen(finite, key=lambda place: finite[place])


def _curves(page: PageFacts, compared: Compared, rows: Sequence[Row]) -> Iterator[Section]:
    keys = [row.key for row in rows if not row.is_equal and any(page.has_curve(run, row.key) for run in compared.ids)]
    if keys:
        args = {"runs": compared.ids, "metrics": keys[:MOST_CURVES]}
        more = len(keys) - MOST_CURVES
        notes = (f"{more} more metrics with curves",) if more > 0 else ()
        yield Embedded(name="curves", title="curves", rank=30, notes=notes, view="curves", args=args)


def parameters(page: PageFacts) -> tuple[Row, ...]:
    """Parameters, those first that a person wrote; structures that differ are shown by what differs in them."""
    keys = sorted({key for run in page.ids for key in page.params[run]}, key=page.rank_param)
    rows: list[Row] = []
    for key in keys:
        values = tuple(page.params[run].get(key, ABSENT) for run in page.ids)
        rows += unfolded(key, values)
    return tuple(rows)


def unfolded(key: str, values: tuple[object, ...], depth: int = 0) -> list[Row]:
    """One row, or one for each leaf of structures that are not equal."""
    whole = Row(key, values)
    if whole.is_equal or depth >= _DEEPEST:
        return [whole]
    present = [value for value in values if value is not ABSENT]
    if len(present) < 2:
        return [whole]
    leaves: list[Row] = []
    if all(isinstance(value, dict) for value in present):
        names = list(dict.fromkeys(name for value in present for name in value))  # type: ignore[attr-defined]
        for name in names[:_MOST_LEAVES]:
            inner = tuple(value.get(name, ABSENT) if isinstance(value, dict) else ABSENT for value in values)
            leaves += unfolded(f"{key}.{name}", inner, depth + 1)
        return leaves if len(names) <= _MOST_LEAVES else [whole]
    lists = [value for value in present if isinstance(value, list)]
    is_long = any(len(json.dumps(value, default=str)) > 60 for value in lists)
    if len(lists) == len(present) and is_long and len({len(value) for value in lists}) == 1:
        if len(lists[0]) > _MOST_LEAVES:
            return [whole]
        for place in range(len(lists[0])):
            inner = tuple(value[place] if isinstance(value, list) else ABSENT for value in values)
            leaves += unfolded(f"{key}[{place}]", inner, depth + 1)
        return leaves
    return [whole]


def packages(facts: Facts, compared: Compared) -> tuple[Row, ...]:
    """Installed packages and their versions."""
    found = [_environment(facts, head) for head in compared.heads]
    versions = [None if each is None else dict(each[2] or {}) for each in found]
    names = sorted({name for each in versions if each for name in each})
    return tuple(
        Row(name, tuple(UNKNOWN if each is None else each.get(name, ABSENT) for each in versions), "code")
        for name in names
    )


def _environment(facts: Facts, head: Mapping[str, Any]) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = facts.environments.get(head["environment_id"])
    return found


def _around(facts: Facts, compared: Compared) -> Iterator[Row]:
    """Commit, interpreter and machine."""
    found = [_environment(facts, head) for head in compared.heads]
    described = [None if each is None else _described(*each) for each in found]
    for head, each in zip(compared.heads, described, strict=True):
        if each is not None:
            each["git commit"] = _commit(head)
    labels = dict.fromkeys(label for each in described if each for label in ("git commit", *each))
    for label in labels:
        values = [UNKNOWN if each is None else each.get(label) for each in described]
        if any(value is not None and value is not UNKNOWN for value in values):
            yield Row(label, tuple(ABSENT if value is None else value for value in values), "code")


def _described(python: str, platform: str, _: object, extra: str | None) -> dict[str, object]:
    """An environment without its packages, as people call its parts."""
    more = json.loads(extra) if extra else {}
    return {
        "python": python,
        "platform": platform,
        "processors": more.get("cpu_count"),
        "memory GiB": more.get("memory_gib"),
        "graphics cards": ", ".join(more.get("gpus") or ()) or None,
        "environment": " ".join(filter(None, (more.get("kind"), more.get("name")))) or None,
        **(more.get("variables") or {}),
    }


def _commit(head: Mapping[str, Any]) -> str | None:
    sha = head["git_sha"]
    if not sha:
        return None
    return f"{str(sha)[:10]}{' (dirty)' if head['git_dirty'] else ''}"
