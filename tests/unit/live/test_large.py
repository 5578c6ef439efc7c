"""What is large lies beside the file, its head in the row: who asks gets the whole."""

from __future__ import annotations

import pytest

import nbmlops as ml
from nbmlops.tracking.executions import begin, start_run
from nbmlops.tracking.outputs import OutputItem
from tests.unit.live.conftest import Live

HTML = "<p>é</p>" * 50_000


@pytest.mark.parametrize("source", ["x = 1\n", "x = [" + "1234567890, " * 30_000 + "'é']\r\n"], ids=["small", "large"])
def test_sources_and_outputs_come_back_whole(live: Live, source: str) -> None:
    execution = begin(source=source, cell_id="c", cell_id_source="frontend")
    run = start_run(execution, name="large", experiment="e", tags={}, note=None, seed=None, params=[])
    execution.output(OutputItem(0, "display", None, "text/html", HTML, None, len(HTML.encode())))
    run.end()
    execution.end(status="ok")
    record = ml.get(run.id)
    assert record.source == source
    (output,) = record.outputs
    assert output.text == HTML
    assert output.bytes() == HTML.encode()
    assert live.one("SELECT length(text) FROM outputs") == 1000
