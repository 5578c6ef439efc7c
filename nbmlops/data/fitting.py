"""Frames and arrays that a run passes to ``fit``: looked at when they are passed, whatever becomes of them later."""

from __future__ import annotations

import functools
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

from nbmlops.data import callers, edges, passed, place, watched
from nbmlops.data.passed import Passed
from nbmlops.data.watched import Seen

ROOTS: Final = frozenset(("sklearn", "imblearn", "lightgbm", "xgboost", "catboost"))
_BETWEEN: Final = ROOTS | {"joblib", "nbmlops"}
_METHODS: Final = ("fit", "partial_fit", "fit_transform", "fit_predict")
_MIXINS: Final = ("TransformerMixin", "ClusterMixin", "OutlierMixin")
_HOLDERS: Final = (
    ("lightgbm", "Dataset", "__init__"),
    ("xgboost", "DMatrix", "__init__"),
    ("xgboost", "QuantileDMatrix", "__init__"),
    ("catboost", "Pool", "__init__"),
    ("catboost", "CatBoost", "fit"),
    ("catboost", "CatBoostClassifier", "fit"),
    ("catboost", "CatBoostRegressor", "fit"),
)
MOST_LOOKS: Final = 16  # calls of a run: a search of parameters fits the same thing hundreds of times
_FOREGROUND_S: Final = 0.12
_log = logging.getLogger("nbmlops")


class _Inside(threading.local):
    is_on = False


_inside = _Inside()


def watches(module: str) -> bool:
    """Whether estimators may come with a module."""
    root, _, rest = module.partition(".")
    return root in ROOTS and "." not in rest


def put_on(put: Callable[[Any, str, Callable[[Any], Any]], Any]) -> None:
    """Wrap the ``fit`` of every estimator that is loaded."""
    for owner in _owners():
        for name in _METHODS:
            if isinstance(vars(owner).get(name), FunctionType):
                put(owner, name, _watching)
    for module, kind, name in _HOLDERS:
        holder = getattr(sys.modules.get(module), kind, None)
        if isinstance(holder, type) and isinstance(vars(holder).get(name), FunctionType):
            put(holder, name, _watching)


def _owners() -> Iterator[type]:
    base = sys.modules.get("sklearn.base")
    estimator = getattr(base, "BaseEstimator", None)
    named = [getattr(base, name, None) for name in ("BaseEstimator", *_MIXINS)]
    todo: list[type] = [kind for kind in named if isinstance(kind, type)]
    known: set[type] = set(todo)
    while todo:
        owner = todo.pop()
        yield owner
        if isinstance(estimator, type) and issubclass(owner, estimator):
            fresh: list[type] = [kind for kind in owner.__subclasses__() if kind not in known]
            known.update(fresh)
            todo += fresh


def _watching(original: Any) -> Any:
    """The method, which says what it is given.

    It needs nothing of this module but by name: an estimator of a notebook is sent to other processes with its code.
    """

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        ours = sys.modules.get("nbmlops.data.fitting")
        if ours is None or not ours.watched.runs or not ours.enter(sys._getframe(1), args, kwargs):
            return original(*args, **kwargs)
        try:
            return original(*args, **kwargs)
        finally:
            ours.leave()

    if isinstance(inner := getattr(original, "__code__", None), CodeType):  # as in `wrapping`
        ours: Any = wrapper
        ours.__code__ = ours.__code__.replace(co_filename=inner.co_filename, co_firstlineno=inner.co_firstlineno)
    return wrapper


def enter(caller: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Look at what is passed, unless it is passed on from one that was looked at; never raises."""
    if _inside.is_on:
        return False
    _inside.is_on = True
    try:
        seen = watched.current()
        if seen is not None and seen.looks < MOST_LOOKS:
            _look(seen, caller, args[1:], kwargs)
    except Exception as error:  # noqa: BLE001 - the user wants a model, whatever can be told of the data
        _log.debug("what was passed to fit was not noticed: %r", error)
    except BaseException:  # an interrupt, meant for the cell
        _inside.is_on = False
        raise
    return True


def leave() -> None:
    """The method is done."""
    _inside.is_on = False


def _look(seen: Seen, caller: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    given: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
    given = [(key, value) for key, value in given if passed.is_data(value)]
    if not given:
        return
    names = callers.names_of(caller, given, _BETWEEN)
    if not names:
        return  # parts of the data, made by the library itself: folds, batches
    seen.looks += 1
    execution = place.execution_id()
    for key, value in given:
        if key in names:
            _note(seen, execution, names[key], passed.of(value))


def _note(seen: Seen, execution: str | None, variable: str, found: Passed) -> None:
    room = _FOREGROUND_S - seen.spent_s.get(execution, 0.0)
    began = time.perf_counter()

    def note(content: str | None) -> None:
        edges.note(
            "in", content_id=content, variable=variable, run=seen.run_id, execution=execution,
            rows=found.rows, columns=found.columns,
        )  # fmt: skip

    if found.cost_s <= room:
        note(found.content_id())
    elif (later := found.later(room)) is not None:
        place.session().soon(lambda: note(later()))
    else:
        note(None)
    seen.spent_s[execution] = seen.spent_s.get(execution, 0.0) + time.perf_counter() - began
