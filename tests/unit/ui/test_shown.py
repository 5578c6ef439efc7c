"""What is saved with a notebook stays small, whatever is shown."""

from __future__ import annotations

import json

from nbmlops.ui.shown import MIME, SNAPSHOT_BYTES, Shown, unpacked

BIG = "x" * SNAPSHOT_BYTES


def saved(**what: object) -> dict[str, object]:
    whole = {"args": {"run": "a"}, "data": {"rows": [1]}, "html": "<p>", "text": "t"} | what
    found = Shown("run", **whole).saved()  # type: ignore[arg-type]
    assert len(json.dumps(found)) <= SNAPSHOT_BYTES
    return found


def test_everything_where_there_is_room() -> None:
    known = [("curves", {"runs": ("a",)}, {"y": [float("nan")]})]
    assert saved(known=known) == {
        "v": 1,
        "view": "run",
        "args": {"run": "a"},
        "data": {"rows": [1]},
        "known": [{"name": "curves", "args": {"runs": ["a"]}, "data": {"y": ["NaN"]}}],
    }


def test_what_is_asked_at_once_goes_first_then_the_data_then_the_arguments() -> None:
    assert saved(known=[("curves", {}, BIG)]) | {"known": 0} == saved() | {"known": 0}
    without = {"v": 1, "view": "run", "args": {"run": "a"}, "data": None, "known": []}
    assert saved(data=BIG) == without
    assert saved(data=BIG, args={"runs": [BIG]}) == without | {"args": {}}


def test_a_smaller_part_stands_for_the_data() -> None:
    assert saved(data=BIG, snapshot={"rows": []})["data"] == {"rows": []}


def test_the_forms_together_stay_small() -> None:
    whole = saved(data="x" * 90_000)
    assert saved(data="x" * 90_000, html="y" * 100_000) == whole
    assert saved(data="x" * 90_000, html='"' * 60_000) == whole | {"data": None}


def test_the_bundle_always_says_which_widget_it_stands_for() -> None:
    shown = Shown("runs", {"filter": ""}, {"rows": [1, "é"]}, "<p>", "t", known=[("curves", {}, None)])
    packed = shown.bundle("id")[MIME]
    assert {"v": packed["v"], "view": packed["view"], "model_id": packed["model_id"]} == {
        "v": 1,
        "view": "runs",
        "model_id": "id",
    }
    assert unpacked(packed) == shown.saved()
    assert "model_id" not in shown.bundle()[MIME]


def test_half_a_character_can_be_weighed() -> None:
    assert saved(data="\ud83d", html="\ud83d")["data"] == "\ud83d"
