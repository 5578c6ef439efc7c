"""CPU, memory and GPU while runs go on: sampled on the background thread, recorded into the runs.

Each run gets ``system/...`` metrics over the seconds since it began. A second apart at first, then ever
further: 3,800 points of each in a day. Taking a sample every second costs 0.15 ms of it, 0.015 % of one core
(measured without a GPU).
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from nbmlops.config import settings
from nbmlops.storage.session import Session
from nbmlops.tracking import current
from nbmlops.tracking.goals import SYSTEM

EVERY_S: Final = 1.0
AFTER_S: Final = 2.0  # shorter runs have nothing to tell
SLOWEST_S: Final = 30.0


_sampler: Sampler | None = None
_guard = threading.Lock()


def watch(session: Session) -> None:
    """Sample from now on while this session has runs; a second call does nothing."""
    global _sampler
    with _guard:
        if _sampler is None or _sampler.session is not session:
            _sampler = Sampler(session)
            session.every(EVERY_S, _sampler.look)


class Sampler:
    """Takes samples and records them into the runs that go on."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._due: dict[str, float] = {}
        self._seen: dict[str, list[Mapping[str, float]]] = {}
        self._process: Any = None
        self._asked = 0.0  # when a sample was last taken
        self._measured: set[str] = set()  # the runs that went on then
        self._gpus: _Gpus | None = None

    def look(self) -> None:
        """Once a second, on the background thread."""
        now = time.monotonic()
        going = [run for run in list(current.active.values()) if run.is_mine]
        runs = [run for run in going if now - run.started >= AFTER_S]
        for known in [known for known in self._due if known not in current.active]:
            self._due.pop(known)
            self._seen.pop(known, None)
        if not settings().system_metrics:
            self._measured = set()
            return
        if self._is_stale(now, {run.id for run in going}):
            if any(now - run.started >= AFTER_S / 2 for run in going):
                self._start(now, {run.id for run in going})
            return
        if not runs:
            return
        self._asked, self._measured = now, {run.id for run in going}
        values = self.sample()
        for run in runs:
            seen = self._seen.setdefault(run.id, [])
            seen.append(values)
            passed = now - run.started
            if now >= self._due.get(run.id, 0.0):
                self._due[run.id] = now - 0.1 + min(max(EVERY_S, passed / 300), SLOWEST_S)
                self._seen[run.id] = []
                payload = {"run": run.id, "s": round(passed, 1), "m": _together(seen)}
                self.session.append("tracking.log", payload)

    def _is_stale(self, now: float, going: set[str]) -> bool:
        """Whether a sample would tell of the time before these runs; a late one of a run that goes on does not."""
        return self._process is None or (now - self._asked > 2 * EVERY_S and self._measured.isdisjoint(going))

    def _start(self, now: float, going: set[str]) -> None:
        """Percentages are of the time since they were last asked for: ask, and throw the answer away."""
        if self._process is None:
            self._prepare()
        else:
            self.sample()
        self._asked, self._measured = now, going

    def _prepare(self) -> None:
        import psutil

        self._process = psutil.Process()
        self._gpus = _Gpus()
        self._process.cpu_percent(None)
        psutil.cpu_percent(None)

    def sample(self) -> dict[str, float]:
        """What is in use now; percent, and megabytes of a million bytes."""
        import psutil

        if self._process is None:
            self._prepare()
        found = {"cpu_percent": psutil.cpu_percent(None), "memory_percent": psutil.virtual_memory().percent}
        try:
            with self._process.oneshot():
                found["process_cpu_percent"] = self._process.cpu_percent(None)
                found["process_memory_mb"] = self._process.memory_info().rss / 1e6
        except psutil.Error:  # some containers hide it
            pass
        assert self._gpus is not None
        return found | self._gpus.sample()


def _together(seen: list[Mapping[str, float]]) -> dict[str, float]:
    """Means of percentages, largest of sizes: a peak of memory is what ends a run."""
    keys = dict.fromkeys(key for values in seen for key in values)
    found = {}
    for key in keys:
        values = [each[key] for each in seen if key in each]
        found[SYSTEM + key] = round(max(values) if key.endswith("_mb") else sum(values) / len(values), 2)
    return found


class _Gpus:
    """NVIDIA GPUs, by their library if it is installed, else by the program that comes with the driver."""

    _ASK: Final = ("--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits")

    def __init__(self) -> None:
        self._library: Any = None
        self._program = shutil.which("nvidia-smi")
        self._asked: subprocess.Popen[str] | None = None
        self._last: dict[str, float] = {}
        try:
            library = import_module("pynvml")
            library.nvmlInit()
            self._library = library
        except Exception:  # noqa: BLE001 - not installed, no driver, an odd driver: then there is no GPU to tell of
            pass

    def sample(self) -> dict[str, float]:
        """Use and memory of each GPU; of the program the answer comes a second late."""
        if self._library is not None:
            return self._by_library()
        if self._program is None:
            return {}
        try:
            self._by_program()
        except (OSError, ValueError):
            self._program = None
        return self._last

    def _by_library(self) -> dict[str, float]:
        library, found = self._library, {}
        try:
            for place in range(library.nvmlDeviceGetCount()):
                handle = library.nvmlDeviceGetHandleByIndex(place)
                found[f"gpu{place}_percent"] = float(library.nvmlDeviceGetUtilizationRates(handle).gpu)
                found[f"gpu{place}_memory_mb"] = library.nvmlDeviceGetMemoryInfo(handle).used / 1e6
        except library.NVMLError:
            pass
        return found

    def _by_program(self) -> None:
        if self._asked is not None:
            if self._asked.poll() is None:
                return
            text, _ = self._asked.communicate()
            self._last = {}
            for place, line in enumerate(text.splitlines()):
                use, memory = line.split(",")
                self._last |= {f"gpu{place}_percent": float(use), f"gpu{place}_memory_mb": float(memory) * 1.048576}
        assert self._program is not None
        self._asked = subprocess.Popen(
            [self._program, *self._ASK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
