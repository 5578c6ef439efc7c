"""``%mldata``: parse, call, return. What a value shows, it shows itself."""

from __future__ import annotations

import argparse
import ast
import glob
import os
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from IPython.core.magic import Magics, line_magic, magics_class, no_var_expand

from nbmlops.errors import UsageError
from nbmlops.ui import present

HELP: Final = """\
%mldata save DF DATASET [-m MESSAGE] [--mode keep|hash|sample] [--key a,b] [--branch NAME]
             DF is a variable, a path or glob, or {an expression}; v1, v2, ... are given by themselves
%mldata load REF [--as pandas|polars|arrow|duckdb] [--sample]        df = %mldata load train@v1
%mldata list                     all datasets
%mldata log DATASET              its versions
%mldata show REF                 schema, profile, first rows
%mldata lineage REF | RUN        where it came from, what was made of it
%mldata tag REF NAME             a name that stays; --remove takes it away
%mldata branch REF NAME          a name that moves with every save; --move, --remove
%mldata diff A B [--key a,b] [--tol 1e-6]      what changed; A and B are REFs, variables or paths
%mldata push REF URL | pull DATASET URL       a folder, or an address such as s3://bucket/data
%mldata gc [--keep 10] [--now]   values that nothing needs; --now moves them into the trash
%mldata verify                   whether every value is whole
  REF        train, train@v3, train@tag, train@branch, train~1, train@main~2, train@nb1:ab12"""
VERBS: Final = (
    "save",
    "load",
    "list",
    "log",
    "show",
    "diff",
    "lineage",
    "tag",
    "branch",
    "push",
    "pull",
    "gc",
    "verify",
)
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "save": ("-m", "--mode", "--key", "--branch"),
    "load": ("--as", "--sample"),
    "diff": ("--key", "--tol"),
    "gc": ("--keep", "--now"),
    "tag": ("--remove",),
    "branch": ("--move", "--remove"),
}
_NAME: Final = re.compile(r"[^\W\d]\w*")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong as our errors do, instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%mldata {self.prog}: {message}", "%mldata --help")

    def parse_args(self, words: Any, namespace: Any = None) -> Any:  # type: ignore[override]
        """As ever; but what follows an option that has a value is that value, also if it begins with a dash."""
        names = {name: action for action in self._actions for name in action.option_strings}
        found: list[str] = []
        rest = iter(words)
        for word in rest:
            takes_value = word in names and names[word].nargs is None
            value = next(rest, None) if takes_value else None
            if value is None:
                found.append(word)
            elif value in names:
                found += [word, value]
            else:
                found.append(f"{names[word].option_strings[-1]}={value}")
        return super().parse_args(found, namespace)


