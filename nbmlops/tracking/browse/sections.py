"""What other capabilities add to the page of one run, through the same door as to a comparison."""

from __future__ import annotations

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
    run, made_of = asked.run_id(args), offered()

    def read(con: duckdb.DuckDBPyConnection) -> tuple[Compared, list[Any]]:
        alone = Compared((asked.known_run(con, run),), run, desk.store.fetch)
        return alone, [offer.read(con, alone) for offer in made_of]

    alone, facts = desk.store.read(read)
    found = [section for offer, fact in zip(made_of, facts, strict=True) for section in offer.draw(fact, alone)]
    shown = sorted((section for section in found if not section.is_empty), key=lambda section: section.rank)
    return {"sections": [section_data(section) for section in shown]}
