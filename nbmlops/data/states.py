"""Nested dicts of arrays and tensors, as models of torch give their state: one identity, one blob a tensor."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import arrays
from nbmlops.data.identity import PREFIX, rolled
from nbmlops.errors import RecordError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_DEEPEST: Final = 30
_PLAIN: Final = (bool, int, float, str)


@dataclass(frozen=True)
class State:
    """A nested dict that was looked at.

    Attributes
    ----------
    form
        Its structure as plain JSON, with the name, form and id of every array.
    arrays
        The arrays, in the order of the form.
    """

    form: dict[str, Any]
    arrays: tuple[np.ndarray[Any, Any], ...]

    @property
    def content_id(self) -> str:
        """``nb1:`` and 64 hexadecimal digits, of names and values; the order of names does not count."""
        parts = sorted((json.dumps(each["path"]), each["content"]) for each in self.form["entries"])
        parts += sorted((json.dumps(path), text) for path, text in _plain_values(self.form["tree"], ()))
        return PREFIX + rolled([b"state", *(part.encode() for pair in parts for part in pair)])


def is_state(thing: object) -> bool:
    """Whether it is a dict, or a dict of dicts, with an array in it."""
    return isinstance(thing, Mapping) and _has_array(thing, 0)


def look(thing: Mapping[Any, Any]) -> State:
    """Look at a nested dict.

    Raises
    ------
    RecordError
        It holds something that is neither an array nor a plain value; its name is told.
    """
    entries: list[dict[str, Any]] = []
    found: list[np.ndarray[Any, Any]] = []
    tree = _tree(thing, (), entries, found)
    return State({"engine": "state", "tree": tree, "entries": entries}, tuple(found))


def restore(form: Mapping[str, Any], pieces: Sequence[Sequence[bytes]]) -> Any:
    """The nested dict as it was."""
    made = [arrays.restore(each, data) for each, data in zip(form["entries"], pieces, strict=True)]
    return _made(form["tree"], made)


def table(form: Mapping[str, Any], values: Sequence[np.ndarray[Any, Any]] | None = None) -> pa.Table:
    """One row an array: its name, type, shape and the first digits of its id; with values their mean and norm."""
    import numpy as np
    import pyarrow as pa

    entries = form["entries"]
    columns: dict[str, Any] = {
        "tensor": pa.array([each["name"] for each in entries], pa.string()),
        "type": pa.array([arrays.type_word(each) for each in entries], pa.string()),
        "shape": pa.array([" × ".join(map(str, each["shape"])) or "scalar" for each in entries], pa.string()),
        "content": pa.array([each["content"][4:16] for each in entries], pa.string()),
    }
    if values is not None:
        numbers = [arrays.as_numbers(each, array) for each, array in zip(entries, values, strict=True)]
        columns["mean"] = pa.array([_of(np.mean, one) for one in numbers], pa.float64())
        columns["norm"] = pa.array([_of(np.linalg.norm, one) for one in numbers], pa.float64())
    return pa.table(columns)


def _of(measure: Any, numbers: np.ndarray[Any, Any] | None) -> float | None:
    return None if numbers is None or not numbers.size else float(measure(numbers.reshape(-1)))


def _has_array(thing: object, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(thing, Mapping):
        return any(_has_array(value, depth + 1) for value in thing.values())
    if isinstance(thing, list | tuple):
        return any(_has_array(value, depth + 1) for value in thing[:1000])
    return arrays.is_array(thing)


def _tree(thing: Any, path: tuple[str, ...], entries: list[dict[str, Any]], found: list[Any]) -> Any:
    name = ".".join(path)
    if len(path) > _DEEPEST:
        raise RecordError(f"{name[:60]!r} is nested too deep, or holds itself", "save its parts on their own")
    if isinstance(thing, Mapping):
        _check_keys(thing, name)
        kind = "ordered" if isinstance(thing, OrderedDict) else "dict"
        return [kind, [[key, _tree(value, (*path, str(key)), entries, found)] for key, value in thing.items()]]
    if isinstance(thing, list | tuple):
        kind = "list" if isinstance(thing, list) else "tuple"
        return [kind, [_tree(value, (*path, str(at)), entries, found) for at, value in enumerate(thing)]]
    if arrays.is_array(thing):
        array, form = arrays.to_numpy(thing)
        entries.append({**form, "name": name, "path": path, "content": arrays.content_id(array, arrays.type_of(form))})
        found.append(array)
        return ["array", len(entries) - 1]
    if thing is None or type(thing) in _PLAIN:
        return ["value", ["float", repr(thing)] if isinstance(thing, float) else ["plain", thing]]
    raise RecordError(
        f"{name[:100]!r} is a {type(thing).__name__}: a dict of arrays holds arrays, numbers and texts",
        "leave it out, or write the dict to a file and save that",
    )


def _check_keys(thing: Mapping[Any, Any], name: str) -> None:
    odd = next((key for key in thing if type(key) not in (str, int)), None)
    if odd is not None:
        raise RecordError(
            f"{name[:60] or 'the dict'!r} has a key of {type(odd).__name__}: {str(odd)[:40]!r}",
            "texts and numbers name arrays",
        )
    if len({str(key) for key in thing}) < len(thing):
        raise RecordError(f"{name[:60] or 'the dict'!r} has a number and its text as keys", "name them apart")


def _made(node: Any, made: Sequence[Any]) -> Any:
    kind, held = node
    if kind == "array":
        return made[held]
    if kind == "value":
        return float(held[1]) if held[0] == "float" else held[1]
    if kind in ("list", "tuple"):
        found = [_made(each, made) for each in held]
        return found if kind == "list" else tuple(found)
    pairs = [(key, _made(each, made)) for key, each in held]
    return OrderedDict(pairs) if kind == "ordered" else dict(pairs)


def _plain_values(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The path and text of everything that is no array, empty parts included."""
    kind, held = node
    if kind == "value":
        yield path, json.dumps(held)
    elif kind in ("list", "tuple"):
        yield path, f"{len(held)} parts"
        for at, each in enumerate(held):
            yield from _plain_values(each, (*path, str(at)))
    elif kind != "array":
        if not held:
            yield path, "nothing"
        for key, each in held:
            yield from _plain_values(each, (*path, str(key)))
