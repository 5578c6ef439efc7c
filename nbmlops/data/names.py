"""Names of datasets, tags and branches, and references such as ``train@v3`` and ``train@main~2``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nbmlops.errors import UsageError

MAIN: Final = "main"
_NAME: Final = re.compile(r"[^\W_](?:[\w. -]{0,98}[\w.-])?")
_NUMBER: Final = re.compile(r"v(\d{1,12})")
_RESERVED: Final = ("latest",)
_CONTENT: Final = re.compile(r"nb1:[0-9a-f]{4,64}")


@dataclass(frozen=True)
class Reference:
    """A version by name.

    Attributes
    ----------
    dataset
        Which dataset.
    at
        A number (``v3``), tag, branch, ``latest`` or the beginning of a content id; empty: the tip of ``main``.
    back
        So many first parents before it.
    """

    dataset: str
    at: str = ""
    back: int = 0

    @property
    def number(self) -> int | None:
        """The number that is meant, if it is one."""
        found = _NUMBER.fullmatch(self.at)
        return int(found.group(1)) if found else None

    def __str__(self) -> str:
        return f"{self.dataset}{f'@{self.at}' if self.at else ''}{f'~{self.back}' if self.back else ''}"


def parse(text: object) -> Reference:
    """Read a reference.

    Raises
    ------
    UsageError
        It is none.

    Examples
    --------
    >>> parse("train@main~2")
    Reference(dataset='train', at='main', back=2)
    """
    if not isinstance(text, str):
        raise UsageError(f"a version is named by a text; found {type(text).__name__}", 'for example "train@v3"')
    said = text.strip()
    head, tilde, steps = said.partition("~")
    name, sign, at = head.partition("@")
    is_whole = _NAME.fullmatch(name) is not None and bool(at) == bool(sign)
    is_known = not at or _NAME.fullmatch(at) is not None or _CONTENT.fullmatch(at) is not None
    if not is_whole or not is_known or (tilde and not re.fullmatch(r"\d{0,6}", steps)):
        raise UsageError(f"{said[:80]!r} names no version of a dataset", "write train, train@v3, train@tag or train~2")
    return Reference(name, at, int(steps or 1) if tilde else 0)


def dataset(name: object) -> str:
    """A name that a dataset may have.

    Raises
    ------
    UsageError
        It may not.
    """
    if not isinstance(name, str):
        raise UsageError(f"a dataset is named by a text; found {type(name).__name__}", 'ml.data.save(df, "train")')
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"a dataset cannot be called {name[:80]!r}", _rule(name))
    return name


def label(name: object, kind: str) -> str:
    """A name that a tag or branch may have.

    Raises
    ------
    UsageError
        It may not; ``v1, v2, ...`` are numbers.
    """
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise UsageError(f"a {kind} cannot be called {str(name)[:80]!r}", _rule(str(name)))
    if _NUMBER.fullmatch(name) or name in _RESERVED:
        raise UsageError(f"a {kind} cannot be called {name!r}: that is given by nbmlops", f"try {kind}-{name}")
    return name


def _rule(name: str) -> str:
    fitting = re.sub(r"[^\w.-]+", "-", name).strip("-_.")[:60]
    rule = "letters, digits, '_', '.', '-' and blanks, a letter or digit first, at most 100"
    return f"{rule}{f'; for example {fitting!r}' if fitting else ''}"
