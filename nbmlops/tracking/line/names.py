"""The bare words of the line: a run's name, or a reference to a run."""

from __future__ import annotations

import re

from nbmlops.errors import UsageError
from nbmlops.tracking.line.words import Word

VERBS = ("begin", "end", "resume", "status")

_RESUME_HINT = "%mlrun resume 12, with a number, a name or latest"
# What a reference means by itself: a run of such a name could not be asked for, or not without surprise.
_NUMBER = re.compile(r"#?[0-9]+")
_REFERENCE = re.compile(r"#?[0-9]+\.\.#?[0-9]+|(?:latest|last)(?:~[0-9]+)?|(?:max|min|best):.+", re.DOTALL)


def check_name(name: str) -> str:
    """Return the name of a run, or say why it cannot be one.

    Parameters
    ----------
    name
        The text, quotes taken away.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        It is empty, a word of the line, or what a reference reads as something else: ``12``, ``latest``.
    """
    if not name.strip():
        raise UsageError("the run's name is empty", "leave the name out, or write one")
    text = name.strip()
    if text in VERBS:
        raise UsageError(f"{text!r} is a word of %mlrun itself and cannot name a run", f"another name, as {text}-1")
    if _NUMBER.fullmatch(text):
        number = text.lstrip("#")[:20]
        raise UsageError(
            f"{text[:60]!r} cannot name a run: it is a run's number",
            f"another name, as run-{number}; %mlrun resume {number} goes on with that run",
        )
    if _REFERENCE.fullmatch(text):
        raise UsageError(
            f"{text[:60]!r} cannot name a run: it already means other runs", "another name, one that is no reference"
        )
    return name


def names(verb: str | None, bare: list[Word]) -> tuple[str | None, str | None]:
    """The run's name and the reference, checked against the verb.

    Parameters
    ----------
    verb
        The verb the line begins with, or None.
    bare
        Words that are neither ``k=v`` nor options.

    Returns
    -------
    name, ref : str or None
        Never both.

    Raises
    ------
    UsageError
        Too many words, too few, or a name that cannot be one.
    """
    if verb == "resume":
        if len(bare) != 1:
            raise UsageError(f"%mlrun resume names one run, found {len(bare)}", _RESUME_HINT)
        return None, bare[0].text
    if verb == "end":
        if len(bare) > 1:
            raise UsageError(f"%mlrun end names one run, found {len(bare)}", "%mlrun end, or %mlrun end 9")
        return None, bare[0].text if bare else None
    if verb == "status":
        if bare:
            raise UsageError(f"%mlrun status takes nothing, found {bare[0].text!r}", "write %mlrun status alone")
        return None, None
    if len(bare) > 1:
        raise UsageError(f"a run has one name, found {bare[0].text!r} and {bare[1].text!r}", _second(bare[1]))
    if not bare:
        return None, None
    if bare[0].raw.endswith(","):
        raise UsageError(f"{bare[0].raw!r} ends in a comma", f"no comma after a name: {bare[0].raw.rstrip(',')} k=v")
    return check_name(bare[0].text), None


def _second(word: Word) -> str:
    """What the user may have meant by a second bare word."""
    if word.raw.startswith("#"):
        return "a comment goes on a line of its own, below %mlrun"
    if word.raw == "\\":
        return "%mlrun is one line; it cannot be continued on the next"
    return 'a name with spaces is quoted: "my run"; a parameter is k=v'
