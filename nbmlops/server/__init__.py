"""The Jupyter server's side: authenticated routes over the views and actions of all capabilities."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "nbmlops.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Called by the Jupyter server when it starts; nothing heavy is imported before the first question."""
    from nbmlops.server.routes import join

    join(server)
