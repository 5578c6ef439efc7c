"""Run colours are told apart by everyone, on any ground."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nbmlops.ui.colours import RUN_COLOURS, run_colour, run_styles

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    return TO_LAB @ np.cbrt(np.clip(TO_LMS @ rgb, 0, None))


@pytest.mark.parametrize("sight", SIGHT)
def test_every_pair_stays_apart(sight: str) -> None:
    seen = [oklab(SIGHT[sight] @ linear(colour)) for colour in RUN_COLOURS]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.08


@pytest.mark.parametrize(("ground", "contrast"), [("#ffffff", 2.0), ("#111111", 2.8)])
def test_every_colour_is_seen_on_light_and_dark(ground: str, contrast: float) -> None:
    weights = np.array([0.2126, 0.7152, 0.0722])
    for colour in RUN_COLOURS:
        low, high = sorted((linear(colour) @ weights, linear(ground) @ weights))
        assert (high + 0.05) / (low + 0.05) > contrast, colour


def test_a_run_keeps_its_colour_and_a_clash_takes_the_next_dash() -> None:
    assert run_colour(1) == run_colour(11) == RUN_COLOURS[0]
    assert run_colour(None) is None
    styles = run_styles([12, 2, 3, 22, 12])
    assert len(set(styles.values())) == 4
    assert styles[12] == (RUN_COLOURS[1], ())
    assert styles[2][0] == RUN_COLOURS[1] and styles[2][1]
