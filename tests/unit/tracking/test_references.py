from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbmlops.errors import AmbiguousRun, UnknownReference, UsageError
from nbmlops.tracking.references import resolve
from tests.unit.tracking.tracking_store import TinyStore

NAN = float("nan")


@pytest.fixture(scope="module")
def store() -> TinyStore:
    tiny = TinyStore()
    tiny.run("adam", metrics={"val_acc": 0.9, "loss": 0.3, "odd": 1}, run_id="r00000000000aaaa1")  # 1
    tiny.run("sgd", metrics={"val_acc": 0.99, "loss": 0.1}, status="failed")  # 2
    tiny.run("adam", metrics={"val_acc": 0.95, "loss": NAN, "odd": 3}, run_id="r00000000000bbaa1")  # 3
    tiny.run("adam", metrics={"val_acc": 0.99}, experiment="beer")  # 4
    tiny.run("dropped", fields={"deleted": "true"})  # 5
    tiny.run("max:power")  # 6
    tiny.run("a~1", metrics={"val_acc": NAN})  # 7
    tiny.row("metric_goals", "wine", "odd", "min", 1, "s1", 1)
    return tiny


def numbers(
    store: TinyStore, reference: object, experiment: str | None = "wine", *, deleted: bool = False
) -> list[int]:
    found = resolve(store.con, reference, experiment=experiment, deleted=deleted).run_ids
    by_id = dict(store.con.execute("SELECT run_id, number FROM _nbm.run_heads").fetchall())
    return [by_id[run] for run in found]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        (3, [3]),
        ("3", [3]),
        (" #3 ", [3]),
        ("2..4", [2, 3, 4]),
        ("#4..#2", [4, 3, 2]),
        ("4..6", [4, 6]),
        ("adam", [3]),
        ("adam~0", [3]),
        ("adam~1", [1]),
        ("latest", [7]),
        ("latest~1", [6]),
        ("max:val_acc", [3]),
        ("min:val_acc", [1]),
        ("best:val_acc", [3]),
        ("min:loss", [1]),
        ("best:loss", [1]),
        ("best:odd", [1]),
        ("max:power", [6]),
        ("a~1", [7]),
        ("r00000000000aaaa1", [1]),
        ("R00000000000AAAA1", [1]),
        ("aaaa1", [1]),
        ("bbaa1", [3]),
        (SimpleNamespace(id="r00000000000aaaa1"), [1]),
    ],
)
def test_finds(store: TinyStore, reference: object, expected: list[int]) -> None:
    assert numbers(store, reference) == expected


def test_experiments(store: TinyStore) -> None:
    assert numbers(store, "latest", "beer") == [4]
    assert numbers(store, "adam", "beer") == [4]
    assert numbers(store, "sgd", "beer") == [2]
    assert numbers(store, "adam", None) == [4]
    assert numbers(store, "max:val_acc", None) == [4]


def test_deleted(store: TinyStore) -> None:
    assert numbers(store, 5, deleted=True) == [5]
    assert numbers(store, "dropped", deleted=True) == [5]
    with pytest.raises(UnknownReference, match=r"run #5 was deleted\nhint: ml.restore\(5\)"):
        resolve(store.con, 5)


def test_notes(store: TinyStore) -> None:
    best = resolve(store.con, "best:val_acc", experiment="wine")
    assert best.note == "max val_acc 0.95 of 2 finished runs of experiment wine, guessed from its name"
    assert resolve(store.con, "best:odd", experiment="wine").note == "min odd 1 of 2 finished runs of experiment wine"
    assert resolve(store.con, "adam", experiment="wine").note == "the newest of 2 called adam"
    assert resolve(store.con, "4..6").note == "1 of the numbers 4 to 6 name no run"
    assert resolve(store.con, 3).note == ""


