"""Secrets are taken out of text before it is written anywhere.

What is found is replaced by a fixed mark, never by a hash: short secrets can be
guessed from their hash. Numbers are never secrets. Blobs are not looked at.

Looking for a few literal marks first keeps ordinary output cheap: every pattern is
tried only where its own mark stands.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from nbmlops.tracking.redact.secrets import is_secret_name

MARK = "«redacted»"
_MIN_ENVIRON = 8
_MIN_TOKEN = 8
_MAX_LINE = 2000

# What starts with the mark at a word's beginning, and is the secret.
_TOKENS = {
    "AKIA": r"AKIA[0-9A-Z]{16}(?![0-9A-Za-z])",
    "ASIA": r"ASIA[0-9A-Z]{16}(?![0-9A-Za-z])",
    "AIza": r"AIza[\w-]{35}",
    "ya29.": r"ya29\.[\w-]{20,}",
    "GOCSPX-": r"GOCSPX-[\w-]{20,}",
    "ghp_": r"ghp_[A-Za-z0-9]{30,}",
    "gho_": r"gho_[A-Za-z0-9]{30,}",
    "ghu_": r"ghu_[A-Za-z0-9]{30,}",
    "ghs_": r"ghs_[A-Za-z0-9]{30,}",
    "ghr_": r"ghr_[A-Za-z0-9]{30,}",
    "github_pat_": r"github_pat_\w{22,}",
    "glpat-": r"glpat-[\w-]{20,}",
    "glrt-": r"glrt-[\w-]{20,}",
    "sk-": r"sk-(?=[\w-]*\d)[\w-]{20,}",
    "sk_live_": r"sk_live_[A-Za-z0-9]{16,}",
    "rk_live_": r"rk_live_[A-Za-z0-9]{16,}",
    "hf_": r"hf_[A-Za-z0-9]{30,}",
    "gsk_": r"gsk_[A-Za-z0-9]{30,}",
    "nvapi-": r"nvapi-[\w-]{30,}",
    "r8_": r"r8_[A-Za-z0-9]{30,}",
    "xox": r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    "npm_": r"npm_[A-Za-z0-9]{30,}",
    "pypi-": r"pypi-AgE[\w-]{40,}",
    "dapi": r"dapi[0-9a-f]{32}(?![0-9a-f])",
    "SG.": r"SG\.[\w-]{16,}\.[\w-]{16,}",
    "eyJ": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
}
# Where the secret, the group, stands behind the mark.
_INSIDE = {
    "://": r"""://[^\s/:@"'<>{}]{0,200}:([^\s/@"'<>{}$]{1,500})@""",
    "AccountKey=": r"AccountKey=([A-Za-z0-9+/]{20,}={0,2})",
    "SharedAccessKey=": r"SharedAccessKey=([A-Za-z0-9+/]{20,}={0,2})",
    "sig=": r"(?<=[?&;])sig=([A-Za-z0-9%+/]{30,}(?:=|%3D){0,2})",
    "hooks.slack.com/": r"hooks\.slack\.com/services/([A-Za-z0-9/]{20,})",
    "Bearer ": r"Bearer +((?=[\w.~+/-]*\d)[\w.~+/-]{16,}=*)",
    "Basic ": r"Basic +((?=[\w+/]*\d)[A-Za-z0-9+/]{16,}={0,2})",
    "PRIVATE KEY-----": (
        r"""PRIVATE KEY-----(?:((?:[\w\s+/=\\"',:.]|-(?!----)){1,20000}+)(?=-----END)"""
        r"""|((?:\\[nr]|\s){0,8}[A-Za-z0-9+/]{40}[A-Za-z0-9+/=\s\\]{0,20000}+))"""
    ),
}
_PATTERNS = {mark: re.compile(rf"(?<![A-Za-z0-9_]){pattern}") for mark, pattern in _TOKENS.items()}
_PATTERNS |= {mark: re.compile(pattern) for mark, pattern in _INSIDE.items()}

