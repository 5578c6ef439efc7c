"""The static HTML of a view: complete, escaped, bounded, quiet."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbmlops.ui.html import MAX_BYTES, TITLE_LIMIT, delta_html, view_html
from nbmlops.ui.view import Column, View

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KINDS = ("run", "text", "number", "delta", "duration", "bytes", "time", "status", "spark", "tags", "code")
VOID = {"path", "br"}


class Page(HTMLParser):
    """Collects what a reader would see; fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[str] = []
        self.titles: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.stack.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]
        self.titles += [value or "" for name, value in attrs if name == "title"]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.stack:
            return
        self.text += data
        if {"td", "th"} & set(self.stack):
            self.rows[-1][-1] += data.replace("\u00a0", " ")


def view(*columns: Column, rows: list[dict[str, object]], **more: object) -> View:
    return View("runs", "runs · wine", columns, tuple(rows), **more)  # type: ignore[arg-type]


ALL = tuple(Column(kind, kind, kind) for kind in KINDS)


def test_every_kind_of_cell() -> None:
    row = {
        "run": {"number": 12, "id": "abcd", "name": "adam", "is_baseline": True, "attempts": 3},
        "text": "words",
        "number": 51020,
        "delta": {"value": -0.0321, "is_better": True},
        "duration": 185.0,
        "bytes": 1_234_567,
        "time": NOW - timedelta(minutes=2),
        "status": "finished",
        "spark": [3.0, 2.0, 0.5],
        "tags": {"best": None, "team": "vision"},
        "code": "x = 1",
    }
    page = Page(view_html(view(*ALL, rows=[row]), now=NOW))
    assert page.rows[0] == list(KINDS)
    assert page.rows[1] == [
        "■ #12 adam ★ baseline ×3",
        "words",
        "51\u202f020",
        "-0.0321 ▼",
        "3 min 05 s",
        "1.2 MB",
        "2 min ago",
        "● finished",
        "0.5",
        "best · team=vision",
        "x = 1",
    ]
    assert {"51020", "185.0 s", "1234567 bytes", "-0.0321", "better"} <= set(page.titles)
    assert any("2026-11-22" in title for title in page.titles), "the exact time is on hover"
    assert "script" not in page.tags and "path" in page.tags


@pytest.mark.parametrize("row", [{}, dict.fromkeys(KINDS), {"tags": {}, "spark": [], "text": "", "code": ""}])
def test_what_is_missing_is_a_dot(row: dict[str, object]) -> None:
    assert Page(view_html(view(*ALL, rows=[row]))).rows[1] == ["·"] * len(KINDS)


def test_nan_is_a_value() -> None:
    page = Page(view_html(view(Column("a", "a", "number"), rows=[{"a": float("nan")}, {"a": None}])))
    assert [row[0] for row in page.rows[1:]] == ["NaN", "·"]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "a\"b'c",
        "two\nlines",
        "</style><b>",
        "&amp;",
        "naïve 日本語 🎯",
        "{}#/%",
        "'; DROP TABLE runs",
    ],
)
def test_names_are_shown_literally(name: str) -> None:
    cells = {"run": {"number": 1, "name": name}, "text": name, "code": name, "tags": {name: name}, "number": name}
    page = Page(view_html(View(name, name, tuple(Column(k, name, k) for k in cells), (cells,), (name,)), now=NOW))  # type: ignore[arg-type]
    shown = name.replace("\n", "↵")
    assert page.rows[0] == [shown] * 5
    assert page.rows[1][1] == page.rows[1][2] == page.rows[1][4] == shown
    assert page.rows[1][0] == f"■ #1 {shown}"
    assert page.rows[1][3] == f"{shown}={shown}"
    assert set(page.tags) <= {"div", "style", "table", "thead", "tbody", "tr", "th", "td", "span", "code"}


def test_long_text_is_cut_with_its_beginning_on_hover() -> None:
    page = Page(view_html(view(Column("t", "t"), rows=[{"t": "x" * 5000}])))
    assert page.rows[1] == ["x" * 59 + "…"]
    assert page.titles == ["x" * (TITLE_LIMIT - 1) + "…"]


