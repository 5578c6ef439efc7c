"""Where data came from and what was made of it: versions, files and runs as a graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import lineage_steps, place, queries, resolving
from nbmlops.data.records import Version
from nbmlops.errors import UnknownReference, UsageError
from nbmlops.ui import format as fmt
from nbmlops.ui.desk import Desk
from nbmlops.ui.html import escape
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MOST: Final = 400
FOOT: Final = "inputs seen: what runs loaded, opened, read or fitted; there may be others"
_LINES: Final = 200
_FARTHEST: Final = 30


@dataclass(frozen=True)
class Node:
    """A version of data, a file, a frame that nobody saved, or a run.

    Attributes
    ----------
    id, kind, label
        ``kind`` is ``data``, ``file``, ``frame`` or ``run``.
    stale
        Why it is not up to date: a branch that one of its inputs came from has moved on. Empty where it is.
    """

    id: str
    kind: str
    label: str
    stale: str = ""


@dataclass
class Graph:
    """Nodes by id, and edges in the direction that data flows."""

    start: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)
    is_cut: bool = False
    words: dict[str, str] = field(default_factory=dict)

    def before(self, node: str) -> list[str]:
        """What flows into a node."""
        return [one for one, two in self.edges if two == node]

    def after(self, node: str) -> list[str]:
        """What flows out of a node."""
        return [two for one, two in self.edges if one == node]

    def beyond(self, node: str) -> set[str]:
        """Everything that was made of a node."""
        found: set[str] = set()
        todo = [node]
        while todo:
            fresh = [each for each in self.after(todo.pop()) if each not in found]
            found.update(fresh)
            todo += fresh
        return found


def graph(con: duckdb.DuckDBPyConnection, what: Any) -> Graph:
    """Everything that a version or run came from, and everything that came from it.

    Parameters
    ----------
    what
        A version as for ``ml.data.load``, or a run by its number.
    """
    return around(con, _start(con, what))


def around(con: duckdb.DuckDBPyConnection, start: str) -> Graph:
    """The same for a node, given by its id."""
    found = Graph(start)
    for is_up in (True, False):
        seen: set[str] = set()
        wave = [start]
        for _ in range(_FARTHEST):
            wave = [node for node in dict.fromkeys(wave) if node not in seen]
            if not wave:
                break
            if len(seen) > MOST:
                found.is_cut = True
                break
            seen.update(wave)
            pairs = lineage_steps.step(con, wave, is_up, found.words)
            found.edges.update(dict.fromkeys(pairs))
            wave = [pair[0] if is_up else pair[1] for pair in pairs]
    _name(con, found)
    return found


def _start(con: duckdb.DuckDBPyConnection, what: Any) -> str:
    text = str(what).strip().removeprefix("#") if isinstance(what, str | int) and not isinstance(what, bool) else ""
    if text.isdigit():
        row = con.execute("SELECT run_id FROM runs WHERE number = ?", [int(text)]).fetchone()
        if row is None:
            raise UnknownReference(f"there is no run #{text}", "ml.runs() lists them")
        return f"run:{row[0]}"
    run = getattr(what, "id", None)
    if not isinstance(what, str | Version):
        if not isinstance(run, str):
            raise UsageError(
                f"{type(what).__name__} is no version and no run", 'ml.data.lineage("train@v3"), or a number'
            )
        return f"run:{run}"
    return f"data:{resolving.resolve(con, what).id}"


def _name(con: duckdb.DuckDBPyConnection, found: Graph) -> None:
    """Labels, and what is out of date."""
    ids = dict.fromkeys([found.start, *(node for edge in found.edges for node in edge)])
    versions = queries.by_id(con, [node[5:] for node in ids if node.startswith("data:")])
    runs = queries.run_names(con, [node[4:] for node in ids if node.startswith("run:")])
    tips = {
        dataset: version for dataset, name, kind, version in queries.refs(con) if (name, kind) == ("main", "branch")
    }
    newest = queries.by_id(con, list(tips.values()))
    moved: dict[str, str] = {}
    for one, two in found.edges:
        version = versions.get(one.removeprefix("data:"))
        if version is None or not two.startswith("run:"):
            continue
        tip = newest.get(tips.get(version.dataset, ""))
        if tip is None or tip.number <= version.number or tip.content_id == version.content_id:
            continue
        if f"data:{tip.id}" not in found.beyond(two):  # what a run moved on itself is no news to it
            moved[two] = f"{version.dataset} has moved on to v{tip.number}"
    stale: dict[str, str] = dict(moved)
    for run in moved:  # what a run with old inputs made is old, too, and what was made of that
        for follower in found.beyond(run):
            stale.setdefault(follower, moved[run])
    for node in ids:
        kind, _, key = node.partition(":")
        if kind == "data":
            label = versions[key].name if key in versions else "a version of another store"
        elif kind == "run":
            label = fmt.run_label(runs[key]) if key in runs else f"run {key[-4:]}"
        elif kind == "frame":
            label = found.words.get(node, "a frame")
        else:
            label = key.rpartition("|")[0].rstrip("/").rpartition("/")[2]
        found.nodes[node] = Node(node, kind, label, stale.get(node, ""))


class Lineage(Showable):
    """Where a version came from and what was made of it; the value of ``ml.data.lineage``."""

    def __init__(self, found: Graph) -> None:
        self._graph = found

    @property
    def nodes(self) -> list[Node]:
        """Versions, files and runs."""
        return list(self._graph.nodes.values())

    @property
    def edges(self) -> list[tuple[str, str]]:
        """Pairs of node ids, in the direction that data flows."""
        return list(self._graph.edges)

    def df(self) -> pd.DataFrame:
        """The edges as a pandas frame: ``from``, ``to``, and what is stale."""
        import pandas as pd

        known = self._graph.nodes
        rows = [(known[one].label, known[two].label, known[two].stale) for one, two in self._graph.edges]
        return pd.DataFrame(rows, columns=["from", "to", "stale"])

    def lines(self) -> list[tuple[int, str, str]]:
        """Depth (negative upstream), label and mark of every line of the tree."""
        found: list[tuple[int, str, str]] = []
        self._walk(self._graph.start, -1, found, set())
        found.reverse()
        start = self._graph.nodes[self._graph.start]
        found.append((0, start.label, start.stale))
        self._walk(self._graph.start, 1, found, set())
        return found[:_LINES]

    def _walk(self, node: str, step: int, found: list[tuple[int, str, str]], seen: set[str], depth: int = 0) -> None:
        for other in self._graph.before(node) if step < 0 else self._graph.after(node):
            each = self._graph.nodes[other]
            known = other in seen
            found.append((depth + step, each.label + (" (above)" if known else ""), each.stale))
            if not known:
                seen.add(other)
                self._walk(other, step, found, seen, depth + step)

    def __str__(self) -> str:
        lines = []
        for depth, label, stale in self.lines():
            mark = "" if depth == 0 else "→ "
            lines.append(f"{'    ' * abs(depth)}{mark}{label}{f'   stale: {stale}' if stale else ''}")
        if self._graph.is_cut:
            lines.append("there is more: ask for a node farther away")
        lines.append(FOOT)
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _shown(self) -> Shown:
        rows = []
        for depth, label, stale in self.lines():
            text = escape(label) if depth else f"<b>{escape(label)}</b>"
            note = f' <span class="nbm-warn">stale: {escape(stale)}</span>' if stale else ""
            arrow = "" if not depth else "→ "
            rows.append(f'<div style="padding-left:{abs(depth) * 16}px">{arrow}{text}{note}</div>')
        foot = f'<div class="nbm-foot">{FOOT}</div>'
        html = f'<div class="nbm-view nbm-lineage">{"".join(rows)}{foot}</div>'
        kind, _, key = self._graph.start.partition(":")
        return Shown("lineage", {"version" if kind == "data" else "run": key}, self.data(), html=html, text=str(self))

    def _desk(self) -> Desk:
        return place.desk()

    def data(self) -> dict[str, Any]:
        """Nodes and edges as plain data."""
        return {
            "start": self._graph.start,
            "nodes": [vars(node) for node in self.nodes],
            "edges": [list(edge) for edge in self.edges],
            "is_cut": self._graph.is_cut,
        }


def lineage(what: Any) -> Lineage:
    """Where a version or run came from, and what was made of it: versions, files and runs.

    Parameters
    ----------
    what : str, Version or int
        A version as for ``ml.data.load``, or a run by its number.

    Returns
    -------
    Lineage
        Shows itself; ``.nodes``, ``.edges``, ``.df()``. What is stale says why: an input's branch has moved on.

    Notes
    -----
    It knows the inputs that were seen: loaded or saved versions, files that runs opened or read, or that their
    cells name, and what they passed to ``fit``.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2]}), "source")
    >>> with ml.run("clean"):
    ...     _ = ml.data.save(ml.data.load("source")[:1], "result")
    >>> "source@v1" in ml.data.lineage("result").df()["from"].tolist()
    True
    """
    return Lineage(place.store().read(lambda con: graph(con, what)))
