"""A real kernel, driven as a front end drives it, and its store read as a stranger reads it."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 60.0


@dataclass
class Reply:
    """What a front end got for one cell."""

    message_id: str
    outputs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: str = ""
    count: int = 0

    @property
    def stdout(self) -> str:
        return "".join(c["text"] for kind, c in self.outputs if kind == "stream" and c["name"] == "stdout")

    @property
    def stderr(self) -> str:
        return "".join(c["text"] for kind, c in self.outputs if kind == "stream" and c["name"] == "stderr")

    @property
    def result(self) -> str | None:
        found = [c["data"]["text/plain"] for kind, c in self.outputs if kind == "execute_result"]
        return found[0] if found else None

    @property
    def error(self) -> dict[str, Any] | None:
        found = [c for kind, c in self.outputs if kind == "error"]
        return found[0] if found else None

    @property
    def footer(self) -> str | None:
        """The line that nbmlops shows under a run cell."""
        found = [c["data"]["text/plain"] for kind, c in self.outputs if c.get("metadata", {}).get("nbmlops")]
        return found[-1] if found else None


class Kernel:
    """One kernel process."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.store = folder / "mlops.duckdb"
        env = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython"), **environment}
        env.pop("NBMLOPS_STORE", None)
        env.pop("PYTEST_CURRENT_TEST", None)  # with it ipykernel does not watch the file descriptors 1 and 2
        self.manager = KernelManager(kernel_name="python3")
        # the interpreter of the tests, whatever kernels this machine has installed
        self.manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.id = str(uuid.uuid4())
        self.manager.connection_file = str(folder / f"kernel-{self.id}.json")  # as a Jupyter server names it
        self.manager.start_kernel(cwd=str(folder), env=env)
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)

    def send(self, code: str, *, silent: bool = False, subshell: str | None = None, **metadata: Any) -> str:
        """Send a cell without waiting; keyword arguments are the request's metadata, as JupyterLab fills it."""
        content = {
            "code": code, "silent": silent, "store_history": not silent, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": False,
        }  # fmt: skip
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def wait(self, *message_ids: str) -> list[Reply]:
        """Wait until these cells are done."""
        replies = {message_id: Reply(message_id) for message_id in message_ids}
        open_ones = set(message_ids)
        while open_ones:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            reply = replies.get(message["parent_header"].get("msg_id", ""))
            if reply is None:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                open_ones.discard(reply.message_id)
            elif kind != "status":
                reply.outputs.append((kind, content))
        waiting = set(message_ids)
        while waiting:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            reply = replies.get(message["parent_header"].get("msg_id", ""))
            if reply is not None:
                reply.status, reply.count = message["content"]["status"], message["content"].get("execution_count", 0)
                waiting.discard(reply.message_id)
        return list(replies.values())

    def run(self, code: str, **metadata: Any) -> Reply:
        """Run a cell as JupyterLab does."""
        return self.wait(self.send(code, **metadata))[0]

    def quietly(self, code: str) -> Reply:
        """Run code that no hook sees."""
        reply = self.wait(self.send(code, silent=True))[0]
        assert reply.status == "ok", reply.outputs
        return reply

    def wait_for_output(self, message_id: str, text: str) -> None:
        """Wait until a running cell has printed something."""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == message_id and text in message["content"].get("text", ""):
                return

    def control(self, kind: str, **content: Any) -> dict[str, Any]:
        """Ask on the control channel."""
        message = self.client.session.msg(kind, content)
        self.client.control_channel.send(message)
        while True:
            answer = self.client.get_control_msg(timeout=TIMEOUT)
            if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return dict(answer["content"])

    def complete(self, code: str, cursor: int | None = None) -> list[str]:
        """What a front end offers at the cursor."""
        content = self.client.complete(code, cursor, reply=True, timeout=TIMEOUT)["content"]
        assert content["status"] == "ok"
        return list(content["matches"])

    def start_over(self, folder: Path) -> None:
        """A clean namespace and another store, in the same process."""
        self.folder, self.store = folder, folder / "mlops.duckdb"
        self.quietly(_START_OVER.format(folder=str(folder), store=str(self.store)))

    def records(self, query: str) -> list[dict[str, Any]]:
        """Close the session as leaving it would, then ask the file with plain DuckDB."""
        self.quietly("import nbmlops.storage.session as _s; _s.close(); del _s")
        return self.rows(query)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Ask the file with plain DuckDB."""
        with duckdb.connect(str(self.store), read_only=True) as con:
            found = con.execute(query)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def told_by_another_process(self, query: str) -> str:
        """What `ml.sql` says in a process of its own."""
        code = f"import nbmlops as ml; print(ml.sql({query!r}).to_dict('records'))"
        env = {**os.environ, "NBMLOPS_STORE": str(self.store), "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        return done.stdout

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


_START_OVER = """
get_ipython().reset(new_session=False)
import os as _os, sys as _sys
_ip = get_ipython()
if "nbmlops" in _ip.extension_manager.loaded:
    _ip.extension_manager.unload_extension("nbmlops")
if "nbmlops.storage.session" in _sys.modules:
    import nbmlops.storage.session as _session, nbmlops.tracking.defaults as _defaults, nbmlops.context as _context
    import nbmlops.tracking.current as _current
    for _run in list(_current.active.values()):
        _run.end("interrupted")
    _session.close()
    _defaults._now = _defaults.Defaults()
    _context.is_capturing = True
    _context._told.clear()
_os.chdir({folder!r})
_os.environ["NBMLOPS_STORE"] = {store!r}
"""


@pytest.fixture(scope="session")
def _shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("shared"))
    yield kernel
    kernel.stop()


@pytest.fixture
def bare_kernel(_shared_kernel: Kernel, tmp_path: Path) -> Kernel:
    """A kernel in which nothing of ours is loaded, with a store of its own."""
    _shared_kernel.start_over(tmp_path)
    return _shared_kernel


@pytest.fixture
def kernel(bare_kernel: Kernel) -> Kernel:
    """A kernel with the extension loaded."""
    reply = bare_kernel.run("%load_ext nbmlops")
    assert reply.status == "ok", reply.outputs
    return bare_kernel


@pytest.fixture
def own_kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A process of its own, for what cannot be undone in a shared one."""
    kernel = Kernel(tmp_path)
    kernel.quietly(f"import os; os.environ['NBMLOPS_STORE'] = {str(kernel.store)!r}")
    kernel.run("%load_ext nbmlops")
    yield kernel
    kernel.stop()
