"""datacompy on the tables of `data_tables`: run by a Python that has it, without nbmlops.

python -m tests.benchmarks.data_peers polars FOLDER    # or pandas; JSON
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import data_tables
from tests.benchmarks.data_tables import EDITED, FEW, cost


def compared(engine: str, folder: Path) -> dict[str, Any]:
    """Counts of rows and cells as nbmlops gives them, and what they cost; making the frames is not counted."""
    before, after = _frame(engine, folder, "before"), _frame(engine, folder, "mixed")
    _counts(engine, before[:FEW], after[1 : FEW + 1])
    said, cells = cost(lambda: _counts(engine, before, after))
    return said | {"cells": cells, "version": importlib.metadata.version("datacompy")}


def _frame(engine: str, folder: Path, name: str) -> Any:
    import pyarrow as pa

    table = data_tables.read(folder, name)
    place = table.column_names.index("city")  # as text: it compares no dictionaries
    table = table.set_column(place, "city", table["city"].cast(pa.string()))
    if engine == "pandas":
        return table.to_pandas()
    import polars

    return polars.from_arrow(table)


def _counts(engine: str, before: Any, after: Any) -> dict[str, int]:
    import datacompy

    make = datacompy.PolarsCompare if engine == "polars" else datacompy.PandasCompare
    found = make(before, after, join_columns=["id"])
    cells = {each["column"]: int(each["unequal_cnt"]) for each in found.column_stats}
    return {
        "added": len(found.df2_unq_rows), "removed": len(found.df1_unq_rows),
        "changed": len(found.intersect_rows) - int(found.count_matching_rows()),
        **{name: cells[name] for name in EDITED},
    }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(compared(sys.argv[1], Path(sys.argv[2]))) + "\n")
