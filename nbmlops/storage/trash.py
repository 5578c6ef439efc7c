"""Large values that nothing needed any more: kept for a while under the day on which they went, taken back on sight."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from nbmlops.storage.layout import Layout, unwritable

DAYS: Final = 14
_DAY_S: Final = 86400.0


class Trash:
    """Folders ``trash/2026-01-31/`` of the store's state folder. A move is a rename: nothing is ever half there."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def put(self, path: Path) -> bool:
        """Move a value here; False if it is gone already.

        Raises
        ------
        StoreUnwritable
            The folder cannot be written.
        """
        today = self._root / time.strftime("%Y-%m-%d")
        try:
            today.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(path, today / path.name)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise unwritable(today, error) from None
        return True

    def take_back(self, target: Path) -> bool:
        """Move a value back to where it was; False if it is not here."""
        for day, _ in self._days():
            try:
                found = day / target.name
                os.utime(found)  # from now on too young to be collected
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.replace(found, target)
            except OSError:
                continue
            return True
        return False

    def is_due(self) -> bool:
        """Whether something has been here for long enough."""
        return any(is_old for _, is_old in self._days())

    def purge(self, live: Collection[str]) -> tuple[int, list[str]]:
        """Remove what has been here for long enough, but for what is ``live``.

        Returns
        -------
        tuple
            The bytes freed, and the names that are live and were left where they are.
        """
        freed = 0
        needed = []
        for day, is_old in self._days():
            if not is_old:
                continue
            for path in list(day.iterdir()):
                if path.name in live:
                    needed.append(path.name)
                    continue
                try:
                    size = path.stat().st_size
                    path.unlink()
                except FileNotFoundError:
                    continue  # somebody took it back at this moment
                freed += size
            try:
                day.rmdir()
            except OSError:
                pass  # something needed is still in it
        return freed, needed

    @property
    def _root(self) -> Path:
        return self._layout.state / "trash"

    def _days(self) -> Iterator[tuple[Path, bool]]:
        """Every day's folder, and whether it is old enough to go."""
        for day in sorted(self._root.glob("*-*-*")):
            try:
                age_s = time.time() - time.mktime(time.strptime(day.name, "%Y-%m-%d"))
            except ValueError:
                continue
            yield day, age_s > (DAYS + 1) * _DAY_S
