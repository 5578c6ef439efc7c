from __future__ import annotations

import json
from typing import Any

import pytest

from nbmlops.errors import MLError, UnknownReference, UsageError
from nbmlops.tracking import actions
from nbmlops.tracking.browse.compare import MOST_RUNS, Request
from nbmlops.ui import desk
from nbmlops.ui.absent import ABSENT, UNKNOWN
from nbmlops.ui.plain import plain
from nbmlops.ui.sections import Compared, Embedded, Offer, Row, Rows
from tests.unit.tracking.browse.compared import ComparedStore, keys, rows

NAN = float("nan")


def test_rows_of_two_runs(compared_store: ComparedStore) -> None:
    store = compared_store
    sgd = store.run("sgd", params={"lr": 0.003, "depth": 6}, metrics={"acc": 0.958, "loss": [1, 0.113]}, tags={"a": ""})
    adam = store.run("adam", params={"lr": 0.01, "depth": 6, "beta": 0.9}, metrics={"acc": 0.972, "loss": [1, 0.081]})
    picture = store.look(sgd, adam)
    assert [run["name"] for run in picture.runs] == ["sgd", "adam"]
    acc, loss = rows(picture, "metrics").differing
    assert (acc.key, acc.values, acc.deltas[0]) == ("acc", (0.958, 0.972), None)
    assert acc.deltas[1] is not None and acc.deltas[1]["is_better"] is True
    assert loss.deltas[1] == {"value": pytest.approx(-0.032), "is_better": True}
    assert keys(picture, "parameters") == ["lr", "beta"]
    assert [row.key for row in rows(picture, "parameters").equal] == ["depth"]
    assert rows(picture, "parameters").differing[1].values == (ABSENT, 0.9)
    assert keys(picture, "run") == ["tag a"]
    curves = next(section for section in picture.sections if isinstance(section, Embedded))
    assert (curves.view, curves.args) == ("curves", {"runs": [sgd, adam], "metrics": ["loss"]})


def test_sections_stand_in_the_order_of_what_people_look_at(compared_store: ComparedStore) -> None:
    a = compared_store.run("a", params={"lr": 1}, metrics={"loss": [2, 1], "system/cpu": 50})
    b = compared_store.run("b", params={"lr": 2}, metrics={"loss": [2, 3], "system/cpu": 80}, source="other()")
    names = [section.name for section in compared_store.look(a, b).sections]
    assert names == ["metrics", "curves", "system", "parameters", "run", "code"]


def test_the_pinned_baseline_is_the_reference_unless_another_is_asked_for(compared_store: ComparedStore) -> None:
    a, b, c = (compared_store.run(name, metrics={"acc": 0.9}) for name in "abc")
    compared_store.pin(b)
    picture = compared_store.look(a, b, c)
    assert picture.compared.ids == [b, a, c]
    assert [run["is_baseline"] for run in picture.runs] == [True, False, False]
    assert picture.compared.other == a
    assert compared_store.look(a, b, c, reference=c).compared.ids == [c, a, b]
    assert compared_store.look(a, b, c, reference="nobody", other=c).compared.other == c
    assert compared_store.look(a, b, c, other=b).compared.other == a


def test_one_run_is_compared_with_the_baseline_else_the_one_before(compared_store: ComparedStore) -> None:
    first = compared_store.run("first")
    assert compared_store.look(first).notes == ("there is no other run in this experiment to compare with",)
    second, third = compared_store.run("second"), compared_store.run("third")
    compared_store.run("elsewhere", experiment="beer")
    assert compared_store.look(third).compared.ids == [second, third]
    assert compared_store.look(first).compared.ids == [second, first]
    compared_store.pin(first)
    assert compared_store.look(third).compared.ids == [first, third]
    assert compared_store.look(first).compared.ids == [first, second]


def test_the_best_of_many_is_marked_by_the_goal(compared_store: ComparedStore) -> None:
    ids = [compared_store.run(str(n), metrics={"acc": acc, "loss": NAN, "epoch": n}) for n, acc in enumerate((1, 3, 2))]
    by_key = {row.key: row for row in rows(compared_store.look(*ids), "metrics").rows}
    assert by_key["acc"].best == 1
    assert by_key["epoch"].best is None
    assert by_key["loss"].best is None and by_key["loss"].is_equal
    assert rows(compared_store.look(*ids[:2]), "metrics").rows[0].best is None


