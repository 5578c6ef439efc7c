"""Completion behind our magics: options, run references, names of params and metrics."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import Any

from IPython.core.completer import SimpleCompletion, context_matcher

from nbmlops.errors import MLError
from nbmlops.ipython import data_magics

_MAGIC = re.compile(r"^\s*%%?(ml\w*)\s+(.*)$", re.DOTALL)
_CALL = re.compile(r"(?:^|[^\w.])(?:ml|nbmlops)\.((?:data\.)?\w+)\(\s*(?:(\w+)\s*=\s*)?(?:\"([^\"]*)|'([^']*))$")
_TAKES_REFERENCE = frozenset(
    (
        ("get", ""),
        ("resume", ""),
        ("delete", ""),
        ("restore", ""),
        ("forget", ""),
        ("runs", "baseline"),
        ("compare", ""),
    )
)
_LAST = re.compile(r"[^\s,()]*$")
_CHOICES = {
    "mlrun": ("begin", "end", "resume", "status"),
    "mluse": ("experiment=", "seed="),
    "mlcapture": ("off", "on"),
}
_OPTIONS = {
    "mlrun": ("--experiment", "--tag", "--note", "--seed", "--params", "--quiet", "--help"),
    "mlcompare": ("--markdown", "--help"),
    "mlforget": ("--outputs", "--help"),
    **dict.fromkeys(("ml", "mluse", "mlruns", "mlsql", "mlcapture"), ("--help",)),
}
_VIEWS = (
    "runs", "run_executions", "params", "metrics", "metric_summary", "metric_defs", "series", "tags", "sessions",
    "executions", "outputs", "artifacts", "environments", "data_versions", "data_refs", "data_edges", "data_profiles",
)  # fmt: skip
_FILTER_WORDS = ("and", "or", "not", "order by", "limit", "baseline=")
_LONGEST = 100_000  # characters of a cell that is read while somebody types
_FIELDS = ("name", "number", "status", "experiment", "notebook", "started_at", "duration_s", "note")


def matcher() -> Callable[[Any], Any]:
    """A matcher for IPython's completer; works beside jedi."""

    @context_matcher(identifier="nbmlops")  # type: ignore[untyped-decorator]
    def complete(context: Any) -> Any:
        nothing = {"completions": [], "suppress": False}
        try:
            line = context.line_with_cursor[: context.cursor_position]
            found = _MAGIC.match(line)
            if found is None and (call := _CALL.search(line)) is not None:
                return _as_result(*_in_call(call), nothing)
            if found is None and (top := context.full_text.lstrip().splitlines()[:1]) and top[0].startswith("%%mlsql"):
                found = _MAGIC.match(f"%%mlsql {line}")
            if found is None:
                return nothing
            word = _LAST.search(found.group(2))
            fragment = word.group() if word is not None else ""
            before = found.group(2)[: len(found.group(2)) - len(fragment)]
            offered = _offers(found.group(1), before, fragment, context.full_text)
            return _as_result(offered, fragment, nothing)
        except Exception:  # noqa: BLE001 - completion that fails must look like completion that knows nothing
            return nothing

    complete.matcher_priority = 200
    return complete  # type: ignore[no-any-return]


def _as_result(offered: Iterable[str], fragment: str, nothing: Any) -> Any:
    kept = [SimpleCompletion(text=text, type="magic") for text in offered if text.startswith(fragment)]
    if not kept:
        return nothing
    return {"completions": kept, "suppress": True, "matched_fragment": fragment, "ordered": True}


def _in_call(call: re.Match[str]) -> tuple[list[str], str]:
    """What fits into the open text of a call such as `ml.get("`."""
    function, argument = call.group(1), call.group(2) or ""
    typed = call.group(3) if call.group(3) is not None else call.group(4)
    if (function, argument) in _TAKES_REFERENCE:
        return [*_references(), *_best()], typed
    if function in ("data.load", "data.show", "data.diff", "data.lineage", "data.tag", "data.branch") and not argument:
        return _versions(), typed
    if function == "data.log" and not argument:
        return _datasets(), typed
    if (function, argument) in (("runs", ""), ("runs", "filter")):
        word = _LAST.search(typed)
        return [*_names(), *_FIELDS, *_FILTER_WORDS[:-1]], word.group() if word is not None else ""
    return [], typed


def _offers(magic: str, before: str, fragment: str, cell: str) -> list[str]:
    if fragment.startswith("-") and magic == "mldata":
        return [*data_magics.OPTIONS.get((before.split() or [""])[0], ()), "--help"]
    if fragment.startswith("-"):
        return list(_OPTIONS.get(magic, ()))
    said = before.split()
    if magic == "mlrun":
        if said[:1] == ["resume"]:
            return _references()
        if said[-1:] == ["--tag"]:
            return _tags()
        return [*(_CHOICES["mlrun"] if not said else ()), *_assigned(cell)]
    if magic == "mlforget":
        return _references()
    if magic == "mlcompare":
        return [*_references(), *_best()]
    if magic == "mldata":
        return _data_words(said)
    if magic == "mlruns":
        if fragment.startswith("baseline="):
            return [f"baseline={ref}" for ref in _references()]
        return [*_names(), *_FIELDS, *_FILTER_WORDS]
    if magic == "mlsql":
        return list(_VIEWS)
    return list(_CHOICES.get(magic, ()))


def _data_words(said: list[str]) -> list[str]:
    """What may stand in a line of %mldata: a verb, then datasets and their versions."""
    if not said:
        return list(data_magics.VERBS)
    if said[0] in ("save", "log"):
        return _datasets() if said[0] == "log" or len(said) > 1 else []
    return _versions() if said[0] in data_magics.VERBS else []


def _datasets() -> list[str]:
    rows = _ask("SELECT dataset FROM data_versions GROUP BY dataset ORDER BY max(created_at) DESC LIMIT 100")
    return [dataset for (dataset,) in rows]


def _versions() -> list[str]:
    """Datasets, and behind an @ their tags, branches and newest numbers."""
    rows = _ask(
        "SELECT dataset || '@v' || number FROM (SELECT * FROM data_versions ORDER BY created_at DESC LIMIT 100)"
        " UNION ALL (SELECT dataset || '@' || name FROM data_refs ORDER BY moved_at DESC LIMIT 100)"
    )
    return [*_datasets(), *(name for (name,) in rows)]


def _assigned(cell: str) -> list[str]:
    """Names that the cell assigns at its top level, as overrides: `lr=`. While the cell cannot be read, none."""
    body = cell.lstrip().partition("\n")[2]
    if len(body) > _LONGEST:
        return []
    try:
        tree = ast.parse(body)
    except SyntaxError:
        return []
    plain = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    annotated = [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    names = [each.id for each in (*plain, *annotated) if isinstance(each, ast.Name) and each.id[0] != "_"]
    return [f"{name}=" for name in dict.fromkeys(names)]


def _tags() -> list[str]:
    """Known tags: bare ones, and names of those that have values."""
    rows = _ask("SELECT key, max(value) FROM tags GROUP BY key ORDER BY key LIMIT 200")
    return [f"{key}=" if value else key for key, value in rows if re.fullmatch(r"[\w.-]+", key)]


def _best() -> list[str]:
    return [f"best:{key}" for (key,) in _ask("SELECT DISTINCT key FROM metric_summary ORDER BY key LIMIT 50")]


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
