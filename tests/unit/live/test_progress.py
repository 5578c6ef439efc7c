"""Loops that are counted."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nbmlops.errors import Stopped, UsageError
from nbmlops.tracking import api, progress
from nbmlops.tracking.progress import Progress
from nbmlops.ui import present
from tests.unit.live.conftest import Live


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock that only moves when it is told to."""
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return sleep


def test_it_gives_the_items_and_counts_them() -> None:
    loop = api.progress("abc")
    assert (loop.total, len(loop)) == (3, 3)
    seen = []
    for letter in loop:
        seen.append((letter, loop.done))
    assert seen == [("a", 0), ("b", 1), ("c", 2)]
    assert loop.done == 3
    assert loop.is_over


def test_a_length_that_nobody_knows() -> None:
    loop = api.progress(letter for letter in "abc")
    assert loop.total is None
    with pytest.raises(TypeError):
        len(loop)
    assert list(loop) == ["a", "b", "c"]
    assert api.progress((n for n in range(3)), total=3).total == 3
    assert api.progress(iter([1, 2])).total == 2, "some iterators tell"


def test_steps_by_hand() -> None:
    with api.progress(total=10) as loop:
        loop.update()
        loop.update(4)
        assert (loop.done, loop.is_over) == (5, False)
    assert loop.is_over


def test_what_can_only_be_a_mistake() -> None:
    with pytest.raises(UsageError, match="found the number 10") as caught:
        api.progress(10)  # type: ignore[arg-type]
    assert "range(10)" in caught.value.hint
    for total in (-1, 2.5, True):
        with pytest.raises(UsageError, match="total"):
            api.progress(total=total)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="nothing to go through"):
        list(api.progress(total=3))


def test_a_loop_that_is_left_early_is_over() -> None:
    loop = api.progress(range(10))
    for number in loop:
        if number == 3:
            break
    assert loop.is_over
    assert loop.done == 3
    broken = api.progress(range(10))
    with pytest.raises(ZeroDivisionError):
        for number in broken:
            1 / (number - 2)
    assert broken.is_over


def test_what_is_left_follows_the_pace_of_late(clock: Callable[[float], None]) -> None:
    loop = api.progress(total=100)
    assert loop.left_s is None
    loop.update(0)
    for _ in range(10):
        clock(1)
        loop.update(1)
    assert loop.left_s == pytest.approx(90)
    for _ in range(60):
        clock(0.5)
        loop.update(1)
        assert loop.left_s is not None
    assert loop.left_s == pytest.approx(15, rel=0.3)
    loop.close()
    assert loop.left_s is None
    assert loop.elapsed_s == pytest.approx(40)


def test_its_words(clock: Callable[[float], None]) -> None:
    loop = api.progress(total=4, desc="epochs")
    loop.update(0)
    clock(10)
    loop.update(2)
    assert str(loop) == f"epochs {'█' * 10}{'░' * 10} 2 / 4 · 10 s · 10 s left"
    unknown: Progress[int] = api.progress()
    unknown.update(7)
    assert str(unknown) == "7 · 0.0 ms"


def test_loops_of_a_run_are_known_outer_ones_first(live: Live) -> None:
    with api.run() as run:
        for _ in api.progress(range(2), desc="epochs"):
            for _ in api.progress(range(3), desc="batches"):
                pass
            said = progress.of_run(run.id)
            assert [(loop["desc"], loop["is_over"]) for loop in said] == [("epochs", False), ("batches", True)]
        for _ in api.progress(range(2), desc="test"):
            assert [loop["desc"] for loop in progress.of_run(run.id)] == ["test"]
    progress.forget(run.id)
    assert progress.of_run(run.id) == []


def test_a_stop_is_heeded_at_the_next_step(live: Live) -> None:
    with pytest.raises(Stopped), api.run() as run:
        for number in api.progress(range(1000)):
            if number == 5:
                run.stop()
                run._look_for_stop()  # what the background thread does within 250 ms
        pytest.fail("it went on")
    assert run.status == "stopped"
    assert number == 5


def test_without_a_run_or_with_several_it_only_counts(live: Live) -> None:
    assert list(api.progress([1])) == [1]
    first, second = api.begin("a"), api.begin("b")
    assert list(api.progress([1])) == [1]
    for run in (first, second):
        run.end()


def test_a_loop_goes_on_in_a_run_that_has_ended(live: Live) -> None:
    run = api.begin()
    for _ in api.progress(range(3)):
        run.end()
    assert run.status == "finished"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_one_line_that_is_written_over(
    clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    for _ in api.progress(range(50), desc="files"):
        clock(0.1)
    text = terminal.getvalue()
    assert text.count("\n") == 1
    assert 10 <= text.count("\r") <= 22, "at most four a second"
    assert text.rstrip().endswith("50 / 50 · 5.0 s")


def test_a_quick_loop_says_nothing(clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    for _ in api.progress(range(100)):
        clock(0.004)
    assert terminal.getvalue() == ""


class Board:
    """A front end that takes lines."""

    def __init__(self, fails: bool = False) -> None:
        self.lines: list[tuple[str, bool]] = []
        self.asked: list[str | None] = []
        self.fails = fails

    def line(self, run_id: str | None) -> Any:
        self.asked.append(run_id)
        return self.write

    def write(self, text: str, is_last: bool) -> None:
        if self.fails:
            raise OSError("gone")
        self.lines.append((text, is_last))


@pytest.fixture
def board() -> Iterator[Board]:
    found = Board()
    before = present.install(found)  # type: ignore[arg-type]
    yield found
    present.install(before)


def test_a_front_end_shows_the_line_in_its_own_way(live: Live, clock: Callable[[float], None], board: Board) -> None:
    with api.run() as run:
        for _ in api.progress(range(20)):
            clock(0.1)
    assert board.asked == [run.id]
    assert board.lines[-1][1]
    assert not board.lines[0][1]


def test_a_line_that_cannot_be_shown_breaks_no_loop(clock: Callable[[float], None], board: Board) -> None:
    board.fails = True
    seen = 0
    for _ in api.progress(range(100)):
        clock(0.1)
        seen += 1
    assert seen == 100
    assert len(board.asked) == 1
