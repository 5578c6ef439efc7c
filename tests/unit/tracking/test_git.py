"""The git state around a notebook, in real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nbmlops.tracking.surroundings.git import GitState, state

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / 'a repo\'s "näme"'
    (folder / "nb").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("x = 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def seen(folder: Path, *exclude: Path) -> GitState:
    found = state(folder, exclude)
    assert found is not None
    return found


def test_a_clean_tree(repo: Path) -> None:
    found = seen(repo / "nb")
    assert (found.sha, found.branch, found.dirty) == (git(repo, "rev-parse", "HEAD"), "main", False)
    assert found.root.samefile(repo)


def test_what_nbmlops_and_jupyter_write_is_no_change(repo: Path) -> None:
    folder = repo / "nb"
    store, notebook = folder / "mlops.duckdb", folder / "a [1] ü*.ipynb"
    for path in (
        store,
        folder / "mlops.duckdb.wal",
        notebook,
        folder / ".ipynb_checkpoints" / "a [1] ü*-checkpoint.ipynb",
        folder / ".nbmlops" / "mlops" / "journal" / "x.jsonl",
    ):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("x")
    assert seen(repo).dirty is True, "without excludes they count"
    assert seen(repo, store, notebook).dirty is False
    git(repo, "add", "-A")
    assert seen(repo, store, notebook).dirty is False, "staged"
    git(repo, "commit", "-q", "-m", "all in")
    notebook.write_text("changed")
    store.unlink()
    assert seen(repo, store, notebook).dirty is False, "changed and deleted"
    assert seen(repo, store).dirty is True
    (folder / "a 1 ü.ipynb").write_text("a name that the other's pattern would match")
    assert seen(repo, store, notebook).dirty is True


@pytest.mark.parametrize(
    "change", ["modified", "staged", "deleted", "untracked", "renamed", "nested", "state folder's neighbour"]
)
def test_any_other_change_counts(repo: Path, change: str) -> None:
    code, notebook = repo / "train.py", repo / "nb" / "x.ipynb"
    notebook.write_text("{}")
    match change:
        case "modified" | "staged":
            code.write_text("x = 2\n")
            if change == "staged":
                git(repo, "add", "train.py")
        case "deleted":
            code.unlink()
        case "untracked":
            (repo / "new.py").touch()
        case "renamed":
            git(repo, "mv", "train.py", "nb/train.py")
        case "nested":
            (repo / "nb" / "deep" / "er").mkdir(parents=True)
            (repo / "nb" / "deep" / "er" / "x.py").touch()
        case _:
            (repo / "nb" / ".nbmlops").mkdir()
            (repo / "nb" / ".nbmlops" / "x").touch()
            assert seen(repo, notebook).dirty is False
            (repo / "nb" / ".nbmlops.py").touch()
    assert seen(repo, notebook).dirty is True


def test_ignored_files_do_not_count(repo: Path) -> None:
    (repo / ".gitignore").write_text("*.csv\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "ignore")
    (repo / "nb" / "data.csv").touch()
    assert seen(repo).dirty is False


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    assert (seen(tmp_path).sha, seen(tmp_path).branch, seen(tmp_path).dirty) == (None, "trunk", False)
    (tmp_path / "x").touch()
    assert seen(tmp_path).dirty is True


def test_detached_head(repo: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    assert (seen(repo).sha, seen(repo).branch) == (git(repo, "rev-parse", "HEAD"), None)


def test_worktree_and_submodule(repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(repo, "worktree", "add", "-q", "-b", "side", str(other))
    assert (seen(other).branch, seen(other).root.name, seen(other).dirty) == ("side", "other", False)
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q", "-b", "main")
    git(outer, "submodule", "add", "-q", str(repo), "inner")
    git(outer, "commit", "-q", "-m", "with submodule")
    assert seen(outer / "inner").root.samefile(outer / "inner")
    assert seen(outer).dirty is False
    (outer / "inner" / "train.py").write_text("x = 3\n")
    assert (seen(outer / "inner").dirty, seen(outer).dirty) == (True, True)


def test_links(repo: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repo)
    notebook = link / "nb" / "x.ipynb"
    notebook.write_text("{}")
    assert seen(link / "nb", notebook).dirty is False


def test_excluded_paths_elsewhere_change_nothing(repo: Path, tmp_path: Path) -> None:
    (repo / "new.py").touch()
    assert seen(repo, tmp_path / "mlops.duckdb", Path("/"), repo).dirty is True


def test_nothing_is_written(repo: Path) -> None:
    os.utime(repo / "train.py", (1, 1))
    before = (repo / ".git" / "index").stat()
    (repo / ".git" / "index.lock").touch()
    assert seen(repo).dirty is False, "a lock that somebody else holds does not matter"
    after = (repo / ".git" / "index").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_programs_named_by_the_repository_are_not_run(repo: Path) -> None:
    trap = repo / ".git" / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{trap.parent.as_posix()}/sprung'\n".replace("a repo's", "a repo'\\''s"))
    trap.chmod(0o755)
    git(repo, "config", "core.fsmonitor", ".git/trap")
    assert seen(repo).dirty is False
    assert not (repo / ".git" / "sprung").exists()


@pytest.mark.parametrize("folder", ["", "absent", ".git", "nul\0"])
def test_no_working_tree_is_none(tmp_path: Path, repo: Path, folder: str) -> None:
    assert state((repo if folder == ".git" else tmp_path) / folder) is None


def test_broken_repository_is_none(repo: Path) -> None:
    (repo / ".git" / "HEAD").write_text("garbage")
    assert state(repo) is None


PROGRAM = (
    "import sys; from pathlib import Path; from nbmlops.tracking.surroundings.git import state; "
    "print(state(Path(sys.argv[1])))"
)


def run(repo: Path, **variables: str) -> str:
    environ = {**os.environ, **variables}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(repo)], env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_no_git_installed_is_none(repo: Path, tmp_path: Path) -> None:
    assert run(repo, PATH=str(tmp_path)) == "None"


def test_variables_of_a_hook_do_not_mislead(repo: Path, tmp_path: Path) -> None:
    assert "branch='main'" in run(repo, GIT_DIR=str(tmp_path), GIT_INDEX_FILE=str(tmp_path / "index"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell script as git")
def test_a_git_that_hangs_is_given_up(repo: Path, tmp_path: Path) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\ncase "$*" in *status*) exec sleep 60;; esac\nexec "{shutil.which("git")}" "$@"\n')
    fake.chmod(0o755)
    program = PROGRAM.replace("state(Path(sys.argv[1]))", "state(Path(sys.argv[1]), timeout=0.5)")
    environ = {**os.environ, "PATH": f"{fake.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(repo)], env=environ, capture_output=True, text=True, check=True, timeout=30
    )
    assert git(repo, "rev-parse", "HEAD") in done.stdout
    assert "dirty=None" in done.stdout and "branch='main'" in done.stdout


def test_from_a_thread(repo: Path) -> None:
    found: list[GitState | None] = []
    thread = threading.Thread(target=lambda: found.append(state(repo)))
    thread.start()
    thread.join()
    assert found == [seen(repo)]
