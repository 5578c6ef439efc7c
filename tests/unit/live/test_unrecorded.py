"""Where nothing can be recorded the cell runs on: its stand-in takes every call that the verbs make."""

from __future__ import annotations

import pandas as pd

import nbmlops as ml
from nbmlops import context
from nbmlops.ipython.runcell import Unrecorded
from tests.unit.live.conftest import Live


def test_every_verb_is_taken_and_nothing_kept(live: Live) -> None:
    token = context.run.set(Unrecorded())
    try:
        ml.log(loss=1.0)
        ml.log({"a": {"b": 1}}, step=3)
        ml.log(table=pd.DataFrame({"x": [1]}))
        ml.log_batch({"loss": [1, 2]})
        ml.params(lr=1)
        ml.tag("best", team="vision")
        ml.note("text")
    finally:
        context.run.reset(token)
    for view in ("runs", "metrics", "series", "params", "tags"):
        assert live.one(f"SELECT count(*) FROM {view}") == 0