# One of these stands in every name that is_secret_name knows.
_NAME_MARKS = ("pass", "secret", "credential", "token", "key", "jwt", "pwd")
_NAME_END = re.compile(r"[\w-]{0,80}")
_ASSIGNED = re.compile(
    r"""(?P<close>\\?["'])?\]?[ \t]{0,8}
        (?:(?P<colon>:)(?![=:])[ \t]{0,8}(?:[A-Za-z_][\w.\[\]|]{0,40}[ \t]{0,8}(?P<typed>=)[ \t]{0,8})?
          |(?P<equals>[:=!]?=)[ \t]{0,8}
          |(?P<comma>,)[ \t]{0,8})
        \(?\s{0,40}[rRbBuUfF]{0,2}(?P<quote>\\["']|\"{3}|'{3}|["'])""",
    re.VERBOSE,
)
_BARE = re.compile(r"""(?P<equals>=)?[ \t]{0,4}(?P<value>[^\s"'()\[\]{},;&<>#$«]{6,})(?![(\[{])""")
_CALL = re.compile(r"(?:getenv|environ\.get|setdefault|setenv|putenv|set_key)\(\s{0,8}\\?[\"']$")
_SHELL = re.compile(r"(?:(?:^|[\s!%])(?:export|env|set_env|setenv|set|ENV|ARG)[ \t]{1,4}|(?:^|\s)--?)$")
_CODE = re.compile(r"[A-Za-z_]\w*\.[\w.]*\Z")
_PLACEHOLDER = re.compile(r"(?:<[^<>]*>|\[[A-Z_]+\]|\$?\{[^{}]*\}|\$\w+)\Z")
_LIKELY = re.compile(r"[A-Za-z0-9$!#_/][^\s,()]{5,}\Z")

Span = tuple[int, int]


def redact(text: str) -> tuple[str, int]:
    """Take the secrets out of a text.

    Parameters
    ----------
    text
        Source, output, note: anything that will be written.

    Returns
    -------
    text : str
        With ``«redacted»`` in the place of each secret; the same object when there is none.
    count : int
        How many were replaced.

    Examples
    --------
    >>> redact('login(password="hunter2", max_tokens=20)')
    ('login(password="«redacted»", max_tokens=20)', 1)
    """
    spans = sorted(span for found in (_strong(text), _named(text), _environ(text)) for span in found)
    pieces: list[str] = []
    at = count = 0
    for start, end in spans:
        if end <= at or MARK in text[start:end]:
            continue
        if start >= at:
            pieces += (text[at:start], MARK)
            count += 1
        at = end
    return ("".join(pieces) + text[at:], count) if count else (text, 0)


