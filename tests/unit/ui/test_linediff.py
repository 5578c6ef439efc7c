from __future__ import annotations

import doctest
import time

import pytest

from nbmlops.ui import linediff, tablediff
from nbmlops.ui.linediff import MOST_LINES, Line, diff_texts, marks


def applied(old: str, new: str) -> list[str]:
    """The new text, rebuilt from the old one and the diff: what a diff is for."""
    found = diff_texts(old, new, most=10_000)
    lines = old.splitlines()
    if found is None or not found.hunks:
        return lines
    made: list[str] = []
    at = 0
    for hunk in found.hunks:
        start = next((line.old for line in hunk if line.old is not None), None)
        if start is not None:
            made += lines[at : start - 1]
            at = start - 1
        for line in hunk:
            if line.sign != "+":
                assert lines[at] == line.text
                at += 1
            if line.sign != "-":
                made.append(line.text)
    return made + lines[at:]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\nb\nc", "a\nB\nc"),
        ("", "a\nb"),
        ("a\nb", ""),
        ("\n".join(map(str, range(200))), "\n".join(map(str, [*range(50), "x", *range(50, 150), *range(160, 200)]))),
        ("same\n" * 30, "same\n" * 31),
        ("x\ny\n" * 600, "y\nx\n" * 600),
    ],
)
def test_a_diff_leads_from_the_old_text_to_the_new(old: str, new: str) -> None:
    assert applied(old, new) == new.splitlines()


def test_equal_texts_have_no_diff() -> None:
    assert diff_texts("a\nb", "a\nb") is None
    only_the_end = diff_texts("a\nb", "a\nb\n")
    assert only_the_end is not None and only_the_end.hunks == ()


def test_lines_are_numbered_in_both_texts() -> None:
    text = "\n".join(f"line {n}" for n in range(1, 21))
    found = diff_texts(text, text.replace("line 12", "line twelve"))
    assert found is not None
    (hunk,) = found.hunks
    assert [(line.sign, line.old, line.new) for line in hunk] == [
        (" ", 9, 9), (" ", 10, 10), (" ", 11, 11), ("-", 12, None), ("+", None, 12), (" ", 13, 13), (" ", 14, 14),
        (" ", 15, 15),
    ]  # fmt: skip
    assert found.said == "1 line changed"
    assert (found.old_lines, found.new_lines) == (20, 20)


def test_what_changed_is_said_in_words() -> None:
    assert diff_texts("a", "a\nb\nc").said == "2 lines added"  # type: ignore[union-attr]
    assert diff_texts("a\nb", "a").said == "1 line removed"  # type: ignore[union-attr]
    assert diff_texts("a\nb\nc", "x\ny").said == "3 lines removed, 2 lines added"  # type: ignore[union-attr]


def test_a_difference_far_down_is_found() -> None:
    text = "".join(f"{n}\n" for n in range(5000))
    more = diff_texts(text, text + "x\ny\n")
    assert more is not None and (more.said, more.is_partial) == ("2 lines added", False)
    assert [line.text for line in more.hunks[0] if line.sign == "+"] == ["x", "y"]
    changed = diff_texts(text, text.replace("4990\n", "other\n"))
    assert changed is not None and changed.said == "1 line changed"
    assert [line.old for line in changed.hunks[0] if line.sign == "-"] == [4991]
    whole = diff_texts("", text)
    assert whole is not None and whole.said == "5000 lines added"


def test_what_was_not_compared_is_said() -> None:
    old = "head\n" + "".join(f"{n}\n" for n in range(9000))
    found = diff_texts(old, old.replace("\n0\n", "\nzero\n").replace("\n8999\n", "\nlast\n"))
    assert found is not None
    assert found.said == found.first(1).said
    assert found.said == "1 line changed; only 4,000 lines from the first difference on were compared"


def test_ends_of_lines_are_said_to_differ() -> None:
    for new in ("a\nb\n", "a\r\nb"):
        assert diff_texts("a\nb", new).said == "only line ends differ"  # type: ignore[union-attr]


def test_words_that_differ_are_marked_and_strange_lines_are_not() -> None:
    old, new = marks("model = fit(x, depth=6)", "model = fit(x, depth=12)")
    assert [("model = fit(x, depth=6)"[a:b]) for a, b in old] == ["6"]
    assert [("model = fit(x, depth=12)"[a:b]) for a, b in new] == ["12"]
    assert marks("import os", "x = 3 * 4 + 5") == ((), ())
    long_old, long_new = marks("a" * 1000 + "b" + "c" * 1000, "a" * 1000 + "bb" + "c" * 1000)
    assert (long_old, long_new) == ((), ((1001, 1002),))


def test_a_large_diff_is_cut_and_says_by_how_much() -> None:
    found = diff_texts("", "\n".join(map(str, range(3000))))
    assert found is not None
    assert sum(map(len, found.hunks)) == MOST_LINES
    assert (found.added, found.left_out) == (3000, 3000 - MOST_LINES)
    shorter = found.first(10)
    assert sum(map(len, shorter.hunks)) == 10 and shorter.left_out == 2990
    assert found.first(0).hunks == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [("a\nb\n" * 5000, "b\na\n" * 5000), ("\n".join(f"{n % 7}" for n in range(9000)), "\n".join("3" * 9000))],
)
def test_hard_texts_do_not_take_for_ever(old: str, new: str) -> None:
    began = time.process_time()
    diff_texts(old, new)
    assert time.process_time() - began < 20  # seconds; quadratic in the number of lines it would be minutes


def test_a_long_line_is_cut() -> None:
    found = diff_texts("", "x" * 10_000)
    assert found is not None
    assert len(found.hunks[0][0].text) == 2000
    assert isinstance(found.hunks[0][0], Line)


@pytest.mark.parametrize("module", [linediff, tablediff])
def test_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
