"""The random forest: it sees what single parameters do not show, says how well it foretells, and never fails."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nbmlops.errors import UsageError
from nbmlops.tracking import forest as module
from nbmlops.tracking.axes import Axis
from nbmlops.tracking.forest import forest
from nbmlops.tracking.importance import importance

pytest.importorskip("sklearn", reason="no scikit-learn in this environment")


def test_it_sees_an_interaction_that_single_parameters_do_not_show() -> None:
    rng = np.random.default_rng(0)
    a, b, noise = ([bool(v) for v in rng.random(160) > 0.5] for _ in range(3))
    metric = [float(x != y) + float(rng.normal()) / 10 for x, y in zip(a, b, strict=True)]
    params: dict[str, Any] = {"a": a, "b": b, "noise": noise}
    assert max(each.strength or 0 for each in importance(params, metric)) < 0.1
    told = forest({key: Axis.of(values) for key, values in params.items()}, metric)
    assert list(told.losses)[2] == "noise"
    assert told.losses["b"] > 0.5
    assert abs(told.losses["noise"]) < 0.1
    assert told.r_squared is not None
    assert told.r_squared > 0.5


def test_of_noise_it_knows_nothing_and_says_so() -> None:
    rng = np.random.default_rng(1)
    told = forest({"x": Axis.of(rng.random(60).tolist())}, rng.normal(size=60).tolist())
    assert told.r_squared is not None
    assert told.r_squared < 0.1


def test_it_is_the_same_every_time_and_takes_any_value() -> None:
    values: list[Any] = [0.1, None, "auto", math.nan, math.inf, True, 10**400, "None"] * 5
    columns = {"odd": Axis.of(values), "text": Axis.of(list("abcdefgh") * 5), "none": Axis.of([None] * 40)}
    metric: list[float | None] = [float(i % 8) for i in range(39)] + [None]
    first, second = forest(columns, metric), forest(columns, metric)
    assert first == second
    assert first.runs == 39
    assert set(first.losses) == {"odd", "text"}


def test_few_runs_and_an_equal_metric_have_no_forest() -> None:
    assert "at least 20 runs" in forest({"x": Axis.of([1, 2])}, [1, 2]).why
    assert "the same" in forest({"x": Axis.of([1] * 30)}, [1] * 30).why
    assert "no parameter" in forest({}, list(range(30))).why


def test_without_scikit_learn_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_available", lambda: False)
    with pytest.raises(UsageError, match="needs scikit-learn") as error:
        forest({}, [])
    assert "pip install scikit-learn" in error.value.hint
