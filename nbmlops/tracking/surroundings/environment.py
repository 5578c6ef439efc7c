"""The environment a run saw: interpreter, machine, packages, and a few variables that change results.

Names and versions come from the folder names of the installed distributions; reading their metadata
would cost a hundred times as much. Nothing of ``os.environ`` is kept but a short list.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path

VARIABLES = ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "PYTHONHASHSEED")

# A folder on sys.path that is no site folder may be a data folder with a million files.
_MOST_ENTRIES = 5000
_SITE_NAMES = frozenset(("site-packages", "dist-packages"))
_GIB = 2**30


@dataclass(frozen=True)
class Environment:
    """What could make the same code give another number on another day."""

    python: str
    implementation: str
    platform: str
    packages: Mapping[str, str] = field(default_factory=dict)
    cpu_count: int | None = None
    memory_gib: int | None = None
    gpus: tuple[str, ...] = ()
    kind: str = "system"
    name: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def environment_id(self) -> str:
        """Content hash: the same environment has the same id in every kernel."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def payload(self) -> dict[str, object]:
        """The record that goes into the store; all but interpreter, platform and packages under ``extra``."""
        fields = asdict(self)
        head = {name: fields.pop(name) for name in ("python", "platform", "packages")}
        return {"environment_id": self.environment_id, **head, "extra": fields}


_lock = threading.Lock()
_known: tuple[object, Environment] | None = None


def current() -> Environment:
    """The environment of this process.

    Returns
    -------
    Environment
        The same object until a package is installed or removed, ``sys.path`` or a listed variable
        changes. Costs some ten ``stat`` calls; a few milliseconds after a change. Any thread may call it.
    """
    global _known
    stamp = _stamp()
    with _lock:
        if _known is not None and _known[0] == stamp:
            return _known[1]
    kind, name = _interpreter_home(Path(sys.prefix), Path(sys.base_prefix))
    found = Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        platform=_platform(),
        packages=packages(sys.path),
        cpu_count=os.cpu_count(),
        memory_gib=_memory_gib(),
        gpus=_gpus(),
        kind=kind,
        name=name,
        variables={key: os.environ[key] for key in VARIABLES if key in os.environ},
    )
    with _lock:
        _known = (stamp, found)
    return found


def packages(path: Iterable[str]) -> dict[str, str]:
    """Installed distributions by normalised name.

    Parameters
    ----------
    path
        Folders in the order of ``sys.path``: the first that holds a name wins, as at import.

    Returns
    -------
    dict
        Name (lower case, single dashes) to version, sorted by name; "" where no version can be read.
    """
    found: dict[str, str] = {}
    for folder in dict.fromkeys(path):
        for entry in _distributions(folder):
            name, version = _parse(entry)
            if not version:
                name, version = _metadata(folder, entry, name)
            if name:
                found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
    return dict(sorted(found.items()))


def _distributions(folder: str) -> list[str]:
    limit = sys.maxsize if os.path.basename(folder) in _SITE_NAMES else _MOST_ENTRIES
    entries = []
    try:
        with os.scandir(folder or ".") as scan:
            for place, entry in enumerate(scan):
                if place >= limit:
                    break
                if entry.name.endswith((".dist-info", ".egg-info")):
                    entries.append(entry.name)
    except OSError:
        return []
    # Of two leftovers of one package the one with the later name is taken, whatever the folder's order.
    return sorted(entries, reverse=True)


def _parse(entry: str) -> tuple[str, str]:
    """Name and version from ``name-1.0.dist-info`` or ``name-1.0-py3.11.egg-info``; version "" if there is none."""
    stem = entry.rpartition(".")[0]
    if entry.endswith(".egg-info"):
        stem = re.sub(r"-py\d[\d.]*(-.*)?$", "", stem)
    name, dash, version = stem.rpartition("-")
    return (name, version) if dash and name and version[:1].isdigit() else (stem, "")


def _metadata(folder: str, entry: str, name: str) -> tuple[str, str]:
    """What the metadata itself says, for names that cannot be parsed."""
    from importlib.metadata import PathDistribution

    try:
        metadata = PathDistribution(Path(folder or ".") / entry).metadata
        found, version = (metadata[key] if key in metadata else "" for key in ("Name", "Version"))  # noqa: SIM401 - no get() before Python 3.12
    except (OSError, UnicodeError, ValueError, KeyError, TypeError):
        return "", ""
    # A folder without metadata is the rest of an uninstall, not a package.
    return (str(found or name), str(version or "")) if found or version else ("", "")


def _stamp() -> tuple[object, ...]:
    times = []
    for folder in sys.path:
        try:
            times.append(os.stat(folder or ".").st_mtime_ns)
        except OSError:
            times.append(0)
    return (tuple(sys.path), tuple(times), tuple(os.environ.get(key) for key in VARIABLES))


def _interpreter_home(prefix: Path, base: Path) -> tuple[str, str]:
    """What kind of environment the interpreter lives in, and its name without any path.

    Only the interpreter's own folder is asked: CONDA_DEFAULT_ENV and VIRTUAL_ENV name what the shell
    that started Jupyter had active, which is often another one.
    """
    if (prefix / "conda-meta").is_dir():
        return "conda", prefix.name if prefix.parent.name == "envs" else "base"
    if prefix == base:
        return "system", ""
    try:
        config = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        config = ""
    prompt = re.search(r"^prompt\s*=\s*['\"]?(.*?)['\"]?\s*$", config, re.MULTILINE)
    if prompt and prompt[1]:
        return "venv", prompt[1]
    return "venv", prefix.parent.name if prefix.name in ("venv", ".venv", "env", ".env") else prefix.name


@cache
def _platform() -> str:
    return platform.platform()


@cache
def _memory_gib() -> int | None:
    """Whole GiB: the exact figure differs by a few pages after every boot."""
    try:
        import psutil
    except ImportError:
        return None
    return int(psutil.virtual_memory().total / _GIB + 0.5)


@cache
def _gpus() -> tuple[str, ...]:
    """Names of NVIDIA cards as the Linux driver lists them; asking nvidia-smi takes up to a second."""
    found = []
    try:
        for card in sorted(Path("/proc/driver/nvidia/gpus").iterdir()):
            text = (card / "information").read_text(encoding="utf-8", errors="replace")
            model = re.search(r"^Model:\s*(.+?)\s*$", text, re.MULTILINE)
            if model:
                found.append(model[1])
    except OSError:
        return tuple(found)
    return tuple(found)
