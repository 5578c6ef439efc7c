"""Arrays of NumPy and torch: their identity, their form, and giving them back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.identity import PREFIX, rolled
from nbmlops.errors import RecordError, UsageError

if TYPE_CHECKING:
    import numpy as np

CHUNK: Final = 8 << 20
"""Bytes of an array that are one chunk."""


def is_array(thing: object) -> bool:
    """Whether it is an array of NumPy or a tensor of torch."""
    return _is_of(thing, "numpy", "ndarray") or _is_of(thing, "torch", "Tensor")


def to_numpy(thing: Any) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    """The array in C order and native bytes, and its form.

    Raises
    ------
    RecordError
        It holds Python objects.
    """
    import numpy as np

    form: dict[str, Any] = {"engine": "numpy"}
    if _is_of(thing, "torch", "Tensor"):
        form = {"engine": "torch", "dtype": str(thing.dtype).removeprefix("torch.")}
        thing = thing.detach().cpu().contiguous()
        thing = _as_integers(thing).numpy() if form["dtype"] == "bfloat16" else thing.numpy()
    if thing.dtype.hasobject:
        raise RecordError(
            f"an array of {thing.dtype} holds Python objects", "give it a type of fixed size, or save a frame instead"
        )
    array = np.ascontiguousarray(thing).reshape(thing.shape)
    form |= {"type": dtype_name(array.dtype), "shape": list(array.shape)}
    return array, form


def dtype_name(dtype: np.dtype[Any]) -> Any:
    """The type as JSON, little-endian."""
    import numpy as np

    little: Any = dtype.newbyteorder("<")
    return (
        little.str
        if little.names is None
        else [list(map(str, field)) for field in np.lib.format.dtype_to_descr(little)]
    )


def content_id(array: np.ndarray[Any, Any]) -> str:
    """``nb1:`` and 64 hexadecimal digits, of type, shape and values.

    Examples
    --------
    >>> import numpy as np
    >>> content_id(np.arange(6).reshape(2, 3)) == content_id(np.arange(6).reshape(2, 3).T.copy().T)
    True
    """
    head = [b"array", str(dtype_name(array.dtype)).encode(), str(array.shape).encode()]
    return PREFIX + rolled([*head, *map(_digest, chunks(array))])


def chunks(array: np.ndarray[Any, Any]) -> Iterator[bytes | memoryview]:
    """Its bytes in C order, in pieces."""
    import numpy as np

    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    data = np.ascontiguousarray(little).reshape(-1).view(np.uint8) if array.size else np.zeros(0, np.uint8)
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK].data


def restore(form: Mapping[str, Any], data: Sequence[bytes]) -> Any:
    """The array as it was."""
    import numpy as np

    kind = form["type"]
    dtype = np.dtype(kind if isinstance(kind, str) else [tuple(field) for field in kind])
    array = np.frombuffer(bytearray(b"".join(data)), dtype=dtype).reshape(form["shape"])
    if form["engine"] == "numpy":
        return array
    try:
        import torch
    except ModuleNotFoundError:
        raise UsageError("this is a tensor of torch, and torch is not installed here", "pip install torch") from None
    tensor = torch.from_numpy(array)
    return tensor.view(torch.bfloat16) if form["dtype"] == "bfloat16" else tensor


def _digest(piece: bytes | memoryview) -> bytes:
    from blake3 import blake3

    return blake3(piece).digest()


def _as_integers(tensor: Any) -> Any:
    import torch

    return tensor.view(torch.int16)


def _is_of(thing: object, module: str, name: str) -> bool:
    found = getattr(sys.modules.get(module), name, None)
    return isinstance(found, type) and isinstance(thing, found)
