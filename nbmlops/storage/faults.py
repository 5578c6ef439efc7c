"""What DuckDB's errors mean for a store, in words that say what to do next."""

from __future__ import annotations

import re
from pathlib import Path

from nbmlops.errors import StoreBusy, StoreCorrupt, StoreError, StoreOpenHere, StoreTooNew, StoreUnwritable
from nbmlops.storage.layout import Layout

# Version 1.5 raises IOException for a damaged block, 2.0 plain Error: only the words tell.
_DAMAGE = (
    "corrupt",
    "checksum",
    "serialization",
    "deserialize",
    "fatal error",
    "internal error",
    "invalidated",
    "could not read",
)
_REFUSALS = (
    "permission denied",
    "read-only file system",
    "no space left",
    "file too large",
    "quota",
    "not permitted",
    "no such file or directory",
    "is a directory",
)


def translate(error: Exception, path: Path) -> StoreError:
    """Return the error that says what DuckDB's means for the store at ``path``."""
    text = str(error).replace(str(path), path.name)  # words in folder names are no symptoms
    first = text.splitlines()[0] if text else type(error).__name__
    lowered = text.lower()
    if "unique file handle conflict" in lowered or "already attached" in lowered:
        return StoreOpenHere(
            f"{path} is open in this very process through plain duckdb.connect",
            "close that connection (con.close()); logging goes on meanwhile and nothing is lost",
        )
    if "could not set lock" in lowered or "conflicting lock" in lowered:
        return StoreBusy(
            f"{path} is held by {_holder(text)}",
            "close it there, or try again; logging goes on meanwhile and nothing is lost",
        )
    if "newer version" in lowered or "storage version" in lowered or "storage_version" in lowered:
        return StoreTooNew(
            f"{path} has a DuckDB storage format that this DuckDB cannot read: {first}",
            "upgrade here: pip install -U duckdb nbmlops",
        )
    if "not a valid duckdb database" in lowered:
        return _not_a_database(path)
    if any(sign in lowered for sign in _REFUSALS):
        return StoreUnwritable(
            f"cannot write {path}: {first}", "free space or fix the permissions; logging goes on meanwhile"
        )
    if any(sign in lowered for sign in _DAMAGE):
        return StoreCorrupt(f"{path} cannot be read as a database: {first}", _rebuild(path))
    return StoreError(f"{path} cannot be used: {first}", f"`nbmlops doctor {path.name}` says more")


def is_known(error: StoreError) -> bool:
    """Tell whether the cause was recognized, rather than being an error of the statement itself."""
    return type(error) is not StoreError


def _holder(text: str) -> str:
    found = re.search(r"held in (.+?) \(PID (\d+)\)", text)
    return f"{found[1]} (PID {found[2]})" if found else "another program"


def _not_a_database(path: Path) -> StoreCorrupt:
    """A stranger's file, or one of ours whose first bytes were overwritten: the state folder tells."""
    if Layout(path).identity.exists():
        return StoreCorrupt(f"{path} is no longer a DuckDB file", _rebuild(path))
    return StoreCorrupt(
        f"{path} is not a DuckDB file", "name another file with NBMLOPS_STORE; nbmlops leaves this one untouched"
    )


def _rebuild(path: Path) -> str:
    return f"`nbmlops doctor --rebuild {path.name}` sets it aside and rebuilds what the journals hold"
