"""What the static pictures of a run have in common."""

from __future__ import annotations

STATIC_BYTES = 90_000
"""A static picture of ours is never larger."""


def picture_html(mime: str, data: str) -> str:
    """A figure that stands in the page itself, as base64."""
    kind = mime if mime in ("image/png", "image/jpeg", "image/gif", "image/webp") else "image/png"
    return f'<img alt="figure" src="data:{kind};base64,{data}" style="max-width:100%;background:#fff">'
