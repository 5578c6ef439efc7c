"""A disk that takes no more, and what many threads do at once: whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nbmlops as ml
from nbmlops.data import saving
from nbmlops.errors import StoreUnwritable
from nbmlops.storage import blobs as storage_blobs
from nbmlops.storage import session
from nbmlops.storage.blobs import Blobs
from tests.unit.data.looks import frame, nothing_half

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("thing", ["frame", "folder", "array"])
def test_a_disk_that_is_full_at_any_write_makes_no_version(
    monkeypatch: pytest.MonkeyPatch, folder: Path, thing: str, at: int
) -> None:
    odd = {"frame": frame(7), "folder": folder, "array": np.arange(3)}[thing]
    ml.data.save(frame(), "x")
    real, count = storage_blobs._write, [0]

    def full(fd: int, block: bytes) -> OSError | None:
        count[0] += 1
        if count[0] > at:
            os.write(fd, block[: len(block) // 2])
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, block)

    with monkeypatch.context() as patched:
        patched.setattr(storage_blobs, "_write", full)
        try:
            ml.data.save(odd, "x", mode="keep")
            is_saved = True
        except StoreUnwritable as error:
            is_saved = False
            assert "No space left" in error.message
            assert error.hint
    assert is_saved == (count[0] <= at)
    nothing_half(2 if is_saved else 1)
    assert not list(Blobs(session.current().store.layout)._layout.blobs.glob("*.tmp"))
    assert ml.data.save(odd, "x", mode="keep").is_new is not is_saved
    assert ml.data.load("x") is not None
    nothing_half(2)


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np, pandas as pd
import nbmlops as ml
from nbmlops.errors import StoreUnwritable

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit is an error then, as on a full disk
ml.data.save(pd.DataFrame({"n": [1]}), "x")
large = np.random.default_rng(0).integers(0, 255, 24 << 20, dtype=np.uint8)
file = Path(sys.argv[1]); file.write_bytes(large.tobytes())
limit = Path(sys.argv[2]).stat().st_size + (6 << 20)
ml.data.push("x", sys.argv[3])
for thing in (large, file, pd.DataFrame({"b": [bytes(large)]})):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        ml.data.save(thing, "x", mode="keep")
        print("saved?")
    except StoreUnwritable as error:
        print("refused", "File too large" in error.message, bool(error.hint))
    print(len(ml.data.log("x").rows), bool(ml.data.verify()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    version = ml.data.save(thing, "x", mode="keep")
    ml.data.load(version)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        ml.data.push("x", sys.argv[3])
        print("pushed?")
    except ml.MLError as error:
        print("refused", "File too large" in error.message, bool(error.hint))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ml.data.push("x", sys.argv[3])
    print(len(ml.data.log("x").rows), bool(ml.data.verify()))
"""


def test_a_disk_that_really_takes_no_more(store: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "large.bin"), str(store), str(tmp_path / "remote")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    for number in (1, 2, 3):
        assert said[:4] == ["refused True True", f"{number} True", "refused True True", f"{number + 1} True"]
        said = said[4:]
    assert not list(store.parent.rglob("*.tmp"))
    assert not list((tmp_path / "remote").rglob("*.tmp"))
    assert len(list((tmp_path / "remote" / "data" / "x").iterdir())) == 4


def test_saves_and_collections_of_many_threads_leave_everything_whole() -> None:
    faults: list[BaseException] = []

    def save(name: str) -> None:
        try:
            for rows in (1, 2, 3, 1, 2, 3):
                ml.data.save(frame(rows), name)
                assert len(ml.data.load(name)) == rows
        except BaseException as error:
            faults.append(error)

    def collect() -> None:
        try:
            for _ in range(6):
                ml.data.gc(keep=1, dry_run=False)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=save, args=(name,)) for name in ("a", "b")]
    threads.append(threading.Thread(target=collect))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    nothing_half(12)


def test_an_interrupt_in_the_middle_makes_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(frame(), "x")

    def interrupted(*values: Any) -> Any:
        raise KeyboardInterrupt

    for home, name in ((saving.profiles, "missing"), (saving._Saving, "_kept_table"), (saving.Keeper, "settle")):
        with monkeypatch.context() as patched:
            patched.setattr(home, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                ml.data.save(frame(7), "x")
        nothing_half(1)
    assert ml.data.save(frame(7), "x").number == 2