@pytest.mark.parametrize(
    ("reference", "error", "message", "hint"),
    [
        (99, UnknownReference, "no run has the number 99", "from 1 to 7"),
        (-1, UnknownReference, "no run has the number -1", "from 1 to 7"),
        (10**30, UnknownReference, "no run has the number", "from 1 to 7"),
        ("90..99", UnknownReference, "no run has the number 90", "from 1 to 7"),
        ("adm", UnknownReference, "no run is called 'adm'", "close to it: adam"),
        ("zzzzzz", UnknownReference, "no run is called 'zzzzzz'", "names here are"),
        ("adam~2", UnknownReference, "'adam' has 2 runs", "the oldest is adam~1"),
        ("latest~99", UnknownReference, "there are 5 runs in experiment wine, so no latest~99", "beer (1)"),
        ("aa1", UnknownReference, "no run is called 'aa1'", ""),  # three characters of an id are too few
        (
            "max:val_ac",
            UnknownReference,
            "no finished run of experiment wine has a number for 'val_ac'",
            "close to it: val_acc",
        ),
        ("best:lr", UsageError, "which way 'lr' is better is not known", "ml.goal"),
        ("", UsageError, "empty text", "12"),
        (None, UsageError, "NoneType", "12"),
        (True, UsageError, "bool", "12"),
        (1.5, UsageError, "float", "12"),
    ],
)
def test_errors(store: TinyStore, reference: object, error: type[Exception], message: str, hint: str) -> None:
    with pytest.raises(error) as caught:
        resolve(store.con, reference, experiment="wine")
    assert message in caught.value.message  # type: ignore[attr-defined]
    assert hint in caught.value.hint  # type: ignore[attr-defined]


def test_what_was_typed_is_what_is_said(store: TinyStore) -> None:
    for typed in ("latest", "last", "latest~2"):
        with pytest.raises(UnknownReference) as caught:
            resolve(store.con, typed, experiment="nowhere")
        assert caught.value.message == f"there are no runs in experiment nowhere, so no {typed}"
        assert caught.value.hint == (
            "other experiments have runs: wine (5), beer (1); ml.use(experiment='wine') goes there"
        )
    with pytest.raises(UnknownReference) as caught:
        resolve(store.con, "latest~1", experiment="beer")
    assert caught.value.message == "there is 1 run in experiment beer, so no latest~1"


def test_a_name_of_another_experiment_is_found_and_told(store: TinyStore) -> None:
    found = resolve(store.con, "sgd", experiment="beer")
    assert found.note == "found in experiment wine: beer has no run called sgd"
    assert resolve(store.con, "sgd").note == ""
    with pytest.raises(UnknownReference) as caught:
        resolve(store.con, "adam~1", experiment="beer")
    assert caught.value.message == "'adam' has 1 run in experiment beer, so there is no adam~1"
    assert caught.value.hint == "the only one is adam; 2 runs of that name in other experiments"


def test_the_best_of_an_empty_experiment_says_where_runs_are(store: TinyStore) -> None:
    with pytest.raises(UnknownReference) as caught:
        resolve(store.con, "max:val_acc", experiment="nowhere")
    assert caught.value.message == "no finished run of experiment nowhere has a number for 'val_acc'"
    assert "wine (5)" in caught.value.hint


def test_the_end_of_two_ids() -> None:
    store = TinyStore()
    store.run(run_id="r1xxxxab12")
    store.run(run_id="r2xxxxab12")
    with pytest.raises(AmbiguousRun, match="2 ids end in 'ab12': r2xxxxab12, r1xxxxab12"):
        resolve(store.con, "ab12")
    assert resolve(store.con, "r1xxxxab12").run_id == "r1xxxxab12"


def test_one_is_needed(store: TinyStore) -> None:
    with pytest.raises(AmbiguousRun, match="names 3"):
        _ = resolve(store.con, "2..4").run_id


def test_an_empty_store() -> None:
    con = TinyStore().con
    for reference in (1, "1..3", "latest", "adam", "best:loss", "max:loss"):
        with pytest.raises(UnknownReference):
            resolve(con, reference)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reference=st.one_of(
        st.text(max_size=30), st.integers(), st.from_regex(r"(max|min|best)?:?[a-z]*~?[0-9]*", fullmatch=True)
    )
)
def test_any_reference_is_found_or_refused(store: TinyStore, reference: object) -> None:
    try:
        found = resolve(store.con, reference)
    except UsageError as error:
        assert error.message
        return
    assert found.run_ids
