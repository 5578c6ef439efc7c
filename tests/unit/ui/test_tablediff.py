from __future__ import annotations

import pandas as pd

from nbmlops.ui.tablediff import MOST_ROWS, diff_tables, parse_table


def test_a_frame_as_pandas_shows_it_is_read() -> None:
    frame = pd.DataFrame({"acc": [0.5, 0.25], "<b>": ["x & y", "z"]}, index=["sgd", "adam"])
    table = parse_table(frame._repr_html_())
    assert table == (("", "acc", "<b>"), ("sgd", "0.50", "x & y"), ("adam", "0.25", "z"))


def test_what_is_no_single_table_is_not_read() -> None:
    assert parse_table("<p>text</p>") is None
    assert parse_table("<table><tr><td>1</td></tr><tr><td>2</td></tr></table>" * 2) is None
    assert parse_table("<table><tr><th>only a head</th></tr></table>") is None
    assert parse_table("<table><tr><td colspan='many'>a<tr><td colspan=2>b<td>c") == (("a",), ("b", "", "c"))


def test_rows_are_matched_by_name_and_only_those_that_differ_are_kept() -> None:
    old = (("", "acc", "n"), ("a", "1", "10"), ("b", "2", "10"), ("gone", "3", "10"))
    new = (("", "acc", "n"), ("new", "9", "10"), ("b", "5", "10"), ("a", "1", "10"))
    found = diff_tables(old, new)
    assert found is not None
    assert found.rows == (
        ((None, "new"), (None, "9"), (None, "10")),
        ("b", ("2", "5"), "10"),
        (("gone", None), ("3", None), ("10", None)),
    )
    assert (found.equal_rows, found.said) == (1, "3 rows differ")


def test_rows_without_names_are_matched_by_place() -> None:
    old = (("model", "acc"), ("gbm", "1"), ("gbm", "2"))
    new = (("model", "acc"), ("gbm", "1"), ("gbm", "3"), ("svm", "4"))
    found = diff_tables(old, new)
    assert found is not None
    assert found.rows == (("gbm", ("2", "3")), ((None, "svm"), (None, "4")))


def test_columns_that_only_one_has_are_seen() -> None:
    found = diff_tables((("", "a", "old"), ("x", "1", "2")), (("", "new", "a"), ("x", "7", "1")))
    assert found is not None
    assert found.head == ("", (None, "new"), "a", ("old", None))
    assert found.rows == (("x", (None, "7"), "1", ("2", None)),)


def test_equal_tables_have_no_diff_and_large_ones_are_cut() -> None:
    table = (("", "a"), ("x", "1"))
    assert diff_tables(table, table) is None
    old, new = ((("", "a"), *((str(n), str(n + shift)) for n in range(200))) for shift in (0, 1))
    found = diff_tables(old, new)
    assert found is not None
    assert (len(found.rows), found.left_out, found.said) == (MOST_ROWS, 200 - MOST_ROWS, "200 rows differ")
