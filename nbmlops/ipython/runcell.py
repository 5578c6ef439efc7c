"""The run of one run cell, from its first line to the line under it."""

from __future__ import annotations

import ast
import copy
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Token
from typing import Any

from nbmlops import context
from nbmlops.config import settings
from nbmlops.data import watching
from nbmlops.errors import MLError, Stopped, UsageError
from nbmlops.ipython.endings import Ending
from nbmlops.ipython.live import LiveView
from nbmlops.storage import session as storage_session
from nbmlops.tracking.executions import Execution, start_run
from nbmlops.tracking.line import RunLine
from nbmlops.tracking.parameters import LiteralHistory, Param, literals
from nbmlops.tracking.parameters.bindings import bound
from nbmlops.tracking.parameters.overrides import OverrideTransformer
from nbmlops.tracking.run import Run
from nbmlops.ui.footer import Footer

RUN_STATUS = {"ok": "finished", "error": "failed", "syntax": "failed", "interrupted": "interrupted"}
MAX_METRICS = 1000


class Memory:
    """Literals that earlier cells assigned. Cells are read in the background, or when a run wants to know."""

    def __init__(self, shell: Any) -> None:
        self._history = LiteralHistory()
        # Cells that ran before this extension was loaded count as well: what they set still holds.
        before = shell.user_ns.get("In")
        self._waiting: deque[str | ast.Module] = deque(before[1:-1] if isinstance(before, list) else ())
        self._lock = threading.Lock()

    def observe(self, cell: str | ast.Module) -> None:
        """Remember a cell that was executed: its source after IPython's transformations, or its tree."""
        self._waiting.append(cell)
        session = storage_session.existing()
        if session is not None:
            session.soon(self.catch_up)

    def catch_up(self) -> None:
        """Read the cells that wait."""
        from nbmlops.tracking.parameters.cells import parse_cell

        with self._lock:
            while self._waiting:
                cell = self._waiting.popleft()
                try:
                    self._history.observe(parse_cell(cell, str) if isinstance(cell, str) else cell)
                except (SyntaxError, ValueError):  # shell syntax inside %%time and its like
                    pass

    def history(self) -> LiteralHistory:
        """What is known of all cells executed so far."""
        self.catch_up()
        return self._history


class Unrecorded:
    """Stands in for a run that cannot be recorded: takes what the cell logs and keeps nothing."""

    id = ""
    name = number = number_hint = None
    label = "a run that is not recorded"
    is_open = needs_look = False

    def _keep_nothing(self, *args: Any, **kwargs: Any) -> None:
        """The cell runs as it would have."""

    log = write_points = log_batch = params = tag = set_tags = note = artifact = stop = heed = end = _keep_nothing


