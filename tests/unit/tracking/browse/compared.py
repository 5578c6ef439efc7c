"""A small store with what runs are compared by, and the comparison of runs in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbmlops.tracking.browse import compare
from nbmlops.tracking.browse.compare import Picture, Request
from nbmlops.ui.sections import Offer, Pairs, Rows
from tests.unit.tracking.tracking_store import START_NS, TinyStore


class ComparedStore(TinyStore):
    """Runs with outputs, series, files and environments."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def keep(self, content: bytes) -> str:
        """A blob."""
        sha256 = hashlib.sha256(content).hexdigest()
        (self.folder / sha256).write_bytes(content)
        return sha256

    def many(self, run: str, params: Mapping[str, str], metrics: Mapping[str, list[float]]) -> None:
        """Params that are texts, and metrics, in a few statements."""
        self.con.execute(
            "INSERT INTO _nbm.params SELECT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), NULL, 'literal', ?, 's1', 1",
            [run, list(params), [json.dumps(value) for value in params.values()], START_NS],
        )
        for key, values in metrics.items():
            self.con.execute(
                "INSERT INTO _nbm.metric_partials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [run, key, len(values), len(values), values[-1], len(values) - 1, START_NS, min(values), max(values),
                 sum(values)],
            )  # fmt: skip
        self.con.execute(
            "INSERT INTO _nbm.metrics SELECT ?, key, i - 1, v[i], make_timestamp(i) FROM ("
            "SELECT unnest(?::VARCHAR[]) AS key, unnest(?::DOUBLE[][]) AS v), range(1, 3) t(i)",
            [run, list(metrics), list(metrics.values())],
        )

    def output(
        self,
        run: str,
        content: str | bytes,
        *,
        mime: str = "text/plain",
        kind: str = "display",
        name: str | None = None,
        seq: int = 0,
        is_cleared: bool = False,
    ) -> None:
        """Something that the cell of a run showed."""
        (execution,) = self.con.execute(
            "SELECT execution_id FROM _nbm.run_executions WHERE run_id = ?", [run]
        ).fetchone()  # type: ignore[misc]
        text, sha256 = (content, None) if isinstance(content, str) else (None, self.keep(content))
        self.row(
            "outputs", execution, run, seq, kind, name, mime, text, sha256, len(content), False, False, is_cleared, 0,
            None, START_NS, seq,
        )  # fmt: skip

    def entry(self, run: str, key: str, content: str | bytes, kind: str, mime: str, step: float = 0) -> None:
        """An entry of a series."""
        text, sha256 = (content, None) if isinstance(content, str) else (None, self.keep(content))
        self.row("series", run, key, step, kind, text, sha256, mime, len(content), None)

    def file(self, run: str, path: str, content: bytes) -> None:
        """A file of a run."""
        self.row(
            "artifacts", run, path, self.keep(content), len(content), "application/octet-stream", START_NS, "s1", 1
        )

    def environment(self, run: str, name: str, packages: dict[str, str], python: str = "3.11.7") -> None:
        """What a run ran in."""
        self.row("environments", name, python, "Linux-6", packages, '{"cpu_count": 2, "variables": {"SEED": "0"}}')
        self.row("run_fields", run, "environment_id", name, START_NS, "s1", 1)

    def pin(self, run: str, experiment: str = "wine") -> None:
        """Pin a baseline."""
        self.row("settings", f"baseline/{experiment}", run, START_NS, "s1", 1)

    def fetch(self, sha256: str) -> Path:
        """The file of a blob."""
        return self.folder / sha256

    def look(self, *runs: str, offers: Sequence[Offer] | None = None, **asked: object) -> Picture:
        """The comparison of these runs."""
        request = Request(tuple(runs), **asked)  # type: ignore[arg-type]
        return compare.look(lambda question: question(self.con), self.fetch, request, offers)


def rows(picture: Picture, name: str) -> Rows:
    """A section of rows; an empty one if it is not shown."""
    found = next((section for section in picture.rows() if section.name == name), None)
    return found or Rows(name=name, title=name, rank=0)


def keys(picture: Picture, name: str) -> list[str]:
    """What differs in a section of rows."""
    return [row.key for row in rows(picture, name).differing]


def pairs(picture: Picture, name: str) -> Pairs:
    """A section of pairs; an empty one if it is not shown."""
    for section in picture.sections:
        if isinstance(section, Pairs) and section.name == name:
            return section
    return Pairs(name=name, title=name, rank=0)
