"""A frame or an array that was passed to a function: what it is worth knowing of it, and what that costs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from nbmlops.data import arrays, tabular
from nbmlops.data.things import look, sums
from nbmlops.errors import MLError

_BYTES_PER_S: Final = 500e6  # of the identity, with a margin
_OBJECT_S: Final = 4e-7  # a value of a column of Python objects
_SUMMED_PER_S: Final = 5e9
_LARGEST: Final = 1 << 30


def is_data(thing: Any) -> bool:
    """Whether it is a frame, a column or an array."""
    return tabular.engine(thing) in ("pandas", "polars", "stream") or arrays.is_array(thing) or _is_series(thing)


def of(thing: Any) -> Passed:
    """Look at its size."""
    if _is_series(thing):
        thing = thing.to_frame()
    kind = "array" if arrays.is_array(thing) else tabular.engine(thing)
    shape = tuple(getattr(thing, "shape", ())) or (len(thing) if hasattr(thing, "__len__") else 1,)
    rows = int(shape[0])
    columns = 1
    for size in shape[1:]:
        columns *= int(size)
    return Passed(thing, kind, rows, columns, _bytes(thing, kind), _objects(thing, kind))


@dataclass(frozen=True)
class Passed:
    """What was passed.

    Attributes
    ----------
    thing, kind
        The frame or array, and whose it is.
    rows, columns, size_bytes, objects
        How large it is; objects are values that are not in one piece of memory.
    """

    thing: Any
    kind: str
    rows: int
    columns: int
    size_bytes: int
    objects: int

    @property
    def cost_s(self) -> float:
        """About how many seconds its identity takes."""
        return 0.001 + self.size_bytes / _BYTES_PER_S + self.objects * _OBJECT_S

    def content_id(self) -> str | None:
        """Its identity as it is now; None where it has none."""
        try:
            return look(self.thing).content_id
        except MLError:
            return None  # values of several types in one column: no version could be made of it either

    def later(self, room_s: float) -> Callable[[], str | None] | None:
        """Its identity as it is now, to be found later; None where it may be changed until then.

        Frames of polars and pyarrow do not change, those of pandas are copied when they are written into. Of an array
        a sum of its memory is taken now: if that is another one later, nothing is said of it.
        """
        if self.size_bytes > _LARGEST:
            return None
        if self.kind in ("polars", "stream"):
            return self.content_id
        if self.kind == "pandas" and _copies_on_write():
            kept = Passed(self.thing.copy(deep=False), self.kind, self.rows, self.columns, self.size_bytes, 0)
            return kept.content_id
        if self.kind == "array" and self.size_bytes / _SUMMED_PER_S <= room_s and _is_contiguous(self.thing):
            return _unchanged(self.thing)
        return None


def _unchanged(array: Any) -> Callable[[], str | None]:
    """The identity of an array, if its memory is the same then."""
    before = sums(array)

    def content_id() -> str | None:
        try:
            found = look(array).content_id
        except MLError:
            return None
        return found if sums(array) == before else None

    return content_id


def _is_series(thing: Any) -> bool:
    return any(
        isinstance(kind := getattr(sys.modules.get(module), "Series", None), type) and isinstance(thing, kind)
        for module in ("pandas", "polars")
    )


def _bytes(thing: Any, kind: str) -> int:
    if kind == "pandas":
        return int(thing.memory_usage(index=False).sum())
    if kind == "polars":
        return int(thing.estimated_size())
    return int(getattr(thing, "nbytes", 0))


def _objects(thing: Any, kind: str) -> int:
    """Values of columns that hold one Python object a row."""
    if kind != "pandas":
        return 0
    count = sum(str(dtype) == "object" or getattr(dtype, "storage", "") == "python" for dtype in thing.dtypes)
    return int(len(thing) * count)


def _is_contiguous(thing: Any) -> bool:
    flags = getattr(thing, "flags", None)
    return bool(getattr(flags, "c_contiguous", False)) and not thing.dtype.hasobject


def _copies_on_write() -> bool:
    pandas = sys.modules.get("pandas")
    version = str(getattr(pandas, "__version__", "0")).partition(".")[0]
    return version.isdigit() and int(version) >= 3
