"""The canonical name of every Arrow type: encodings of the same logical type share one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.bare import is_coded, is_list

if TYPE_CHECKING:
    import pyarrow as pa

UTC: Final = frozenset(
    ("UTC", "utc", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Z", "Universal", "Etc/Universal", "+00:00",
     "-00:00", "+0000", "+00")
)  # fmt: skip
"""How libraries call the zone that has one canonical name, ``UTC``."""


def type_name(kind: pa.DataType) -> str:
    """The canonical name of an Arrow type; encodings of the same logical type share one.

    Examples
    --------
    >>> import pyarrow as pa
    >>> type_name(pa.dictionary(pa.int8(), pa.large_string())), type_name(pa.list_(pa.int64()))
    ('string', 'list<int64>')
    >>> type_name(pa.timestamp("us", "Etc/UTC"))
    'timestamp[us, tz=UTC]'
    """
    import pyarrow as pa

    is_ = pa.types
    if is_coded(kind):
        return type_name(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        said = _parameters(kind)
        return f"{kind.extension_name}<{type_name(kind.storage_type)}{';' + quoted(said) if said else ''}>"
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return "string"
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_binary_view(kind):
        return "binary"
    if is_.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if is_.is_timestamp(kind) and kind.tz in UTC:
        return f"timestamp[{kind.unit}, tz=UTC]"
    if is_.is_map(kind):
        return f"map<{type_name(kind.key_type)},{type_name(kind.item_type)}>"
    if is_.is_fixed_size_list(kind):
        return f"list[{kind.list_size}]<{type_name(kind.value_type)}>"
    if is_list(kind):
        return f"list<{type_name(kind.value_type)}>"
    if is_.is_struct(kind):
        return "struct<" + ",".join(f"{quoted(field.name)}:{type_name(field.type)}" for field in kind) + ">"
    if is_.is_union(kind):
        members = (kind.field(place) for place in range(kind.num_fields))
        return "union<" + ",".join(f"{quoted(field.name)}:{type_name(field.type)}" for field in members) + ">"
    return str(kind)


def quoted(name: str) -> str:
    """A field's name that cannot be taken for the grammar around it."""
    return "".join(f"%{ord(char):02x}" if char in "%<>,:[]\0" else char for char in name)


def _parameters(kind: Any) -> str:
    """What an extension type is besides its storage: the frequency of periods, the shape of tensors; often nothing."""
    name = str(kind.extension_name)
    if name == "arrow.fixed_shape_tensor":
        said = {"shape": kind.shape, "dim_names": kind.dim_names, "permutation": kind.permutation}
        return json.dumps({key: list(value) for key, value in said.items() if value}, separators=(",", ":"))
    if name == "arrow.opaque":
        return json.dumps([kind.type_name, kind.vendor_name], separators=(",", ":"))
    if name in ("arrow.uuid", "arrow.json", "arrow.bool8"):
        return ""
    if not hasattr(kind, "__arrow_ext_serialize__"):
        return str(kind)
    raw = bytes(kind.__arrow_ext_serialize__())
    try:
        return json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"))
    except ValueError:
        return raw.hex()
