from __future__ import annotations

import json
from difflib import SequenceMatcher

import pytest

from nbmlops.tracking.browse.compare_code import MOST_CELLS, Code, match
from nbmlops.ui.plain import plain
from tests.unit.tracking.browse.compared import ComparedStore, pairs


def code(cell: str | None, source: str, count: int = 1) -> Code:
    return Code(f"e-{cell}-{count}", cell, count, source)


def matched(old: list[Code], new: list[Code]) -> list[tuple[str | None, str | None]]:
    return [(a.source if a else None, b.source if b else None) for a, b in match(old, new)]


def test_cells_are_matched_by_their_id() -> None:
    old = [code("a", "load()"), code("b", "fit(1)")]
    new = [code("b", "score()"), code("a", "fit(1)")]
    assert matched(old, new) == [("fit(1)", "score()"), ("load()", "fit(1)")]


def test_a_cell_that_ran_twice_is_matched_in_turn() -> None:
    old = [code("a", "first", 1), code("a", "second", 2)]
    new = [code("a", "first!", 3), code("a", "second!", 4), code("a", "third!", 5)]
    assert matched(old, new) == [("first", "first!"), ("second", "second!"), (None, "third!")]


def test_what_the_ids_leave_is_matched_by_what_it_says() -> None:
    old = [code("a", "x = load('train')\nx = x.dropna()\nfit(x)"), code("b", "import numpy"), code("c", "only_old()")]
    new = [
        code("d", "import numpy"),
        code(None, "x = load('train')\nx = x.fillna(0)\nfit(x)"),
        code("e", "brand_new(1)"),
    ]
    found = matched(old, new)
    assert (old[1].source, new[0].source) in found
    assert (old[0].source, new[1].source) in found
    assert (None, "brand_new(1)") in found
    assert ("only_old()", None) in found
    assert len(found) == 4


def test_no_cells_on_one_side() -> None:
    assert matched([], [code("a", "x")]) == [(None, "x")]
    assert matched([code("a", "x")], []) == [("x", None)]
    assert matched([], []) == []


def test_the_code_of_two_runs(compared_store: ComparedStore) -> None:
    a = compared_store.run("a", source="lr = 1\nfit()", cell="c1")
    b = compared_store.run("b", source="lr = 2\nfit()", cell="c1")
    same = compared_store.run("same", source="lr = 1\nfit()", cell="other")
    (pair,) = pairs(compared_store.look(a, b), "code").pairs
    assert (pair.title, pair.state, pair.said) == ("cell [1] → [2]", "changed", "1 line changed")
    assert pairs(compared_store.look(a, same), "code").pairs[0].state == "equal"


def test_of_many_runs_one_is_chosen(compared_store: ComparedStore) -> None:
    a, b, c = (compared_store.run(name, source=f"{name} = 1") for name in "abc")
    assert pairs(compared_store.look(a, b, c), "code").against == b
    chosen = pairs(compared_store.look(a, b, c, other=c), "code")
    assert chosen.against == c
    assert chosen.pairs[0].diff is not None
    assert [line.text for line in chosen.pairs[0].diff.hunks[0]] == ["a = 1", "c = 1"]


def test_runs_without_cells_have_no_code(compared_store: ComparedStore) -> None:
    a, b = compared_store.run("a"), compared_store.run("b")
    compared_store.con.execute("DELETE FROM _nbm.run_executions")
    assert pairs(compared_store.look(a, b), "code").pairs == ()


def test_a_long_source_comes_whole_from_its_blob(compared_store: ComparedStore) -> None:
    a, b = (compared_store.run(name, source="head", cell="c") for name in "ab")
    for number, run_source in ((1, "head\n" * 99), (2, "head\n" * 98 + "tail")):
        sha256 = compared_store.keep(run_source.encode())
        compared_store.con.execute(
            "UPDATE _nbm.executions_begun SET source_sha256 = ? WHERE execution_id = ?", [sha256, f"e{number}"]
        )
    (pair,) = pairs(compared_store.look(a, b), "code").pairs
    assert pair.diff is not None
    assert [line.text for line in pair.diff.hunks[-1] if line.sign == "+"] == ["tail"]
    for blob in compared_store.folder.iterdir():
        blob.unlink()
    assert pairs(compared_store.look(a, b), "code").pairs[0].state == "equal"  # of what is left, the heads


def test_cells_that_are_not_compared_are_told(compared_store: ComparedStore) -> None:
    a, b = compared_store.run("a"), compared_store.run("b")
    picture = compared_store.look(a, b)
    assert pairs(picture, "code").notes == pairs(picture, "outputs").notes == ()
    begun = [f"more{number:03}" for number in range(MOST_CELLS)]
    compared_store.con.execute(
        """INSERT INTO _nbm.executions_begun
        SELECT replace(b, 'more', 'e-more'), session_id, ns + 1, b,
            executions_begun.* EXCLUDE (execution_id, session_id, ns, cell_id)
        FROM _nbm.executions_begun, (SELECT unnest(?::VARCHAR[]) AS b) WHERE execution_id = 'e2'""",
        [begun],
    )
    compared_store.con.execute(
        "INSERT INTO _nbm.run_executions SELECT ?, replace(unnest(?::VARCHAR[]), 'more', 'e-more')", [b, begun]
    )
    compared_store.output(a, "shown")
    picture = compared_store.look(a, b)
    assert pairs(picture, "code").notes == ("first 200 of 201 cells",)
    assert len(pairs(picture, "code").pairs) == MOST_CELLS
    assert pairs(picture, "outputs").notes == ("outputs of the first 200 of 201 cells",)
    assert "first 200 of 201 cells" in json.dumps(plain(picture.data()))


def test_sources_that_share_few_words_are_not_looked_at_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[None] = []
    monkeypatch.setattr(SequenceMatcher, "ratio", lambda self: looked.append(None) or 1.0)
    old, new = [code("a", "load the data and fit")], [code("b", "plot a few other things")]
    assert (None, new[0].source) in matched(old, new) and not looked
