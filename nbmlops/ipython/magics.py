"""The magics: parse, call, return. What a value shows, it shows itself."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from nbmlops.errors import UsageError
from nbmlops.ipython.data_magics import DataMagics
from nbmlops.ui import present

if TYPE_CHECKING:
    import pandas as pd

    from nbmlops.tracking.comparing import Comparison
    from nbmlops.tracking.defaults import Defaults
    from nbmlops.tracking.tables import RunsTable

NAMES = ("ml", "mlrun", "mlruns", "mlcompare", "mluse", "mlsql", "mlforget", "mlcapture", "mldata")
HELP = {
    "ml": "%ml    the six things to know",
    "mluse": "%mluse [experiment=NAME] [seed=N]    defaults for the runs that follow; None takes one back",
    "mlruns": """\
%mlruns [filter] [baseline=REF] [--view NAME]
  filter     params, metrics, tags and run fields by name:
             %mlruns val_acc > .9 and model = 'gbm' order by val_acc desc limit 20
  baseline   pins the run that others are compared with; baseline=none unpins it
  --view     a saved view: the table's "Views" saves one, so does ml.runs(...).save("NAME")""",
    "mlcompare": """\
%mlcompare [REF ...] [--markdown]    what differs between runs
  alone        the last two runs of the current experiment
  one REF      against the pinned baseline, else the run before it
  more         %mlcompare 11 12, %mlcompare 8..12, %mlcompare adam best:val_acc
  --markdown   as a table to paste into a pull request""",
    "mlsql": """\
%mlsql QUERY    %mlsql name << QUERY    %%mlsql [name <<] with the query below
  read-only SQL over runs, params, metrics, metric_summary, tags, outputs, artifacts, executions, ...
  name <<    binds the answer to a name instead of showing it""",
    "mlforget": "%mlforget REF [--outputs]    erases a run, or only its outputs, for good",
    "mlcapture": "%mlcapture off | on    off: nothing of the cells that follow is recorded, their runs included",
}
_PAIR = re.compile(r"^([A-Za-z_]\w*)=(.*)$", re.DOTALL)
_BIND = re.compile(r"^\s*([^\W\d]\w*)\s*<<\s*", re.DOTALL)
_VIEW = re.compile(r"(?:^|\s)--view(?:=|\s+)(\"[^\"]*\"|'[^']*'|\S+)")
_BASELINE = re.compile(r"(?:^|\s)baseline=(\"[^\"]*\"|'[^']*'|\S+)\s*$|^baseline=(\"[^\"]*\"|'[^']*'|\S+)\s+")


def register(shell: Any) -> None:
    """Offer the magics in a shell."""
    shell.register_magics(TrackingMagics(shell), DataMagics(shell))


def unregister(shell: Any) -> None:
    """Take them away again."""
    manager = shell.magics_manager
    for kind in ("line", "cell"):
        for name in NAMES:
            manager.magics[kind].pop(name, None)
    for name in ("TrackingMagics", "DataMagics"):
        ours = manager.registry.pop(name, None)
        if ours in shell.configurables:
            shell.configurables.remove(ours)


