from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

from nbmlops.ui.sections import Pair
from tests.unit.tracking.browse.compared import ComparedStore, pairs, rows

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def two(compared_store: ComparedStore) -> tuple[str, str]:
    return compared_store.run("a", cell="c"), compared_store.run("b", cell="c")


def only(store: ComparedStore, two: tuple[str, str]) -> Pair:
    (pair,) = pairs(store.look(*two), "outputs").pairs
    return pair


def test_streams_are_put_together_and_compared_line_by_line(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run, word in zip(two, ("slow", "fast"), strict=True):
        for seq, text in enumerate((f"\x1b[31mepoch 1\x1b[0m {word}\n", "done\n")):
            compared_store.output(run, text, kind="stream", name="stdout", seq=seq)
    pair = only(compared_store, two)
    assert (pair.title, pair.kind, pair.state, pair.said) == ("stdout of cell [2]", "text", "changed", "1 line changed")
    assert pair.diff is not None
    assert [line.text for line in pair.diff.hunks[0]] == ["epoch 1 slow", "epoch 1 fast", "done"]


def test_addresses_of_objects_are_no_difference(compared_store: ComparedStore, two: tuple[str, str]) -> None:
    for run, address in zip(two, ("0x7f1234567890", "0x7fabcdefabcd"), strict=True):
        compared_store.output(run, f"[<matplotlib.lines.Line2D at {address}>]", kind="result")
    assert only(compared_store, two).state == "equal"


def test_figures_are_asked_for_by_both_sides(compared_store: ComparedStore, two: tuple[str, str]) -> None:
    for run, content in zip(two, (PNG + b"1", PNG + b"2"), strict=True):
        compared_store.output(run, content, mime="image/png", seq=3)
    pair = only(compared_store, two)
    assert (pair.title, pair.kind, pair.state) == ("figure of cell [2]", "image", "changed")
    assert pair.old is not None and pair.old.ask == (
        "run/output", {"run": two[0], "execution": "e1", "seq": 3, "mime": "image/png"},
    )  # fmt: skip
    assert pair.data(10)["new"]["ask"][1]["run"] == two[1]
    compared_store.output(two[0], "cleared", is_cleared=True, seq=9)
    only(compared_store, two)


def test_the_same_figure_is_equal_and_one_that_only_one_run_has_is_said(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run in two:
        compared_store.output(run, PNG, mime="image/png")
    compared_store.output(two[1], PNG + b"new", mime="image/png", seq=1)
    first, second = pairs(compared_store.look(*two), "outputs").pairs
    assert first.state == "equal"
    assert (second.state, second.said, second.old) == ("added", "only in this run", None)


def frame(value: float) -> Any:
    return pd.DataFrame({"model": ["gbm", "svm"], "acc": [0.5, value]})


def test_tables_become_one(compared_store: ComparedStore, two: tuple[str, str]) -> None:
    for run, value in zip(two, (0.25, 0.75), strict=True):
        compared_store.output(run, frame(value)._repr_html_(), mime="text/html", kind="result")
    pair = only(compared_store, two)
    assert (pair.kind, pair.said) == ("table", "1 row differs")
    assert pair.table is not None
    assert pair.table.rows == (("1", "svm", ("0.25", "0.75")),)
    assert pair.data(10)["table"] == {
        "head": ["", "model", "acc"], "rows": [["1", "svm", ["0.25", "0.75"]]], "equals": 1, "left_out": 0,
    }  # fmt: skip


def test_logged_tables_texts_and_other_entries(compared_store: ComparedStore, two: tuple[str, str]) -> None:
    for run, value in zip(two, (0.25, 0.75), strict=True):
        content = io.BytesIO()
        frame(value).to_parquet(content)
        compared_store.entry(run, "scores", content.getvalue(), "table", "application/vnd.apache.parquet")
        compared_store.entry(run, "answer", f"it is {value}", "text", "text/plain", step=1)
        compared_store.entry(run, "answer", "an older one", "text", "text/plain", step=0)
        compared_store.entry(run, "sound", b"RIFF" * int(value * 4), "audio", "audio/wav")
        compared_store.entry(run, "page", f"<p>{value}</p>", "html", "text/html")
    found = {pair.title: pair for pair in pairs(compared_store.look(*two), "outputs").pairs}
    assert found["scores"].table is not None and found["scores"].table.rows[0][-1] == ("0.25", "0.75")
    assert found["answer"].diff is not None and found["answer"].diff.hunks[0][0].text == "it is 0.25"
    assert (found["sound"].kind, found["sound"].said) == ("other", "4 B → 12 B")
    assert found["page"].kind == "html"
    assert found["page"].old is not None and found["page"].old.ask == (
        "media/content", {"places": [[two[0], "page", 0.0]]},
    )  # fmt: skip


def test_a_large_text_whose_blob_is_gone_is_compared_by_its_head(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run, word in zip(two, ("x", "y"), strict=True):
        compared_store.output(run, f"{word}\n".encode() * 10, kind="stream", name="stdout")
    assert only(compared_store, two).said == "10 lines changed"
    for blob in compared_store.folder.iterdir():
        blob.unlink()
    pair = only(compared_store, two)
    assert (pair.state, pair.said) == ("changed", "the whole is gone, only the head of it was compared")


def test_files_are_rows_of_all_runs(compared_store: ComparedStore) -> None:
    a, b, c = (compared_store.run(name) for name in "abc")
    for run in (a, b):
        compared_store.file(run, "same.txt", b"same")
        compared_store.file(run, "model.pkl", run.encode())
    section = rows(compared_store.look(a, b, c), "files")
    assert [row.key for row in section.differing] == ["model.pkl", "same.txt"]
    assert [row.key for row in rows(compared_store.look(a, b), "files").differing] == ["model.pkl"]
    assert section.differing[0].texts()[2] is None


def test_texts_that_differ_behind_what_is_compared_are_not_equal(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run, end in zip(two, (b"1", b"2"), strict=True):
        compared_store.output(run, b"same\n" * 90_000 + end, kind="stream", name="stdout")
    pair = only(compared_store, two)
    assert (pair.state, pair.said) == ("changed", "only the first 400 kB were compared")


def test_what_differs_before_and_what_was_not_compared_are_both_said(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run, head in zip(two, (b"a\n", b"b\n"), strict=True):
        compared_store.output(run, head + b"same\n" * 90_000, kind="stream", name="stdout")
    assert only(compared_store, two).said == "1 line changed; only the first 400 kB were compared"


def test_a_large_text_that_differs_only_in_an_address_is_equal(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run, address in zip(two, (b"0x7f1234567890", b"0x7fabcdefabcd"), strict=True):
        compared_store.output(run, b"<Line2D at " + address + b">", kind="result")
    assert only(compared_store, two).state == "equal"


def test_tables_that_differ_behind_what_is_compared_are_not_equal(
    compared_store: ComparedStore, two: tuple[str, str]
) -> None:
    for run, last in zip(two, (1, 2), strict=True):
        buffer = io.BytesIO()
        pd.DataFrame({"a": [0] * 100 + [last]}).to_parquet(buffer)
        compared_store.entry(run, "top", buffer.getvalue(), "table", "application/vnd.apache.parquet")
    pair = only(compared_store, two)
    assert (pair.state, pair.said) == ("changed", "only 50 of 101 rows and 1 of 1 columns were compared")
    assert pair.data(10)["state"] == "changed"
