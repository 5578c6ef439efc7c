"""What other capabilities add to the page of one run, through the same door as to a comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.tracking.browse import asked
from nbmlops.ui.desk import Args, Desk, offers
from nbmlops.ui.sections import Compared, Offer, section_data

if TYPE_CHECKING:
    import duckdb


def offered() -> list[Offer]:
    """The sections that make sense for a single run."""
    return [offer for offer in offers().sections if offer.is_of_one]


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """The sections of a run that have something in them."""
    run = asked.run_id(args)
    return drawn(*desk.store.read(lambda con: read(con, run, desk.store.fetch)))


def read(con: duckdb.DuckDBPyConnection, run: str, fetch: Callable[[str], Path]) -> tuple[Compared, list[Any]]:
    """What they need from the store."""
    alone = Compared((asked.known_run(con, run),), run, fetch)
    return alone, [offer.read(con, alone) for offer in offered()]


def drawn(alone: Compared, facts: list[Any]) -> dict[str, Any]:
    """The sections that have something in them, of what was read."""
    found = [section for offer, fact in zip(offered(), facts, strict=True) for section in offer.draw(fact, alone)]
    shown = sorted((section for section in found if not section.is_empty), key=lambda section: section.rank)
    return {"sections": [section_data(section) for section in shown]}
