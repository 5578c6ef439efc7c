"""How values are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.ui import format as fmt

THIN = "\u202f"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (12, "12"),
        (9759, f"9{THIN}759"),
        (10_000_000, f"10{THIN}000{THIN}000"),
        (-51020, f"-51{THIN}020"),
        (0.972, "0.972"),
        (0.971532, "0.9715"),
        (0.99999, "1"),
        (1e-4, "0.0001"),
        (1e-5, "1e-5"),
        (-1.23456e-7, "-1.235e-7"),
        (123456.789, f"123{THIN}457"),
        (1.5e9, "1.5e9"),
        (10**30, "1e30"),
        (10**400, "about 1e400"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (None, "·"),
        (pd.NaT, "·"),
        (pd.NA, "·"),
        (True, "True"),
        (np.float32(0.25), "0.25"),
        (np.int64(1234), f"1{THIN}234"),
        (np.bool_(False), "False"),
        (Decimal("0.5"), "0.5"),
        ("auto", "auto"),
    ],
)
def test_number(value: object, text: str) -> None:
    assert fmt.number(value) == text


@given(st.floats(-1e308, 1e308))
def test_a_number_reads_back_within_four_significant_digits(value: float) -> None:
    back = float(fmt.number(value).replace(THIN, ""))
    assert back == pytest.approx(value, rel=5.1e-4, abs=1e-320)
    assert math.copysign(1, back) == math.copysign(1, value) or back == 0


@given(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9), st.floats(), st.just("auto"))))
def test_points_of_a_column_line_up(values: list[object]) -> None:
    cells = fmt.number_column(values)
    assert [cell.strip() for cell in cells] == [fmt.number(value) for value in values]
    from_the_right = {
        len(cell) - cell.index(".") for cell in cells if "." in cell and "e" not in cell and len(cells) > 1
    }
    assert len(from_the_right) <= 1 or cells == [fmt.number(value) for value in values]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "·"),
        (math.nan, "·"),
        (0.00042, "0.4 ms"),
        (0.0421, "42 ms"),
        (0.9996, "1.0 s"),
        (4.2, "4.2 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.7, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (86399, "1 d 00 h"),
        (90061, "1 d 01 h"),
        (-5, "-5.0 s"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert fmt.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "·"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (999_950, "1 MB"),
        (1_234_567, "1.2 MB"),
        (5e22, "50000 EB"),
    ],
)
def test_size(count: float | None, text: str) -> None:
    assert fmt.size(count) == text


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (0, "just now"),
        (20, "20 s ago"),
        (130, "2 min ago"),
        (7200, "2 h ago"),
        (86400 * 3, "3 d ago"),
        (-30, "just now"),
        (-130, "in 2 min"),
    ],
)
def test_ago(before: float, text: str) -> None:
    when = NOW - timedelta(seconds=before)
    assert fmt.ago(when, NOW) == text
    assert fmt.ago(when.replace(tzinfo=None), NOW) == text, "naive means UTC"
    assert fmt.ago(when.astimezone(timezone(timedelta(hours=9))), NOW) == text


def test_old_times_are_dates_and_missing_times_are_dots() -> None:
    assert fmt.ago(datetime(2025, 1, 15, 12, tzinfo=UTC), NOW) == "2025-01-15"
    assert fmt.ago(pd.NaT, NOW) == "·"
    assert fmt.moment(None) == ""


@given(st.text(), st.integers(1, 80))
def test_short_text_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    line = fmt.short(text, limit)
    assert len(line) <= limit
    assert not set(line) & set("\n\r\t\x00\u202e\u2066")
    line.encode()
    if len(text) > limit:
        assert line.endswith("…")


def test_hidden_characters_are_shown() -> None:
    assert fmt.visible("a\nb\x00\u202ec\ud800") == "a↵b␀\ufffdc\ufffd"


def test_a_cut_does_not_split_an_accent_from_its_letter() -> None:
    assert fmt.short("abcde\u0301fgh", 6) == "abcd…"


@pytest.mark.parametrize(
    ("run", "label"),
    [
        ({"number": 12, "name": "adam"}, "#12 adam"),
        ({"number": 12, "name": None}, "#12"),
        ({"number": None, "name": "adam", "id": "abcdefgh"}, "adam"),
        ({"number": None, "id": "abcdefgh"}, "run efgh"),
    ],
)
def test_run_label(run: dict[str, object], label: str) -> None:
    assert fmt.run_label(run) == label


def test_parameter_values() -> None:
    assert [fmt.value(x) for x in (0.003, "adam", "", None, [1, "a"], True)] == [
        "0.003",
        "adam",
        "''",
        "None",
        "[1, 'a']",
        "True",
    ]
