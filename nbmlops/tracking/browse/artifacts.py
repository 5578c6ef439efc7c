"""The files of a run: their list, a look into one, and one whole."""

from __future__ import annotations

from typing import Any

from nbmlops.errors import UsageError
from nbmlops.tracking import queries
from nbmlops.tracking.browse import asked
from nbmlops.tracking.browse.contents import content
from nbmlops.tracking.record import reading
from nbmlops.ui.desk import Args, Desk
from nbmlops.ui.format import size

PAGE = 500
PREVIEW_BYTES = 64_000
IMAGE_BYTES = 4_000_000
DOWNLOAD_BYTES = 20_000_000


def answer(desk: Desk, args: Args) -> dict[str, Any]:
    """Some files of a run by their path in it."""
    run = asked.run_id(args)
    offset = asked.whole(args, "offset", 0, 10**9)
    found = desk.store.read(lambda con: reading.artifacts(con, run))
    rows = [
        {"path": row["path"], "size_bytes": row["size_bytes"], "mime": row["mime"]}
        for row in found[offset : offset + PAGE]
    ]
    total = sum(int(row["size_bytes"] or 0) for row in found)
    return {"rows": rows, "offset": offset, "total": len(found), "total_bytes": total}


def one(desk: Desk, args: Args) -> dict[str, Any]:
    """One file, or with ``preview`` what can be looked at of it.

    Raises
    ------
    UsageError
        There is no such file, or it is too large to travel this way.
    """
    run, path = asked.run_id(args), asked.text(args, "path")
    sql = "SELECT path, sha256, size_bytes, mime FROM artifacts WHERE run_id = $run AND path = $path"

    def question(con: Any) -> Any:
        return queries.rows(con, sql, {"run": run, "path": path}), asked.known_run(con, run)["number"]

    found, number = desk.store.read(question)
    if not found:
        raise UsageError(f"this run has no file {path[:80]!r}", "it may have been forgotten: reload the page")
    row = found[0]
    mime, length = str(row["mime"] or "application/octet-stream"), row["size_bytes"] or 0
    if not args.get("preview"):
        if length > DOWNLOAD_BYTES:
            raise UsageError(
                f"{path[:80]} has {size(length)}: too large to travel through the notebook's connection",
                f"ml.get({number}).artifacts[{path[:200]!r}].path is where it lies",
            )
        return content("application/octet-stream", None, row["sha256"], length, desk.store.fetch, DOWNLOAD_BYTES)
    for kind, most in (("image/", IMAGE_BYTES), ("audio/", DOWNLOAD_BYTES), ("video/", DOWNLOAD_BYTES)):
        if mime.startswith(kind):
            return content(mime, None, row["sha256"], length, desk.store.fetch, most)
    return _if_text(desk, str(row["sha256"]), mime, length)


def _if_text(desk: Desk, sha256: str, mime: str, length: int) -> dict[str, Any]:
    """The first lines of what is text, whatever its type says."""
    found = content("text/plain", None, sha256, length, desk.store.fetch, PREVIEW_BYTES)
    if "\0" in found.get("text", "") or "\N{REPLACEMENT CHARACTER}" in found.get("text", "")[:2000]:
        return {"mime": mime, "size": length, "missing": "no text or picture: download it to look at it"}
    return found
