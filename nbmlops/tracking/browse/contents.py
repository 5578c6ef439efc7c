"""Large values on their way to a browser: text as text, bytes as base64, both only up to a few megabytes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbmlops.errors import MLError

Fetch = Callable[[str], Path]

MOST_BYTES = 4_000_000


def is_text(mime: str) -> bool:
    """Whether content of this type is sent as text."""
    return mime.startswith("text/") or mime.endswith(("json", "xml")) or mime in ("application/javascript",)


def content(
    mime: str, text: str | None, sha256: str | None, size: int | None, fetch: Fetch, most: int = MOST_BYTES
) -> dict[str, Any]:
    """What a browser needs to show one value.

    Parameters
    ----------
    mime, text, sha256, size
        As recorded: of what lies in a blob ``text`` is only the head.
    fetch
        Path of a blob.
    most
        At most so many bytes: more text is cut, more of anything else left out.

    Returns
    -------
    dict
        ``mime`` and ``size``; then ``text`` (with ``is_cut``), or ``data`` in base64, or ``missing``: why none.
    """
    found: dict[str, Any] = {"mime": mime, "size": size}
    if sha256 is None:
        raw = (text or "").encode()
        return found | _text(raw, most) if text is not None else found | {"missing": "it was too large to be kept"}
    try:
        path = fetch(sha256)
        length = path.stat().st_size
        found["size"] = size or length
        if is_text(mime):
            with path.open("rb") as file:
                return found | _text(file.read(most + 1), most, length)
        if length > most:
            return found | {"missing": f"too large to be sent here ({length / 1e6:.1f} MB)"}
        return found | {"data": base64.b64encode(path.read_bytes()).decode()}
    except MLError as error:
        return found | {"missing": error.message}
    except OSError:
        return found | {"missing": f"its content ({sha256[:12]}) is not beside this store"}


def missing(sha256: str, fetch: Fetch) -> str:
    """Why a large value is not to be had; empty where it is."""
    try:
        fetch(sha256).stat()
    except MLError as error:
        return error.message
    except OSError:
        return f"its content ({sha256[:12]}) is not beside this store"
    return ""


def _text(raw: bytes, most: int, length: int | None = None) -> dict[str, Any]:
    """Text up to so many bytes; never half a character."""
    length = len(raw) if length is None else length
    if length <= most:
        return {"text": raw.decode("utf-8", "replace")}
    return {"text": raw[:most].decode("utf-8", "ignore"), "is_cut": True}
