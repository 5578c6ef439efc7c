"""The closed list of what a browser may ask of runs, and do to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nbmlops.tracking import edits
from nbmlops.tracking.browse import (
    artifacts,
    compare,
    compare_code,
    compare_outputs,
    compare_rows,
    curves,
    explore,
    forest,
    live,
    media,
    outputs,
    packages,
    page,
    panel,
    place,
    runs,
    sections,
    source,
)
from nbmlops.ui.desk import Answerer
from nbmlops.ui.sections import Offer

VIEWS: Final[Mapping[str, Answerer]] = {
    "compare": compare.answer,
    "explore": explore.answer,
    "explore/forest": forest.answer,
    "panel": panel.answer,
    "place": place.answer,
    "runs": runs.answer,
    "runs/page": runs.page,
    "runs/attempts": runs.attempts,
    "runs/columns": runs.choices,
    "runs/whole": runs.whole,
    "run": page.answer,
    "run/params": page.params,
    "run/metrics": page.metrics,
    "run/note": page.note,
    "run/outputs": outputs.answer,
    "run/output": outputs.one,
    "run/source": source.answer,
    "run/artifacts": artifacts.answer,
    "run/artifact": artifacts.one,
    "run/packages": packages.answer,
    "curves": curves.answer,
    "run/sections": sections.answer,
    "live": live.answer,
    "media": media.answer,
    "media/content": media.contents,
}
ACTIONS: Final[Mapping[str, Answerer]] = {
    "tag": edits.tag,
    "note": edits.note,
    "pin": edits.pin,
    "delete": edits.delete,
    "restore": edits.restore,
    "stop": edits.stop,
    "save_view": edits.save_view,
    "forget_view": edits.forget_view,
}
SECTIONS: Final = (
    Offer(compare_rows.read_facts, compare_rows.draw_facts),
    Offer(compare_code.read_cells, compare_code.draw_cells),
    Offer(compare_outputs.read_outputs, compare_outputs.draw_outputs),
)
