"""What MLflow and Trackio keep of the same training loop, and what we keep.

Needs an environment with both: NBMLOPS_PEERS_PYTHON, else the one that the benchmarks build.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from tests.benchmarks.measure import python
from tests.benchmarks.peers import peers_python

POINTS = [0.1, 1 / 3, 1e-300, 1.7976931348623157e308, float("nan"), float("inf"), float("-inf"), -0.0]

OURS = """
import json, sys
import nbmlops as ml
points = json.loads(sys.argv[1])
with ml.run("same", params={"lr": 0.1, "depth": 3, "flag": True}) as run:
    for step, value in enumerate(points):
        ml.log({"train/loss": value}, step=step)
kept = ml.get(run.id)
print(json.dumps({"values": kept.history("train/loss")["value"].tolist(), "params": dict(kept.params)}))
"""

MLFLOW = """
import json, logging, sys
import mlflow
logging.getLogger("alembic").setLevel(logging.ERROR)
points = json.loads(sys.argv[1])
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("same")
with mlflow.start_run() as run:
    mlflow.log_params({"lr": 0.1, "depth": 3, "flag": True})
    for step, value in enumerate(points):
        mlflow.log_metric("train/loss", value, step=step)
client = mlflow.MlflowClient()
values = [m.value for m in client.get_metric_history(run.info.run_id, "train/loss")]
print(json.dumps({"values": values, "params": client.get_run(run.info.run_id).data.params}))
"""


@pytest.fixture(scope="session")
def peers(pytestconfig: pytest.Config, root: Path) -> str:
    given = os.environ.get("NBMLOPS_PEERS_PYTHON")
    found = peers_python("tracking", [given] if given else [], root / ".pytest_cache" / "peers")
    if found is None:
        pytest.skip("no environment with MLflow and Trackio: pip could not build one (is there a network?)")
    return found


def same(left: float, right: float) -> bool:
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    return left == right and math.copysign(1, left) == math.copysign(1, right)


def test_we_keep_every_value_and_type_that_was_logged(tmp_path: Path) -> None:
    kept = json.loads(python(OURS, tmp_path, json.dumps(POINTS)).splitlines()[-1])
    assert [same(*pair) for pair in zip(kept["values"], POINTS, strict=True)] == [True] * len(POINTS)
    assert kept["params"] == {"lr": 0.1, "depth": 3, "flag": True}
    assert isinstance(kept["params"]["flag"], bool)


def test_where_mlflow_keeps_a_value_ours_is_the_same(tmp_path: Path, peers: str) -> None:
    finite = [value for value in POINTS if math.isfinite(value)]
    ours = json.loads(python(OURS, tmp_path, json.dumps(finite)).splitlines()[-1])
    theirs = json.loads(python(MLFLOW, tmp_path, json.dumps(finite), executable=peers).splitlines()[-1])
    assert ours["values"] == theirs["values"]
    # theirs are strings: the difference that an importer has to know
    assert theirs["params"] == {name: str(value) for name, value in ours["params"].items()}
