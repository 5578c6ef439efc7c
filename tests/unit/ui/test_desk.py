"""Answers to a browser: always one, in strict JSON, an old one where the file is held."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from nbmlops.errors import StoreBusy, StoreGone, UsageError
from nbmlops.storage.answers import Answers
from nbmlops.ui.desk import Desk, answer


class FakeStore:
    """Says how often it was asked, or what is wrong with it."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.error: Exception | None = None
        self.count = 0

    def read(self, question: Any, *, key: Any = None) -> dict[str, Any]:
        if self.error is not None:
            raise self.error
        self.count += 1
        return {"rows": [], "count": self.count}


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def ask(store: FakeStore, name: str = "panel", kind: str = "view", **args: Any) -> dict[str, Any]:
    found = answer(Desk(store, lambda kind, payload: None), {"id": 7, "kind": kind, "name": name, "args": args})
    json.dumps(found, allow_nan=False)
    assert found["id"] == 7
    return found


def test_while_the_file_is_held_the_last_answer_to_the_same_question_is_given(store: FakeStore) -> None:
    assert ask(store, limit=1) == {"id": 7, "ok": True, "data": {"rows": [], "count": 1}}
    store.error = StoreBusy("held by somebody", "wait")
    found = ask(store, limit=1)
    assert (found["ok"], found["data"]["count"], found["notice"]) == (True, 1, "held by somebody")
    assert 0 <= found["age_s"] < 60
    assert ask(store, limit=2)["error"] == {"message": "held by somebody", "hint": "wait", "kind": "StoreBusy"}
    store.error = None
    assert ask(store, limit=1) == {"id": 7, "ok": True, "data": {"rows": [], "count": 2}}


def test_other_faults_are_no_reason_to_tell_old_things(store: FakeStore) -> None:
    ask(store)
    store.error = StoreGone("it is gone", "put it back")
    assert ask(store)["error"]["kind"] == "StoreGone"


def test_what_was_done_is_never_answered_from_memory(store: FakeStore) -> None:
    store.answers.keep(json.dumps(["note", {"run": "r", "text": "t"}]), "done")
    store.error = StoreBusy("held", "wait")
    assert ask(store, "note", kind="action", run="r", text="t")["ok"] is False


def test_faults_of_ours_say_two_parts_and_others_nothing_but_their_kind(
    store: FakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.error = UsageError("no", "yes")
    assert ask(store)["error"] == {"message": "no", "hint": "yes", "kind": "UsageError"}
    store.error = ZeroDivisionError("secret")
    with caplog.at_level(logging.ERROR):
        found = ask(store)
    assert "secret" not in json.dumps(found)
    assert "ZeroDivisionError" in found["error"]["message"]
    assert "secret" in caplog.text


@pytest.mark.parametrize("request_", [None, [], "x", {}, {"kind": "view"}, {"kind": "view", "name": ["panel"]}])
def test_what_is_no_request_is_answered_too(store: FakeStore, request_: Any) -> None:
    found = answer(Desk(store, lambda kind, payload: None), request_)
    assert found["ok"] is False
    assert "there is no" in found["error"]["message"]
