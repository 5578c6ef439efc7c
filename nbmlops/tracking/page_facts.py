"""What is known of the runs on one page of their table, and the cells made of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nbmlops.tracking import listing, queries
from nbmlops.tracking.goals import HELD_OUT, SYSTEM, Goal, goal, words

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.queries import Page, Row, Summary
    from nbmlops.ui.view import Column


class PageFacts:
    """Everything about one page, asked for once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, page: Page, rows: list[Row], baseline: str | None) -> None:
        self.con = con
        self.heads = rows
        self.baseline = baseline
        self.attempts = page.attempts
        self.ids = [str(row["run_id"]) for row in rows]
        self.params = queries.params_of(con, self.ids)
        self.metrics = queries.metrics_of(con, self.ids)
        self.spreads = listing.spreads(con, page.attempts)
        self.tags = queries.tags_of(con, self.ids)
        self.defined = queries.goals_of(con, sorted({str(row["experiment"]) for row in rows}))
        self.origins = queries.param_origins(con, self.ids)
        self.metric_keys = self.ranked_metrics()
        self.sparks: dict[str, list[float]] = {}

    def rank_param(self, key: str) -> tuple[int, int, str]:
        """Parameters that a person wrote first, those of many runs first."""
        uses = sum(key in params for params in self.params.values())
        return ({"config": 1, "estimator": 2}.get(self.origins.get(key, ""), 0), -uses, key)

    def ranked_metrics(self) -> list[str]:
        """Metrics by what people look at first."""
        uses: dict[str, int] = {}
        for run in self.ids:
            for key in self.metrics[run]:
                uses[key] = uses.get(key, 0) + 1

        return in_order(uses, self.defined)

    def goal(self, key: str) -> Goal | None:
        return goal(key, self.defined)

    @property
    def own_metrics(self) -> list[str]:
        """Those that somebody logged, without what is sampled by itself."""
        return [key for key in self.metric_keys if not key.startswith(SYSTEM)]

    def curve(self, metric: str | None) -> str | None:
        """The metric to draw: the asked one, else the first that was logged and has curves."""
        if metric is not None:
            return metric if metric in self.metric_keys else None
        drawn = [k for k in self.own_metrics if any(self.has_curve(run, k) for run in self.ids)]
        return drawn[0] if drawn else None

    def has_curve(self, run: str, key: str) -> bool:
        summary = self.metrics[run].get(key)
        return summary is not None and summary.count > 1

    def spread(self, run: str, key: str) -> float | None:
        """The standard deviation of a metric over the attempts that a row stands for."""
        return self.spreads.get(run, {}).get(key)

    def delta(self, run: str, key: str) -> dict[str, object] | None:
        mine, base = self.metrics[run].get(key), self.metrics.get(self.baseline or "", {}).get(key)
        if mine is None or base is None or run == self.baseline or not _finite(mine) or not _finite(base):
            return None
        wanted = self.goal(key)
        return {"value": mine.last - base.last, "is_better": wanted.is_better(mine.last, base.last) if wanted else None}

    def note(self, row: Row) -> str | None:
        error = None if row["status"] == "interrupted" else row["error_name"]
        return str(row["note"] or error or "") or None

    def row(self, head: Row, columns: Sequence[Column]) -> dict[str, object]:
        run = str(head["run_id"])
        cell = {
            "number": head["number"],
            "id": run,
            "name": head["name"],
            "is_baseline": run == self.baseline,
            "attempts": len(self.attempts.get(run, (run,))),
        }
        return {"run": cell} | {column.key: self.cell(run, head, column.key) for column in columns}

    def cell(self, run: str, head: Row, name: str) -> object:
        kind, _, key = name.partition(".")
        if name == "age":
            return head["started_at"]
        if name == "tags":
            return {tag: value or None for tag, value in self.tags[run].items()}
        if name == "note":
            return self.note(head)
        if kind == "param":
            return _plain(self.params[run].get(key))
        if kind == "metric":
            summary = self.metrics[run].get(key)
            return summary.last if summary is not None else None
        if kind == "tag":
            return (self.tags[run][key] or "✓") if key in self.tags[run] else None
        if kind == "spread":
            return self.spread(run, key)
        if kind == "delta":
            return self.delta(run, key)
        if kind == "spark":
            summary = self.metrics[run].get(key)
            return self.sparks.get(run) or ([summary.last] if summary is not None else None)
        return head.get(name)


def in_order(uses: Mapping[str, int], defined: Mapping[str, str]) -> list[str]:
    """Metrics by what people look at first: goals that were given, held-out data, many runs; system use last."""

    def rank(key: str) -> tuple[bool, bool, bool, bool, int, str]:
        is_seen, is_aimless = HELD_OUT.isdisjoint(words(key)), goal(key, defined) is None
        return key.startswith(SYSTEM), key not in defined, is_seen, is_aimless, -uses[key], key

    return sorted(uses, key=rank)


def _finite(summary: Summary) -> bool:
    return summary.last is not None and math.isfinite(summary.last)


def _plain(value: object) -> object:
    """A param as a table shows it: numbers and text as they are, structures as text."""
    if value is None or isinstance(value, str | int | float):
        return value

    return json.dumps(value, ensure_ascii=False)
