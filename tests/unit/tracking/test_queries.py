from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbmlops.tracking import queries
from nbmlops.tracking.record import reading
from tests.benchmarks.many_runs import create_schema, fill
from tests.unit.tracking.tracking_store import START_NS, TinyStore

NAN = float("nan")


@pytest.fixture
def store() -> TinyStore:
    return TinyStore()


def page(store: TinyStore, text: str = "", **options: object) -> queries.Page:
    return queries.runs_page(store.con, queries.compiled(store.con, text), **options)  # type: ignore[arg-type]


def test_known_names(store: TinyStore) -> None:
    store.run(params={"lr": 1}, metrics={"loss": 1}, tags={"best": ""})
    known = queries.known_names(store.con)
    assert (known.params, known.metrics, known.tags) == ({"lr"}, {"loss"}, {"best"})


def test_rows_hold_every_public_field_but_the_attempt(store: TinyStore) -> None:
    store.run("adam", fields={"note": "fine", "git_sha": "abc", "git_dirty": "true"}, seed=3)
    row = page(store).rows[0]
    expected = queries.rows(store.con, "SELECT * EXCLUDE (attempt, ordinal) FROM runs", {})[0]
    assert row == expected


def test_deleted_runs_and_other_experiments_are_left_out(store: TinyStore) -> None:
    kept = store.run()
    store.run(fields={"deleted": "true"})
    other = store.run(experiment="beer")
    assert page(store).ids == [other, kept]
    assert page(store, experiment="wine").ids == [kept]
    assert page(store, "limit 1").ids == [other]
    assert page(store, fold=True).total == 2


@pytest.mark.parametrize("fold", [False, True])
def test_pages_together_are_everything_once(store: TinyStore, fold: bool) -> None:
    for index in range(11):
        store.run(params={"lr": index})
    pages = [page(store, limit=4, offset=offset, fold=fold) for offset in (0, 4, 8, 12)]
    assert [len(one.rows) for one in pages] == [4, 4, 3, 0]
    assert {one.total for one in pages} == {11}
    assert [row["number"] for one in pages for row in one.rows] == list(range(11, 0, -1))


def test_the_limit_of_the_filter_goes_over_pages(store: TinyStore) -> None:
    for index in range(9):
        store.run(params={"lr": index})
    for fold in (False, True):
        first = page(store, "lr >= 0 limit 5", limit=4, fold=fold)
        second = page(store, "lr >= 0 limit 5", limit=4, offset=4, fold=fold)
        assert (len(first.rows), len(second.rows), first.total, second.total) == (4, 1, 5, 5)


runs = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["c1", "c2", None]), st.sampled_from([0, 1]), st.booleans()),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=runs)
def test_folding_agrees_with_the_attempts_of_the_public_view(runs: list[tuple[str, str, int, bool]]) -> None:
    store = TinyStore()
    for source, cell, lr, is_rewritten in runs:
        run = store.run(params={"lr": 9 if is_rewritten else lr}, source=source, cell=cell)
        if is_rewritten:
            store.row("params", run, "lr", str(lr), lr, "log", 2**62, "s1", 5)
    found = page(store, fold=True)
    attempt = dict(store.con.execute("SELECT run_id, attempt FROM runs").fetchall())
    groups = found.attempts.values()
    assert sorted(run for group in groups for run in group) == sorted(attempt)
    for leader, group in found.attempts.items():
        assert leader == group[0] == max(group)
        assert [attempt[run] for run in reversed(group)] == list(range(1, len(group) + 1))
    assert found.total == len(found.rows) == sum(1 for number in attempt.values() if number == 1)


def test_folded_rows_keep_the_order_of_the_filter(store: TinyStore) -> None:
    for lr in (1, 2, 1, 3, 2):
        store.run(params={"lr": lr})
    assert [row["number"] for row in page(store, "order by lr", fold=True).rows] == [3, 5, 4]
    assert [row["number"] for row in page(store, "order by lr desc", fold=True, limit=1, offset=1).rows] == [5]


def test_params_metrics_and_tags_are_the_newest(store: TinyStore) -> None:
    run = store.run(
        params={"lr": 0.1, "n": 3, "on": True, "name": "x", "opts": {"a": [1]}, "none": None, "bad": NAN, "big": "3"},
        metrics={"loss": [3, 1, 2], "nan": [1, NAN]},
        tags={"team": "a", "gone": "b"},
    )
    store.row("params", run, "big", '"9007199254740993"', 9007199254740993.0, "log", 2**62, "s1", 1)
    store.row("tags", run, "gone", None, 2**62, "s1", 1)
    store.row("metric_partials", run, "loss", 2, 1, NAN, 4, 2**62, 0.5, 0.5, 0.5)
    params = queries.params_of(store.con, [run])[run]
    assert math.isnan(params.pop("bad"))  # type: ignore[arg-type]
    assert params == {
        "lr": 0.1, "n": 3, "on": True, "name": "x", "opts": {"a": [1]}, "none": None, "big": 9007199254740993
    }  # fmt: skip
    metrics = queries.metrics_of(store.con, [run])[run]
    loss = metrics["loss"]
    assert math.isnan(loss.last)
    assert (loss.count, loss.last_step, loss.min, loss.max, loss.mean, loss.non_finite) == (5, 4, 0.5, 3, 6.5 / 4, 1)
    assert math.isnan(metrics["nan"].last)
    assert (metrics["nan"].min, metrics["nan"].max, metrics["nan"].mean) == (1, 1, 1)
    assert queries.tags_of(store.con, [run])[run] == {"team": "a"}