def test_guessed_goals_are_named(compared_store: ComparedStore) -> None:
    keys = ("epoch", "a_acc", "b_acc", "c_acc", "d_acc")
    one = [compared_store.run(str(n), metrics={"acc": n, "epoch": n}) for n in range(2)]
    many = [compared_store.run(str(n), metrics=dict.fromkeys(keys, n)) for n in range(2)]
    said = "better and worse are guessed from the name{}: ml.goal(...) says it"
    assert rows(compared_store.look(*one), "metrics").notes == (said.format(" acc"),)
    assert rows(compared_store.look(*many), "metrics").notes == (said.format("s a_acc, b_acc, c_acc and 1 more"),)


def test_structures_are_shown_by_what_differs_in_them(compared_store: ComparedStore) -> None:
    deep = {"opt": {"name": "adam", "betas": [0.9, 0.99]}, "aug": ["flip"]}
    other = {"opt": {"name": "adam", "betas": [0.9, 0.999], "eps": 1}, "aug": ["flip"]}
    long_list = [{"units": n, "activation": "relu", "name": f"layer {n}"} for n in range(4)]
    changed = [*long_list[:2], {**long_list[2], "activation": "gelu"}, long_list[3]]
    a = compared_store.run("a", params={"config": deep, "layers": long_list, "grid": [1, 2]})
    b = compared_store.run("b", params={"config": other, "layers": changed, "grid": [1, 3]})
    found = {row.key: row.values for row in rows(compared_store.look(a, b), "parameters").differing}
    assert found == {
        "config.opt.betas": ([0.9, 0.99], [0.9, 0.999]),
        "config.opt.eps": (ABSENT, 1),
        "layers[2].activation": ("relu", "gelu"),
        "grid": ([1, 2], [1, 3]),
    }


def test_packages_changed_added_removed_and_of_whom_nothing_is_known(compared_store: ComparedStore) -> None:
    a, b, c = (compared_store.run(name) for name in "abc")
    compared_store.environment(a, "e1", {"numpy": "1.0", "old": "1", "same": "2"})
    compared_store.environment(b, "e2", {"numpy": "2.0", "new": "1", "same": "2"}, python="3.12.0")
    picture = compared_store.look(a, b)
    found = {row.key: (row.state, row.texts()) for row in rows(picture, "packages").differing}
    assert found == {
        "new": ("added", [None, "1"]),
        "numpy": ("changed", ["1.0", "2.0"]),
        "old": ("removed", ["1", None]),
    }
    assert keys(picture, "environment") == ["python"]
    with_c = rows(compared_store.look(a, c), "packages")
    assert with_c.differing == ()
    assert with_c.rows[0].values[1] is UNKNOWN
    assert with_c.notes == ("not known of #3 c",)


def test_git_and_other_surroundings(compared_store: ComparedStore) -> None:
    a = compared_store.run("a", fields={"git_sha": "a" * 40, "git_dirty": "false"})
    b = compared_store.run("b", fields={"git_sha": "b" * 40, "git_dirty": "true"})
    for run, name in ((a, "e1"), (b, "e1")):
        compared_store.environment(run, name, {})
    (commit,) = rows(compared_store.look(a, b), "environment").differing
    assert commit.texts() == ["aaaaaaaaaa", "bbbbbbbbbb (dirty)"]
    assert {"SEED", "processors"} <= {row.key for row in rows(compared_store.look(a, b), "environment").equal}


def test_runs_that_are_gone_are_told_and_none_is_an_error(compared_store: ComparedStore) -> None:
    a, b = compared_store.run("a"), compared_store.run("b")
    assert compared_store.look(a, "gone", b).notes == (
        "1 of the runs is not in the store: forgotten, or of another one",
    )
    with pytest.raises(UnknownReference, match="none of these runs"):
        compared_store.look("gone", "too")


