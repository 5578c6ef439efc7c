"""Completion behind our magics: options, run references, names of params and metrics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from IPython.core.completer import SimpleCompletion, context_matcher

from nbmlops.errors import MLError

_MAGIC = re.compile(r"^\s*%%?(ml\w*)\s+(.*)$", re.DOTALL)
_LAST = re.compile(r"[^\s,()]*$")
_CHOICES = {
    "mlrun": ("begin", "end", "resume", "status"),
    "mluse": ("experiment=", "seed="),
    "mlcapture": ("off", "on"),
}
_OPTIONS = {
    "mlrun": ("--experiment", "--tag", "--note", "--seed", "--params", "--quiet", "--help"),
    "mlforget": ("--outputs", "--help"),
    **dict.fromkeys(("ml", "mluse", "mlruns", "mlsql", "mlcapture"), ("--help",)),
}
_VIEWS = (
    "runs", "run_executions", "params", "metrics", "metric_summary", "metric_defs", "series", "tags", "sessions",
    "executions", "outputs", "artifacts", "environments",
)  # fmt: skip
_FILTER_WORDS = ("and", "or", "not", "order by", "limit", "baseline=")
_FIELDS = ("name", "number", "status", "experiment", "notebook", "started_at", "duration_s", "note")


def matcher() -> Callable[[Any], Any]:
    """A matcher for IPython's completer; works beside jedi."""

    @context_matcher(identifier="nbmlops")  # type: ignore[untyped-decorator]
    def complete(context: Any) -> Any:
        nothing = {"completions": [], "suppress": False}
        try:
            line = context.line_with_cursor[: context.cursor_position]
            found = _MAGIC.match(line)
            if found is None and (top := context.full_text.lstrip().splitlines()[:1]) and top[0].startswith("%%mlsql"):
                found = _MAGIC.match(f"%%mlsql {line}")
            if found is None:
                return nothing
            word = _LAST.search(found.group(2))
            fragment = word.group() if word is not None else ""
            before = found.group(2)[: len(found.group(2)) - len(fragment)]
            offered = [text for text in _offers(found.group(1), before, fragment) if text.startswith(fragment)]
        except Exception:  # noqa: BLE001 - completion that fails must look like completion that knows nothing
            return nothing
        if not offered:
            return nothing
        kept = [SimpleCompletion(text=text, type="magic") for text in offered]
        return {"completions": kept, "suppress": True, "matched_fragment": fragment, "ordered": True}

    complete.matcher_priority = 200
    return complete  # type: ignore[no-any-return]


def _offers(magic: str, before: str, fragment: str) -> list[str]:
    if fragment.startswith("-"):
        return list(_OPTIONS.get(magic, ()))
    said = before.split()
    if magic == "mlrun":
        if said[:1] == ["resume"]:
            return _references()
        return list(_CHOICES["mlrun"]) if not said else []
    if magic == "mlforget":
        return _references()
    if magic == "mlruns":
        if fragment.startswith("baseline="):
            return [f"baseline={ref}" for ref in _references()]
        return [*_names(), *_FIELDS, *_FILTER_WORDS]
    if magic == "mlsql":
        return list(_VIEWS)
    return list(_CHOICES.get(magic, ()))


def _references() -> list[str]:
    """The newest runs by number, their names, and words that stand for runs."""
    rows = _ask("SELECT number, name FROM runs ORDER BY started_at DESC LIMIT 50")
    numbers = [str(number) for number, _ in rows if number is not None]
    names = [name for _, name in rows if name and re.fullmatch(r"[\w.-]+", name)]
    return [*dict.fromkeys([*numbers, *names]), "latest"]


def _names() -> list[str]:
    """Names of metrics and params."""
    rows = _ask(
        "SELECT key FROM (SELECT DISTINCT key FROM metric_summary UNION SELECT DISTINCT key FROM params) ORDER BY 1"
    )
    return [key for (key,) in rows]


def _ask(query: str) -> list[Any]:
    from nbmlops.storage import session

    open_session = session.existing()
    if open_session is None:
        return []
    try:
        return open_session.store.read(lambda con: con.execute(query).fetchall(), key=("completion", query))
    except MLError:
        return []
