"""What stands after ``%mlrun``: name, overrides, options.

Quoting is the shell's, so that a line splits as it does for every other magic.
Two things are added for values, because they are Python: brackets hold their
spaces together (``layers=[64, 32]``), and ``{expression}`` is evaluated.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from keyword import iskeyword

from nbmlops.errors import UsageError
from nbmlops.tracking.line.names import VERBS, check_name, names
from nbmlops.tracking.line.words import Word, braced, check_closed, split, value

__all__ = ["USAGE", "VERBS", "RunLine", "check_name", "parse", "split_cell"]

USAGE = """\
%mlrun [name] [k=v ...] [options]      first line of a cell: this cell is one run
%mlrun begin [name] [k=v ...] [options]   a run over several cells
%mlrun end [REF] | status | resume REF

  k=v                 set the variable k for this run; v is a Python literal (0.1, [64, 32],
                      "text"), {expression}, or plain text
  --experiment E      put the run into experiment E
  --tag T             tag the run; T is a word or key=value; may be given again
  --note N            a note on the run
  --seed S            seed random, numpy and torch before the cell
  --params a,b        keep only these parameters
  --live              show its progress and curves at once, not after two seconds
  --quiet             no live view, no line under the cell

examples
  %mlrun adam lr=0.01 layers=[64, 32] --tag best --note "first try"
  %mlrun lr={base_lr / 10} --seed 0"""

_WITH_TEXT = ("experiment", "note", "tag", "seed", "params")
_SWITCHES = ("live", "quiet", "help")
# A comma that was meant to part two pairs: lr=0.1,wd=2.
_NEXT_PAIR = re.compile(r",\s*[^\W\d]\w*=(?!=)")


@dataclass(frozen=True)
class RunLine:
    """A checked ``%mlrun`` line."""

    verb: str | None = None
    name: str | None = None
    ref: str | None = None
    overrides: dict[str, object] = field(default_factory=dict)
    experiment: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    note: str | None = None
    seed: int | None = None
    params: tuple[str, ...] | None = None
    live: bool = False
    quiet: bool = False
    help: bool = False


def split_cell(source: str) -> tuple[str, str] | None:
    """Tell whether a cell is a run, and take its first line off.

    Parameters
    ----------
    source
        The cell as the user wrote it.

    Returns
    -------
    tuple of str, or None
        The rest of the ``%mlrun`` line and the lines after it; None when the first
        non-blank line is something else, a verb (``%mlrun begin``) or a question
        (``%mlrun?``, ``%mlrun --help``).
    """
    lines = source.split("\n")
    for at, line in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        for magic in ("%%mlrun", "%mlrun"):
            if text.startswith(magic):
                rest = text[len(magic) :]
                if rest and not rest[0].isspace():
                    return None
                first = rest.split(None, 1)[:1]
                if first and (first[0] in VERBS or first[0] in ("--help", "-h", "?")):
                    return None
                return rest.strip(), "\n".join(lines[at + 1 :])
        return None
    return None


def parse(line: str, evaluate: Callable[[str], object] | None = None) -> RunLine:
    """Read what stands after ``%mlrun``.

    Parameters
    ----------
    line
        The line without the magic itself.
    evaluate
        Computes the text inside ``{}``; called only once the whole line is known to be right.

    Returns
    -------
    RunLine

    Raises
    ------
    UsageError
        For anything that is not clear; nothing has happened by then.

    Examples
    --------
    >>> parse("adam lr=0.01 layers=[64, 32] --tag best").overrides
    {'lr': 0.01, 'layers': [64, 32]}
    """
    tokens = split(line)
    verb: str | None = None
    if tokens and tokens[0].raw in VERBS:
        verb = tokens.pop(0).raw
    bare: list[Word] = []
    pairs: dict[str, str] = {}
    options: dict[str, Word] = {}
    tags: dict[str, str | None] = {}
    token = Word("")
    while tokens:
        before, token = token, tokens.pop(0)
        if token.raw.startswith("-") and not token.raw[1:2].isdigit():
            name, text = _option(token, tokens)
            if name == "tag":
                _tag(text, tags)
            elif name in options:
                raise UsageError(f"--{name} is given twice", f"keep one --{name}")
            else:
                options[name] = text
        elif token.key is not None:
            if not token.key:
                raise _spaced(before, token, tokens)
            _pair(token, pairs, tokens)
        else:
            bare.append(token)
    if "help" in options:
        return RunLine(verb=verb, help=True)
    if "live" in options and "quiet" in options:
        raise UsageError("--live and --quiet together", "keep one of them")
    run_name, ref = names(verb, bare)
    if verb in ("end", "resume", "status") and (pairs or options or tags):
        what = next(iter(pairs), None) or "--" + next(iter(options), "tag")
        raise UsageError(f"%mlrun {verb} takes no {what}", f"{what} belongs on the line that starts the run")
    overrides = {key: value(key, raw, evaluate) for key, raw in pairs.items()}
    return RunLine(
        verb=verb,
        name=run_name,
        ref=ref,
        overrides=overrides,
        experiment=_text(options, "experiment"),
        tags=tags,
        note=_text(options, "note"),
        seed=_seed(options.get("seed"), evaluate),
        params=_params(options.get("params")),
        live="live" in options,
        quiet="quiet" in options,
    )


def _spaced(before: Word, token: Word, rest: list[Word]) -> UsageError:
    """The error for ``lr = 0.1`` and ``lr =0.1``."""
    key = before.raw if before.raw.isidentifier() else ""
    text = token.value_raw or (rest[0].raw if rest else "")
    written = " ".join(part for part in (key, token.raw, "" if token.value_raw else text) if part)
    return UsageError(f"spaces around the = in {written!r}", f"no spaces around =: {key or 'k'}={text or 'v'}")


def _pair(token: Word, pairs: dict[str, str], rest: list[Word]) -> None:
    """Keep one ``k=v``."""
    key = token.key or ""
    if not key.isidentifier() or iskeyword(key):
        hint = "k=v sets a variable of the cell, so k is a Python name"
        if "/" in key or "." in key:
            hint += "; to set one entry of a config, override the whole config or edit the cell"
        raise UsageError(f"{key!r} in {token.raw!r} is not a variable name", hint)
    if key in pairs:
        raise UsageError(f"{key} is given twice: {pairs[key]} and {token.value_raw}", f"keep one {key}=")
    if not token.value_raw:
        raise UsageError(f"{key}= has no value", f'no spaces around the =; {key}="" is empty text, {key}=None is None')
    check_closed(key, token.value_raw)
    _no_comma(token, rest)
    pairs[key] = token.value_raw


def _no_comma(token: Word, rest: list[Word]) -> None:
    """Refuse the commas of a call's arguments: ``lr=0.1, wd=2`` would make lr a tuple."""
    raw = token.value_raw
    bare = raw.rstrip(",")
    if bare == raw and (raw[0] in "\"'([{" or not _NEXT_PAIR.search(raw)):
        return
    fixed = _NEXT_PAIR.sub(lambda found: " " + found.group()[1:], token.raw.rstrip(","))
    if rest and rest[0].key:
        fixed += f" {rest[0].raw}"
    text = "" if {*raw} & {*"\"'([{"} else f'; {token.key}="{raw}" is text'
    raise UsageError(f"comma in {token.raw!r}", f"no comma between k=v: {fixed}{text}")


