"""What is saved of a comparison with the notebook: small enough at any number of runs, figures made small."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.tracking.browse import curves, figures
from nbmlops.tracking.browse.contents import content
from nbmlops.ui.plain import plain
from nbmlops.ui.sections import Content, Embedded, Pairs

if TYPE_CHECKING:
    import duckdb

    from nbmlops.tracking.browse.compare import Picture

MAX_BYTES = 97_000
LIVE_POINTS = 12_000
SAVED_POINTS = 1200
_FIGURES_BYTES = 40_000
SAVED_CURVES = 12
_SIZES = ((200, 400, 60), (120, 200, 30), (60, 100, 16), (30, 50, 12), (12, 20, 8), (5, 8, 4))  # rows, lines, runs

Thumbnails = Mapping[str, tuple[str, str]]
"""Mime type and base64 of small pictures by the SHA-256 of the large ones."""


def thumbnails(picture: Picture, fetch: Callable[[str], Path], most: int = _FIGURES_BYTES) -> Thumbnails:
    """Small pictures of the first figures that differ, both sides of a pair or none."""
    found: dict[str, tuple[str, str]] = {}
    left = most
    for section in picture.sections:
        for pair in section.pairs if isinstance(section, Pairs) else ():
            sides = [side for side in (pair.old, pair.new) if side is not None and side.sha256 is not None]
            if pair.kind != "image" or not sides:
                continue
            made = {str(side.sha256): figures.thumbnail(str(side.sha256), side.mime, fetch) for side in sides}
            size = sum(len(small[1]) for small in made.values() if small is not None)
            if size <= left and None not in made.values():
                left -= size
                found |= {sha256: small for sha256, small in made.items() if small is not None}
    return found


def pictures(picture: Picture, fetch: Callable[[str], Path], most: int) -> Thumbnails:
    """The figures that differ as they are, up to so many bytes."""
    found: dict[str, tuple[str, str]] = {}
    left = most
    for section in picture.sections:
        for pair in section.pairs if isinstance(section, Pairs) else ():
            for side in (pair.old, pair.new):
                if pair.kind == "image" and side is not None and side.sha256 is not None:
                    sent = content(side.mime, None, side.sha256, side.size_bytes, fetch, left)
                    if "data" in sent or "text" in sent:  # an SVG is text
                        data = sent.get("data") or base64.b64encode(str(sent["text"]).encode()).decode()
                        found[side.sha256] = side.mime, data
                        left -= len(data)
    return found


def drawn_curves(
    con: duckdb.DuckDBPyConnection, picture: Picture, points: int, runs: int | None = None
) -> dict[str, Any] | None:
    """What the curves in a comparison are drawn from, so that nothing has to be asked for; None if there are none."""
    section = curves_of(picture)
    if section is None:
        return None
    args = {**section.args, "runs": section.args["runs"][:runs], "total": len(section.args["runs"])}
    found = curves.data(con, curves.Wanted.of(args), points=points)
    # what else could be chosen is asked for with the first choice
    return {**found, "metrics": [each for each in found["metrics"] if each["key"] in found["shown"]], "groupable": []}


def curves_of(picture: Picture) -> Embedded | None:
    """The section of curves."""
    return next((each for each in picture.sections if isinstance(each, Embedded) and each.view == "curves"), None)


def with_curves(data: dict[str, Any], drawn: Mapping[str, Any] | None) -> dict[str, Any]:
    """The data of a comparison with what its curves are drawn from."""
    sections = [{**each, "data": drawn} if each.get("view") == "curves" else each for each in data["sections"]]
    return {**data, "sections": sections}


def snapshot(
    picture: Picture, small: Thumbnails, drawn: Mapping[str, Any] | None = None, *, most: int = MAX_BYTES
) -> dict[str, Any]:
    """The data of a comparison in at most ``most`` bytes of JSON; what is left out is said in it."""
    found: dict[str, Any] = {}
    for rows, lines, runs in _SIZES:
        found = plain(_first(with_curves(picture.data(rows=rows, lines=lines), drawn), runs))
        _with_figures(found, picture, small)
        if len(json.dumps(found)) <= most:
            return found
    found = with_curves(found, None)
    for section in found["sections"]:  # many sections, very long keys
        for rest in ("rows", "equal", "pairs"):
            section[rest] = section[rest][:1] if rest in section else []
    return found


def _first(data: dict[str, Any], runs: int) -> dict[str, Any]:
    """The same of the first runs only."""
    total = len(data["runs"])
    if total <= runs:
        return data
    for section in data["sections"]:
        for row in section["rows"] if section["kind"] == "rows" else ():
            for name in ("cells", "deltas", "texts"):
                if name in row:
                    row[name] = row[name][:runs]
            if row.get("best", 0) >= runs:
                del row["best"]
        if section["kind"] == "view" and "runs" in section["args"]:
            section["args"]["runs"] = section["args"]["runs"][:runs]
    kept = data["runs"][:runs]
    other = data["other"] if data["other"] in {run["id"] for run in kept} else kept[-1]["id"]
    notes = [f"first {runs} of {total} runs are saved with the notebook", *data["notes"]]
    return {**data, "runs": kept, "other": other, "notes": notes}


def _with_figures(data: dict[str, Any], picture: Picture, small: Thumbnails) -> None:
    """Put the small pictures where the large ones would be asked for."""
    by_name = {section.name: section for section in picture.sections}
    for section in data["sections"]:
        if section["kind"] != "pairs":
            continue
        known = by_name[section["name"]]
        assert isinstance(known, Pairs)
        for shown, pair in zip(section["pairs"], known.pairs, strict=False):
            for name in ("old", "new"):
                content: Content | None = getattr(pair, name)
                found = small.get(content.sha256 or "") if content is not None else None
                if found is not None:
                    shown[name]["mime"], shown[name]["data"] = found
