"""What is wrong with a store and what to do; and rebuilding one from its journals."""

from __future__ import annotations

import gzip
import os
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nbmlops.errors import StoreError, UsageError
from nbmlops.storage import archive, changes, journal, lease, migrate
from nbmlops.storage.ids import new_id
from nbmlops.storage.layout import Layout, unwritable, write_private
from nbmlops.storage.merge import counts, merge
from nbmlops.storage.slices import known_types, slices
from nbmlops.storage.store import Store

if TYPE_CHECKING:
    import duckdb


@dataclass
class Report:
    """What was looked at, what was found, and what to do about it."""

    path: Path
    facts: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_healthy(self) -> bool:
        """Tell whether nothing needs doing."""
        return not self.problems

    def __str__(self) -> str:
        lines = [str(self.path), *(f"  {fact}" for fact in self.facts)]
        if self.is_healthy:
            return "\n".join([*lines, "  nothing is wrong"])
        return "\n".join(lines + [f"  ! {problem}" for problem in self.problems])


def examine(path: Path) -> Report:
    """Look a store over; changes nothing but taking pending records in.

    Parameters
    ----------
    path
        The DuckDB file.
    """
    path = Path(path).expanduser().absolute()
    report = Report(path)
    store = Store(path)
    if not path.exists() and not store.layout.state.is_dir():
        raise UsageError(f"there is no store at {path}", "name the file: nbmlops doctor FILE")
    readable = False
    if not path.exists():
        report.problems.append(
            f"the file is gone; `nbmlops doctor --rebuild {path.name}` makes it anew from the journals"
        )
    else:
        try:
            _examine_file(store, report)
            readable = True
        except StoreError as error:
            report.problems.append(f"{error.message}; {error.hint}")
    _examine_journals(store, report, readable)
    others = sorted(
        entry.name for entry in path.parent.glob("*.duckdb") if entry != path and not entry.name.startswith(".")
    )
    if others:
        report.facts.append(f"other DuckDB files in the folder, each with its own state: {', '.join(others)}")
    return report


def _examine_file(store: Store, report: Report) -> None:
    """Open the file, count and read every table through, and look for values that are gone."""
    with store.lease(5.0) as con:
        held = ", ".join(f"{count:,} {what}" for what, count in counts(con).items())
        report.problems.extend(_changed_migrations(con))
        for table in migrate.fact_tables(con):
            columns = con.execute(
                "SELECT column_name FROM duckdb_columns() WHERE schema_name = '_nbm' AND table_name = ?"
                " AND database_name = current_database()",
                [table],
            ).fetchall()
            sums = ", ".join(f'bit_xor(hash("{column}"))' for (column,) in columns)
            con.execute(f"SELECT {sums} FROM _nbm.{table}").fetchall()  # a damaged block shows here
        quarantined = con.execute(
            "SELECT journal_id, byte_offset, bytes, reason FROM _nbm.quarantine ORDER BY noticed_at DESC LIMIT 20"
        ).fetchall()
        packed = {row[0] for row in con.execute("SELECT DISTINCT sha256 FROM _nbm.blobs").fetchall()}
        gone = [
            sha256
            for sha256 in migrate.live_digests(con)
            if sha256 not in packed and not store.blobs.path(sha256).exists()
        ]
    size = os.stat(store.path).st_size
    report.facts.append(f"{size:,} bytes, {held}, protocol {migrate.PROTOCOL}")
    for journal_id, offset, count, reason in quarantined:
        report.problems.append(
            f"{count} bytes of journal {journal_id} at offset {offset} are no record ({reason}); they are kept in "
            f"{store.layout.quarantine / f'{journal_id}-{offset}.line'}, everything else was taken in"
        )
    if gone:
        report.problems.append(
            f"{len(gone)} large values are named by records and gone from {store.layout.blobs}; copy them back, "
            "or leave it: the runs show them as missing"
        )


