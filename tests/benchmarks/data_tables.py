"""The table that benchmarks of data measure, its edits, and a folder of many small files; nbmlops is not needed.

10 mixed columns: a key, a timestamp, a dictionary, text with and without repeats, numbers with NULL and NaN, a
boolean. What was added, removed and changed is counted while it is made.
"""

from __future__ import annotations

import json
import os
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

OPENINGS: Final = ("geprüft am Schalter", "à réviser", "ok", "returned, box damaged", "très bon état", "second visit")
EDITED: Final = {"price": 99.5, "qty": 7, "flag": True}
FEW: Final = 1000
"""Rows that modules are loaded with before anything is measured, ours and those of others."""
MADE_AT: Final = 1_700_000_000  # files that are older than a moment can be told by their times


def table(rows: int) -> pa.Table:
    """So many rows of 10 mixed columns; 10 million of them take about 0.8 GB."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rng = np.random.default_rng(0)
    number = np.arange(rows, dtype=np.int64)
    cities = np.array([f"city {place} ü" for place in range(50)])
    score = rng.normal(size=rows)
    score[::97] = np.nan
    openings = pa.array(OPENINGS).take(pa.array(rng.integers(0, len(OPENINGS), rows, dtype=np.int8)))
    numbered = pc.cast(pa.array(rng.permutation(rows) + 10**11), pa.string())
    return pa.table(
        {
            "id": pa.array(number * 3 + 7),
            "ts": pa.array(number * 1_000_000 + 1_600_000_000_000_000).cast(pa.timestamp("us")),
            "qty": pa.array(rng.integers(0, 1000, rows, dtype=np.int32)),
            "city": pa.DictionaryArray.from_arrays(pa.array(rng.integers(0, 50, rows, dtype=np.int8)), cities),
            "word": pa.array(cities[rng.integers(0, 50, rows)], mask=rng.random(rows) < 0.05),
            "price": pa.array(np.round(rng.gamma(2, 6, size=rows), 2), mask=rng.random(rows) < 0.02),
            "small": pa.array(rng.integers(0, 300, rows, dtype=np.int16)),
            "score": pa.array(score.astype(np.float32)),
            "flag": pa.array(rng.random(rows) < 0.8),
            "comment": pc.binary_join_element_wise(openings, numbered, " "),
        }
    )


def edited(before: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """The table with 0.1 % of its rows changed, scattered over three columns; and the cells that differ."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rng = np.random.default_rng(1)
    after, cells = before, {}
    for name, value in EDITED.items():
        old = before[name].combine_chunks()
        mask = np.zeros(len(old), dtype=np.bool_)
        mask[rng.choice(len(old), max(len(old) // 3000, 1), replace=False)] = True
        new = pc.if_else(pa.array(mask), pa.scalar(value, old.type), old)
        cells[name] = int(pc.sum(pc.fill_null(pc.not_equal(new, old), True)).as_py()) - _both_null(old, new)
        after = after.set_column(after.column_names.index(name), name, new)
    return after, cells


def moved(before: pa.Table, after: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """The edited table with 0.5 % of its rows taken out and as many put into its middle; and all counts."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = before.num_rows
    rng = np.random.default_rng(2)
    stays = np.ones(rows, dtype=np.bool_)
    stays[rng.choice(rows, max(rows // 200, 1), replace=False)] = False
    kept, differs = pa.array(stays), np.zeros(rows, dtype=np.bool_)
    counts = {"added": 0, "removed": int(rows - stays.sum())}
    for name in EDITED:
        old, new = before[name].combine_chunks(), after[name].combine_chunks()
        cell = pc.or_(pc.fill_null(pc.not_equal(new, old), False), pc.xor(new.is_null(), old.is_null()))
        cells = cell.to_numpy(zero_copy_only=False) & stays
        counts[name] = int(cells.sum())
        differs |= cells
    new_rows = after.slice(0, max(rows // 200, 1))
    new_rows = new_rows.set_column(0, "id", pc.add(new_rows["id"], 1))
    counts |= {"added": new_rows.num_rows, "changed": int(differs.sum())}
    rest = after.filter(kept)
    half = rest.num_rows // 2
    return pa.concat_tables([rest.slice(0, half), new_rows, rest.slice(half)]).combine_chunks(), counts


def write_tables(folder: Path, rows: int, wide: int) -> None:
    """All three tables as Arrow files, and the counts."""
    before = table(rows)
    after, cells = edited(before)
    mixed, counts = moved(before, after)
    for name, each in (("before", before), ("edited", after), ("mixed", mixed)):
        _write(folder / f"{name}.arrow", each)
    said = {"bytes": before.nbytes, "edited": cells, "mixed": counts, "wide": wide}
    (folder / "counts.json").write_text(json.dumps(said))


def counts(folder: Path) -> dict[str, Any]:
    """What was written: the size of the table, and what differs."""
    return dict(json.loads((folder / "counts.json").read_text()))


def read(folder: Path, name: str) -> pa.Table:
    """One of the tables, all of it in memory."""
    import pyarrow as pa

    with pa.OSFile(str(folder / f"{name}.arrow")) as file:
        return pa.ipc.open_file(file).read_all()


def write_folder(folder: Path, files: int) -> None:
    """Files of 5 to 17 KB in a hundred folders; 20,000 of them take 220 MB."""
    source = random.Random(0)
    for number in range(files):
        place = folder / f"{number % 100:02}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{number}.bin"
        path.write_bytes(source.randbytes(source.randint(5_000, 17_000)))
        os.utime(path, (MADE_AT, MADE_AT))


def cost(call: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """CPU seconds (user and system, children too), seconds on the clock, extra memory in GB; and the answer."""
    resting = _resting_gb()
    begun, clock = cpu(), time.perf_counter()
    answer = call()
    said = {"cpu": cpu() - begun, "clock": time.perf_counter() - clock}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return said | {"extra": max(peak - resting, 0.0)}, answer


def cpu() -> float:
    """CPU seconds of this process and of its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _resting_gb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e9


def _both_null(old: pa.Array, new: pa.Array) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.and_(old.is_null(), new.is_null())).as_py())


def _write(path: Path, each: pa.Table) -> None:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, each.schema) as writer:
        writer.write_table(each)
