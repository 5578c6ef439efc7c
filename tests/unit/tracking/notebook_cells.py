"""What the tests of parameters share: cells run one after the other, and values to find."""

from __future__ import annotations

import ast
from enum import Enum

from nbmlops.tracking.parameters import LiteralHistory, after_cell, before_cell


class Notebook:
    """Runs cells one after the other and keeps what is found in each."""

    def __init__(self) -> None:
        self.namespace: dict[str, object] = {"__name__": "__main__"}
        self.history = LiteralHistory()

    def run(self, source: str, **overrides: object) -> dict[str, tuple[object, str]]:
        tree = ast.parse(source)
        before = before_cell(tree, self.namespace, self.history, overrides)
        exec(compile(tree, "cell", "exec"), self.namespace)
        self.namespace.update(overrides)
        self.history.observe(tree, overrides)
        params = before + after_cell(tree, self.namespace, before)
        assert len({param.key for param in params}) == len(params)
        return {param.key: (param.value, param.origin) for param in params}


class Colour(Enum):
    RED = 1


class Raises:
    def __repr__(self) -> str:
        raise ValueError("no")
