"""The colour of a run: the same in every table and chart, told apart by everyone."""

from __future__ import annotations

from collections.abc import Sequence

RUN_COLOURS = (
    "#2255cc",  # blue
    "#ff9900",  # orange
    "#227755",  # green
    "#dd5599",  # pink
    "#0099cc",  # sky
    "#bb2211",  # red
    "#00cc88",  # mint
    "#884488",  # plum
    "#aa7700",  # ochre
    "#cc99ff",  # lilac
)
"""Chosen by search: every pair stays apart under protanopia, deuteranopia and tritanopia, and every
colour is seen on white and on near-black."""

DASHES: tuple[tuple[int, ...], ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3))


def run_colour(run_number: int | None) -> str | None:
    """The colour of a run, the same in every table and chart; None while it has no number."""
    return None if run_number is None else RUN_COLOURS[(run_number - 1) % len(RUN_COLOURS)]


def run_styles(numbers: Sequence[int]) -> dict[int, tuple[str, tuple[int, ...]]]:
    """Colour and dash of each run in one view: a second run of the same colour takes the next dash."""
    styles: dict[int, tuple[str, tuple[int, ...]]] = {}
    used: dict[str, int] = {}
    for run_number in numbers:
        if run_number not in styles:
            colour = RUN_COLOURS[(run_number - 1) % len(RUN_COLOURS)]
            styles[run_number] = (colour, DASHES[used.get(colour, 0) % len(DASHES)])
            used[colour] = used.get(colour, 0) + 1
    return styles
