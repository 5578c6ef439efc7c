"""The closed list of what a browser may ask of data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nbmlops.data import section
from nbmlops.data.browse import datadiff, datasets, lineage
from nbmlops.ui.desk import Answerer

VIEWS: Final[Mapping[str, Answerer]] = {
    "datasets": datasets.answer,
    "dataset": datasets.one,
    "dataversion": datasets.version,
    "lineage": lineage.answer,
    "datadiff": datadiff.answer,
    "datadiff/cells": datadiff.cells,
    "datadiff/rows": datadiff.rows,
}
ACTIONS: Final[Mapping[str, Answerer]] = {}
SECTIONS: Final = (section.OFFER,)