@pytest.mark.parametrize("count", [0, 1, 50, 2_000, 100_000])
@pytest.mark.parametrize("text", ["a", "<&\"'" * 1250, "日" * 5000])
def test_bounded_at_any_number_of_rows(count: int, text: str) -> None:
    columns = (Column("run", text, "run"), Column("t", text), Column("s", text, "spark"))
    row = {"run": {"number": 1, "name": text}, "t": text, "s": [1.0, float("nan"), 2.0] * 40}
    out = view_html(View("runs", text, columns, (row,) * count, (text,) * 30))
    page = Page(out)
    assert len(out.encode()) < MAX_BYTES
    shown = max(len(page.rows) - 1, 0)
    assert shown >= min(count, 20)
    told = re.search(r"first ([\d\u202f]+) of ([\d\u202f]+) rows", page.text)
    if shown < count:
        assert told and [int(n.replace("\u202f", "")) for n in told.groups()] == [shown, count]
    else:
        assert told is None


def test_ten_thousand_columns() -> None:
    columns = tuple(Column(f"k{i}", "<" * 900 + str(i), "number") for i in range(10_000))
    out = view_html(View("runs", "", columns, ({c.key: "'" * 5000 for c in columns},) * 10))
    page = Page(out)
    assert len(out.encode()) < MAX_BYTES
    assert "9\u202f940 more columns are left out here" in page.text
    assert len(page.rows) >= 2


def test_total_beyond_the_rows_is_told() -> None:
    assert "first 1 of 214 rows" in Page(view_html(view(Column("a", "a"), rows=[{"a": "1"}], total=214))).text


def test_empty_says_what_would_fill_it() -> None:
    page = Page(view_html(view(Column("a", "a"), rows=[], empty="No runs yet. Put %mlrun on top of a cell.")))
    assert "Put %mlrun on top of a cell." in page.text
    assert "table" not in page.tags


@pytest.mark.parametrize(
    ("value", "is_better", "text"),
    [
        (0.014, True, "+0.014 ▲"),
        (0.014, False, "+0.014 △"),
        (-0.5, True, "-0.5 ▼"),
        (-0.5, False, "-0.5 ▽"),
        (0.014, None, "+0.014"),
        (0.0, True, "±0"),
        (float("nan"), True, "NaN"),
    ],
)
def test_better_and_worse_are_told_without_colour(value: float, is_better: bool | None, text: str) -> None:
    assert Page(delta_html(value, is_better)).text.replace("\u00a0", " ") == text


def test_a_run_has_its_colour_everywhere() -> None:
    rows = [{"run": {"number": n, "name": "a"}, "spark": [1.0, 2.0]} for n in (1, 2, 11)]
    out = view_html(view(Column("run", "run", "run"), Column("spark", "loss", "spark"), rows=rows))
    squares = re.findall(r'nbm-sq" style="color:(#\w+)"', out)
    assert squares == re.findall(r'stroke="(#\w+)"', out)
    assert squares[0] == squares[2] != squares[1]


cell = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(max_size=5), st.datetimes(),
    st.lists(st.floats(), max_size=5), st.dictionaries(st.text(), st.one_of(st.none(), st.text()), max_size=3),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.dictionaries(st.sampled_from([k for k in KINDS if k != "delta"]), cell), max_size=4), st.text())
def test_any_cell_in_any_column_is_sound_html(rows: list[dict[str, object]], word: str) -> None:
    out = view_html(View(word, word, ALL, tuple(rows), (word,), empty=word))
    Page(out)
    out.encode()


def test_frame_of_a_view() -> None:
    frame = view(
        Column("run", "run", "run"), Column("acc", "acc", "number"), Column("d", "vs #11", "delta"),
        rows=[{"run": {"number": 3, "name": "a", "id": "x"}, "acc": 0.5, "d": {"value": 0.1, "is_better": None}}, {}],
    ).df()  # fmt: skip
    assert list(frame.columns) == ["number", "name", "run_id", "acc", "d"]
    assert frame.iloc[0].tolist() == [3, "a", "x", 0.5, 0.1]
    assert frame.iloc[1].isna().all()