class CellRun:
    """A run cell: what its line says, what it sets, and the run once it has begun."""

    def __init__(
        self, shell: Any, text: str, line: RunLine, tree: ast.Module, plan: OverrideTransformer, params: list[Param]
    ) -> None:
        self.text = text
        self.line = line
        self.run: Run | None = None
        self._shell = shell
        self._tree = tree
        self._plan = plan
        self._params = params
        self._token: Token[Any] | None = None
        self._is_bound = False
        namespace = shell.user_ns  # by identity: what a failed cell did not get to assign is an earlier cell's
        self._before = {name: id(namespace[name]) for name in bound(tree) if name in namespace}
        self._duration_s = 0.0
        self._error: tuple[str | None, str | None] = (None, None)
        self._live: LiveView | None = None

    @classmethod
    def prepare(cls, shell: Any, text: str, raw: str, memory: Memory) -> CellRun | None:
        """Read the line and the cell; nothing has happened yet.

        Returns
        -------
        CellRun or None
            None when the cell is no Python: it fails by itself, and no run is made.

        Raises
        ------
        UsageError
            The line is wrong.
        """
        from nbmlops.tracking import parameters
        from nbmlops.tracking.line import parse
        from nbmlops.tracking.parameters import overrides
        from nbmlops.tracking.parameters.cells import parse_cell

        namespace = shell.user_ns
        line = parse(text, lambda expression: eval(expression, shell.user_global_ns, namespace))
        if line.help:
            raise UsageError("--help stands alone", "%mlrun --help, in a cell without a run, lists the options")
        try:
            tree = parse_cell(raw, shell.transform_cell)
        except (SyntaxError, ValueError):
            return None
        plan = overrides.plan(tree, line.overrides, namespace)
        if settings().capture_parameters:
            found = parameters.before_cell(tree, namespace, memory.history(), line.overrides)
        else:
            found = [Param(key, value, "override") for key, value in line.overrides.items()]
        parameters.check_choice(found, line.params, tree)
        return cls(shell, text, line, tree, plan, parameters.choose(found, line.params))

    def bind(self) -> None:
        """Set what the line sets; comes last, right before the cell runs, recorded or not."""
        from nbmlops.tracking import defaults, seeds

        seed = self.line.seed if self.line.seed is not None else defaults.current().seed
        if seed is not None:
            seeds.apply(seed)
        self._plan.bind(self._shell.user_ns)
        self._is_bound = True
        if self.run is None:
            self._token = context.run.set(Unrecorded())

    def transform(self, tree: ast.Module) -> ast.Module:
        """Put the overrides into a tree of this cell."""
        return self._plan.visit(tree)

    def start(self, execution: Execution, live: Callable[[Run, RunLine], LiveView | None]) -> None:
        """Begin the run: on record before the cell runs; ``live`` makes its live view."""
        from nbmlops.tracking import defaults

        line = self.line
        self.run = start_run(
            execution,
            name=line.name,
            experiment=line.experiment or defaults.experiment(),
            tags={key: value or "" for key, value in line.tags.items()},
            note=line.note,
            seed=line.seed if line.seed is not None else defaults.current().seed,
            params=self._params,
        )
        self._token = context.run.set(self.run)
        self._live = live(self.run, line)

    def finish(self, ending: Ending, result: Any, ended: float) -> None:
        """End the run, with what only the end can tell; ``ended`` is when its cell did."""
        if self._is_bound:
            self._plan.restore(self._shell.user_ns)
            self._is_bound = False
        if self._token is not None:
            try:
                context.run.reset(self._token)
            except ValueError:  # a cell with await ran in a context of its own, which is gone
                pass
        run = self.run
        if run is None:
            return
        self._duration_s, self._error = ended - run.started, (ending.name, ending.message)
        if isinstance(ending.error, Stopped):
            self._error = (None, None)  # the status says it
        try:
            if run.is_open:
                watching.names_in(run.id, self._tree, self._shell.user_ns)
                self._record_late_params(run, failed=ending.status != "ok")
                if ending.status == "ok":
                    _log_result(run, getattr(result, "result", None))
        finally:
            status = "stopped" if isinstance(ending.error, Stopped) else RUN_STATUS[ending.status]
            run.end(status, error_name=ending.name, error_message=ending.message, duration_s=self._duration_s)

    def end_view(self) -> None:
        """What the live view shows now is what stays."""
        if self._live is not None:
            self._live.finish(self._duration_s)

    def footer(self) -> Footer | None:
        """The line under the cell; None when it is not wanted."""
        run = self.run
        if run is None or self.line.quiet or settings().quiet:
            return None
        from nbmlops.tracking import closing

        overridden = self.line.overrides
        says = literals(self._tree) if overridden else {}
        return closing.footer(
            run,
            duration_s=self._duration_s,
            error_name=self._error[0],
            error_message=self._error[1],
            cell_says=[Param(key, value, "literal") for key, value in says.items() if key in overridden],
        )

    def executed_tree(self) -> ast.Module:
        """The cell as it ran, overrides in place."""
        if not self.line.overrides:
            return self._tree
        return self._plan.visit(copy.deepcopy(self._tree))

    def _record_late_params(self, run: Run, *, failed: bool) -> None:
        from nbmlops.tracking import parameters

        if settings().capture_parameters:
            now = self._shell.user_ns
            unmade = {name for name, identity in self._before.items() if failed and id(now.get(name)) == identity}
            late = parameters.after_cell(self._tree, now, self._params, unmade)
            late = parameters.choose(late, self.line.params)
            if late:
                run.record_params(late)


def _log_result(run: Run, value: Any) -> None:
    """A last expression that is a dict of numbers is metrics, but for keys that the cell logged itself."""
    from nbmlops.tracking.values import numbers_of

    if not isinstance(value, dict) or not 0 < len(value) <= MAX_METRICS:
        return
    try:
        run.log({key: number for key, number in numbers_of(value).items() if not run.has_logged(key)})
    except MLError:  # a key that cannot be one; the dict was not meant as metrics
        pass