def test_of_very_many_runs_the_first_are_compared(compared_store: ComparedStore) -> None:
    ids = [compared_store.run(str(n), metrics={"acc": n}) for n in range(MOST_RUNS + 3)]
    picture = compared_store.look(*ids)
    assert len(picture.runs) == MOST_RUNS
    assert picture.notes == (f"first {MOST_RUNS} of {MOST_RUNS + 3} runs",)


def test_rows_beyond_the_first_are_sent_when_they_are_asked_for(compared_store: ComparedStore) -> None:
    a, b = (compared_store.run(str(n), params={f"p{k:04d}": n for k in range(700)}) for n in range(2))
    first = _section(compared_store.look(a, b).data(), "parameters")
    assert (len(first["rows"]), first["differing"]) == (200, 700)
    whole = _section(compared_store.look(a, b, whole=("parameters",)).data(), "parameters")
    assert len(whole["rows"]) == 700


def test_disjoint_keys_nan_and_text_that_is_markup(compared_store: ComparedStore) -> None:
    a = compared_store.run("<script>alert(1)</script>", params={"<b>": "</td>"}, metrics={"a": NAN, "b": float("inf")})
    b = compared_store.run(None, params={"x": None}, metrics={"c": 1}, fields={"note": "<img src=x onerror=alert(1)>"})
    data = plain(compared_store.look(a, b).data())
    json.dumps(data, allow_nan=False)
    found = {row["key"]: row["cells"] for row in _section(data, "metrics")["rows"]}
    assert found == {"a": ["NaN", None], "b": ["Infinity", None], "c": [None, 1]}
    assert {row["key"]: row["cells"] for row in _section(data, "parameters")["rows"]} == {
        "<b>": ["</td>", None], "x": [None, "None"],
    }  # fmt: skip


def _section(data: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(section for section in data["sections"] if section["name"] == name)
    return found


@pytest.mark.parametrize(
    "args",
    [{}, {"runs": []}, {"runs": "abc"}, {"runs": [1]}, {"runs": ["a"], "other": 3}, {"runs": ["a"], "whole": "x"},
     {"runs": ["a"], "reference": {"id": 1}}, {"runs": ["x" * 200]}],
)  # fmt: skip
def test_what_a_browser_sends_is_checked(args: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        Request.of(args)
    assert caught.value.hint


def test_a_request_says_what_is_asked_to_get_the_same() -> None:
    asked = {"runs": ["a", "b"], "reference": "b", "whole": ["parameters"]}
    assert plain(Request.of(asked).args()) == asked


def test_a_capability_joins_with_sections_of_its_own(
    compared_store: ComparedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def read(con: Any, compared: Compared) -> str:
        return str(con.execute("SELECT max(number) FROM _nbm.run_numbers").fetchone()[0])

    def draw(found: str, compared: Compared) -> tuple[Rows, ...]:
        seen.extend(compared.ids)
        versions = Rows(name="data", title="data", rank=60, noun="inputs", rows=(Row("train", ("v1", f"v{found}")),))
        return (versions, Rows(name="nothing", title="nothing", rank=1))

    monkeypatch.setattr(actions, "SECTIONS", (*actions.SECTIONS, Offer(read, draw)))
    desk.offers.cache_clear()
    try:
        a, b = compared_store.run("a", params={"lr": 1}), compared_store.run("b", params={"lr": 2}, source="x")
        picture = compared_store.look(a, b)
    finally:
        monkeypatch.undo()
        desk.offers.cache_clear()
    names = [section.name for section in picture.sections]
    assert names.index("code") < names.index("data")
    assert "nothing" not in names
    assert seen == [a, b]
    assert rows(picture, "data").differing[0].values == ("v1", "v2")


def test_a_section_of_another_capability_that_fails_does_not_take_the_others_away(
    compared_store: ComparedStore,
) -> None:
    def read(con: Any, compared: Compared) -> None:
        raise MLError("the index is broken", "rebuild it")

    a, b = compared_store.run("a", params={"lr": 1}), compared_store.run("b", params={"lr": 2})
    offers = (*actions.SECTIONS, Offer(read, lambda found, compared: ()))
    picture = compared_store.look(a, b, offers=offers)
    assert keys(picture, "parameters") == ["lr"]
    assert picture.notes == ("a part is missing: the index is broken; rebuild it",)
