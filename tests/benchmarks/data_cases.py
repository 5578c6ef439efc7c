"""One measured piece of work on data versions in a process of its own, so that its memory is its own.

python -m tests.benchmarks.data_cases CASE FOLDER    # JSON; the tables of `data_tables` lie in FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import data_tables
from tests.benchmarks.data_tables import FEW, cost

Said = dict[str, Any]


def identity(folder: Path) -> Said:
    """The digests of a frame."""
    from nbmlops.data.identity import identify

    table = data_tables.read(folder, "before")
    identify(table.slice(0, FEW))
    return cost(lambda: identify(table))[0]


def equal_ids(folder: Path) -> Said:
    """A version with itself, by name, where nothing about it is in memory yet and where it is."""
    import nbmlops as ml

    table = data_tables.read(folder, "before")
    saved, _ = cost(lambda: ml.data.save(table, "big", mode="hash"))
    ml.data.diff("big@v1", "big@v1")
    said, answer = cost(lambda: [ml.data.diff("big@v1", "big@v1") for _ in range(20)])
    assert not any(answer)
    return said | {"cpu": said["cpu"] / 20, "saved": saved}


def in_place(folder: Path) -> Said:
    """Scattered edits; the digests of the frame before are known, as those of a version are."""
    from nbmlops.data.differences import diff_tables
    from nbmlops.data.identity import identify

    before, after = data_tables.read(folder, "before"), data_tables.read(folder, "edited")
    known = identify(before)
    diff_tables(before.slice(0, FEW), after.slice(0, FEW))
    said, found = cost(lambda: diff_tables(before, after, left_identity=known))
    assert found.method == "by place"
    return said | {"cells": _cells(found.changed_cells())}


def by_key(folder: Path) -> Said:
    """Rows added, removed and changed; the digests of the frame before are known."""
    from nbmlops.data.differences import diff_tables
    from nbmlops.data.identity import identify

    before, after = data_tables.read(folder, "before"), data_tables.read(folder, "mixed")
    known = identify(before)
    diff_tables(before.slice(0, FEW), after.slice(1, FEW), key="id")
    said, found = cost(lambda: diff_tables(before, after, key="id", left_identity=known))
    kinds = {kind: found.count(kind) for kind in ("added", "removed", "changed")}  # type: ignore[arg-type]
    return said | {"cells": kinds | _cells(found.changed_cells())}


def live(folder: Path) -> Said:
    """All that ``ml.data.diff`` does for two frames that nothing is known of."""
    import nbmlops as ml

    before, after = data_tables.read(folder, "before"), data_tables.read(folder, "mixed")
    ml.data.diff(before.slice(0, FEW), after.slice(1, FEW), key="id")
    said, found = cost(lambda: ml.data.diff(before, after, key="id").summary)
    kinds = {kind: found["rows"][kind] for kind in ("added", "removed", "changed")}
    return said | {"cells": kinds | found["cells"]}


def keep(folder: Path) -> Said:
    """The values of a frame, kept; then with 0.1 % of its rows changed; then given back and looked at."""
    import nbmlops as ml
    from nbmlops.data.identity import identify

    before, after = data_tables.read(folder, "before"), data_tables.read(folder, "edited")
    first, one = cost(lambda: ml.data.save(before, "big", mode="keep", key="id"))
    assert one.is_new
    size = _disk(one)
    second, two = cost(lambda: ml.data.save(after, "big", mode="keep"))
    grown = _disk(two) - size
    load, _ = cost(lambda: ml.data.load("big@v1"))
    delta, back = cost(lambda: ml.data.load("big@v2"))
    assert identify(back).content_id == two.content_id
    diff, found = cost(lambda: ml.data.diff("big@v1", "big@v2"))
    view, shown = cost(found._shown)
    bytes_ = {"html": len(shown.html.encode()), "snapshot": len(json.dumps(shown.snapshot))}
    return {
        "first": first, "second": second, "size": size, "grown": grown / size, "load": load, "load delta": delta,
        "diff": diff, "view": view, "view bytes": bytes_, "cells": found.summary["cells"],
    }  # fmt: skip


def wide(folder: Path) -> Said:
    """5,000 columns of 1,000 rows, saved, edited, compared and shown."""
    import numpy as np
    import pyarrow as pa

    import nbmlops as ml

    columns = data_tables.counts(folder)["wide"]
    values = np.random.default_rng(0).normal(size=(columns, 1000))
    key = {"id": np.arange(1000)}
    table = pa.table(key | {f"x{place}": values[place] for place in range(columns)})
    values = values.copy()  # Arrow shares what it was made of
    values[::10, 7] = -1.0
    edited = pa.table(key | {f"x{place}": values[place] for place in range(columns)})
    save, _ = cost(lambda: ml.data.save(table, "wide", mode="keep"))
    again, _ = cost(lambda: ml.data.save(edited, "wide", mode="keep"))
    diff, found = cost(lambda: ml.data.diff("wide@v1", "wide@v2"))
    view, shown = cost(found._shown)
    page, _ = cost(lambda: ml.data.show("wide@v1")._shown())
    load, _ = cost(lambda: ml.data.load("wide@v2"))
    bytes_ = {"html": len(shown.html.encode()), "snapshot": len(json.dumps(shown.snapshot))}
    assert sum(found.summary["cells"].values()) == -(-columns // 10)
    return {
        "save": save, "again": again, "diff": diff, "view": view, "show": page, "load": load, "view bytes": bytes_,
    }  # fmt: skip


def profile(folder: Path) -> Said:
    """What is told of every column at a commit."""
    from nbmlops.data.profile import profile as taken

    table = data_tables.read(folder, "before")
    taken(table.slice(0, FEW))
    return cost(lambda: taken(table))[0]


def files(folder: Path) -> Said:
    """A folder of many small files: known by its bytes, again, and kept."""
    import nbmlops as ml

    place = folder / "files"
    ml.data.save(place / "00", "few", mode="hash")
    first, _ = cost(lambda: ml.data.save(place, "files", mode="hash"))
    again, two = cost(lambda: ml.data.save(place, "files", mode="hash"))
    assert not two.is_new
    kept, _ = cost(lambda: ml.data.save(place, "files", mode="keep"))
    return {"first": first, "again": again, "kept": kept}


CASES: dict[str, Callable[[Path], Said]] = {
    "identity": identity, "equal_ids": equal_ids, "in_place": in_place, "by_key": by_key, "live": live, "keep": keep,
    "wide": wide, "profile": profile, "files": files,
}  # fmt: skip


def _cells(found: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in found.items() if count}


def _disk(version: Any) -> int:
    """Bytes of the store: its file and the folder beside it, with everything that was written."""
    import nbmlops as ml

    ml.data.log(version.dataset).df()  # it is all in the file
    store = ml.store()
    inside = (Path(place) / name for place, _, names in os.walk(store.state) for name in names)
    return store.path.stat().st_size + sum(path.stat().st_size for path in inside)


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(CASES[sys.argv[1]](Path(sys.argv[2]))) + "\n")
