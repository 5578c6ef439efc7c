"""The closed list of what a browser may ask of runs, and do to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nbmlops.tracking.browse import artifacts, media, outputs, packages, page, runs, source
from nbmlops.ui.desk import Answerer

VIEWS: Final[Mapping[str, Answerer]] = {
    "runs": runs.answer,
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
    "media": media.answer,
    "media/content": media.contents,
}
ACTIONS: Final[Mapping[str, Answerer]] = {}
