"""The closed list of what a browser may ask of runs, and do to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nbmlops.tracking.browse import runs
from nbmlops.ui.desk import Answerer

VIEWS: Final[Mapping[str, Answerer]] = {
    "runs": runs.answer,
}
ACTIONS: Final[Mapping[str, Answerer]] = {}
