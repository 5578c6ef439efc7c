from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from nbmlops.ui.absent import ABSENT, UNKNOWN
from nbmlops.ui.sections import LONGEST, Embedded, Kind, Pairs, Row, Rows, Section, equals, section_data

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "is_equal"),
    [
        ((1, 1.0), True),
        ((1, True), False),
        ((NAN, NAN), True),
        ((None, None), True),
        ((None, ABSENT), False),
        ((ABSENT, ABSENT), True),
        (("1", 1), False),
        (([1, {"a": 2}], [1, {"a": 2}]), True),
        ((1, UNKNOWN, 1), True),
        ((UNKNOWN, 1, 2), False),
        ((UNKNOWN, UNKNOWN), True),
    ],
)
def test_what_is_equal(values: tuple[object, ...], is_equal: bool) -> None:
    assert Row("key", values).is_equal is is_equal


@pytest.mark.parametrize(
    ("values", "state", "said"),
    [
        ((ABSENT, 1), "added", "added"),
        ((1, ABSENT), "removed", "removed"),
        ((0.001, 0.01), "changed", "×10"),
        ((0.01, 0.003), "changed", "÷3.33"),
        ((6, 7), "changed", "+1"),
        ((0, 7), "changed", "+7"),
        ((-1, 1), "changed", "+2"),
        ((1, NAN), "changed", ""),
        (("a", "b"), "changed", ""),
        ((True, 3), "changed", ""),
        ((1, 1), "equal", ""),
    ],
)
def test_what_happened_between_two_runs(values: tuple[object, ...], state: str, said: str) -> None:
    row = Row("key", values)
    assert (row.state, row.said) == (state, said)


def test_a_duration_differs_by_a_duration() -> None:
    assert Row("time", (1.0, 62.0), "duration").said == "+1 min 01 s"
    assert Row("time", (62.0, 1.0), "duration").said == "-1 min 01 s"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((1, "1"), ["1", "'1'"]),
        ((0.97153, 0.97154), ["0.97153", "0.97154"]),
        ((None, "None"), ["None", "'None'"]),
        ((0.5, ABSENT), ["0.5", None]),
        (("a\nb", ""), ["a↵b", "''"]),
        (([1, 2], [1, 3]), ["[1, 2]", "[1, 3]"]),
    ],
)
def test_texts_differ_where_the_values_do(values: tuple[object, ...], texts: list[str | None]) -> None:
    assert Row("key", values).texts() == texts


def test_long_texts_are_cut_around_their_first_difference() -> None:
    old, new = ("x" * 5000 + end + "y" * 5000 for end in "ab")
    texts = [text or "" for text in Row("prompt", (old, new)).texts(60)]
    assert all(len(text) <= 60 and text.startswith("…") and text.endswith("…") for text in texts)
    assert texts[0] != texts[1] and "a" in texts[0] and "b" in texts[1]
    assert all(len(text or "") <= LONGEST for text in Row("prompt", (old, new)).texts())


def test_data_is_strict_json_with_numbers_as_numbers() -> None:
    row = Row("acc", (0.9, NAN, ABSENT), deltas=(None, None, None), best=0, about="higher is better")
    found = json.loads(json.dumps(row.data(), allow_nan=False))
    assert found == {
        "key": "acc", "cells": [0.9, "NaN", None], "state": "changed", "best": 0, "about": "higher is better",
    }  # fmt: skip
    close = Row("acc", (0.97153, 0.97154)).data()
    assert close["texts"] == ["0.97153", "0.97154"]
    days = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    moment = Row("at", days, "time").data()
    assert moment["cells"] == ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    assert Row("x", (2**60, 1)).data()["cells"] == [str(2**60), 1]


def test_texts_of_several_lines_are_compared_line_by_line() -> None:
    data = Row("prompt", ("be\nkind", "be\nbrief")).data()
    assert [line[:4] for line in data["diff"]["hunks"][0]] == [
        [" ", 1, 1, "be"], ["-", 2, None, "kind"], ["+", None, 2, "brief"],
    ]  # fmt: skip
    assert "diff" not in Row("prompt", ("one line", "another")).data()
    assert "diff" not in Row("prompt", ("be\nkind", "be\nbrief", "be")).data()


def test_cells_are_short_and_more_is_on_hover() -> None:
    old, new = "x" * 200 + "old", "x" * 200 + "new"
    data = Row("path", (old, new)).data()
    assert all(len(cell) <= 60 and cell.endswith(end) for cell, end in zip(data["cells"], ("old", "new"), strict=True))
    assert data["titles"][0] == old
    many = Row("path", tuple(f"{'x' * 200}{n}" for n in range(20))).data()
    assert all(len(cell) <= 28 for cell in many["cells"]) and "titles" not in many


def test_many_numbers_that_look_alike_stay_short() -> None:
    assert Row("acc", (0.97153, 0.97154, 0.5)).texts() == ["0.9715", "0.9715", "0.5"]
    assert Row("acc", (0.97153, 0.97154, 0.97152)).texts() == ["0.97153", "0.97154", "0.97152"]
    assert Row("time", (0.00041, 0.00042), "duration").texts() == ["0.4 ms", "0.4 ms"]


def test_a_section_folds_what_is_equal_and_counts_what_it_leaves_out() -> None:
    rows = tuple(Row(f"p{n}", (n, n if n < 100 else n + 1)) for n in range(300))
    found = section_data(Rows(name="p", title="p", rank=1, noun="parameters", rows=rows), rows=50)
    assert (len(found["rows"]), found["differing"], len(found["equal"]), found["equals"]) == (50, 200, 50, 100)
    assert found["equal"][0]["cells"] == [0]
    assert found["rows"][0]["cells"] == [100, 101]


def test_equal_things_are_counted_in_words() -> None:
    section = Rows(name="around", title="environment", rank=1, noun="facts")
    assert equals(section, 1) == "1 fact equal"
    assert equals(section, 5, alone=True) == "environment · 5 facts equal"
    packages = Rows(name="packages", title="packages", rank=1, noun="packages")
    assert equals(packages, 148, alone=True) == "148 packages equal"


def test_other_kinds_of_sections() -> None:
    assert section_data(Embedded(name="c", title="c", rank=1, view="curves", args={"runs": ["a"]}))["view"] == "curves"
    assert Pairs(name="o", title="o", rank=1).is_empty
    with pytest.raises(TypeError, match="Section is no section that can be shown"):
        section_data(Section(name="x", title="x", rank=1))


@pytest.mark.parametrize("kind", ["value", "duration", "size"])
def test_a_whole_number_that_no_float_can_hold_is_compared(kind: Kind) -> None:
    huge = 10**400
    for other in (1, 0.5, huge + 1, -huge, float("inf"), NAN, "text", True):
        for values in ((huge, other), (other, huge)):
            row = Row("seed", values, kind)
            found = row.data()
            json.dumps(found)
            assert row.said == "" and found["state"] == "changed"
    assert Row("seed", (huge, huge), kind).is_equal


def test_a_ratio_that_no_float_can_hold_is_not_told() -> None:
    assert Row("x", (1e-300, 1e300)).said == Row("x", (1e300, 1e-300)).said == ""