def test_many_ids_and_none(store: TinyStore) -> None:
    ids = [store.run(params={"lr": index}) for index in range(30)]
    asked = ids[20:] + ids[:5]
    assert [row["run_id"] for row in queries.heads(store.con, asked)] == asked
    assert list(queries.params_of(store.con, asked)) == asked
    assert queries.heads(store.con, []) == []
    assert queries.params_of(store.con, []) == {}


def test_goals(store: TinyStore) -> None:
    for index, (experiment, key, goal) in enumerate(
        [("wine", "a", "min"), ("wine", "a", "max"), ("wine", "b", "min"), ("beer", "b", "max")]
    ):
        store.row("metric_goals", experiment, key, goal, index, "s1", index)
    assert queries.goals_of(store.con, ["wine"]) == {"a": "max", "b": "min"}
    assert queries.goals_of(store.con, ["wine", "beer"]) == {"a": "max"}


def test_sparks(store: TinyStore) -> None:
    long = store.run(metrics={"loss": [float(i) for i in range(1000)]})
    short = store.run(metrics={"loss": [1, NAN, 3]})
    store.run(metrics={"acc": [1, 2]})
    found = queries.sparks(store.con, page(store).ids, "loss", points=10)
    assert set(found) == {long, short}
    assert len(found[long]) == 10
    assert found[long] == sorted(found[long])
    assert found[long][-1] == 999
    assert [str(value) for value in found[short]] == ["1.0", "nan", "3.0"]


def test_history_and_curve(store: TinyStore) -> None:
    run = store.run(metrics={"loss": [3, NAN, 1]})
    store.con.execute(
        "INSERT INTO _nbm.metrics SELECT ?, 'late', 10 - i, i, make_timestamp(i) FROM range(5) t(i)", [run]
    )
    assert reading.history(store.con, run, "loss")["step"].tolist() == [0, 1, 2]
    everything = reading.history(store.con, run, None)
    assert list(everything.columns) == ["key", "step", "value", "logged_at"]
    assert everything["key"].tolist() == ["late"] * 5 + ["loss"] * 3
    steps, values = reading.curve(store.con, run, "late", 100)
    assert (steps.tolist(), values.tolist()) == ([6, 7, 8, 9, 10], [4, 3, 2, 1, 0])
    seconds, _ = reading.curve(store.con, run, "loss", 100, x="logged_at")
    assert seconds[0] == 0
    np.testing.assert_allclose(np.diff(seconds), 1e-6, rtol=0.5)
    assert len(reading.curve(store.con, run, "nothing", 100)[0]) == 0


def test_a_long_curve_is_down_sampled(store: TinyStore) -> None:
    values = np.sin(np.arange(5000) / 50)
    values[1234] = 7
    run = store.run(metrics={"loss": values.tolist()})
    steps, kept = reading.curve(store.con, run, "loss", 100)
    assert len(kept) <= 100
    assert steps[kept == 7].tolist() == [1234]


def test_cells_outputs_files_and_surroundings(store: TinyStore) -> None:
    parent = store.run("parent", source="one()")
    child = store.run("child")
    store.con.execute("UPDATE _nbm.runs_begun SET parent_run_id = ? WHERE run_id = ?", [parent, child])
    store.row("executions_begun", "later", "s1", START_NS * 2, "c9", "lab", "two()", "d", None, [], None, None)
    store.row("run_executions", parent, "later")
    store.row(
        "outputs", "later", parent, 0, "stream", "stdout", "text/plain", "second", None, 6, *[False] * 3, 0, None, 1, 1
    )
    store.row("outputs", "e1", parent, 0, "stream", "stdout", "text/plain", "old", None, 3, *[False] * 3, 0, None, 1, 1)
    store.row(
        "outputs", "e1", parent, 0, "stream", "stdout", "text/plain", "first", None, 5, *[False] * 3, 0, None, 2, 2
    )
    store.row("artifacts", parent, "model/a.bin", "ab", 2, "x/y", 1, "s1", 1)
    store.row("series", parent, "note", 1.0, "text", "hello", None, "text/plain", 5, None)
    assert [row["source"] for row in reading.cells(store.con, parent)] == ["one()", "two()"]
    assert [row["text"] for row in reading.outputs(store.con, parent)] == ["first", "second"]
    assert [row["path"] for row in reading.artifacts(store.con, parent)] == ["model/a.bin"]
    assert reading.children(store.con, parent) == [child]
    assert reading.series_keys(store.con, parent) == ["note"]
    assert reading.series(store.con, parent, "note")[0]["text"] == "hello"
    assert reading.environment(store.con, "nothing") is None


def test_attempts_of_one_run(store: TinyStore) -> None:
    first = store.run(params={"lr": 1})
    store.run(params={"lr": 2})
    third = store.run(params={"lr": 1})
    head = queries.heads(store.con, [first])[0]
    assert reading.attempts(store.con, head) == [first, third]


def test_the_filled_store_of_the_benchmarks(store: TinyStore) -> None:
    import duckdb

    con = duckdb.connect()
    create_schema(con)
    fill(con, 60, params=4, metrics=3, points=10)
    everything = queries.compiled(con, "experiment = wine and param_1 >= 0 order by metric_1")
    found = queries.runs_page(con, everything, limit=50)
    assert (len(found.rows), found.total) == (50, 60)
    lasts = [queries.metrics_of(con, [run])[run]["metric_1"].last for run in found.ids]
    assert lasts == sorted(lasts)
    assert len(reading.history(con, found.ids[0], None)) == 30
