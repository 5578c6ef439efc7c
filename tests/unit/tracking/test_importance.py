"""The measure of importance: against scipy, its bounds, what must not change it, and what chance gives."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nbmlops.tracking.importance import LEAST_RUNS, Strength, importance

scipy_stats = pytest.importorskip("scipy.stats", reason="no scipy in this environment")
CASES = Path(__file__).parents[2] / "assets" / "importance.json"


def one(values: list[Any], metric: list[Any]) -> Strength:
    return importance({"x": values}, metric)[0]


def by_groups(values: list[Any], metric: list[float]) -> float:
    """Eta squared from scipy's H."""
    groups = [[m for v, m in zip(values, metric, strict=True) if v == value] for value in sorted(set(values))]
    h = scipy_stats.kruskal(*groups).statistic
    return float((h - len(groups) + 1) / (len(metric) - len(groups)))


def test_of_categories_it_is_the_effect_size_of_kruskal_and_wallis() -> None:
    rng = np.random.default_rng(3)
    values = [str(v) for v in rng.choice(["gbm", "mlp", "svm"], 60)]
    metric = [round(float(rng.normal() + (v == "mlp")), 1) for v in values]  # with ties
    found = one(values, metric)
    assert found.strength == pytest.approx(by_groups(values, metric), abs=1e-12)
    assert found.trend is None
    assert found.is_above_chance


def test_of_numbers_it_is_spearmans_where_that_says_more() -> None:
    rng = np.random.default_rng(4)
    values = [float(v) for v in rng.uniform(size=80)]
    metric = [v + float(rng.normal()) / 20 for v in values]
    rho = float(scipy_stats.spearmanr(values, metric).statistic)
    found = one(values, metric)
    assert found.trend == pytest.approx(rho, abs=1e-12)
    assert found.strength == pytest.approx(1 - (1 - rho**2) * 79 / 78, abs=1e-12)


def test_a_best_value_in_the_middle_is_seen() -> None:
    values = [v / 50 for v in range(101)]
    found = one(values, [-((v - 1) ** 2) for v in values])
    assert abs(found.trend or 0) < 0.05
    assert found.strength is not None
    assert found.strength > 0.8


def test_few_different_numbers_are_groups() -> None:
    values: list[Any] = [1e-4, 1e-3, 1e-2] * 8
    metric = [float(v == 1e-3) + i / 1000 for i, v in enumerate(values)]
    assert one(values, metric).strength == pytest.approx(by_groups(values, metric), abs=1e-12)


def test_the_trend_of_numbers_is_seen_even_if_every_run_has_its_own() -> None:
    for runs in range(4, 9):
        found = one(list(range(runs)), list(range(runs)))
        assert (found.strength, found.trend, found.why) == (pytest.approx(1), pytest.approx(1), ""), runs
        assert found.chance is not None
        assert 0 < found.chance <= 1
    assert one([1, 2, 3, 4, 5, 6], [1, 3, 2, 2, 3, 1]).strength == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("values", "metric", "why"),
    [
        ([1, 2, 3], [1, 2, 3], "3 runs with a value"),
        ([None] * 9, list(range(9)), "no runs with a value"),
        ([1, 1, 1, 1], [1, 2, 3, 4], "one value in all of them"),
        ([1, 2, 1, 2], [5, 5, 5, 5], "the metric is the same in all of them"),
        (list("abcdefgh"), list(range(8)), "nearly every run has a value of its own"),
        ([1, 2, 3, 4, 5], [math.nan, math.inf, -math.inf, None, 1], "1 run with a value"),
    ],
)
def test_what_cannot_be_said_says_why(values: list[Any], metric: list[Any], why: str) -> None:
    found = one(values, metric)
    assert (found.strength, found.chance, found.why) == (None, None, why)
    assert not found.is_above_chance


def test_odd_values_are_groups_of_their_own() -> None:
    values: list[Any] = [0.1, "auto", math.nan, True, 10**400, "None"] * 4
    found = one(values, [float(i % 6) for i in range(24)])
    assert found.strength == pytest.approx(1.0)
    assert found.trend is None
    assert found.runs == 24


def test_runs_without_the_parameter_are_left_out_and_counted() -> None:
    values = [1, 1, 2, 2, 3, 3, None, None]
    assert one(values, [1, 1, 2, 2, 3, 3, 99, 99]) == one(values[:6], [1, 1, 2, 2, 3, 3])


