"""Functions of other libraries, wrapped thinly, so that what they are given is noticed while a run is open.

A library is touched when it is loaded, never before, and is as it was after `take_off`. Without a run a wrapped
function costs one look into a dict.
"""

from __future__ import annotations

import functools
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any, Final, cast

from nbmlops.data import fitting, readers
from nbmlops.data.watched import runs

See = Callable[[tuple[Any, ...], dict[str, Any]], None]
_log = logging.getLogger("nbmlops")
_OURS: Final = "_nbmlops_original"


@dataclass(frozen=True)
class _Patch:
    owner: Any
    name: str
    before: Any
    ours: Any
    is_brief: bool

    def undo(self) -> None:
        """Unless somebody else has put something over it."""
        if vars(self.owner).get(self.name) is self.ours:
            setattr(self.owner, self.name, self.before)


class _Inside(threading.local):
    """Whether this thread is inside of a wrapped function: what that calls itself is not counted again."""

    is_on = False


_inside = _Inside()
_patches: list[_Patch] = []
_wrapped: set[str] = set()
_lock = threading.RLock()


def put_on() -> None:
    """Wrap what is loaded, and from now on what is being loaded."""
    with _lock:
        for module in readers.TABLE:
            if _is_loaded(module):
                _wrap_module(module)
        fitting.put_on(_put)
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)


def rest() -> None:
    """If no run is open, take off what costs more than a look, and leave imports alone."""
    with _lock:
        if not runs:
            _settle()


def _settle() -> None:
    _undo(brief_only=True)
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)


def take_off() -> None:
    """Leave every library as it was."""
    with _lock:
        _settle()
        _undo(brief_only=False)
        _wrapped.clear()


def _undo(*, brief_only: bool) -> None:
    kept = []
    for patch in reversed(_patches):
        if brief_only and not patch.is_brief:
            kept.append(patch)
        else:
            patch.undo()
    _patches[:] = reversed(kept)


def _is_loaded(name: str) -> bool:
    module = sys.modules.get(name)
    return module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False)


def _wrap_module(name: str) -> None:
    module = sys.modules[name]
    for entry in readers.TABLE[name]:
        if name in _wrapped and not entry.is_sql:
            continue
        owner: Any = functools.reduce(lambda found, part: getattr(found, part, None), entry.owner, cast("Any", module))
        if owner is None:
            continue  # an older release
        for function in entry.names:
            try:
                _wrap(owner, function, entry)
            except (AttributeError, TypeError):  # a type that nothing can be put into
                continue
    _wrapped.add(name)


def _wrap(owner: Any, name: str, entry: readers.Entry) -> None:
    if isinstance(owner, type):  # where it is defined: a method that is inherited stays inherited
        owner = next((kind for kind in owner.__mro__ if name in vars(kind)), owner)
    before = vars(owner).get(name)
    if before is None or not callable(before) or isinstance(before, type):
        return
    see = functools.partial(readers.see, entry)
    if entry.is_sql:
        _put(owner, name, lambda original: _in_place(original, see), is_brief=True)
        return
    ours = _put(owner, name, lambda original: _plain(original, see))
    home = sys.modules.get(getattr(before, "__module__", None) or "")
    if ours is None or home is None or home is owner or not isinstance(owner, ModuleType):
        return
    if vars(home).get(name) is before:  # pickle looks for a function where it was defined, and wants the same one
        _put(home, name, lambda _: ours)


def _put(owner: Any, name: str, make: Callable[[Any], Any], *, is_brief: bool = False) -> Any:
    """Put a wrapper in place, unless there is one; returns it if it was put."""
    before = vars(owner)[name]
    if hasattr(before, _OURS):
        return None
    ours = make(before)
    setattr(ours, _OURS, True)
    setattr(owner, name, ours)
    _patches.append(_Patch(owner, name, before, ours, is_brief))
    return ours


def _plain(original: Any, see: See) -> Any:
    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if not runs or _inside.is_on:
            return original(*args, **kwargs)
        _inside.is_on = True
        try:
            found = original(*args, **kwargs)
        finally:
            _inside.is_on = False
        _look(see, args, kwargs)
        return found

    if isinstance(inner := getattr(original, "__code__", None), CodeType):
        # the library looks for the first line that is not its own: warnings go on naming the line of the user
        ours: Any = wrapper
        ours.__code__ = ours.__code__.replace(co_filename=inner.co_filename, co_firstlineno=inner.co_firstlineno)
    return wrapper


_HIDDEN: Final = "__nbmlops_call__"
_CALL: Final = compile(f"{_HIDDEN}()", "<nbmlops>", "eval")


def _in_place(original: Any, see: See) -> Any:
    """Of a function that looks for variables by name where it is called: it is called with those of its caller."""

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        caller = sys._getframe(1)
        call = {_HIDDEN: functools.partial(original, *args, **kwargs)}
        local = caller.f_locals
        found = eval(_CALL, caller.f_globals, call if local is caller.f_globals else {**local, **call})
        if runs and not _inside.is_on and not str(caller.f_globals.get("__name__")).startswith("nbmlops."):
            _look(see, args, kwargs)
        return found

    return wrapper


def _look(see: See, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    _inside.is_on = True
    try:
        see(args, kwargs)
    except Exception as error:  # noqa: BLE001 - the call of the user has done its work
        _log.debug("what was read was not noticed: %r", error)
    finally:
        _inside.is_on = False


class _Finder:
    """Stands in front of the finders of Python while a run is open, and wraps a library as soon as it is loaded."""

    def __init__(self) -> None:
        self._busy: set[str] = set()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """The spec that the others find, with a loader that tells when it is done."""
        if (name not in readers.TABLE and not fitting.watches(name)) or name in self._busy:
            return None
        self._busy.add(name)
        try:
            spec = _found(self, name, path, target)
        finally:
            self._busy.discard(name)
        loader = getattr(spec, "loader", None)
        if loader is not None and hasattr(loader, "exec_module"):
            try:
                loader.exec_module = functools.partial(_execute, loader, loader.exec_module, name)
            except AttributeError:
                pass  # a loader of another kind: it is wrapped when the next run begins
        return spec


def _found(ours: _Finder, name: str, path: Sequence[str] | None, target: ModuleType | None) -> Any:
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        if finder is not ours and find is not None and (spec := find(name, path, target)) is not None:
            return spec
    return None


def _execute(loader: Any, execute: Callable[[ModuleType], None], name: str, module: ModuleType) -> None:
    del loader.exec_module  # the loader is as it was
    execute(module)
    try:
        with _lock:
            if name in readers.TABLE:
                _wrapped.discard(name)
                _wrap_module(name)
            if fitting.watches(name):
                fitting.put_on(_put)
    except Exception as error:  # noqa: BLE001 - the import of the user has done its work
        _log.debug("%s is not noticed: %r", name, error)


_finder: Any = _Finder()
