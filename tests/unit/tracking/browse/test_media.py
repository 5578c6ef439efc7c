"""What the grid of media is drawn from: keys and steps first, content only where it is looked at."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pandas as pd
import pytest

from nbmlops.errors import RecordError
from nbmlops.tracking.browse import media
from nbmlops.tracking.record import RunRecord
from nbmlops.tracking.tables import RunsTable
from nbmlops.ui.plain import plain
from tests.unit.tracking.browse.desks import Asked
from tests.unit.tracking.browse.test_page import EVIL, png
from tests.unit.tracking.tracking_store import TinyStore


@pytest.fixture
def ask(tmp_path: Path) -> Asked:
    return Asked(TinyStore(), tmp_path)


def log(ask: Asked, run: str, key: str, step: float, kind: str, text: str | None, sha: str | None, mime: str) -> None:
    size = len(text or "") if sha is None else ask.store.fetch(sha).stat().st_size
    ask.tiny.row("series", run, key, step, kind, text, sha, mime, size, None)


def figure(ask: Asked, run: str, key: str, step: float, data: bytes) -> None:
    log(ask, run, key, step, "image", None, ask.store.put(data), "image/png")


def test_keys_runs_and_steps(ask: Asked) -> None:
    one, two = ask.tiny.run("one"), ask.tiny.run("two")
    for step in range(0, 50, 10):
        figure(ask, one, "roc", step, b"png")
    for step in (0, 1, 5):
        figure(ask, two, "roc", step, b"png")
    log(ask, two, "says", 0.5, "text", EVIL, None, "text/plain")
    found = ask("media", runs=[two, one, two, "unknown"])
    assert [run["id"] for run in found["runs"]] == [two, one]
    roc, says = found["keys"]
    assert (roc["key"], roc["kind"]) == ("roc", "image")
    assert roc["runs"] == {one: {"from": 0, "by": 10, "count": 5}, two: {"steps": [0, 1, 5]}}
    assert says["runs"] == {two: {"steps": [0.5]}}
    assert [key["key"] for key in ask("media", runs=[one, two], keys=["says"])["keys"]] == ["says"]
    assert ask("media", runs=[])["keys"] == []


def test_many_steps_of_many_runs_are_a_small_answer(ask: Asked) -> None:
    runs = [ask.tiny.run(f"r{n}") for n in range(20)]
    ask.tiny.con.execute(
        """INSERT INTO _nbm.series SELECT run_id, key, step * step % 7919, 'image', NULL, 'x', 'image/png', 9, NULL
        FROM (SELECT unnest(?) AS run_id), (SELECT unnest(range(1000)) AS step),
            (SELECT unnest(['a', 'b', 'c']) AS key)""",
        [runs],
    )
    found = ask("media", runs=runs)
    assert len(json.dumps(found)) < 200_000
    packed = found["keys"][0]["runs"][runs[0]]
    assert packed["total"] > len(packed["steps"]) > 100


def test_packed_steps_come_back_exactly() -> None:
    assert media.packed([0.1, 0.2, 0.30000000000000004, 0.4], 10) == {"steps": [0.1, 0.2, 0.30000000000000004, 0.4]}
    thinned = media.packed([float(n * n) for n in range(1000)], 10)
    assert thinned["total"] == 1000
    assert (thinned["steps"][0], thinned["steps"][-1], len(thinned["steps"])) == (0, 999 * 999, 10)


def test_content_of_every_kind(ask: Asked) -> None:
    run = ask.tiny.run("a")
    frame = pd.DataFrame({"a": range(200), "b": [EVIL] * 200, "c": [float("nan")] * 200})
    figure(ask, run, "roc", 1, b"\x89PNG")
    log(ask, run, "says", 0, "text", EVIL, None, "text/plain")
    log(ask, run, "top", 0, "table", "200 rows", ask.store.put(frame.to_parquet()), "application/vnd.apache.parquet")
    log(ask, run, "odd", 0, "table", "3 rows <b>", None, "application/vnd.apache.parquet")
    log(ask, run, "bars", 0, "histogram", '{"counts": [1, 2], "edges": [0, 1, 2]}', None, "application/json")
    log(ask, run, "no bars", 0, "histogram", "{}", None, "application/json")
    log(ask, run, "page", 0, "html", EVIL, None, "text/html")
    log(ask, run, "sound", 0, "audio", None, ask.store.put(b"RIFF"), "audio/wav")
    keys = ("roc", "says", "top", "odd", "bars", "no bars", "page", "sound", "nothing")
    places = [[run, key, 1 if key == "roc" else 0] for key in keys]
    found = {place["key"]: place for place in ask("media/content", places=places)["places"]}
    assert set(found) == set(keys) - {"nothing"}
    assert base64.b64decode(found["roc"]["data"]) == b"\x89PNG"
    assert found["says"]["text"] == EVIL
    table = found["top"]["table"]
    assert (table["columns"], len(table["rows"]), table["total"]) == (["a", "b", "c"], 50, 200)
    assert table["rows"][0] == [0, EVIL, None]
    assert found["odd"]["text"] == "3 rows <b>"
    assert found["bars"]["histogram"] == {"counts": [1, 2], "edges": [0, 1, 2]}
    assert found["no bars"]["text"] == "{}"
    assert found["page"]["text"] == EVIL
    assert (found["sound"]["mime"], base64.b64decode(found["sound"]["data"])) == ("audio/wav", b"RIFF")


def test_of_a_step_logged_twice_the_later_one(ask: Asked) -> None:
    run = ask.tiny.run("a")
    for second, text in enumerate(("first", "second")):
        moment = pd.Timestamp(2026, 1, 1, 0, 0, second)
        ask.tiny.row("series", run, "says", 0, "text", text, None, "text/plain", 5, moment.to_pydatetime())
    (place,) = ask("media/content", places=[[run, "says", 0]])["places"]
    assert place["text"] == "second"


def test_an_answer_has_a_bound(ask: Asked) -> None:
    run = ask.tiny.run("a")
    for step in range(4):
        figure(ask, run, "roc", step, bytes([step]) * 1_500_000)
    figure(ask, run, "film", 0, b"x" * 5_000_000)
    found = ask("media/content", places=[[run, "roc", step] for step in range(4)])["places"]
    assert [bool(place.get("is_later")) for place in found] == [False, False, True, True]
    (film,) = ask("media/content", places=[[run, "film", 0]])["places"]
    assert film["missing"] == "too large to be sent here (5.0 MB)"


def test_what_is_no_place_run_or_key_is_refused(ask: Asked) -> None:
    wrong = (None, "x", [["r", "k"]], [["r", "k", "0"]], [["r", 5, 0]], [["r", "k", True]], [["r", "k", 0]] * 201)
    for places in wrong:
        assert "place" in ask("media/content", places=places)["message"], places
    refused: tuple[dict[str, object], ...] = ({}, {"runs": "x"}, {"runs": [5]}, {"runs": ["x"], "keys": "roc"})
    for args in refused:
        assert "is a list of" in ask("media", **args)["message"], args


def test_the_object(ask: Asked) -> None:
    one, two, _ = ask.tiny.run("one"), ask.tiny.run("two"), ask.tiny.run("only numbers", metrics={"loss": 1})
    figure(ask, one, "roc", 3, png(600, 400))
    log(ask, two, "says", 0, "text", EVIL, None, "text/plain")
    grid = RunsTable(lambda question: question(ask.tiny.con), blobs=ask.store.fetch).media()
    assert grid.runs == [two, one]
    frame = grid.df()
    assert frame[["name", "key", "step", "kind"]].values.tolist() == [
        ["one", "roc", 3, "image"], ["two", "says", 0, "text"],
    ]  # fmt: skip
    assert "roc" in str(grid) and "#1 one" in str(grid)
    shown = grid._shown()
    assert shown.html.count("<img") == 1
    assert "<script" not in shown.html
    saved = shown.saved()
    assert saved is not None
    assert {place["key"] for place in saved["data"]["places"]} == {"roc", "says"}
    record = RunRecord(lambda question: question(ask.tiny.con), two, blobs=ask.store.fetch)
    assert record.media("says").df()["key"].tolist() == ["says"]
    assert "ml.log(roc=fig)" in record.media(["nothing"])._shown().html


def test_any_number_of_entries_is_a_small_output(ask: Asked) -> None:
    runs = [ask.tiny.run(f"r{n} {EVIL}") for n in range(20)]
    for n, run in enumerate(runs):
        for key in range(12):
            figure(ask, run, f"fig {key} {EVIL * 20}", n, png(120, 80 + key))
            log(ask, run, f"text {key}", n, "text", EVIL * 500, None, "text/plain")
    grid = RunsTable(lambda question: question(ask.tiny.con), blobs=ask.store.fetch).media()
    shown = grid._shown()
    assert shown.saved() is not None, len(json.dumps(plain(shown.snapshot)))
    assert len(shown.html.encode()) <= 90_000
    assert sum(len(json.dumps(part)) for part in shown.bundle("m").values()) < 200_000


def test_a_table_whose_content_is_gone_takes_nothing_from_the_others(
    ask: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask.tiny.run("a")
    parquet = "application/vnd.apache.parquet"
    sha = ask.store.put(pd.DataFrame({"a": [1]}).to_parquet())
    log(ask, run, "gone", 0, "table", "1 row", sha, parquet)
    log(ask, run, "says", 0, "text", "hello", None, "text/plain")
    places = [[run, "gone", 0], [run, "says", 0]]
    (ask.store.folder / sha).unlink()
    gone, says = ask("media/content", places=places)["places"]
    assert "is not beside this store" in gone["missing"] and says["text"] == "hello"

    def fetch(sha256: str) -> Path:
        raise RecordError("the value is gone", "copy it back there")

    monkeypatch.setattr(ask.store, "fetch", fetch)
    gone, says = ask("media/content", places=places)["places"]
    assert (gone["missing"], says["text"]) == ("the value is gone", "hello")
    assert media.table_head(sha, fetch) is None
