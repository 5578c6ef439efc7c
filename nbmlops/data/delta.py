"""A version as what changed since its parent: rows taken out, rows put in, cells; for edits all over a large table.

Chunks of columns do not help there: a few scattered edits touch all of them. What is written here is rebuilt once
before it counts, so a delta that does not give back the very content is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data.differences import diff_tables
from nbmlops.data.identity import Identity, identify
from nbmlops.data.keeping import Keeper
from nbmlops.data.manifests import Blob, VersionManifest
from nbmlops.data.payload import Fetch, Kept, decode_table, encode_table, read_blob

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from nbmlops.data.differences import TableDiff

DEEPEST: Final = 8
"""So many deltas may follow each other; then all values are written anew."""
_SMALL: Final = 0.2  # of the cells of the chunks that would be written
_WORTH_CHUNKS: Final = 4


def made(
    keeper: Keeper,
    fetch: Fetch,
    table: pa.Table,
    identity: Identity,
    parent: VersionManifest,
    parent_blob: Blob,
    key: tuple[str, ...],
) -> Mapping[str, Any] | None:
    """Keep a table as a delta to its parent; None where that does not pay.

    Parameters
    ----------
    table
        With its columns in plain form.
    key
        Columns that tell rows apart, if they were declared.
    """
    depth = int(parent.delta["depth"]) + 1 if parent.delta else 1
    old = parent.identity
    if old is None or depth > DEEPEST or (old.names, old.types) != (identity.names, identity.types):
        return None
    if [str(kind) for kind in parent.types] != [str(field.type) for field in table.schema]:
        return None
    known = {digest for column in old.digests for digest in column}
    dirty = sum(digest not in known for column in identity.digests for digest in column)
    if dirty < _WORTH_CHUNKS:
        return None
    before = Kept(fetch, parent).table()
    if len(set(identity.names)) < len(identity.names):
        return None
    found = _changes(before, table, old, identity, key)
    if found is None:
        return None
    changed = sum(found.changed_cells().values()) + found.count("added") * len(identity.names)
    if changed > _SMALL * dirty * (table.num_rows / max(len(identity.digests[0]), 1)):
        return None
    parts = _parts(found, table)
    if not _is_right(before, parts, identity):
        return None
    return _kept(keeper, parts, parent_blob, depth)


def rebuild(fetch: Fetch, manifest: VersionManifest) -> pa.Table:
    """The table of a version that is a delta."""
    said = manifest.delta
    assert said is not None
    parent = VersionManifest.unpack(read_blob(fetch, said["parent"]))
    parts: dict[str, Any] = {"patches": {}}
    for name in ("removed", "added"):
        parts[name] = decode_table(read_blob(fetch, said[name])) if said.get(name) else None
    for place, blob in said["patches"].items():
        parts["patches"][int(place)] = decode_table(read_blob(fetch, blob))
    return _applied(Kept(fetch, parent).table(), parts)


def _changes(before: pa.Table, after: pa.Table, old: Identity, new: Identity, key: tuple[str, ...]) -> TableDiff | None:
    """What changed, with a key or by place; None where rows cannot be paired."""
    found = diff_tables(before, after, key=key or None, left_identity=old, right_identity=new)
    return found if found.method in ("by place", "by key") else None


def _parts(found: TableDiff, table: pa.Table) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    removed, added = found.rows("removed")["left"], found.rows("added")["right"]
    parts: dict[str, Any] = {"removed": None, "added": None, "patches": {}}
    if len(removed):
        parts["removed"] = pa.table({"at": _sorted(removed)})
    if len(added):
        at = _sorted(added)
        parts["added"] = _numbered(table.take(at)).append_column("at", at)
    changed = found.rows("changed")
    for label, name in enumerate(found.columns):
        places = _sorted(changed.filter(pc.fill_null(changed[f"c{label}"], False))["right"])
        if len(places):
            place = table.column_names.index(name)
            values = table.column(place).take(places)
            parts["patches"][place] = pa.table({"at": places, "value": values})
    return parts


def _applied(before: pa.Table, parts: Mapping[str, Any]) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    names = before.column_names
    table = _numbered(before)
    if parts["removed"] is not None:
        stays = np.ones(table.num_rows, dtype=np.bool_)
        stays[parts["removed"]["at"].to_numpy()] = False
        table = table.filter(pa.array(stays))
    if parts["added"] is not None:
        table = _inserted(table, parts["added"])
    columns = [
        _patched(column, parts["patches"][place]) if place in parts["patches"] else column
        for place, column in enumerate(table.columns)
    ]
    return pa.Table.from_arrays(columns, names=names)


def _inserted(table: pa.Table, added: pa.Table) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    at = added["at"].to_numpy()
    total = table.num_rows + len(at)
    if at[-1] >= total:
        return table.slice(0, 0)  # not of this parent: the identity will tell
    is_new = np.zeros(total, dtype=np.bool_)
    is_new[at] = True
    order = np.empty(total, dtype=np.int64)
    order[~is_new] = np.arange(table.num_rows)
    order[is_new] = table.num_rows + np.arange(len(at))
    both = pa.concat_tables([table, added.drop_columns(["at"])])
    return _taken(both, order)


def _patched(column: pa.ChunkedArray, patch: pa.Table) -> pa.ChunkedArray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    at = patch["at"].to_numpy()
    if pa.types.is_primitive(column.type):
        mask = np.zeros(len(column), dtype=np.bool_)
        mask[at] = True
        return pc.replace_with_mask(column, pa.array(mask), patch["value"].combine_chunks())
    order = np.arange(len(column), dtype=np.int64)
    order[at] = len(column) + np.arange(len(at))
    joined = pa.chunked_array([*column.chunks, *patch["value"].chunks], type=column.type)
    return _taken(pa.table({"c": joined}), order).column(0)


def _taken(table: pa.Table, order: np.ndarray[Any, Any]) -> pa.Table:
    import pyarrow as pa

    return table.take(pa.array(order))


def _is_right(before: pa.Table, parts: Mapping[str, Any], identity: Identity) -> bool:
    rebuilt = _applied(before, parts)
    return rebuilt.num_rows == identity.rows and identify(rebuilt).content_id == identity.content_id


def _kept(keeper: Keeper, parts: Mapping[str, Any], parent: Blob, depth: int) -> Mapping[str, Any]:
    said: dict[str, Any] = {"parent": parent, "depth": depth, "patches": {}}
    for name in ("removed", "added"):
        if parts[name] is not None:
            said[name] = keeper.put(encode_table(parts[name]))
    for place, patch in parts["patches"].items():
        said["patches"][str(place)] = keeper.put(encode_table(patch))
    said["blobs"] = [said[name] for name in ("removed", "added") if name in said] + list(said["patches"].values())
    return said


def _numbered(table: pa.Table) -> pa.Table:
    """With names that no column of the user has."""
    return table.rename_columns([f"c{place}" for place in range(table.num_columns)])


def _sorted(places: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.sort_indices(places)
    taken = places.take(found)
    return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken
