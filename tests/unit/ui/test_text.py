"""The plain text of a view."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from nbmlops.ui.text import display_width, view_text
from nbmlops.ui.view import Column, View

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_columns_line_up() -> None:
    columns = (Column("run", "run", "run"), Column("acc", "acc", "number"), Column("note", "note"))
    rows = (
        {"run": {"number": 12, "name": "adam"}, "acc": 0.972, "note": "x"},
        {"run": {"number": 9, "name": "日本"}, "acc": 0.9583, "note": "two\nlines"},
        {"run": {"number": 8, "name": "sgd"}, "acc": None},
    )
    assert view_text(View("runs", "runs · wine", columns, rows, ("2 columns hidden",), total=9), width=100).split(
        "\n"
    ) == [
        "runs · wine",
        "run          acc  note",
        "#12 adam  0.972   x",
        "#9 日本   0.9583  two↵lines",
        "#8 sgd         ·  ·",
        "first 3 of 9 rows · 2 columns hidden",
    ]


def test_curves_deltas_and_states() -> None:
    columns = (Column("s", "loss", "spark"), Column("d", "vs #1", "delta"), Column("st", "status", "status"))
    rows = ({"s": [0.0, 1.0, float("nan")], "d": {"value": -0.5, "is_better": True}, "st": "failed"},)
    assert view_text(View("v", "", columns, rows), width=100).split("\n")[1] == "▁█       NaN  -0.5 ▼  ● failed"


def test_long_texts_shrink_before_columns_are_left_out() -> None:
    columns = (Column("a", "a"), Column("b", "b", "number"))
    assert view_text(View("v", "", columns, ({"a": "x" * 60, "b": 1},)), width=40).split("\n")[1] == "x" * 36 + "…  1"
    many = tuple(Column(f"c{i}", f"column {i}", "number") for i in range(50))
    text = view_text(View("v", "", many, ({},)), width=60)
    assert max(map(display_width, text.split("\n"))) <= 60
    assert "no room here for column 6, column 7" in text.replace("\n", " ")
    assert "and 36 more" in text.replace("\n", " ")


def test_rows_are_capped_with_a_note() -> None:
    view = View("v", "", (Column("a", "a"),), ({"a": "1"},) * 5000)
    assert view_text(view).split("\n")[-1] == "first 100 of 5 000 rows"
    assert len(view_text(view, max_rows=None).split("\n")) == 5001


def test_empty() -> None:
    assert view_text(View("v", "runs", (), (), empty="No runs yet.")) == "runs\nNo runs yet."


@given(st.lists(st.text(max_size=80), min_size=1, max_size=6), st.integers(20, 120))
def test_no_line_of_the_table_is_wider_than_asked(words: list[str], width: int) -> None:
    columns = tuple(Column(f"c{i}", word) for i, word in enumerate(words))
    rows = ({f"c{i}": word for i, word in enumerate(words)},)
    lines = view_text(View("v", "", columns, rows), width=width).split("\n")
    assert all(display_width(line) <= width for line in lines[:2])
    assert not lines[2:] or lines[2].startswith("no room here for")