@magics_class
class TrackingMagics(Magics):
    """Runs and what can be asked about them."""

    shell: Any

    @no_var_expand
    @line_cell_magic
    def mlrun(self, line: str, cell: str | None = None) -> Any:
        """Make this cell a run, or handle a run over several cells."""
        from nbmlops.ipython import spans
        from nbmlops.tracking.line import USAGE, parse

        shell = self.shell
        said = parse(line, lambda expression: eval(expression, shell.user_global_ns, shell.user_ns))
        if said.help:
            return present.show(USAGE)
        if said.verb is None and self._is_empty(cell):
            if not line.strip():
                return present.show(USAGE)
            raise UsageError(
                f"%mlrun makes a run of the code below it; there is no code below %mlrun {line.strip()}",
                f"write the code into the same cell; a run over several cells is %mlrun begin {line.strip()}",
            )
        if cell is not None:
            if said.verb is not None:
                raise UsageError(f"%%mlrun {said.verb} has no body", f"write %mlrun {said.verb} on a line of its own")
            # Reached only by run_cell_magic(): cells are run cells without a magic being called.
            done = shell.run_cell(f"%mlrun {line}\n{cell}", store_history=False)
            done.raise_error()
            return done.result
        if said.verb is None:
            raise UsageError(
                "%mlrun makes a cell a run when it is the cell's first line; found it further down",
                "move it to the top, or use `with ml.run(...):` for a part of a cell",
            )
        return spans.handle(said)

    def _is_empty(self, body: str | None) -> bool:
        """Whether there is no code below the line."""
        from nbmlops.ipython.extension import loaded
        from nbmlops.ipython.transform import is_alone

        if body is not None:
            return is_alone(f"%%mlrun\n{body}")
        extension = loaded(self.shell)
        running = None if extension is None else extension.hooks.current()
        return running is not None and is_alone(running.raw)

    @line_magic
    def mluse(self, line: str) -> Defaults | None:
        """Set defaults for the runs that follow: %mluse experiment=wine seed=0; alone, show them."""
        from nbmlops.tracking import api
        from nbmlops.tracking.line.words import value

        if _helped("mluse", line):
            return None
        changes: dict[str, Any] = {}
        for key, text in _pairs("mluse", line).items():
            changes[key] = text if key == "experiment" and text != "None" else value(key, text, None)
        return api.use(**changes)

    @no_var_expand
    @line_magic
    def mlruns(self, line: str) -> RunsTable | None:
        """List, filter and compare runs: %mlruns val_acc > .9 order by val_acc desc; %mlruns baseline=12."""
        from nbmlops.tracking import api

        if _helped("mlruns", line):
            return None
        view, line = _taken(_VIEW, line)
        baseline, line = _taken(_BASELINE, line)
        return api.runs(line.strip(), baseline=baseline, view=view)

    @line_magic
    def mlcompare(self, line: str) -> Comparison | None:
        """Compare runs, alone the last two: %mlcompare 11 12; --markdown gives a table for a pull request."""
        from nbmlops.tracking import api

        if _helped("mlcompare", line):
            return None
        words = _words("mlcompare", line)
        refs = [word.rstrip(",") for word in words if word not in ("--markdown", "vs")]
        unknown = [word for word in refs if word.startswith("-")]
        if unknown:
            raise UsageError(f"%mlcompare does not know {unknown[0]!r}", "%mlcompare --help")
        found = api.compare(*refs)
        if "--markdown" not in words:
            return found
        present.show(found.markdown())
        return None

    @no_var_expand
    @line_cell_magic
    def mlsql(self, line: str, cell: str | None = None) -> pd.DataFrame | None:
        """Ask the store in SQL: %mlsql FROM runs; %%mlsql frame << binds the answer to a name."""
        from nbmlops.tracking import api

        if _helped("mlsql", line):
            return None
        bound = _BIND.match(line)
        query = line[bound.end() :] if bound is not None else line
        if cell is not None:
            query = f"{query}\n{cell}"
        if not query.strip():
            raise UsageError("%mlsql needs a query; found none", "%mlsql FROM runs, or %%mlsql with the query below")
        frame = api.sql(query)
        if bound is None:
            return frame
        self.shell.user_ns[bound.group(1)] = frame
        return None

    @line_magic
    def mlforget(self, line: str) -> None:
        """Erase what was kept of a run: %mlforget 12; %mlforget 12 --outputs erases its outputs only."""
        from nbmlops.tracking import api

        if _helped("mlforget", line):
            return
        words = _words("mlforget", line)
        refs = [word for word in words if word != "--outputs"]
        if len(refs) != 1 or refs[0].startswith("-"):
            raise UsageError(
                f"%mlforget names one run; found {line.strip()!r}", "%mlforget 12, or %mlforget 12 --outputs"
            )
        api.forget(refs[0], outputs=len(refs) < len(words))
        present.show(f"forgotten: {'the outputs of ' if len(refs) < len(words) else ''}run {refs[0]}")

    @line_magic
    def mlcapture(self, line: str) -> None:
        """Switch capture off or on: %mlcapture off; alone, tell whether it is on."""
        from nbmlops.tracking import api

        if _helped("mlcapture", line):
            return
        word = line.strip().lower()
        if word not in ("on", "off", ""):
            raise UsageError(f"%mlcapture is on or off; found {word!r}", "%mlcapture off")
        is_on = api.capture({"on": True, "off": False}.get(word))
        present.show(f"capture is {'on' if is_on else 'off'}")

    @line_magic
    def ml(self, line: str) -> None:
        """The six things to know, on one screen."""
        from nbmlops.catalog import CHEAT_SHEET
        from nbmlops.tracking import api, defaults, sessions
        from nbmlops.ui.view import Column, View

        if _helped("ml", line):
            return
        if line.strip():
            raise UsageError(f"%ml takes nothing; found {line.strip()!r}", "%ml, or %mlruns --help for one magic")
        rows = tuple({"code": code, "does": does} for code, does in CHEAT_SHEET)
        place = os.path.relpath(api.store().path, sessions.folder())  # no path of the machine in a saved notebook
        notes = (
            f"experiment {defaults.experiment()} · capture {'on' if api.capture() else 'off'} · {place}",
            "every magic has --help; what a magic does, a function of nbmlops does under the same name",
        )
        columns = (Column("code", "write", "code"), Column("does", "what it does"))
        present.show(View("cheat-sheet", "nbmlops", columns, rows, footnotes=notes))


def _taken(pattern: re.Pattern[str], line: str) -> tuple[str | None, str]:
    """What a pattern finds, without its quotes, and the line without it."""
    found = pattern.search(line)
    if found is None:
        return None, line
    value = next(group for group in found.groups() if group is not None)
    return value.strip("\"'"), line[: found.start()] + " " + line[found.end() :]


def _helped(magic: str, line: str) -> bool:
    """Show the help of a magic if that is what the line asks for."""
    if line.strip() not in ("--help", "-h"):
        return False
    present.show(HELP[magic])
    return True


def _words(magic: str, line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%{magic}: {error} in {line.strip()!r}", "close the quote") from None


def _pairs(magic: str, line: str) -> dict[str, str]:
    """The `k=v` of a line that holds nothing else."""
    pairs: dict[str, str] = {}
    for word in _words(magic, line):
        found = _PAIR.match(word)
        if found is None:
            raise UsageError(f"%{magic} takes k=v; found {word!r}", f"%{magic} --help")
        pairs[found.group(1)] = found.group(2)
    return pairs
