"""What happens around every cell: its execution is recorded, and its run when it is one.

State belongs to a thread: kernels run cells in subshells too, and cells run cells.
Nothing here may raise into the user's cell.
"""

from __future__ import annotations

import itertools
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from nbmlops import context
from nbmlops.errors import MLError
from nbmlops.ipython.cell import Cell
from nbmlops.ipython.endings import how_it_ended, rejected
from nbmlops.ipython.identity import CellFacts, Identifier
from nbmlops.ipython.live import LiveView
from nbmlops.ipython.messages import Tap
from nbmlops.ipython.recorder import Recorder
from nbmlops.ipython.runcell import CellRun, Memory
from nbmlops.ipython.showing import Screen
from nbmlops.ipython.transform import run_text
from nbmlops.tracking import current, executions
from nbmlops.tracking.executions import Execution

MAX_FAULTS = 3
_log = logging.getLogger("nbmlops")


class Hooks:
    """The two hooks, and the cells between them."""

    def __init__(
        self, shell: Any, tap: Tap, identifier: Identifier, screen: Screen, *, skips_first: bool = False
    ) -> None:
        self.shell = shell
        self.tap = tap
        self.screen = screen
        self.recorder = Recorder(tap)
        self.memory = Memory(shell)
        self.is_recording = True
        self.is_retired = False
        self.extension: Any = None  # found again through the shell's events
        self.when_run_begins: Callable[[], None] = _nothing
        self._identifier = identifier
        self._skips_first = skips_first
        self._faults = 0
        self._pid = os.getpid()
        self._stacks: dict[int, list[Cell]] = {}
        self._numbers = itertools.count(1)

    def register(self) -> None:
        """Begin to be called."""
        self.shell.events.register("pre_run_cell", self.pre_run_cell)
        self.shell.events.register("post_run_cell", self.post_run_cell)

    def retire(self) -> None:
        """See the cells that run now to their end, and no other."""
        self.is_retired = True
        _unregister(self.shell, "pre_run_cell", self.pre_run_cell)
        if not any(self._stacks.values()):
            _unregister(self.shell, "post_run_cell", self.post_run_cell)

    def current(self) -> Cell | None:
        """The innermost cell of this thread."""
        stack = self._stacks.get(threading.get_ident())
        return stack[-1] if stack else None

    def transform(self, tree: Any) -> Any:
        """What the AST transformer does: raise what is wrong with the run line, else set what it sets."""
        cell = self.current()
        if cell is None:
            return tree
        if cell.rejection is not None:
            rejection, cell.rejection = cell.rejection, None
            cell.was_rejected = True
            raise rejected(rejection) if isinstance(rejection, MLError) else rejection
        run = cell.run
        if run is None and cell.outer is not None and cell.outer.raw.lstrip().startswith("%"):
            run = cell.outer.run  # %%capture runs its body as a cell of its own
        return tree if run is None else run.transform(tree)

    # -- the hooks

    def pre_run_cell(self, *args: Any) -> None:
        """Before a cell: record that it starts, begin its run."""
        info = args[0] if args else None
        raw = getattr(info, "raw_cell", None)
        if not isinstance(raw, str) or not raw.strip() or getattr(info, "silent", False):
            return
        with self._guard():
            cell = self._enter(info, raw)
            self.recorder.drain()  # what earlier cells showed is on record before this one can ask for it
            text = run_text(raw)
            if text is not None and not cell.has_run_outside(text):
                try:
                    cell.run = CellRun.prepare(self.shell, text, raw, self.memory)
                except MLError as error:
                    cell.rejection = error
            try:
                if self._is_recorded(cell.facts):
                    self._begin(cell)
                elif cell.run is not None and self.is_recording:
                    context.tell("this run is not recorded: capture is off here")
            finally:
                if cell.run is not None:  # what the line sets holds even where nothing can be recorded
                    cell.run.bind()

    def post_run_cell(self, *args: Any) -> None:
        """After a cell: record how it ended, end its run."""
        ended = time.monotonic()  # one measure for everything that is said of this cell
        result = args[0] if args else None
        with self._guard():
            cells = self._leave(result)
            for inner in cells[:-1]:  # nested cells whose end nobody told
                self._end(inner, None, ended)
            if cells:
                self._end(cells[-1], result, ended)
            elif not self.is_retired:
                self._unseen(result)
        if self.is_retired and not any(self._stacks.values()):
            _unregister(self.shell, "post_run_cell", self.post_run_cell)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt as interrupt:  # meant for the cell, which gets it from the AST transformer
            cell = self.current()
            if cell is not None:
                cell.rejection = interrupt
        except MLError as error:  # the store cannot be used: said once, tried again with every cell
            hint = f"{error.hint[:1].upper()}{error.hint[1:]}"
            context.tell_once(f"cells {error.message}", f"cells are not being recorded: {error.message}. {hint}")
        except BaseException as error:  # noqa: BLE001 - nothing of ours may break the user's cell
            _log.debug("a hook failed", exc_info=True)
            cell = self.current()
            if cell is not None and cell.run is not None and cell.run.run is None:
                context.tell_once(f"run {error!r:.300}", f"this run is not recorded: {error!r:.300}")
            self._faults += 1
            if self._faults == MAX_FAULTS:
                self.is_recording = False
                context.tell_once(
                    f"hooks {id(self)}",
                    f"capture switched itself off after {MAX_FAULTS} faults, the last of them {error!r:.300}; "
                    "cells run on unrecorded. %reload_ext nbmlops switches it on again",
                )

    # -- the steps

    def _is_recorded(self, facts: CellFacts) -> bool:
        is_here = os.getpid() == self._pid  # a forked child shows through its parent
        return self.is_recording and is_here and context.is_capturing and not facts.is_skipped

    def _enter(self, info: Any, raw: str) -> Cell:
        thread = threading.get_ident()
        stack = self._stacks.setdefault(thread, [])
        facts = self._identifier.facts(info, raw)
        while stack and stack[-1].facts.message_id != facts.message_id and facts.message_id is not None:
            self._end(stack.pop(), None, time.monotonic())  # the end of an earlier cell of this thread was never told
        cell = Cell(info, raw, facts, stack[-1] if stack else None)
        stack.append(cell)
        return cell

    def _begin(self, cell: Cell) -> None:
        outer = cell.outer if cell.outer is not None and cell.outer.execution is not None else None
        cell.execution = _record(cell, outer)
        cell.token = context.execution.set(cell.execution)
        if outer is None:
            message_id = cell.facts.message_id or f"cell-{next(self._numbers)}"
            self.tap.begin(message_id)
            cell.shown = self.recorder.open(cell.execution, message_id)
        elif cell.run is not None and outer.shown is not None:
            self.tap.end(flush=True)  # what was printed so far belongs to the outer cell
            self.tap.begin(outer.shown.message_id)
            cell.shown = self.recorder.open(cell.execution, outer.shown.message_id)
        else:
            cell.shown = outer.shown
        if cell.run is not None:
            cell.run.start(cell.execution, partial(LiveView.of, self.screen, cell.shown))
            self.when_run_begins()

    def _leave(self, result: Any) -> list[Cell]:
        """Take the cell that ended off the stack, with nested ones whose end was never told before it."""
        thread = threading.get_ident()
        stack = self._stacks.get(thread, [])
        info = getattr(result, "info", None)
        at = len(stack) - 1
        while at >= 0 and info is not None and stack[at].info is not info and stack[at].raw != info.raw_cell:
            at -= 1
        if at < 0:
            return []
        left = stack[at:][::-1]
        del stack[at:]
        if not stack:
            self._stacks.pop(thread, None)
        return left

    def _end(self, cell: Cell, result: Any, ended: float) -> None:
        ending = how_it_ended(result)
        if cell.token is not None:
            try:
                context.execution.reset(cell.token)
            except ValueError:  # a cell with await runs in a context of its own
                context.execution.set(None)
        try:
            if cell.run is not None:
                cell.run.finish(ending, result, ended)
            if ending.status != "syntax" and not cell.was_rejected:
                self.memory.observe(self._transformed(cell) if cell.run is None else cell.run.executed_tree())
            self._end_outputs(cell)
        finally:
            if cell.execution is not None:
                cell.execution.end(
                    status=ending.status,
                    execution_count=getattr(result, "execution_count", None),
                    error_name=ending.name,
                    error_message=ending.message,
                    duration_s=ended - cell.execution.started,
                )
            if cell.run is not None:  # after its outputs: whether the cell cleared them is known by now
                cell.run.end_view()
        if cell.run is not None and not self.is_retired:
            footer = cell.run.footer()
            if footer is not None:
                self.screen.show_footer(footer)

    def _transformed(self, cell: Cell) -> str:
        """The cell as plain Python."""
        found = getattr(cell.info, "transformed_cell", None)
        return found if isinstance(found, str) else str(self.shell.transform_cell(cell.raw))

    def _end_outputs(self, cell: Cell) -> None:
        shown = cell.shown
        if shown is None or shown.execution is not cell.execution:
            return
        if not self.is_retired:
            self.tap.end(flush=shown.is_wanted)
        self.recorder.close(shown)
        outer = cell.outer
        if outer is not None and outer.shown is not None and not self.is_retired:
            self.tap.begin(outer.shown.message_id)

    def _unseen(self, result: Any) -> None:
        """A cell whose start was not seen: the one that loaded this extension."""
        info = getattr(result, "info", None)
        raw = getattr(info, "raw_cell", None)
        is_skipped, self._skips_first = self._skips_first, False
        if is_skipped or not isinstance(raw, str) or not raw.strip() or getattr(info, "silent", False):
            return
        facts = self._identifier.facts(info, raw)
        if self._is_recorded(facts):
            cell = Cell(info, raw, facts, None)
            cell.execution = _record(cell, None)
            self._end(cell, result, time.monotonic())


def _record(cell: Cell, outer: Cell | None) -> Execution:
    """Put the start of a cell on record; a nested one has no cell of its own in the notebook."""
    facts = cell.facts
    nested_in = outer.execution if outer is not None else None
    execution = executions.begin(
        source=cell.raw,
        cell_id=facts.cell_id if nested_in is None else None,
        cell_id_source=facts.cell_id_source if nested_in is None else None,
        cell_tags=facts.tags,
        deleted_cells=facts.deleted_cells,
        message_id=facts.message_id,
        parent_execution_id=nested_in.id if nested_in is not None else None,
    )
    for span in list(current.spans):
        execution.belongs_to(span.id)
    return execution


def _nothing() -> None:
    """Nobody wants to know."""


def _unregister(shell: Any, event: str, hook: Any) -> None:
    try:
        shell.events.unregister(event, hook)
    except ValueError:  # somebody else cleared the events
        pass
