"""What ``ml.data.diff`` returns: shows itself, becomes frames and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from nbmlops.data import diff_page, distributions, held, place
from nbmlops.data.differences.rows import EXACT, Tolerance
from nbmlops.data.differences.sides import taken
from nbmlops.data.differing import Difference
from nbmlops.data.drawing import smaller
from nbmlops.data.hit_frames import cells as cells_of
from nbmlops.data.hit_frames import framed, numbers
from nbmlops.data.live_parties import Party
from nbmlops.data.profile import ColumnProfile
from nbmlops.errors import UsageError
from nbmlops.ui.desk import Desk
from nbmlops.ui.plain import plain
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import SNAPSHOT_BYTES, Shown

if TYPE_CHECKING:
    import pandas as pd

    from nbmlops.data.differences import Kind
    from nbmlops.data.identity import Identity

MOST: Final = 10_000
_KINDS: Final[tuple[Kind, ...]] = ("changed", "added", "removed")
_SHOWN: Final = 50
_MOST_KEY: Final = 20


class DataDiff(Showable):
    """What changed from one version or object to another; the value of ``ml.data.diff``.

    True if a column, row, cell or file differs: not for rows in another order, for bits alone, or within the tolerance.
    Rows and cells are read when they are asked for.
    """

    def __init__(
        self,
        before: Party,
        after: Party,
        found: Difference,
        *,
        key: Sequence[str] | None = None,
        tolerance: Tolerance = EXACT,
    ) -> None:
        self.before = before
        self.after = after
        self.found = found
        self._key = key
        self._tolerance = tolerance
        self._name = ""

    def __bool__(self) -> bool:
        return bool(self.found)

    @property
    def identities(self) -> tuple[Identity | None, Identity | None]:
        """The digests of both sides, where they are tables or are compared as such."""
        if self.found.sides is not None:
            return self.found.sides[0].identity, self.found.sides[1].identity
        return self.before.identity, self.after.identity

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What changed in numbers: rows, cells by column, columns, files; how rows were compared and by what key."""
        found = self.found
        said: dict[str, Any] = {
            "before": self.before.label, "after": self.after.label, "identical": found.is_identical,
            "notes": list(found.notes),
        }  # fmt: skip
        if found.schema is not None:
            schema = found.schema
            said["columns"] = {
                "added": list(schema.added), "removed": list(schema.removed), "reordered": schema.is_reordered,
                "renamed": [list(pair) for pair in schema.renamed],
                "retyped": [[each.name, each.before, each.after] for each in schema.retyped],
            }  # fmt: skip
        if found.table is not None:
            table = found.table
            cells = {name: count for name, count in table.changed_cells().items() if count}
            said |= {
                "method": table.method, "key": list(table.key),
                "rows": {"before": table.left_rows, "after": table.right_rows,
                         **{kind: table.count(kind) for kind in ("added", "removed", "changed")}},
                "cells": cells,
            }  # fmt: skip
        if found.files is not None:
            files = found.files
            said["files"] = {
                "added": len(files.added), "removed": len(files.removed), "modified": len(files.modified),
                "renamed": len(files.renamed), "unchanged": files.unchanged,
            }  # fmt: skip
        return said

    def rows(self, kind: str | None = None, limit: int = MOST, offset: int = 0) -> pd.DataFrame:
        """The rows that differ.

        Parameters
        ----------
        kind : str, optional
            ``added``, ``removed`` or ``changed``; by default all, told apart in the column ``change``.
        limit, offset : int
            How many of each kind, and from which on.

        Returns
        -------
        pandas.DataFrame
            Of changed rows the key, and ``<column> before`` and ``<column> after`` of the columns in which any of
            them changed.
        """
        import pandas as pd

        if kind is None:
            parts = [self._rows(one, limit, offset).assign(change=one) for one in _KINDS]
            full = [part for part in parts if len(part)]
            return pd.concat(full, ignore_index=True) if full else parts[0]
        if kind not in _KINDS:
            raise UsageError(f"there is no kind of rows {kind!r:.40}", f"one of {', '.join(_KINDS)}")
        return self._rows(kind, limit, offset)

    def few_rows(self, kind: Kind, limit: int, columns: int) -> pd.DataFrame:
        """The first rows that were added or removed, with so many of their columns."""
        return self._rows(kind, limit, 0, columns)

    def _rows(self, kind: Kind, limit: int, offset: int, most_columns: int | None = None) -> pd.DataFrame:
        table, sides = self.found.table, self.found.sides
        if table is None or sides is None:
            import pandas as pd

            return pd.DataFrame()
        hits = table.rows(kind, ()).slice(offset, limit)
        if kind != "changed":
            at = 1 if kind == "added" else 0
            places = numbers(hits["right" if at else "left"])
            names = sides[at].identity.names[:most_columns]
            return framed([(name, taken(sides[at], place, places)) for place, name in enumerate(names)])
        pairs = {pair.label: pair for pair in table.schema.pairs}
        before, after = numbers(hits["left"]), numbers(hits["right"])
        columns = [(name, taken(sides[1], pairs[name].right, after)) for name in table.key]
        if not table.key:
            columns.append(("row", hits["right"]))
        for name, count in table.changed_cells().items():
            if count:
                columns.append((f"{name} before", taken(sides[0], pairs[name].left, before)))
                columns.append((f"{name} after", taken(sides[1], pairs[name].right, after)))
        return framed(columns)

    def cells(self, column: str | None = None, limit: int = MOST, offset: int = 0) -> pd.DataFrame:
        """The cells that differ, of rows that both have.

        Parameters
        ----------
        column : str, optional
            Only those of one column.
        limit, offset : int
            How many, and from which on.

        Returns
        -------
        pandas.DataFrame
            The key, ``row`` (its number after the change), ``column``, ``before``, ``after``.
        """
        import pandas as pd
        import pyarrow.compute as pc

        table, sides = self.found.table, self.found.sides
        if table is None or sides is None:
            return pd.DataFrame(columns=["row", "column", "before", "after"])
        if column is not None and column not in table.columns:
            raise UsageError(f"no cell of a column {column!r:.60} changed", f"see .summary: {list(table.columns)[:12]}")
        pairs = {pair.label: pair for pair in table.schema.pairs}
        asked = None if column is None else [f"c{table.columns.index(column)}"]
        changed, parts, skip, room = table.rows("changed", asked), [], offset, limit
        sides_of = changed.select(["left", "right"])  # filtering all columns for one of them would take long
        for at, name in enumerate(table.columns):
            if column not in (None, name) or room <= 0:
                continue
            hits = sides_of.filter(pc.fill_null(changed[f"c{at}"], False))
            kept = hits.slice(skip, room)
            skip, room = max(skip - hits.num_rows, 0), room - kept.num_rows
            if not kept.num_rows:
                continue
            before, after = numbers(kept["left"]), numbers(kept["right"])
            key = {f"key {nth}": taken(sides[1], pairs[one].right, after) for nth, one in enumerate(table.key)}
            values = [taken(sides[0], pairs[name].left, before), taken(sides[1], pairs[name].right, after)]
            frame = framed([*key.items(), ("row", kept["right"])])
            frame["column"] = name
            for label, value in zip(("before", "after"), values, strict=True):
                frame[label] = cells_of(value)
            parts.append(frame)
        if not parts:
            return pd.DataFrame(columns=[*table.key, "row", "column", "before", "after"])
        found = pd.concat(parts, ignore_index=True)
        return found.rename(columns={f"key {at}": name for at, name in enumerate(table.key)})

    def df(self) -> pd.DataFrame:
        """One row a column that differs (of files: a file): what happened to it, and how many cells changed."""
        import pandas as pd

        found = pd.DataFrame(diff_page.changes(self), columns=["name", "change", "cells", "before", "after"])
        return found.astype({"cells": "Int64"})

    @cached_property
    def profiles(self) -> dict[str, tuple[ColumnProfile | None, ColumnProfile | None]]:
        """The distributions of columns that differ, before and after; from what was stored where there is something."""
        return distributions.profiles(self)

    def data(self, rows: int = 50) -> dict[str, Any]:
        """Everything as plain data, with at most so many cells and rows."""
        return plain(diff_page.data(self, rows))  # type: ignore[no-any-return]

    def to_json(self, rows: int = 1000) -> str:
        """The same as JSON."""
        return json.dumps(self.data(rows), ensure_ascii=False)

    def __str__(self) -> str:
        return diff_page.text(self)

    def __repr__(self) -> str:
        return f"<diff of {self.before.label} and {self.after.label}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _shown(self) -> Shown:
        found = plain(diff_page.data(self, _SHOWN, is_cut=True))
        return Shown(
            "datadiff",
            self._asked(),
            found,
            html=diff_page.html(self),
            text=diff_page.text(self),
            snapshot=_saved(found),
        )

    def _desk(self) -> Desk:
        return place.desk()

    def _asked(self) -> dict[str, Any]:
        """What the view asks with: two versions by their ids, else this very diff, as long as it is held."""
        one, two = self.before.version_id, self.after.version_id
        is_short = len(self._key or ()) <= _MOST_KEY  # a longer key is more than a question may name
        if one is not None and two is not None and not self._tolerance.relative and is_short:
            return {
                "before": one, "after": two, "key": self._key and list(self._key), "tol": self._tolerance.absolute,
            }  # fmt: skip
        self._name = self._name or held.new_name()
        held.hold(self._name, self)
        return {"held": self._name}


def _saved(found: dict[str, Any]) -> dict[str, Any] | None:
    """A smaller picture, where the whole is too much for a notebook's file; None where even that is."""
    for rows, columns in ((_SHOWN, 500), (20, 60), (5, 20)):
        small = dict(found, changes=found["changes"][:columns])
        small["profiles"] = dict(list(found["profiles"].items())[:columns])
        for part in ("cells", "added", "removed"):
            if part in found:
                small[part] = smaller(found[part], rows, columns)
        if "pairs" in found:
            small["pairs"] = found["pairs"][:rows]
        if len(json.dumps(small)) <= SNAPSHOT_BYTES * 0.9:
            return small
    return None
