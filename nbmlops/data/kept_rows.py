"""What a diff keeps of objects that somebody can still write into: the rows that it found, as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nbmlops.data.differences.sides import LiveSide

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from nbmlops.data.differences import TableDiff
    from nbmlops.data.differences.sides import Side

ROWS: Final = 10_000
"""So many of each kind, and changed cells of each column; fewer of wide tables."""
_CELLS: Final = 2_000_000
_FEWEST: Final = 50


def keep(table: TableDiff, sides: tuple[Side, Side]) -> None:
    """Keep the first rows that differ of sides that can change."""
    import pyarrow.compute as pc

    if not any(isinstance(side, LiveSide) for side in sides) or not table.hits.num_rows:
        return
    widest = max(len(side.identity.names) for side in sides)
    most = max(min(ROWS, _CELLS // max(widest, 1)), _FEWEST)
    whole = {"left": table.rows("removed").slice(0, most), "right": table.rows("added").slice(0, most)}
    changed = table.rows("changed")
    by_label = {
        label: _joined(changed.slice(0, most), changed.filter(pc.fill_null(changed[f"c{at}"], False)).slice(0, most))
        for at, label in enumerate(table.columns)
    }
    in_key = _joined(changed.slice(0, most), *by_label.values())
    for side, name in zip(sides, ("left", "right"), strict=True):
        if not isinstance(side, LiveSide):
            continue
        wanted = dict.fromkeys(range(len(side.identity.names)), _numbers(whole[name], name))
        for pair in table.schema.pairs:
            hits = in_key if pair.label in table.key else by_label.get(pair.label)
            if hits is not None:
                place = pair.left if name == "left" else pair.right
                wanted[place] = _both(wanted[place], _numbers(hits, name))
        for place, rows in wanted.items():
            if len(rows):
                side.keep(place, rows)


def _joined(*parts: pa.Table) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables([part.select(["left", "right"]) for part in parts])


def _numbers(hits: pa.Table, side: str) -> NDArray[np.int64]:
    import numpy as np

    return hits[side].to_numpy().astype(np.int64)  # type: ignore[no-any-return]


def _both(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.concatenate([one, two])


def copied(table: pa.Table) -> pa.Table:
    """A table that nobody else can write into; the very same where Arrow cannot copy one of its types."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    try:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        found = pa.ipc.open_stream(sink.getvalue()).read_all()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return table
    return found if found.schema.equals(table.schema) else table
