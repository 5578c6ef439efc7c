"""Small pictures of the figures of a run: seen at a glance, and saved with the notebook."""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.errors import MLError
from nbmlops.tracking import queries

if TYPE_CHECKING:
    import duckdb
    from PIL.Image import Image

MOST = 6
TOTAL_BYTES = 36_000
_EACH_BYTES = 9_000
_SIZE = (360, 270)
_LARGEST_SOURCE = 20_000_000
_MOST_POINTS = 40_000_000
_RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")


def of_run(con: duckdb.DuckDBPyConnection, run: str) -> list[dict[str, Any]]:
    """Where the newest figures lie: what was logged, the last of each key, then what cells showed."""
    sql = """
        (SELECT key AS caption, step, sha256, mime, 0 AS rank FROM _nbm.series
         WHERE run_id = $run AND kind = 'image' AND sha256 IS NOT NULL
         QUALIFY row_number() OVER (PARTITION BY key ORDER BY step DESC NULLS LAST, logged_at DESC) = 1
         ORDER BY key LIMIT $most)
        UNION ALL
        (SELECT NULL, NULL, sha256, mime, 1 FROM _nbm.outputs
         WHERE run_id = $run AND sha256 IS NOT NULL AND NOT coalesce(is_cleared, false)
             AND mime IN (SELECT unnest($mimes::VARCHAR[]))
         QUALIFY row_number() OVER (PARTITION BY execution_id, seq ORDER BY ns DESC, n DESC) = 1
         ORDER BY execution_id DESC, seq DESC LIMIT $most)
        ORDER BY rank"""
    found = queries.rows(con, sql, {"run": run, "most": MOST, "mimes": list(_RASTER)})
    first: dict[object, dict[str, Any]] = {}
    for row in found:
        first.setdefault(row["sha256"], row)
    return list(first.values())[:MOST]


def small(found: Sequence[Mapping[str, Any]], fetch: Callable[[str], Path]) -> list[dict[str, Any]]:
    """The figures that are small, or can be made so, as base64."""
    shown, left = [], TOTAL_BYTES
    for row in found:
        picture = thumbnail(str(row["sha256"]), str(row["mime"] or ""), fetch)
        if picture is None or len(picture[1]) > left:
            continue
        left -= len(picture[1])
        shown.append({"caption": row["caption"], "step": row["step"], "mime": picture[0], "data": picture[1]})
    return shown


def thumbnail(sha256: str, mime: str, fetch: Callable[[str], Path]) -> tuple[str, str] | None:
    """Mime type and base64 of a picture of at most 9 KB; None if there is none."""
    if mime not in _RASTER:
        return None
    try:
        path = fetch(sha256)
        if not path.is_file() or path.stat().st_size > _LARGEST_SOURCE:
            return None
        return _reduced(str(path), mime)
    except (MLError, OSError):
        return None


@lru_cache(maxsize=256)
def _reduced(path: str, mime: str) -> tuple[str, str] | None:
    """The picture as it is if it is small; else fewer points and colours, where Pillow is installed."""
    content = Path(path).read_bytes()
    if len(content) > _EACH_BYTES:
        if find_spec("PIL") is None:
            return None
        made = _with_pillow(content)
        if made is None:
            return None
        mime, content = made
    return mime, base64.b64encode(content).decode()


def _with_pillow(content: bytes) -> tuple[str, bytes] | None:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content))
        with image:
            if image.width * image.height > _MOST_POINTS:
                return None
            picture = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    for scale, colours in ((1.0, 64), (0.75, 32), (0.5, 16)):
        smaller = picture.copy()
        smaller.thumbnail((int(_SIZE[0] * scale), int(_SIZE[1] * scale)))
        chart = _saved(smaller.quantize(colours, method=Image.Quantize.FASTOCTREE), "PNG", optimize=True)
        if len(chart) <= _EACH_BYTES:
            return "image/png", chart
        flat = Image.new("RGB", smaller.size, "white")
        flat.paste(smaller, mask=smaller.getchannel("A"))
        photo = _saved(flat, "JPEG", quality=70)
        if len(photo) <= _EACH_BYTES:
            return "image/jpeg", photo
    return None


def _saved(picture: Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format=kind, **options)
    return out.getvalue()
