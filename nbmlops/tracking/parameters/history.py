"""Memory, over a session, of the literals that cells assigned."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from nbmlops.tracking.parameters.functions import names_behind
from nbmlops.tracking.parameters.literals import constant, literal_node, same, scan


class LiteralHistory:
    """Remembers, for each name, the literal it got in an earlier cell.

    Forgets a name as soon as any cell binds it in another way.
    """

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def observe(self, tree: ast.Module, overrides: Mapping[str, object] | None = None) -> None:
        """Take in a cell that was executed.

        Parameters
        ----------
        tree
            The parsed cell.
        overrides
            Values that its assignments were given instead.
        """
        found, touched = scan(tree)
        for name, value in (overrides or {}).items():
            node = literal_node(value)
            if name in found and node is not None:
                found[name] = constant(node)
        if "*" in touched:
            self._values.clear()
        for name in touched:
            self._values.pop(name, None)
        self._values.update(found)

    def inherited(self, taken: set[str], namespace: Mapping[str, object]) -> dict[str, object]:
        """Literals of earlier cells that a cell reads and that still hold.

        Parameters
        ----------
        taken
            Names the cell reads, as `reads` gives them.
        namespace
            The user's variables. Functions and classes in it that the cell uses are followed
            three calls deep.

        Returns
        -------
        dict
            Name to value, sorted by name.
        """
        names = taken | names_behind(taken, namespace)
        missing = object()
        return {
            name: self._values[name]
            for name in sorted(names & self._values.keys())
            if same(self._values[name], namespace.get(name, missing))
        }
