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
        It holds Python objects, masked values, or a type that NumPy cannot tell.
    """
    import numpy as np

    form: dict[str, Any] = {"engine": "numpy"}
    if _is_of(thing, "torch", "Tensor"):
        form = {"engine": "torch", "dtype": str(thing.dtype).removeprefix("torch.")}
        thing = _from_torch(thing, form["dtype"])
    if isinstance(thing, np.ma.MaskedArray):
        if np.ma.getmaskarray(thing).any():
            raise RecordError(
                "a masked array holds masked values: its mask would be lost",
                "save array.filled(...), or array.data and array.mask one by one",
            )
        thing = thing.data
    if thing.dtype.hasobject:
        raise RecordError(
            f"an array of {thing.dtype} holds Python objects", "give it a type of fixed size, or save a frame instead"
        )
    if thing.dtype.char in "gG":
        raise RecordError(
            f"an array of {thing.dtype} is not the same on every machine", "save array.astype('float64') instead"
        )
    array = np.ascontiguousarray(np.asarray(thing)).reshape(thing.shape)
    if array.dtype != array.dtype.newbyteorder("="):
        form["order"] = array.dtype.byteorder
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype.names is not None:
        array = _without_gaps(array)
    form |= {"type": dtype_name(array.dtype), "shape": list(array.shape)}
    return array, form


def _without_gaps(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A structured array whose bytes between the fields are zero: they are no values."""
    import numpy as np

    clean = np.zeros(array.shape, dtype=array.dtype)
    for name in array.dtype.names or ():
        part = array[name]
        clean[name] = _without_gaps(part) if part.dtype.names is not None else part
    return clean


def note(thing: Any) -> str:
    """What of an array does not come back."""
    if getattr(thing, "requires_grad", False) is True:
        return "comes back as a plain tensor, without requires_grad"
    kind = type(thing).__name__
    return f"comes back as an array, not as {kind}" if kind in ("recarray", "matrix", "MaskedArray") else ""


def dtype_name(dtype: np.dtype[Any]) -> Any:
    """The type as JSON, little-endian; a structured one by the names, types, places and size of its fields."""
    little: Any = dtype.newbyteorder("<")
    if little.subdtype is not None:
        item, shape = little.subdtype
        return {"of": dtype_name(item), "shape": list(shape)}
    if little.names is None:
        return little.str
    fields = [[name, dtype_name(little.fields[name][0]), int(little.fields[name][1])] for name in little.names]
    return {"fields": fields, "size": int(little.itemsize)}


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

    array = np.frombuffer(bytearray(b"".join(data)), dtype=_dtype(form["type"])).reshape(form["shape"])
    if form["engine"] == "numpy":
        return array.astype(array.dtype.newbyteorder(">")) if form.get("order") == ">" else array
    try:
        import torch
    except ModuleNotFoundError:
        raise UsageError("this is a tensor of torch, and torch is not installed here", "pip install torch") from None
    tensor = torch.from_numpy(array)
    return tensor.view(getattr(torch, form["dtype"])) if form["dtype"].startswith(_ONLY_TORCH) else tensor


def comparable(array: np.ndarray[Any, Any], form: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """The values of an array, where only its bits are in NumPy."""
    import numpy as np

    if type_of(form) != "bfloat16":
        return array
    return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)


def as_numbers(form: Mapping[str, Any], array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    """The values as floats of 64 bits; None of what is no real number."""
    import numpy as np

    if type_of(form) == "bfloat16":
        return comparable(array, form).astype(np.float64)
    if type_of(form).startswith(_ONLY_TORCH):
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def _digest(piece: bytes | memoryview) -> bytes:
    from blake3 import blake3

    return blake3(piece).digest()


def _dtype(said: Any) -> np.dtype[Any]:
    import numpy as np

    if isinstance(said, str):
        return np.dtype(said)
    if "of" in said:
        return np.dtype((_dtype(said["of"]), tuple(said["shape"])))
    names, kinds, places = zip(*said["fields"], strict=True) if said["fields"] else ((), (), ())
    formats = [_dtype(kind) for kind in kinds]
    return np.dtype({"names": list(names), "formats": formats, "offsets": list(places), "itemsize": said["size"]})


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
