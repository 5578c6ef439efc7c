"""Arrays of NumPy and torch: their identity, their form, and giving them back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.identity import PREFIX, rolled
from nbmlops.errors import RecordError, UsageError

if TYPE_CHECKING:
    import numpy as np

_ONLY_TORCH: Final = ("bfloat16", "float8", "float4")
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
        It holds Python objects, or its values are not all there.
    """
    import numpy as np

    form: dict[str, Any] = {"engine": "numpy"}
    if _is_of(thing, "torch", "Tensor"):
        form = {"engine": "torch", "dtype": str(thing.dtype).removeprefix("torch.")}
        thing = _from_torch(thing, form["dtype"])
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


def type_of(form: Mapping[str, Any]) -> str:
    """The name of its type; of what only torch has, the one of torch."""
    name = str(form.get("dtype", ""))
    return name if name.startswith(_ONLY_TORCH) else str(form["type"])


def type_word(form: Mapping[str, Any]) -> str:
    """Its type as libraries call it: ``float32``."""
    import numpy as np

    kind = form["type"]
    return str(form.get("dtype") or (np.dtype(kind).name if isinstance(kind, str) else kind))


def content_id(array: np.ndarray[Any, Any], kind: str = "") -> str:
    """``nb1:`` and 64 hexadecimal digits, of type, shape and values.

    Parameters
    ----------
    array
        The values.
    kind
        What `type_of` its form says, where that is another type than the one of the values.

    Examples
    --------
    >>> import numpy as np
    >>> content_id(np.arange(6).reshape(2, 3)) == content_id(np.arange(6).reshape(2, 3).T.copy().T)
    True
    """
    head = [b"array", (kind or str(dtype_name(array.dtype))).encode(), str(array.shape).encode()]
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
    return tensor.view(getattr(torch, form["dtype"])) if form["dtype"].startswith(_ONLY_TORCH) else tensor


def comparable(form: Mapping[str, Any], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The values as an array whose values can be compared: of bfloat16 as floats."""
    if type_of(form) != "bfloat16":
        return array
    found = as_numbers(form, array)
    assert found is not None
    return found


def as_numbers(form: Mapping[str, Any], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """The values as floats of 64 bits; None of what is no real number."""
    import numpy as np

    if type_of(form) == "bfloat16":
        return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    if type_of(form).startswith(_ONLY_TORCH):
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def _digest(piece: bytes | memoryview) -> bytes:
    from blake3 import blake3

    return blake3(piece).digest()


def _from_torch(tensor: Any, name: str) -> np.ndarray[Any, Any]:
    import torch

    if tensor.layout is not torch.strided or tensor.is_quantized:
        raise RecordError(
            f"a tensor that is {_layout(tensor)} is no plain array", "tensor.to_dense(), or .dequantize()"
        )
    if tensor.device.type == "meta":
        raise RecordError("a tensor on the device meta has no values", "save it once it is filled")
    tensor = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    if name.startswith(_ONLY_TORCH):
        tensor = tensor.view(torch.int16 if tensor.element_size() == 2 else torch.uint8)
    try:
        found: np.ndarray[Any, Any] = tensor.numpy()
    except (TypeError, RuntimeError) as error:
        raise RecordError(
            f"a tensor of {name} cannot be read as an array: {str(error).splitlines()[0][:100]}", "give it another type"
        ) from None
    return found


def _layout(tensor: Any) -> str:
    return "quantized" if tensor.is_quantized else str(tensor.layout).removeprefix("torch.").replace("_", " ")


def _is_of(thing: object, module: str, name: str) -> bool:
    found = getattr(sys.modules.get(module), name, None)
    return isinstance(found, type) and isinstance(thing, found)
