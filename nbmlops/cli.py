"""The command line: every command prints what the Python function of the same name returns."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbmlops import __version__
from nbmlops.config import store_path
from nbmlops.errors import MLError, UsageError

FORMATS = ("text", "csv", "json")


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for a failure, 2 for a wrong call.

    Examples
    --------
    >>> main(["--version"])  # doctest: +SKIP
    nbmlops 0.1.0
    """
    arguments = _parser().parse_args(argv)
    if arguments.store:
        os.environ["NBMLOPS_STORE"] = str(Path(arguments.store).expanduser().absolute())
    command: Callable[[argparse.Namespace], object] = arguments.command
    try:
        answer = command(arguments)
        if isinstance(answer, int):
            return answer
        if answer is not None:
            print(answer)
        sys.stdout.flush()
    except MLError as error:
        hint = error.hint or "`nbmlops --help` lists what there is"
        print(f"nbmlops: {_lines(error.message)}\nhint: {_lines(hint)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nbmlops", description="The MLOps loop in one DuckDB file.")
    parser.add_argument("--version", action="version", version=f"nbmlops {__version__}")
    parser.add_argument("--store", metavar="FILE", help="the store (default: the nearest mlops.duckdb upwards)")
    parser.add_argument("--experiment", metavar="NAME", help="default: that of the newest run; '*' is all")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    runs = _command(commands, "runs", _runs, "runs as a table")
    runs.add_argument("filter", nargs="*", help="such as: 'val_acc > .9 order by val_acc desc limit 20'")
    _format(runs)

    show = _command(commands, "show", _show, "everything kept about one run")
    show.add_argument("run", help="12, a name, latest, best:val_acc, ...")

    compare = _command(commands, "compare", _compare, "what differs between runs")
    compare.add_argument("run", nargs="*", help="12, 8..12, a name, best:val_acc, ... (default: the last two)")
    compare.add_argument("--markdown", action="store_true", help="as a table for a pull request")

    report = _command(commands, "report", _report, "one page of runs to send round or print: tables, curves, figures")
    report.add_argument("filter", nargs="*", help="as for runs")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", default=Path("report.html"), help="report.html")
    report.add_argument("--title", default="", help="what stands on top")

    sql = _command(commands, "sql", _sql, "ask the store in SQL (read-only)")
    sql.add_argument("query", help="SQL text, or - to read it from standard input")
    _format(sql)

    export = _command(commands, "export", _export, "write the public views as Parquet files")
    export.add_argument("folder", type=Path, help="folder for the files; made if there is none")

    pack = _command(commands, "pack", _pack, "one file to hand on, large artifacts included")
    pack.add_argument("dest", nargs="?", type=Path, help="file to write (default: beside the store)")
    pack.add_argument("--no-blobs", action="store_true", help="leave figures and files out")
    pack.add_argument("--in-place", action="store_true", help="make the store itself compact instead")

    merge = _command(commands, "merge", _merge, "take the runs of another file in")
    merge.add_argument("other", type=Path, help="a store or a packed file")

    doctor = _command(commands, "doctor", _doctor, "examine a store, say what is wrong and what to do")
    doctor.add_argument("file", nargs="?", type=Path, help="the store (default: as for every command)")
    doctor.add_argument("--rebuild", action="store_true", help="rebuild the file from the journals that are kept")

    demo = _command(commands, "demo", _demo, "run the quickstart notebook in a folder of its own")
    demo.add_argument("--folder", type=Path, default=Path("nbmlops-demo"), help="default: ./nbmlops-demo")
    demo.add_argument("--open", action="store_true", help="open it in JupyterLab (runs it first if it was not)")
    return parser


def _command(commands: Any, name: str, call: Callable[[argparse.Namespace], object], text: str) -> Any:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.set_defaults(command=call)
    return command


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")


def _existing() -> Path:
    """The store of this command; a command that asks must not leave an empty file behind."""
    path = store_path()
    if not path.exists() and not (path.parent / ".nbmlops" / path.stem).is_dir():
        raise UsageError(
            f"there is no store at {path}",
            "go to the folder of a notebook that was recorded, or name the file: nbmlops --store FILE ...",
        )
    return path


def _settle_experiment(name: str | None) -> None:
    """A notebook knows its experiment; here it is the one named, else that of the newest run."""
    import nbmlops

    if name in (None, "*"):
        newest = nbmlops.sql("SELECT experiment FROM runs ORDER BY started_at DESC LIMIT 1")["experiment"]
        name = str(newest[0]) if len(newest) else None
    if name not in (None, "*"):
        nbmlops.use(experiment=name)


def _rows(frame: Any, how: str) -> str:
    if how == "csv":
        return str(frame.to_csv(index=False)).rstrip("\n")
    return str(frame.to_json(orient="records", date_format="iso", indent=1))


def _runs(arguments: argparse.Namespace) -> object:
    import nbmlops

    _existing()
    _settle_experiment(arguments.experiment)
    table = nbmlops.runs(" ".join(arguments.filter), experiment=arguments.experiment)
    return table if arguments.format == "text" else _rows(table.df(), arguments.format)


def _show(arguments: argparse.Namespace) -> object:
    import nbmlops

    _existing()
    _settle_experiment(arguments.experiment)
    return nbmlops.get(arguments.run)


def _compare(arguments: argparse.Namespace) -> object:
    import nbmlops

    _existing()
    _settle_experiment(arguments.experiment)
    found = nbmlops.compare(*arguments.run)
    return found.markdown().rstrip() if arguments.markdown else found


def _report(arguments: argparse.Namespace) -> object:
    from nbmlops.tracking.report import write_report

    _existing()
    _settle_experiment(arguments.experiment)
    return write_report(
        " ".join(arguments.filter), arguments.output, experiment=arguments.experiment, title=arguments.title
    )


def _sql(arguments: argparse.Namespace) -> object:
    import nbmlops

    _existing()
    query = sys.stdin.read() if arguments.query == "-" else arguments.query
    frame = nbmlops.sql(query)
    return frame.to_string(index=False) if arguments.format == "text" else _rows(frame, arguments.format)


def _export(arguments: argparse.Namespace) -> object:
    from nbmlops.storage.export import export

    return export(_store(), arguments.folder)


def _pack(arguments: argparse.Namespace) -> object:
    from nbmlops.storage.pack import pack

    return pack(_store(), arguments.dest, include_blobs=not arguments.no_blobs, in_place=arguments.in_place)


def _merge(arguments: argparse.Namespace) -> object:
    from nbmlops.storage.merge import merge

    return merge(_store(), arguments.other)


def _store() -> Any:
    from nbmlops.storage.store import Store

    return Store(_existing())


def _doctor(arguments: argparse.Namespace) -> object:
    from nbmlops.storage import doctor

    path = arguments.file or _existing()
    return doctor.rebuild(path) if arguments.rebuild else doctor.examine(path)


def _demo(arguments: argparse.Namespace) -> object:
    from nbmlops import demo

    if arguments.open and (arguments.folder / demo.NOTEBOOK).exists():
        return demo.open_in_lab(arguments.folder)
    print(f"running the quickstart in {arguments.folder} (less than a minute) ...", file=sys.stderr, flush=True)
    done = demo.run(arguments.folder)
    if not arguments.open:
        return done
    print(done, flush=True)
    return demo.open_in_lab(arguments.folder)


def _lines(text: str) -> str:
    """Its lines as they are (a filter's fault is underlined), without empty ones."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


if __name__ == "__main__":
    sys.exit(main())
