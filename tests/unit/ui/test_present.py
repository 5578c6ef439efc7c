"""The slot through which a call may show something."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from nbmlops.ui import present
from nbmlops.ui.view import View


class Screen:
    """A front end that remembers."""

    def __init__(self) -> None:
        self.shown: list[View | str] = []
        self.warnings: list[str] = []

    def show(self, what: View | str) -> None:
        self.shown.append(what)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def screen() -> Iterator[Screen]:
    screen = Screen()
    before = present.install(screen)
    yield screen
    present.install(before)


@pytest.fixture
def nobody() -> Iterator[None]:
    before = present.install(None)
    yield
    present.install(before)


def test_what_is_shown_reaches_the_front_end(screen: Screen) -> None:
    view = View("v", "", (), ())
    present.show(view)
    present.warn("careful")
    present.warn("careful")
    assert screen.shown == [view]
    assert screen.warnings == ["careful", "careful"]


def test_install_gives_back_what_was_there(screen: Screen) -> None:
    other = Screen()
    assert present.install(other) is screen
    assert present.install(screen) is other


@pytest.mark.usefixtures("nobody")
def test_a_script_sees_nothing_but_each_warning_once(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    present.show("words")
    with caplog.at_level(logging.WARNING, logger="nbmlops"):
        for text in ("disk %s full", "disk %s full", "other"):
            present.warn(text)
    assert [record.getMessage() for record in caplog.records] == ["disk %s full", "other"]
    assert capsys.readouterr().out == ""
