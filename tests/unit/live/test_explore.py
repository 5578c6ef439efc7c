"""The exploration of runs as they are recorded: values come back as they were, whatever their kind."""

from __future__ import annotations

import math

import nbmlops as ml
from nbmlops.tracking.desk import here
from nbmlops.ui.desk import answer
from tests.unit.live.conftest import Live

VALUES = (True, False, 1, 0.5, 2**60, math.nan, math.inf, None, "auto", [1, 2])


def test_params_come_back_as_they_were(live: Live) -> None:
    for i, value in enumerate(VALUES):
        with ml.run(params={"x": value, "flag": i % 2 == 0, "whole": i, "real": i / 2}, experiment="e"):
            ml.log(val_acc=i)
    frame = ml.runs(experiment="e").explore().df()
    assert [repr(value) for value in reversed(frame["x"].tolist())] == [
        repr("None" if value is None else value) for value in VALUES
    ]
    assert frame["flag"].tolist() == [i % 2 == 0 for i in reversed(range(len(VALUES)))]
    assert frame["whole"].dtype.kind == "i"
    assert frame["real"].dtype.kind == "f"


def test_the_desk_answers_a_browser(live: Live) -> None:
    for i in range(8):
        with ml.run(params={"lr": 10.0**-i}, experiment="e"):
            ml.log(val_acc=i)
    said = answer(here(), {"id": 1, "kind": "view", "name": "explore", "args": {"experiment": "e"}})
    assert said["ok"], said
    assert said["data"]["params"][0]["key"] == "lr"
    assert said["data"]["params"][0]["strength"] == 1
    wrong = answer(here(), {"id": 2, "kind": "view", "name": "explore", "args": {"metric": ["x"]}})
    assert not wrong["ok"]
    assert wrong["error"]["hint"]
