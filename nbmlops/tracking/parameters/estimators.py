"""Parameters of estimators that differ from their defaults."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Iterator, Mapping

from nbmlops.tracking.parameters.configs import MAX_KEYS
from nbmlops.tracking.parameters.literals import same

_MAX_IN_CONTAINER = 20


def estimators(names: Iterable[str], namespace: Mapping[str, object]) -> dict[str, object]:
    """Non-default parameters of the estimators behind some names.

    An estimator is anything with scikit-learn's ``get_params(deep=)``. What it holds inside
    (steps of a pipeline, the estimator of a search) is written as the name of its class, with its
    own non-default parameters under scikit-learn's names: ``pipe/svc__C``.

    Parameters
    ----------
    names
        Variables to look at; an estimator may also stand in a list or dict.
    namespace
        The user's variables.

    Returns
    -------
    dict
        ``"model/max_depth"`` to value, at most 200; ``"model"`` itself is the name of the class. An
        estimator with two names, or inside another one, comes once; what raises is left out.
    """
    candidates = [
        (key, estimator)
        for name in sorted(set(names))
        if not name.startswith("_")
        for key, estimator in _candidates(name, namespace.get(name))
    ]
    # The one in a dict first: a loop variable is only another name for it.
    candidates.sort(key=lambda candidate: "/" not in candidate[0])
    every: dict[int, dict[str, object]] = {}
    inside: set[int] = set()
    for key, estimator in candidates:
        if id(estimator) in every:
            continue
        try:
            params = _params(estimator)
            every[id(estimator)] = _non_default(key, estimator, params)
        except Exception:  # noqa: BLE001 - foreign estimators may raise anything
            continue
        inside |= {id(value) for value in params.values() if _is_estimator(value)}
    shown = [params for identity, params in every.items() if identity not in inside]
    found = {key: value for params in shown for key, value in params.items()}
    return dict(list(found.items())[:MAX_KEYS])


def _candidates(name: str, value: object) -> Iterator[tuple[str, object]]:
    """The value itself, or what stands in a small list or dict."""
    if _is_estimator(value):
        yield name, value
    elif type(value) is dict and isinstance(value, dict) and len(value) <= _MAX_IN_CONTAINER:
        yield from ((f"{name}/{key}", part) for key, part in list(value.items()) if _is_estimator(part))
    elif type(value) in (list, tuple) and isinstance(value, list | tuple) and len(value) <= _MAX_IN_CONTAINER:
        for at, part in enumerate(value):
            if type(part) is tuple and len(part) == 2 and isinstance(part[0], str) and _is_estimator(part[1]):
                yield f"{name}/{part[0]}", part[1]
            elif _is_estimator(part):
                yield f"{name}/{at}", part


def _is_estimator(value: object) -> bool:
    """Whether the class, not the instance, has get_params; a mock has everything on the instance."""
    return not isinstance(value, type) and callable(getattr(type(value), "get_params", None))


def _params(estimator: object) -> dict[str, object]:
    """What the estimator says of itself."""
    params = estimator.get_params(deep=True)  # type: ignore[attr-defined]
    return params if isinstance(params, dict) and all(isinstance(key, str) for key in params) else {}


def _non_default(name: str, estimator: object, params: dict[str, object]) -> dict[str, object]:
    """Parameters that were set, under their scikit-learn names."""
    found: dict[str, object] = {name: type(estimator).__name__}
    for key, value in params.items():
        prefix, _, last = key.rpartition("__")
        owner = params.get(prefix, estimator) if prefix else estimator
        kind: type = type(owner)
        defaults = _defaults(kind)
        if last in defaults and (value is defaults[last] or same(value, defaults[last])):
            continue
        if value is None and type(owner).__module__.partition(".")[0] == "xgboost":
            continue
        if _is_estimator(value):
            found[f"{name}/{key}"] = type(value).__name__
        elif not _holds_estimators(value):
            found[f"{name}/{key}"] = value
    return found


def _holds_estimators(value: object) -> bool:
    """Whether a value is the list of steps, whose parts have keys of their own."""
    parts = value if isinstance(value, list | tuple) else ()
    return any(_is_estimator(part) or (isinstance(part, tuple) and any(map(_is_estimator, part))) for part in parts)


@functools.lru_cache(maxsize=256)
def _defaults(kind: type) -> dict[str, object]:
    """Defaults of the constructor, those of base classes behind ``**kwargs`` included."""
    found: dict[str, object] = {}
    for base in reversed(kind.__mro__):
        init = vars(base).get("__init__")
        if init is None or base is object:
            continue
        try:
            parameters = inspect.signature(init).parameters.values()
        except (ValueError, TypeError):
            continue
        for parameter in parameters:
            if parameter.default is not inspect.Parameter.empty:
                found[parameter.name] = parameter.default
    return found
