"""What a browser may change, asked as a browser asks: by name, through the desk."""

from __future__ import annotations

from typing import Any

import pytest

from nbmlops.storage import control
from nbmlops.tracking import api
from nbmlops.tracking.desk import here
from nbmlops.ui.desk import answer
from tests.unit.live.conftest import Live


def act(name: str, /, **args: Any) -> dict[str, Any]:
    return answer(here(), {"id": 1, "kind": "action", "name": name, "args": args})


def done(name: str, /, **args: Any) -> Any:
    said = act(name, **args)
    assert said["ok"], said
    return said["data"]


@pytest.fixture
def run_id(live: Live) -> str:
    with api.run("adam", params={"lr": 0.1}) as run:
        run.log(acc=0.9)
    return run.id


def test_a_tag_is_set_changed_and_taken_away(run_id: str) -> None:
    assert done("tag", run=run_id, key="team", value="vision")["tags"] == {"team": "vision"}
    assert done("tag", run=run_id, key="best", value="")["tags"] == {"team": "vision", "best": ""}
    done("tag", run=run_id, key="team", value=None)
    assert api.get("adam").tags == {"best": ""}


def test_a_note_is_written_and_cleared(run_id: str) -> None:
    done("note", run=run_id, text="warm start <b>#12</b>")
    assert api.get("adam").note == "warm start <b>#12</b>"
    done("note", run=run_id, text="")
    assert api.get("adam").note is None


def test_secrets_do_not_get_in_by_the_browser_either(run_id: str) -> None:
    done("tag", run=run_id, key="api_key", value="sk-1234567890abcdef1234567890abcdef")
    assert "sk-1234" not in str(api.get("adam").tags)


def test_the_baseline_is_pinned_and_unpinned(run_id: str) -> None:
    experiment = api.get("adam").experiment
    done("pin", run=run_id, experiment=experiment)
    assert api.runs().baseline == run_id
    done("pin", run=None, experiment=experiment)
    assert api.runs().baseline is None


def test_a_deleted_run_can_be_restored(run_id: str) -> None:
    assert done("delete", run=run_id)["name"] == "adam"
    assert len(api.runs()) == 0
    done("restore", run=run_id)
    assert len(api.runs()) == 1


def test_only_a_running_run_is_asked_to_stop(run_id: str) -> None:
    said = act("stop", run=run_id)
    assert "finished" in said["error"]["message"]
    with api.run("long") as run:
        done("stop", run=run.id)
        assert control.stops(run.session.store.layout, [run.id]) == {run.id}


def test_a_view_is_saved_and_forgotten(live: Live) -> None:
    from nbmlops.tracking import saved_views, sessions

    done("save_view", name="weekly", settings={"filter": "acc > .5", "columns": ["lr"], "fold": False})
    assert sessions.store().read(saved_views.all_of)["weekly"]["filter"] == "acc > .5"
    done("forget_view", name="weekly")
    assert sessions.store().read(saved_views.all_of) == {}


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("tag", {"run": "nobody", "key": "a", "value": "b"}),
        ("tag", {"run": ["x"], "key": "a", "value": "b"}),
        ("tag", {"key": "a"}),
        ("note", {"run": "1; DROP TABLE runs", "text": "x"}),
        ("delete", {}),
        ("pin", {"experiment": 3, "run": None}),
        ("save_view", {"name": "../x", "settings": {}}),
        ("save_view", {"name": "x", "settings": {"sql": "DROP"}}),
        ("save_view", {"name": "x", "settings": {"columns": [1]}}),
        ("save_view", {"name": "x", "settings": "filter"}),
        ("run_sql", {"sql": "DROP TABLE runs"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_two_parts(run_id: str, name: str, args: dict[str, Any]) -> None:
    said = act(name, **args)
    assert not said["ok"]
    assert said["error"]["message"]
    assert said["error"]["hint"]
    assert len(api.runs()) == 1
