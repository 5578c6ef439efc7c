"""The Jupyter server can find the store of an open notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jupyter_client.manager import KernelManager


def test_a_kernel_says_where_its_store_is_and_takes_it_back(tmp_path: Path, root: Path) -> None:
    runtime = tmp_path / "runtime"
    store = tmp_path / "mlops.duckdb"
    places = {"JUPYTER_RUNTIME_DIR": str(runtime), "NBMLOPS_STORE": str(store), "PYTHONPATH": str(root)}
    # a Jupyter server names connection files like this; elsewhere nobody asks for a kernel by its id
    manager = KernelManager(connection_file=str(tmp_path / "kernel-0f3a-42.json"))
    manager.start_kernel(env={**os.environ, **places})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive("%load_ext nbmlops", timeout=60)
        client.execute_interactive("1 + 1", timeout=60)
        found = runtime / "nbmlops" / "0f3a-42.json"
        said = json.loads(found.read_bytes())
        assert said["store"] == str(store)
        assert said["pid"] == manager.provisioner.pid
        assert found.stat().st_mode & 0o777 == 0o600
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert not found.exists()