@magics_class
class DataMagics(Magics):
    """Versions of data."""

    shell: Any

    @no_var_expand
    @line_magic
    def mldata(self, line: str) -> Any:
        """Versions of data: %mldata save df train -m "dedup"; load, list, log, show, diff, lineage, ...; --help."""
        try:
            words = shlex.split(_quoted_expressions(line))
        except ValueError as error:
            raise UsageError(f"%mldata: {error} in {line.strip()!r}", "close the quote") from None
        if not words or words[0] in ("--help", "-h") or words[1:] in (["--help"], ["-h"]):
            return present.show(HELP)
        verb = getattr(self, f"_{words[0]}", None) if words[0] in VERBS else None
        if verb is None:
            raise UsageError(f"%mldata does not know {words[0]!r:.60}", f"one of {', '.join(VERBS)}")
        return verb(_Parser(prog=words[0], add_help=False, allow_abbrev=False), words[1:])

    def _save(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("thing")
        parser.add_argument("dataset")
        parser.add_argument("-m", "--message", default="")
        parser.add_argument("--mode")
        parser.add_argument("--key", default="")
        parser.add_argument("--branch", default="main")
        said = parser.parse_args(words)
        thing, variable = self._meant(said.thing)
        return data.save(
            thing, said.dataset, message=said.message, mode=said.mode, branch=said.branch, variable=variable,
            key=[name for name in said.key.split(",") if name],
        )  # fmt: skip

    def _load(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("ref")
        parser.add_argument("--as", dest="as_")
        parser.add_argument("--sample", action="store_true")
        said = parser.parse_args(words)
        return data.load(said.ref, as_=said.as_, sample=said.sample)

    def _list(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.parse_args(words)
        return data.list()

    def _log(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("dataset")
        return data.log(parser.parse_args(words).dataset)

    def _show(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("ref")
        return data.show(parser.parse_args(words).ref)

    def _diff(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("before")
        parser.add_argument("after")
        parser.add_argument("--key", default="")
        parser.add_argument("--tol", type=float, default=0.0)
        said = parser.parse_args(words)
        key = [name for name in said.key.split(",") if name]
        return data.diff(self._side(said.before), self._side(said.after), key=key or None, tol=said.tol)

    def _side(self, text: str) -> Any:
        """One side of a diff: a variable, else a version or a path."""
        is_here = text.startswith("{") or (_NAME.fullmatch(text) and text in self.shell.user_ns)
        return self._meant(text)[0] if is_here else text

    def _lineage(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("ref")
        return data.lineage(parser.parse_args(words).ref)

    def _push(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("ref")
        parser.add_argument("url")
        said = parser.parse_args(words)
        return data.push(said.ref, said.url)

    def _pull(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("dataset")
        parser.add_argument("url")
        said = parser.parse_args(words)
        return data.pull(said.dataset, said.url)

    def _gc(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.add_argument("--keep", type=int)
        parser.add_argument("--now", action="store_true")
        said = parser.parse_args(words)
        return data.gc(said.keep, dry_run=not said.now)

    def _verify(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        parser.parse_args(words)
        return data.verify()

    def _tag(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        return self._named(parser, words, data.tag, ("remove",))

    def _branch(self, parser: _Parser, words: list[str]) -> Any:
        from nbmlops import data

        return self._named(parser, words, data.branch, ("move", "remove"))

    def _named(self, parser: _Parser, words: list[str], call: Callable[..., Any], flags: tuple[str, ...]) -> Any:
        parser.add_argument("ref")
        parser.add_argument("name")
        for flag in flags:
            parser.add_argument(f"--{flag}", action="store_true")
        said = vars(parser.parse_args(words))
        return call(said.pop("ref"), said.pop("name"), **said)

    def _meant(self, text: str) -> tuple[Any, str | None]:
        """The object that a word means, and what it is called."""
        from nbmlops.data import files

        if text.startswith("{") and text.endswith("}"):
            return eval(text[1:-1], self.shell.user_global_ns, self.shell.user_ns), text[1:-1]
        if _NAME.fullmatch(text) and text in self.shell.user_ns:
            return self.shell.user_ns[text], text
        path = os.path.expanduser(text)
        if files.is_query(text) or os.path.exists(path) or next(glob.iglob(path, recursive=True), None) is not None:
            return text, None
        if (found := _NAME.match(text)) and found.group() in self.shell.user_ns:
            raise UsageError(f"{text[:60]!r} is no file", f"an expression goes into braces: {{{text[:60]}}}")
        raise UsageError(
            f"{text[:60]!r} is no variable here and no file", "name a variable, a path, or {an expression} in braces"
        )


def _quoted_expressions(line: str) -> str:
    """Expressions in braces as one word each; braces inside of quotes are text."""
    found: list[str] = []
    at, quote = 0, ""
    while at < len(line):
        letter = line[at]
        if not quote and letter == "{" and (at == 0 or line[at - 1].isspace()):
            end = _end(line, at)
            found.append(shlex.quote(line[at:end]))
            at = end
            continue
        if letter == "\\" and quote != "'":
            found.append(line[at : at + 2])
            at += 2
            continue
        if letter in ("'", '"') and quote in ("", letter):
            quote = "" if quote else letter
        found.append(letter)
        at += 1
    return "".join(found)


def _end(line: str, start: int) -> int:
    """Where the expression ends whose brace is at a place: after the first one that leaves something whole."""
    ends = [found.end() for found in re.finditer(r"\}(?!\S)", line) if found.start() > start]
    for end in ends:
        try:
            ast.parse(line[start + 1 : end - 1].strip(), mode="eval")
        except (SyntaxError, ValueError):
            continue
        return end
    return ends[0] if ends else start + 1