def _changed_migrations(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Say which steps of the schema are not the ones that this version knows under the same number."""
    ours = {(step.slice, step.number): step for part in slices() for step in part.migrations}
    for part, number, name, checksum, version in con.execute(
        "SELECT slice, number, name, checksum, nbmlops FROM _nbm.migrations"
    ).fetchall():
        known = ours.get((part, number))
        if known is not None and known.checksum != checksum:
            yield (
                f"step {name} of {part} was made by nbmlops {version} and is not the one known here; "
                "export the runs with that version (nbmlops export), or merge them into a new store"
            )


def _examine_journals(store: Store, report: Report, readable: bool) -> None:
    """Look at every journal that is not set aside."""
    offsets: dict[str, int] = {}
    if readable:
        with store.lease(5.0) as con:
            offsets = dict(con.execute("SELECT journal_id, bytes FROM _nbm.journals").fetchall())
    store_id = store.id or store.layout.read_id()
    pending = 0
    for journal_id, size in changes.pending_files(store.layout):
        path = store.layout.journals / f"{journal_id}{journal.SUFFIX}"
        with open(path, "rb") as file:
            header = journal.parse_header(file.readline(journal.MAX_LINE))
        if header is None:
            report.problems.append(f"{path} has no readable header; nothing of it was taken in")
        elif header["store_id"] not in (store_id, journal.UNKNOWN):
            report.problems.append(
                f"{path} belongs to another store ({header['store_id']}, this one is {store_id}) and is left alone"
            )
        elif header["version"] > journal.VERSION:
            report.problems.append(f"{path} was written by a newer nbmlops; upgrade here: pip install -U nbmlops")
        elif size < offsets.get(journal_id, 0):
            report.problems.append(
                f"{path} was cut short: {size:,} bytes are left of {offsets[journal_id]:,} that were taken in already"
            )
        else:
            pending += size - offsets.get(journal_id, 0)
            if journal_id in offsets:
                _examine_newer(path, offsets[journal_id], report)
    done = list(store.layout.done.glob("*")) if store.layout.done.is_dir() else []
    kept = sum(path.stat().st_size for path in done)
    report.facts.append(f"{pending:,} bytes pending in journals; {len(done)} ingested journals kept ({kept:,} bytes)")


def _examine_newer(path: Path, offset: int, report: Report) -> None:
    """Say when a journal waits for a newer version: its next record is of a type unknown here."""
    import orjson

    with open(path, "rb") as file:
        file.seek(offset)
        line = file.readline(journal.MAX_LINE)
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return
    if isinstance(record, dict) and (record.get("t"), record.get("v")) not in known_types():
        report.problems.append(
            f"{path} waits at byte {offset} for a newer nbmlops (record {record.get('t')}, version {record.get('v')}); "
            "upgrade here: pip install -U nbmlops"
        )


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did."""

    path: Path
    aside: Path | None
    journals: int
    runs: int
    kept: str

    def __str__(self) -> str:
        lines = [f"{self.path} was rebuilt from {self.journals} journals: {self.runs} runs"]
        if self.aside is not None:
            lines.append(f"the old file is kept as {self.aside}{self.kept}")
        return "\n".join(lines)


def rebuild(path: Path) -> Rebuilt:
    """Set the file aside and make it anew: from the old file if it can be read, and from all journals that are kept.

    Run numbers stay the same where the old file can be read.

    Parameters
    ----------
    path
        The DuckDB file, whatever state it is in.
    """
    path = Path(path).expanduser().absolute()
    store = Store(path)
    layout: Layout = store.layout
    if not layout.state.is_dir():
        raise UsageError(f"there is nothing to rebuild {path} from: no folder {layout.state}", "look for a copy of it")
    aside = None
    with lease.locked(layout, time.monotonic() + 30):
        try:
            aside = _move_aside(store.path)
            _recall_id(layout)
            layout.counter.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(layout.state, error) from None
    kept = _take_over(store, aside)
    with lease.locked(layout, time.monotonic() + 30):
        try:
            count = _bring_back(layout)
        except OSError as error:
            raise unwritable(layout.state, error) from None
    store.ingest(wait=30, budget_s=3600)
    with store.lease(30) as con:
        runs = counts(con)["runs"]
    return Rebuilt(path, aside, count, runs, kept)


def _move_aside(path: Path) -> Path | None:
    """Keep the old file under another name; its log goes first, a new file must never meet it."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.stem}.aside-{new_id()[-6:]}{path.suffix}")
    wal = path.with_name(f"{path.name}.wal")
    if wal.exists():
        os.replace(wal, aside.with_name(f"{aside.name}.wal"))
    os.replace(path, aside)
    return aside


def _recall_id(layout: Layout) -> None:
    """Go by the journals if the identity beside the file is gone: most of them are of this store."""
    if layout.read_id() is not None:
        return
    found: Counter[str] = Counter()
    for path in (*layout.journals.glob(f"*{journal.SUFFIX}"), *layout.done.glob(f"*{journal.SUFFIX}*")):
        header = journal.parse_header(archive.first_line(path))
        if header is not None and header["store_id"] != journal.UNKNOWN:
            found[header["store_id"]] += 1
    if found:
        layout.note_id(found.most_common(1)[0][0])


def _bring_back(layout: Layout) -> int:
    """Put the journals that were set aside back among those to be taken in; return how many there are in all."""
    for old in sorted(layout.done.glob(f"*{journal.SUFFIX}*")):
        if old.name.endswith(".tmp"):
            continue
        target = layout.journals / old.name.removesuffix(".gz")
        if not target.exists():
            try:
                write_private(target, archive.read(old))
            except (EOFError, gzip.BadGzipFile, zlib.error):
                continue  # an archive that is damaged itself
        old.unlink()
    return len(changes.pending_files(layout))


def _take_over(store: Store, aside: Path | None) -> str:
    """Take over what the old file still gives; it may be beyond reading."""
    if aside is None:
        return ""
    try:
        found = merge(store, aside, is_rebuilding=True)
    except (StoreError, UsageError) as error:
        return f"; nothing could be read from it: {error.message}"
    return f"; {found.runs} runs were read from it"
