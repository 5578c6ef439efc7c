"""While another program holds the file, a question gets its own last answer and never that of another."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import nbmlops as ml
from nbmlops.errors import StoreBusy
from nbmlops.storage.store import Store
from nbmlops.tracking import question, sessions
from nbmlops.tracking.browse.compare import Request
from nbmlops.tracking.comparing import Comparison
from nbmlops.tracking.record import RunRecord
from nbmlops.tracking.tables import RunsTable
from nbmlops.ui.desk import Desk, answer, offers
from tests.unit.tracking.tracking_store import TinyStore


class HeldStore(Store):
    """Reads from a database in memory; ``held`` is another program that has the file."""

    def __init__(self, tiny: TinyStore, folder: Path) -> None:
        super().__init__(folder / "mlops.duckdb")
        self.tiny = tiny
        self.is_held = False

    @contextmanager
    def lease(self, wait: float, *, foreign_wait: float | None = None) -> Iterator[Any]:
        if self.is_held:
            raise StoreBusy("held by another program", "wait")
        self.id = "s"
        yield self.tiny.con


@pytest.fixture
def tiny() -> TinyStore:
    return TinyStore()


@pytest.fixture
def store(tiny: TinyStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HeldStore:
    monkeypatch.setattr("nbmlops.storage.ingest.ingest", lambda *args, **more: None)
    store = HeldStore(tiny, tmp_path)
    monkeypatch.setattr(sessions, "store", lambda: store)
    monkeypatch.setattr("nbmlops.tracking.defaults.experiment", lambda: "wine")
    return store


def test_a_record_is_not_told_what_another_is(tiny: TinyStore, store: HeldStore) -> None:
    a, b = (tiny.run(name, params={"p": name}, metrics={"acc": [0.1, 0.2]}) for name in "ab")
    reader = question.reader(store, "run")
    assert RunRecord(reader, a).name == "a"
    assert len(RunRecord(reader, a).history("acc")) == 2
    store.is_held = True
    assert RunRecord(reader, a).name == "a"
    assert len(RunRecord(reader, a).history("acc")) == 2
    for look in (lambda run: run.name, lambda run: run.params, lambda run: run.history("acc")):
        with pytest.raises(StoreBusy):
            look(RunRecord(reader, b))


def test_a_table_is_not_told_what_one_looked_at_in_another_way_is(tiny: TinyStore, store: HeldStore) -> None:
    tiny.run("a", params={"p": 1, "q": 2}, metrics={"acc": 0.5})
    reader = question.reader(store, "runs")
    str(RunsTable(reader, columns=["param.p"]))
    store.is_held = True
    assert "a" in str(RunsTable(reader, columns=["param.p"]))
    for more in ({"columns": ["param.q"]}, {"metric": "acc"}, {"fold": False}, {"experiment": "other"}):
        with pytest.raises(StoreBusy):
            str(RunsTable(reader, **more))  # type: ignore[arg-type]


def test_a_chart_is_not_that_of_another_metric(tiny: TinyStore, store: HeldStore) -> None:
    runs = [tiny.run(name, metrics={"a": [0.1, level], "b": [3, level]}) for name, level in (("x", 1), ("y", 2))]
    compared = Comparison(question.reader(store, "compare"), Request(tuple(runs)), store.fetch)
    drawn = compared.chart("a").to_dict()
    html = compared._repr_html_()
    store.is_held = True
    assert compared.chart("a").to_dict()["datasets"] == drawn["datasets"]
    assert compared._repr_html_() == html
    with pytest.raises(StoreBusy):
        compared.chart("b")
    with pytest.raises(StoreBusy):
        compared.chart("a", x="time")


def test_a_name_is_not_resolved_as_in_another_experiment(
    tiny: TinyStore, store: HeldStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wine = tiny.run("same", experiment="wine")
    tiny.run("same", experiment="beer")
    assert ml.get("latest").id == wine
    store.is_held = True
    assert ml.get("latest").id == wine
    monkeypatch.setattr("nbmlops.tracking.defaults.experiment", lambda: "beer")
    with pytest.raises(StoreBusy):
        ml.get("latest")


def test_sql_with_other_values_is_another_question(tiny: TinyStore, store: HeldStore) -> None:
    assert ml.sql("SELECT ? AS n", [1])["n"][0] == 1
    store.is_held = True
    assert ml.sql("SELECT ? AS n", [1])["n"][0] == 1
    with pytest.raises(StoreBusy):
        ml.sql("SELECT ? AS n", [2])


def test_two_functions_of_one_name_and_values_that_only_look_equal_are_told_apart() -> None:
    def of(value: Any) -> list[Any]:
        return [lambda con: (con, value), lambda con: value]

    first, second = of(1)
    assert question.name(first) == question.name(of(1)[0])
    assert question.name(first) != question.name(second)
    assert question.name(first) != question.name(of(True)[0])
    assert question.name(first) != question.name(first, "other")
    assert question.name(lambda con: con.nothing) is not None
    assert question.name(of(object())[0]) is None
    assert question.name(of({"a": [1, {2}]})[0]) is None


def test_a_view_that_is_told_from_memory_says_so(tiny: TinyStore, store: HeldStore) -> None:
    a, b = tiny.run("a", metrics={"acc": 1}), tiny.run("b", metrics={"acc": 2})
    views: dict[str, dict[str, Any]] = {
        name: {"run": a}
        for name in offers().views
        if name in ("run", "run/outputs", "run/source", "run/artifacts", "run/packages", "run/sections", "run/params",
                    "run/metrics", "run/note")
    }  # fmt: skip
    views |= {"compare": {"runs": [a, b]}, "media": {"runs": [a]}}
    assert len(views) > 8
    desk = Desk(store, lambda kind, payload: None)
    for is_held in (False, True):
        store.is_held = is_held
        for name, args in views.items():
            found = answer(desk, {"id": 1, "kind": "view", "name": name, "args": args})
            assert found["ok"], (name, found)
            assert ("age_s" in found, found.get("notice")) == (
                (True, "held by another program") if is_held else (False, None)
            ), name


def test_examples() -> None:
    assert doctest.testmod(question).failed == 0