def redact_value(name: str, value: object) -> object:
    """Take the secrets out of a parameter, tag or config value.

    Parameters
    ----------
    name
        What it is called; ``cfg/db/password`` is judged by its last part.
    value
        Its value. Texts are redacted, whole when the name is a secret one; lists and dicts are
        followed; numbers and all else are returned as they are.

    Returns
    -------
    object
    """
    if isinstance(value, str):
        last = name.rpartition("/")[2]
        secret = is_secret_name(name) and value != "" and not _PLACEHOLDER.match(value) and not _is_word(last, value)
        return MARK if secret else redact(value)[0]
    if isinstance(value, bytes | bytearray):
        return MARK if value and is_secret_name(name) else value
    if type(value) is dict and isinstance(value, dict):
        return {key: redact_value(key if isinstance(key, str) else name, part) for key, part in value.items()}
    if type(value) in (list, tuple) and isinstance(value, list | tuple):
        parts = [redact_value(name, part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value


def _strong(text: str) -> Iterator[Span]:
    """Texts that are secrets by their form."""
    for mark, pattern in _PATTERNS.items():
        at = text.find(mark)
        while at >= 0:
            found = pattern.match(text, at)
            if found:
                yield found.span(found.lastindex or 0)
            at = text.find(mark, found.end() if found else at + len(mark))


def _named(text: str) -> Iterator[Span]:
    """Literals that are given to a secret name."""
    # The only letter that lower() makes longer would shift every position behind it.
    lower = text.replace("İ", "I").lower()
    for mark in _NAME_MARKS:
        at = lower.find(mark)
        while at >= 0:
            ending = _NAME_END.match(text, at)
            end = ending.end() if ending else at + len(mark)
            start = _name_start(text, at)
            # A bare key is never a secret, and by far the most frequent of these words.
            if (start < at or mark != "key") and is_secret_name(text[start:end]):
                yield from _value(text, start, end)
            at = lower.find(mark, end)


_FOLLOWS = frozenset("\"'\\]:=!, \t")


def _name_start(text: str, at: int) -> int:
    """Where the name begins that goes on at ``at``."""
    start = at
    while start > 0 and at - start < 80 and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        start -= 1
    while text[start] == "-":
        start += 1
    return start


def _value(text: str, start: int, end: int) -> Iterator[Span]:
    """The literal that is given to a secret name."""
    if text[end : end + 1] not in _FOLLOWS:
        return
    assigned = _ASSIGNED.match(text, end)
    bare = _BARE.match(text, end) if assigned is None else None
    if not assigned and not bare:
        return
    name = text[start:end]
    line = text.rfind("\n", max(0, start - _MAX_LINE), start) + 1 or max(0, start - _MAX_LINE)
    if assigned:
        for begin, stop in _quoted(text, line, start, assigned):
            if not _is_word(name, text[begin:stop]):
                yield begin, stop
    elif bare and _is_bare_secret(text[max(line, start - 40) : start], name, bare):
        yield bare.span("value")


def _is_word(name: str, value: str) -> bool:
    """Whether a token may be one of language rather than of access: ``token == "lambda"``."""
    return name.lower() == "token" and len(value) < _MIN_TOKEN


def _quoted(text: str, line: int, start: int, found: re.Match[str]) -> Iterator[Span]:
    """The text in quotes behind a name, unless the quote closes a string that the name stands in."""
    before = text[max(line, start - 60) : start]
    if found["comma"] and not _CALL.search(before):
        return
    if found["colon"] and not found["typed"] and not found["close"] and before.strip(" \t-"):
        return  # "token: " is a prompt or a slice; as YAML it stands alone on its line
    quote = found["quote"]
    begin = found.end()
    end = _closing(text, begin, quote)
    value = text[begin:end]
    if not value or _PLACEHOLDER.match(value):
        return
    inside = len(quote) == 1 and not found["close"] and text.count(quote, line, found.start("quote")) % 2 == 1
    if not inside or _LIKELY.match(value):
        yield begin, end


def _closing(text: str, begin: int, quote: str) -> int:
    """Where a string ends; a short one ends with its line."""
    at = begin
    while at < len(text):
        if text.startswith(quote, at):
            return at
        if text[at] == "\n" and len(quote) < 3:
            return at
        at += 2 if text[at] == "\\" else 1
    return len(text)


def _is_bare_secret(before: str, name: str, found: re.Match[str]) -> bool:
    """Whether an unquoted value is one: in a URL, a shell line, or the listing of an environment."""
    value = found["value"]
    if value.replace(".", "").isdigit():
        return False
    if found["equals"] and before[-1:] in ("?", "&"):
        return True
    if _SHELL.search(before):
        return True
    is_listed = bool(found["equals"]) and name.isupper() and not before.strip()
    return is_listed and any(map(str.isdigit, value)) and not _CODE.match(value)


def _environ(text: str) -> Iterator[Span]:
    """Values of environment variables with secret names."""
    for name in [name for name in os.environ if is_secret_name(name)]:
        value = os.environ.get(name, "")
        if len(value) < _MIN_ENVIRON or value.isdigit() or value not in text:
            continue
        if value.startswith("/") and os.path.exists(value):  # the path of a file with secrets is none
            continue
        whole = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
        for found in whole.finditer(text):
            yield found.span()
