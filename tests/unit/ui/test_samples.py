"""The front end writes numbers as Python does: both are held against one table."""

from __future__ import annotations

import json

from tests.unit.ui.samples import TABLE, table


def test_the_table_is_what_python_writes() -> None:
    hint = "python -m tests.unit.ui.samples writes it anew"
    assert json.loads(TABLE.read_text(encoding="utf-8")) == json.loads(json.dumps(table())), hint
