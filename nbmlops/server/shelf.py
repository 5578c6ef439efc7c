"""The stores that a server knows, by the keys under which a browser names them."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path
from typing import Any, Final

from nbmlops.errors import MLError, UsageError
from nbmlops.server.places import Place, Places
from nbmlops.server.served import StoreDesk

COUNTING_S: Final = 0.5  # looking into the stores of the list takes at most this long


class Shelf:
    """Finds the store that is meant, opens no other."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[str, tuple[Place, StoreDesk]] = {}
        self._guard = threading.Lock()

    def belonging(self, notebook: str | None, kernel: str | None) -> str | None:
        """The key of the store that belongs to a notebook: its kernel's, else the nearest one above it."""
        place = self._places.of_kernel(kernel) if kernel else None
        if place is None and notebook:
            place = self._places.of_notebook(notebook)
        return self._add(place) if place is not None else None

    def desk(self, key: str | None, notebook: str | None = None, kernel: str | None = None) -> StoreDesk:
        """The store that a key names, or without a key the one that belongs to the notebook.

        Raises
        ------
        UsageError
            There is none, or it may not be served.
        """
        named = key or self.belonging(notebook, kernel)
        if named is None:
            raise UsageError(
                "no store belongs to this notebook", "run a cell with %load_ext nbmlops: the first run makes one"
            )
        if named not in self._known:  # the server was restarted since
            self.belonging(notebook, kernel)
        if named not in self._known:
            for place in self._places.all():
                self._add(place)
        found = self._known.get(named)
        if found is None or self._places.permitted(found[0].path) != found[0]:
            raise UsageError(
                "this store is not, or no longer, one that this server gives access to",
                "it serves stores below its root folder, those of running kernels, and c.NbMlopsServer.stores",
            )
        return found[1]

    def list(self, notebook: str | None, kernel: str | None) -> dict[str, Any]:
        """Every store that can be found, the one that belongs to the notebook first."""
        belongs = self.belonging(notebook, kernel)
        keys = dict.fromkeys([belongs] if belongs else [])
        keys |= dict.fromkeys(self._add(place) for place in self._places.all())
        until = time.monotonic() + COUNTING_S
        return {
            "belongs": belongs,
            "stores": [self.describe(key, belongs, is_counted=time.monotonic() < until) for key in keys],
        }

    def describe(self, key: str, belongs: str | None, *, is_counted: bool = True) -> dict[str, Any]:
        """What is known of one store, and what is wrong with it."""
        place, desk = self._known[key]
        problem = None
        try:
            desk.store.must_exist()
            if is_counted:
                desk.count()
        except MLError as error:
            message, hint = (_without_place(text, place) for text in (error.message, error.hint))
            problem = {"message": message, "hint": hint, "kind": type(error).__name__}
        return {
            "key": key,
            "name": place.path.name,
            "path": place.shown,
            "exists": place.path.exists(),
            "belongs": key == belongs,
            "size_bytes": _size(place.path),
            "pending_bytes": desk.store.pending_bytes,
            "runs": desk.runs,
            "problem": problem,
        }

    def pulse(self, key: str | None, notebook: str | None, kernel: str | None) -> dict[str, Any]:
        """The change stamp of a store and what is known of it, without opening it."""
        belongs = self.belonging(notebook, kernel)
        if key is None and belongs is None:
            return {"stamp": None, "store": None, "belongs": None}
        desk = self.desk(key or belongs, notebook, kernel)
        named = _key(desk.store.path)
        return {
            "stamp": desk.stamp(),
            "store": self.describe(named, belongs, is_counted=desk.runs is None),
            "belongs": belongs,
        }

    def rest(self) -> None:
        """End what has nothing to do."""
        for _, desk in list(self._known.values()):
            desk.rest()

    def close(self) -> None:
        """End the sessions of all stores."""
        for _, desk in list(self._known.values()):
            desk.close()

    def _add(self, place: Place) -> str:
        key = _key(place.path)
        with self._guard:
            if key not in self._known:
                self._known[key] = (place, StoreDesk(place.path, self._places.root))
        return key


def _without_place(text: str, place: Place) -> str:
    """A message that names the store as the panel does, not by its place on the machine."""
    folder = Path(place.shown).parent.as_posix()
    text = text.replace(str(place.path), place.shown)
    return text.replace(str(place.path.parent), "the server's folder" if folder == "." else folder)


def _key(path: Path) -> str:
    return hashlib.blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
