"""The journal that a session writes, wherever it goes on: kept in its place, moved to another store, scrubbed."""

from __future__ import annotations

import getpass
import os
import threading
import time
from collections.abc import Collection
from typing import Any

from nbmlops import context
from nbmlops.errors import MLError
from nbmlops.storage import journal, liveness, scrub
from nbmlops.storage.backlog import Backlog
from nbmlops.storage.ids import new_id
from nbmlops.storage.journal import Journal
from nbmlops.storage.layout import unwritable
from nbmlops.storage.store import Store


class Writer:
    """Writes lines so that they cannot be lost, and tells once when they could be."""

    def __init__(self, store: Store, session_id: str) -> None:
        self.store = store
        self.session_id = session_id
        self.store_id = journal.UNKNOWN
        self.journal: Journal | None = None
        self._journals: dict[str, Journal] = {}  # by store: another file may take the place of this one
        self._presence: liveness.Presence | None = None
        self._backlog = Backlog()
        self._told: set[str] = set()
        self._repair = threading.RLock()

    def write(self, line: bytes) -> None:
        """Write one encoded record; one that the disk refuses waits in memory.

        Raises
        ------
        RecordError
            It is longer than a line may be.
        """
        if len(line) > journal.MAX_LINE:
            journal.check_length(line)
        target = self.journal
        if target is not None and not self._backlog:
            try:
                target.write(line)
            except OSError as error:
                self.refuse(unwritable(target.path, error))
            else:
                if target.is_retired:  # between two instructions the session went on elsewhere
                    self._take_along(target)
                return
        if not self._backlog.add(line):
            self.tell("lost", "memory for unwritten records is full: from here on logged points are being lost")

    @property
    def is_holding_back(self) -> bool:
        """Whether records wait in memory because the disk refused them."""
        return self.journal is None or bool(self._backlog)

    # -- what the user must know

    def tell(self, key: str, text: str) -> None:
        """Tell the user, once until it is over."""
        self._told.add(key)
        context.tell_once(key, text)

    def refuse(self, error: MLError) -> None:
        """Tell that the disk refuses records."""
        self.tell(
            f"refused {type(error).__name__}",
            f"records are not being kept on disk: {error.message}. {sentence(error.hint)}; "
            "they are held in memory meanwhile",
        )

    def _is_kept_again(self) -> None:
        if self._backlog.lost:
            context.tell(f"records are kept again; {self._backlog.lost} were lost meanwhile")
            self._backlog.lost = 0
        for key in [key for key in self._told if key.startswith(("refused", "lost"))]:
            self._told.discard(key)
            context.untell(key)

    # -- where it goes

    def open(self) -> None:
        """Start a journal; the state folder and the identity are made when they are missing.

        Never waits for the store: while a file cannot be asked for its id, the header leaves it open.
        """
        layout = self.store.layout
        layout.make()
        self._be_present()
        known = layout.trusted_id()
        if known is None and not layout.path.exists():
            known = layout.claim_id()
        self._go_on(self._new(known or journal.UNKNOWN), known or journal.UNKNOWN)

    def follow(self, store_id: str) -> None:
        """Under a lease: learn which store this is, or that another one took its place."""
        if self.journal is None or store_id == self.store_id:
            return
        with self._repair:
            old = self.journal
            try:
                if self.store_id == journal.UNKNOWN:
                    known = Journal.again(old, lambda header, lines: _filled_in(header, store_id) + lines)
                else:
                    self.tell(
                        f"replaced {store_id}",
                        f"{self.store.path} was replaced by another store; "
                        "this session goes on in it, with a new journal",
                    )
                    known = self._journals.get(store_id) or self._new(store_id)
                    there = set(known.content()[1].splitlines(keepends=True))
                    lines = old.content()[1]
                    known.extend(b"".join(line for line in lines.splitlines(keepends=True) if line not in there))
                    old.settled = len(lines)
                self._go_on(known, store_id)
            except OSError as error:
                raise unwritable(old.path, error) from None

    def mend(self) -> None:
        """Go on when the journal was deleted, moved or cut short under us, and write what waits in memory."""
        if self.journal is None:
            self.open()
        old = self.journal
        assert old is not None
        condition = old.condition()
        if condition != "intact":
            self.tell(
                f"{condition} {old.id}",
                f"{self.store.state} was deleted or changed by another program; this session goes on in "
                "a new journal. Figures and files logged before may be gone",
            )
            with self._repair:
                self._replace(old, condition)
        assert self.journal is not None
        if self._backlog.drain(self.journal.write):
            self._is_kept_again()

    def _replace(self, old: Journal, condition: str) -> None:
        layout = self.store.layout
        layout.make()
        self._be_present()
        if layout.read_id() is None and self.store_id != journal.UNKNOWN:
            layout.note_id(self.store_id)
        if condition == "gone":
            self._go_on(Journal.again(old), self.store_id)
            return
        header, lines = old.content()
        new = self._new(self.store_id)
        if header:  # cut in the middle: its offset goes on telling what of it is in the file
            old.settled = len(lines)
        self._go_on(new, self.store_id)

    def scrub(self, ids: Collection[str], kinds: Collection[str] = ()) -> None:
        """Erase the lines of ``ids`` from this session's own journals."""
        with self._repair:
            for store_id, old in list(self._journals.items()):
                new = Journal.again(old, lambda header, lines: header + scrub.blanked(lines, ids, kinds)[0])
                if old is self.journal:
                    self._go_on(new, store_id)
                else:
                    new.is_retired, new.settled = True, old.settled
                    self._journals[store_id] = new

    def _be_present(self) -> None:
        path = liveness.lock_path(self.store.layout, self.session_id)
        if self._presence is None or not path.exists():
            try:
                self._presence = liveness.Presence(self.store.layout, self.session_id)
            except OSError as error:
                raise unwritable(path, error) from None

    def _new(self, store_id: str) -> Journal:
        path = self.store.layout.journals / f"{self.session_id}-{new_id()[-6:]}{journal.SUFFIX}"
        try:
            return Journal(path, self._header(store_id))
        except OSError as error:
            raise unwritable(path, error) from None

    def _go_on(self, new: Journal, store_id: str) -> None:
        """From here on write into ``new``; what still reaches the old journal is taken along."""
        with self._repair:
            old, self.journal = self.journal, new
            if self.store_id == journal.UNKNOWN:
                self._journals.clear()
            self._journals[store_id] = new
            self.store_id = store_id
            self.store.own = {new.id}
            new.is_retired = False
            if old is not None and old is not new:
                old.is_retired = True
                self._take_along(old)

    def _take_along(self, old: Journal) -> None:
        with self._repair:
            lines = old.content()[1][old.settled :]
            old.settled += len(lines)
            if lines and self.journal is not None:
                self.journal.extend(lines)

    def _header(self, store_id: str) -> dict[str, Any]:
        from nbmlops import __version__

        try:
            user = getpass.getuser()
        except (OSError, KeyError):  # a container without a user database
            user = ""
        return {
            "nbmlops": __version__, "store_id": store_id, "session_id": self.session_id, "host": liveness.host(),
            "boot_id": liveness.boot_id(), "pid": os.getpid(), "started_ns": time.time_ns(), "user": user,
        }  # fmt: skip

    # -- the end

    def finish(self) -> None:
        """Write what waits; the session is over."""
        try:
            self.mend()
        except MLError as error:
            self.refuse(error)
        except OSError as error:
            self.refuse(unwritable(self.store.state, error))
        left = len(self._backlog) + self._backlog.lost
        if left:
            context.tell(f"{left} records could not be kept on disk and are lost")

    def leave(self) -> None:
        """Say that nobody writes here any more."""
        if self._presence is not None:
            self._presence.release()
        self.store.own = set()

    def abandon(self) -> None:
        """Forget what waits, and leave."""
        self._backlog = Backlog()
        self.leave()

    def disown(self) -> None:
        """In a forked child: these are the parent's files, only let go of their descriptors."""
        if self._presence is not None:
            self._presence.disown()
        for held in self._journals.values():
            held.disown()


def sentence(hint: str) -> str:
    """Return a hint with a capital letter."""
    return hint[:1].upper() + hint[1:]


def _filled_in(header: bytes, store_id: str) -> bytes:
    return header.replace(journal.UNKNOWN.encode(), store_id.encode(), 1)
