"""What the page of a run is drawn from: bounded, checked, the same for every host."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest

from nbmlops.tracking.browse import page
from nbmlops.tracking.record import RunRecord
from nbmlops.ui.plain import plain
from tests.unit.tracking.browse.desks import Asked
from tests.unit.tracking.tracking_store import TinyStore

NAN = float("nan")
EVIL = "<script>window.__pwned = 1</script>"


@pytest.fixture
def ask(tmp_path: Path) -> Asked:
    return Asked(TinyStore(), tmp_path)


def output(ask: Asked, run: str, seq: int, mime: str, text: str | None, sha: str | None = None, **more: object) -> None:
    """One form of an output of the first execution."""
    kind, name = more.get("kind", "display"), more.get("name")
    size, cut, updates = more.get("size", len(text or "")), more.get("cut", False), more.get("updates", 0)
    n = int(str(more.get("n", seq)))
    head = ("e1", run, seq, kind, name, mime, text, sha, size)
    ask.tiny.row("outputs", *head, cut, False, False, updates, None, n + 1, n)


def png(width: int, height: int) -> bytes:
    image = pytest.importorskip("PIL.Image")
    out = io.BytesIO()
    image.effect_noise((width, height), 90).save(out, format="PNG")
    return out.getvalue()


def test_the_first_answer_has_what_is_read_at_a_glance(ask: Asked) -> None:
    base = ask.tiny.run("base", metrics={"val_acc": 0.9, "loss": 0.3})
    ask.tiny.row("settings", "baseline/wine", base, 1, "s1", 1)
    run = ask.tiny.run(
        EVIL,
        params={"lr": 0.1, "opts": [1, 2], "odd": NAN, "big": 2**70},
        metrics={"val_acc": [0.5, 0.95], "loss": [1.0, NAN, 0.2], "system/cpu": [10, 30]},
        tags={"best": "", "team": "vision"},
        fields={"note": "a note", "git_sha": "abcdef123", "git_dirty": "true", "environment_id": "env"},
        seed=7,
    )
    extra = {"cpu_count": 8, "gpus": ["A100"], "kind": "venv", "name": "lab", "variables": {"OMP_NUM_THREADS": "2"}}
    ask.tiny.row("environments", "env", "3.11", "Linux", {"numpy": "2.4", "pandas": "3"}, json.dumps(extra))
    found = ask("run", run=run)
    assert found["run"] == {
        "number": 2, "id": run, "name": EVIL, "status": "finished", "experiment": "wine", "is_baseline": False,
    }  # fmt: skip
    assert found["note"] == "a note"
    assert found["seed"] == 7
    assert found["git"] == {"sha": "abcdef123", "dirty": True}
    assert found["tags"] == [{"key": "best", "value": None}, {"key": "team", "value": "vision"}]
    assert found["started_at"].endswith("Z")
    assert {row["key"]: (row["value"], row["origin"]) for row in found["params"]["rows"]} == {
        "lr": (0.1, "literal"), "opts": ("[1, 2]", "literal"), "odd": ("NaN", "literal"),
        "big": (str(2**70), "literal"),
    }  # fmt: skip
    metrics = {row["key"]: row for row in found["metrics"]["rows"]}
    assert set(metrics) == {"val_acc", "loss"}
    loss = metrics["loss"]
    assert (loss["last"], loss["best"], loss["min"], loss["max"], loss["count"]) == (0.2, 0.2, 0.2, 1.0, 3)
    assert (loss["non_finite"], loss["goal"], loss["is_guess"]) == (1, "min", True)
    assert loss["delta"] == {"value": pytest.approx(-0.1), "is_better": True}
    assert metrics["val_acc"]["best"] == 0.95
    assert [row["key"] for row in found["system"]["rows"]] == ["system/cpu"]
    assert found["baseline"]["id"] == base
    assert found["environment"]["packages"] == 2
    assert found["environment"]["gpus"] == ["A100"]
    assert found["counts"] == {"cells": 1, "outputs": 0, "series": 0, "entries": 0, "artifacts": 0}
    assert ask("run/packages", run=run)["rows"][0] == {"name": "numpy", "version": "2.4"}
    assert ask("run", run=base)["run"]["is_baseline"] is True


def test_nothing_of_the_machine_is_in_the_page(ask: Asked) -> None:
    ask.tiny.run("a")
    ask.tiny.con.execute("UPDATE _nbm.runs_begun SET notebook = '/home/ada/secret/train.ipynb'")
    found = ask("run", run="run000000000000001")
    assert found["notebook"] == "train.ipynb"
    assert "ada" not in json.dumps(found)


def test_a_failed_run_shows_the_end_of_its_traceback(ask: Asked) -> None:
    run = ask.tiny.run("bad", status="failed")
    ask.tiny.con.execute("UPDATE _nbm.runs_ended SET error_name = 'ValueError', error_message = 'no'")
    output(ask, run, 1, "text/plain", "line\n" * 10_000 + "ValueError: no", kind="error", name="ValueError")
    error = ask("run", run=run)["error"]
    assert (error["name"], error["message"], error["is_cut"]) == ("ValueError", "no", True)
    assert error["traceback"].endswith("ValueError: no")
    assert len(error["traceback"]) <= page.TRACEBACK_BYTES


def test_what_is_no_run_is_refused(ask: Asked) -> None:
    for name in ("run", "run/params", "run/metrics", "run/note", "run/source", "run/outputs", "run/sections"):
        for run in (None, 5, "", ["x"], {"a": 1}, "x" * 101):
            error = ask(name, run=run)
            assert "'run' is the id of a run" in error["message"], name
            assert error["hint"]


def test_an_unknown_run_is_said(ask: Asked) -> None:
    for name in ("run", "run/packages", "run/note", "run/metrics"):
        error = ask(name, run="'; DROP TABLE runs; --")
        assert error["message"].startswith("the store holds no run")


def test_a_deleted_run_is_shown_as_one(ask: Asked) -> None:
    run = ask.tiny.run("gone", fields={"deleted": "true"})
    assert ask("run", run=run)["deleted_at"].endswith("Z")


def test_relatives(ask: Asked) -> None:
    parent = ask.tiny.run("sweep")
    children = [ask.tiny.run(f"trial {n}") for n in range(60)]
    ask.tiny.con.execute("UPDATE _nbm.runs_begun SET parent_run_id = ? WHERE run_id <> ?", [parent, parent])
    found = ask("run", run=parent)
    assert found["children"]["total"] == 60
    assert len(found["children"]["runs"]) == 50
    assert found["children"]["runs"][0]["id"] == children[-1]
    assert found["attempts"]["total"] == 61  # all of one cell
    assert ask("run", run=children[0])["parent"]["id"] == parent


def large(ask: Asked) -> str:
    """A run of which there is too much of everything."""
    word = EVIL * 40
    return ask.tiny.run(
        word,
        params={f"p{n} {word}"[:900]: word * 20 for n in range(400)},
        metrics={f"m{n} {word}"[:900]: [n, n + 1] for n in range(500)},
        tags={f"t{n} {word}": word for n in range(300)},
        fields={"note": "n" * 300_000},
        experiment=word,
    )


def test_much_of_everything_stays_small(ask: Asked, tmp_path: Path) -> None:
    run = large(ask)
    for n in range(8):
        ask.tiny.row(
            "series", run, f"fig {n}", 1, "image", None, ask.store.put(png(300, 200 + n)), "image/png", 1, None
        )
    found = ask("run", run=run)
    assert found["metrics"]["total"] == 500
    assert found["params"]["total"] == 400
    assert 0 < len(found["metrics"]["rows"]) < 500
    assert len(ask("run/metrics", run=run)["rows"]) == 500
    assert len(ask("run/params", run=run)["rows"]) == 400
    assert found["is_note_cut"] is True
    assert ask("run/note", run=run)["note"] == "n" * 300_000
    record = RunRecord(lambda question: question(ask.tiny.con), run, blobs=ask.store.fetch)
    shown = record._shown()
    assert shown.saved() is not None, len(json.dumps(plain(shown.snapshot)))
    assert len(shown.html.encode()) <= 90_000
    assert sum(len(json.dumps(part)) for part in shown.bundle("m").values()) < 200_000
    assert "<script" not in shown.html


def test_the_snapshot_holds_small_figures(ask: Asked) -> None:
    run = ask.tiny.run("a", metrics={"loss": [2, 1]})
    ask.tiny.row("series", run, "roc", 3, "image", None, ask.store.put(png(900, 700)), "image/png", 1, None)
    output(ask, run, 0, "image/png", None, ask.store.put(png(20, 20)))
    output(ask, run, 1, "image/png", None, "0" * 64)
    record = RunRecord(lambda question: question(ask.tiny.con), run, blobs=ask.store.fetch)
    saved = record._shown().saved()
    assert saved is not None
    figures = saved["data"]["figures"]
    assert [(figure["caption"], figure["step"]) for figure in figures] == [("roc", 3), (None, None)]
    assert all(len(base64.b64decode(figure["data"])) <= 9_000 for figure in figures)
    assert record._shown().html.count("<img") == 2
    assert "sha256" not in json.dumps(saved)


def test_the_static_page_has_the_curves(ask: Asked) -> None:
    """With no kernel, untrusted, in an exported page: the run is seen as it went."""
    long = "validation/accuracy_on_the_held_out_split_" * 4
    run = ask.tiny.run(EVIL, metrics={EVIL: [2, NAN, 1], long: [1, 2], "once": 3, "nothing": [NAN, NAN]})
    record = RunRecord(lambda question: question(ask.tiny.con), run, blobs=ask.store.fetch)
    html = record._shown().html
    assert html.count("<svg") == 3
    assert html.count('<path d="M') > 2
    assert "no finite values" in html
    assert "<script" not in html
    many = ask.tiny.run("many", metrics={f"metric {n}": [k % 97 for k in range(3000)] for n in range(60)})
    html = RunRecord(lambda question: question(ask.tiny.con), many, blobs=ask.store.fetch)._shown().html
    assert html.count("<svg") > 3
    assert len(html.encode()) <= 90_000


def test_outputs_in_their_best_form(ask: Asked) -> None:
    run = ask.tiny.run("a")
    output(ask, run, 0, "text/plain", "\x1b[31mred\x1b[0m", kind="stream", name="stdout")
    output(ask, run, 1, "text/plain", "<Figure>")
    output(ask, run, 1, "image/png", None, ask.store.put(b"\x89PNG"), size=4)
    output(ask, run, 2, "text/plain", "   a")
    output(ask, run, 2, "text/html", "<table><td>1</td></table>" + EVIL, kind="result")
    output(ask, run, 3, "text/plain", "first")
    output(ask, run, 3, "text/plain", "newest", name="last", updates=4, n=9)
    output(ask, run, 4, "image/png", None, None, cut=True, size=10**9)
    found = ask("run/outputs", run=run)
    assert found["total"] == 5
    stream, figure, table, updated, lost = found["outputs"]
    assert (stream["kind"], stream["name"], stream["text"]) == ("stream", "stdout", "\x1b[31mred\x1b[0m")
    assert (figure["mime"], base64.b64decode(figure["data"])) == ("image/png", b"\x89PNG")
    assert figure["forms"] == ["image/png", "text/plain"]
    assert (table["mime"], table["kind"]) == ("text/html", "result")
    assert (updated["text"], updated["updates"], updated["name"]) == ("newest", 4, None)
    assert lost["missing"]
    plain_form = ask("run/output", run=run, execution="e1", seq=2, mime="text/plain")
    assert plain_form["text"] == "   a"
    assert "no output 77" in ask("run/output", run=run, execution="e1", seq=77, mime="text/plain")["message"]


def test_long_outputs_come_in_pieces(ask: Asked) -> None:
    run = ask.tiny.run("a")
    text = "é" * 100_000
    output(
        ask, run, 0, "text/plain", text[:1000], ask.store.put(text.encode()), kind="stream", name="stdout", size=200_000
    )
    output(ask, run, 1, "image/png", None, ask.store.put(b"x" * 900_000), size=900_000)
    for n in range(2, 90):
        output(ask, run, n, "text/plain", "line")
    found = ask("run/outputs", run=run)
    head, later = found["outputs"][:2]
    assert head["is_cut"] is True
    assert set(head["text"]) == {"é"}
    assert later["is_later"] is True
    assert ask("run/output", run=run, execution="e1", seq=0, mime="text/plain")["text"] == text
    assert len(base64.b64decode(ask("run/output", run=run, execution="e1", seq=1, mime="image/png")["data"])) == 900_000
    rest = ask("run/outputs", run=run, offset=len(found["outputs"]))
    assert len(found["outputs"]) + len(rest["outputs"]) == found["total"] == 90


def test_the_source_of_its_cells(ask: Asked) -> None:
    run = ask.tiny.run("a", source="fit()")
    ask.tiny.row(
        "executions_begun", "more", "s1", 2**62, "c9", "lab", "beg", "d", ask.store.put(b"begin\nend"), [], None, None
    )
    ask.tiny.row("run_executions", run, "more")
    first, second = ask("run/source", run=run)["cells"]
    assert (first["source"], first["count"], first["status"], first["duration_s"]) == ("fit()", 1, "ok", 30.0)
    assert second["source"] == "begin\nend"


def test_files_are_listed_looked_into_and_downloaded(ask: Asked) -> None:
    run = ask.tiny.run("a")
    files = {
        "logs/train.txt": (b"line\n" * 100_000, "text/plain"),
        "cm.png": (png(8, 8), "image/png"),
        "model.bin": (bytes(range(256)), "application/octet-stream"),
        "notes.unknown": (b"plain after all", "application/octet-stream"),
    }
    for path, (data, mime) in files.items():
        ask.tiny.row("artifacts", run, path, ask.store.put(data), len(data), mime, 1, "s1", 1)
    ask.tiny.row("artifacts", run, "huge.bin", "0" * 64, 10**10, None, 1, "s1", 1)
    found = ask("run/artifacts", run=run)
    assert (found["total"], found["total_bytes"]) == (5, 10**10 + sum(len(data) for data, _ in files.values()))
    assert "sha256" not in json.dumps(found)
    text = ask("run/artifact", run=run, path="logs/train.txt", preview=True)
    assert (text["is_cut"], len(text["text"])) == (True, 64_000)
    assert ask("run/artifact", run=run, path="cm.png", preview=True)["mime"] == "image/png"
    assert "download it" in ask("run/artifact", run=run, path="model.bin", preview=True)["missing"]
    assert ask("run/artifact", run=run, path="notes.unknown", preview=True)["text"] == "plain after all"
    whole = ask("run/artifact", run=run, path="model.bin")
    assert base64.b64decode(whole["data"]) == bytes(range(256))
    error = ask("run/artifact", run=run, path="huge.bin")
    assert "10 GB: too large" in error["message"]
    assert error["hint"].startswith("ml.get(1).artifacts['huge.bin'].path")
    for path in ("../../etc/passwd", "/etc/passwd", "", "nothing"):
        assert "no file" in ask("run/artifact", run=run, path=path)["message"]
    assert "is a text" in ask("run/artifact", run=run, path=5)["message"]


def test_a_blob_that_is_gone_is_said(ask: Asked) -> None:
    run = ask.tiny.run("a")
    output(ask, run, 0, "image/png", None, "0" * 64, size=10)
    ask.tiny.row("artifacts", run, "m.bin", "0" * 64, 10, None, 1, "s1", 1)
    assert "not beside this store" in ask("run/outputs", run=run)["outputs"][0]["missing"]
    assert "not beside this store" in ask("run/artifact", run=run, path="m.bin")["missing"]
