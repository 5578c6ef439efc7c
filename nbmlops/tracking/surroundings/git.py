"""The state of the git working tree around a notebook, asked without touching it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_STATE_FOLDER = ".nbmlops"

# A kernel started from a hook or a rebase inherits these, and they point at another repository or index.
_MISLEADING = frozenset(
    (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_NAMESPACE",
        "GIT_TRACE",
    )
)


@dataclass(frozen=True)
class GitState:
    """Commit, branch and cleanliness of a working tree.

    Attributes
    ----------
    sha
        Full commit id; None before the first commit.
    branch
        None when the head is detached.
    dirty
        Whether anything but the excluded paths differs from the commit, untracked files included;
        None if git did not answer in time.
    root
        Top folder of the working tree.
    """

    sha: str | None
    branch: str | None
    dirty: bool | None
    root: Path


def state(folder: Path, exclude: Sequence[Path] = (), *, timeout: float = 5.0) -> GitState | None:
    """The git state around a folder.

    Parameters
    ----------
    folder
        Any folder inside the working tree.
    exclude
        Files and folders that do not count as changes: the store, the notebook. With each come its
        neighbours made by its own program (``.wal``, ``.tmp``, the Jupyter checkpoint);
        ``.nbmlops`` folders never count.
    timeout
        Seconds for everything together.

    Returns
    -------
    GitState or None
        None where there is no git, no working tree, or no permission. Never raises and never writes;
        safe from any thread. Two subprocesses, about 15 ms at a few thousand files.
    """
    deadline = time.monotonic() + timeout
    try:
        answer = _git(folder, deadline, "rev-parse", "--show-toplevel")
        if answer is None:
            return None
        root = Path(os.fsdecode(answer.removesuffix(b"\n")))
        try:
            answer = _git(root, deadline, "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal")
        except subprocess.TimeoutExpired:
            return _head_only(root)
        if answer is None:
            return None
        sha, branch, changes = _parse(answer)
        excluded = _Excluded.of(root, exclude)
        try:
            dirty = any(_counts(root, change, excluded, deadline) for change in changes)
        except subprocess.TimeoutExpired:
            return GitState(sha, branch, None, root)
        return GitState(sha, branch, dirty, root)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


@dataclass(frozen=True)
class _Excluded:
    """Paths relative to the root, in git's spelling."""

    paths: tuple[str, ...]

    @classmethod
    def of(cls, root: Path, exclude: Sequence[Path]) -> _Excluded:
        paths: list[str] = []
        real_root = os.path.realpath(root)
        for path in exclude:
            # The name itself may be a link that git tracks as such: only its folder is resolved.
            whole = os.path.join(os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(path))
            try:
                relative = os.path.relpath(whole, real_root)
            except ValueError:  # another drive
                continue
            relative = relative.replace(os.sep, "/")
            if relative == ".." or relative.startswith("../") or relative == ".":
                continue
            parent, _, name = relative.rpartition("/")
            stem, dot, suffix = name.rpartition(".")
            checkpoint = f".ipynb_checkpoints/{stem}-checkpoint.{suffix}" if dot else ""
            paths += [relative, f"{relative}.wal", f"{relative}.tmp"]
            if suffix == "ipynb":
                paths.append(f"{parent}/{checkpoint}" if parent else checkpoint)
        return cls(tuple(paths))

    def holds(self, change: str) -> bool:
        """Whether the change is one of the paths or lies below one."""
        if _STATE_FOLDER in change.split("/"):
            return True
        return any(change == path or change.startswith(f"{path}/") for path in self.paths)


def _counts(root: Path, change: str, excluded: _Excluded, deadline: float) -> bool:
    if not change.endswith("/"):
        return not excluded.holds(change)
    if excluded.holds(change.rstrip("/")):
        return False
    # git names an untracked folder only as a whole: look inside whether there is more than what is excluded.
    answer = _git(root, deadline, "ls-files", "--others", "--exclude-standard", "-z", "--", f":(top,literal){change}")
    inside = [os.fsdecode(name) for name in (answer or b"").split(b"\0") if name]
    return not inside or any(not excluded.holds(name.rstrip("/")) for name in inside)


def _parse(answer: bytes) -> tuple[str | None, str | None, Iterator[str]]:
    """Commit, branch, and the changed paths of ``status --porcelain=v2 --branch -z``."""
    fields = answer.split(b"\0")
    heads = [os.fsdecode(field) for field in fields if field.startswith(b"# branch.")]
    head = dict(line.removeprefix("# branch.").split(" ", 1) for line in heads if " " in line)
    sha, branch = head.get("oid"), head.get("head")
    return (
        None if sha in (None, "(initial)") else sha,
        None if branch in (None, "(detached)") else branch,
        _changes(fields),
    )


def _changes(fields: Sequence[bytes]) -> Iterator[str]:
    # Number of fields before the path, by kind of line (git help status, "Porcelain Format Version 2").
    before = {b"1": 8, b"2": 9, b"u": 10, b"?": 1}
    entries = iter(fields)
    for entry in entries:
        kind = entry[:1]
        if entry[1:2] != b" " or kind not in before:
            continue
        yield os.fsdecode(entry.split(b" ", before[kind])[-1])
        if kind == b"2":
            yield os.fsdecode(next(entries, b""))


def _head_only(root: Path) -> GitState:
    """Commit and branch when the full status takes too long."""
    deadline = time.monotonic() + 1.0
    sha = _git(root, deadline, "rev-parse", "--verify", "--quiet", "HEAD")
    branch = _git(root, deadline, "symbolic-ref", "--quiet", "--short", "HEAD")
    return GitState(_word(sha), _word(branch), None, root)


def _word(answer: bytes | None) -> str | None:
    return os.fsdecode(answer).strip() or None if answer else None


def _git(folder: Path, deadline: float, *arguments: str) -> bytes | None:
    """Output of a git command, None if it failed."""
    environ = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    environ |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    done = subprocess.run(
        # A file system monitor is a program that the repository's configuration may name.
        ["git", "-C", str(folder), "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environ,
        timeout=max(deadline - time.monotonic(), 0.05),
        check=False,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    return done.stdout if done.returncode == 0 else None
