"""How something is to be saved, as it was said and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nbmlops.data import names
from nbmlops.data.records import MODES, Mode
from nbmlops.data.things import Thing
from nbmlops.errors import UsageError

LONGEST: Final = 50_000  # characters of a query, or of a key, in a record


@dataclass(frozen=True)
class Wish:
    """How something is to be saved."""

    dataset: str
    branch: str
    message: str
    mode: Mode | None
    key: tuple[str, ...]
    variable: str | None
    source: str | None


def made(
    dataset: str,
    branch: str,
    message: str,
    mode: str | None,
    key: str | Sequence[str],
    variable: str | None,
    source: str | None,
) -> Wish:
    """What was said, if it can be.

    Raises
    ------
    UsageError
        A name or the mode is none.
    """
    return Wish(
        names.dataset(dataset),
        names.label(branch, "branch"),
        str(message)[:10_000],
        _mode(mode),
        (key,) if isinstance(key, str) else tuple(key),
        variable,
        source,
    )


def check_key(thing: Thing, key: tuple[str, ...]) -> None:
    """Refuse a key that the object does not have.

    Raises
    ------
    UsageError
    """
    if not key:
        return
    there = () if thing.identity is None else thing.identity.names
    gone = [name for name in key if there.count(name) != 1]
    if gone:
        raise UsageError(
            f"the key needs one column {gone[0]!r:.80}; there is none or several",
            f"columns are {', '.join(there[:12])}",
        )
    if sum(map(len, key)) > LONGEST:
        raise UsageError(f"the key is too long: {len(key)} columns with very long names", "name fewer, or rename them")


def _mode(mode: str | None) -> Mode | None:
    if mode is not None and mode not in MODES:
        raise UsageError(f"there is no mode {mode!r:.40}", "hash: identity and profile; keep: the values too; sample")
    return mode  # type: ignore[return-value]
