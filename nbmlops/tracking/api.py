"""What a user calls: every verb of tracking. Validates, calls, returns; shows nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nbmlops import context
from nbmlops.errors import AmbiguousRun, NoRun, UsageError
from nbmlops.tracking import current, defaults, executions, recent, resuming, seeds, sessions
from nbmlops.tracking import run as run_module
from nbmlops.tracking.asking import compare, export, get, resolve, runs, sql, store
from nbmlops.tracking.forgetting import forget
from nbmlops.tracking.progress import progress
from nbmlops.tracking.run import Run

__all__ = [
    "Run",
    "begin",
    "capture",
    "compare",
    "delete",
    "end",
    "export",
    "forget",
    "get",
    "goal",
    "log",
    "log_batch",
    "note",
    "params",
    "progress",
    "restore",
    "resume",
    "run",
    "runs",
    "sql",
    "store",
    "tag",
    "use",
]

Tags = Mapping[str, str | None] | Iterable[str] | str | None


def run(
    name: str | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    experiment: str | None = None,
    tags: Tags = None,
    note: str | None = None,
    seed: int | None = None,
    kind: str = "run",
) -> Run:
    """Start a run; as a context manager it ends with the block.

    Parameters
    ----------
    name
        What to call it; need not be unique.
    params
        Parameters, nested mappings give ``a/b`` keys.
    experiment
        Default: what ``ml.use`` set, else the notebook's name.
    tags
        ``"best"``, ``["best", "v2"]`` or ``{"team": "vision"}``.
    seed
        Seeds ``random``, NumPy and PyTorch (the latter two if imported) and is recorded.
    kind
        A word for what kind of run it is.

    Returns
    -------
    Run
        Its start is on record. Inside another run it is nested in that one.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("adam", params={"lr": 0.01}) as run:
    ...     for step in range(3):
    ...         ml.log(loss=1 / (step + 1), step=step)
    >>> run.status
    'finished'
    """
    return _start(name, params, experiment, tags, note, seed, kind, is_span=False)


def begin(
    name: str | None = None,
    *,
    params: Mapping[str, Any] | None = None,
    experiment: str | None = None,
    tags: Tags = None,
    note: str | None = None,
    seed: int | None = None,
) -> Run:
    """Start a run that spans several cells, until ``ml.end()``; parameters as for ``ml.run``.

    Examples
    --------
    >>> import nbmlops as ml
    >>> run = ml.begin("two cells")
    >>> ml.log(loss=0.5)
    >>> ml.end()
    """
    return _start(name, params, experiment, tags, note, seed, "span", is_span=True)


def _start(
    name: str | None,
    params: Mapping[str, Any] | None,
    experiment: str | None,
    tags: Tags,
    note: str | None,
    seed: int | None,
    kind: str,
    *,
    is_span: bool,
) -> Run:
    from nbmlops.tracking.parameters import Param
    from nbmlops.tracking.values import as_mapping, flatten

    if name is not None and (not isinstance(name, str) or len(name) > 10_000):
        raise UsageError(f"a run's name is a text of at most 10,000 characters; found {name!r:.60}", "shorten it")
    seed = defaults.current().seed if seed is None else defaults.check_seed(seed)
    given = [Param(key, value, "log") for key, value in flatten(as_mapping("ml.run(params=...)", params, "a mapping"))]
    if seed is not None:
        seeds.apply(seed)
    parent = current.parent_run()
    execution = context.thread_execution()
    begun = run_module.start(
        name=name,
        experiment=experiment or defaults.experiment(),
        kind=kind,
        parent_id=parent.id if parent is not None else None,
        execution_id=execution.id if execution is not None else None,
        cell_id=execution.cell_id if execution is not None else None,
        ordinal=execution.next_ordinal() if execution is not None else None,
        seed=seed,
        is_span=is_span,
    )
    if execution is not None:
        execution.run_id = execution.run_id or begun.id  # its outputs belong to the run from here on
    executions.dress(begun, tags=_tags(tags), note=note, params=given)
    return begun


def _tags(tags: Tags) -> dict[str, str | None]:
    if tags is None:
        return {}
    if isinstance(tags, str):
        return {tags: ""}
    return dict(tags) if isinstance(tags, Mapping) else dict.fromkeys(tags, "")


def end(status: str = "finished", *, ref: str | int | None = None) -> None:
    """End the run that ``ml.begin`` or ``ml.resume`` opened.

    Parameters
    ----------
    status
        finished, failed, interrupted, stopped or pruned.
    ref
        Which one, by its number, its name or the end of its id, where several are open.

    Raises
    ------
    NoRun
        None is open, or none that ``ref`` names.
    AmbiguousRun
        Several are, and ``ref`` does not say which.

    Examples
    --------
    >>> import nbmlops as ml
    >>> run = ml.begin()
    >>> ml.end("pruned")
    >>> run.status
    'pruned'
    """
    named = current.spans if ref is None else [run for run in current.spans if run.is_named(ref)]
    names = ", ".join(run.label for run in current.spans)
    if not current.spans:
        raise NoRun("no run is open that could be ended", "ml.begin() or %mlrun begin opens one")
    if not named:
        raise NoRun(f"{ref!r} is not open; open are: {names}", "end one of these")
    if len(named) > 1:
        first = current.spans[0].label.split()[0].lstrip("#")
        raise AmbiguousRun(
            f"{len(named)} runs are open: {names}", f"say which: %mlrun end {first}, ml.end(ref={first!r}) or run.end()"
        )
    named[0].end(status)


def resume(ref: str | int | None = None) -> Run:
    """Go on with a run, for example after its kernel was killed.

    Parameters
    ----------
    ref
        Which run; default: the newest run of this notebook that was lost.

    Returns
    -------
    Run
        Open until ``ml.end()``; steps left out go on counting where they were.

    Raises
    ------
    UsageError
        There is no such run, or it is still running in another process.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("stopped early"):
    ...     ml.log(loss=0.5)
    >>> run = ml.resume("stopped early")
    >>> ml.log(loss=0.4)  # step 1
    >>> ml.end()
    """
    return resuming.resume(ref)


def log(mapping: Mapping[str, Any] | None = None, /, *, step: float | None = None, **named: Any) -> None:
    """Log values into the current run; see ``Run.log``.

    Parameters
    ----------
    mapping, **named
        Numbers, text, ``pathlib.Path`` files and folders, figures, tables; nested mappings give ``a/b`` keys.
    step
        Any finite number; left out, the count of that key so far.

    Raises
    ------
    NoRun, AmbiguousRun
        There is no current run, or more than one could be meant.
    RecordError
        A value or key cannot be logged, or the run has ended.
    Stopped
        Somebody asked the run to stop.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run():
    ...     ml.log(loss=0.3, step=1)
    ...     ml.log({"train/loss": 0.25, "val": {"acc": 0.9}}, step=2)
    """
    (context.run.get() or current.current_run()).write_points(mapping, step, named)


def log_batch(columns: Mapping[str, Sequence[float]], step: Sequence[float] | None = None) -> None:
    """Log whole columns of points into the current run; see ``Run.log_batch``.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run():
    ...     ml.log_batch({"loss": [0.9, 0.5, 0.2], "acc": [0.1, 0.6, 0.8]}, step=[1, 2, 3])
    """
    current.current_run().log_batch(columns, step)


def params(mapping: Mapping[str, Any] | None = None, /, **named: Any) -> None:
    """Record parameters of the current run, beside those that were found in its cell.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run():
    ...     ml.params(lr=0.01, optimizer={"name": "adam"})
    """
    current.current_run().params(mapping, **named)


def tag(*names: str, **named: Any) -> None:
    """Tag the current run: ``ml.tag("best", team="vision")``; a value of None takes the tag away.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run():
    ...     ml.tag("best", team="vision")
    """
    current.current_run().tag(*names, **named)


def note(text: str) -> None:
    """Set the note of the current run; a later note replaces it, an empty one takes it away.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run():
    ...     ml.note("warm start from #12")
    """
    current.current_run().note(text)


def goal(experiment: str | None = None, /, **goals: str) -> None:
    """Say in which direction metrics are better: ``ml.goal(val_acc="max", loss="min")``.

    Parameters
    ----------
    experiment
        Where it holds; default: the current experiment.
    **goals
        Metric to ``"max"`` or ``"min"``.

    Examples
    --------
    >>> import nbmlops as ml
    >>> ml.goal(val_acc="max", loss="min")
    """
    for key, direction in goals.items():
        if direction not in ("min", "max"):
            raise UsageError(
                f"the goal of {key} must be 'min' or 'max'; found {direction!r:.40}", 'ml.goal(loss="min")'
            )
    session = sessions.current()
    for key, direction in goals.items():
        payload = {"experiment": experiment or defaults.experiment(), "key": key, "goal": direction}
        session.append("tracking.goal", payload)
    recent.note_goals(session, experiment or defaults.experiment(), goals)


def use(**changes: Any) -> defaults.Defaults:
    """Set defaults for the runs that follow: ``ml.use(experiment="wine", seed=0)``; alone, show them.

    Examples
    --------
    >>> import nbmlops as ml
    >>> print(ml.use(experiment="wine", seed=0))
    experiment  wine (set)
    seed        0
    >>> _ = ml.use(experiment=None, seed=None)
    """
    return defaults.change(**changes)


def capture(on: bool | None = None) -> bool:
    """Switch the recording of executions and outputs off or on; alone, tell whether it is on.

    Runs and what is logged into them by hand are recorded all the same.

    Examples
    --------
    >>> import nbmlops as ml
    >>> ml.capture(False)
    False
    >>> ml.capture(True)
    True
    """
    if on is not None:
        context.is_capturing = bool(on)
    return context.is_capturing


def delete(ref: str | int) -> None:
    """Take a run off the lists; ``ml.restore`` brings it back.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("mistake"):
    ...     pass
    >>> ml.delete("mistake")
    >>> ml.restore("mistake")
    """
    for run_id in resolve(ref):
        _set(run_id, "deleted", "true")


def restore(ref: str | int) -> None:
    """Bring a deleted run back onto the lists.

    Examples
    --------
    >>> import nbmlops as ml
    >>> with ml.run("second thoughts"):
    ...     pass
    >>> ml.delete("second thoughts")
    >>> ml.restore("second thoughts")
    """
    for run_id in resolve(ref, deleted=True):
        _set(run_id, "deleted", "false")


def _set(run_id: str, field: str, value: str) -> None:
    session = sessions.current()
    session.append("tracking.run.set", {"run": run_id, "field": field, "value": value})
    recent.forget(session.store)
