"""What nbmlops offers: its capabilities by name, and one table of magics, functions and commands.

Everything here is a string, so that looking something up imports nothing. A capability
joins the house by a name in ``SLICES`` and its rows in ``ENTRIES``; nothing unbuilt is listed.
"""

from __future__ import annotations

from dataclasses import dataclass

SLICES: tuple[str, ...] = ("tracking", "data")


@dataclass(frozen=True)
class Entry:
    """One thing a user can do, under its name in each place where it can be done."""

    does: str
    function: str | None = None  # attribute of nbmlops, also of its module data
    magic: str | None = None  # without the percent signs
    command: str | None = None  # of the command line
    example: str = ""
    slice: str = "tracking"
    is_cell_magic: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry("make this cell a run", "run", "mlrun", None, "%mlrun baseline lr=0.01", is_cell_magic=True),
    Entry("begin a run over several cells", "begin", None, None, "%mlrun begin long-training"),
    Entry("end the run begun before", "end", None, None, "%mlrun end"),
    Entry("go on with a run after its kernel died", "resume", None, None, "%mlrun resume 12"),
    Entry("log metrics, texts, figures, tables and files", "log", None, None, "ml.log(loss=0.3, step=1)"),
    Entry("log whole columns of points at once", "log_batch", None, None, "ml.log_batch({'loss': losses})"),
    Entry("count a loop: how far it is and what is left", "progress", None, None, "for x in ml.progress(loader):"),
    Entry("add parameters to the current run", "params", None, None, "ml.params(depth=6)"),
    Entry("tag the current run", "tag", None, None, "ml.tag('best', team='vision')"),
    Entry("write a note on the current run", "note", None, None, "ml.note('warm start')"),
    Entry("say which direction of a metric is better", "goal", None, None, "ml.goal(val_acc='max', loss='min')"),
    Entry("set defaults for the runs that follow", "use", "mluse", None, "%mluse experiment=digits seed=0"),
    Entry("list, filter and compare runs", "runs", "mlruns", "runs", "%mlruns val_acc > .9 order by val_acc desc"),
    Entry("compare runs: what differs", "compare", "mlcompare", "compare", "%mlcompare 11 12"),
    Entry("one page of runs to send round or print", None, None, "report", "nbmlops report -o week.html"),
    Entry("everything kept about one run", "get", None, "show", "ml.get('best:val_acc')"),
    Entry("ask the store in SQL (read-only)", "sql", "mlsql", "sql", "%mlsql FROM runs", is_cell_magic=True),
    Entry("where the store is and how it is", "store", None, None, "ml.store()"),
    Entry("switch capture off or on", "capture", "mlcapture", None, "%mlcapture off"),
    Entry("erase what was kept of a run or its outputs", "forget", "mlforget", None, "%mlforget 12 --outputs"),
    Entry("take a run off the lists", "delete", None, None, "ml.delete(12)"),
    Entry("put a deleted run back", "restore", None, None, "ml.restore(12)"),
    Entry(
        "keep a version of data: a frame, files, an array", "data.save", "mldata", None, "%mldata save df train", "data"
    ),
    Entry("give a version of data back as it was", "data.load", None, None, "ml.data.load('train@v1')", "data"),
    Entry("list datasets", "data.list", None, None, "%mldata list", "data"),
    Entry("the versions of a dataset", "data.log", None, None, "%mldata log train", "data"),
    Entry("schema, profile and first rows of a version", "data.show", None, None, "%mldata show train@v3", "data"),
    Entry("where data came from, what was made of it", "data.lineage", None, None, "%mldata lineage train", "data"),
    Entry(
        "copy versions of data to another place", "data.push", None, None, "ml.data.push('train', 's3://b/d')", "data"
    ),
    Entry("take versions of data from there", "data.pull", None, None, "ml.data.pull('train', 's3://b/d')", "data"),
    Entry("make room: values that nothing needs", "data.gc", None, None, "ml.data.gc(keep=3)", "data"),
    Entry("are all values of all versions whole", "data.verify", None, None, "ml.data.verify()", "data"),
    Entry("take what DVC tracks", "data.from_dvc", None, None, "ml.data.from_dvc('train.csv.dvc', 'train')", "data"),
    Entry("what changed between two data versions", "data.diff", None, None, "%mldata diff train@v1 train", "data"),
    Entry(
        "give a version of data a name that stays", "data.tag", None, None, "ml.data.tag('train@v3', 'gold')", "data"
    ),
    Entry("begin a branch of a dataset", "data.branch", None, None, "ml.data.branch('train', 'trial')", "data"),
    Entry("the six things to know", None, "ml", None, "%ml"),
    Entry("write the public views as Parquet files", None, None, "export", "nbmlops export out/"),
    Entry("one file to hand on, large artifacts included", None, None, "pack", "nbmlops pack", slice="storage"),
    Entry("take the runs of another file in", None, None, "merge", "nbmlops merge other.duckdb", slice="storage"),
    Entry("examine a store, say what is wrong", None, None, "doctor", "nbmlops doctor", slice="storage"),
    Entry("run the quickstart notebook", None, None, "demo", "nbmlops demo --open", slice="storage"),
)

CHEAT_SHEET: tuple[tuple[str, str], ...] = (
    ("%mlrun baseline lr=0.01", "first line of a cell: the cell becomes a run"),
    ("ml.log(loss=loss, step=i)", "numbers, texts, figures, tables, files"),
    ("%mlruns val_acc > .9", "runs as a table, with deltas to a pinned baseline"),
    ("ml.get('best:val_acc')", "one run: parameters, curves, source, outputs"),
    ("%%mlsql", "plain SQL over everything"),
    ("%mluse experiment=digits seed=0", "defaults for the runs that follow"),
)


def magics() -> tuple[str, ...]:
    """Names of all magics, without percent signs."""
    return tuple(entry.magic for entry in ENTRIES if entry.magic)


def functions() -> tuple[str, ...]:
    """Public function names of the package."""
    return tuple(entry.function for entry in ENTRIES if entry.function)


def commands() -> tuple[str, ...]:
    """Commands of the command line."""
    return tuple(entry.command for entry in ENTRIES if entry.command)