def _option(token: Word, rest: list[Word]) -> tuple[str, Word]:
    """Name and text of an option; the text may be the next word."""
    head, equals, tail = token.raw.partition("=")
    name = head[2:] if head.startswith("--") else ""
    known = _WITH_TEXT + _SWITCHES
    if head == "-h":
        name = "help"
    if name not in known:
        near = difflib.get_close_matches(name or head.lstrip("-"), known, 1)
        hint = f"did you mean --{near[0]}?" if near else "%mlrun --help lists the options"
        raise UsageError(f"unknown option {head}", hint)
    if name in _SWITCHES:
        if equals:
            raise UsageError(f"--{name} takes no value, found {tail!r}", f"write --{name} alone")
        return name, token
    if equals:
        return name, Word(tail)
    if not rest or rest[0].raw.startswith("--"):
        raise UsageError(f"--{name} needs a value", f'--{name} "..." right after it')
    return name, rest.pop(0)


def _tag(word: Word, tags: dict[str, str | None]) -> None:
    """Keep one tag, a word or ``key=value``."""
    key, equals, text = word.text.partition("=")
    if not key.strip():
        raise UsageError(f"--tag {word.raw} has no name", "--tag best, or --tag team=vision")
    tags[key.strip()] = text if equals else None


def _text(options: dict[str, Word], name: str) -> str | None:
    """Text of an option, or None when it is not given."""
    word = options.get(name)
    if word is None:
        return None
    if not word.text.strip():
        raise UsageError(f"--{name} is empty", f"leave --{name} out, or write a text")
    return word.text


def _seed(word: Word | None, evaluate: Callable[[str], object] | None) -> int | None:
    """The seed as an int."""
    if word is None:
        return None
    found = value("--seed", word.raw, evaluate) if braced(word.raw) else word.text
    try:
        seed = int(str(found))
    except ValueError:
        raise UsageError(f"--seed is a whole number, found {word.text!r}", "--seed 0") from None
    return seed


def _params(word: Word | None) -> tuple[str, ...] | None:
    """Names of ``--params a,b``."""
    if word is None:
        return None
    names = tuple(part.strip() for part in word.text.split(","))
    if not all(names):
        raise UsageError(f"--params {word.raw!r} holds an empty name", "--params lr,depth without spaces")
    return names