def test_the_strongest_come_first_and_what_cannot_be_said_last() -> None:
    params = {"own": list("abcdefgh"), "noise": [1, 2] * 4, "lr": [1, 2, 3, 4, 5, 6, 7, 8]}
    assert [each.key for each in importance(params, list(range(8)))] == ["lr", "noise", "own"]
    assert importance({}, []) == []


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.sampled_from(["a", "b", "auto", "NaN", ""])
)
columns = st.integers(0, 40).flatmap(
    lambda n: st.tuples(
        st.lists(cells, min_size=n, max_size=n),
        st.lists(st.one_of(st.none(), st.floats()), min_size=n, max_size=n),
    )
)


@settings(max_examples=150, deadline=None)
@given(columns)
def test_it_is_a_share_or_says_why(drawn: tuple[list[Any], list[Any]]) -> None:
    found = one(*drawn)
    assert 0 <= found.runs <= len(drawn[0])
    if found.strength is None:
        assert found.why
    else:
        assert found.runs >= LEAST_RUNS
        assert 0 <= found.strength <= 1
        assert found.chance is not None
        assert 0 <= found.chance <= 1
        assert found.trend is None or -1 - 1e-9 <= found.trend <= 1 + 1e-9


numbers = st.lists(st.tuples(st.sampled_from([0.001, 0.01, 0.1, 1.0]), st.integers(-50, 50)), min_size=8, max_size=40)


@settings(max_examples=100, deadline=None)
@given(numbers, st.randoms(use_true_random=False))
def test_order_units_and_direction_do_not_change_it(drawn: list[tuple[float, int]], random: Any) -> None:
    values, metric = [v for v, _ in drawn], [float(m) for _, m in drawn]
    found = one(values, metric)
    assume(found.strength is not None)
    shuffled = list(drawn)
    random.shuffle(shuffled)
    for other in (
        one([v for v, _ in shuffled], [float(m) for _, m in shuffled]),
        one([math.log(v) for v in values], metric),
        one([-v for v in values], metric),
        one(values, [3 * m + 7 for m in metric]),
        one(values, [m**3 for m in metric]),
        one(values, [-m for m in metric]),
    ):
        assert other.strength == pytest.approx(found.strength, abs=1e-9)
        assert other.chance == pytest.approx(found.chance, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-9, 9)), min_size=8, max_size=40))
def test_names_of_categories_mean_nothing(drawn: list[tuple[str, int]]) -> None:
    metric = [float(m) for _, m in drawn]
    found = one([v for v, _ in drawn], metric)
    renamed = one([{"a": "zebra", "b": "ant", "c": "mule"}[v] for v, _ in drawn], metric)
    assert renamed.strength == pytest.approx(found.strength, abs=1e-9)


@pytest.mark.parametrize("runs", [8, 20, 100])
def test_what_does_nothing_passes_the_line_of_chance_in_one_case_of_twenty_at_most(runs: int) -> None:
    rng = np.random.default_rng(runs)
    passed, asked = 0, 0
    for _ in range(250):
        params: dict[str, list[Any]] = {
            "uniform": rng.random(runs).tolist(),
            "grid": rng.choice([1e-3, 1e-2, 1e-1], runs).tolist(),
            "name": rng.choice(list("abcd"), runs).tolist(),
            "flag": [bool(v) for v in rng.random(runs) > 0.5],
        }
        found = [each for each in importance(params, rng.normal(size=runs).tolist()) if each.strength is not None]
        asked += len(found)
        passed += sum(each.is_above_chance for each in found)
    assert passed / asked < 0.065
    if runs == 100:
        assert passed / asked > 0.02  # a line that nothing passes would say nothing


def cases() -> dict[str, Any]:
    """Columns that the browser's copy of the measure is held against too; NaN travels as text."""
    found: dict[str, Any] = json.loads(CASES.read_text())
    return found


def real(value: Any) -> Any:
    return {"NaN": math.nan, "Infinity": math.inf}.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("name", sorted(cases()))
def test_the_shared_cases(name: str) -> None:
    case = cases()[name]
    found = one([real(v) for v in case["values"]], [real(v) for v in case["metric"]])
    wanted = case["found"]
    assert (found.runs, found.why) == (wanted["runs"], wanted["why"])
    for field in ("strength", "chance", "trend"):
        if wanted[field] is None:
            assert getattr(found, field) is None
        else:
            assert getattr(found, field) == pytest.approx(wanted[field], abs=1e-9)
