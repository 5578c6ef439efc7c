"""Which run is meant: numbers, names, ids, and what is latest or best.

``12`` ``#12`` ``8..12``          numbers
``adam`` ``adam~1``              the newest run of that name, the one before it
``latest`` ``latest~1``          the newest run
``max:val_acc`` ``min:loss``     the finished run with the largest, smallest last value
``best:val_acc``                 by the metric's goal
``k3mzq``                        an id, or its last four characters or more
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbmlops.errors import AmbiguousRun, UnknownReference, UsageError
from nbmlops.tracking.filter import close_names
from nbmlops.tracking.goals import goal

if TYPE_CHECKING:
    import duckdb

SHORTEST_ID = 4
_NUMBER = re.compile(r"#?([0-9]{1,15})")
_RANGE = re.compile(r"#?([0-9]{1,15})\.\.#?([0-9]{1,15})")
_BACK = re.compile(r"(.+)~([0-9]{1,9})", re.DOTALL)
_BEST = re.compile(r"(max|min|best):(.+)", re.DOTALL)
_LATEST = ("latest", "last")


@dataclass(frozen=True)
class Resolved:
    """The runs a reference names, in its order; the note says what a choice was made among."""

    run_ids: tuple[str, ...]
    note: str = ""

    @property
    def run_id(self) -> str:
        """The only run.

        Raises
        ------
        AmbiguousRun
            If the reference is a range of several.
        """
        if len(self.run_ids) != 1:
            raise AmbiguousRun(f"one run is needed, the reference names {len(self.run_ids)}", "give a single number")
        return self.run_ids[0]


def resolve(
    con: duckdb.DuckDBPyConnection, reference: object, *, experiment: str | None = None, deleted: bool = False
) -> Resolved:
    """Find the runs a reference names.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        At the store.
    reference : int, str, or an object with an ``id``
        See the module's text for the forms.
    experiment : str, optional
        Where ``latest``, ``best``, ``max`` and ``min`` look; a name is looked for here first.
    deleted : bool
        Whether to look among deleted runs instead.

    Raises
    ------
    UnknownReference
        Nothing is meant; close names are told.
    AmbiguousRun
        The end of an id that fits several.
    """
    return _Look(con, experiment, deleted).find(reference)


class _Look:
    def __init__(self, con: duckdb.DuckDBPyConnection, experiment: str | None, deleted: bool) -> None:
        self.con = con
        self.experiment = experiment
        self.state = "r.deleted_at IS NOT NULL" if deleted else "r.deleted_at IS NULL"
        self.word = "deleted run" if deleted else "run"

    def find(self, reference: object) -> Resolved:
        if isinstance(reference, int) and not isinstance(reference, bool):
            return self.number(reference)
        text = reference.strip() if isinstance(reference, str) else getattr(reference, "id", None)
        if not isinstance(text, str) or not text:
            found = type(reference).__name__ if not isinstance(reference, str) else "empty text"
            raise UsageError(
                f"a run is named by its number, name or id; found {found}", "for example 12, 'adam', 'latest'"
            )
        if match := _NUMBER.fullmatch(text):
            return self.number(int(match[1]))
        if match := _RANGE.fullmatch(text):
            return self.range(int(match[1]), int(match[2]))
        if text in _LATEST:
            return self.latest(0, text)
        if named := self.named(text, 0):
            return named
        if match := _BACK.fullmatch(text):
            back = int(match[2])
            if match[1] in _LATEST:
                return self.latest(back, text)
            if named := self.named(match[1], back):
                return named
        if match := _BEST.fullmatch(text):
            return self.best(match[1], match[2])
        return self.by_id(text)

    def ids(self, where: str, values: Mapping[str, object], rest: str = "") -> list[str]:
        sql = f"SELECT r.run_id FROM _nbm.run_heads r WHERE {self.state} AND {where} {rest}"
        return [row[0] for row in self.con.execute(sql, dict(values)).fetchall()]

    def number(self, number: int) -> Resolved:
        found = self.ids("r.number = $number", {"number": number}) if 0 <= number < 2**63 else []
        if not found:
            raise self.unknown_number(number)
        return Resolved(tuple(found))

    def unknown_number(self, number: int) -> UnknownReference:
        row = self.con.execute(
            "SELECT min(number), max(number), bool_or(r.number = $number::HUGEINT AND r.deleted_at IS NOT NULL)"
            " FROM _nbm.run_heads r",
            {"number": min(max(number, -1), 2**63)},
        ).fetchone()
        low, high, is_deleted = row or (None, None, None)
        if is_deleted and self.word == "run":
            return UnknownReference(f"run #{number} was deleted", f"ml.restore({number}) brings it back")
        hint = "no run was recorded yet" if low is None else f"numbers here go from {low} to {high}"
        return UnknownReference(f"no {self.word} has the number {number}", hint)

    def range(self, first: int, last: int) -> Resolved:
        low, high = min(first, last), max(first, last)
        order = "ORDER BY r.number" + (" DESC" if first > last else "")
        found = self.ids("r.number BETWEEN $low AND $high", {"low": low, "high": high}, order)
        if not found:
            raise self.unknown_number(first)
        missing = high - low + 1 - len(found)
        return Resolved(
            tuple(found), f"{missing} of the numbers {low} to {high} name no {self.word}" if missing else ""
        )

    def latest(self, back: int, typed: str) -> Resolved:
        where, values = self.scope()
        found = self.ids(where, values, f"ORDER BY r.started_at DESC, r.run_id DESC LIMIT 1 OFFSET {back}")
        if found:
            return Resolved(tuple(found))
        total = len(self.ids(where, values))
        place = f" in experiment {self.experiment}" if self.experiment is not None else ""
        are = "is" if total == 1 else "are"
        raise UnknownReference(
            f"there {are} {self.many(total)}{place}, so no {typed}", self.elsewhere() or "put %mlrun on top of a cell"
        )

    def many(self, count: int) -> str:
        return f"{count or 'no'} {self.word}{'' if count == 1 else 's'}"

    def elsewhere(self) -> str:
        """The experiments that have runs when this one is not enough, as a hint."""
        if self.experiment is None:
            return ""
        sql = f"""
            SELECT r.experiment, count(*) FROM _nbm.run_heads r WHERE {self.state} AND r.experiment <> $experiment
            GROUP BY ALL ORDER BY max(r.started_at) DESC"""
        found = self.con.execute(sql, {"experiment": self.experiment}).fetchall()
        if not found:
            return ""
        named = ", ".join(f"{name[:40]} ({count})" for name, count in found[:4]) + (", ..." if len(found) > 4 else "")
        return f"other experiments have runs: {named}; ml.use(experiment={found[0][0][:40]!r}) goes there"

    def scope(self) -> tuple[str, dict[str, object]]:
        if self.experiment is None:
            return "TRUE", {}
        return "r.experiment = $experiment", {"experiment": self.experiment}

    def named(self, name: str, back: int) -> Resolved | None:
        """The newest of a name; in the current experiment if it has any."""
        values = {"name": name, "experiment": self.experiment}
        here = "ORDER BY r.started_at DESC, r.run_id DESC"
        found = self.ids("r.name = $name AND r.experiment = $experiment", values, here)
        others = self.ids("r.name = $name AND $experiment IS DISTINCT FROM r.experiment", values, here)
        is_elsewhere = not found and self.experiment is not None
        found, others = (found, others) if found else (others, [])
        if not found:
            return None
        place = "" if self.experiment is None else f" in experiment {self.experiment}"
        place = " in other experiments" if is_elsewhere else place
        if back >= len(found):
            hint = "the only one is" if len(found) == 1 else "the oldest is"
            more = f"; {self.many(len(others))} of that name in other experiments" if others else ""
            raise UnknownReference(
                f"{name[:60]!r} has {self.many(len(found))}{place}, so there is no {name[:60]}~{back}",
                f"{hint} {name[:60] if len(found) == 1 else f'{name[:60]}~{len(found) - 1}'}{more}",
            )
        note = f"the newest of {len(found)} called {name[:60]}" if len(found) > 1 and not back else ""
        if is_elsewhere:
            home = self.experiment_of(found[back])
            note = f"found in experiment {home}: {self.experiment} has no {self.word} called {name[:60]}"
        return Resolved((found[back],), note)

    def experiment_of(self, run_id: str) -> str:
        row = self.con.execute("SELECT experiment FROM _nbm.run_heads WHERE run_id = ?", [run_id]).fetchone()
        return str(row[0]) if row else ""

    def best(self, way: str, key: str) -> Resolved:
        where, values = self.scope()
        if way == "best":
            chosen = goal(key, self.goals())
            if chosen is None:
                raise UsageError(
                    f"which way {key[:60]!r} is better is not known",
                    f"say so: ml.goal({key}='max'), or max:{key}, min:{key}",
                )
            way, by = chosen.direction, ", guessed from its name" if chosen.by_name else ""
        else:
            by = ""
        sql = f"""
            SELECT r.run_id, m.last FROM _nbm.run_heads r
            JOIN (
                SELECT run_id, arg_max(last, last_ns) AS last FROM _nbm.metric_partials WHERE key = $key GROUP BY run_id
            ) m ON m.run_id = r.run_id
            WHERE {self.state} AND r.status = 'finished' AND NOT isnan(m.last) AND {where}
            ORDER BY m.last {"DESC" if way == "max" else "ASC"}, r.started_at, r.run_id"""
        found = self.con.execute(sql, values | {"key": key}).fetchall()
        place = f" of experiment {self.experiment}" if self.experiment is not None else ""
        if not found:
            if key in (known := self.keys()) and (hint := self.elsewhere()):
                raise UnknownReference(f"no finished run{place} has a number for {key[:60]!r}", hint)
            close = close_names(key, known)
            hint = (
                f"close to it: {', '.join(close)}"
                if close and key not in known
                else f"metrics are {', '.join(known[:12])}"
            )
            raise UnknownReference(
                f"no finished run{place} has a number for {key[:60]!r}", hint if known else "ml.log(...) logs one"
            )
        best_id, value = found[0]
        runs = f"{len(found)} finished run{'' if len(found) == 1 else 's'}"
        note = f"{way} {key[:60]} {value:.4g} of {runs}{place}{by}"
        return Resolved((best_id,), note)

    def keys(self) -> list[str]:
        found = self.con.execute("SELECT DISTINCT key FROM _nbm.metric_partials ORDER BY key").fetchall()
        return [str(row[0]) for row in found]

    def goals(self) -> dict[str, str]:
        where = "experiment = $experiment" if self.experiment is not None else "TRUE"
        values = {"experiment": self.experiment} if self.experiment is not None else {}
        sql = f"SELECT key, min(goal) FROM metric_defs WHERE {where} GROUP BY key HAVING min(goal) = max(goal)"
        return dict(self.con.execute(sql, values).fetchall())

    def by_id(self, text: str) -> Resolved:
        low = text.lower()
        found = self.ids("r.run_id = $id OR r.run_id = $low", {"id": text, "low": low})
        if not found and len(text) >= SHORTEST_ID:
            found = self.ids("(ends_with(r.run_id, $low))", {"low": low}, "ORDER BY r.run_id DESC")
        if len(found) == 1:
            return Resolved(tuple(found))
        if found:
            named = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise AmbiguousRun(f"{len(found)} ids end in {text[:60]!r}: {named}", "give more of the id")
        names = [row[0] for row in self.con.execute(
            f"SELECT DISTINCT r.name FROM _nbm.run_heads r WHERE {self.state} AND r.name IS NOT NULL ORDER BY 1"
        ).fetchall()]  # fmt: skip
        close = close_names(text, names)
        if close:
            hint = f"close to it: {', '.join(close)}"
        else:
            hint = f"names here are {', '.join(n[:40] for n in names[:8])}" if names else "no run was recorded yet"
        raise UnknownReference(f"no {self.word} is called {text[:60]!r}, and no id ends so", hint)
