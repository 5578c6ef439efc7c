"""Settings (``c.NbMlops.*``), environment variables, and where the store is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from traitlets import Bool, Enum, Float, Int, Unicode, default
from traitlets.config import SingletonConfigurable

from nbmlops.errors import UsageError

STORE_NAME = "mlops.duckdb"
JOIN = "NBMLOPS_RUN"  # "<run id>:<store path>": a process started with it logs into that run


class NbMlops(SingletonConfigurable):
    """Everything a user may set, in ``ipython_config.py`` or with ``%config NbMlops.name = value``."""

    store = Unicode("", help="Path of the store. Empty: NBMLOPS_STORE, else the nearest mlops.duckdb upwards.").tag(
        config=True
    )
    experiment = Unicode("", help="Experiment of runs that name none. Empty: the notebook's name.").tag(config=True)
    capture_outputs = Enum(("runs", "all", "none"), "runs", help="Whose outputs are recorded.").tag(config=True)
    quiet = Bool(False, help="Leave out the footer line under run cells.").tag(config=True)
    live_after_s = Float(2.0, help="Seconds until a run cell shows its live view. Below 0: never.").tag(config=True)
    system_metrics = Bool(
        help="Sample CPU, memory and GPU into runs longer than two seconds. NBMLOPS_SYSTEM_METRICS=0: not."
    ).tag(config=True)
    read_wait_s = Float(10.0, help="Seconds a read waits while another program holds the store.").tag(config=True)
    ingest_every_s = Float(60.0, help="Seconds between ingests while nothing asks.").tag(config=True)
    ingest_bytes = Int(8 << 20, help="Pending journal bytes that start an ingest.").tag(config=True)
    done_days = Float(7.0, help="Days that ingested journals are kept to rebuild from.").tag(config=True)
    done_bytes = Int(200 << 20, help="Bytes of ingested journals that are kept.").tag(config=True)
    capture_parameters = Bool(True, help="Take parameters from literals, configs and estimators.").tag(config=True)
    text_limit = Int(64 << 10, help="Bytes of text kept of one stream of a cell.").tag(config=True)

    capture_data = Bool(True, help="Notice the files that runs read and write.").tag(config=True)
    data_keep_bytes = Int(
        help="ml.data.save keeps the values of objects up to this size; of larger ones identity and profile."
        " NBMLOPS_DATA_KEEP_BYTES sets it, too."
    ).tag(config=True)

    data_memory_bytes = Int(
        help="Memory that the joins of a comparison may take besides the tables; beyond it they spill into the"
        " store's folder. 0: half of the machine's. NBMLOPS_DATA_MEMORY_BYTES sets it, too."
    ).tag(config=True)

    @default("data_keep_bytes")
    def _data_keep_bytes(self) -> int:
        return _whole("NBMLOPS_DATA_KEEP_BYTES", 256 << 20)

    @default("data_memory_bytes")
    def _data_memory_bytes(self) -> int:
        return _whole("NBMLOPS_DATA_MEMORY_BYTES", 0)

    @default("system_metrics")
    def _system_metrics(self) -> bool:
        return os.environ.get("NBMLOPS_SYSTEM_METRICS", "1").lower() not in ("0", "false", "no", "off")


def _whole(variable: str, otherwise: int) -> int:
    said = os.environ.get(variable, "")
    return int(said) if said.isdigit() else otherwise


def settings() -> NbMlops:
    """Return the settings of this process."""
    return NbMlops.instance()


def store_path(folder: Path | None = None) -> Path:
    """Return the store's path for work done in ``folder`` (default: the current one).

    ``NBMLOPS_STORE``, else the store of the run that started this process (``NBMLOPS_RUN``), else
    ``c.NbMlops.store``, else the nearest ``mlops.duckdb`` upwards (not past
    the git root, the home folder or a mount point, never the file system's root or a folder that
    others write to, and only files of the same user), else a new one in ``folder``.
    """
    folder = (folder or Path.cwd()).absolute()
    joined = os.environ.get(JOIN, "").partition(":")[2]
    named = os.environ.get("NBMLOPS_STORE") or joined or settings().store
    if named:
        path = (folder / Path(named).expanduser()).absolute()
        if path.is_dir():
            path /= STORE_NAME
        if not path.parent.is_dir():
            raise UsageError(
                f"the store cannot be at {path}: there is no folder {path.parent}",
                "make the folder, or set NBMLOPS_STORE to a file in a folder that exists",
            )
        return path
    return nearest_store(folder) or folder / STORE_NAME


def nearest_store(folder: Path) -> Path | None:
    """Return the nearest store of this user at or above ``folder``; see ``store_path``."""
    home = Path.home()
    for place in (folder, *folder.parents):
        if place != folder and _is_everybodys(place):
            return None
        candidate = place / STORE_NAME
        try:
            if candidate.is_file() and _is_mine(candidate.stat()):
                return candidate
        except OSError:
            return None
        if place == home or (place / ".git").exists() or os.path.ismount(place):
            return None
    return None


def _is_everybodys(place: Path) -> bool:
    """Tell whether a folder is no project's: the root of the file system, or one that others write to (``/tmp``)."""
    try:
        return place.parent == place or bool(place.stat().st_mode & 0o002)
    except OSError:
        return True


def _is_mine(found: Any) -> bool:
    return not hasattr(os, "getuid") or found.st_uid == os.getuid()
