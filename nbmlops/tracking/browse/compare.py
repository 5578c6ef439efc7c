"""The data of a comparison: which runs, and what each capability says of their differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.errors import MLError, UnknownReference, UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import asked
from nbmlops.ui.desk import Args, Desk, offers
from nbmlops.ui.sections import MOST_ROWS, Compared, Offer, Rows, Section, section_data

if TYPE_CHECKING:
    import duckdb

MOST_RUNS = 60
ALL_ROWS = 5000
_MOST_IDS = 10_000


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Parameters
    ----------
    runs
        Ids; of a single one the comparison is with the pinned baseline, else with the run before it.
    reference
        Id of the run that the others are compared with; default: the pinned baseline if it is one of them, else the
        first.
    other
        Id of the run whose code and outputs are shown; default: the first that is not the reference.
    whole
        Names of sections that are wanted with all their rows.
    """

    runs: tuple[str, ...]
    reference: str | None = None
    other: str | None = None
    whole: tuple[str, ...] = ()

    @classmethod
    def of(cls, args: Args) -> Request:
        """What a browser sent."""
        runs = asked.run_ids(args, _MOST_IDS)
        if not runs:
            raise UsageError("a comparison takes runs; found none", "tick runs in the table")
        reference, other = (asked.text(args, name, "") if args.get(name) else None for name in ("reference", "other"))
        return cls(tuple(runs), reference, other, tuple(asked.texts(args, "whole") or ()))

    def args(self) -> dict[str, Any]:
        """What a browser asks with to get the same."""
        found: dict[str, Any] = {"runs": list(self.runs)}
        return found | {name: value for name, value in vars(self).items() if value and name != "runs"}


@dataclass(frozen=True)
class Picture:
    """A comparison as it is drawn, in whatever form."""

    compared: Compared
    baselines: frozenset[str]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    whole: tuple[str, ...] = field(default=())

    @property
    def asked_as(self) -> object:
        """All that what is read for it depends on."""
        return self.compared.ids, self.compared.other, self.whole

    @property
    def runs(self) -> list[dict[str, Any]]:
        """The runs as tables name them, the reference first."""
        return [
            {
                "number": head["number"],
                "id": head["run_id"],
                "name": head["name"],
                "status": head["status"],
                "experiment": head["experiment"],
                "is_baseline": head["run_id"] in self.baselines,
                "started_at": head["started_at"],
            }
            for head in self.compared.heads
        ]

    def data(self, *, rows: int = MOST_ROWS, lines: int = 400) -> dict[str, Any]:
        """Plain data for a browser."""
        return {
            "runs": self.runs,
            "other": self.compared.other,
            "sections": [
                section_data(section, rows=ALL_ROWS if section.name in self.whole else rows, lines=lines)
                for section in self.sections
            ],
            "notes": list(self.notes),
        }

    def rows(self) -> list[Rows]:
        """The sections that are rows."""
        return [section for section in self.sections if isinstance(section, Rows)]


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """A comparison for a browser."""
    request = Request.of(args)
    return look(desk.store.read, desk.store.fetch, request).data()


def look(
    ask: Callable[[Callable[[duckdb.DuckDBPyConnection], Any]], Any],
    fetch: Callable[[str], Path],
    request: Request,
    chosen: Sequence[Offer] | None = None,
) -> Picture:
    """Read in one short lease, then draw.

    Parameters
    ----------
    ask
        Calls a question with a connection at the store.
    fetch
        The file of a large value by its SHA-256.
    chosen
        What the comparison is made of; default: what all capabilities offer.
    """
    made_of = offers().sections if chosen is None else chosen

    def read(con: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
        heads, baselines, notes = _runs(con, request)
        compared = Compared(tuple(heads), _other(request, heads), fetch)
        return heads, baselines, notes, [_or_error(offer.read, con, compared) for offer in made_of]

    heads, baselines, notes, facts = ask(read)
    compared = Compared(tuple(heads), _other(request, heads), fetch)
    found: list[Section] = []
    for offer, fact in zip(made_of, facts, strict=True):
        drawn = fact if isinstance(fact, MLError) else _or_error(offer.draw, fact, compared)
        if isinstance(drawn, MLError):  # the other parts are still worth seeing
            notes.append(f"a part is missing: {drawn.message}{f'; {drawn.hint}' if drawn.hint else ''}")
        else:
            found += drawn
    shown = sorted((section for section in found if not section.is_empty), key=lambda section: section.rank)
    return Picture(compared, baselines, tuple(shown), tuple(notes), request.whole)


def _or_error(call: Callable[[Any, Compared], Any], what: Any, compared: Compared) -> Any:
    try:
        return call(what, compared)
    except MLError as error:
        return error


def _other(request: Request, heads: Sequence[Mapping[str, Any]]) -> str:
    rest = [str(head["run_id"]) for head in heads[1:]]
    if request.other in rest:
        return str(request.other)
    return rest[0] if rest else str(heads[0]["run_id"])


def _runs(con: duckdb.DuckDBPyConnection, request: Request) -> tuple[list[queries.Row], frozenset[str], list[str]]:
    """The runs, the reference first; the pinned ones among them; what is to be said of the rest."""
    heads = queries.heads(con, request.runs[:MOST_RUNS])
    notes = []
    if len(request.runs) > MOST_RUNS:
        notes.append(f"first {MOST_RUNS} of {len(request.runs)} runs")
    gone = min(len(request.runs), MOST_RUNS) - len(heads)
    if gone:
        notes.append(
            f"{gone} of the runs {'is' if gone == 1 else 'are'} not in the store: forgotten, or of another one"
        )
    if not heads:
        raise UnknownReference("none of these runs is in the store", "they may have been forgotten; choose others")
    if len(heads) == 1:
        partner = against(con, str(heads[0]["run_id"]), str(heads[0]["experiment"]))
        if partner is None:
            notes.append("there is no other run in this experiment to compare with")
        else:
            heads = queries.heads(con, [partner, str(heads[0]["run_id"])])
    found = {queries.pinned(con, experiment) for experiment in sorted({str(head["experiment"]) for head in heads})}
    pinned = frozenset(run for run in found if run is not None)
    ids = [str(head["run_id"]) for head in heads]
    first = request.reference if request.reference in ids else next((run for run in ids if run in pinned), ids[0])
    heads.sort(key=lambda head: head["run_id"] != first)
    return heads, pinned.intersection(ids), notes


def against(con: duckdb.DuckDBPyConnection, run: str, experiment: str) -> str | None:
    """What a single run is compared with: the pinned baseline of its experiment, else the run before it.

    The first run of an experiment is compared with the one after it.
    """
    pinned = queries.pinned(con, experiment)
    if pinned not in (None, run):
        return pinned
    sql = """
        SELECT r.run_id FROM _nbm.run_heads r, (SELECT number, started_at FROM _nbm.run_heads WHERE run_id = $run) me
        WHERE r.experiment = $experiment AND r.deleted_at IS NULL AND r.run_id <> $run
        ORDER BY coalesce(r.number > me.number, r.started_at > me.started_at),
            abs(r.number - me.number), abs(epoch(r.started_at) - epoch(me.started_at))
        LIMIT 1"""
    row = con.execute(sql, {"experiment": experiment, "run": run}).fetchone()
    return None if row is None else str(row[0])
